/* SPDX-License-Identifier: MIT */
/* trial.c: what belongs to one try, and which one is worth another. */
#include "bench.h"

/* Too few is worth another try, and the last one is kept. */
static void degraded_tries_again(void **state)
{
	const struct fake_script silent = { EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0), SILENT(1)) };
	const struct fake_script scripts[] = {
		silent,
		{ EVENTS(FAILED(UP_US, ECONNREFUSED)) },
		{ EVENTS(UP(UP_US)), CLOSING(CLOSED(0)) },
	};
	const struct fake_script never[] = { silent, silent, silent };
	const struct fake_script refused[] = { silent, { EVENTS(FAILED(UP_US, ECONNREFUSED)) } };
	const struct result *result;

	(void)state;
	host.probing = true;
	result = RUN(scripts, TWO, "-W", "10s");
	assert_result(result, CONNECTED);
	assert_int_equal(result->tries, 3);
	assert_paths(result, "verified verified");
	assert_string_equal(said_reason(result).text, "");
	assert_string_equal(said_hint(result).text, "");
	assert_in_range(result->probe_us, FAKE_RTT_US, FAKE_RTT_US + 250);
	/* The peer is told that the first one has ended, in the way that it expects. */
	assert_true(fake_stack_record(0)->closed_us);
	assert_false(fake_stack_record(0)->aborted);
	assert_int_equal(fake_stack_open_count(), 1);
	close_bench();

	result = RUN(never, TWO, "-W", "3s");
	assert_result(result, DEGRADED);
	assert_int_equal(result->tries, 3);
	assert_paths(result, "dead dead");
	assert_int_equal(fake_stack_open_count(), 1);
	close_bench();
	/* Of a try that ends otherwise, nothing of the probe before it is told. */
	result = RUN(refused, TWO, "-W", "1300ms");
	assert_result(result, REFUSED);
	assert_int_equal(result->tries, 2);
	assert_int_equal(result->probe_us, 0);
	assert_result(RUN(never, TWO), DEGRADED);
	assert_int_equal(NEWEST.took_us, UP_US + PROBE_US);
	close_bench();
}

static void no_stack_at_all(void **state)
{
	const struct result *result;

	(void)state;
	result = run(prepare(ARGS(TWO), false, NULL, ESOCKTNOSUPPORT));
	assert_result(result, RESULT_UNSUPPORTED, ESOCKTNOSUPPORT, STATUS_HOST);
	assert_null(result->stack);
	assert_paths(result, "untried untried");
	close_bench();
}

/* What the network said of one try is no reason for the next one's end. */
static void each_try_has_its_own_evidence(void **state)
{
	const struct fake_script scripts[] = { { SOFT_ERRORS({ MSEC, EHOSTUNREACH }) },
					       { 0 },
					       { 0 } };
	const struct result *result = RUN(scripts, TWO, "-W", "6s");

	(void)state;
	assert_result(result, TIMED_OUT);
	assert_int_equal(result->tries, 2);
	assert_contains(said_reason(result).text, "no answer to INIT within 750 ms");
}

/* What this host cannot do now it cannot do in a minute either. */
static void no_second_try_for_what_cannot_change(void **state)
{
	const struct fake_script bind[] = { { .open_error = EADDRNOTAVAIL } };
	const struct fake_script call[] = { { .connect_error = EINVAL } };
	const struct fake_script none[] = { { .open_error = EPROTONOSUPPORT } };

	(void)state;
	assert_int_equal(RUN(bind, ONE, "-W", "1m")->tries, 1);
	assert_int_equal(RUN(call, ONE, "-W", "1m")->tries, 1);
	assert_int_equal(RUN(none, ONE, "-W", "1m")->tries, 1);
	assert_int_equal(benches[2].took_us, 0);
	assert_int_equal(fake_stack_open_count(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(degraded_tries_again),
		TEST(no_stack_at_all),
		TEST(each_try_has_its_own_evidence),
		TEST(no_second_try_for_what_cannot_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
