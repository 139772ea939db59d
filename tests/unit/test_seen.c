/* SPDX-License-Identifier: MIT */
/* What packets prove, and what this host knows besides, as findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/ending.h"
#include "fake_wire.h"
#include "report/words.h"

#define ADDRESSES_MAX 3

/* One attempt, and what is known of it. */
struct bench {
	struct result result;
	struct path_result paths[ADDRESSES_MAX];
	size_t order[ADDRESSES_MAX];
	struct evidence evidence;
	struct message said;
};

static struct bench b;

static void begin(size_t count)
{
	const union address addresses[] = { wire_address("10.1.1.2"), wire_address("10.1.2.2"),
					    wire_address("10.1.3.2") };

	memset(&b, 0, sizeof(b));
	wire.now_us = 1000 * MSEC;
	ledger_init(&wire.ledger, addresses, count, wire.now_us);
	for (size_t i = 0; i < count; i++) {
		b.paths[i].path.address = addresses[i];
		address_set_port(&b.paths[i].path.address, 5000);
		b.paths[i].requested = true;
		b.paths[i].departure.ipsec = IPSEC_NONE;
		b.order[i] = i;
	}
	b.result.association.paths = b.paths;
	b.result.association.path_count = count;
	b.evidence = (struct evidence){ .phase = PHASE_PENDING,
					.order = b.order,
					.order_count = count,
					.t1_us = 250 * MSEC,
					.timeout_us = 1000 * MSEC,
					.ledger = &wire.ledger };
}

static int one(void **state)
{
	(void)state;
	begin(1);
	return 0;
}

static int two(void **state)
{
	(void)state;
	begin(2);
	return 0;
}

static int three(void **state)
{
	(void)state;
	begin(3);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	ledger_free(&wire.ledger);
	return 0;
}

static void diagnose_now(void)
{
	b.evidence.now_us = wire.now_us;
	b.evidence.elapsed_us = wire.now_us - 1000 * MSEC;
	diagnose(&b.result, &b.evidence);
}

static void expect(enum finding_code code, const char *reason, const char *hint)
{
	diagnose_now();
	assert_string_equal(finding_name(b.result.cause.code), finding_name(code));
	if (!strstr(words_result_reason(&b.result, &b.said), reason))
		fail_msg("'%s' is not in '%s'", reason, b.said.text);
	if (!strstr(words_result_hint(&b.result, &b.said), hint))
		fail_msg("'%s' is not in '%s'", hint, b.said.text);
}

/* --- Packets that are not seen to leave ------------------------------------------------------- */

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
		b.paths[0].departure =
			(struct departure){ .ipsec = cases[i].ipsec,
					    .end = wire_address("10.9.9.9"),
					    .encapsulation = cases[i].encapsulation };
		b.evidence.ledger = &wire.ledger;
		expect(cases[i].seen, "INIT", "");
		b.evidence.ledger = NULL;
		expect(cases[i].plain, "INIT", "");
	}
	expect(FINDING_IN_TUNNEL, "which the route puts into MPLS", "ip route get 10.1.1.2");
	b.paths[0].departure.encapsulation = NULL;
	b.paths[0].departure.ipsec = IPSEC_CARRIES;
	expect(FINDING_IN_IPSEC, "no answer to the INIT", "IPsec carries it to 10.9.9.9");
}

/* What was seen to leave as it is was not changed, whatever the policies are. */
static void an_init_that_is_seen(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_after(1000);
	b.paths[0].departure.ipsec = IPSEC_CARRIES;
	expect(FINDING_SILENT, "no answer to INIT", "the INIT left this host");
}

/* A policy that blocks fails the call like a filter does. */
static void a_call_that_is_not_permitted(void **state)
{
	(void)state;
	wire_after(1000);
	b.paths[0].send_error = EPERM;
	expect(FINDING_OWN_OUTPUT_FILTER, "no INIT left", "nft");
	b.paths[0].departure.ipsec = IPSEC_CARRIES;
	expect(FINDING_OWN_OUTPUT_FILTER, "no INIT left", "nft");
	b.paths[0].departure.ipsec = IPSEC_BLOCKS;
	expect(FINDING_IPSEC_BLOCKS, "blocks the INIT", "xfrm");
}

/* In tunnel mode the answers are seen when they have come out of it. */
static void a_cookie_in_a_tunnel(void **state)
{
	(void)state;
	wire_take_init_ack("10.1.1.2", 1);
	wire_after(1000);
	b.evidence.report.pending_state = ASSOC_COOKIE_ECHOED;
	expect(FINDING_OWN_OUTPUT_FILTER, "no COOKIE-ECHO left", "nft");
	b.paths[0].departure.ipsec = IPSEC_CARRIES;
	expect(FINDING_NO_COOKIE_ACK, "no COOKIE-ACK got through", "MTU");
}

static void one_of_two_in_ipsec(void **state)
{
	(void)state;
	wire_send_init("10.1.2.2", 2);
	wire_after(300);
	wire_send_init("10.1.2.2", 2);
	wire_after(1000);
	b.paths[0].departure.ipsec = IPSEC_CARRIES;
	expect(FINDING_IN_IPSEC, "10.1.1.2: no answer to the INIT", "ESP");
	assert_int_equal(b.paths[0].verdict, VERDICT_SILENT);
	assert_int_equal(b.paths[1].cause.code, FINDING_SILENT);
}

/* A busy host sends an INIT late: a filter has dropped it only if the next one has left. */
static void the_turn_of_the_second(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_after(600);
	diagnose_now();
	assert_int_equal(b.paths[1].cause.code, FINDING_NO_ANSWER);
	assert_int_equal(b.paths[2].cause.code, FINDING_NO_ANSWER);
	wire_send_init("10.1.3.2", 3);
	diagnose_now();
	assert_int_equal(b.paths[1].cause.code, FINDING_OWN_OUTPUT_FILTER);
}

static void no_turn_is_used(void **state)
{
	(void)state;
	wire_after(300);
	diagnose_now();
	assert_int_equal(b.paths[0].cause.code, FINDING_OWN_OUTPUT_FILTER);
	assert_int_equal(b.paths[1].cause.code, FINDING_OWN_OUTPUT_FILTER);
	assert_int_equal(b.paths[2].cause.code, FINDING_UNTRIED_ENDED);
}

static void a_heartbeat_that_is_not_seen(void **state)
{
	struct finding why;

	(void)state;
	b.paths[0].departure.ipsec = IPSEC_CARRIES;
	why = diagnose_dead_path(&b.paths[0], &wire.ledger, 1000 * MSEC);
	assert_int_equal(why.code, FINDING_IN_IPSEC);
	assert_string_equal(words_reason(&why, &b.said),
			    "no answer to the heartbeat, which this host sends inside of IPsec");
	why = diagnose_dead_path(&b.paths[0], NULL, 1000 * MSEC);
	assert_int_equal(why.code, FINDING_IN_IPSEC);
	wire_send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "heartbeat");
	why = diagnose_dead_path(&b.paths[0], &wire.ledger, 1000 * MSEC);
	assert_int_equal(why.code, FINDING_HEARTBEAT_UNANSWERED);
}

/* --- Packets that arrive and are dropped ------------------------------------------------------ */

static void an_answer_on_another_link(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_take_init_ack("10.1.1.2", 2);
	assert_string_equal(wire_path("10.1.1.2")->received_way.interface, "c2");
	wire_after(1000);
	b.evidence.report.pending_state = ASSOC_COOKIE_WAIT;
	expect(FINDING_OWN_INPUT_FILTER, "the INIT-ACK arrived on c2, not on c1, but was dropped",
	       "nft");
	strcpy(b.paths[0].arrived, "c2");
	strcpy(b.paths[0].expected, "c1");
	b.paths[0].reverse_path = REVERSE_PATH_STRICT;
	expect(FINDING_RP_FILTER,
	       "the INIT-ACK arrived on c2, but the route back uses c1: rp_filter",
	       "sysctl net.ipv4.conf.c2.rp_filter=2");
	b.paths[0].reverse_path = REVERSE_PATH_MISSING;
	expect(FINDING_RP_FILTER, "arrived on c2, but there is no route back: rp_filter",
	       "a route to it is missing");
}

static void a_heartbeats_answer_on_another_link(void **state)
{
	struct finding why;

	(void)state;
	wire_send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "heartbeat");
	wire_take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "heartbeat");
	b.paths[0].departure.ipsec = IPSEC_CARRIES;
	why = diagnose_dead_path(&b.paths[0], &wire.ledger, 1000 * MSEC);
	assert_int_equal(why.code, FINDING_OWN_INPUT_FILTER);
	b.paths[0].reverse_path = REVERSE_PATH_STRICT;
	why = diagnose_dead_path(&b.paths[0], &wire.ledger, 1000 * MSEC);
	assert_int_equal(why.code, FINDING_RP_FILTER);
	assert_int_equal(why.chunk, CHUNK_HEARTBEAT_ACK);
}

/* --- Ports and addresses that NAT has changed ------------------------------------------------- */

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
	expect(FINDING_TRANSLATED, "no answer to the INIT, which this host sends to 10.1.3.2:5001",
	       "NAT");
	/* The answer is not from there for the stack. */
	pass("10.1.3.2", 5001, "10.1.1.1", 40000, CHUNK_INIT_ACK, OUR_TAG, ODD_PEER_PORT);
	expect(FINDING_TRANSLATED, "", "");
	b.evidence.ended = true;
	b.evidence.error = ECONNREFUSED;
	expect(FINDING_NO_ENDPOINT_OR_QUEUE_FULL, "10.1.3.2:5001, where a NAT rule", "");
}

static void an_init_to_another_address(void **state)
{
	(void)state;
	wire_send_init("10.1.3.2", 1);
	wire_after(1000);
	expect(FINDING_TRANSLATED, "which this host sends to 10.1.3.2:5000 instead", "NAT");
}

/* It may be of another program. */
static void an_init_from_another_port(void **state)
{
	(void)state;
	pass("10.1.1.1", 7001, "10.1.1.2", 5000, CHUNK_INIT, 0, ODD_LOCAL_PORT);
	wire_after(1000);
	expect(FINDING_NOT_SEEN,
	       "no INIT was seen to leave this host, apart from one with port 7001", "NAT");
	wire_send_init("10.1.1.2", 1);
	expect(FINDING_SILENT, "", "");
}

static void an_answer_from_another_port(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	pass("10.1.1.2", 6000, "10.1.1.1", 40000, CHUNK_INIT_ACK, OUR_TAG + 1, ODD_PEER_PORT);
	wire_after(1000);
	expect(FINDING_SILENT, "", "");
	pass("10.1.1.2", 6000, "10.1.1.1", 40000, CHUNK_INIT_ACK, OUR_TAG, ODD_PEER_PORT);
	expect(FINDING_OTHER_PORT, "answered the INIT from port 6000, not from 5000", "NAT");
	assert_int_equal(b.paths[0].verdict, VERDICT_TRIED);
}

/* --- An INIT-ACK that this end refuses -------------------------------------------------------- */

/* The parts of an INIT-ACK; window 0: the usual one. */
struct init_ack {
	uint32_t tag, window;
	uint16_t streams;
	bool no_cookie, host_name;
	const char *extensions;
};

static void take_init_ack_of(const struct init_ack *part)
{
	struct fake_ends ends = wire_ends_in("10.1.1.2");
	uint8_t *value;

	fake_packet(&wire.packet, &ends, OUR_TAG);
	fake_init(&wire.packet, CHUNK_INIT_ACK, part->tag, part->streams, part->streams);
	value = wire.packet.bytes + wire.packet.chunk + 4;
	value[4] = value[5] = 0;
	value[6] = (uint8_t)(part->window >> 8);
	value[7] = (uint8_t)part->window;
	if (part->host_name)
		fake_parameter(&wire.packet, 11, "peer", 5);
	if (part->extensions)
		fake_parameter(&wire.packet, 0x8008, part->extensions, strlen(part->extensions));
	if (!part->no_cookie)
		fake_parameter(&wire.packet, 7, "cookie", 6);
	fake_finish(&wire.packet);
	wire_pass_as(1, false);
}

static void an_init_ack_that_is_refused(void **state)
{
	static const struct {
		struct init_ack part;
		enum finding_code code;
		const char *reason, *hint;
	} cases[] = {
		{ { .tag = 0, .window = 65535, .streams = 10 },
		  FINDING_INIT_ACK_INVALID,
		  "its initiate tag is 0",
		  "peer's SCTP" },
		{ { .tag = 7, .window = 1499, .streams = 10 },
		  FINDING_INIT_ACK_INVALID,
		  "(a_rwnd) is less than 1500",
		  "peer's SCTP" },
		{ { .tag = 7, .window = 1500, .streams = 0 },
		  FINDING_INIT_ACK_INVALID,
		  "it allows no streams",
		  "peer's SCTP" },
		{ { .tag = 7, .window = 1500, .streams = 10, .host_name = true },
		  FINDING_INIT_ACK_INVALID,
		  "a host name",
		  "peer's" },
		{ { .tag = 7, .window = 1500, .streams = 10, .no_cookie = true },
		  FINDING_INIT_ACK_INVALID,
		  "no state cookie",
		  "peer's" },
		{ { .tag = 7, .window = 1500, .streams = 10, .extensions = "\xc1\x80" },
		  FINDING_ASCONF_WITHOUT_AUTH,
		  "ASCONF without AUTH",
		  "auth_enable" },
		{ { .tag = 7, .window = 1500, .streams = 10, .extensions = "\xc1\x80\x0f" },
		  FINDING_ABORTED_HERE,
		  "breaks the protocol",
		  "peer's" },
	};

	(void)state;
	wire_send_init("10.1.1.2", 1);
	b.evidence.ended = true;
	/* The kernel says no more than that about its own refusal. */
	b.evidence.error = ECONNREFUSED;
	b.evidence.cause.code = CAUSE_OUT_OF_RESOURCE;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		take_init_ack_of(&cases[i].part);
		expect(cases[i].code, cases[i].reason, cases[i].hint);
		assert_int_equal(b.result.error, ECONNABORTED);
	}
	/* What was not seen may have been an ABORT. */
	wire.ledger.lost = 1;
	expect(FINDING_REFUSED_WITH_CAUSE, "out of resource", "");
	b.evidence.asconf.refuses = true;
	expect(FINDING_RESOURCE_OR_ASCONF, "out of resource; or this host's", "net.sctp");
	b.evidence.ledger = NULL;
	expect(FINDING_RESOURCE_OR_ASCONF, "out of resource; or this host's", "net.sctp");
}

static void two_answers_to_one_init(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_take_chunk("10.1.1.2", CHUNK_ABORT, 0, OUR_TAG, "");
	b.evidence.ended = true;
	b.evidence.error = ECONNREFUSED;
	expect(FINDING_NO_ENDPOINT_OR_QUEUE_FULL, "no endpoint listens on port 5000", "");
	b.evidence.asconf.offers = true;
	expect(FINDING_NO_ENDPOINT_OR_QUEUE_FULL, "takes no ASCONF without AUTH", "");
	wire_after(1);
	wire_take_init_ack("10.1.1.2", 1);
	expect(FINDING_TWO_STACKS, "ABORT, and then INIT-ACK: two SCTP stacks", "has port 5000");
}

static void an_abort_of_the_cookie(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_take_init_ack("10.1.1.2", 1);
	wire_send_chunk("10.1.1.2", CHUNK_COOKIE_ECHO, "cookie");
	wire_take_chunk("10.1.1.2", CHUNK_ABORT, 0, OUR_TAG, "");
	b.evidence.ended = true;
	b.evidence.error = ECONNREFUSED;
	expect(FINDING_QUEUE_FULL_OR_UNWANTED, "the COOKIE-ECHO with ABORT", "");
}

/* --- What leaves is not what it should be ----------------------------------------------------- */

static void an_init_with_a_bad_checksum(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire.packet.bytes[wire.packet.sctp + 8] ^= 1;
	ledger_free(&wire.ledger);
	begin(1);
	wire_pass(1);
	wire_after(1000);
	expect(FINDING_BAD_CHECKSUM_SENT, "the INIT left this host with a bad SCTP checksum",
	       "SctpChecksumErrors");
	wire_send_init("10.1.1.2", 1);
	expect(FINDING_SILENT, "", "");
}

static void an_init_in_fragments(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	expect(FINDING_SILENT, "", "tcpdump");
	b.evidence.local_port = 7777;
	expect(FINDING_SILENT, "", "an old entry for port 7777");
	wire.packet.bytes[6] |= 0x20; /* more fragments follow */
	wire_pass(1);
	wire_after(1000);
	expect(FINDING_INIT_IN_FRAGMENTS, "no answer to the INIT, which left in fragments", "-b");
}

#define WITH_ONE(test)   cmocka_unit_test_setup_teardown(test, one, stop)
#define WITH_TWO(test)   cmocka_unit_test_setup_teardown(test, two, stop)
#define WITH_THREE(test) cmocka_unit_test_setup_teardown(test, three, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ONE(an_init_that_is_not_seen),
		WITH_ONE(an_init_that_is_seen),
		WITH_ONE(a_call_that_is_not_permitted),
		WITH_ONE(a_cookie_in_a_tunnel),
		WITH_TWO(one_of_two_in_ipsec),
		WITH_ONE(a_heartbeat_that_is_not_seen),
		WITH_ONE(an_answer_on_another_link),
		WITH_ONE(a_heartbeats_answer_on_another_link),
		WITH_ONE(an_answer_on_another_link),
		WITH_ONE(a_heartbeats_answer_on_another_link),
		WITH_ONE(an_init_that_this_host_translates),
		WITH_ONE(an_init_to_another_address),
		WITH_ONE(an_init_from_another_port),
		WITH_ONE(an_answer_from_another_port),
		WITH_THREE(the_turn_of_the_second),
		WITH_THREE(no_turn_is_used),
		WITH_ONE(an_init_ack_that_is_refused),
		WITH_ONE(two_answers_to_one_init),
		WITH_ONE(an_abort_of_the_cookie),
		WITH_ONE(an_init_with_a_bad_checksum),
		WITH_ONE(an_init_in_fragments),
	};

	return cmocka_run_group_tests_name("seen", tests, NULL, NULL);
}
