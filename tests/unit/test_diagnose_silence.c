/* SPDX-License-Identifier: MIT */
/* silence.c: attempts without an answer. */
#include "fake_evidence.h"

static const struct evidence_case cases[] = {
	/* --- Silence --- */
	CASE("silence of one", FINDING_NO_ANSWER, (SILENCE, .elapsed_us = DEADLINE_US), (A),
	     TIMED_OUT, EXPECT("silent", "no answer to INIT within 5000 ms", "IP protocol 132")),
	CASE("silence of one, given up", FINDING_NO_ANSWER,
	     (SILENCE, .ended = true, .error = ETIMEDOUT, .elapsed_us = 9 * SEC), (A), TIMED_OUT,
	     EXPECT("silent", "no attempt is left", "IP protocol 132")),
	CASE("no turn is missed where there is one, whatever T1", FINDING_NO_ANSWER,
	     (SILENCE, .elapsed_us = 1, .t1_us = SEC), (A), TIMED_OUT,
	     EXPECT("silent", "no answer", "IP protocol 132")),
	CASE("all had their turn", FINDING_NO_ANSWER, (SILENCE, AFTER(DEADLINE_US)), (A, B, C),
	     TIMED_OUT, EXPECT("silent silent silent", "within 5000 ms", "IP protocol 132"),
	     .note = "no answer to INIT"),
	CASE("the last had no turn", FINDING_NO_ANSWER, (SILENCE, AFTER(2 * T1_US - 10 * MSEC - 1)),
	     (A, B, C), TIMED_OUT,
	     EXPECT("silent silent untried", "within 5000 ms", "at least -w 844ms"),
	     .note = "before its turn"),
	CASE("given up before all had a turn", FINDING_NO_ANSWER,
	     (SILENCE, .ended = true, .error = ETIMEDOUT, AFTER(T1_US)), (A, B, C), TIMED_OUT,
	     EXPECT("silent untried untried", "no attempt is left", "--init-attempts 2"),
	     .note = "before its turn"),

	/* --- What the network or the routing table said --- */
	CASE("silence of this host itself", FINDING_NO_ANSWER, (SILENCE, .elapsed_us = DEADLINE_US),
	     ({ "127.0.0.1", .this_host = true }), TIMED_OUT,
	     EXPECT("silent", "no answer to INIT", "this address is of this host itself")),
	CASE("of this host and another one", FINDING_NO_ANSWER, (SILENCE, AFTER(DEADLINE_US)),
	     ({ "127.0.0.1", .this_host = true }, B), TIMED_OUT,
	     EXPECT("silent silent", "no answer to INIT", "the host may be down")),
	CASE("silence, in UDP", FINDING_NO_ANSWER, (SILENCE, .encapsulated = true), (A), TIMED_OUT,
	     EXPECT("silent", "no answer to INIT", "that UDP port may not be in use there")),
	CASE("the newest of two counts", FINDING_ICMP_OR_NEIGHBOUR,
	     (SILENCE, SOFT(ENETUNREACH, EHOSTUNREACH)), (A), UNREACHABLE(EHOSTUNREACH),
	     EXPECT("unreachable", "ARP or ND", "tcpdump")),
	CASE("of several, it is not known whose it is", FINDING_ICMP_OR_NEIGHBOUR,
	     (SILENCE, AFTER(DEADLINE_US), SOFT(EHOSTUNREACH)), (A, B), TIMED_OUT,
	     EXPECT("silent silent", "EHOSTUNREACH for at least one address", "tcpdump"),
	     .note = "no answer to INIT"),
	CASE("no route to one, silence of the other", FINDING_NO_ANSWER,
	     (SILENCE, AFTER(DEADLINE_US)), (A, ROUTELESS("127.0.0.2", ENETUNREACH)), TIMED_OUT,
	     EXPECT("silent unreachable", "within 5000 ms", "IP protocol 132"), .note = "no route"),
	CASE("what has no route says so also without a turn", FINDING_NO_ANSWER,
	     (SILENCE, AFTER(MSEC)), (A, B, ROUTELESS("127.0.0.3", ENETUNREACH)), TIMED_OUT,
	     EXPECT("silent untried unreachable", "within 5000 ms", "-w 844ms"),
	     .note = "no route"),
};

static void every_case(void **state)
{
	(void)state;
	diagnosis_check(cases, ARRAY_SIZE(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
	};

	return cmocka_run_group_tests_name("silence", tests, NULL, NULL);
}
