/* SPDX-License-Identifier: MIT */
/* address.c: what routes, links and socket errors say of one address, and whose turn it was. */
#include "fake_evidence.h"

#define ERRNOS 140 /* beyond the last one of Linux, EHWPOISON */

/* The socket reports an error, of an ICMP message. */
#define ICMP(name, code, number, reason)                                    \
	CASE(name, code, (SILENCE, SOFT(number)), (A), UNREACHABLE(number), \
	     EXPECT("unreachable", reason, "tcpdump"))
/* The look-up of the route fails. */
#define ROUTE(name, code, number, reason)                                                  \
	CASE(name, code, (SILENCE), (ROUTELESS("127.0.0.1", number)), UNREACHABLE(number), \
	     EXPECT("unreachable", reason, "ip route get"))

static const struct evidence_case cases[] = {
	/* --- Whose turn it was --- */
	CASE("timers may be an eighth late: perhaps", FINDING_NO_ANSWER,
	     (SILENCE, AFTER(T1_US + T1_US / 8 - 1)), (A, B), TIMED_OUT,
	     EXPECT("silent untried", "within 5000 ms", "-w 562ms"),
	     .note = "ended as its turn came"),
	CASE("timers may be an eighth late: surely", FINDING_NO_ANSWER,
	     (SILENCE, AFTER(T1_US + T1_US / 8)), (A, B), TIMED_OUT,
	     EXPECT("silent silent", "within 5000 ms", "IP protocol 132"),
	     .note = "no answer to INIT"),

	/* --- What the network or the routing table said --- */
	CASE("ARP or ICMP of one", FINDING_ICMP_OR_NEIGHBOUR,
	     (SILENCE, AFTER(MSEC), SOFT(EHOSTUNREACH)), (A), UNREACHABLE(EHOSTUNREACH),
	     EXPECT("unreachable", "ARP or ND", "tcpdump")),
	ICMP("ICMP network unreachable", FINDING_ICMP_UNSPECIFIED, ENETUNREACH,
	     "network unreachable"),
	CASE("ICMP port unreachable", FINDING_ICMP_PORT_UNREACHABLE, (SILENCE, SOFT(ECONNREFUSED)),
	     (A), UNREACHABLE(ECONNREFUSED),
	     EXPECT("unreachable", "port unreachable", "SCTP never sends")),
	CASE("ICMP port unreachable, of UDP", FINDING_ICMP_PORT_UNREACHABLE,
	     (SILENCE, SOFT(ECONNREFUSED), .encapsulated = true), (A), UNREACHABLE(ECONNREFUSED),
	     EXPECT("unreachable", "port unreachable", "net.sctp.udp_port")),
	CASE("no carrier", FINDING_LINK_DOWN, (SILENCE), (ROUTELESS("127.0.0.1", ENETDOWN)),
	     UNREACHABLE(ENETDOWN),
	     EXPECT("unreachable", "link to it, , has no carrier", "ip link show")),
	CASE("a link that is down", FINDING_LINK_DOWN, (SILENCE),
	     ({ "127.0.0.1", .route_error = ENETDOWN, .link_down = true }), UNREACHABLE(ENETDOWN),
	     EXPECT("unreachable", "link to it, , is down", "ip link set")),
	CASE("a dummy", FINDING_DUMMY_LINK, (SILENCE),
	     ({ "127.0.0.1", .route_error = ENETDOWN, .link_dummy = true }), UNREACHABLE(ENETDOWN),
	     EXPECT("unreachable", "is a dummy", "prefix length")),
	ICMP("ICMPv6 prohibited", FINDING_ICMP_PROHIBITED, EACCES, "administratively prohibited"),
	ICMP("ICMP protocol unreachable, as a soft error", FINDING_ICMP_UNSPECIFIED, ENOPROTOOPT,
	     "protocol unreachable"),
	ICMP("a soft error without words", FINDING_ICMP_UNSPECIFIED, EPROTO, "reported an error"),
	ROUTE("no route", FINDING_NO_ROUTE, ENETUNREACH, "no route"),
	ROUTE("unreachable route", FINDING_UNREACHABLE_ROUTE, EHOSTUNREACH, "type unreachable"),
	ROUTE("prohibit route", FINDING_PROHIBITED_ROUTE, EACCES, "type prohibit"),
	ROUTE("blackhole route", FINDING_BLACKHOLE_ROUTE, EINVAL, "type blackhole"),
	ROUTE("a route look-up without words", FINDING_ROUTE_UNUSABLE, ENOBUFS,
	      "no usable route to it (ENOBUFS)"),
};

static void every_case(void **state)
{
	(void)state;
	diagnosis_check(cases, ARRAY_SIZE(cases));
}

static void check_unreachable(const struct evidence_case *k, int error)
{
	diagnosis_prepare(k);
	diagnose(&diagnosis.result, &diagnosis.evidence);
	assert_int_equal(diagnosis.result.word, RESULT_UNREACHABLE);
	assert_int_equal(diagnosis.result.error, error);
	assert_status_fits(PHASE_PENDING);
	assert_true(diagnosis_reason()[0] && diagnosis_hint()[0]);
}

static void every_soft_and_route_error(void **state)
{
	struct evidence_case k = { .evidence = { .phase = PHASE_PENDING, .elapsed_us = MSEC },
				   .asked = { A } };

	(void)state;
	for (int error = 1; error < ERRNOS; error++) {
		k.evidence.report.soft_errors[0] = error;
		k.evidence.report.soft_error_count = 1;
		k.asked[0].route_error = 0;
		check_unreachable(&k, error);

		k.evidence.report.soft_error_count = 0;
		k.asked[0].route_error = error;
		check_unreachable(&k, error);
	}
}

static void verdicts_follow_the_order_of_the_call(void **state)
{
	const struct evidence_case k = { .evidence = { REFUSAL, AFTER(T1_US + 1) },
					 .asked = { A, B, C } };
	(void)state;
	diagnosis_prepare(&k);
	diagnosis.order[0] = 2;
	diagnosis.order[1] = 0;
	diagnosis.order[2] = 1;
	diagnose(&diagnosis.result, &diagnosis.evidence);
	assert_verdicts("refused untried silent");
	assert_text(diagnosis_hint(), "try without 127.0.0.1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(every_soft_and_route_error),
		cmocka_unit_test(verdicts_follow_the_order_of_the_call),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
