/* SPDX-License-Identifier: MIT */
/* plan.c: which addresses go into the call, and in which order. */
#include "bench.h"
#include "engine/plan.h"

static void assert_packed(const struct fake_record *record, const char *expected)
{
	char packed[512] = "", text[ADDRESS_TEXT_MAX];

	for (size_t i = 0; i < record->peer_count; i++) {
		strcat(packed, i ? " " : "");
		strcat(packed, address_host_text(&record->peers[i], text));
	}
	assert_string_equal(packed, expected);
}

/* The packed array: narrowest scope first, the user's order within a scope. */
static void the_order_of_the_call(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(MSEC)), CLOSING(CLOSED(0)) } };
	const struct result *result;

	(void)state;
	for (int blocking = 0; blocking <= 1; blocking++) {
		result = run_args(ARGS("-a", "8.8.8.8:5000", "-a", "fd01::1", "-a", "10.1.1.3",
				       "-a", "fe80::1%lo", "-a", "127.0.0.1", "-a", "10.1.1.2",
				       "-a", "::1"),
				  blocking, scripts, 1);
		assert_packed(fake_stack_record(0),
			      "127.0.0.1 ::1 fe80::1%lo 10.1.1.3 10.1.1.2 8.8.8.8 fd01::1");
		assert_true(fake_stack_record(0)->config.ipv6);
		assert_true(result->reordered);
		/* What is reported stays in the user's order. */
		assert_int_equal(result->association.paths[0].path.address.v4.sin_addr.s_addr,
				 htonl(0x08080808));
		close_bench();
	}
}

static void ipv4_goes_on_without_ipv6(void **state)
{
	const struct fake_script scripts[] = {
		{ .open_error = EAFNOSUPPORT },
		{ EVENTS(UP(MSEC)), CLOSING(CLOSED(0)) },
	};
	const struct result *result = RUN(scripts, "-a", "[fd01::1]:5000", "-a", "127.0.0.1", "-a",
					  "::1", "-a", "127.0.0.2");

	(void)state;
	assert_result(result, CONNECTED);
	assert_paths(result, "excluded unverified excluded unverified");
	assert_contains(said_note(&result->association.paths[0]).text, "no IPv6");
	assert_false(fake_stack_record(0)->config.ipv6);
	assert_packed(fake_stack_record(0), "127.0.0.1 127.0.0.2");
	/* Of what was left, nothing changed places. */
	assert_false(result->reordered);
	assert_int_equal(fake_stack_record(0)->primaries_set, 0);
	close_bench();
}

static void refused_without_ipv6(void **state)
{
	const struct fake_script scripts[] = {
		{ .open_error = EAFNOSUPPORT },
		{ EVENTS(FAILED(T1_US + 1, ECONNREFUSED)) },
	};
	const struct result *result = RUN(scripts, "-a", "[fd01::1]:5000", "-a", "8.8.8.8", "-a",
					  "10.1.1.2", "-a", "::1");

	(void)state;
	assert_result(result, REFUSED);
	assert_paths(result, "excluded refused silent excluded");
	assert_packed(fake_stack_record(0), "10.1.1.2 8.8.8.8");
	assert_true(result->reordered);
}

static void nothing_left_without_ipv6(void **state)
{
	const struct fake_script scripts[] = { { .open_error = EAFNOSUPPORT } };
	const struct result *result = RUN(scripts, "-a", "[fd01::1]:5000", "-a", "::1");

	(void)state;
	assert_result(result, RESULT_FAILED, EAFNOSUPPORT, STATUS_HOST);
	assert_paths(result, "excluded excluded");
	assert_contains(said_reason(result).text, "no IPv6");
	assert_true(said_hint(result).text[0]);
	assert_int_equal(fake_stack_count(), 0);
}

/* -b with an IPv6 address is not dropped in silence. */
static void an_ipv6_bind_needs_ipv6(void **state)
{
	const struct fake_script scripts[] = { { .open_error = EAFNOSUPPORT } };
	const struct result *result = RUN(scripts, ONE, "-b", "::1", "-b", "127.0.0.1");

	(void)state;
	assert_result(result, RESULT_FAILED, EAFNOSUPPORT, STATUS_HOST);
	assert_paths(result, "untried");
}

static void a_bind_must_fit_the_family_of_the_peer(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(MSEC)) } };
	const struct result *result = RUN(scripts, ONE, "-b", "fd01::1");

	(void)state;
	assert_result(result, RESULT_FAILED, EAFNOSUPPORT, STATUS_HOST);
	assert_paths(result, "excluded");
	assert_non_null(strstr(said_reason(result).text, "none of the -b addresses"));
	assert_int_equal(fake_stack_count(), 0);

	result = RUN(scripts, "-a", "127.0.0.1:5000", "-a", "fd01::2", "-b", "127.0.0.1");
	assert_int_equal(result->association.paths[1].verdict, VERDICT_EXCLUDED);
	assert_int_equal(fake_stack_record(0)->config.rto_initial_ms, 0);

	RUN(scripts, "-a", "127.0.0.1:5000", "-a", "fd01::2", "-b", "::");
	assert_int_equal(fake_stack_record(0)->config.rto_initial_ms, 240);
}

static void what_loopback_cannot_reach(void **state)
{
	union address sources[] = { V4(127, 0, 0, 1), V4(127, 0, 0, 2) };
	const union address here = V4(127, 0, 0, 7), there = V4(10, 1, 1, 1);
	struct plan plan = { .sources = sources };

	(void)state;
	assert_false(plan_stays_here(&plan, &there)); /* no -b */
	plan.source_count = 2;
	assert_true(plan_stays_here(&plan, &there));
	assert_false(plan_stays_here(&plan, &here));
	sources[1] = (union address)V4(0, 0, 0, 0);
	assert_false(plan_stays_here(&plan, &there));
	sources[1] = there;
	assert_false(plan_stays_here(&plan, &there));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_order_of_the_call),      TEST(ipv4_goes_on_without_ipv6),
		TEST(refused_without_ipv6),       TEST(nothing_left_without_ipv6),
		TEST(an_ipv6_bind_needs_ipv6),    TEST(a_bind_must_fit_the_family_of_the_peer),
		TEST(what_loopback_cannot_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
