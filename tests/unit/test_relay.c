/* SPDX-License-Identifier: MIT */
/* relay.c between two pipes and a scripted stack, on a fake clock. */
#include <sys/resource.h>

#include "bench.h"

#include "engine/relay.h"
#include "report/words.h"

#define SENDS(...)           .sends = LIST(int, __VA_ARGS__), .send_count = COUNT(int, __VA_ARGS__)
#define DRY(us)              AT(us, .type = EVENT_DRY)
#define MESSAGE(us, text)    AT(us, .type = EVENT_DATA, .data = text, .length = sizeof(text) - 1)
#define LONG(us, text, size) AT(us, .type = EVENT_DATA, .data = text, .length = size)
#define HOLD                 (200 * MSEC)

static struct {
	int in[2], out[2];
	struct loop *loop;
	struct relay *relay;
	struct options options;
	int64_t begun_us;
	int ended;
} r;

static void ended(void *context)
{
	assert_ptr_equal(context, &r);
	r.ended++;
}

/* The input ends after this text, unless open. */
static void start(const struct fake_script *script, const char *text, bool open)
{
	struct stack_endpoint *endpoint;
	struct stack_assoc *assoc;
	struct stack_fault fault;
	const union address peer = V4(127, 0, 0, 1);
	static struct timeline timeline;

	fake_stack_reset(script, 1);
	assert_int_equal(pipe(r.in), 0);
	assert_int_equal(pipe(r.out), 0);
	assert_int_equal(write(r.in[1], text, strlen(text)), strlen(text));
	if (!open)
		close(r.in[1]);
	r.begun_us = loop_now_us();
	assert_int_equal(
		fake_stack.open(&endpoint, &(struct stack_config){ .local_count = 0 }, &fault), 0);
	assert_int_equal(fake_stack.connect(endpoint, &peer, 1, false, &assoc), 0);
	r.options.hold_us = HOLD;
	r.ended = 0;
	fake_loop_is_quiet();
	r.loop = loop_new();
	r.relay = relay_start(r.loop, &(struct relay_config){ .stack = &fake_stack,
							      .assoc = assoc,
							      .options = &r.options,
							      .timeline = &timeline,
							      .in = r.in[0],
							      .out = r.out[1],
							      .ended = ended,
							      .context = &r });
}

static void turn_until_over(void)
{
	while (!relay_is_over(r.relay)) {
		int rc = loop_turn(r.loop);

		if (rc < 0)
			relay_interrupt(r.relay, loop_take_signal(), -rc);
	}
	assert_int_equal(r.ended, 1);
}

static void assert_output(const char *expected)
{
	char text[256];
	ssize_t got;

	close(r.out[1]);
	got = read(r.out[0], text, sizeof(text) - 1);
	assert_true(got >= 0);
	text[got] = '\0';
	assert_string_equal(text, expected);
}

static void assert_end(int status, enum finding_code code)
{
	const struct relay_end *end = relay_end(r.relay);

	assert_int_equal(end->status, status);
	assert_string_equal(finding_name(end->cause.code), finding_name(code));
}

static void finish(void)
{
	relay_free(r.relay);
	loop_free(r.loop);
	close(r.in[0]);
	close(r.out[0]);
}

/* What comes after the end of the input is written, until it is quiet. */
static void the_input_ends(void **state)
{
	const struct fake_script script = {
		EVENTS(UP(0), DRY(50 * MSEC), MESSAGE(70 * MSEC, "late "),
		       MESSAGE(100 * MSEC, "reply")),
		CLOSING(MESSAGE(MSEC, "!"), CLOSED(2 * MSEC)),
	};
	const struct fake_record *record;

	(void)state;
	r.options.stream = 3;
	r.options.ppid = 46;
	start(&script, "one\ntwo", false);
	turn_until_over();
	assert_end(STATUS_OK, FINDING_CLOSED_HERE);
	record = fake_stack_record(0);
	assert_int_equal(record->sent_count, 1);
	assert_string_equal(record->sent[0].data, "one\ntwo");
	assert_int_equal(record->sent[0].stream, 3);
	assert_int_equal(ntohl(record->sent[0].ppid), 46);
	assert_int_equal(record->shutdown_us - r.begun_us, 100 * MSEC + HOLD);
	assert_true(relay_end(r.relay)->gone && relay_end(r.relay)->graceful);
	assert_int_equal(relay_end(r.relay)->bytes_received, 11);
	assert_int_equal(relay_end(r.relay)->messages_received, 3);
	assert_output("late reply!");
	finish();
	memset(&r.options, 0, sizeof(r.options));
}

/* It would wait for ever for the room of an output that cannot be asked. */
static void output_that_cannot_be_polled(void **state)
{
	const struct fake_script script = { EVENTS(UP(0), MESSAGE(MSEC, "reply")) };
	struct rlimit limit, none;

	(void)state;
	start(&script, "", true);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit){ 0, limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	turn_until_over();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_end(STATUS_HOST, FINDING_CALL_FAILED);
	assert_string_equal(relay_end(r.relay)->cause.call, "poll");
	finish();
}

/* Without an acknowledgement it is not closed, and without any input neither. */
static void it_stays_open(void **state)
{
	const struct fake_script unacknowledged = { EVENTS(UP(0), CLOSED(60 * SEC)) };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		start(&unacknowledged, i ? "" : "x", false);
		turn_until_over();
		assert_end(STATUS_OK, FINDING_CLOSED_BY_PEER);
		assert_int_equal(fake_stack_record(0)->shutdowns, 0);
		assert_output("");
		finish();
	}
}

static void lines(void **state)
{
	const struct fake_script script = { EVENTS(UP(0), DRY(MSEC)), CLOSING(CLOSED(0)) };
	const struct fake_record *record;

	(void)state;
	r.options.lines = true;
	start(&script, "one\n\nthree", false);
	turn_until_over();
	record = fake_stack_record(0);
	assert_int_equal(record->sent_count, 3);
	assert_string_equal(record->sent[0].data, "one\n");
	assert_string_equal(record->sent[1].data, "\n");
	assert_string_equal(record->sent[2].data, "three");
	assert_output("");
	finish();
	r.options.lines = false;
}

static void a_full_send_buffer(void **state)
{
	static char text[40001];
	const struct fake_script script = {
		EVENTS(UP(0), DRY(SEC)),
		SENDS(0, EAGAIN, EAGAIN),
		.room_us = 300 * MSEC,
		CLOSING(CLOSED(0)),
	};
	const struct fake_record *record;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	start(&script, text, false);
	turn_until_over();
	record = fake_stack_record(0);
	assert_int_equal(record->sent_count, 5);
	assert_true(record->sent[3].at_us - r.begun_us >= 300 * MSEC);
	assert_int_equal(record->sent[0].length + record->sent[3].length + record->sent[4].length,
			 40000);
	assert_end(STATUS_OK, FINDING_CLOSED_HERE);
	assert_output("");
	finish();
}

/* While the output is full, nothing is read from the peer. */
static void a_full_output(void **state)
{
	static char text[100000], got[sizeof(text)];
	const struct fake_script script = {
		EVENTS(UP(0), LONG(MSEC, text, sizeof(text)), MESSAGE(MSEC, "end"), CLOSED(MSEC)),
	};
	size_t length = 0;

	(void)state;
	start(&script, "", false);
	for (int i = 0; i < 20; i++) {
		loop_turn(r.loop);
		if (relay_end(r.relay)->bytes_received == 65536)
			break;
	}
	assert_int_equal(relay_end(r.relay)->bytes_received, 65536);
	assert_false(relay_is_over(r.relay));
	while (!relay_is_over(r.relay)) {
		ssize_t n = read(r.out[0], got, sizeof(got));

		assert_true(n > 0);
		length += (size_t)n;
		for (int i = 0; i < 40 && !relay_is_over(r.relay) &&
				length + 65536 > relay_end(r.relay)->bytes_received;
		     i++)
			loop_turn(r.loop);
	}
	assert_int_equal(relay_end(r.relay)->bytes_received, sizeof(text) + 3);
	assert_end(STATUS_OK, FINDING_CLOSED_BY_PEER);
	close(r.out[1]);
	finish();
}

static void how_it_ends(void **state)
{
	const struct fake_script lost = { EVENTS(UP(0), LOST(MSEC, ECONNRESET, 12)) };
	const struct fake_script closes = { EVENTS(UP(0), SHUTDOWN(0), CLOSED(10 * MSEC)) };
	const struct fake_script broken = { EVENTS(UP(0)), SENDS(ENOBUFS) };
	const struct fake_script idle = { EVENTS(UP(0)) };
	const struct fake_script speaks = { EVENTS(UP(0), MESSAGE(MSEC, "x")) };
	const struct fake_script unanswered = { EVENTS(UP(0), DRY(MSEC)) };

	(void)state;
	start(&lost, "x", true);
	turn_until_over();
	assert_end(STATUS_NOT_CONNECTED, FINDING_ABORTED_BY_PEER);
	assert_true(relay_end(r.relay)->gone);
	close(r.in[1]);
	assert_output("");
	finish();

	/* What had been read, and could not be sent any more, is told. */
	start(&closes, "x", true);
	turn_until_over();
	assert_end(STATUS_NOT_CONNECTED, FINDING_CLOSED_BY_PEER);
	assert_int_equal(relay_end(r.relay)->bytes_unsent, 1);
	close(r.in[1]);
	assert_output("");
	finish();

	start(&broken, "x", true);
	turn_until_over();
	assert_end(STATUS_HOST, FINDING_CALL_FAILED);
	assert_string_equal(relay_end(r.relay)->cause.call, "sendmsg");
	assert_true(relay_end(r.relay)->cut_off);
	assert_int_equal(relay_end(r.relay)->bytes_unsent, 1);
	close(r.in[1]);
	assert_output("");
	finish();

	start(&idle, "", true);
	fake_loop_signal(5 * SEC, SIGTERM);
	turn_until_over();
	assert_end(128 + SIGTERM, FINDING_INTERRUPTED);
	assert_false(relay_end(r.relay)->cut_off);
	close(r.in[1]);
	assert_output("");
	finish();

	start(&speaks, "", true);
	close(r.out[0]);
	signal(SIGPIPE, SIG_IGN);
	turn_until_over();
	assert_end(STATUS_HOST, FINDING_CALL_FAILED);
	assert_string_equal(relay_end(r.relay)->cause.call, "write");
	assert_string_equal(relay_end(r.relay)->cause.name, "standard output");
	assert_true(relay_end(r.relay)->cut_off);
	close(r.in[1]);
	close(r.out[1]);
	relay_free(r.relay);
	loop_free(r.loop);
	close(r.in[0]);

	start(&unanswered, "x", false);
	turn_until_over();
	assert_end(STATUS_OK, FINDING_SHUTDOWN_UNANSWERED);
	assert_false(relay_end(r.relay)->gone || relay_end(r.relay)->cut_off);
	assert_output("");
	finish();

	r.options.lines = true;
	start(&idle, "half a line", true);
	fake_loop_signal(5 * SEC, SIGTERM);
	turn_until_over();
	assert_end(128 + SIGTERM, FINDING_INTERRUPTED);
	assert_true(relay_end(r.relay)->cut_off);
	close(r.in[1]);
	assert_output("");
	finish();
	r.options.lines = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_input_ends),
		TEST(it_stays_open),
		TEST(lines),
		TEST(output_that_cannot_be_polled),
		TEST(a_full_send_buffer),
		TEST(a_full_output),
		TEST(how_it_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
