/* SPDX-License-Identifier: MIT */
/* conclude.c: the cause of a result, of several addresses, too. */
#include "fake_evidence.h"

#include "diagnose/parts.h"

static const struct evidence_case cases[] = {
	CASE("no route to any", FINDING_NO_ADDRESS_REACHABLE, (SILENCE, AFTER(MSEC)),
	     (ROUTELESS("127.0.0.1", ENETUNREACH), ROUTELESS("127.0.0.2", EACCES)),
	     UNREACHABLE(ENETUNREACH),
	     EXPECT("unreachable unreachable", "none of the addresses", "ip route get"),
	     .note = "type prohibit"),
};

static void every_case(void **state)
{
	(void)state;
	diagnosis_check(cases, ARRAY_SIZE(cases));
}

/* One finding, about one address, all of the association's paths, or one of several addresses. */
static void a_result_by_what_it_is_about(void **state)
{
	static const struct {
		unsigned flags;
		enum result_word word;
		int status;
	} results[] = {
		{ 0, RESULT_UNREACHABLE, STATUS_NOT_CONNECTED },
		{ FINDING_EVERY_PATH, RESULT_DEGRADED, STATUS_DEGRADED },
		{ FINDING_PARTIAL, RESULT_TIMEOUT, STATUS_TIMEOUT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		const struct finding cause = { .code = FINDING_NO_ROUTE,
					       .flags = results[i].flags };

		diagnosis = (struct diagnosis){ 0 };
		diagnose_conclude(&diagnosis.result, ENETUNREACH, &cause);
		assert_int_equal(diagnosis.result.word, results[i].word);
		assert_int_equal(diagnosis.result.status, results[i].status);
		assert_int_equal(diagnosis.result.error, ENETUNREACH);
		assert_int_equal(diagnosis.result.cause.code, FINDING_NO_ROUTE);
		assert_int_equal(diagnosis.result.advice->code, FINDING_NO_ROUTE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(a_result_by_what_it_is_about),
	};

	return cmocka_run_group_tests_name("conclude", tests, NULL, NULL);
}
