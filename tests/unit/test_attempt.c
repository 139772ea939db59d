/* SPDX-License-Identifier: MIT */
/* attempt.c: every way that one attempt can go. */
#include "bench.h"

/* When the routing table is asked, and SO_ERROR for the first time. */
#define ROUTE_US MSEC

struct expected {
	enum result_word word;
	int error;
	int status;
	const char *verdicts;
	int64_t connect_us;
	const char *reason; /* a part of it; NULL: it is empty */
	const char *hint;   /* the same */
};

struct outcome {
	const char *name;
	const char *args[ARGS_MAX];
	struct fake_script script;
	struct expected expected;
	const char *no_route[2];
	bool nonblocking_only;
};

#define CASE(text, arguments, behaviour, expectation, ...)                                  \
	{                                                                                   \
		.name = text, .args = { UNPACK arguments }, .script = { UNPACK behaviour }, \
		.expected = { UNPACK expectation }, __VA_ARGS__                             \
	}
/* A fixed local port, with which the call is made only once. */
#define FIXED "-b", "127.0.0.9:7000"

static const struct outcome outcomes[] = {
	CASE("up at once", (ONE), (EVENTS(UP(0))), (CONNECTED, "unverified", 0, NULL, NULL)),
	CASE("up late", (ONE), (EVENTS(UP(4900 * MSEC))),
	     (CONNECTED, "unverified", 4900 * MSEC, NULL, NULL)),
	CASE("up in the last microsecond", (ONE), (EVENTS(UP(TIMEOUT_US - 1))),
	     (CONNECTED, "unverified", TIMEOUT_US - 1, NULL, NULL)),
	CASE("up at the deadline itself", (ONE), (EVENTS(UP(TIMEOUT_US))),
	     (CONNECTED, "unverified", TIMEOUT_US, NULL, NULL)),
	CASE("up a microsecond late", (ONE), (EVENTS(UP(TIMEOUT_US + 1))),
	     (TIMED_OUT, "silent", TIMEOUT_US, "no answer to INIT within 5000 ms",
	      "IP protocol 132")),
	CASE("the id is known only with the event", (ONE),
	     (.id_known_late = true, EVENTS(UP(MSEC))),
	     (CONNECTED, "unverified", MSEC, NULL, NULL)),
	CASE("silence", (ONE), (),
	     (TIMED_OUT, "silent", TIMEOUT_US, "no answer to INIT within 5000 ms",
	      "IP protocol 132")),
	CASE("silence, -w 1ms", (ONE, "-w", "1ms"), (),
	     (TIMED_OUT, "silent", MSEC, "within 1 ms", "IP protocol 132")),
	CASE("silence of all", (FOUR), (),
	     (TIMED_OUT, "silent silent silent silent", TIMEOUT_US, "within 5000 ms",
	      "IP protocol 132")),
	CASE("silence of the first two, the others had no turn", (FOUR, "-w", "300ms"), (),
	     (TIMED_OUT, "silent silent untried untried", 300 * MSEC, "within 300 ms",
	      "-w 1080ms")),
	CASE("silence, and the second one's turn may or may not have come", (THREE, "-w", "260ms"),
	     (), (TIMED_OUT, "silent untried untried", 260 * MSEC, "within 260 ms", "-w 810ms")),
	CASE("--rto-initial sets the turns", (FOUR, "-w", "300ms", "--rto-initial", "60ms"), (),
	     (TIMED_OUT, "silent silent silent silent", 300 * MSEC, "within 300 ms",
	      "IP protocol 132")),
	CASE("given up by the stack", (ONE, "-w", "1m", "--init-attempts", "1"),
	     (EVENTS(FAILED(9240 * MSEC, ETIMEDOUT))),
	     (TIMED_OUT, "silent", 9240 * MSEC, "no attempt is left", "IP protocol 132")),
	CASE("given up by the stack before the last address had a turn",
	     (FOUR, "--init-attempts", "2"), (EVENTS(FAILED(790 * MSEC, ETIMEDOUT))),
	     (TIMED_OUT, "silent silent silent untried", 790 * MSEC, "no attempt is left",
	      "--init-attempts")),
	CASE("refused", (ONE), (EVENTS(FAILED(400, ECONNREFUSED))),
	     (REFUSED, "refused", 400, "no endpoint listens on port 5000", NULL)),
	CASE("refused, one-to-many", (ONE, "-m"), (EVENTS(FAILED(400, ECONNREFUSED))),
	     (REFUSED, "refused", 400, "a one-to-many socket does not show which", NULL)),
	CASE("refused by the first of several", (THREE),
	     (EVENTS(FAILED(T1_US - 11 * MSEC, ECONNREFUSED))),
	     (REFUSED, "refused untried untried", T1_US - 11 * MSEC,
	      "no endpoint listens on port 5000", "try without 127.0.0.1")),
	CASE("refused by the second, the first is silent", (THREE),
	     (EVENTS(FAILED(T1_US + 30 * MSEC, ECONNREFUSED))),
	     (REFUSED, "silent refused untried", T1_US + 30 * MSEC,
	      "no endpoint listens on port 5000", "try without 127.0.0.2")),
	CASE("no SCTP there", (ONE), (EVENTS(FAILED(50 * MSEC, ENOPROTOOPT))),
	     (RESULT_REFUSED, ENOPROTOOPT, STATUS_NOT_CONNECTED, "refused", 50 * MSEC,
	      "ICMP protocol unreachable", NULL)),
	CASE("no SCTP at the first of two", (TWO), (EVENTS(FAILED(MSEC, ENOPROTOOPT))),
	     (RESULT_REFUSED, ENOPROTOOPT, STATUS_NOT_CONNECTED, "refused untried", MSEC,
	      "ICMP protocol unreachable", "try without 127.0.0.1")),
	CASE("a soft error ends it where there is one address", (ONE),
	     (SOFT_ERRORS({ 5 * MSEC, EHOSTUNREACH })),
	     (UNREACHABLE, "unreachable", 5 * MSEC, "does not answer on its link", "tcpdump"),
	     .nonblocking_only = true),
	CASE("a late soft error too", (ONE), (SOFT_ERRORS({ 1001 * MSEC, ENETUNREACH })),
	     (RESULT_UNREACHABLE, ENETUNREACH, STATUS_NOT_CONNECTED, "unreachable", 1047459,
	      "network unreachable", "tcpdump"),
	     .nonblocking_only = true),
	CASE("a soft error is read also at the deadline", (ONE, "-w", "40ms"),
	     (SOFT_ERRORS({ 39 * MSEC, EHOSTUNREACH })),
	     (UNREACHABLE, "unreachable", 40 * MSEC, "does not answer on its link", "tcpdump")),
	CASE("a soft error of one of several ends nothing", (TWO),
	     (SOFT_ERRORS({ 255 * MSEC, EHOSTUNREACH }), EVENTS(UP(260 * MSEC)), .answered = 1),
	     (CONNECTED, "unverified unverified", 260 * MSEC, NULL,
	      "127.0.0.1 did not answer the INIT in its turn: the association came up over 127.0.0.2")),
	CASE("a soft error of one of several, then silence", (TWO),
	     (SOFT_ERRORS({ 255 * MSEC, EHOSTUNREACH }, { 300 * MSEC, ENETUNREACH })),
	     (TIMED_OUT, "silent silent", TIMEOUT_US, "EHOSTUNREACH for at least one address",
	      "tcpdump"),
	     .nonblocking_only = true),
	/* What SO_ERROR says as the ABORT comes is not ICMP. */
	CASE("refused between the poll and the look at SO_ERROR", (ONE),
	     (SOFT_ERRORS({ 5 * MSEC, ECONNREFUSED }),
	      EVENTS(FAILED(FAKE_WITH_SOFT_ERROR, ECONNREFUSED))),
	     (REFUSED, "refused", 5 * MSEC, "the host answered ABORT", NULL),
	     .nonblocking_only = true),
	CASE("up between the poll and the look at SO_ERROR", (ONE),
	     (SOFT_ERRORS({ 5 * MSEC, EHOSTUNREACH }), EVENTS(UP(FAKE_WITH_SOFT_ERROR))),
	     (CONNECTED, "unverified", 5 * MSEC, NULL, NULL), .nonblocking_only = true),
	CASE("no route", (ONE), (),
	     (RESULT_UNREACHABLE, ENETUNREACH, STATUS_NOT_CONNECTED, "unreachable", ROUTE_US,
	      "no route", "ip route get"),
	     .no_route = { "127.0.0.1" }, .nonblocking_only = true),
	CASE("no route to any", (TWO), (),
	     (RESULT_UNREACHABLE, ENETUNREACH, STATUS_NOT_CONNECTED, "unreachable unreachable",
	      ROUTE_US, "no route to any of the addresses", "ip route get"),
	     .no_route = { "127.0.0.1", "127.0.0.2" }, .nonblocking_only = true),
	CASE("no route to one of two, silence of the other", (TWO, FIXED), (),
	     (TIMED_OUT, "unreachable silent", TIMEOUT_US, "within 5000 ms", "IP protocol 132"),
	     .no_route = { "127.0.0.1" }),
	CASE("no route to the first, the second refuses", (TWO, FIXED),
	     (EVENTS(FAILED(T1_US + 30 * MSEC, ECONNREFUSED))),
	     (REFUSED, "unreachable refused", T1_US + 30 * MSEC, "answered ABORT",
	      "try without 127.0.0.2"),
	     .no_route = { "127.0.0.1" }),
	CASE("no route to the second, the first refuses after its turn", (TWO),
	     (EVENTS(FAILED(T1_US + 30 * MSEC, ECONNREFUSED))),
	     (REFUSED, "refused unreachable", T1_US + 30 * MSEC, "answered ABORT",
	      "try without 127.0.0.1"),
	     .no_route = { "127.0.0.2" }),
	CASE("no route to one of two, the other is up", (TWO, FIXED),
	     (EVENTS(UP(260 * MSEC)), .answered = 1),
	     (CONNECTED, "unverified unverified", 260 * MSEC, NULL, "came up over 127.0.0.2"),
	     .no_route = { "127.0.0.1" }),
	CASE("the call is not taken", (ONE), (.connect_error = EADDRNOTAVAIL),
	     (RESULT_FAILED, EADDRNOTAVAIL, STATUS_HOST, "untried", 0, "sctp_connectx: E",
	      "--explain EADDRNOTAVAIL")),
	CASE("a call before that one fails", (ONE),
	     (.connect_error = EPERM, .fault.call = "fcntl(F_SETFL)"),
	     (RESULT_FAILED, EPERM, STATUS_HOST, "untried", 0, "fcntl(F_SETFL): E", "denied")),
	CASE("no port is free", (TWO), (.connect_error = EAGAIN),
	     (RESULT_FAILED, EAGAIN, STATUS_HOST, "untried untried", 0, "no local port is free",
	      "ip_local_port_range")),
	CASE("the call says that there is no route", (ONE), (.connect_error = ENETUNREACH),
	     (RESULT_UNREACHABLE, ENETUNREACH, STATUS_NOT_CONNECTED, "unreachable", 0, "no route",
	      "ip route get"),
	     .no_route = { "127.0.0.1" }, .nonblocking_only = true),
	CASE("the call says unreachable where there is a route: a matter of scope", (ONE),
	     (.connect_error = ENETUNREACH),
	     (RESULT_FAILED, ENETUNREACH, STATUS_HOST, "untried", 0,
	      "wide enough scope to reach 127.0.0.1", "-b chooses")),
	CASE("the port is taken", (ONE, "-b", "127.0.0.8:77"),
	     (.open_error = EADDRINUSE,
	      .fault = { .call = "sctp_bindx", .binds = true, .address = V4(127, 0, 0, 8) }),
	     (RESULT_FAILED, EADDRINUSE, STATUS_HOST, "untried", 0,
	      "127.0.0.8:5000: the port is in use", "ss -Sanp")),
	CASE("no descriptor", (ONE), (.open_error = EMFILE),
	     (RESULT_FAILED, EMFILE, STATUS_HOST, "untried", 0, "socket: EMFILE",
	      "--explain EMFILE")),
	CASE("no SCTP on this host after all", (ONE), (.open_error = EPROTONOSUPPORT),
	     (RESULT_UNSUPPORTED, EPROTONOSUPPORT, STATUS_HOST, "untried", 0, "no SCTP",
	      "modprobe sctp")),
	CASE("up and aborted at once", (ONE), (EVENTS(UP(MSEC), LOST(MSEC, ECONNRESET, 12))),
	     (ABORTED, "unverified", MSEC, "user-initiated abort (cause 12)", "peer's log")),
	CASE("up and aborted at once, nothing left to ask about", (ONE),
	     (.status_error = ENOTCONN, EVENTS(UP(MSEC), LOST(MSEC, ECONNRESET, 0))),
	     (ABORTED, "unverified", MSEC, "as soon as it was up", "peer's log")),
	CASE("lost, without an event that it was up", (ONE), (EVENTS(LOST(MSEC, ECONNRESET, 12))),
	     (ABORTED, "unverified", MSEC, "user-initiated abort (cause 12)", "peer's log"),
	     .nonblocking_only = true),
	CASE("up and given up before we looked", (ONE),
	     (EVENTS(UP(MSEC), LOST(MSEC, ETIMEDOUT, 0))),
	     (RESULT_ABORTED, ETIMEDOUT, STATUS_NOT_CONNECTED, "unverified", MSEC, "lost", "")),
	CASE("up and closed by the peer at once", (ONE),
	     (EVENTS(UP(MSEC), SHUTDOWN(MSEC)), CLOSING(CLOSED(MSEC))),
	     (CLOSED_AGAIN, "unverified", MSEC, "closed by the peer after 0.0 ms", NULL)),
	CASE("up, closed and gone at once", (TWO),
	     (.status_error = ENOTCONN, .shutdown_error = ENOTCONN,
	      EVENTS(UP(MSEC), SHUTDOWN(MSEC), CLOSED(MSEC))),
	     (CLOSED_AGAIN, "unverified unverified", MSEC, "closed by the peer", NULL)),
	CASE("up, and the paths are gone", (ONE),
	     (.paths_error = ENOTCONN, .shutdown_error = ENOTCONN, EVENTS(UP(MSEC))),
	     (CLOSED_AGAIN, "unverified", MSEC, "closed by the peer", NULL)),
	CASE("up, and the local addresses are gone", (ONE),
	     (.local_error = ENOTCONN, EVENTS(UP(MSEC))),
	     (CONNECTED, "unverified", MSEC, NULL, NULL)),
	CASE("up, and its status cannot be asked", (ONE), (.status_error = EPERM, EVENTS(UP(MSEC))),
	     (RESULT_FAILED, EPERM, STATUS_HOST, "tried", MSEC, "getsockopt(SCTP_STATUS): EPERM",
	      "denied")),
	CASE("up, and its paths cannot be asked", (ONE), (.paths_error = ENOMEM, EVENTS(UP(MSEC))),
	     (RESULT_FAILED, ENOMEM, STATUS_HOST, "tried", MSEC, "sctp_getpaddrs: ", "ENOMEM")),
	CASE("up, and its local addresses cannot be asked", (ONE),
	     (.local_error = EPERM, EVENTS(UP(MSEC))),
	     (RESULT_FAILED, EPERM, STATUS_HOST, "tried", MSEC, "sctp_getladdrs: EPERM", "denied")),
	CASE("one address is not the peer's", (TWO),
	     (PATHS({ .address = V4(127, 0, 0, 1), .primary = true }), EVENTS(UP(MSEC))),
	     (CONNECTED, "unverified rejected", MSEC, NULL, "127.0.0.2: --each tries it alone")),
	CASE("one more is the peer's", (ONE),
	     (PATHS({ .address = V4(127, 0, 0, 7) },
		    { .address = V4(127, 0, 0, 1), .primary = true }),
	      EVENTS(UP(MSEC))),
	     (CONNECTED, "unverified unverified", MSEC, NULL, NULL)),
	CASE("a narrower scope is lost", ("-a", "10.1.1.2:5000", "-a", "8.8.8.8"),
	     (PATHS({ .address = V4(8, 8, 8, 8), .primary = true }), EVENTS(UP(260 * MSEC))),
	     (CONNECTED, "rejected unverified", 260 * MSEC, NULL, "came up over 8.8.8.8")),
	CASE("paths flap meanwhile", (TWO),
	     (EVENTS(PATH(1, PATH_INACTIVE), PATH(2, PATH_ACTIVE), PATH(3, PATH_INACTIVE),
		     PATH(30 * MSEC, PATH_ACTIVE), UP(100 * MSEC), PATH(100 * MSEC, PATH_INACTIVE),
		     PATH(100 * MSEC, PATH_ACTIVE))),
	     (CONNECTED, "unverified unverified", 100 * MSEC, NULL, NULL)),
	CASE("another association's events", (ONE),
	     (EVENTS(AT(1, .type = EVENT_UP, .assoc = STRANGER),
		     AT(2, .type = EVENT_LOST, .assoc = STRANGER, .error = ECONNRESET),
		     AT(3, .type = EVENT_FAILED, .assoc = STRANGER, .error = ETIMEDOUT),
		     AT(MSEC, .type = EVENT_LOST, .assoc = STRANGER, .error = ECONNRESET), UP(MSEC),
		     AT(MSEC, .type = EVENT_LOST, .assoc = STRANGER, .error = ECONNRESET))),
	     (CONNECTED, "unverified", MSEC, NULL, NULL), .nonblocking_only = true),
	CASE("the events cannot be read", (ONE),
	     (EVENTS(AT(MSEC, .type = EVENT_FAULT, .error = ENOMEM))),
	     (RESULT_FAILED, ENOMEM, STATUS_HOST, "tried", MSEC, "recvmsg: ", "ENOMEM"),
	     .nonblocking_only = true),
	CASE("the INIT cannot be sent", (ONE), (UNSENT(EIO, V4(127, 0, 0, 1))),
	     (RESULT_FAILED, EIO, STATUS_HOST, "untried", TIMEOUT_US,
	      "sendmsg: EIO: ", "--explain EIO")),
	CASE("one of two INITs cannot be sent", (TWO), (UNSENT(EIO, V4(127, 0, 0, 2))),
	     (RESULT_FAILED, EIO, STATUS_HOST, "silent untried", TIMEOUT_US,
	      "sendmsg: EIO: ", "--explain EIO")),
	CASE("the INIT cannot be sent, and is sent again", (ONE),
	     (UNSENT(EIO, V4(127, 0, 0, 1)), EVENTS(UP(MSEC))),
	     (CONNECTED, "unverified", MSEC, NULL, NULL)),
	CASE("the COOKIE-ECHO cannot be sent", (ONE),
	     (UNSENT(EIO, V4(127, 0, 0, 1)), .pending_state = ASSOC_COOKIE_ECHOED),
	     (RESULT_FAILED, EIO, STATUS_HOST, "tried", TIMEOUT_US,
	      "sendmsg: EIO: ", "--explain EIO")),
	CASE("a filter of this host drops the INIT", (ONE), (UNSENT(EPERM, V4(127, 0, 0, 1))),
	     (TIMED_OUT, "silent", TIMEOUT_US, "no INIT left this host", "nft list ruleset")),
	CASE("words without meaning while pending", (ONE),
	     (EVENTS(AT(1, .type = EVENT_RESTART), AT(1, .type = EVENT_SHUTDOWN),
		     AT(2, .type = EVENT_DATA, .data = "x", .length = 1),
		     FAILED(MSEC, ECONNREFUSED))),
	     (REFUSED, "refused", MSEC, "answered ABORT", NULL)),
};

static void check_outcome(const struct outcome *o, bool blocking)
{
	const struct expected *e = &o->expected;
	const struct result *result;
	bool up = e->word == RESULT_CONNECTED, closed = e->word == RESULT_CLOSED;

	print_message("  %s%s\n", o->name, blocking ? ", blocking" : "");
	setup(NULL);
	fake_host.no_route[0] = o->no_route[0];
	fake_host.no_route[1] = o->no_route[1];
	result = run_args(o->args, blocking, &o->script, 1);

	assert_result(result, e->word, e->error, e->status);
	assert_paths(result, e->verdicts);
	assert_int_equal(result->connect_us, e->connect_us);
	assert_int_equal(benches[0].took_us, e->connect_us);
	assert_message(said_reason(result), e->reason);
	assert_message(said_hint(result), e->hint);
	assert_int_equal(result->tries, 1);
	assert_int_equal(result->signal, 0);
	assert_int_equal(result->blocking, blocking);
	assert_string_equal(result->stack, "fake");
	assert_int_equal(result->association.known, (up || closed || e->word == RESULT_ABORTED) &&
							    !o->script.status_error &&
							    !o->script.paths_error);

	assert_int_equal(fake_stack_open_count(), up);
	if (fake_stack_count())
		assert_int_equal(fake_stack_record(0)->aborted, !up && !closed);
	close_bench();
	if (fake_stack_count())
		assert_int_equal(fake_stack_record(0)->shutdowns, up);
	assert_false(fake_loop_alarmed());
	teardown(NULL);
	bench_count = 0;
}

static void every_outcome(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++) {
		check_outcome(&outcomes[i], false);
		if (!outcomes[i].nonblocking_only)
			check_outcome(&outcomes[i], true);
	}
}

/* Nothing would end the call. */
static void an_alarm_that_cannot_be_set(void **state)
{
	const struct fake_script scripts[] = { { 0 } };
	const struct result *result;

	(void)state;
	fake_loop_fail_alarm(EPERM);
	result = RUN(scripts, ONE, "-B");
	assert_result(result, RESULT_FAILED, EPERM, STATUS_HOST);
	assert_message(said_reason(result), "setitimer: EPERM");
	assert_int_equal(benches[0].took_us, 0);
}

static void the_id_is_the_event_s(void **state)
{
	const struct fake_script scripts[] = {
		{ .assoc = 42, .id_known_late = true, EVENTS(UP(MSEC)), CLOSING(CLOSED(0)) },
	};
	const struct result *result = RUN(scripts, ONE);

	(void)state;
	assert_int_equal(result->association.status.id, 42);
	assert_int_equal(result->association.status.out_streams, 10);
	assert_int_equal(result->association.local_count, 1);
	close_bench();
	assert_false(fake_stack_record(0)->aborted);
}

/* What the command line says reaches the stack. */
static void options_reach_the_stack(void **state)
{
	const struct fake_script scripts[] = { { 0 } };
	const struct stack_config *config;

	(void)state;
	RUN(scripts, ONE, "-m", "-O", "7", "-I", "8", "--init-attempts", "9", "--init-timeout",
	    "1s", "--rto-initial", "70ms", "-b", "127.0.0.8:77", "-b", "127.0.0.9");
	config = &fake_stack_record(0)->config;
	assert_int_equal(config->style, STACK_ONE_TO_MANY);
	assert_false(config->listening);
	assert_false(config->ipv6);
	assert_int_equal(config->out_streams, 7);
	assert_int_equal(config->max_in_streams, 8);
	assert_int_equal(config->init_attempts, 9);
	assert_int_equal(config->init_timeout_ms, 1000);
	assert_int_equal(config->rto_initial_ms, 70);
	assert_int_equal(config->local_count, 2);
	assert_int_equal(address_port(&config->local[0]), 77);
	assert_int_equal(address_port(&config->local[1]), 77);
}

static void defaults_of_one_and_of_several(void **state)
{
	const struct fake_script scripts[] = { { 0 } };

	(void)state;
	RUN(scripts, ONE);
	assert_int_equal(fake_stack_record(0)->config.rto_initial_ms, 0);
	assert_int_equal(fake_stack_record(0)->config.init_attempts, UINT16_MAX);
	RUN(scripts, TWO);
	assert_int_equal(fake_stack_record(0)->config.rto_initial_ms, 240);
	assert_int_equal(fake_stack_record(0)->config.init_attempts, UINT16_MAX);
	RUN(scripts, "-a", "127.0.0.1:5000", "-b", "::1", "-b", "127.0.0.1");
	assert_true(fake_stack_record(0)->config.ipv6);
}

static void a_soft_error_does_not_end_a_blocking_call(void **state)
{
	const struct fake_script scripts[] = { { SOFT_ERRORS({ 5 * MSEC, EHOSTUNREACH }) } };
	const struct result *result = RUN_BLOCKING(scripts, ONE);

	(void)state;
	assert_result(result, UNREACHABLE);
	assert_int_equal(benches[0].took_us, TIMEOUT_US);
	assert_aborted_until(1);
}

/* ^Z and fg: the call comes back with EALREADY while the attempt goes on. */
static void a_blocking_call_that_comes_back_early(void **state)
{
	const struct fake_script up[] = {
		{ .returns_us = 100 * MSEC, EVENTS(UP(900 * MSEC)), CLOSING(CLOSED(0)) },
	};
	const struct fake_script refused[] = {
		{ .returns_us = 100 * MSEC, EVENTS(FAILED(900 * MSEC, ECONNREFUSED)) },
	};
	const struct fake_script silent[] = { { .returns_us = 100 * MSEC } };
	const struct result *result;

	(void)state;
	result = RUN_BLOCKING(up, ONE);
	assert_result(result, CONNECTED);
	assert_int_equal(result->connect_us, 900 * MSEC);
	close_connections(&benches[0].connection, 1, &benches[0].timeline);
	result = RUN_BLOCKING(refused, ONE);
	assert_result(result, REFUSED);
	assert_int_equal(result->connect_us, 900 * MSEC);
	result = RUN_BLOCKING(silent, ONE);
	assert_result(result, TIMED_OUT);
	assert_int_equal(result->connect_us, TIMEOUT_US);
	assert_int_equal(fake_stack_open_count(), 0);
}

/* The outcome was there: it counts. */
static void a_signal_as_a_blocking_call_succeeds(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(SEC)) } };

	(void)state;
	fake_loop_signal(SEC, SIGINT);
	assert_result(RUN_BLOCKING(scripts, ONE), CONNECTED);
	close_bench();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_outcome),
		TEST(an_alarm_that_cannot_be_set),
		TEST(the_id_is_the_event_s),
		TEST(options_reach_the_stack),
		TEST(defaults_of_one_and_of_several),
		TEST(a_soft_error_does_not_end_a_blocking_call),
		TEST(a_blocking_call_that_comes_back_early),
		TEST(a_signal_as_a_blocking_call_succeeds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
