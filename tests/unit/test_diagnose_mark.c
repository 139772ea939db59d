/* SPDX-License-Identifier: MIT */
/* mark.c: the verdict of one address by packets and socket errors. */
#include "fake_evidence.h"

/* Its INIT drew an ICMP error, so the newest call has it last. */
static void an_address_that_was_moved_was_tried(void **state)
{
	struct evidence_case k = { .evidence = { REFUSAL, AFTER(MSEC), .moved = 1 },
				   .asked = { A, B, C } };

	(void)state;
	for (int silence = 0; silence <= 1; silence++) {
		diagnosis_prepare(&k);
		diagnosis.paths[0].soft_error = EHOSTUNREACH;
		diagnosis.order[0] = 1;
		diagnosis.order[1] = 2;
		diagnosis.order[2] = 0;
		if (silence) {
			diagnosis.evidence.ended = false;
			diagnosis.evidence.error = 0;
		}
		diagnose(&diagnosis.result, &diagnosis.evidence);
		assert_verdicts(silence ? "unreachable silent untried"
					: "unreachable refused untried");
		assert_int_equal(diagnosis.paths[0].cause.code, FINDING_ICMP_OR_NEIGHBOUR);
		assert_int_equal(diagnosis.paths[0].cause.basis, BASIS_SO_ERROR);
	}
}

/* A busy host sends an INIT late: a filter has dropped it only if the next one has left. */
static void the_turn_of_the_second(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_after(600);
	diagnosis_now();
	assert_int_equal(diagnosis.paths[1].cause.code, FINDING_NO_ANSWER);
	assert_int_equal(diagnosis.paths[2].cause.code, FINDING_NO_ANSWER);
	wire_send_init("10.1.3.2", 3);
	diagnosis_now();
	assert_int_equal(diagnosis.paths[1].cause.code, FINDING_OWN_OUTPUT_FILTER);
}

static void no_turn_is_used(void **state)
{
	(void)state;
	wire_after(300);
	diagnosis_now();
	assert_int_equal(diagnosis.paths[0].cause.code, FINDING_OWN_OUTPUT_FILTER);
	assert_int_equal(diagnosis.paths[1].cause.code, FINDING_OWN_OUTPUT_FILTER);
	assert_int_equal(diagnosis.paths[2].cause.code, FINDING_UNTRIED_ENDED);
}

/* The INIT to the first of two addresses goes to the second: it leaves too early for that one. */
static void an_init_to_another_address_of_the_call(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		wire_send_init("10.1.2.2", 2);
		wire_after(250);
	}
	diagnosis_expect(FINDING_TRANSLATED, "which this host sends to 10.1.2.2", "NAT");
}

/* A filter drops the first: the second has its own turns. */
static void no_init_to_the_first_address(void **state)
{
	(void)state;
	wire_after(250);
	wire_send_init("10.1.2.2", 2);
	wire_after(500);
	wire_send_init("10.1.2.2", 2);
	wire_after(250);
	diagnosis_expect(FINDING_OWN_OUTPUT_FILTER, "no INIT left this host", "nft");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TWO(an_init_to_another_address_of_the_call),
		WITH_TWO(no_init_to_the_first_address),
		cmocka_unit_test(an_address_that_was_moved_was_tried),
		WITH_THREE(the_turn_of_the_second),
		WITH_THREE(no_turn_is_used),
	};

	return cmocka_run_group_tests_name("mark", tests, NULL, NULL);
}
