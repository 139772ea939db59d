/* SPDX-License-Identifier: MIT */
/* exchange.c against scripted stacks: --send and --expect, and what the result makes of them. */
#include "bench.h"

#include "report/words.h"

#define SENDS(...) .sends = LIST(int, __VA_ARGS__), .send_count = COUNT(int, __VA_ARGS__)
#define DRY(us)    AT(us, .type = EVENT_DRY)
#define MESSAGE(us, text)                                                                 \
	AT(us, .type = EVENT_DATA, .data = text, .length = sizeof(text) - 1, .stream = 2, \
	   .ppid = FAKE_NETWORK(32, 46))
#define PART(us, text) \
	AT(us, .type = EVENT_DATA, .data = text, .length = sizeof(text) - 1, .more = true)
#define REPLY_TIMEOUT_US (2 * SEC)

static const char *finding(const struct result *result)
{
	return finding_name(result->cause.code);
}

static void assert_reason(const struct result *result, const char *part)
{
	struct message m;

	assert_contains(words_result_reason(result, &m), part);
}

static void a_reply_ends_the_wait(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(UP(UP_US), DRY(UP_US + MSEC), MESSAGE(UP_US + 5 * MSEC, "pong")) },
	};
	const struct fake_sent *sent;
	const struct result *result;

	(void)state;
	/* Nor does --hold go on: an application that answers has accepted the association. */
	host.hold_us = 10 * SEC;
	result = RUN(scripts, ONE, "--send", "ping", "--stream", "3", "--ppid", "m3ua",
		     "--unordered");
	assert_result(result, CONNECTED);
	assert_int_equal(NEWEST.took_us, UP_US + 5 * MSEC);
	assert_int_equal(fake_stack_record(0)->sent_count, 1);
	sent = &fake_stack_record(0)->sent[0];
	assert_string_equal(sent->data, "ping");
	assert_int_equal(sent->stream, 3);
	assert_int_equal(ntohl(sent->ppid), 3);
	assert_true(sent->unordered);
	assert_int_equal(sent->at_us - NEWEST.begun_us, UP_US);

	assert_int_equal(result->exchange.sent, 1);
	assert_int_equal(result->exchange.sent_bytes, 4);
	assert_true(result->exchange.acknowledged);
	assert_int_equal(result->exchange.received, 1);
	assert_int_equal(result->exchange.reply_count, 1);
	assert_memory_equal(result->exchange.replies[0].bytes, "pong", 4);
	assert_int_equal(result->exchange.replies[0].length, 4);
	assert_int_equal(result->exchange.replies[0].stream, 2);
	assert_int_equal(result->exchange.replies[0].ppid, 46);
	assert_int_equal(result->exchange.replies[0].after_us, 5 * MSEC);
	/* What comes later is not in the result. */
	close_bench();
	assert_int_equal(fake_stack_record(0)->shutdowns, 1);
}

static void probe_and_messages_share_their_time(void **state)
{
	const struct fake_script slow_path[] = {
		{ EVENTS(UP(UP_US), MESSAGE(UP_US + 5 * MSEC, "pong")),
		  HEARTBEATS({ 0, 0, 30 * MSEC, 0 }) },
	};
	const struct fake_script slow_reply[] = {
		{ EVENTS(UP(UP_US), MESSAGE(UP_US + 900 * MSEC, "pong")) },
	};

	(void)state;
	host.probing = true;
	assert_result(RUN(slow_path, ONE, "--send", "ping"), CONNECTED);
	assert_true(NEWEST.took_us >= UP_US + 30 * MSEC);
	assert_true(NEWEST.took_us < UP_US + 60 * MSEC);
	assert_result(RUN(slow_reply, ONE, "--send", "ping"), CONNECTED);
	assert_int_equal(NEWEST.took_us, UP_US + 900 * MSEC);
	assert_paths(connection_result(NEWEST.connection), "verified");
}

static void no_reply(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(UP_US), DRY(UP_US + MSEC)) } };
	const struct fake_script unacknowledged[] = { { EVENTS(UP(UP_US)) } };
	const struct fake_script one_of_two[] = {
		{ EVENTS(UP(UP_US), MESSAGE(UP_US + MSEC, "a")) },
	};
	const struct fake_script dead[] = { { EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0)) } };
	const struct result *result;

	(void)state;
	result = RUN(scripts, ONE, "--send", "ping");
	assert_result(result, RESULT_DEGRADED, 0, STATUS_TIMEOUT);
	assert_int_equal(NEWEST.took_us, UP_US + REPLY_TIMEOUT_US);
	assert_string_equal(finding(result), "no-reply");
	assert_reason(result, "the association is up, but the peer's application is silent");
	assert_reason(result, "no message within 2000 ms; its SCTP has acknowledged");

	result = RUN(unacknowledged, ONE, "--send", "ping");
	assert_string_equal(finding(result), "no-reply");
	assert_reason(result, "no message of the peer came within 2000 ms; its SCTP has not");

	result =
		RUN(one_of_two, ONE, "--send", "ping", "--expect", "2", "--reply-timeout", "300ms");
	assert_result(result, RESULT_DEGRADED, 0, STATUS_TIMEOUT);
	assert_int_equal(NEWEST.took_us, UP_US + 300 * MSEC);
	assert_reason(result, "fell silent: only 1 of 2 messages came within 300 ms");
	assert_int_equal(result->exchange.reply_count, 1);

	/* If no path answers, that is the reason; the status is still that of a missing reply. */
	host.probing = true;
	result = RUN(dead, ONE, "--send", "ping");
	assert_result(result, RESULT_DEGRADED, 0, STATUS_TIMEOUT);
	assert_string_equal(finding(result), "no-path-answers");
}

static void none_is_awaited(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(UP(UP_US), MESSAGE(UP_US, "x"), DRY(UP_US + 7 * MSEC)) },
	};
	const struct fake_script silent[] = { { EVENTS(UP(UP_US)) } };
	const struct result *result;

	(void)state;
	result = RUN(scripts, ONE, "--send", "ping", "--send", "pong", "--expect", "0");
	assert_result(result, CONNECTED);
	assert_int_equal(NEWEST.took_us, UP_US + 7 * MSEC);
	assert_int_equal(result->exchange.sent, 2);
	assert_int_equal(result->exchange.reply_count, 0);
	result = RUN(silent, ONE, "--send", "ping", "--expect", "0");
	assert_result(result, RESULT_DEGRADED, 0, STATUS_TIMEOUT);
	assert_reason(result, "the peer did not acknowledge what was sent within 2000 ms");
}

/* The peer speaks first: its message comes together with the event that it is up. */
static void only_awaited(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(UP(UP_US), PART(UP_US, "very "), PART(UP_US, "long "),
			 MESSAGE(UP_US, "hello")) },
	};
	const struct result *result;

	(void)state;
	result = RUN_BLOCKING(scripts, ONE, "--expect", "1");
	assert_result(result, CONNECTED);
	assert_int_equal(NEWEST.took_us, UP_US);
	assert_int_equal(fake_stack_record(0)->sent_count, 0);
	assert_int_equal(result->exchange.received, 1);
	assert_int_equal(result->exchange.reply_count, 3);
	assert_true(result->exchange.replies[1].more);
	assert_false(result->exchange.replies[2].more);
}

static void a_full_send_buffer(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(UP(UP_US), MESSAGE(50 * MSEC, "x")), SENDS(0, EAGAIN, EAGAIN, 0, 0),
		  .room_us = 20 * MSEC },
	};
	const struct fake_script stalls[] = {
		{ EVENTS(UP(UP_US), DRY(MSEC)), SENDS(0, EAGAIN, EAGAIN, EAGAIN),
		  .room_us = 20 * SEC },
	};
	const struct fake_record *r;
	const struct result *result;

	(void)state;
	result = RUN(scripts, ONE, "--send", "a", "--send", "b", "--send", "c");
	assert_result(result, CONNECTED);
	r = fake_stack_record(0);
	assert_int_equal(r->sent_count, 5);
	assert_string_equal(r->sent[3].data, "b");
	assert_string_equal(r->sent[4].data, "c");
	assert_int_equal(r->sent[3].at_us - NEWEST.begun_us, UP_US + 20 * MSEC);

	result = RUN(stalls, ONE, "--send", "a", "--send", "b", "--send", "c");
	assert_result(result, RESULT_DEGRADED, 0, STATUS_TIMEOUT);
	assert_string_equal(finding(result), "send-stalled");
	assert_reason(result, "1 of 3 messages went into the send buffer");
	assert_int_equal(NEWEST.took_us, UP_US + REPLY_TIMEOUT_US);
}

static void what_cannot_be_sent(void **state)
{
	const struct fake_script too_long[] = {
		{ EVENTS(UP(UP_US)), SENDS(EMSGSIZE), .send_buffer = 3 },
	};
	const struct fake_script few[] = {
		{ EVENTS(UP(UP_US)),
		  .status = { .id = 3, .state = ASSOC_ESTABLISHED, .out_streams = 5 } },
	};
	const struct fake_script broken[] = { { EVENTS(UP(UP_US)), SENDS(ENOBUFS) } };
	const struct result *result;

	(void)state;
	result = RUN(too_long, ONE, "--send", "long");
	assert_result(result, RESULT_DEGRADED, EMSGSIZE, STATUS_HOST);
	assert_string_equal(finding(result), "message-too-long");
	assert_reason(result, "a message of 4 bytes is longer than the send buffer of 3 bytes");
	assert_int_equal(NEWEST.took_us, UP_US);

	result = RUN(few, ONE, "--send", "ping", "--stream", "5");
	assert_result(result, DEGRADED);
	assert_string_equal(finding(result), "no-such-stream");
	assert_reason(result,
		      "stream 5 was not negotiated: the association has 5 outgoing streams");
	assert_int_equal(fake_stack_record(0)->sent_count, 0);
	assert_int_equal(fake_stack_record(0)->config.out_streams, 0);
	/* A higher stream than both stacks' default is asked for. */
	RUN(few, ONE, "--send", "ping", "--stream", "65534");
	assert_int_equal(fake_stack_record(0)->config.out_streams, 65535);
	RUN(few, ONE, "--send", "ping", "--stream", "65534", "-O", "7");
	assert_int_equal(fake_stack_record(0)->config.out_streams, 7);
	RUN(few, ONE, "--relay", "--stream", "20");
	assert_int_equal(fake_stack_record(0)->config.out_streams, 21);

	result = RUN(broken, ONE, "--send", "ping");
	assert_result(result, RESULT_FAILED, ENOBUFS, STATUS_HOST);
	assert_reason(result, "sendmsg: ENOBUFS");
}

static void the_peer_ends_it(void **state)
{
	const int64_t at = UP_US + 20 * MSEC;
	const struct fake_script closes[] = { { EVENTS(UP(UP_US), SHUTDOWN(at)) } };
	const struct fake_script aborts[] = { { EVENTS(UP(UP_US), LOST(at, ECONNRESET, 12)) } };
	const struct fake_script after[] = {
		{ EVENTS(UP(UP_US), MESSAGE(at, "bye"), SHUTDOWN(at)) },
	};
	const struct fake_script before_it_was_read[] = {
		{ EVENTS(UP(UP_US), LOST(UP_US, ECONNRESET, 0)), SENDS(ENOTCONN) },
	};
	const struct result *result;

	(void)state;
	result = RUN(closes, ONE, "--send", "ping");
	assert_result(result, CLOSED_AGAIN);
	assert_int_equal(NEWEST.took_us, at);
	assert_string_equal(finding(result), "closed-before-reply");
	assert_reason(result, "the peer closed the association after 20.0 ms, without a reply");
	result = RUN(aborts, ONE, "--send", "ping");
	assert_result(result, ABORTED);
	assert_string_equal(finding(result), "aborted-before-reply");
	assert_reason(result, "20.0 ms after it was up, without a reply: user-initiated");
	assert_result(RUN(before_it_was_read, ONE, "--send", "ping"), ABORTED);

	/*
	 * It has answered, so it may close, now or later; the monitor goes on, though, and tells.
	 */
	host.probing = true;
	result = RUN(after, ONE, "--send", "ping");
	assert_result(result, CONNECTED);
	assert_string_equal(finding(result), "none");
	close_bench();
	assert_result(RUN(after, ONE, "--send", "ping", "-M"), CLOSED_AGAIN);
	assert_string_equal(finding(connection_result(NEWEST.connection)), "closed-by-peer");
}

static void a_message_without_its_end(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(UP_US)), .incomplete = 70000 } };
	const struct result *result;

	(void)state;
	result = RUN(scripts, ONE, "--send", "ping");
	assert_result(result, RESULT_DEGRADED, 0, STATUS_TIMEOUT);
	assert_string_equal(finding(result), "reply-incomplete");
	assert_reason(result, "only the first 70000 bytes of a message came");
}

static void a_signal_and_another_try(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(UP_US)) },
					       { EVENTS(UP(UP_US), MESSAGE(MSEC, "late")) } };

	(void)state;
	fake_loop_signal(100 * MSEC, SIGINT);
	assert_result(RUN(scripts, ONE, "--send", "ping"), RESULT_CONNECTED, 0, 130);
	assert_int_equal(NEWEST.took_us, 100 * MSEC);
	/* --wait: a peer whose program answers only later. */
	assert_result(RUN(scripts, ONE, "--send", "ping", "-W", "10s"), CONNECTED);
	assert_int_equal(connection_result(NEWEST.connection)->tries, 2);
	assert_int_equal(connection_result(NEWEST.connection)->exchange.reply_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_reply_ends_the_wait),
		TEST(probe_and_messages_share_their_time),
		TEST(no_reply),
		TEST(none_is_awaited),
		TEST(only_awaited),
		TEST(a_full_send_buffer),
		TEST(what_cannot_be_sent),
		TEST(the_peer_ends_it),
		TEST(a_message_without_its_end),
		TEST(a_signal_and_another_try),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
