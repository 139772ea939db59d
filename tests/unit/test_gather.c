/* SPDX-License-Identifier: MIT */
/* gather.c: what this host knows about a silence. */
#include "bench.h"

/* The link says of all that they are not there, and the network of one of them in this attempt. */
static void no_host_on_the_link(void **state)
{
	const struct fake_script scripts[] = { { SOFT_ERRORS({ T1_US, EHOSTUNREACH }) } };
	const struct result *result;

	(void)state;
	fake_host.silent[0] = "127.0.0.1";
	fake_host.silent[1] = "127.0.0.2";
	result = RUN(scripts, TWO);
	assert_result(result, UNREACHABLE);
	assert_paths(result, "unreachable unreachable");
	/* Not before the second one had its turn. */
	assert_in_range(result->connect_us, T1_US + T1_US / 8, T1_US + T1_US / 4);
}

static void no_route_needs_no_blocking_call(void **state)
{
	const struct fake_script scripts[] = { { 0 } };
	const struct result *result;

	(void)state;
	fake_host.no_route[0] = "127.0.0.1";
	fake_host.route_error = EACCES;
	result = RUN_BLOCKING(scripts, ONE);
	assert_result(result, RESULT_UNREACHABLE, EACCES, STATUS_NOT_CONNECTED);
	assert_contains(said_reason(result).text, "prohibit");
	assert_int_equal(benches[0].took_us, 0);
	assert_int_equal(fake_stack_record(0)->connected_us, 0);
	assert_aborted_until(1);
}

/* While nothing happens, nothing is done but the look at SO_ERROR, less and less often. */
static void silence_costs_nothing(void **state)
{
	const struct fake_script scripts[] = { { 0 } };

	(void)state;
	RUN(scripts, TWO);
	assert_in_range(fake_loop_waits(), 130, 155);
	assert_int_equal(fake_host.route_lookups, 2);
}

/* Of many addresses those before the first with a route are looked up, and then one in each turn.
 */
static void many_are_looked_up_in_their_turn(void **state)
{
	const struct fake_script scripts[] = { { 0 }, { 0 } };
	const char *args[ARGS_MAX] = { NULL };
	char addresses[ARGS_MAX / 2][40];
	const struct result *result;

	(void)state;
	for (size_t i = 0; i < ARGS_MAX / 2 - 1; i++) {
		snprintf(addresses[i], sizeof(addresses[i]), "127.0.1.%zu%s", i + 1,
			 i ? "" : ":5000");
		args[2 * i] = "-a";
		args[2 * i + 1] = addresses[i];
	}
	fake_host.no_route[0] = "127.0.1.1";
	fake_host.no_route[1] = "127.0.1.2";
	fake_host.no_route[2] = "127.0.1.99";
	result = run_args(args, false, scripts, ARRAY_SIZE(scripts));
	assert_result(result, TIMED_OUT);
	assert_int_equal(fake_host.route_lookups, 2 + TIMEOUT_US / T1_US + 1);
	assert_int_equal(result->association.paths[1].verdict, VERDICT_UNREACHABLE);
	assert_int_equal(result->association.paths[2].verdict, VERDICT_SILENT);
	assert_int_equal(result->association.paths[98].verdict, VERDICT_UNTRIED);
}

/* An answer within a millisecond needs no routing table. */
static void a_fast_answer_asks_no_route(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(FAILED(MSEC - 1, ECONNREFUSED)) } };

	(void)state;
	RUN(scripts, TWO);
	assert_int_equal(fake_host.route_lookups, 0);
	assert_int_equal(fake_loop_waits(), 1);
}

/* What this host knows of -b explains a silence, unless one of them can be used. */
static void silence_of_a_source(void **state)
{
	static const struct {
		enum local_state state;
		enum finding_code code;
		enum result_word word;
		const char *runs_in;
	} cases[] = {
		{ LOCAL_USABLE, FINDING_NO_ANSWER, RESULT_TIMEOUT },
		{ LOCAL_ABSENT, FINDING_SOURCE_NOT_LOCAL, RESULT_TIMEOUT },
		{ LOCAL_BY_ROUTE, FINDING_NO_ANSWER, RESULT_TIMEOUT },
		{ LOCAL_LINK_DOWN, FINDING_SOURCE_LINK_DOWN, RESULT_TIMEOUT },
		{ LOCAL_TENTATIVE, FINDING_LOCAL_TENTATIVE, RESULT_FAILED },
		{ LOCAL_DUPLICATE, FINDING_LOCAL_DUPLICATE, RESULT_FAILED },
		{ LOCAL_IN_VRF, FINDING_LOCAL_IN_VRF, RESULT_FAILED },
		{ LOCAL_IN_VRF, FINDING_LOCAL_IN_VRF, RESULT_FAILED, "blue" },
		{ LOCAL_IN_VRF, FINDING_NO_ANSWER, RESULT_TIMEOUT, "red" },
		{ LOCAL_OUTSIDE_VRF, FINDING_LOCAL_OUTSIDE_VRF, RESULT_FAILED, "red" },
	};
	const struct fake_script silent[] = { { 0 } };
	const struct fake_script refused[] = { { EVENTS(FAILED(MSEC, ECONNREFUSED)) } };
	const struct result *result;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_host.local_state = cases[i].state;
		fake_host.runs_in = cases[i].runs_in;
		result = RUN(silent, ONE, "-b", "127.0.0.9:7000");
		assert_string_equal(finding_name(result->cause.code), finding_name(cases[i].code));
		assert_string_equal(result_name(result->word), result_name(cases[i].word));
		if (cases[i].code != FINDING_NO_ANSWER)
			assert_contains(said_reason(result).text, "127.0.0.9");
	}
	fake_host.runs_in = NULL;
	fake_host.local_state = LOCAL_ABSENT;
	assert_int_equal(RUN(silent, ONE)->cause.code, FINDING_NO_ANSWER);
	assert_result(RUN(refused, ONE, "-b", "127.0.0.9"), REFUSED);
	assert_int_equal(NEWEST.took_us, MSEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_host_on_the_link),
		TEST(silence_of_a_source),
		TEST(no_route_needs_no_blocking_call),
		TEST(silence_costs_nothing),
		TEST(many_are_looked_up_in_their_turn),
		TEST(a_fast_answer_asks_no_route),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
