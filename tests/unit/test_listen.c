/* SPDX-License-Identifier: MIT */
/* --listen against scripted peers: what it does, and what it reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/timeline.h"
#include "fake_loop.h"
#include "fake_output.h"
#include "fake_stack.h"
#include "engine/listen.h"
#include "options.h"
#include "base/loop.h"

#define MSEC ((int64_t)USEC_PER_MSEC)
#define SEC  ((int64_t)USEC_PER_SEC)

#define ARGS_MAX   12
#define SEVERAL    50
#define FLOOD      10000
#define STDERR_MAX 4096

#define SENDS(...) .sends = LIST(int, __VA_ARGS__), .send_count = COUNT(int, __VA_ARGS__)
#define ACCEPTS(...)                                      \
	.accepts = LIST(struct fake_accept, __VA_ARGS__), \
	.accept_count = COUNT(struct fake_accept, __VA_ARGS__)

#define UP(us)           AT(us, .type = EVENT_UP)
#define LOST(us, number) AT(us, .type = EVENT_LOST, .error = number)
#define SHUTDOWN(us)     AT(us, .type = EVENT_SHUTDOWN)
#define CLOSED(us)       AT(us, .type = EVENT_CLOSED)
#define DATA(us, text, number) \
	AT(us, .type = EVENT_DATA, .data = text, .length = sizeof(text) - 1, .stream = number)

/* At this time a peer comes, and does what the script says. */
#define PEER(us, behaviour)                                                          \
	{                                                                            \
		.at_us = us, .script = behaviour, .from = FAKE_V4(0x7f000009, 12345) \
	}
#define FROM "127.0.0.9:12345"
#define NO_PEER(us, n)                  \
	{                               \
		.at_us = us, .error = n \
	}

/* What the listener says and what it leaves. */
static struct {
	char *out;
	char *hints;
	size_t hints_length;
	char errors[STDERR_MAX];
	int64_t took_us;
	FILE *file; /* where it says it */
	int whole;  /* the descriptor of that, since it was broken; or 0 */
} said;

static void forget(void)
{
	free(said.out);
	free(said.hints);
	memset(&said, 0, sizeof(said));
}

static int setup(void **state)
{
	(void)state;
	forget();
	fake_loop_reset();
	fake_stack_reset(NULL, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	forget();
	fake_stack_reset(NULL, 0);
	return 0;
}

/* listen_run() with what it writes to stderr kept. */
static int listen_quietly(const struct stack *stack, int stack_error, const struct options *options,
			  struct target *local, const struct reporter *reporter)
{
	struct timeline timeline = { .start_us = loop_now_us(), .verbose = options->verbose };
	int status;

	fake_stderr_begin();
	status = listen_run(
		&(struct listen_config){ stack, stack_error, options, local, reporter, &timeline });
	snprintf(said.errors, sizeof(said.errors), "%s", fake_stderr_end());
	return status;
}

static int listen_with(const struct stack *stack, int stack_error, const char *const args[])
{
	static char name[] = "sctp-connect", flag[] = "--listen";
	char *argv[ARGS_MAX + 3] = { name, flag };
	int write_error = 0;
	struct reporter reporter = { .write_error = &write_error };
	struct message why = { "" };
	struct options options;
	struct target local;
	int argc = 2, status;
	int64_t begun_us = loop_now_us();

	forget();
	for (size_t i = 0; i < ARGS_MAX && args[i]; i++)
		argv[argc++] = (char *)(uintptr_t)args[i];
	if (options_parse(&options, argc, argv, &why) != STATUS_OK ||
	    settings_local(&options, &local, &why) != STATUS_OK)
		fail_msg("%s", why.text);
	reporter.out = said.file = fake_output_open();
	reporter.hints = open_memstream(&said.hints, &said.hints_length);
	reporter.format = options.format;
	status = listen_quietly(stack, stack_error, &options, &local, &reporter);
	said.took_us = loop_now_us() - begun_us;
	if (said.whole) {
		dup2(said.whole, fileno(reporter.out));
		close(said.whole);
	}
	said.out = fake_output_close(reporter.out);
	fclose(reporter.hints);
	target_free(&local);
	options_free(&options);
	assert_int_equal(fake_stack_open_count(), 0);
	return status;
}

#define ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

#define LISTEN(scripts, ...)                             \
	(fake_stack_reset(scripts, ARRAY_SIZE(scripts)), \
	 listen_with(&fake_stack, 0, ARGS(__VA_ARGS__)))

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in '%s'", part, text);
}

static size_t lines_with(const char *text, const char *part)
{
	size_t count = 0;

	for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
		count++;
	return count;
}

static void assert_sent(const struct fake_record *record, size_t n, const char *text, int error)
{
	assert_in_range(n, 0, record->sent_count - 1);
	assert_string_equal(record->sent[n].data, text);
	assert_int_equal(record->sent[n].error, error);
}

/* --- Associations come and go ---------------------------------------------------------------- */

static void one_association(void **state)
{
	const struct fake_script peer = {
		.assoc = 5,
		EVENTS(UP(0), DATA(MSEC, "hello", 2),
		       AT(2 * MSEC, .type = EVENT_DATA, .data = "\0\1", .length = 2, .stream = 9,
			  .ppid = 0x2e000000, .unordered = true),
		       SHUTDOWN(3 * MSEC)),
	};
	const struct fake_script scripts[] = { { ACCEPTS(PEER(10 * MSEC, &peer)) } };
	const struct fake_record *listener, *r;

	(void)state;
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "-b", "127.0.0.2", "--count", "1"),
			 STATUS_OK);
	assert_string_equal(said.out,
			    "listening on 127.0.0.1:5000 127.0.0.2:5000 (fake)\n"
			    "up         association 5 from " FROM ", streams 10 out 10 in\n"
			    "down       association 5 closed by the peer, 2 messages 7 bytes "
			    "echoed\n"
			    "end        1 association, 2 messages 7 bytes echoed: all "
			    "associations served\n");
	assert_string_equal(said.hints, "");
	assert_string_equal(said.errors, "");
	assert_int_equal(said.took_us, 13 * MSEC);

	listener = fake_stack_record(0);
	assert_true(listener->config.listening);
	assert_int_equal(listener->config.style, STACK_ONE_TO_ONE);
	assert_false(listener->config.ipv6);
	assert_in_range(listener->backlog, 1, 4096);
	assert_false(listener->aborted);
	/* No more are wanted: those that come are to be refused, not left waiting. */
	assert_int_equal(listener->closed_us, fake_stack_record(1)->opened_us);

	r = fake_stack_record(1);
	assert_false(r->aborted);
	assert_int_equal(r->sent_count, 2);
	assert_sent(r, 0, "hello", 0);
	assert_int_equal(r->sent[0].stream, 2);
	assert_false(r->sent[0].unordered);
	assert_int_equal(r->sent[1].length, 2);
	assert_memory_equal(r->sent[1].data, "\0\1", 2);
	assert_int_equal(r->sent[1].stream, 9);
	assert_int_equal(r->sent[1].ppid, 0x2e000000);
	assert_true(r->sent[1].unordered);
}

static void how_associations_end(void **state)
{
	const struct {
		const char *name;
		struct fake_script peer;
		const char *line;
		const char *call; /* of this host, because of which not all were served */
	} cases[] = {
		{ "SHUTDOWN",
		  { EVENTS(UP(0), SHUTDOWN(MSEC)) },
		  "3 closed by the peer, 0 messages" },
		{ "SHUTDOWN_COMP alone", { EVENTS(UP(0), CLOSED(MSEC)) }, "3 closed by the peer" },
		{ "all in one batch",
		  { EVENTS(UP(0), DATA(0, "x", 0), SHUTDOWN(0), CLOSED(0)) },
		  "3 closed by the peer, 1 message 1 byte echoed" },
		{ "ABORT",
		  { EVENTS(UP(0), LOST(MSEC, ECONNRESET)) },
		  "3 lost: ECONNRESET: ended by an ABORT" },
		{ "ABORT with a cause",
		  { EVENTS(UP(0), AT(MSEC, .type = EVENT_LOST, .error = ECONNRESET,
				     .cause = { .code = 12, .text = "bye" })) },
		  "3 lost: ECONNRESET: aborted by the peer: user-initiated abort bye, 0" },
		{ "ABORT of this end",
		  { EVENTS(UP(0), AT(MSEC, .type = EVENT_LOST, .error = ECONNABORTED,
				     .cause = { .code = 9 })) },
		  "3 lost: ECONNABORTED: aborted by this end: the peer broke the protocol: no" },
		{ "ABORT at once",
		  { .status_error = ENOTCONN, EVENTS(UP(0), LOST(0, ECONNRESET)) },
		  "3 lost: ECONNRESET: ended by an ABORT" },
		{ "silence",
		  { EVENTS(UP(0), LOST(MSEC, ETIMEDOUT)) },
		  "3 lost: ETIMEDOUT: the peer does not answer any more" },
		{ "nothing is sent to it any more",
		  { EVENTS(UP(0), LOST(MSEC, ECONNRESET)), .send_error = EIO },
		  "3 lost: EIO: sendmsg: EIO: ",
		  "sendmsg: EIO" },
		{ "it cannot be read",
		  { EVENTS(UP(0), AT(MSEC, .type = EVENT_FAULT, .error = EIO)) },
		  "3 lost: EIO: recvmsg: EIO: ",
		  "recvmsg: EIO" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &cases[i].peer)) } };

		print_message("  %s\n", cases[i].name);
		assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "1"),
				 cases[i].call ? STATUS_HOST : STATUS_OK);
		assert_contains(strstr(said.out, "end        1 association"),
				cases[i].call ? cases[i].call : "all associations served");
		assert_int_equal(lines_with(said.out, "up         association 3 from " FROM), 1);
		assert_int_equal(lines_with(said.out, "down       association "), 1);
		assert_contains(said.out, cases[i].line);
		assert_int_equal(fake_stack_record(1)->shutdowns, 0);
		assert_false(fake_stack_record(1)->aborted);
	}
}

static void paths_are_reported(void **state)
{
	struct stack_path paths[2] = { { .primary = true, .state = PATH_ACTIVE, .mtu = 1500 },
				       { .state = PATH_UNCONFIRMED } };
	struct fake_event events[] = {
		UP(0),
		AT(MSEC, .type = EVENT_PATH, .path_state = PATH_INACTIVE),
		AT(MSEC, .type = EVENT_PATH, .path_state = PATH_ACTIVE),
		SHUTDOWN(2 * MSEC),
	};
	const struct fake_script peer = {
		.events = events, .event_count = 4, .paths = paths, .path_count = 2
	};
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer)) } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		address_from_text(&paths[i].address, i ? "10.1.2.1" : "10.1.1.1");
		address_set_port(&paths[i].address, 4000);
	}
	events[1].event.address = events[2].event.address = paths[1].address;
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "1"), STATUS_OK);
	assert_contains(said.out, "  10.1.1.1:4000  unverified  mtu 1500  primary\n"
				  "  10.1.2.1:4000  unverified            unconfirmed\n"
				  "path       association 3, 10.1.2.1:4000 inactive\n"
				  "path       association 3, 10.1.2.1:4000 active\n"
				  "down");
}

static void a_flood_of_path_events(void **state)
{
	struct fake_event *events = xcalloc(FLOOD + 2, sizeof(*events));
	const struct fake_script peer = { .events = events, .event_count = FLOOD + 2 };
	const struct fake_script other = { .assoc = 4, EVENTS(UP(0), SHUTDOWN(MSEC)) };
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer), PEER(MSEC, &other)) } };

	(void)state;
	events[0] = (struct fake_event)UP(0);
	for (size_t i = 1; i <= FLOOD; i++) {
		events[i] =
			(struct fake_event)AT((int64_t)i, .type = EVENT_PATH,
					      .path_state = i % 2 ? PATH_INACTIVE : PATH_ACTIVE);
		address_from_text(&events[i].event.address, "127.0.0.1");
	}
	events[FLOOD + 1] = (struct fake_event)SHUTDOWN(FLOOD);
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "2"), STATUS_OK);
	assert_int_equal(lines_with(said.out, "path       association 3"), FLOOD);
	assert_int_equal(fake_stack_record(2)->closed_us - fake_stack_record(2)->opened_us, MSEC);
	free(events);
}

static void many_at_once(void **state)
{
	const struct fake_script peers[] = {
		{ .assoc = 10, EVENTS(UP(0), DATA(MSEC, "abc", 0), SHUTDOWN(5 * MSEC)) },
		{ .assoc = 11, EVENTS(UP(0), LOST(2 * MSEC, ECONNRESET)) },
		{ .assoc = 12, EVENTS(UP(0), SHUTDOWN(0)) },
	};
	struct fake_accept accepts[SEVERAL];
	const struct fake_script scripts[] = { { .accepts = accepts, .accept_count = SEVERAL } };

	(void)state;
	for (size_t i = 0; i < SEVERAL; i++)
		accepts[i] = (struct fake_accept)PEER((int64_t)i / 10 * MSEC, &peers[i % 3]);
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "50"), STATUS_OK);
	assert_int_equal(lines_with(said.out, "association 10 closed by the peer, 1 message 3"),
			 17);
	assert_int_equal(lines_with(said.out, "association 11 lost"), 17);
	assert_int_equal(lines_with(said.out, "association 12 closed by the peer, 0 mess"), 16);
	assert_contains(said.out, "end        50 associations, 17 messages 51 bytes echoed");
	assert_int_equal(said.took_us, 9 * MSEC);
}

/* Those that come after the last wanted one are not taken. */
static void count_ends_it(void **state)
{
	const struct fake_script peer = { EVENTS(UP(0), SHUTDOWN(20 * MSEC)) };
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer), PEER(5 * MSEC, &peer),
							 PEER(5 * MSEC, &peer)) } };

	(void)state;
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "2"), STATUS_OK);
	assert_int_equal(fake_stack_count(), 3);
	assert_contains(said.out, "end        2 associations");
	assert_int_equal(said.took_us, 25 * MSEC);
}

/* --- Echo ------------------------------------------------------------------------------------ */

/* While one echo waits for room, nothing more is read: the peer is held up, not our memory. */
static void back_pressure(void **state)
{
	const struct fake_script peer = {
		EVENTS(UP(0), DATA(0, "one", 1), DATA(0, "two", 2),
		       AT(MSEC, .type = EVENT_DATA, .data = "three", .length = 5, .stream = 3,
			  .ppid = 46, .unordered = true),
		       SHUTDOWN(2 * MSEC)),
		SENDS(EAGAIN, EAGAIN, 0, 0, EAGAIN),
		.room_us = 10 * MSEC,
	};
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer)) } };
	const struct fake_record *r;
	int64_t begun_us = loop_now_us();

	(void)state;
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "1"), STATUS_OK);
	r = fake_stack_record(1);
	assert_int_equal(r->sent_count, 6);
	assert_sent(r, 0, "one", EAGAIN);
	assert_sent(r, 1, "one", EAGAIN);
	assert_sent(r, 2, "one", 0);
	assert_sent(r, 3, "two", 0);
	assert_sent(r, 4, "three", EAGAIN);
	assert_sent(r, 5, "three", 0);
	assert_int_equal(r->sent[2].at_us - begun_us, 20 * MSEC);
	assert_int_equal(r->sent[2].stream, 1);
	assert_int_equal(r->sent[5].at_us - begun_us, 30 * MSEC);
	assert_int_equal(r->sent[5].stream, 3);
	assert_int_equal(r->sent[5].ppid, 46);
	assert_true(r->sent[5].unordered);
	assert_false(r->sent[2].unordered);
	assert_contains(said.out, "closed by the peer, 3 messages 11 bytes echoed");
}

/* The peer goes while an echo waits: it is noticed at once, and the echo is not counted. */
static void lost_while_an_echo_waits(void **state)
{
	const struct fake_script peer = {
		EVENTS(UP(0), DATA(0, "one", 0), LOST(5 * MSEC, ECONNRESET)),
		SENDS(EAGAIN, EPIPE),
		.room_us = 60 * SEC,
	};
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer)) } };

	(void)state;
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "1"), STATUS_OK);
	assert_contains(said.out, "lost: ECONNRESET: ended by an ABORT, 0 messages 0 bytes");
	assert_int_equal(said.took_us, 5 * MSEC);
}

static void a_signal_while_an_echo_waits(void **state)
{
	const struct fake_script peer = {
		EVENTS(UP(0), DATA(0, "one", 0)),
		SENDS(EAGAIN),
		.room_us = 60 * SEC,
	};
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer)) } };

	(void)state;
	fake_loop_signal(MSEC, SIGINT);
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000"), 130);
	assert_contains(said.out, "aborted by this end: no answer to SHUTDOWN, 0 messages");
	assert_int_equal(said.took_us, MSEC + SEC);
	assert_true(fake_stack_record(1)->aborted);
}

/* A stream that this side has not: the message is not echoed, the next one is. */
static void an_echo_that_fails(void **state)
{
	const struct fake_script peer = {
		EVENTS(UP(0), DATA(0, "one", 77), DATA(0, "two", 0), SHUTDOWN(MSEC)),
		SENDS(EINVAL),
	};
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer)) } };

	(void)state;
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "1", "-v"), STATUS_OK);
	assert_contains(said.out, "closed by the peer, 1 message 3 bytes echoed");
	assert_contains(said.errors, "echo of 3 bytes on stream 77: Invalid argument");
}

/* The buffer is made longer, once it is known to be too short. */
static void an_echo_that_is_too_long_at_first(void **state)
{
	const struct fake_script peer = {
		EVENTS(UP(0), DATA(0, "one", 0), SHUTDOWN(MSEC)),
		SENDS(EMSGSIZE, EAGAIN, 0),
	};
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer)) } };

	(void)state;
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "1"), STATUS_OK);
	assert_contains(said.out, "closed by the peer, 1 message 3 bytes echoed\n");
	assert_int_equal(fake_stack_record(1)->room, 3);
	assert_null(strstr(said.out, "no echo"));
}

/* The first is told, all are counted, and the short one between them is echoed. */
static void echoes_that_are_too_long(void **state)
{
	const struct fake_script peer = {
		EVENTS(UP(0), DATA(0, "long", 3), DATA(0, "one", 0), DATA(0, "longer", 0),
		       SHUTDOWN(MSEC)),
		SENDS(EMSGSIZE, 0, EMSGSIZE),
		.room_error = EMSGSIZE,
	};
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer)) } };

	(void)state;
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "1"), STATUS_OK);
	assert_contains(said.out,
			"no echo    association 3, a message of 4 bytes on stream 3: EMSGSIZE: "
			"longer than the send buffer can be\ndown");
	assert_contains(said.out, "1 message 3 bytes echoed, 2 messages 10 bytes not echoed\nend");
}

#define PART(text) AT(0, .type = EVENT_DATA, .data = text, .length = sizeof(text) - 1, .more = true)

/* The stack had no room for the whole: no part is echoed, and it is one message. */
static void a_message_in_parts(void **state)
{
	const struct fake_script peer = {
		EVENTS(UP(0), PART("one "), PART("long "), DATA(0, "message", 0), DATA(0, "two", 0),
		       SHUTDOWN(MSEC)),
	};
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer)) } };

	(void)state;
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "1", "--json"),
			 STATUS_OK);
	assert_contains(said.out, "\"event\":\"not-echoed\"");
	assert_contains(said.out, "\"bytes\":4,\"more\":true,\"errno\":\"ENOBUFS\"");
	assert_contains(said.out, "\"messages\":1,\"bytes\":3,\"messages_not_echoed\":1,"
				  "\"bytes_not_echoed\":16}");
	assert_int_equal(fake_stack_record(1)->sent_count, 1);
}

/* --- The end --------------------------------------------------------------------------------- */

static void a_signal_closes_gracefully(void **state)
{
	const struct fake_script good = { .assoc = 7, EVENTS(UP(0)), CLOSING(CLOSED(5 * MSEC)) };
	const struct fake_script bad = { .assoc = 8, EVENTS(UP(0)) };
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &good), PEER(MSEC, &bad),
							 PEER(MSEC, &good), PEER(SEC, &good)) } };

	(void)state;
	fake_loop_signal(100 * MSEC, SIGINT);
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000"), 130);
	assert_int_equal(said.took_us, 100 * MSEC + SEC);
	assert_int_equal(lines_with(said.out, "association 7 closed by this end, 0 messages"), 2);
	assert_int_equal(lines_with(said.out, "association 8 lost: aborted by this end: no answer "
					      "to SHUTDOWN"),
			 1);
	assert_contains(said.out, "end        3 associations, 0 messages 0 bytes echoed: ended by");
	for (size_t i = 1; i <= 3; i++)
		assert_int_equal(fake_stack_record(i)->shutdowns, 1);
	assert_false(fake_stack_record(1)->aborted);
	assert_true(fake_stack_record(2)->aborted);
	assert_false(fake_stack_record(3)->aborted);
	/* The listening endpoint was the first to go. */
	assert_int_equal(fake_stack_record(0)->closed_us, fake_stack_record(1)->shutdown_us);
}

static void a_second_signal_aborts(void **state)
{
	const struct fake_script peer = { EVENTS(UP(0)), CLOSING(CLOSED(900 * MSEC)) };
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer)) } };

	(void)state;
	fake_loop_signal(100 * MSEC, SIGTERM);
	fake_loop_signal(200 * MSEC, SIGINT);
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000"), 143);
	assert_int_equal(said.took_us, 200 * MSEC);
	assert_true(fake_stack_record(1)->aborted);
}

/* --- What happens in the middle of serving ---------------------------------------------------- */

static struct {
	bool signalled;
	size_t echoed; /* before the first shutdown() */
	bool closing;
} meanwhile;

static int send_and_signal(struct stack_assoc *assoc, const void *data, size_t length,
			   uint16_t stream, uint32_t ppid, bool unordered)
{
	if (!meanwhile.signalled)
		fake_loop_signal(0, SIGTERM);
	meanwhile.signalled = true;
	meanwhile.echoed += !meanwhile.closing;
	return fake_stack.send(assoc, data, length, stream, ppid, unordered);
}

static int shutdown_and_note(struct stack_assoc *assoc)
{
	meanwhile.closing = true;
	return fake_stack.shutdown(assoc);
}

/* Within one round, although each of them has something to say all the time. */
static void a_signal_while_peers_flood(void **state)
{
	static struct fake_event flood[FLOOD];
	const struct fake_script peer = { .events = flood,
					  .event_count = FLOOD,
					  CLOSING(CLOSED(MSEC)) };
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer), PEER(0, &peer)) } };
	struct stack stack = fake_stack;

	(void)state;
	memset(&meanwhile, 0, sizeof(meanwhile));
	stack.send = send_and_signal;
	stack.shutdown = shutdown_and_note;
	for (size_t i = 0; i < FLOOD; i++)
		flood[i].event = (struct stack_event){ .type = i ? EVENT_DATA : EVENT_UP,
						       .data = "x",
						       .length = 1 };
	fake_stack_reset(scripts, 1);
	assert_int_equal(listen_with(&stack, 0, ARGS("-b", "127.0.0.1:5000")), 143);
	assert_in_range(meanwhile.echoed, 2, FLOOD / 100);
}

static int accept_and_break(struct stack_endpoint *e, struct stack_endpoint **accepted,
			    struct stack_assoc **assoc, union address *from)
{
	int full;

	if (!said.whole) {
		full = open("/dev/full", O_WRONLY);
		said.whole = dup(fileno(said.file));
		dup2(full, fileno(said.file));
		close(full);
	}
	return fake_stack.accept(e, accepted, assoc, from);
}

/* The first record that is lost ends it; all are closed as after a signal. */
static void nothing_can_be_written(void **state)
{
	const struct fake_script peer = { EVENTS(UP(0)), CLOSING(CLOSED(5 * MSEC)) };
	const struct fake_script scripts[] = { { ACCEPTS(PEER(10 * MSEC, &peer)) } };
	struct stack stack = fake_stack;

	(void)state;
	stack.accept = accept_and_break;
	fake_stack_reset(scripts, 1);
	assert_int_equal(listen_with(&stack, 0, ARGS("-b", "127.0.0.1:5000")), STATUS_HOST);
	assert_int_equal(said.took_us, 15 * MSEC);
	assert_int_equal(fake_stack_record(1)->shutdowns, 1);
	assert_false(fake_stack_record(1)->aborted);
}

static void the_wait_fails(void **state)
{
	const struct fake_script peer = { EVENTS(UP(0)), CLOSING(CLOSED(5 * MSEC)) };
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer)) } };

	(void)state;
	fake_loop_fail(10 * MSEC, EPERM);
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000"), STATUS_HOST);
	assert_int_equal(said.took_us, 10 * MSEC);
	assert_contains(said.out, "echoed: ppoll: EPERM: a security module or a sandbox");
}

static void a_signal_without_clients(void **state)
{
	const struct fake_script scripts[] = { { 0 } };

	(void)state;
	fake_loop_signal(100 * MSEC, SIGHUP);
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000"), 129);
	assert_int_equal(said.took_us, 100 * MSEC);
	assert_contains(said.out, "end        0 associations");
}

/* --- accept() fails -------------------------------------------------------------------------- */

/* As soon as one has gone there is a descriptor again; until then the listener does not spin. */
static void out_of_files_until_one_has_gone(void **state)
{
	const struct fake_script first = { EVENTS(UP(0), SHUTDOWN(50 * MSEC)) };
	const struct fake_script second = { .assoc = 4, EVENTS(UP(0), SHUTDOWN(MSEC)) };
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &first), NO_PEER(MSEC, EMFILE),
							 PEER(MSEC, &second)) } };

	(void)state;
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "2"), STATUS_OK);
	assert_int_equal(said.took_us, 51 * MSEC);
	assert_int_equal(lines_with(said.errors, "no association can be accepted"), 1);
	assert_contains(said.errors, "Too many open files");
	assert_contains(said.out, "end        2 associations");
	assert_in_range(fake_loop_waits(), 1, 10);
}

/* Where none is there to go, the host's shortage may still pass. */
static void out_of_files_without_clients(void **state)
{
	const struct fake_script peer = { EVENTS(UP(0), SHUTDOWN(0)) };
	const struct fake_script scripts[] = { { ACCEPTS(NO_PEER(0, ENFILE), NO_PEER(0, ENFILE),
							 PEER(0, &peer), NO_PEER(5 * SEC, ENOMEM),
							 PEER(5 * SEC, &peer)) } };

	(void)state;
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "2"), STATUS_OK);
	assert_int_equal(said.took_us, 6 * SEC);
	/* One line for each shortage, not one for each time that it is met. */
	assert_int_equal(lines_with(said.errors, "no association can be accepted"), 2);
	assert_in_range(fake_loop_waits(), 1, 10);
}

/* A signal ends it also then. */
static void a_signal_while_out_of_files(void **state)
{
	const struct fake_script scripts[] = { { ACCEPTS(NO_PEER(0, ENFILE)) } };

	(void)state;
	fake_loop_signal(300 * MSEC, SIGINT);
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000"), 130);
	assert_int_equal(said.took_us, 300 * MSEC);
}

static void associations_gone_before_accept(void **state)
{
	const struct fake_script peer = { EVENTS(UP(0), SHUTDOWN(0)) };
	const struct fake_script scripts[] = { { ACCEPTS(NO_PEER(0, ECONNABORTED),
							 NO_PEER(0, EINTR), PEER(0, &peer)) } };

	(void)state;
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "1"), STATUS_OK);
	assert_string_equal(said.errors, "");
	assert_contains(said.out, "end        1 association,");
}

/* --- What it binds, and what keeps it from that ---------------------------------------------- */

static void a_port_alone_is_every_address(void **state)
{
	static const struct {
		const char *args[ARGS_MAX];
		int errors[2]; /* of open() */
		const char *ready;
		bool ipv6;
		int status;
	} cases[] = {
		{ { "-p", "5000" }, { 0 }, "listening on [::]:5000 (fake)\n", true, 130 },
		{ { "-p", "5000" },
		  { EAFNOSUPPORT },
		  "listening on 0.0.0.0:5000 (fake)\n",
		  false,
		  130 },
		{ { "-p", "5000", "-4" }, { 0 }, "listening on 0.0.0.0:5000 (fake)\n", false, 130 },
		{ { "-p", "5000", "-6" }, { 0 }, "listening on [::]:5000 (fake)\n", true, 130 },
		{ { "-p", "5000", "-6" }, { EAFNOSUPPORT }, "failed", false, STATUS_HOST },
		{ { "-p", "0", "-4" }, { 0 }, "listening on 0.0.0.0:40000 (fake)\n", false, 130 },
		{ { "-b", "127.0.0.1:0" },
		  { 0 },
		  "listening on 127.0.0.1:40000 (fake)\n",
		  false,
		  130 },
		{ { "-b", "127.0.0.1:77", "-b", "::1" },
		  { 0 },
		  "listening on 127.0.0.1:77 [::1]:77 (fake)\n",
		  true,
		  130 },
		{ { "-b", "::1", "-p", "77" }, { EAFNOSUPPORT }, "failed", false, STATUS_HOST },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fake_script scripts[] = { { .open_error = cases[i].errors[0] },
						       { .open_error = cases[i].errors[1] } };

		setup(NULL);
		fake_loop_signal(MSEC, SIGINT);
		fake_stack_reset(scripts, 2);
		assert_int_equal(listen_with(&fake_stack, 0, cases[i].args), cases[i].status);
		assert_int_equal(strncmp(said.out, cases[i].ready, strlen(cases[i].ready)), 0);
		if (cases[i].status != STATUS_HOST)
			assert_int_equal(fake_stack_record(0)->config.ipv6, cases[i].ipv6);
	}
}

static void options_reach_the_stack(void **state)
{
	const struct fake_script scripts[] = { { 0 } };

	(void)state;
	fake_loop_signal(MSEC, SIGINT);
	LISTEN(scripts, "-b", "127.0.0.1:5000", "-O", "7", "-I", "8");
	assert_int_equal(fake_stack_record(0)->config.out_streams, 7);
	assert_int_equal(fake_stack_record(0)->config.max_in_streams, 8);

	fake_loop_signal(loop_now_us() + MSEC, SIGINT);
	LISTEN(scripts, "-b", "127.0.0.1:5000", "--relay", "--stream", "20");
	assert_int_equal(fake_stack_record(0)->config.out_streams, 21);
}

static void why_it_cannot_listen(void **state)
{
	const struct {
		struct fake_script script;
		const char *word;
		const char *hints;
	} cases[] = {
		{ { .open_error = EADDRINUSE, .fault = { .call = "sctp_bindx", .binds = true } },
		  "failed     EADDRINUSE",
		  "the port is in use" },
		{ { .open_error = EADDRNOTAVAIL, .fault = { .call = "sctp_bindx", .binds = true } },
		  "failed     EADDRNOTAVAIL",
		  "is not an address of this host" },
		{ { .listen_error = EADDRINUSE },
		  "failed     EADDRINUSE",
		  "127.0.0.1:5000: the port is in use" },
		/* It is bound by then. */
		{ { .listen_error = EPERM }, "failed     EPERM", "listen: EPERM" },
		{ { .listen_error = EACCES }, "failed     EACCES", "listen: EACCES" },
		{ { .listen_error = EINVAL }, "failed     EINVAL", "listen: EINVAL" },
		{ { .open_error = EPROTONOSUPPORT }, "unsupported", "modprobe sctp" },
		{ { .open_error = EMFILE }, "failed     EMFILE", "socket: EMFILE" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_stack_reset(&cases[i].script, 1);
		assert_int_equal(listen_with(&fake_stack, 0, ARGS("-b", "127.0.0.1:5000")),
				 STATUS_HOST);
		assert_contains(said.out, cases[i].word);
		assert_contains(said.hints, cases[i].hints);
		assert_int_equal(lines_with(said.out, "\n"), 1);
	}
}

static void without_a_stack(void **state)
{
	(void)state;
	assert_int_equal(listen_with(NULL, EPROTONOSUPPORT, ARGS("-b", "127.0.0.1:5000")),
			 STATUS_HOST);
	assert_contains(said.out, "unsupported  EPROTONOSUPPORT");
	assert_contains(said.hints, "modprobe sctp");
}

/* What the command line cannot mean is a usage error: no report, one line. */
static void a_zone_that_is_not_there(void **state)
{
	(void)state;
	fake_stack_reset(NULL, 0);
	assert_int_equal(listen_with(&fake_stack, 0, ARGS("-b", "[fe80::1%no-such-if]:5000")),
			 STATUS_USAGE);
	assert_string_equal(said.out, "");
	assert_contains(said.errors, "no interface 'no-such-if'");
}

static void json(void **state)
{
	const struct fake_script peer = { EVENTS(UP(0), DATA(0, "abc", 0), SHUTDOWN(MSEC)) };
	const struct fake_script scripts[] = { { ACCEPTS(PEER(2 * MSEC, &peer)) } };

	(void)state;
	assert_int_equal(LISTEN(scripts, "-b", "127.0.0.1:5000", "--count", "1", "-j"), STATUS_OK);
	assert_int_equal(lines_with(said.out, "\n"), 4);
	assert_int_equal(lines_with(said.out, "\"event\":"), 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* --- Drills ---------------------------------------------------------------------------------- */

static void drill_reply(void **state)
{
	const struct fake_script peer = {
		EVENTS(UP(0), DATA(MSEC, "hello", 2),
		       AT(2 * MSEC, .type = EVENT_DATA, .data = "part", .length = 4, .more = true),
		       DATA(3 * MSEC, "end", 1), SHUTDOWN(50 * MSEC)),
		SENDS(EAGAIN, 0),
		.room_us = 20 * MSEC,
	};
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer)) } };
	const struct fake_record *r;

	(void)state;
	assert_int_equal(LISTEN(scripts, "-p", "5000", "--count", "1", "--reply", "hex:6f6b"),
			 STATUS_OK);
	assert_contains(said.out, "closed by the peer, 2 messages 12 bytes answered\n");
	r = fake_stack_record(1);
	assert_int_equal(r->sent_count, 3);
	assert_sent(r, 0, "ok", EAGAIN);
	assert_sent(r, 1, "ok", 0);
	assert_sent(r, 2, "ok", 0);
	assert_int_equal(r->sent[1].stream, 2);
	assert_int_equal(r->sent[2].stream, 1);
}

static void drill_discard_and_silent(void **state)
{
	const struct fake_script peer = {
		EVENTS(UP(0), DATA(MSEC, "hello", 2), SHUTDOWN(2 * MSEC)),
	};
	const struct fake_script gone = {
		EVENTS(UP(0), DATA(MSEC, "hello", 2), LOST(2 * MSEC, ECONNRESET)),
		.status_error = ENOTCONN,
	};
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer)) } };
	const struct fake_script unread[] = { { ACCEPTS(PEER(0, &gone)) } };

	(void)state;
	assert_int_equal(LISTEN(scripts, "-p", "5000", "--count", "1", "--discard"), STATUS_OK);
	assert_contains(said.out, "1 message 5 bytes discarded");
	assert_int_equal(fake_stack_record(1)->sent_count, 0);
	assert_int_equal(said.took_us, 2 * MSEC);

	/* It goes on until the association itself is found to have ended. */
	assert_int_equal(LISTEN(unread, "-p", "5000", "--count", "1", "--silent"), STATUS_OK);
	assert_contains(said.out, "lost: ECONNRESET: ended by an ABORT, 0 messages 0 bytes read");
	assert_int_equal(fake_stack_record(1)->sent_count, 0);
	assert_int_equal(said.took_us, 250 * MSEC);

	/* At the end, it is closed like every other. */
	fake_loop_signal(100 * MSEC, SIGTERM);
	assert_int_equal(LISTEN(scripts, "-p", "5000", "--silent"), 128 + SIGTERM);
	assert_contains(said.out, "0 messages 0 bytes read");
	assert_int_equal(fake_stack_record(1)->shutdowns, 1);
	assert_int_equal(said.took_us, 100 * MSEC);
}

static void drill_close_and_abort(void **state)
{
	const struct fake_script closing = { EVENTS(UP(0)), CLOSING(CLOSED(5 * MSEC)) };
	const struct fake_script unanswered = { EVENTS(UP(0)) };
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &closing)) } };
	const struct fake_script hard[] = { { ACCEPTS(PEER(0, &unanswered)) } };
	const struct fake_record *r;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(LISTEN(scripts, "-p", "5000", "--count", "1", "--close-after",
					"300ms", i ? "--silent" : "--echo"),
				 STATUS_OK);
		assert_contains(said.out, "3 closed by this end, 0 messages");
		assert_int_equal(said.took_us, 305 * MSEC);
		assert_int_equal(fake_stack_record(1)->shutdowns, 1);
	}
	assert_int_equal(LISTEN(hard, "-p", "5000", "--count", "1", "--close-after", "100ms",
				"--abort-after", "300ms:so long"),
			 STATUS_OK);
	assert_contains(said.out, "3 lost: aborted by this end, as --abort-after asks, 0 messages");
	assert_int_equal(said.took_us, 300 * MSEC);
	r = fake_stack_record(1);
	assert_true(r->aborted);
	assert_string_equal(r->abort_text, "so long");
}

/* The listener ends it, with the relay's own report, and what came by then is counted. */
static void a_relay_is_ended(void **state)
{
	static const char *const options[] = { "--color=never", "--close-after=100ms",
					       "--abort-after=100ms:x" };
	static const char *const ends[] = {
		"2 messages, 3 bytes: ended by SIGTERM\n",
		"3 messages, 4 bytes: closed by this end\n",
		"2 messages, 3 bytes: aborted by this end, as --abort-after asks\n",
	};
	static const int statuses[] = { 128 + SIGTERM, STATUS_OK, STATUS_NOT_CONNECTED };
	const struct fake_script peer = {
		EVENTS(UP(0), DATA(MSEC, "a", 0), DATA(2 * MSEC, "b\n", 0)),
		CLOSING(DATA(MSEC, "c", 0), CLOSED(5 * MSEC)),
	};
	const struct fake_script scripts[] = { { ACCEPTS(PEER(0, &peer)) } };
	int input[2], full, saved[] = { dup(STDIN_FILENO), dup(STDOUT_FILENO) };

	(void)state;
	assert_int_equal(pipe(input), 0);
	dup2(input[0], STDIN_FILENO);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		int null = open("/dev/null", O_WRONLY);
		int status;

		fake_loop_is_quiet();
		if (i == 0)
			fake_loop_signal(100 * MSEC, SIGTERM);
		dup2(null, STDOUT_FILENO);
		status = LISTEN(scripts, "-p", "5000", "--relay", options[i]);
		dup2(saved[1], STDOUT_FILENO);
		close(null);
		assert_int_equal(status, statuses[i]);
		assert_contains(said.out, ends[i]);
		assert_contains(said.out, i == 1 ? ", 3 messages 4 bytes read\n"
						 : ", 2 messages 3 bytes read\n");
		assert_contains(said.out, i == 1 ? "association, 3 messages 4 bytes read:"
						 : "association, 2 messages 3 bytes read:");
	}
	/* The peer must not believe that all was written. */
	fake_loop_is_quiet();
	full = open("/dev/full", O_WRONLY);
	dup2(full, STDOUT_FILENO);
	assert_int_equal(LISTEN(scripts, "-p", "5000", "--relay"), STATUS_HOST);
	dup2(saved[1], STDOUT_FILENO);
	close(full);
	assert_contains(
		said.out,
		"lost: aborted by this end, because --relay did not send and write everything");
	assert_true(fake_stack_record(1)->aborted);
	dup2(saved[0], STDIN_FILENO);
	for (size_t i = 0; i < 2; i++) {
		close(input[i]);
		close(saved[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_association),
		TEST(how_associations_end),
		TEST(paths_are_reported),
		TEST(a_flood_of_path_events),
		TEST(many_at_once),
		TEST(count_ends_it),
		TEST(back_pressure),
		TEST(lost_while_an_echo_waits),
		TEST(a_signal_while_an_echo_waits),
		TEST(an_echo_that_fails),
		TEST(an_echo_that_is_too_long_at_first),
		TEST(echoes_that_are_too_long),
		TEST(a_message_in_parts),
		TEST(a_signal_closes_gracefully),
		TEST(a_second_signal_aborts),
		TEST(a_signal_while_peers_flood),
		TEST(nothing_can_be_written),
		TEST(the_wait_fails),
		TEST(a_signal_without_clients),
		TEST(out_of_files_until_one_has_gone),
		TEST(out_of_files_without_clients),
		TEST(a_signal_while_out_of_files),
		TEST(associations_gone_before_accept),
		TEST(a_port_alone_is_every_address),
		TEST(options_reach_the_stack),
		TEST(why_it_cannot_listen),
		TEST(without_a_stack),
		TEST(a_zone_that_is_not_there),
		TEST(json),
		TEST(drill_reply),
		TEST(drill_discard_and_silent),
		TEST(drill_close_and_abort),
		TEST(a_relay_is_ended),
	};

	return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
