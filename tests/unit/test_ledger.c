/* SPDX-License-Identifier: MIT */
/* What the ledger counts, and what that proves, with events from synthetic packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fake_wire.h"
#include "witness/judge.h"
#include "witness/ledger_query.h"

static int start_two(void **state)
{
	union address peers[] = { wire_address("10.1.1.2"), wire_address("10.1.2.2") };

	(void)state;
	wire.now_us = 1000 * MSEC;
	ledger_init(&wire.ledger, peers, 2, wire.now_us);
	return 0;
}

static int start_one(void **state)
{
	union address peer = wire_address("10.1.1.2");

	(void)state;
	wire.now_us = 1000 * MSEC;
	ledger_init(&wire.ledger, &peer, 1, wire.now_us);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	ledger_free(&wire.ledger);
	return 0;
}

static enum proof finding(const char *text)
{
	return judge(&wire.ledger, wire_path(text), wire.now_us);
}

/* Two answers cross, and the stack takes the later one. */
static void test_accepted(void **state)
{
	(void)state;
	assert_null(ledger_accepted(&wire.ledger));
	wire_send_init("10.1.1.2", 1);
	wire_after(250);
	wire_send_init("10.1.2.2", 2);
	wire_after(10);
	wire_take_init_ack("10.1.1.2", 1);
	wire_after(1);
	wire_take_init_ack("10.1.2.2", 2);
	assert_ptr_equal(ledger_accepted(&wire.ledger), wire_path("10.1.1.2"));
	wire_after(1);
	wire_send_chunk("10.1.2.2", CHUNK_COOKIE_ECHO, "cookie");
	assert_ptr_equal(ledger_accepted(&wire.ledger), wire_path("10.1.2.2"));
	wire_after(250);
	wire_send_chunk("10.1.1.2", CHUNK_COOKIE_ECHO, "cookie");
	assert_ptr_equal(ledger_accepted(&wire.ledger), wire_path("10.1.2.2"));
}

static void test_handshake(void **state)
{
	(void)state;
	assert_int_equal(finding("10.1.1.2"), PROOF_NOT_TRIED);
	wire_send_init("10.1.1.2", 1);
	assert_int_equal(finding("10.1.1.2"), PROOF_SILENT);
	assert_int_equal(finding("10.1.2.2"), PROOF_NOT_TRIED);
	wire_after(10);
	wire_take_init_ack("10.1.1.2", 1);
	assert_int_equal(finding("10.1.1.2"), PROOF_ANSWERED);
	wire_send_chunk("10.1.1.2", CHUNK_COOKIE_ECHO, "cookie");
	assert_int_equal(finding("10.1.1.2"), PROOF_COOKIE_SILENT);
	wire_after(10);
	wire_take_chunk("10.1.1.2", CHUNK_COOKIE_ACK, 0, OUR_TAG, "");
	wire_after(1000);
	assert_int_equal(finding("10.1.1.2"), PROOF_UP);
	assert_int_equal(wire_path("10.1.1.2")->inits.first_us, 1000 * MSEC);
	assert_int_equal(wire_path("10.1.1.2")->init_acks.first_us, 1010 * MSEC);
	assert_string_equal(wire_path("10.1.1.2")->init_way.interface, "c1");
	assert_false(ledger_returns_elsewhere(wire_path("10.1.1.2")));
	assert_true(wire_path("10.1.1.2")->listed && wire_path("10.1.1.2")->requested);
	assert_true(wire_path("10.1.3.2")->listed && !wire_path("10.1.3.2")->requested);
	assert_true(!wire_path("10.1.2.2")->listed && wire_path("10.1.2.2")->requested);
	assert_true(wire.ledger.peer);
	assert_int_equal(wire.ledger.peer->address_total, 2);
	assert_int_equal(wire_path("10.1.1.2")->sent.count, 2);
	assert_int_equal(wire_path("10.1.1.2")->received.count, 2);
}

static void test_never_left(void **state)
{
	(void)state;
	assert_int_equal(finding("10.1.1.2"), PROOF_NOT_TRIED);
	wire_after(50);
	assert_int_equal(finding("10.1.1.2"), PROOF_NOT_TRIED);
	wire_after(100);
	assert_int_equal(finding("10.1.1.2"), PROOF_NEVER_LEFT);
	wire.ledger.lost = 1;
	assert_int_equal(finding("10.1.1.2"), PROOF_UNKNOWN);
}

static void test_never_left_of_two(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_after(5000);
	assert_int_equal(finding("10.1.2.2"), PROOF_NOT_TRIED);
	wire_send_init("10.1.1.2", 1);
	assert_int_equal(finding("10.1.2.2"), PROOF_NEVER_LEFT);
	assert_int_equal(finding("10.1.1.2"), PROOF_SILENT);
	wire.ledger.lost = 1;
	assert_int_equal(finding("10.1.1.2"), PROOF_UNKNOWN);
}

static void test_not_taken(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_take_init_ack("10.1.1.2", 1);
	wire_after(50);
	assert_int_equal(finding("10.1.1.2"), PROOF_ANSWERED);
	wire_after(200);
	assert_int_equal(finding("10.1.1.2"), PROOF_NOT_TAKEN);
	wire_send_init("10.1.2.2", 2);
	assert_int_equal(finding("10.1.1.2"), PROOF_NOT_TAKEN);
	wire.ledger.lost = 1;
	assert_int_equal(finding("10.1.1.2"), PROOF_ANSWERED);
	wire.ledger.lost = 0;
	/* The second answer, of two, is not taken because the first one was. */
	wire_take_init_ack("10.1.2.2", 2);
	wire_send_chunk("10.1.2.2", CHUNK_COOKIE_ECHO, "cookie");
	wire_after(1000);
	assert_int_equal(finding("10.1.1.2"), PROOF_ANSWERED);
	assert_int_equal(finding("10.1.2.2"), PROOF_COOKIE_SILENT);
	wire_take_chunk("10.1.1.2", CHUNK_COOKIE_ACK, 0, OUR_TAG, "");
	assert_int_equal(finding("10.1.2.2"), PROOF_UP);
	wire_after(50);
	wire_send_chunk("10.1.2.2", CHUNK_COOKIE_ECHO, "cookie"); /* crossed on the path */
	assert_int_equal(finding("10.1.2.2"), PROOF_UP);
	wire_after(500);
	wire_send_chunk("10.1.2.2", CHUNK_COOKIE_ECHO, "cookie");
	assert_int_equal(finding("10.1.2.2"), PROOF_COOKIE_NOT_TAKEN);
}

static void test_elsewhere(void **state)
{
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_take_init_ack("10.1.9.2", 2);
	assert_int_equal(finding("10.1.1.2"), PROOF_ELSEWHERE);
	assert_string_equal(address_text(&wire_path("10.1.1.2")->init_ack_from, text),
			    "10.1.9.2:0");
	wire_take_chunk("10.1.1.2", CHUNK_COOKIE_ACK, 0, OUR_TAG, "");
	assert_int_equal(finding("10.1.1.2"), PROOF_UP);
}

/* Another address of the call, which was not asked, answers for the one that was. */
static void test_asked(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_take_init_ack("10.1.2.2", 2);
	assert_ptr_equal(ledger_asked(&wire.ledger, wire_path("10.1.2.2")), wire_path("10.1.1.2"));
	assert_ptr_equal(ledger_asked(&wire.ledger, wire_path("10.1.1.2")), wire_path("10.1.1.2"));
	wire_send_init("10.1.2.2", 3);
	assert_ptr_equal(ledger_asked(&wire.ledger, wire_path("10.1.2.2")), wire_path("10.1.2.2"));
}

/* Two were asked: which of both another one answers is not known. */
static void test_elsewhere_of_two(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_send_init("10.1.2.2", 2);
	wire_take_init_ack("10.1.9.2", 2);
	assert_int_equal(finding("10.1.1.2"), PROOF_SILENT);
	assert_int_equal(finding("10.1.2.2"), PROOF_SILENT);
}

static void test_other_way_back(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_take_init_ack("10.1.1.2", 2);
	assert_true(ledger_returns_elsewhere(wire_path("10.1.1.2")));
	assert_string_equal(wire_path("10.1.1.2")->init_ack_way.interface, "c2");
	wire_send_init("10.1.2.2", 2);
	assert_false(ledger_returns_elsewhere(wire_path("10.1.2.2")));
}

static void test_bad_checksum(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_build_init_ack("10.1.1.2", OUR_TAG);
	wire.packet.bytes[wire.packet.length - 1] ^= 1;
	wire_pass(1);
	assert_int_equal(finding("10.1.1.2"), PROOF_BAD_CHECKSUM);
	assert_int_equal(wire_path("10.1.1.2")->bad_checksums.count, 1);
	assert_int_equal(wire_path("10.1.1.2")->received.count, 0);
	assert_false(wire.ledger.peer);
	assert_int_equal(wire.ledger.bad_checksums_sent.count, 0);
	/* A right one later is what counts. */
	wire_take_init_ack("10.1.1.2", 1);
	assert_int_equal(finding("10.1.1.2"), PROOF_ANSWERED);
	struct fake_ends ends = wire_ends_out("10.1.1.2");
	fake_packet(&wire.packet, &ends, PEER_TAG);
	fake_finish(&wire.packet);
	wire.packet.bytes[wire.packet.sctp + 8] ^= 1;
	wire_pass(1);
	assert_int_equal(wire.ledger.bad_checksums_sent.count, 1);
}

static void take_abort_from(const char *peer, uint32_t tag, uint8_t flags)
{
	struct fake_ends ends = wire_ends_in(peer);

	fake_packet(&wire.packet, &ends, tag);
	fake_chunk(&wire.packet, CHUNK_ABORT, flags, NULL, 0);
	fake_parameter(&wire.packet, 4, NULL, 0);
	fake_finish(&wire.packet);
	wire_pass(1);
}

static void take_abort(uint32_t tag, uint8_t flags)
{
	take_abort_from("10.1.1.2", tag, flags);
}

static void test_abort(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	take_abort(OUR_TAG + 1, 0); /* anybody's */
	assert_int_equal(wire_path("10.1.1.2")->strays.count, 1);
	assert_int_equal(finding("10.1.1.2"), PROOF_WRONG_TAG);
	take_abort(OUR_TAG, 0);
	assert_int_equal(finding("10.1.1.2"), PROOF_ABORTED);
	assert_int_equal(wire_path("10.1.1.2")->abort_cause.code, 4);
	assert_false(wire_path("10.1.1.2")->abort_reflected);
	assert_int_equal(finding("10.1.2.2"), PROOF_NOT_TRIED);
}

/* A peer with several addresses may send it from another one. */
static void test_abort_from_elsewhere(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	take_abort_from("10.1.2.2", OUR_TAG, 0);
	assert_int_equal(finding("10.1.1.2"), PROOF_ABORTED);
	assert_int_equal(finding("10.1.2.2"), PROOF_NOT_TRIED);
}

/* Which of two INITs it answers is not certain. */
static void test_abort_of_either(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_send_init("10.1.2.2", 1);
	take_abort_from("10.1.3.2", OUR_TAG, 0);
	assert_int_not_equal(finding("10.1.1.2"), PROOF_ABORTED);
	assert_int_not_equal(finding("10.1.2.2"), PROOF_ABORTED);
}

/* The handshake, up to the COOKIE-ECHO. */
static void send_cookie(void)
{
	wire_send_init("10.1.1.2", 1);
	wire_take_init_ack("10.1.1.2", 1);
	wire_send_chunk("10.1.1.2", CHUNK_COOKIE_ECHO, "cookie");
}

static void test_abort_reflected(void **state)
{
	(void)state;
	send_cookie();
	take_abort(OUR_TAG, CHUNK_FLAG_T);
	assert_int_equal(wire_path("10.1.1.2")->strays.count, 1);
	take_abort(PEER_TAG, CHUNK_FLAG_T);
	assert_int_equal(finding("10.1.1.2"), PROOF_ABORTED);
	assert_true(wire_path("10.1.1.2")->abort_reflected);
	/* Ours are told apart. */
	assert_int_equal(wire.ledger.aborts_sent.count, 0);
	wire_send_chunk("10.1.1.2", CHUNK_ABORT, "");
	assert_int_equal(wire.ledger.aborts_sent.count, 1);
	assert_int_equal(wire_path("10.1.1.2")->aborts.count, 1);
}

static void take_icmp(const char *router, uint8_t type, uint8_t code, uint32_t rest, uint32_t tag)
{
	struct fake_packet about;
	struct fake_ends ends = wire_ends_out("10.1.1.2");

	fake_packet(&about, &ends, 0);
	fake_init(&about, CHUNK_INIT, tag, 10, 10);
	fake_finish(&about);
	fake_icmp(&wire.packet, router, "10.1.1.1", type, code, rest, &about, 56);
	wire_pass(1);
}

static void test_icmp(void **state)
{
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	wire_send_init("10.1.1.2", 1);
	take_icmp("10.1.1.254", 3, 1, 0, OUR_TAG + 1); /* about somebody else's, or made up */
	take_icmp("10.1.1.254", 3, 4, 1400, OUR_TAG);
	assert_int_equal(wire_path("10.1.1.2")->icmp_count, 1);
	assert_int_equal(wire_path("10.1.1.2")->icmps[0].mtu, 1400);
	assert_int_equal(finding("10.1.1.2"), PROOF_SILENT);
	for (int i = 0; i < 3; i++)
		take_icmp("10.1.1.254", 3, 1, 0, OUR_TAG);
	assert_int_equal(wire_path("10.1.1.2")->icmp_count, 2);
	assert_int_equal(wire_path("10.1.1.2")->icmps[1].seen.count, 3);
	assert_int_equal(wire_path("10.1.1.2")->icmps[1].error, EHOSTUNREACH);
	assert_string_equal(address_host_text(&wire_path("10.1.1.2")->icmps[1].router, text),
			    "10.1.1.254");
	assert_int_equal(finding("10.1.1.2"), PROOF_ICMP);
	for (int i = 0; i < 9; i++) {
		snprintf(text, sizeof(text), "10.1.1.%d", 100 + i);
		take_icmp(text, 3, 1, 0, OUR_TAG);
	}
	assert_int_equal(wire_path("10.1.1.2")->icmp_count, LEDGER_ICMP_MAX);
	wire_take_init_ack("10.1.1.2", 1);
	assert_int_equal(finding("10.1.1.2"), PROOF_ANSWERED);
}

static void test_heartbeats(void **state)
{
	const struct ledger_heartbeat *h;
	char id[32];

	(void)state;
	assert_null(ledger_nth_heartbeat(wire_path("10.1.1.2"), 0));
	wire_send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "first");
	wire_after(1);
	wire_send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "second");
	wire_after(10);
	wire_take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "second");
	wire_take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "never sent");
	h = ledger_nth_heartbeat(wire_path("10.1.1.2"), 1);
	assert_true(h->answered);
	assert_int_equal(h->rtt_us, 10 * MSEC);
	assert_string_equal(h->out, "c1");
	assert_false(h->inexact);
	assert_false(ledger_nth_heartbeat(wire_path("10.1.1.2"), 0)->answered);
	assert_int_equal(ledger_heartbeats_lost(&wire.ledger, &wire_path("10.1.1.2")->address), 1);
	/* Later, a second time, and from another address, read long after it came. */
	wire_after(100);
	wire.event.late = true;
	wire_take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "second");
	wire_take_chunk("10.1.9.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "first");
	assert_int_equal(ledger_nth_heartbeat(wire_path("10.1.1.2"), 1)->rtt_us, 10 * MSEC);
	h = ledger_nth_heartbeat(wire_path("10.1.1.2"), 0);
	assert_int_equal(h->rtt_us, 111 * MSEC);
	assert_true(h->inexact);
	assert_false(ledger_nth_heartbeat(wire_path("10.1.1.2"), 1)->inexact);
	wire.event.late = false;
	assert_true(address_equal(&h->from, &wire_path("10.1.9.2")->address));
	assert_int_equal(wire_path("10.1.1.2")->heartbeat_acks.count, 2);
	assert_int_equal(wire_path("10.1.9.2")->heartbeat_acks.count, 0);
	/* It was late, not lost. */
	assert_int_equal(ledger_heartbeats_lost(&wire.ledger, &wire_path("10.1.1.2")->address), 0);
	/* The oldest ones are forgotten. */
	for (int i = 0; i < LEDGER_HEARTBEATS_MAX; i++) {
		snprintf(id, sizeof(id), "number %d", i);
		wire_send_chunk("10.1.1.2", CHUNK_HEARTBEAT, id);
	}
	/* Those since the newest answer may still be answered. */
	assert_int_equal(ledger_heartbeats_lost(&wire.ledger, &wire_path("10.1.1.2")->address), 0);
	assert_null(ledger_nth_heartbeat(wire_path("10.1.1.2"), 1));
	assert_non_null(ledger_nth_heartbeat(wire_path("10.1.1.2"), 2));
	assert_non_null(ledger_nth_heartbeat(wire_path("10.1.1.2"), LEDGER_HEARTBEATS_MAX + 1));
	assert_null(ledger_nth_heartbeat(wire_path("10.1.1.2"), LEDGER_HEARTBEATS_MAX + 2));
}

/* What a path has answered before it died proves nothing of its death. */
static void test_since(void **state)
{
	static struct ledger_path one;
	struct ledger view;
	union address peer = wire_address("10.1.1.2"), other = wire_address("10.9.9.9");
	int64_t since_us;

	(void)state;
	wire_send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "first");
	wire_take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "first");
	wire_after(1);
	since_us = wire.now_us;
	ledger_since(&wire.ledger, &peer, since_us, &view, &one);
	assert_int_equal(ledger_find(&view, &peer)->heartbeats.count, 0);
	assert_null(ledger_newest_answered(ledger_find(&view, &peer)));
	wire_send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "second");
	ledger_since(&wire.ledger, &peer, since_us, &view, &one);
	assert_int_equal(ledger_find(&view, &peer)->heartbeats.count, 2);
	assert_null(ledger_newest_answered(ledger_find(&view, &peer)));
	wire_take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "second");
	ledger_since(&wire.ledger, &peer, since_us, &view, &one);
	assert_non_null(ledger_newest_answered(ledger_find(&view, &peer)));
	/* The ledger itself has forgotten nothing. */
	assert_true(ledger_nth_heartbeat(wire_path("10.1.1.2"), 0)->answered);
	ledger_since(&wire.ledger, &other, since_us, &view, &one);
	assert_null(ledger_find(&view, &other));
}

/* One that is padded to a path's MTU says nothing of small ones. */
static void test_padded_heartbeats(void **state)
{
	const uint64_t large = heartbeat_id((struct bytes){ (const uint8_t *)"large", 5 });
	const struct ledger_path *to;
	struct fake_ends ends = wire_ends_out("10.1.1.2");

	(void)state;
	wire_send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "small");
	to = wire_path("10.1.1.2");
	assert_int_equal(to->sample.info_length, 5);
	assert_memory_equal(to->sample.info, "small", 5);
	assert_int_equal(to->sample.tag, PEER_TAG);
	assert_int_equal(address_port(&to->sample.destination), 5000);
	assert_true(address_equal(&to->sample.destination, &to->address));

	fake_packet(&wire.packet, &ends, PEER_TAG);
	fake_chunk(&wire.packet, CHUNK_HEARTBEAT, 0, "large", 5);
	fake_chunk(&wire.packet, CHUNK_PAD, 0, "0123456789", 10);
	fake_finish(&wire.packet);
	wire_pass(1);
	to = wire_path("10.1.1.2");
	assert_int_equal(to->padded.count, 1);
	assert_int_equal(to->heartbeats.count, 1);
	assert_memory_equal(to->sample.info, "small", 5);

	wire_take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "small");
	assert_false(ledger_padded_answered(wire_path("10.1.1.2"), large));
	wire_take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "large");
	assert_true(ledger_padded_answered(wire_path("10.1.1.2"), large));
	assert_false(ledger_padded_answered(wire_path("10.1.1.2"), large + 1));
	assert_int_equal(wire_path("10.1.1.2")->heartbeat_acks.count, 1);
}

/* On a busy host the first packets have the time at which they are read. */
static void test_a_cookie_with_a_late_time(void **state)
{
	const struct ledger_path *path;

	(void)state;
	wire_after(100);
	send_cookie();
	wire_after(-50);
	wire_take_chunk("10.1.1.2", CHUNK_COOKIE_ACK, 0, OUR_TAG, "");
	wire_send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "asked");
	take_abort(PEER_TAG, CHUNK_FLAG_T);
	path = wire_path("10.1.1.2");
	assert_int_equal(path->aborts.count, 1);
	assert_false(ledger_answered_twice(&wire.ledger, path));
}

/* The peer has aborted, and knows nothing of the packet that was under way. */
static void test_one_stack_that_aborts_twice(void **state)
{
	(void)state;
	send_cookie();
	wire_take_chunk("10.1.1.2", CHUNK_COOKIE_ACK, 0, OUR_TAG, "");
	wire_send_chunk("10.1.1.2", CHUNK_SHUTDOWN, "TSN.");
	take_abort(OUR_TAG, 0);
	take_abort(PEER_TAG, CHUNK_FLAG_T);
	assert_int_equal(wire_path("10.1.1.2")->reflected.count, 1);
	assert_false(ledger_answered_twice(&wire.ledger, wire_path("10.1.1.2")));
}

/* Nothing but the COOKIE-ECHO was under way: it was answered, and reflected. */
static void test_two_stacks_one_of_which_aborts(void **state)
{
	(void)state;
	send_cookie();
	take_abort(OUR_TAG, 0);
	wire_take_chunk("10.1.1.2", CHUNK_COOKIE_ACK, 0, OUR_TAG, "");
	wire_send_chunk("10.1.1.2", CHUNK_ABORT, "");
	assert_false(ledger_answered_twice(&wire.ledger, wire_path("10.1.1.2")));
	take_abort(PEER_TAG, CHUNK_FLAG_T);
	assert_true(ledger_answered_twice(&wire.ledger, wire_path("10.1.1.2")));
}

/* A peer that has, or makes up, more addresses than there is room for. */
static void test_too_many(void **state)
{
	char from[40];

	(void)state;
	for (int i = 0; i < 3 * LEDGER_LEARNED_MAX; i++) {
		snprintf(from, sizeof(from), "10.9.%d.%d", i / 200, i % 200);
		wire_take_init_ack(from, 1);
	}
	assert_int_equal(wire.ledger.learned, LEDGER_LEARNED_MAX);
	wire_send_init("10.1.1.2", 1);
	assert_int_equal(wire_path("10.1.1.2")->inits.count, 1);
}

static void test_find(void **state)
{
	union address list[1000] = { 0 }, other = { 0 }, zoned;
	const struct ledger_path *path;
	struct ledger ledger;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		list[i].v4.sin_family = AF_INET;
		list[i].v4.sin_addr.s_addr = htonl(0x0a000000 + i * 0x10001);
	}
	list[500] = (union address){ .v6.sin6_family = AF_INET6 };
	inet_pton(AF_INET6, "fe80::1", &list[500].v6.sin6_addr);
	ledger_init(&ledger, list, 1000, 0);
	for (size_t i = 0; i < 1000; i++) {
		list[i].v4.sin_port = htons(3868);
		assert_true(ledger_find(&ledger, &list[i])->requested);
	}
	assert_int_equal(ledger.path_count, 0);
	for (size_t i = 0; i < 1000; i++) {
		path = ledger_path_at(&ledger, &list[i]);
		assert_ptr_equal(path, &ledger.paths[i]);
		assert_true(address_equal(&ledger.paths[i].address, &list[i]));
		assert_true(ledger.paths[i].requested);
	}
	for (size_t i = 0; i < 1000; i++)
		assert_ptr_equal(ledger_find(&ledger, &list[i]), &ledger.paths[i]);
	zoned = list[500];
	zoned.v6.sin6_scope_id = 7;
	assert_ptr_equal(ledger_find(&ledger, &zoned), &ledger.paths[500]);
	other.v4.sin_family = AF_INET;
	assert_null(ledger_find(&ledger, &other));
	ledger_free(&ledger);
}

/* The peer calls us at the same time (RFC 9260 section 5.2.1), and its INIT has no tag of ours. */
static void test_collision(void **state)
{
	struct fake_ends ends = wire_ends_in("10.1.1.2");

	(void)state;
	wire_send_init("10.1.1.2", 1);
	fake_packet(&wire.packet, &ends, 0);
	fake_init(&wire.packet, CHUNK_INIT, 0x33333333, 10, 10);
	fake_finish(&wire.packet);
	wire_pass(1);
	assert_int_equal(wire_path("10.1.1.2")->strays.count, 0);
	assert_true(wire.ledger.peer);
	assert_int_equal(wire.ledger.peer_tag_count, 1);
	take_abort(0x33333333, CHUNK_FLAG_T);
	assert_int_equal(finding("10.1.1.2"), PROOF_ABORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_accepted, start_two, stop),
		cmocka_unit_test_setup_teardown(test_handshake, start_two, stop),
		cmocka_unit_test_setup_teardown(test_never_left, start_one, stop),
		cmocka_unit_test_setup_teardown(test_never_left_of_two, start_two, stop),
		cmocka_unit_test_setup_teardown(test_not_taken, start_two, stop),
		cmocka_unit_test_setup_teardown(test_elsewhere, start_two, stop),
		cmocka_unit_test_setup_teardown(test_asked, start_two, stop),
		cmocka_unit_test_setup_teardown(test_elsewhere_of_two, start_two, stop),
		cmocka_unit_test_setup_teardown(test_other_way_back, start_two, stop),
		cmocka_unit_test_setup_teardown(test_bad_checksum, start_two, stop),
		cmocka_unit_test_setup_teardown(test_abort, start_two, stop),
		cmocka_unit_test_setup_teardown(test_abort_from_elsewhere, start_two, stop),
		cmocka_unit_test_setup_teardown(test_abort_of_either, start_two, stop),
		cmocka_unit_test_setup_teardown(test_abort_reflected, start_two, stop),
		cmocka_unit_test_setup_teardown(test_icmp, start_two, stop),
		cmocka_unit_test_setup_teardown(test_heartbeats, start_two, stop),
		cmocka_unit_test_setup_teardown(test_since, start_two, stop),
		cmocka_unit_test_setup_teardown(test_padded_heartbeats, start_two, stop),
		cmocka_unit_test_setup_teardown(test_a_cookie_with_a_late_time, start_two, stop),
		cmocka_unit_test_setup_teardown(test_one_stack_that_aborts_twice, start_two, stop),
		cmocka_unit_test_setup_teardown(test_two_stacks_one_of_which_aborts, start_two,
						stop),
		cmocka_unit_test_setup_teardown(test_too_many, start_two, stop),
		cmocka_unit_test(test_find),
		cmocka_unit_test_setup_teardown(test_collision, start_two, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
