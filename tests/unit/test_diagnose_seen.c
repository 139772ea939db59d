/* SPDX-License-Identifier: MIT */
/* seen.c: what the witness saw of one address. */
#include "fake_evidence.h"

#include <linux/icmp.h>

#include "diagnose/parts.h"

static void pass(const char *from, uint16_t from_port, const char *to, uint16_t to_port,
		 uint8_t type, uint32_t tag, enum witness_odd odd)
{
	const struct fake_ends ends = { from, to, from_port, to_port, 0, 0 };

	fake_packet(&wire.packet, &ends, type == CHUNK_INIT ? 0 : tag);
	fake_init(&wire.packet, type, type == CHUNK_INIT ? OUR_TAG : PEER_TAG, 10, 10);
	fake_finish(&wire.packet);
	wire.event.odd = odd;
	wire_pass_as(1, type == CHUNK_INIT);
	wire.event.odd = ODD_NONE;
}

static void an_init_that_this_host_translates(void **state)
{
	(void)state;
	pass("10.1.1.1", 40000, "10.1.3.2", 5001, CHUNK_INIT, 0, ODD_PEER_PORT);
	wire_after(1000);
	diagnosis_expect(FINDING_TRANSLATED,
			 "no answer to the INIT, which this host sends to 10.1.3.2:5001", "NAT");
	/* The answer is not from there for the stack. */
	pass("10.1.3.2", 5001, "10.1.1.1", 40000, CHUNK_INIT_ACK, OUR_TAG, ODD_PEER_PORT);
	diagnosis_expect(FINDING_TRANSLATED, "", "");
	diagnosis.evidence.ended = true;
	diagnosis.evidence.error = ECONNREFUSED;
	diagnosis_expect(FINDING_NO_ENDPOINT_OR_QUEUE_FULL, "10.1.3.2:5001, where a NAT rule", "");
}

static void an_init_to_another_address(void **state)
{
	(void)state;
	wire_send_init("10.1.3.2", 1);
	wire_after(1000);
	diagnosis_expect(FINDING_TRANSLATED, "which this host sends to 10.1.3.2:5000 instead",
			 "NAT");
}

/* It may be of another program. */
static void an_init_from_another_port(void **state)
{
	(void)state;
	pass("10.1.1.1", 7001, "10.1.1.2", 5000, CHUNK_INIT, 0, ODD_LOCAL_PORT);
	wire_after(1000);
	diagnosis_expect(FINDING_NOT_SEEN,
			 "no INIT was seen to leave this host, apart from one with port 7001",
			 "NAT");
	wire_send_init("10.1.1.2", 1);
	diagnosis_expect(FINDING_SILENT, "", "");
}

static void an_answer_from_another_port(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	pass("10.1.1.2", 6000, "10.1.1.1", 40000, CHUNK_INIT_ACK, OUR_TAG + 1, ODD_PEER_PORT);
	wire_after(1000);
	diagnosis_expect(FINDING_SILENT, "", "");
	pass("10.1.1.2", 6000, "10.1.1.1", 40000, CHUNK_INIT_ACK, OUR_TAG, ODD_PEER_PORT);
	diagnosis_expect(FINDING_OTHER_PORT, "answered the INIT from port 6000, not from 5000",
			 "NAT");
	assert_int_equal(diagnosis.paths[0].verdict, VERDICT_TRIED);
}

static void an_init_with_a_bad_checksum(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire.packet.bytes[wire.packet.sctp + 8] ^= 1;
	ledger_free(&wire.ledger);
	diagnosis_on_wire(1);
	wire_pass(1);
	wire_after(1000);
	diagnosis_expect(FINDING_BAD_CHECKSUM_SENT, "the INIT left this host with a bad checksum",
			 "SctpChecksumErrors");
	wire_send_init("10.1.1.2", 1);
	diagnosis_expect(FINDING_SILENT, "", "");
}

/* The same packets again, each with one bit changed: of its destination, its ports or its chunk. */
static void damage(size_t byte, bool outgoing, enum witness_odd odd)
{
	wire_send_init("10.1.1.2", 1);
	ledger_free(&wire.ledger);
	diagnosis_on_wire(1);
	wire.packet.bytes[byte] ^= 1;
	wire.event.odd = odd;
	wire_pass_as(1, outgoing);
	wire.event.odd = ODD_NONE;
	wire_after(1000);
}

static void an_init_that_this_host_damages(void **state)
{
	const char *reason = "the INIT left this host with a bad checksum";

	(void)state;
	wire_send_init("10.1.1.2", 1);
	const size_t sctp = wire.packet.sctp;

	damage(19, true, ODD_NONE);
	diagnosis_expect(FINDING_BAD_CHECKSUM_SENT, reason, "tc qdisc");
	damage(sctp + 1, true, ODD_LOCAL_PORT);
	diagnosis_expect(FINDING_BAD_CHECKSUM_SENT, reason, "tc qdisc");
	damage(sctp + 3, true, ODD_PEER_PORT);
	diagnosis_expect(FINDING_BAD_CHECKSUM_SENT, reason, "tc qdisc");
	damage(sctp + 12, true, ODD_NONE);
	diagnosis_expect(FINDING_BAD_CHECKSUM_SENT, reason, "tc qdisc");
}

static void an_init_into_a_tunnel(void **state)
{
	(void)state;
	wire.event.tunnel = true;
	wire_send_init("10.1.1.2", 1);
	wire.event.tunnel = false;
	wire_after(1000);
	diagnosis_expect(FINDING_SILENT, "no answer to INIT",
			 "the INIT went into the tunnel c1, and no answer arrived: the tunnel");
	wire_send_init("10.1.1.2", 2);
	diagnosis_expect(FINDING_SILENT, "", "the INIT left this host, and no answer arrived: the");
}

static void an_init_in_fragments(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	diagnosis_expect(FINDING_SILENT, "", "tcpdump");
	diagnosis.evidence.local_port = 7777;
	diagnosis_expect(FINDING_SILENT, "", "an old entry for port 7777");
	wire.packet.bytes[6] |= 0x20; /* more fragments follow */
	wire_pass(1);
	wire_after(1000);
	diagnosis_expect(FINDING_INIT_IN_FRAGMENTS,
			 "no answer to the INIT, which left in fragments", "-b");
}

static void this_host_answered(const char *from, uint8_t code)
{
	struct fake_packet about;
	struct ledger_path *path;

	ledger_free(&wire.ledger);
	diagnosis_on_wire(1);
	wire_send_init("10.1.1.2", 1);
	about = wire.packet;
	fake_icmp(&wire.packet, from, "10.1.1.1", ICMP_DEST_UNREACH, code, 0, &about, 56);
	wire_pass_as(1, false);
	wire_after(1000);
	path = (struct ledger_path *)wire_path("10.1.1.2");
	assert_int_equal(path->icmp_count, 1);
	path->icmps[0].this_host = true;
}

/* Its filter, but where it is the peer, too: that has no SCTP, or nothing on the UDP port. */
static void icmp_of_this_host(void **state)
{
	(void)state;
	this_host_answered("10.1.1.1", ICMP_PORT_UNREACH);
	diagnosis_expect(FINDING_ICMP_THIS_HOST, "this host itself answered", "nft");
	this_host_answered("10.1.1.2", ICMP_PORT_UNREACH);
	diagnosis_expect(FINDING_ICMP_THIS_HOST, "this host itself answered", "nft");
	((struct ledger_path *)wire_path("10.1.1.2"))->icmps[0].protocol = IPPROTO_UDP;
	diagnosis_expect(FINDING_ICMP_PORT_UNREACHABLE, "port unreachable", "that UDP port");
	/* A router does not know the ports of the peer. */
	this_host_answered("10.1.9.254", ICMP_PORT_UNREACH);
	((struct ledger_path *)wire_path("10.1.1.2"))->icmps[0].protocol = IPPROTO_UDP;
	((struct ledger_path *)wire_path("10.1.1.2"))->icmps[0].this_host = false;
	diagnosis_expect(FINDING_ICMP_PORT_UNREACHABLE, "10.1.9.254 answered",
			 "not the address that was asked: a firewall there");
	this_host_answered("10.1.1.2", ICMP_PROT_UNREACH);
	diagnosis_expect(FINDING_NO_SCTP, "has no SCTP", "");
}

/* An ICMP error of a router about what was sent last. */
static void report(uint8_t type, uint8_t code)
{
	const struct fake_packet about = wire.packet;

	fake_icmp(&wire.packet, "10.1.9.254", "10.1.1.1", type, code, 0, &about, 48);
	wire_pass(1);
}

static void reject(uint8_t code)
{
	report(ICMP_DEST_UNREACH, code);
}

static void icmp_errors_that_are_rare(void **state)
{
	static const struct {
		uint8_t type, code;
		enum finding_code finding;
		const char *reason;
	} rows[] = {
		{ ICMP_DEST_UNREACH, ICMP_NET_UNR_TOS, FINDING_ICMP_UNREACHABLE,
		  "10.1.9.254 answered ICMP network unreachable for this type of service" },
		{ ICMP_DEST_UNREACH, ICMP_PREC_VIOLATION, FINDING_ICMP_PROHIBITED,
		  "10.1.9.254 answered ICMP host precedence violation" },
		{ ICMP_DEST_UNREACH, ICMP_PREC_CUTOFF, FINDING_ICMP_PROHIBITED,
		  "10.1.9.254 answered ICMP precedence cutoff" },
		{ ICMP_PARAMETERPROB, 0, FINDING_ICMP_NOT_ACCEPTED,
		  "10.1.9.254 answered ICMP parameter problem" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (i) {
			diagnosis_stop(state);
			diagnosis_one(state);
		}
		wire_send_init("10.1.1.2", 1);
		report(rows[i].type, rows[i].code);
		diagnosis_expect(rows[i].finding, rows[i].reason, "");
	}
}

static void an_icmp_error_about_the_cookie(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	reject(ICMP_HOST_UNREACH);
	wire_after(10);
	wire_send_init("10.1.1.2", 1);
	wire_take_init_ack("10.1.1.2", 1);
	wire_send_chunk("10.1.1.2", CHUNK_COOKIE_ECHO, "cookie");
	diagnosis.evidence.report.pending_state = ASSOC_COOKIE_ECHOED;
	/* The older one does not stop it. */
	diagnosis_expect(FINDING_COOKIE_SILENT, "answered the INIT, but not the COOKIE-ECHO", "");
	wire_after(10);
	reject(ICMP_PKT_FILTERED);
	diagnosis_now();
	assert_int_equal(diagnosis.paths[0].verdict, VERDICT_UNREACHABLE);
	assert_int_equal(diagnosis.result.word, RESULT_UNREACHABLE);
	assert_text(diagnosis_reason(), "10.1.9.254 answered the COOKIE-ECHO with ICMP");
}

/* Another program's INIT is no reason to doubt, once this end's was seen. */
static void a_heartbeat_that_is_not_seen(void **state)
{
	const union address peer = wire_address("10.1.2.2");

	(void)state;
	wire_send_init("10.1.1.2", 1);
	pass("10.1.1.1", 7001, "10.1.1.2", 5000, CHUNK_INIT, 0, ODD_LOCAL_PORT);
	assert_int_equal(diagnose_seen_heartbeat(&wire.ledger, &peer, false).code,
			 FINDING_OWN_OUTPUT_FILTER);
}

static void a_heartbeat_from_another_port(void **state)
{
	const struct fake_ends ends = { "10.1.1.1", "10.1.2.2", 7001, 5000, 0, 0 };
	const union address peer = wire_address("10.1.2.2");
	struct finding finding;

	(void)state;
	wire_send_init("10.1.1.2", 1);
	fake_packet(&wire.packet, &ends, PEER_TAG);
	fake_chunk(&wire.packet, CHUNK_HEARTBEAT, 0, "id", 2);
	fake_finish(&wire.packet);
	wire.event.odd = ODD_LOCAL_PORT;
	wire_pass_as(1, true);
	wire.event.odd = ODD_NONE;
	finding = diagnose_seen_heartbeat(&wire.ledger, &peer, false);
	assert_int_equal(finding.code, FINDING_TRANSLATED);
	assert_int_equal(finding.other_port, 7001);
}

static void send_heartbeats(uint8_t count)
{
	const struct fake_ends ends = { "10.1.1.1", "10.1.1.2", 7001, 5000, 0, 0 };

	for (uint8_t i = 1; i <= count; i++) {
		fake_packet(&wire.packet, &ends, PEER_TAG);
		fake_chunk(&wire.packet, CHUNK_HEARTBEAT, 0, &i, 1);
		fake_finish(&wire.packet);
		wire_pass_as(2, true);
	}
}

/* As kept of one that this end sent: whoever changed it, the stack drops it. */
static void an_answer_with_another_content(void **state)
{
	const union address peer = wire_address("10.1.1.2");

	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_take_init_ack("10.1.1.2", 1);
	send_heartbeats(LEDGER_HEARTBEATS_MAX);
	assert_int_equal(diagnose_seen_heartbeat(&wire.ledger, &peer, false).code, FINDING_NONE);
	wire_take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "other");
	assert_int_equal(diagnose_seen_heartbeat(&wire.ledger, &peer, false).code,
			 FINDING_HEARTBEAT_ALTERED);
	/* Not certain if packets were missed. */
	wire.ledger.lost = 1;
	assert_int_equal(diagnose_seen_heartbeat(&wire.ledger, &peer, false).code, FINDING_NONE);
}

/* It may be the late answer to a heartbeat that is not kept any more. */
static void an_answer_that_may_be_late(void **state)
{
	const union address peer = wire_address("10.1.1.2");

	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_take_init_ack("10.1.1.2", 1);
	send_heartbeats(LEDGER_HEARTBEATS_MAX + 1);
	wire_take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "\1");
	assert_int_equal(diagnose_seen_heartbeat(&wire.ledger, &peer, false).code, FINDING_NONE);
}

/* What the handshake needs says nothing about the time after it. */
static void packets_that_come_from_an_address(void **state)
{
	union address peer;

	(void)state;
	assert_true(address_from_text(&peer, "10.1.1.2"));
	assert_false(diagnose_seen_to_arrive(NULL, &peer));
	wire_send_init("10.1.1.2", 1);
	wire_take_init_ack("10.1.1.2", 1);
	wire_take_chunk("10.1.1.2", CHUNK_COOKIE_ACK, 0, OUR_TAG, "");
	assert_false(diagnose_seen_to_arrive(&wire.ledger, &peer));
	wire_take_chunk("10.1.1.2", CHUNK_HEARTBEAT, 0, OUR_TAG, "information");
	assert_true(diagnose_seen_to_arrive(&wire.ledger, &peer));
	assert_true(address_from_text(&peer, "10.1.2.2"));
	assert_false(diagnose_seen_to_arrive(&wire.ledger, &peer));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ONE(an_init_that_this_host_translates),
		WITH_ONE(an_answer_with_another_content),
		WITH_ONE(an_answer_that_may_be_late),
		WITH_ONE(an_init_to_another_address),
		WITH_ONE(an_init_from_another_port),
		WITH_ONE(an_answer_from_another_port),
		WITH_ONE(an_init_with_a_bad_checksum),
		WITH_ONE(an_init_that_this_host_damages),
		WITH_ONE(an_init_into_a_tunnel),
		WITH_ONE(an_init_in_fragments),
		WITH_ONE(icmp_of_this_host),
		WITH_ONE(icmp_errors_that_are_rare),
		WITH_ONE(an_icmp_error_about_the_cookie),
		WITH_TWO(a_heartbeat_that_is_not_seen),
		WITH_TWO(a_heartbeat_from_another_port),
		WITH_TWO(packets_that_come_from_an_address),
	};

	return cmocka_run_group_tests_name("seen", tests, NULL, NULL);
}
