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

#include "fake_packet.h"
#include "witness/judge.h"

#define OUR_TAG  0x11111111
#define PEER_TAG 0x22222222
#define MSEC     USEC_PER_MSEC

static struct ledger ledger;
static struct fake_packet p;
static struct witness_event event;
static int64_t now_us;

static union address address(const char *text)
{
	union address a;

	assert_true(address_from_text(&a, text));
	return a;
}

static int start_two(void **state)
{
	union address peers[] = { address("10.1.1.2"), address("10.1.2.2") };

	(void)state;
	now_us = 1000 * MSEC;
	ledger_init(&ledger, peers, 2, now_us);
	return 0;
}

static int start_one(void **state)
{
	union address peer = address("10.1.1.2");

	(void)state;
	now_us = 1000 * MSEC;
	ledger_init(&ledger, &peer, 1, now_us);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	ledger_free(&ledger);
	return 0;
}

static void after(int ms)
{
	now_us += ms * MSEC;
}

/* The packet that was built, on c1 or c2 as the third number of the local address says. */
static void pass_on(int path)
{
	const struct packet_context context = { .udp_ports = { 0 } };

	assert_true(packet_parse((struct bytes){ p.bytes, p.length }, &context, &event.packet));
	event.time_us = now_us;
	event.outgoing = address_port(&event.packet.destination) == 5000;
	event.this_host = false;
	event.ifindex = path;
	snprintf(event.interface, sizeof(event.interface), "c%d", path);
	ledger_add(&ledger, &event);
}

static struct fake_ends ends_out(const char *to)
{
	return (struct fake_ends){ "10.1.1.1", to, 40000, 5000, 0, 0 };
}

static struct fake_ends ends_in(const char *from)
{
	return (struct fake_ends){ from, "10.1.1.1", 5000, 40000, 0, 0 };
}

static void send_init(const char *to, int path)
{
	struct fake_ends ends = ends_out(to);

	fake_packet(&p, &ends, 0);
	fake_init(&p, CHUNK_INIT, OUR_TAG, 10, 10);
	fake_finish(&p);
	pass_on(path);
}

static void build_init_ack(const char *from, uint32_t tag)
{
	struct fake_ends ends = ends_in(from);

	fake_packet(&p, &ends, tag);
	fake_init(&p, CHUNK_INIT_ACK, PEER_TAG, 10, 10);
	fake_address(&p, "10.1.1.2");
	fake_address(&p, "10.1.3.2");
	fake_finish(&p);
}

static void take_init_ack(const char *from, int path)
{
	build_init_ack(from, OUR_TAG);
	pass_on(path);
}

static void send_chunk(const char *to, uint8_t type, const char *value)
{
	struct fake_ends ends = ends_out(to);

	fake_packet(&p, &ends, PEER_TAG);
	fake_chunk(&p, type, 0, value, strlen(value));
	fake_finish(&p);
	pass_on(1);
}

static void take_chunk(const char *from, uint8_t type, uint8_t flags, uint32_t tag,
		       const char *value)
{
	struct fake_ends ends = ends_in(from);

	fake_packet(&p, &ends, tag);
	fake_chunk(&p, type, flags, value, strlen(value));
	fake_finish(&p);
	pass_on(1);
}

static const struct ledger_path *path(const char *text)
{
	union address a = address(text);
	const struct ledger_path *found = ledger_find(&ledger, &a);

	assert_non_null(found);
	return found;
}

static enum proof finding(const char *text)
{
	return judge(&ledger, path(text), now_us);
}

static void test_handshake(void **state)
{
	(void)state;
	assert_int_equal(finding("10.1.1.2"), PROOF_NOT_TRIED);
	send_init("10.1.1.2", 1);
	assert_int_equal(finding("10.1.1.2"), PROOF_SILENT);
	assert_int_equal(finding("10.1.2.2"), PROOF_NOT_TRIED);
	after(10);
	take_init_ack("10.1.1.2", 1);
	assert_int_equal(finding("10.1.1.2"), PROOF_ANSWERED);
	send_chunk("10.1.1.2", CHUNK_COOKIE_ECHO, "cookie");
	assert_int_equal(finding("10.1.1.2"), PROOF_COOKIE_SILENT);
	after(10);
	take_chunk("10.1.1.2", CHUNK_COOKIE_ACK, 0, OUR_TAG, "");
	after(1000);
	assert_int_equal(finding("10.1.1.2"), PROOF_UP);
	assert_int_equal(path("10.1.1.2")->inits.first_us, 1000 * MSEC);
	assert_int_equal(path("10.1.1.2")->init_acks.first_us, 1010 * MSEC);
	assert_string_equal(path("10.1.1.2")->init_way.interface, "c1");
	assert_false(ledger_returns_elsewhere(path("10.1.1.2")));
	assert_true(path("10.1.1.2")->listed && path("10.1.1.2")->requested);
	assert_true(path("10.1.3.2")->listed && !path("10.1.3.2")->requested);
	assert_true(!path("10.1.2.2")->listed && path("10.1.2.2")->requested);
	assert_true(ledger.has_peer);
	assert_int_equal(ledger.peer.address_total, 2);
	assert_int_equal(path("10.1.1.2")->sent.count, 2);
	assert_int_equal(path("10.1.1.2")->received.count, 2);
}

static void test_never_left(void **state)
{
	(void)state;
	assert_int_equal(finding("10.1.1.2"), PROOF_NOT_TRIED);
	after(50);
	assert_int_equal(finding("10.1.1.2"), PROOF_NOT_TRIED);
	after(100);
	assert_int_equal(finding("10.1.1.2"), PROOF_NEVER_LEFT);
	ledger.lost = 1;
	assert_int_equal(finding("10.1.1.2"), PROOF_UNKNOWN);
}

static void test_never_left_of_two(void **state)
{
	(void)state;
	send_init("10.1.1.2", 1);
	after(5000);
	assert_int_equal(finding("10.1.2.2"), PROOF_NOT_TRIED);
	send_init("10.1.1.2", 1);
	assert_int_equal(finding("10.1.2.2"), PROOF_NEVER_LEFT);
	assert_int_equal(finding("10.1.1.2"), PROOF_SILENT);
	ledger.lost = 1;
	assert_int_equal(finding("10.1.1.2"), PROOF_UNKNOWN);
}

static void test_not_taken(void **state)
{
	(void)state;
	send_init("10.1.1.2", 1);
	take_init_ack("10.1.1.2", 1);
	after(50);
	assert_int_equal(finding("10.1.1.2"), PROOF_ANSWERED);
	after(200);
	assert_int_equal(finding("10.1.1.2"), PROOF_NOT_TAKEN);
	send_init("10.1.2.2", 2);
	assert_int_equal(finding("10.1.1.2"), PROOF_NOT_TAKEN);
	ledger.lost = 1;
	assert_int_equal(finding("10.1.1.2"), PROOF_ANSWERED);
	ledger.lost = 0;
	/* The second answer, of two, is not taken because the first one was. */
	take_init_ack("10.1.2.2", 2);
	send_chunk("10.1.2.2", CHUNK_COOKIE_ECHO, "cookie");
	after(1000);
	assert_int_equal(finding("10.1.1.2"), PROOF_ANSWERED);
	assert_int_equal(finding("10.1.2.2"), PROOF_COOKIE_SILENT);
	take_chunk("10.1.1.2", CHUNK_COOKIE_ACK, 0, OUR_TAG, "");
	assert_int_equal(finding("10.1.2.2"), PROOF_UP);
	after(50);
	send_chunk("10.1.2.2", CHUNK_COOKIE_ECHO, "cookie"); /* crossed on the path */
	assert_int_equal(finding("10.1.2.2"), PROOF_UP);
	after(500);
	send_chunk("10.1.2.2", CHUNK_COOKIE_ECHO, "cookie");
	assert_int_equal(finding("10.1.2.2"), PROOF_COOKIE_NOT_TAKEN);
}

static void test_elsewhere(void **state)
{
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	send_init("10.1.1.2", 1);
	take_init_ack("10.1.9.2", 2);
	assert_int_equal(finding("10.1.1.2"), PROOF_ELSEWHERE);
	assert_string_equal(address_text(&path("10.1.1.2")->init_ack_from, text), "10.1.9.2:0");
	take_chunk("10.1.1.2", CHUNK_COOKIE_ACK, 0, OUR_TAG, "");
	assert_int_equal(finding("10.1.1.2"), PROOF_UP);
}

/* Two were asked: which of both another one answers is not known. */
static void test_elsewhere_of_two(void **state)
{
	(void)state;
	send_init("10.1.1.2", 1);
	send_init("10.1.2.2", 2);
	take_init_ack("10.1.9.2", 2);
	assert_int_equal(finding("10.1.1.2"), PROOF_SILENT);
	assert_int_equal(finding("10.1.2.2"), PROOF_SILENT);
}

static void test_other_way_back(void **state)
{
	(void)state;
	send_init("10.1.1.2", 1);
	take_init_ack("10.1.1.2", 2);
	assert_true(ledger_returns_elsewhere(path("10.1.1.2")));
	assert_string_equal(path("10.1.1.2")->init_ack_way.interface, "c2");
	send_init("10.1.2.2", 2);
	assert_false(ledger_returns_elsewhere(path("10.1.2.2")));
}

static void test_bad_checksum(void **state)
{
	(void)state;
	send_init("10.1.1.2", 1);
	build_init_ack("10.1.1.2", OUR_TAG);
	p.bytes[p.length - 1] ^= 1;
	pass_on(1);
	assert_int_equal(finding("10.1.1.2"), PROOF_BAD_CHECKSUM);
	assert_int_equal(path("10.1.1.2")->bad_checksums.count, 1);
	assert_int_equal(path("10.1.1.2")->received.count, 0);
	assert_false(ledger.has_peer);
	assert_int_equal(ledger.bad_checksums_sent.count, 0);
	/* A right one later is what counts. */
	take_init_ack("10.1.1.2", 1);
	assert_int_equal(finding("10.1.1.2"), PROOF_ANSWERED);
	struct fake_ends ends = ends_out("10.1.1.2");
	fake_packet(&p, &ends, PEER_TAG);
	fake_finish(&p);
	p.bytes[p.sctp + 8] ^= 1;
	pass_on(1);
	assert_int_equal(ledger.bad_checksums_sent.count, 1);
}

static void take_abort_from(const char *peer, uint32_t tag, uint8_t flags)
{
	struct fake_ends ends = ends_in(peer);

	fake_packet(&p, &ends, tag);
	fake_chunk(&p, CHUNK_ABORT, flags, NULL, 0);
	fake_parameter(&p, 4, NULL, 0);
	fake_finish(&p);
	pass_on(1);
}

static void take_abort(uint32_t tag, uint8_t flags)
{
	take_abort_from("10.1.1.2", tag, flags);
}

static void test_abort(void **state)
{
	(void)state;
	send_init("10.1.1.2", 1);
	take_abort(OUR_TAG + 1, 0); /* anybody's */
	assert_int_equal(path("10.1.1.2")->strays.count, 1);
	assert_int_equal(finding("10.1.1.2"), PROOF_WRONG_TAG);
	take_abort(OUR_TAG, 0);
	assert_int_equal(finding("10.1.1.2"), PROOF_ABORTED);
	assert_int_equal(path("10.1.1.2")->abort_cause.code, 4);
	assert_false(path("10.1.1.2")->abort_reflected);
	assert_int_equal(finding("10.1.2.2"), PROOF_NOT_TRIED);
}

/* A peer with several addresses may send it from another one. */
static void test_abort_from_elsewhere(void **state)
{
	(void)state;
	send_init("10.1.1.2", 1);
	take_abort_from("10.1.2.2", OUR_TAG, 0);
	assert_int_equal(finding("10.1.1.2"), PROOF_ABORTED);
	assert_int_equal(finding("10.1.2.2"), PROOF_NOT_TRIED);
}

/* Which of two INITs it answers is not certain. */
static void test_abort_of_either(void **state)
{
	(void)state;
	send_init("10.1.1.2", 1);
	send_init("10.1.2.2", 1);
	take_abort_from("10.1.3.2", OUR_TAG, 0);
	assert_int_not_equal(finding("10.1.1.2"), PROOF_ABORTED);
	assert_int_not_equal(finding("10.1.2.2"), PROOF_ABORTED);
}

static void test_abort_reflected(void **state)
{
	(void)state;
	send_init("10.1.1.2", 1);
	take_init_ack("10.1.1.2", 1);
	send_chunk("10.1.1.2", CHUNK_COOKIE_ECHO, "cookie");
	take_abort(OUR_TAG, CHUNK_FLAG_T);
	assert_int_equal(path("10.1.1.2")->strays.count, 1);
	take_abort(PEER_TAG, CHUNK_FLAG_T);
	assert_int_equal(finding("10.1.1.2"), PROOF_ABORTED);
	assert_true(path("10.1.1.2")->abort_reflected);
	/* Ours are told apart. */
	assert_int_equal(ledger.aborts_sent.count, 0);
	send_chunk("10.1.1.2", CHUNK_ABORT, "");
	assert_int_equal(ledger.aborts_sent.count, 1);
	assert_int_equal(path("10.1.1.2")->aborts.count, 1);
}

static void take_icmp(const char *router, uint8_t type, uint8_t code, uint32_t rest, uint32_t tag)
{
	struct fake_packet about;
	struct fake_ends ends = ends_out("10.1.1.2");

	fake_packet(&about, &ends, 0);
	fake_init(&about, CHUNK_INIT, tag, 10, 10);
	fake_finish(&about);
	fake_icmp(&p, router, "10.1.1.1", type, code, rest, &about, 56);
	pass_on(1);
}

static void test_icmp(void **state)
{
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	send_init("10.1.1.2", 1);
	take_icmp("10.1.1.254", 3, 1, 0, OUR_TAG + 1); /* about somebody else's, or made up */
	take_icmp("10.1.1.254", 3, 4, 1400, OUR_TAG);
	assert_int_equal(path("10.1.1.2")->icmp_count, 1);
	assert_int_equal(path("10.1.1.2")->icmps[0].mtu, 1400);
	assert_int_equal(finding("10.1.1.2"), PROOF_SILENT);
	for (int i = 0; i < 3; i++)
		take_icmp("10.1.1.254", 3, 1, 0, OUR_TAG);
	assert_int_equal(path("10.1.1.2")->icmp_count, 2);
	assert_int_equal(path("10.1.1.2")->icmps[1].seen.count, 3);
	assert_int_equal(path("10.1.1.2")->icmps[1].error, EHOSTUNREACH);
	assert_string_equal(address_host_text(&path("10.1.1.2")->icmps[1].router, text),
			    "10.1.1.254");
	assert_int_equal(finding("10.1.1.2"), PROOF_ICMP);
	for (int i = 0; i < 9; i++) {
		snprintf(text, sizeof(text), "10.1.1.%d", 100 + i);
		take_icmp(text, 3, 1, 0, OUR_TAG);
	}
	assert_int_equal(path("10.1.1.2")->icmp_count, LEDGER_ICMP_MAX);
	take_init_ack("10.1.1.2", 1);
	assert_int_equal(finding("10.1.1.2"), PROOF_ANSWERED);
}

static void test_heartbeats(void **state)
{
	const struct ledger_heartbeat *h;
	char id[32];

	(void)state;
	assert_null(ledger_heartbeat(path("10.1.1.2"), 0));
	send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "first");
	after(1);
	send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "second");
	after(10);
	take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "second");
	take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "never sent");
	h = ledger_heartbeat(path("10.1.1.2"), 1);
	assert_true(h->answered);
	assert_int_equal(h->rtt_us, 10 * MSEC);
	assert_string_equal(h->out, "c1");
	assert_false(h->inexact);
	assert_false(ledger_heartbeat(path("10.1.1.2"), 0)->answered);
	assert_int_equal(ledger_heartbeats_lost(&ledger, &path("10.1.1.2")->address), 1);
	/* Later, a second time, and from another address, read long after it came. */
	after(100);
	event.late = true;
	take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "second");
	take_chunk("10.1.9.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "first");
	assert_int_equal(ledger_heartbeat(path("10.1.1.2"), 1)->rtt_us, 10 * MSEC);
	h = ledger_heartbeat(path("10.1.1.2"), 0);
	assert_int_equal(h->rtt_us, 111 * MSEC);
	assert_true(h->inexact);
	assert_false(ledger_heartbeat(path("10.1.1.2"), 1)->inexact);
	event.late = false;
	assert_true(address_equal(&h->from, &path("10.1.9.2")->address));
	assert_int_equal(path("10.1.1.2")->heartbeat_acks.count, 2);
	assert_int_equal(path("10.1.9.2")->heartbeat_acks.count, 0);
	/* It was late, not lost. */
	assert_int_equal(ledger_heartbeats_lost(&ledger, &path("10.1.1.2")->address), 0);
	/* The oldest ones are forgotten. */
	for (int i = 0; i < LEDGER_HEARTBEATS_MAX; i++) {
		snprintf(id, sizeof(id), "number %d", i);
		send_chunk("10.1.1.2", CHUNK_HEARTBEAT, id);
	}
	/* Those since the newest answer may still be answered. */
	assert_int_equal(ledger_heartbeats_lost(&ledger, &path("10.1.1.2")->address), 0);
	assert_null(ledger_heartbeat(path("10.1.1.2"), 1));
	assert_non_null(ledger_heartbeat(path("10.1.1.2"), 2));
	assert_non_null(ledger_heartbeat(path("10.1.1.2"), LEDGER_HEARTBEATS_MAX + 1));
	assert_null(ledger_heartbeat(path("10.1.1.2"), LEDGER_HEARTBEATS_MAX + 2));
}

/* One that is padded to a path's MTU says nothing of small ones. */
/* What a path has answered before it died proves nothing of its death. */
static void test_since(void **state)
{
	static struct ledger_path one;
	struct ledger view;
	union address peer = address("10.1.1.2"), other = address("10.9.9.9");
	int64_t since_us;

	(void)state;
	send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "first");
	take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "first");
	after(1);
	since_us = now_us;
	ledger_since(&ledger, &peer, since_us, &view, &one);
	assert_int_equal(ledger_find(&view, &peer)->heartbeats.count, 0);
	assert_null(ledger_newest_answered(ledger_find(&view, &peer)));
	send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "second");
	ledger_since(&ledger, &peer, since_us, &view, &one);
	assert_int_equal(ledger_find(&view, &peer)->heartbeats.count, 2);
	assert_null(ledger_newest_answered(ledger_find(&view, &peer)));
	take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "second");
	ledger_since(&ledger, &peer, since_us, &view, &one);
	assert_non_null(ledger_newest_answered(ledger_find(&view, &peer)));
	/* The ledger itself has forgotten nothing. */
	assert_true(ledger_heartbeat(path("10.1.1.2"), 0)->answered);
	ledger_since(&ledger, &other, since_us, &view, &one);
	assert_null(ledger_find(&view, &other));
}

static void test_padded_heartbeats(void **state)
{
	const struct ledger_path *to;
	struct fake_ends ends = ends_out("10.1.1.2");

	(void)state;
	send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "small");
	to = path("10.1.1.2");
	assert_int_equal(to->sample.info_length, 5);
	assert_memory_equal(to->sample.info, "small", 5);
	assert_int_equal(to->sample.tag, PEER_TAG);
	assert_int_equal(address_port(&to->sample.destination), 5000);
	assert_true(address_equal(&to->sample.destination, &to->address));

	fake_packet(&p, &ends, PEER_TAG);
	fake_chunk(&p, CHUNK_HEARTBEAT, 0, "large", 5);
	fake_chunk(&p, CHUNK_PAD, 0, "0123456789", 10);
	fake_finish(&p);
	pass_on(1);
	to = path("10.1.1.2");
	assert_int_equal(to->padded.count, 1);
	assert_int_equal(to->heartbeats.count, 1);
	assert_memory_equal(to->sample.info, "small", 5);

	take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "small");
	assert_false(path("10.1.1.2")->padding[0].answered);
	assert_false(ledger_padded_answered(path("10.1.1.2"), 0));
	take_chunk("10.1.1.2", CHUNK_HEARTBEAT_ACK, 0, OUR_TAG, "large");
	assert_true(path("10.1.1.2")->padding[0].answered);
	assert_true(ledger_padded_answered(path("10.1.1.2"), 0));
	assert_false(ledger_padded_answered(path("10.1.1.2"), 1));
	assert_int_equal(path("10.1.1.2")->heartbeat_acks.count, 1);
}

/* A peer that has, or makes up, more addresses than there is room for. */
static void test_too_many(void **state)
{
	char from[40];

	(void)state;
	for (int i = 0; i < 3 * LEDGER_LEARNED_MAX; i++) {
		snprintf(from, sizeof(from), "10.9.%d.%d", i / 200, i % 200);
		take_init_ack(from, 1);
	}
	assert_int_equal(ledger.path_count, 2 + LEDGER_LEARNED_MAX);
	send_init("10.1.1.2", 1);
	assert_int_equal(path("10.1.1.2")->inits.count, 1);
}

/* The peer calls us at the same time (RFC 9260 section 5.2.1), and its INIT has no tag of ours. */
static void test_collision(void **state)
{
	struct fake_ends ends = ends_in("10.1.1.2");

	(void)state;
	send_init("10.1.1.2", 1);
	fake_packet(&p, &ends, 0);
	fake_init(&p, CHUNK_INIT, 0x33333333, 10, 10);
	fake_finish(&p);
	pass_on(1);
	assert_int_equal(path("10.1.1.2")->strays.count, 0);
	assert_true(ledger.has_peer);
	assert_int_equal(ledger.peer_tag_count, 1);
	take_abort(0x33333333, CHUNK_FLAG_T);
	assert_int_equal(finding("10.1.1.2"), PROOF_ABORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_handshake, start_two, stop),
		cmocka_unit_test_setup_teardown(test_never_left, start_one, stop),
		cmocka_unit_test_setup_teardown(test_never_left_of_two, start_two, stop),
		cmocka_unit_test_setup_teardown(test_not_taken, start_two, stop),
		cmocka_unit_test_setup_teardown(test_elsewhere, start_two, stop),
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
		cmocka_unit_test_setup_teardown(test_too_many, start_two, stop),
		cmocka_unit_test_setup_teardown(test_collision, start_two, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
