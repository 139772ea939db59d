/* SPDX-License-Identifier: MIT */
/* host.c: what IPsec, tunnels and rp_filter of this host do to packets. */
#include "fake_evidence.h"

#include <errno.h>
#include <string.h>

#include "diagnose/ending.h"
#include "report/words.h"

/* An INIT that the witness does not see, by what IPsec and the route do to it. */
static void an_init_that_is_not_seen(void **state)
{
	static const struct {
		enum ipsec ipsec;
		const char *encapsulation;
		enum finding_code seen, plain;
	} cases[] = {
		{ IPSEC_NONE, NULL, FINDING_OWN_OUTPUT_FILTER, FINDING_NO_ANSWER },
		{ IPSEC_UNKNOWN, NULL, FINDING_NOT_SEEN, FINDING_NO_ANSWER },
		{ IPSEC_BLOCKS, NULL, FINDING_IPSEC_BLOCKS, FINDING_IPSEC_BLOCKS },
		{ IPSEC_NO_KEY, NULL, FINDING_IPSEC_NO_KEY, FINDING_IPSEC_NO_KEY },
		{ IPSEC_CARRIES, NULL, FINDING_IN_IPSEC, FINDING_IN_IPSEC },
		{ IPSEC_NONE, "MPLS", FINDING_IN_TUNNEL, FINDING_IN_TUNNEL },
		{ IPSEC_UNKNOWN, "MPLS", FINDING_IN_TUNNEL, FINDING_IN_TUNNEL },
	};

	(void)state;
	wire_after(1000);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		diagnosis.paths[0].departure =
			(struct departure){ .ipsec = cases[i].ipsec,
					    .end = wire_address("10.9.9.9"),
					    .encapsulation = cases[i].encapsulation };
		diagnosis.evidence.ledger = &wire.ledger;
		diagnosis_expect(cases[i].seen, "INIT", "");
		diagnosis.evidence.ledger = NULL;
		diagnosis_expect(cases[i].plain, "INIT", "");
	}
	diagnosis_expect(FINDING_IN_TUNNEL, "which the route puts into MPLS",
			 "ip route get 10.1.1.2");
	diagnosis.paths[0].departure.encapsulation = NULL;
	diagnosis.paths[0].departure.ipsec = IPSEC_CARRIES;
	diagnosis_expect(FINDING_IN_IPSEC, "no answer to the INIT", "IPsec carries it to 10.9.9.9");
}

/* Then the neighbour is not known, either. */
static void a_sandbox_that_refuses_netlink(void **state)
{
	(void)state;
	wire_after(1000);
	diagnosis.paths[0].departure =
		(struct departure){ .ipsec = IPSEC_UNKNOWN, .netlink_error = EAFNOSUPPORT };
	diagnosis_expect(FINDING_NOT_SEEN, "socket(AF_NETLINK) fails with EAFNOSUPPORT",
			 "RestrictAddressFamilies");
}

/* What was seen to leave as it is was not changed, whatever the policies are. */
static void an_init_that_is_seen(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_after(1000);
	diagnosis.paths[0].departure.ipsec = IPSEC_CARRIES;
	diagnosis_expect(FINDING_SILENT, "no answer to INIT", "the INIT left this host");
}

/* A policy that blocks fails the call like a filter does. */
static void a_call_that_is_not_permitted(void **state)
{
	(void)state;
	wire_after(1000);
	diagnosis.paths[0].send_error = EPERM;
	diagnosis_expect(FINDING_OWN_OUTPUT_FILTER, "no INIT left", "sendmsg fails with EPERM");
	diagnosis.paths[0].departure.ipsec = IPSEC_CARRIES;
	diagnosis_expect(FINDING_OWN_OUTPUT_FILTER, "no INIT left", "nft");
	diagnosis.paths[0].departure.ipsec = IPSEC_BLOCKS;
	diagnosis_expect(FINDING_IPSEC_BLOCKS, "blocks the INIT", "xfrm");
}

/* In tunnel mode the answers are seen when they have come out of it. */
static void a_cookie_in_a_tunnel(void **state)
{
	(void)state;
	wire_take_init_ack("10.1.1.2", 1);
	wire_after(1000);
	diagnosis.evidence.report.pending_state = ASSOC_COOKIE_ECHOED;
	diagnosis_expect(FINDING_OWN_OUTPUT_FILTER, "no COOKIE-ECHO left", "nft");
	diagnosis.paths[0].departure.ipsec = IPSEC_CARRIES;
	diagnosis_expect(FINDING_NO_COOKIE_ACK, "no COOKIE-ACK got through", "MTU");
}

static void one_of_two_in_ipsec(void **state)
{
	(void)state;
	wire_after(250);
	wire_send_init("10.1.2.2", 2);
	wire_after(500);
	wire_send_init("10.1.2.2", 2);
	wire_after(1000);
	diagnosis.paths[0].departure.ipsec = IPSEC_CARRIES;
	diagnosis_expect(FINDING_IN_IPSEC, "10.1.1.2: no answer to the INIT", "ESP");
	assert_int_equal(diagnosis.paths[0].verdict, VERDICT_SILENT);
	assert_int_equal(diagnosis.paths[1].cause.code, FINDING_SILENT);
}

static void a_heartbeat_that_is_not_seen(void **state)
{
	struct finding why;

	(void)state;
	diagnosis.paths[0].departure.ipsec = IPSEC_CARRIES;
	why = diagnose_dead_path(&diagnosis.paths[0], &wire.ledger, 1000 * MSEC);
	assert_int_equal(why.code, FINDING_IN_IPSEC);
	assert_string_equal(words_reason(&why, &diagnosis.said),
			    "no answer to the heartbeat, which this host sends inside IPsec");
	why = diagnose_dead_path(&diagnosis.paths[0], NULL, 1000 * MSEC);
	assert_int_equal(why.code, FINDING_IN_IPSEC);
	wire_send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "heartbeat");
	why = diagnose_dead_path(&diagnosis.paths[0], &wire.ledger, 1000 * MSEC);
	assert_int_equal(why.code, FINDING_HEARTBEAT_UNANSWERED);
}

/* That IPsec cannot be asked about does not hide the call that failed. */
static void a_heartbeat_that_cannot_be_sent(void **state)
{
	struct finding why;

	(void)state;
	diagnosis.paths[0].departure.ipsec = IPSEC_UNKNOWN;
	diagnosis.paths[0].send_error = EPERM;
	why = diagnose_dead_path(&diagnosis.paths[0], &wire.ledger, 1000 * MSEC);
	assert_string_equal(words_reason(&why, &diagnosis.said), "no heartbeat left this host");
	assert_int_equal(why.error, EPERM);
	diagnosis.evidence.phase = PHASE_UP;
	diagnosis.evidence.require = 1;
	diagnosis.evidence.probed = true;
	diagnosis.result.association.known = true;
	diagnosis.paths[0].in_association = true;
	diagnosis.paths[0].heartbeats = 1;
	diagnosis_expect(FINDING_OWN_OUTPUT_FILTER, "no heartbeat left this host",
			 "sendmsg fails with EPERM");
}

static void an_answer_on_another_link(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_take_init_ack("10.1.1.2", 2);
	assert_string_equal(wire_path("10.1.1.2")->received_way.interface, "c2");
	wire_after(1000);
	diagnosis.evidence.report.pending_state = ASSOC_COOKIE_WAIT;
	diagnosis_expect(FINDING_OWN_INPUT_FILTER,
			 "the INIT-ACK arrived on c2, not on c1, but was dropped", "nft");
	strcpy(diagnosis.paths[0].arrived, "c2");
	strcpy(diagnosis.paths[0].expected, "c1");
	diagnosis.paths[0].reverse_path = REVERSE_PATH_STRICT;
	diagnosis_expect(FINDING_RP_FILTER,
			 "the INIT-ACK arrived on c2, but the route back uses c1: rp_filter",
			 "sysctl net.ipv4.conf.c2.rp_filter=2");
	diagnosis.paths[0].reverse_path = REVERSE_PATH_MISSING;
	diagnosis_expect(FINDING_RP_FILTER, "arrived on c2, but there is no route back: rp_filter",
			 "a route to it is missing");
}

static void a_heartbeats_answer_on_another_link(void **state)
{
	struct finding why;

	(void)state;
	wire_send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "heartbeat");
	wire_take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "heartbeat");
	diagnosis.paths[0].departure.ipsec = IPSEC_CARRIES;
	why = diagnose_dead_path(&diagnosis.paths[0], &wire.ledger, 1000 * MSEC);
	assert_int_equal(why.code, FINDING_OWN_INPUT_FILTER);
	diagnosis.paths[0].reverse_path = REVERSE_PATH_STRICT;
	why = diagnose_dead_path(&diagnosis.paths[0], &wire.ledger, 1000 * MSEC);
	assert_int_equal(why.code, FINDING_RP_FILTER);
	assert_int_equal(why.chunk, CHUNK_HEARTBEAT_ACK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ONE(an_init_that_is_not_seen),
		WITH_ONE(a_sandbox_that_refuses_netlink),
		WITH_ONE(an_init_that_is_seen),
		WITH_ONE(a_call_that_is_not_permitted),
		WITH_ONE(a_cookie_in_a_tunnel),
		WITH_TWO(one_of_two_in_ipsec),
		WITH_ONE(a_heartbeat_that_is_not_seen),
		WITH_ONE(a_heartbeat_that_cannot_be_sent),
		WITH_ONE(an_answer_on_another_link),
		WITH_ONE(a_heartbeats_answer_on_another_link),
	};

	return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
