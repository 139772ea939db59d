/* SPDX-License-Identifier: MIT */
/* The engine against scripted stacks: silence, late answers, floods, flaps, on a fake clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/timeline.h"
#include "engine/resolve.h"
#include "engine/run.h"
#include "options.h"
#include "said.h"
#include "fake_host.h"
#include "fake_loop.h"
#include "fake_stack.h"
#include "base/loop.h"

#define MSEC ((int64_t)USEC_PER_MSEC)
#define SEC  ((int64_t)USEC_PER_SEC)

#define ARGS_MAX   20
#define SEVERAL    50
#define FLOOD      10000
#define STRANGER   &fake_stranger
#define VERDICTS   256
#define TIMEOUT_US (5 * SEC) /* the default of -w */

/* RFC 8305's delay, connection.c's own for several addresses. */
#define T1_US (250 * MSEC)
/* When the routing table is asked, and SO_ERROR for the first time. */
#define ROUTE_US MSEC

#define SOFT_ERRORS(...)                                          \
	.soft_errors = LIST(struct fake_soft_error, __VA_ARGS__), \
	.soft_error_count = COUNT(struct fake_soft_error, __VA_ARGS__)
#define UNSENT(number, to) .send_error = (number), .send_error_to = to
#define PATHS(...)                                     \
	.paths = LIST(struct stack_path, __VA_ARGS__), \
	.path_count = COUNT(struct stack_path, __VA_ARGS__)

#define UP(us)                AT(us, .type = EVENT_UP)
#define FAILED(us, number)    AT(us, .type = EVENT_FAILED, .error = number)
#define LOST(us, number, why) AT(us, .type = EVENT_LOST, .error = number, .cause = { .code = why })
#define SHUTDOWN(us)          AT(us, .type = EVENT_SHUTDOWN)
#define CLOSED(us)            AT(us, .type = EVENT_CLOSED)
#define PATH(us, state)       AT(us, .type = EVENT_PATH, .path_state = state)

#define V4(a, b, c, d) FAKE_V4((a) << 24 | (b) << 16 | (c) << 8 | (d), 5000)

/* --- The host: what the name server says ----------------------------------------------------- */

static struct {
	int64_t resolves_us; /* "late.example" has an address from then on */
	bool probing;        /* else --no-probe is added */
	int64_t hold_us;     /* --hold */
} host;

/* It comes before libc's: no test asks a name server. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
		struct addrinfo **found)
{
	static struct sockaddr_in sin;
	static struct addrinfo ai;

	(void)service;
	(void)hints;
	if (!strncmp(name, "silent-", 7))
		for (;;)
			pause();
	assert_string_equal(name, "late.example");
	if (loop_now_us() < host.resolves_us)
		return EAI_NONAME;
	sin = (struct sockaddr_in){ .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	ai = (struct addrinfo){ .ai_family = AF_INET,
				.ai_addr = (struct sockaddr *)&sin,
				.ai_addrlen = sizeof(sin) };
	*found = &ai;
	return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
	(void)list;
}

/* --- A connection on the bench --------------------------------------------------------------- */

struct bench {
	char *argv[ARGS_MAX + 3];
	struct options options;
	struct target peer;
	struct target local;
	struct timeline timeline;
	struct connection *connection;
	int64_t begun_us;
	int64_t took_us;
};

static struct bench benches[SEVERAL];
static size_t bench_count;

static int setup(void **state)
{
	(void)state;
	memset(&host, 0, sizeof(host));
	memset(&fake_host, 0, sizeof(fake_host));
	memset(benches, 0, sizeof(benches));
	bench_count = 0;
	fake_loop_reset();
	fake_stack_reset(NULL, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < bench_count; i++) {
		struct bench *b = &benches[i];

		connection_free(b->connection);
		target_free(&b->peer);
		target_free(&b->local);
		options_free(&b->options);
	}
	fake_stack_reset(NULL, 0);
	return 0;
}

/* args ends in NULL; blocking adds -B. stack NULL: there is none, for stack_error. */
static struct bench *prepare(const char *const args[], bool blocking, const struct stack *stack,
			     int stack_error)
{
	static char name[] = "sctp-connect", flag[] = "-B";
	struct bench *b = &benches[bench_count++];
	struct message why = { "" };
	int argc = 0;

	b->argv[argc++] = name;
	for (size_t i = 0; i < ARGS_MAX && args[i]; i++)
		b->argv[argc++] = (char *)(uintptr_t)args[i];
	if (blocking)
		b->argv[argc++] = flag;
	if (options_parse(&b->options, argc, b->argv, &why) != STATUS_OK ||
	    settings_peer(&b->options, &b->peer, &why) != STATUS_OK ||
	    settings_local(&b->options, &b->local, &why) != STATUS_OK)
		fail_msg("%s", why.text);
	b->options.no_probe = !host.probing;
	b->options.hold_us = host.hold_us;
	b->begun_us = loop_now_us();
	b->timeline.start_us = b->begun_us;
	b->connection =
		connection_new(stack, stack_error, &b->options, &b->peer, &b->local, &b->timeline);
	return b;
}

static const struct result *run(struct bench *b)
{
	run_connections(&b->connection, 1, &benches[0].timeline);
	b->took_us = loop_now_us() - b->begun_us;
	return connection_result(b->connection);
}

#define ARGS(...) LIST(char *const, __VA_ARGS__, NULL)

#define NEWEST benches[bench_count - 1]

static void close_bench(void)
{
	close_connections(&NEWEST.connection, 1, &benches[0].timeline);
	assert_int_equal(fake_stack_open_count(), 0);
}

/* What most tests do. */
static const struct result *run_args(const char *const args[], bool blocking,
				     const struct fake_script *scripts, size_t count)
{
	if (bench_count)
		close_bench();
	fake_stack_reset(scripts, count);
	return run(prepare(args, blocking, &fake_stack, 0));
}

/* scripts is an array in scope. */
#define RUN(scripts, ...)          run_args(ARGS(__VA_ARGS__), false, scripts, ARRAY_SIZE(scripts))
#define RUN_BLOCKING(scripts, ...) run_args(ARGS(__VA_ARGS__), true, scripts, ARRAY_SIZE(scripts))

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in '%s'", part, text);
}

static void assert_paths(const struct result *result, const char *expected)
{
	char verdicts[VERDICTS] = "";

	for (size_t i = 0; i < result->association.path_count; i++) {
		strcat(verdicts, i ? " " : "");
		strcat(verdicts, verdict_name(result->association.paths[i].verdict));
	}
	assert_string_equal(verdicts, expected);
}

static void assert_result(const struct result *result, enum result_word word, int error, int status)
{
	assert_string_equal(result_name(result->word), result_name(word));
	assert_int_equal(result->error, error);
	assert_int_equal(result->status, status);
}

/* Every attempt but the n-th from the front was ended with ABORT, before the next one began. */
static void assert_aborted_until(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct fake_record *r = fake_stack_record(i);

		assert_true(r->closed_us);
		assert_true(r->aborted);
		assert_int_equal(r->shutdowns, 0);
		if (i + 1 < fake_stack_count())
			assert_true(r->closed_us <= fake_stack_record(i + 1)->opened_us);
	}
}

/* --- One attempt, every way it can go ------------------------------------------------------- */

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

#define UNPACK(...) __VA_ARGS__
#define CASE(text, arguments, behaviour, expectation, ...)                                  \
	{                                                                                   \
		.name = text, .args = { UNPACK arguments }, .script = { UNPACK behaviour }, \
		.expected = { UNPACK expectation }, __VA_ARGS__                             \
	}

#define ONE   "-a", "127.0.0.1:5000"
#define TWO   ONE, "-a", "127.0.0.2"
#define THREE TWO, "-a", "127.0.0.3"
/* A fixed local port, with which the call is made only once. */
#define FIXED "-b", "127.0.0.9:7000"
#define FOUR  THREE, "-a", "127.0.0.4"

#define CONNECTED    RESULT_CONNECTED, 0, STATUS_OK
#define TIMED_OUT    RESULT_TIMEOUT, ETIMEDOUT, STATUS_TIMEOUT
#define REFUSED      RESULT_REFUSED, ECONNREFUSED, STATUS_NOT_CONNECTED
#define UNREACHABLE  RESULT_UNREACHABLE, EHOSTUNREACH, STATUS_NOT_CONNECTED
#define CLOSED_AGAIN RESULT_CLOSED, 0, STATUS_NOT_CONNECTED
#define ABORTED      RESULT_ABORTED, ECONNRESET, STATUS_NOT_CONNECTED

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
	      "-w 1125ms")),
	CASE("silence, and the second one's turn may or may not have come", (THREE, "-w", "260ms"),
	     (), (TIMED_OUT, "silent untried untried", 260 * MSEC, "within 260 ms", "-w 844ms")),
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
	CASE("refused by the first of several", (THREE), (EVENTS(FAILED(T1_US - 1, ECONNREFUSED))),
	     (REFUSED, "refused untried untried", T1_US - 1, "no endpoint listens on port 5000",
	      "try without 127.0.0.1")),
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
	      "127.0.0.1 did not answer the INIT: the association came up over 127.0.0.2")),
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
	     (RESULT_FAILED, EPERM, STATUS_HOST, "untried", 0, "fcntl(F_SETFL): E",
	      "--explain EPERM")),
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
	     (RESULT_FAILED, EPERM, STATUS_HOST, "tried", MSEC,
	      "getsockopt(SCTP_STATUS): ", "EPERM")),
	CASE("up, and its paths cannot be asked", (ONE), (.paths_error = ENOMEM, EVENTS(UP(MSEC))),
	     (RESULT_FAILED, ENOMEM, STATUS_HOST, "tried", MSEC, "sctp_getpaddrs: ", "ENOMEM")),
	CASE("up, and its local addresses cannot be asked", (ONE),
	     (.local_error = EPERM, EVENTS(UP(MSEC))),
	     (RESULT_FAILED, EPERM, STATUS_HOST, "tried", MSEC, "sctp_getladdrs: ", "EPERM")),
	CASE("one address is not the peer's", (TWO),
	     (PATHS({ .address = V4(127, 0, 0, 1), .primary = true }), EVENTS(UP(MSEC))),
	     (CONNECTED, "unverified rejected", MSEC, NULL, NULL)),
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

static void assert_message(struct message m, const char *part)
{
	if (part)
		assert_contains(m.text, part);
	else
		assert_string_equal(m.text, "");
}

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

/* --- Up, and every path is asked ------------------------------------------------------------- */

#define HEARTBEATS(...)                                         \
	.heartbeats = LIST(struct fake_heartbeat, __VA_ARGS__), \
	.heartbeat_count = COUNT(struct fake_heartbeat, __VA_ARGS__)
#define SILENT(path)                   \
	{                              \
		path, 0, FAKE_NEVER, 0 \
	}

#define PROBE_US (SEC)      /* the default of --probe-timeout */
#define UP_US    (2 * MSEC) /* when the association comes up */
#define DEGRADED RESULT_DEGRADED, 0, STATUS_DEGRADED

struct probing {
	const char *name;
	const char *args[ARGS_MAX];
	struct fake_script script;
	enum result_word word;
	int error;
	int status;
	const char *verdicts;
	int64_t probe_us;   /* at most a thirtieth more, but at a time-out */
	const char *reason; /* a part of it; NULL: it is empty */
	const char *hint;
	const char *note; /* of the last path, the same */
	const char *no_route;
	int64_t signal_us; /* after the association is up; 0: none */
};

#define PROBING(text, arguments, behaviour, expectation, ...)                               \
	{                                                                                   \
		.name = text, .args = { UNPACK arguments }, .script = { UNPACK behaviour }, \
		UNPACK expectation, __VA_ARGS__                                             \
	}
#define EXPECT(result, list, us, why, what, remark) \
	result, .verdicts = list, .probe_us = us, .reason = why, .hint = what, .note = remark
#define AS(result_word, number, exit_status) \
	.word = result_word, .error = number, .status = exit_status

#define IS_CONNECTED AS(RESULT_CONNECTED, 0, STATUS_OK)
#define IS_DEGRADED  AS(RESULT_DEGRADED, 0, STATUS_DEGRADED)
#define IS_CLOSED    AS(RESULT_CLOSED, 0, STATUS_NOT_CONNECTED)
#define IS_ABORTED   AS(RESULT_ABORTED, ECONNRESET, STATUS_NOT_CONNECTED)

#define SECOND_IS_DEAD "127.0.0.2: listed by the peer, but no answer arrives on that path"

#define NO_TIME "no time for a heartbeat"

static const struct probing probings[] = {
	PROBING("all answer", (THREE), (EVENTS(UP(UP_US))),
		(EXPECT(IS_CONNECTED, "verified verified verified", FAKE_RTT_US, NULL, NULL,
			NULL))),
	PROBING("all answer at once", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 0, 0, 0, 0 }, { 1, 0, 0, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", 0, NULL, NULL, NULL))),
	PROBING("each in its own time", (TWO, "-R", "all"),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 0, 200 * MSEC, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", 200 * MSEC, NULL, NULL, NULL))),
	PROBING("one is dead", (TWO), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(IS_CONNECTED, "verified dead", PROBE_US, NULL, SECOND_IS_DEAD,
			"no heartbeat answer in 1000 ms"))),
	PROBING("one is dead, and no route leads to it", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(IS_CONNECTED, "verified dead", FAKE_RTT_US, NULL, "ip route get 127.0.0.2",
			"no route")),
		.no_route = "127.0.0.2"),
	PROBING("two are dead", (FOUR), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1), SILENT(3))),
		(EXPECT(IS_CONNECTED, "verified dead verified dead", PROBE_US, NULL,
			"127.0.0.2 and 1 more: listed by the peer",
			"no heartbeat answer in 1000 ms"))),
	PROBING("the only one is dead", (ONE), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0))),
		(EXPECT(IS_DEGRADED, "dead", PROBE_US, "no path answers a heartbeat", "--no-probe",
			"no heartbeat answer"))),
	PROBING("all are dead", (TWO), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0), SILENT(1))),
		(EXPECT(IS_DEGRADED, "dead dead", PROBE_US, "no path answers a heartbeat",
			"--no-probe", "no heartbeat answer"))),
	PROBING("the first answered neither INIT nor heartbeat", ("-a", "127.0.0.2:5000", ONE),
		(.answered = 1, EVENTS(UP(300 * MSEC)), HEARTBEATS(SILENT(0))),
		(EXPECT(IS_CONNECTED, "dead verified", PROBE_US, NULL, SECOND_IS_DEAD, NULL))),
	PROBING("the first did not answer the INIT, but does the heartbeat", (TWO),
		(.answered = 1, EVENTS(UP(300 * MSEC))),
		(EXPECT(IS_CONNECTED, "verified verified", FAKE_RTT_US, NULL,
			"127.0.0.1 did not answer the INIT: the association came up over 127.0.0.2",
			NULL))),
	PROBING("--probe-timeout", (TWO, "--probe-timeout", "3s"),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(IS_CONNECTED, "verified dead", 3 * SEC, NULL, SECOND_IS_DEAD,
			"no heartbeat answer in 3000 ms"))),
	PROBING("--probe-timeout, as short as can be", (ONE, "--probe-timeout", "1ms"),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0))),
		(EXPECT(IS_DEGRADED, "dead", MSEC, "no path answers a heartbeat", "--no-probe",
			"no heartbeat answer in 1 ms"))),
	PROBING("in the last microsecond", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 0, PROBE_US, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", PROBE_US, NULL, NULL, NULL))),
	PROBING("a microsecond late", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 0, PROBE_US + 1, 0 })),
		(EXPECT(IS_CONNECTED, "verified dead", PROBE_US, NULL, SECOND_IS_DEAD,
			"no heartbeat answer in 1000 ms"))),
	PROBING("the first heartbeat is answered after the second was sent", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 0, 700 * MSEC, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", 700 * MSEC, NULL, NULL, NULL))),
	PROBING("only the second heartbeat is answered", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 1, FAKE_NEVER, 0 }, { 1, 2, 20 * MSEC, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", PROBE_US / 4 + 20 * MSEC, NULL, NULL,
			"lost 1 of 2 heartbeats"))),
	PROBING("only the second heartbeat, quick, and RTO.Initial is that of several", (TWO),
		(.rto_ms = 250, EVENTS(UP(UP_US)), HEARTBEATS({ 1, 1, FAKE_NEVER, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", PROBE_US / 4 + FAKE_RTT_US, NULL, NULL,
			"lost 1 of 2 heartbeats"))),
	PROBING("only the second heartbeat, and that at once", (TWO),
		(.rto_ms = 250, EVENTS(UP(UP_US)),
		 HEARTBEATS({ 0, 1, FAKE_NEVER, 0 }, { 0, 2, 0, 0 }, { 1, 1, FAKE_NEVER, 0 },
			    { 1, 2, 0, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", PROBE_US / 4, NULL, NULL,
			"lost 1 of 2 heartbeats"))),
	PROBING("only the last heartbeat is answered", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 1, FAKE_NEVER, 0 }, { 1, 2, FAKE_NEVER, 0 },
					       { 1, 3, FAKE_NEVER, 0 }, { 1, 4, 20 * MSEC, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", 3 * PROBE_US / 4 + 20 * MSEC, NULL, NULL,
			"lost 3 of 4 heartbeats"))),
	PROBING("where another path takes long, it is asked again at half time only", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 0, 0, 200 * MSEC, 0 }, { 1, 1, FAKE_NEVER, 0 },
					       { 1, 2, 20 * MSEC, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", PROBE_US / 2 + 20 * MSEC, NULL, NULL,
			"lost 1 of 2 heartbeats"))),
	PROBING("a learned path is asked again at half time only", (ONE),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 1, FAKE_NEVER, 0 }, { 1, 2, 20 * MSEC, 0 }),
		 PATHS({ .address = V4(127, 0, 0, 1), .state = PATH_ACTIVE, .primary = true },
		       { .address = V4(127, 0, 0, 7), .state = PATH_UNCONFIRMED })),
		(EXPECT(IS_CONNECTED, "verified verified", PROBE_US / 2 + 20 * MSEC, NULL, NULL,
			"lost 1 of 2 heartbeats"))),
	PROBING("the RTO is at its least from the start",
		(TWO, "--rto-initial", "1000ms", "-R", "all"), (.rto_ms = 1000, EVENTS(UP(UP_US))),
		(EXPECT(IS_CONNECTED, "verified verified", FAKE_RTT_US, NULL, NULL, NULL))),
	PROBING("the RTO is at half of it, and one is dead",
		(THREE, "--rto-initial", "500ms", "-R", "2"),
		(.rto_ms = 500, EVENTS(UP(UP_US)), HEARTBEATS(SILENT(2))),
		(EXPECT(IS_CONNECTED, "verified verified dead", PROBE_US, NULL,
			"127.0.0.3: listed by the peer", "no heartbeat answer in 1000 ms"))),
	PROBING("a learned path is confirmed by its answer", (ONE),
		(EVENTS(UP(UP_US)),
		 PATHS({ .address = V4(127, 0, 0, 1), .state = PATH_ACTIVE, .primary = true },
		       { .address = V4(127, 0, 0, 7), .state = PATH_UNCONFIRMED })),
		(EXPECT(IS_CONNECTED, "verified verified", FAKE_RTT_US, NULL, NULL, NULL))),
	PROBING("a learned path is never confirmed", (ONE),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1)),
		 PATHS({ .address = V4(127, 0, 0, 1), .state = PATH_ACTIVE, .primary = true },
		       { .address = V4(127, 0, 0, 7), .state = PATH_UNCONFIRMED })),
		(EXPECT(IS_CONNECTED, "verified dead", PROBE_US, NULL,
			"127.0.0.7: listed by the peer", "so it was never confirmed"))),
	PROBING("one cannot be asked", (TWO), (EVENTS(UP(UP_US)), HEARTBEATS({ 1, 0, 0, EINVAL })),
		(EXPECT(IS_CONNECTED, "verified unverified", FAKE_RTT_US, NULL, NULL,
			"setsockopt(SCTP_PEER_ADDR_PARAMS): EINVAL"))),
	PROBING("what asks one is not sent", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1)), UNSENT(EIO, V4(127, 0, 0, 2))),
		(EXPECT(IS_CONNECTED, "verified unverified", PROBE_US, NULL, NULL,
			"sendmsg: EIO: "))),
	PROBING("what asks one is not sent, and it is required", (TWO, "-R", "all"),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1)), UNSENT(EIO, V4(127, 0, 0, 2))),
		(EXPECT(AS(RESULT_FAILED, EIO, STATUS_HOST), "verified unverified", PROBE_US,
			"sendmsg: EIO: ", "--explain EIO", NULL))),
	PROBING("what asks one is dropped by a filter of this host", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1)), UNSENT(EPERM, V4(127, 0, 0, 2))),
		(EXPECT(IS_CONNECTED, "verified dead", PROBE_US, NULL, "nft list ruleset",
			"no heartbeat left this host"))),
	PROBING("none can be asked", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 0, 0, 0, EPERM }, { 1, 0, 0, EPERM })),
		(EXPECT(AS(RESULT_FAILED, EPERM, STATUS_HOST), "unverified unverified", 0,
			"setsockopt(SCTP_PEER_ADDR_PARAMS): EPERM", "--explain EPERM", NULL))),
	PROBING("one cannot be asked, and is required", (TWO, "-R", "all"),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 0, 0, ENOBUFS })),
		(EXPECT(AS(RESULT_FAILED, ENOBUFS, STATUS_HOST), "verified unverified", FAKE_RTT_US,
			"setsockopt(SCTP_PEER_ADDR_PARAMS): ENOBUFS", "--explain ENOBUFS", NULL))),
	PROBING("one cannot be asked, and another one is dead", (TWO, "-R", "all"),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0), { 1, 0, 0, ENOBUFS })),
		(EXPECT(AS(RESULT_FAILED, ENOBUFS, STATUS_HOST), "unverified unverified", PROBE_US,
			"setsockopt(SCTP_PEER_ADDR_PARAMS): ENOBUFS", "--explain ENOBUFS", NULL))),

	/* --- How many are required --- */
	PROBING("-R 2 of 3", (THREE, "-R", "2"), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(IS_CONNECTED, "verified dead verified", PROBE_US, NULL, SECOND_IS_DEAD,
			NULL))),
	PROBING("-R 3 of 3", (THREE, "-R", "3"), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(IS_DEGRADED, "verified dead verified", PROBE_US,
			"2 of 3 addresses verified, 3 are required", SECOND_IS_DEAD, NULL))),
	PROBING("-R all", (THREE, "-R", "all"), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(IS_DEGRADED, "verified dead verified", PROBE_US,
			"2 of 3 addresses verified, all are required", SECOND_IS_DEAD, NULL))),
	PROBING("-R all, and one is not the peer's", (TWO, "-R", "all"),
		(EVENTS(UP(UP_US)), PATHS({ .address = V4(127, 0, 0, 1), .primary = true })),
		(EXPECT(IS_DEGRADED, "verified rejected", FAKE_RTT_US,
			"1 of 2 addresses verified, all are required", NULL,
			"not an address of this peer"))),
	PROBING("-R 1, and one is not the peer's", (TWO),
		(EVENTS(UP(UP_US)), PATHS({ .address = V4(127, 0, 0, 1), .primary = true })),
		(EXPECT(IS_CONNECTED, "verified rejected", FAKE_RTT_US, NULL, NULL,
			"not an address of this peer"))),
	PROBING("-R all, and a learned one is dead", (ONE, "-R", "all"),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1)),
		 PATHS({ .address = V4(127, 0, 0, 1), .state = PATH_ACTIVE, .primary = true },
		       { .address = V4(127, 0, 0, 7), .state = PATH_UNCONFIRMED })),
		(EXPECT(IS_DEGRADED, "verified dead", PROBE_US,
			"1 of 2 addresses verified, all are required",
			"127.0.0.7: listed by the peer", "never confirmed"))),
	PROBING("-R 2, and a learned one makes it", (ONE, "-R", "2"),
		(EVENTS(UP(UP_US)),
		 PATHS({ .address = V4(127, 0, 0, 1), .state = PATH_ACTIVE, .primary = true },
		       { .address = V4(127, 0, 0, 7), .state = PATH_UNCONFIRMED })),
		(EXPECT(IS_CONNECTED, "verified verified", FAKE_RTT_US, NULL, NULL, NULL))),
	PROBING("-R more than there are", (TWO, "-R", "3"), (EVENTS(UP(UP_US))),
		(EXPECT(IS_DEGRADED, "verified verified", FAKE_RTT_US,
			"2 of 2 addresses verified, 3 are required", NULL, NULL))),

	/* --- The association ends meanwhile --- */
	PROBING("lost", (TWO),
		(EVENTS(UP(UP_US), LOST(UP_US + 300 * MSEC, ECONNRESET, 12)),
		 HEARTBEATS(SILENT(1))),
		(EXPECT(IS_ABORTED, "verified unverified", 300 * MSEC,
			"the peer aborted the association 300.0 ms after it was up: "
			"user-initiated abort (cause 12)",
			"peer's log", NO_TIME))),
	PROBING("given up by the stack", (TWO),
		(EVENTS(UP(UP_US), LOST(UP_US + 300 * MSEC, ETIMEDOUT, 0)),
		 HEARTBEATS(SILENT(0), SILENT(1))),
		(EXPECT(AS(RESULT_ABORTED, ETIMEDOUT, STATUS_NOT_CONNECTED),
			"unverified unverified", 300 * MSEC,
			"the association was lost 300.0 ms after it was up", "ETIMEDOUT",
			NO_TIME))),
	PROBING("lost at once", (ONE), (EVENTS(UP(UP_US), LOST(UP_US, ECONNRESET, 0))),
		(EXPECT(IS_ABORTED, "unverified", 0, "as soon as it was up", "peer's log",
			NO_TIME))),
	PROBING("closed by the peer", (TWO),
		(EVENTS(UP(UP_US), SHUTDOWN(UP_US + 300 * MSEC)), HEARTBEATS(SILENT(1))),
		(EXPECT(IS_CLOSED, "verified unverified", 300 * MSEC,
			"closed by the peer after 300.0 ms: a proxy", NULL, NO_TIME))),
	PROBING("closed by the peer before a heartbeat was answered", (ONE),
		(EVENTS(UP(UP_US), SHUTDOWN(UP_US + 100)), HEARTBEATS(SILENT(0))),
		(EXPECT(IS_CLOSED, "verified", 100, "closed by the peer after 0.1 ms", NULL,
			NULL))),
	PROBING("closed by the peer at once", (TWO),
		(EVENTS(UP(UP_US), SHUTDOWN(UP_US)), .answered = 1),
		(EXPECT(IS_CLOSED, "unverified verified", 0, "closed by the peer",
			"127.0.0.1 did not answer", NULL))),
	PROBING("closed by the peer at once, -R all", (TWO, "-R", "all"),
		(EVENTS(UP(UP_US), SHUTDOWN(UP_US))),
		(EXPECT(IS_CLOSED, "verified unverified", 0, "closed by the peer", NULL, NO_TIME))),
	PROBING("closed and gone before it was looked at", (TWO),
		(.status_error = ENOTCONN, .shutdown_error = ENOTCONN,
		 EVENTS(UP(UP_US), SHUTDOWN(UP_US), CLOSED(UP_US))),
		(EXPECT(IS_CLOSED, "unverified unverified", 0, "closed by the peer", NULL,
			NO_TIME))),
	PROBING("SIGINT", (TWO), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(AS(RESULT_CONNECTED, 0, 130), "verified unverified", 300 * MSEC,
			"ended by SIGINT before every path had answered", NULL, NO_TIME)),
		.signal_us = 300 * MSEC),
	PROBING("SIGINT, -R all", (TWO, "-R", "all"), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(AS(RESULT_CONNECTED, 0, 130), "verified unverified", 700 * MSEC,
			"ended by SIGINT before every path had answered", NULL, NO_TIME)),
		.signal_us = 700 * MSEC),

	/* --- What has nothing to do with it --- */
	PROBING("paths flap meanwhile", (TWO),
		(EVENTS(UP(UP_US), PATH(UP_US + 1, PATH_INACTIVE), PATH(UP_US + 2, PATH_ACTIVE)),
		 HEARTBEATS(SILENT(1))),
		(EXPECT(IS_CONNECTED, "verified dead", PROBE_US, NULL, SECOND_IS_DEAD,
			"no heartbeat answer in 1000 ms"))),
	PROBING("another association is lost", (TWO),
		(EVENTS(UP(UP_US), AT(UP_US + 100, .type = EVENT_LOST, .assoc = STRANGER,
				      .error = ECONNRESET)),
		 HEARTBEATS({ 1, 0, 30 * MSEC, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", 30 * MSEC, NULL, NULL, NULL))),
};

static void check_probing(const struct probing *k, bool blocking)
{
	const struct association *a;
	const struct result *result;
	bool up, timed_out = k->probe_us % SEC == 0 || k->signal_us;

	print_message("  %s%s\n", k->name, blocking ? ", blocking" : "");
	setup(NULL);
	host.probing = true;
	fake_host.no_route[0] = k->no_route;
	if (k->signal_us)
		fake_loop_signal(UP_US + k->signal_us, SIGINT);
	result = run_args(k->args, blocking, &k->script, 1);
	a = &result->association;
	up = k->word == RESULT_CONNECTED || k->word == RESULT_DEGRADED;

	assert_result(result, k->word, k->error, k->status);
	assert_paths(result, k->verdicts);
	assert_int_equal(result->connect_us, k->script.events[0].at_us);
	assert_in_range(result->probe_us, k->probe_us,
			timed_out ? k->probe_us : k->probe_us + MAX(k->probe_us / 30, 250));
	assert_int_equal(benches[0].took_us, result->connect_us + result->probe_us);
	assert_message(said_reason(result), k->reason);
	assert_message(said_hint(result), k->hint);
	assert_message(said_note(&a->paths[a->path_count - 1]), k->note);
	assert_int_equal(result->signal, k->signal_us ? SIGINT : 0);
	for (size_t i = 0; i < a->path_count; i++) {
		const struct path_result *path = &a->paths[i];

		assert_int_equal(path->rtt_us > 0, path->answered > 0);
		assert_in_range(path->heartbeats, path->answered, 4);
		assert_true(path->answered == 0 || path->verdict == VERDICT_VERIFIED);
	}

	/*
	 * What was changed for the probe is as it was; the association stands until it is closed.
	 */
	assert_int_equal(fake_stack_record(0)->rto_min_ms, FAKE_RTO_MIN_MS);
	assert_int_equal(fake_stack_open_count(), up);
	close_bench();
	assert_int_equal(fake_stack_record(0)->shutdowns, up);
	teardown(NULL);
	bench_count = 0;
}

static void every_probe(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(probings); i++)
		for (int blocking = 0; blocking <= 1; blocking++)
			check_probing(&probings[i], blocking);
}

#define ALL_TAKE(us)                                       \
	{ 0, 1, us, 0 }, { 0, 2, us, 0 }, { 0, 3, us, 0 }, \
	{                                                  \
		0, 4, us, 0                                \
	}

/* Which heartbeat an answer belongs to decides its round trip. */
static void the_round_trip_is_that_of_its_heartbeat(void **state)
{
	static const struct {
		struct fake_heartbeat how[4];
		int64_t rtt_us;
	} cases[] = {
		{ { ALL_TAKE(30 * MSEC) }, 30 * MSEC },
		/* So long that the next ones are on their way by then. */
		{ { ALL_TAKE(300 * MSEC) }, 300 * MSEC },
		{ { ALL_TAKE(700 * MSEC) }, 700 * MSEC },
		{ { ALL_TAKE(900 * MSEC) }, 900 * MSEC },
		{ { { 0, 1, FAKE_NEVER, 0 }, { 0, 2, 200 * MSEC, 0 } }, 200 * MSEC },
		{ { { 0, 1, FAKE_NEVER, 0 }, { 0, 2, 300 * MSEC, 0 }, { 0, 3, 300 * MSEC, 0 } },
		  300 * MSEC },
		{ { { 0, 1, FAKE_NEVER, 0 },
		    { 0, 2, FAKE_NEVER, 0 },
		    { 0, 3, FAKE_NEVER, 0 },
		    { 0, 4, 200 * MSEC, 0 } },
		  200 * MSEC },
	};

	(void)state;
	host.probing = true;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t told = cases[i].how[2].nth ? cases[i].how[3].nth ? 4 : 3 : 2;
		const struct fake_script scripts[] = {
			{ EVENTS(UP(UP_US)), .heartbeats = cases[i].how, .heartbeat_count = told },
		};
		const struct result *result = RUN(scripts, ONE);

		assert_in_range(result->association.paths[0].rtt_us, cases[i].rtt_us,
				cases[i].rtt_us + MAX(cases[i].rtt_us / 30, 250));
		/* What the stack knows after it, not before. */
		assert_in_range(result->association.paths[0].path.srtt_us,
				cases[i].rtt_us - cases[i].rtt_us % MSEC, cases[i].rtt_us);
		assert_true(result->association.paths[0].path.primary);
		close_bench(); /* the script ends here */
	}
}

static void no_probe_sends_nothing(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0)) } };
	const struct result *result = RUN(scripts, TWO);

	(void)state;
	assert_result(result, CONNECTED);
	assert_paths(result, "unverified unverified");
	assert_int_equal(fake_stack_record(0)->heartbeats, 0);
	assert_int_equal(result->probe_us, 0);
	assert_int_equal(benches[0].took_us, UP_US);
	close_bench();
}

/* --- --hold ---------------------------------------------------------------------------------- */

/* So long it must stay up; the time that the paths take counts. */
static void it_is_held(void **state)
{
	const struct fake_script quick[] = { { EVENTS(UP(UP_US)) } };
	const struct fake_script slow[] = { { EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1)) } };
	const struct result *result;

	(void)state;
	host.hold_us = 200 * MSEC;
	result = RUN(quick, TWO);
	assert_result(result, CONNECTED);
	assert_paths(result, "unverified unverified");
	assert_int_equal(NEWEST.took_us, UP_US + 200 * MSEC);
	assert_int_equal(result->probe_us, 0);
	assert_int_equal(fake_stack_record(0)->heartbeats, 0);

	host.probing = true;
	result = RUN(quick, TWO);
	assert_result(result, CONNECTED);
	assert_paths(result, "verified verified");
	assert_int_equal(NEWEST.took_us, UP_US + 200 * MSEC);
	assert_in_range(result->probe_us, FAKE_RTT_US, FAKE_RTT_US + 250);

	result = RUN(slow, TWO);
	assert_result(result, CONNECTED);
	assert_int_equal(NEWEST.took_us, UP_US + PROBE_US);
	close_bench();
}

static void a_signal_while_it_is_held(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(UP_US)) } };
	const struct result *result;

	(void)state;
	host.hold_us = 200 * MSEC;
	for (int probing = 0; probing <= 1; probing++) {
		host.probing = probing;
		fake_loop_signal(UP_US + 150 * MSEC, SIGINT);
		result = RUN(scripts, TWO);
		assert_result(result, RESULT_CONNECTED, 0, 130);
		assert_contains(said_reason(result).text,
				"SIGINT before the association had stayed up for --hold");
		close_bench();
	}
}

/* Some servers exit if the client is gone when they accept. A second signal is obeyed at once. */
static void a_signal_does_not_close_it_early(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(UP_US)), CLOSING(CLOSED(10 * MSEC)) } };
	const struct fake_script shut[] = { { EVENTS(UP(UP_US), SHUTDOWN(UP_US + 90 * MSEC)) } };
	const struct {
		int64_t hold_us, again_us, shut_us;
	} cases[] = {
		{ 200 * MSEC, 0, UP_US + 200 * MSEC },
		{ 100 * MSEC, 0, UP_US + 100 * MSEC },
		{ 10 * SEC, 0, UP_US + 200 * MSEC },
		{ 10 * SEC, 70 * MSEC, UP_US + 120 * MSEC },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		host.hold_us = cases[i].hold_us;
		fake_loop_signal(UP_US + 50 * MSEC, SIGINT);
		assert_result(RUN(scripts, ONE), RESULT_CONNECTED, 0, 130);
		assert_int_equal(NEWEST.took_us, UP_US + 50 * MSEC);
		if (cases[i].again_us)
			fake_loop_signal(cases[i].again_us, SIGINT);
		close_bench();
		assert_int_equal(fake_stack_record(0)->shutdown_us - NEWEST.begun_us,
				 cases[i].shut_us);
		assert_false(fake_stack_record(0)->aborted);
	}

	/* The peer has accepted it, and closes it meanwhile. */
	fake_loop_signal(UP_US + 50 * MSEC, SIGINT);
	assert_result(RUN(shut, ONE), RESULT_CONNECTED, 0, 130);
	close_bench();
	assert_int_equal(fake_stack_record(0)->closed_us - NEWEST.begun_us, UP_US + 90 * MSEC);
	assert_int_equal(fake_stack_record(0)->shutdowns, 0);
}

/* The COOKIE-ECHO has left, so the peer may just have accepted it. */
static void an_attempt_in_cookie_echoed_is_not_aborted_at_once(void **state)
{
	const int64_t over_us = 300 * MSEC;
	const struct fake_script pending = { .pending_state = ASSOC_COOKIE_ECHOED };
	const struct fake_script late = { .pending_state = ASSOC_COOKIE_ECHOED,
					  EVENTS(UP(over_us + 10 * MSEC)),
					  CLOSING(CLOSED(10 * MSEC)) };
	const struct fake_script refused = { .pending_state = ASSOC_COOKIE_ECHOED,
					     EVENTS(FAILED(over_us + 10 * MSEC, ECONNREFUSED)) };
	const struct fake_script waits = { .pending_state = ASSOC_COOKIE_WAIT };
	const struct {
		const struct fake_script *script;
		int64_t hold_us, signal_us, end_us;
		bool aborted;
	} cases[] = {
		{ &pending, 200 * MSEC, 0, over_us + 200 * MSEC, true },
		{ &pending, 200 * MSEC, 150 * MSEC, 350 * MSEC, true },
		{ &pending, 10 * SEC, 0, over_us + 200 * MSEC, true },
		{ &pending, 0, 0, over_us, true },
		{ &waits, 200 * MSEC, 0, over_us, true },
		{ &late, 200 * MSEC, 0, over_us + 210 * MSEC, false },
		{ &refused, 200 * MSEC, 0, over_us + 10 * MSEC, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fake_record *r;

		host.hold_us = cases[i].hold_us;
		if (cases[i].signal_us)
			fake_loop_signal(cases[i].signal_us, SIGINT);
		run_args(ARGS(ONE, "-w", "300ms"), i % 2, cases[i].script, 1);
		assert_int_equal(NEWEST.took_us, cases[i].signal_us ?: over_us);
		close_bench();
		r = fake_stack_record(0);
		assert_int_equal(r->closed_us - NEWEST.begun_us, cases[i].end_us);
		assert_int_equal(r->aborted, cases[i].aborted);
	}
}

/* Nor before the next try of --wait; a signal between the two does not wait for that one. */
static void an_attempt_in_cookie_echoed_before_the_next_try(void **state)
{
	const struct fake_script scripts[] = { { .pending_state = ASSOC_COOKIE_ECHOED },
					       { EVENTS(UP(UP_US)) } };
	const struct fake_record *r;

	(void)state;
	host.hold_us = 200 * MSEC;
	assert_result(RUN(scripts, ONE, "-w", "300ms", "-W", "10s"), CONNECTED);
	r = fake_stack_record(0);
	assert_true(r->closed_us - NEWEST.begun_us >= 500 * MSEC);
	assert_true(r->closed_us <= fake_stack_record(1)->opened_us);
	close_bench();

	fake_loop_signal(310 * MSEC, SIGINT);
	assert_int_equal(RUN(scripts, ONE, "-w", "300ms", "-W", "10s")->signal, SIGINT);
	close_bench();
	r = fake_stack_record(0);
	assert_int_equal(r->closed_us - NEWEST.begun_us, 500 * MSEC);
	assert_true(r->aborted);
}

static void closed_while_it_is_held(void **state)
{
	const struct fake_script closed = { EVENTS(UP(UP_US), SHUTDOWN(UP_US + 150 * MSEC)) };
	const struct fake_script aborted = { EVENTS(UP(UP_US),
						    LOST(UP_US + 150 * MSEC, ECONNRESET, 12)) };
	const struct fake_script stays = { EVENTS(UP(UP_US), SHUTDOWN(UP_US + 201 * MSEC)) };
	const struct fake_script scripts[] = { closed, aborted, stays };
	const struct result *result;

	(void)state;
	host.probing = true;
	host.hold_us = 200 * MSEC;
	result = run_args(ARGS(TWO), false, &closed, 1);
	assert_result(result, CLOSED_AGAIN);
	assert_paths(result, "verified verified");
	assert_contains(said_reason(result).text, "closed by the peer after 150.0 ms");
	assert_int_equal(NEWEST.took_us, UP_US + 150 * MSEC);
	assert_int_equal(fake_stack_open_count(), 0);
	assert_false(fake_stack_record(0)->aborted);

	result = run_args(ARGS(TWO), false, &aborted, 1);
	assert_result(result, ABORTED);
	assert_contains(said_reason(result).text, "150.0 ms after it was up");

	/* Both are worth another try. */
	result = RUN(scripts, TWO, "-W", "10s");
	assert_result(result, CONNECTED);
	assert_int_equal(result->tries, 3);
	close_bench();
}

/* For the monitor, which tells how it ended. */
static void kept_for_the_monitor(void **state)
{
	const struct fake_script ends[] = {
		{ EVENTS(UP(UP_US), SHUTDOWN(UP_US + 150 * MSEC)) },
		{ EVENTS(UP(UP_US), LOST(UP_US + 150 * MSEC, ECONNRESET, 12)) },
		{ EVENTS(UP(UP_US), LOST(UP_US, ECONNRESET, 12)), .status_error = ENOTCONN },
	};

	(void)state;
	host.probing = true;
	host.hold_us = 200 * MSEC;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		const struct result *result = run_args(ARGS(TWO, "-M"), false, &ends[i], 1);

		assert_int_equal(result->word, i ? RESULT_ABORTED : RESULT_CLOSED);
		assert_non_null(connection_assoc(NEWEST.connection));
		close_bench();
		assert_int_equal(fake_stack_open_count(), 0);

		run_args(ARGS(TWO), false, &ends[i], 1);
		assert_null(connection_assoc(NEWEST.connection));
		close_bench();
	}
}

/* Too few is worth another try, and the last one is kept. */
static void degraded_tries_again(void **state)
{
	const struct fake_script silent = { EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0), SILENT(1)) };
	const struct fake_script scripts[] = {
		silent,
		{ EVENTS(FAILED(UP_US, ECONNREFUSED)) },
		{ EVENTS(UP(UP_US)), CLOSING(CLOSED(0)) },
	};
	const struct fake_script never[] = { silent, silent, silent };
	const struct fake_script refused[] = { silent, { EVENTS(FAILED(UP_US, ECONNREFUSED)) } };
	const struct result *result;

	(void)state;
	host.probing = true;
	result = RUN(scripts, TWO, "-W", "10s");
	assert_result(result, CONNECTED);
	assert_int_equal(result->tries, 3);
	assert_paths(result, "verified verified");
	assert_string_equal(said_reason(result).text, "");
	assert_string_equal(said_hint(result).text, "");
	assert_in_range(result->probe_us, FAKE_RTT_US, FAKE_RTT_US + 250);
	/* The peer is told that the first one has ended, in the way that it expects. */
	assert_true(fake_stack_record(0)->closed_us);
	assert_false(fake_stack_record(0)->aborted);
	assert_int_equal(fake_stack_open_count(), 1);
	close_bench();

	result = RUN(never, TWO, "-W", "3s");
	assert_result(result, DEGRADED);
	assert_int_equal(result->tries, 3);
	assert_paths(result, "dead dead");
	assert_int_equal(fake_stack_open_count(), 1);
	close_bench();
	/* Of a try that ends otherwise, nothing of the probe before it is told. */
	result = RUN(refused, TWO, "-W", "1300ms");
	assert_result(result, REFUSED);
	assert_int_equal(result->tries, 2);
	assert_int_equal(result->probe_us, 0);
	assert_result(RUN(never, TWO), DEGRADED);
	assert_int_equal(NEWEST.took_us, UP_US + PROBE_US);
	close_bench();
}

/* One of several waits for a heartbeat while another still waits for its INIT-ACK. */
static void probes_beside_others(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0)), CLOSING(CLOSED(0)) },
		{ EVENTS(UP(700 * MSEC)), CLOSING(CLOSED(0)) },
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
	};
	struct connection *list[3];

	(void)state;
	host.probing = true;
	fake_stack_reset(scripts, ARRAY_SIZE(scripts));
	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		list[i] = prepare(ARGS(ONE), false, &fake_stack, 0)->connection;
	run_connections(list, ARRAY_SIZE(list), &benches[0].timeline);
	assert_result(connection_result(list[0]), DEGRADED);
	assert_int_equal(connection_result(list[0])->probe_us, PROBE_US);
	assert_result(connection_result(list[1]), CONNECTED);
	assert_int_equal(connection_result(list[1])->connect_us, 700 * MSEC);
	assert_paths(connection_result(list[1]), "verified");
	assert_result(connection_result(list[2]), REFUSED);
	close_connections(list, ARRAY_SIZE(list), &benches[0].timeline);
	assert_int_equal(fake_stack_open_count(), 0);
}

/* A second of waiting for a path is some hundred looks, and no spinning. */
static void a_dead_path_costs_little(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0)) } };

	(void)state;
	host.probing = true;
	RUN(scripts, ONE);
	assert_in_range(fake_loop_waits(), 100, 800);
	assert_int_equal(fake_stack_record(0)->heartbeats, 4);
	close_bench();
}

/* Each heartbeat before an answer is a failure, which must not add up to the end of all. */
static void asking_again_ends_nothing(void **state)
{
	static const struct {
		uint16_t max_retrans;
		size_t silent;
		unsigned heartbeats;
	} cases[] = {
		{ 10, 1, 4 }, { 10, 2, 2 * 3 }, { 10, 3, 3 * 3 }, { 10, 4, 4 * 2 },
		{ 4, 1, 2 },  { 5, 1, 3 },      { 7, 1, 4 },      { 1, 1, 2 },
	};
	static const char *const hosts[] = { "-a", "127.0.0.1:9", "-a", "127.0.0.2",
					     "-a", "127.0.0.3",   "-a", "127.0.0.4" };

	(void)state;
	host.probing = true;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fake_script scripts[] = { {
			EVENTS(UP(UP_US)),
			HEARTBEATS(SILENT(0), SILENT(1), SILENT(2), SILENT(3)),
			.assoc = 7,
			.status = { .id = 7,
				    .state = ASSOC_ESTABLISHED,
				    .max_retrans = cases[i].max_retrans },
		} };
		const char *args[ARRAY_SIZE(hosts) + 1] = { NULL };

		for (size_t n = 0; n < 2 * cases[i].silent; n++)
			args[n] = hosts[n];
		run_args(args, false, scripts, 1);
		assert_int_equal(fake_stack_record(0)->heartbeats, cases[i].heartbeats);
		close_bench();
	}
}

static void no_stack_at_all(void **state)
{
	const struct result *result;

	(void)state;
	result = run(prepare(ARGS(TWO), false, NULL, ESOCKTNOSUPPORT));
	assert_result(result, RESULT_UNSUPPORTED, ESOCKTNOSUPPORT, STATUS_HOST);
	assert_null(result->stack);
	assert_paths(result, "untried untried");
	close_bench();
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
	assert_int_equal(fake_stack_record(0)->config.rto_initial_ms, 250);
	assert_int_equal(fake_stack_record(0)->config.init_attempts, UINT16_MAX);
	RUN(scripts, "-a", "127.0.0.1:5000", "-b", "::1", "-b", "127.0.0.1");
	assert_true(fake_stack_record(0)->config.ipv6);
}

/* --- The paths of the association ------------------------------------------------------------ */

static void learned_paths_come_last(void **state)
{
	const struct fake_script scripts[] = {
		{ PATHS({ .address = V4(127, 0, 0, 7) },
			{ .address = V4(127, 0, 0, 2), .rto_ms = 9 },
			{ .address = V4(127, 0, 0, 1), .primary = true }),
		  EVENTS(UP(MSEC)) },
	};
	const struct result *result = RUN(scripts, TWO);
	const struct path_result *paths = result->association.paths;
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	assert_int_equal(result->association.path_count, 3);
	assert_true(paths[0].requested && paths[0].in_association && paths[0].path.primary);
	assert_true(paths[1].requested && paths[1].in_association);
	assert_int_equal(paths[1].path.rto_ms, 9);
	assert_false(paths[2].requested);
	assert_true(paths[2].in_association);
	assert_string_equal(address_host_text(&paths[2].path.address, text), "127.0.0.7");
	/* The port is the peer's, also where the stack left it out. */
	assert_int_equal(address_port(&paths[1].path.address), 5000);
}

/* Nothing is sent to an address that both hosts have; but the peer may be this host. */
static void addresses_of_this_host(void **state)
{
	const struct fake_script scripts[] = {
		{ PATHS({ .address = V4(127, 0, 0, 1), .primary = true },
			{ .address = V4(127, 0, 0, 7) }),
		  EVENTS(UP(UP_US)) },
	};

	(void)state;
	for (int itself = 0; itself < 2; itself++) {
		const struct path_result *learned;
		const struct result *result;

		setup(NULL);
		host.probing = true;
		fake_host.own[0] = "127.0.0.7";
		fake_host.own[1] = itself ? "127.0.0.1" : NULL;
		result = RUN(scripts, ONE);
		learned = &result->association.paths[1];
		assert_result(result, CONNECTED);
		assert_paths(result, itself ? "verified verified" : "verified unverified");
		assert_int_equal(learned->cause.code, itself ? FINDING_NONE : FINDING_OWN_ADDRESS);
		assert_int_equal(learned->heartbeats, itself);
		assert_int_equal(fake_stack_record(0)->heartbeats, 1 + itself);
		assert_int_equal(fake_stack_record(0)->without_heartbeats, !itself);
		close_bench();
	}
}

static void why_an_address_is_rejected(void **state)
{
	const struct fake_script foreign[] = {
		{ PATHS({ .address = V4(127, 0, 0, 1), .primary = true }), EVENTS(UP(MSEC)) },
	};
	const struct fake_script scope[] = {
		{ PATHS({ .address = V4(8, 8, 8, 8), .primary = true }), EVENTS(UP(260 * MSEC)) },
	};
	const struct result *result = RUN(foreign, TWO);

	(void)state;
	assert_string_equal(said_note(&result->association.paths[1]).text,
			    "not an address of this peer");
	result = RUN(scope, "-a", "10.1.1.2:5000", "-a", "8.8.8.8");
	assert_contains(said_note(&result->association.paths[0]).text, "it is private");
	assert_contains(said_note(&result->association.paths[0]).text,
			"a global address (8.8.8.8)");
}

/* The kernel gives link-local addresses back without the zone they were given with. */
static void the_zone_is_kept(void **state)
{
	union address bare = { .v6 = { .sin6_family = AF_INET6 } };
	struct fake_script scripts[] = { { EVENTS(UP(MSEC)) } };
	const struct result *result;
	struct stack_path path;

	(void)state;
	assert_int_equal(inet_pton(AF_INET6, "fe80::1", &bare.v6.sin6_addr), 1);
	path = (struct stack_path){ .address = bare, .primary = true, .mtu = 1500 };
	scripts[0].paths = &path;
	scripts[0].path_count = 1;
	result = RUN(scripts, "-a", "[fe80::1%lo]:5000");
	assert_result(result, CONNECTED);
	assert_int_equal(result->association.path_count, 1);
	assert_true(result->association.paths[0].in_association);
	assert_int_equal(result->association.paths[0].path.mtu, 1500);
	assert_int_equal(result->association.paths[0].path.address.v6.sin6_scope_id,
			 if_nametoindex("lo"));
}

static void assert_packed(const struct fake_record *record, const char *expected)
{
	char packed[512] = "", text[ADDRESS_TEXT_MAX];

	for (size_t i = 0; i < record->peer_count; i++) {
		strcat(packed, i ? " " : "");
		strcat(packed, address_host_text(&record->peers[i], text));
	}
	assert_string_equal(packed, expected);
}

/* The packed array: narrowest scope first, the user's order within a scope. */
static void the_order_of_the_call(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(MSEC)), CLOSING(CLOSED(0)) } };
	const struct result *result;

	(void)state;
	for (int blocking = 0; blocking <= 1; blocking++) {
		result = run_args(ARGS("-a", "8.8.8.8:5000", "-a", "fd01::1", "-a", "10.1.1.3",
				       "-a", "fe80::1%lo", "-a", "127.0.0.1", "-a", "10.1.1.2",
				       "-a", "::1"),
				  blocking, scripts, 1);
		assert_packed(fake_stack_record(0),
			      "127.0.0.1 ::1 fe80::1%lo 10.1.1.3 10.1.1.2 8.8.8.8 fd01::1");
		assert_true(fake_stack_record(0)->config.ipv6);
		assert_true(result->reordered);
		/* What is reported stays in the user's order. */
		assert_int_equal(result->association.paths[0].path.address.v4.sin_addr.s_addr,
				 htonl(0x08080808));
		close_bench();
	}
}

static void the_primary(void **state)
{
	const struct {
		const char *name;
		const char *args[ARGS_MAX];
		struct fake_script script;
		bool reordered;
		bool set;
		size_t primary; /* in the result: index of the path */
	} cases[] = {
		{ "in order already", { TWO }, { .answered = 1 }, false, false, 1 },
		{ "reordered",
		  { "-a", "8.8.8.8:5000", "-a", "10.1.1.2" },
		  { .answered = 0 },
		  true,
		  true,
		  0 },
		{ "reordered, and the first -a answered in its late turn",
		  { "-a", "8.8.8.8:5000", "-a", "10.1.1.2" },
		  { .answered = 1 },
		  true,
		  false,
		  0 },
		{ "reordered, and the first -a had its turn without an answer",
		  { "-a", "10.1.1.2:5000", "-a", "127.0.0.1", "-a", "8.8.8.8" },
		  { .answered = 2 },
		  true,
		  false,
		  2 },
		{ "the stack does not want it",
		  { "-a", "8.8.8.8:5000", "-a", "10.1.1.2" },
		  { .answered = 0, .set_primary_error = EINVAL },
		  true,
		  false,
		  1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_script script = cases[i].script;
		const struct fake_event up = UP(600 * MSEC);
		const struct result *result;

		print_message("  %s\n", cases[i].name);
		script.events = &up;
		script.event_count = 1;
		result = run_args(cases[i].args, false, &script, 1);
		assert_result(result, CONNECTED);
		assert_int_equal(result->reordered, cases[i].reordered);
		assert_int_equal(result->primary_set, cases[i].set);
		assert_int_equal(fake_stack_record(0)->primaries_set, cases[i].set);
		for (size_t j = 0; j < result->association.path_count; j++)
			assert_int_equal(result->association.paths[j].path.primary,
					 j == cases[i].primary);
	}
}

/* The association goes between setting the primary and looking again. */
static void paths_gone_after_the_primary(void **state)
{
	const struct fake_script scripts[] = {
		{ .paths_good = 1, .paths_error = ENOTCONN, EVENTS(UP(MSEC)) },
	};
	const struct result *result = RUN(scripts, "-a", "8.8.8.8:5000", "-a", "10.1.1.2");

	(void)state;
	assert_result(result, CLOSED_AGAIN);
	assert_false(result->association.known);
	close_bench();
}

/* --- A host without IPv6 --------------------------------------------------------------------- */

static void ipv4_goes_on_without_ipv6(void **state)
{
	const struct fake_script scripts[] = {
		{ .open_error = EAFNOSUPPORT },
		{ EVENTS(UP(MSEC)), CLOSING(CLOSED(0)) },
	};
	const struct result *result = RUN(scripts, "-a", "[fd01::1]:5000", "-a", "127.0.0.1", "-a",
					  "::1", "-a", "127.0.0.2");

	(void)state;
	assert_result(result, CONNECTED);
	assert_paths(result, "excluded unverified excluded unverified");
	assert_contains(said_note(&result->association.paths[0]).text, "no IPv6");
	assert_false(fake_stack_record(0)->config.ipv6);
	assert_packed(fake_stack_record(0), "127.0.0.1 127.0.0.2");
	/* Of what was left, nothing changed places. */
	assert_false(result->reordered);
	assert_int_equal(fake_stack_record(0)->primaries_set, 0);
	close_bench();
}

static void refused_without_ipv6(void **state)
{
	const struct fake_script scripts[] = {
		{ .open_error = EAFNOSUPPORT },
		{ EVENTS(FAILED(T1_US + 1, ECONNREFUSED)) },
	};
	const struct result *result = RUN(scripts, "-a", "[fd01::1]:5000", "-a", "8.8.8.8", "-a",
					  "10.1.1.2", "-a", "::1");

	(void)state;
	assert_result(result, REFUSED);
	assert_paths(result, "excluded refused silent excluded");
	assert_packed(fake_stack_record(0), "10.1.1.2 8.8.8.8");
	assert_true(result->reordered);
}

static void nothing_left_without_ipv6(void **state)
{
	const struct fake_script scripts[] = { { .open_error = EAFNOSUPPORT } };
	const struct result *result = RUN(scripts, "-a", "[fd01::1]:5000", "-a", "::1");

	(void)state;
	assert_result(result, RESULT_FAILED, EAFNOSUPPORT, STATUS_HOST);
	assert_paths(result, "excluded excluded");
	assert_contains(said_reason(result).text, "no IPv6");
	assert_true(said_hint(result).text[0]);
	assert_int_equal(fake_stack_count(), 0);
}

/* -b with an IPv6 address is not dropped in silence. */
static void an_ipv6_bind_needs_ipv6(void **state)
{
	const struct fake_script scripts[] = { { .open_error = EAFNOSUPPORT } };
	const struct result *result = RUN(scripts, ONE, "-b", "::1", "-b", "127.0.0.1");

	(void)state;
	assert_result(result, RESULT_FAILED, EAFNOSUPPORT, STATUS_HOST);
	assert_paths(result, "untried");
}

static void a_bind_must_fit_the_family_of_the_peer(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(MSEC)) } };
	const struct result *result = RUN(scripts, ONE, "-b", "fd01::1");

	(void)state;
	assert_result(result, RESULT_FAILED, EAFNOSUPPORT, STATUS_HOST);
	assert_paths(result, "excluded");
	assert_non_null(strstr(said_reason(result).text, "none of the -b addresses"));
	assert_int_equal(fake_stack_count(), 0);

	result = RUN(scripts, "-a", "127.0.0.1:5000", "-a", "fd01::2", "-b", "127.0.0.1");
	assert_int_equal(result->association.paths[1].verdict, VERDICT_EXCLUDED);
	assert_int_equal(fake_stack_record(0)->config.rto_initial_ms, 0);

	RUN(scripts, "-a", "127.0.0.1:5000", "-a", "fd01::2", "-b", "::");
	assert_int_equal(fake_stack_record(0)->config.rto_initial_ms, 250);
}

/* --- Neighbours ------------------------------------------------------------------------------ */

/* The link says of all that they are not there, and the network of one of them in this attempt. */
static void no_host_on_the_link(void **state)
{
	const struct fake_script scripts[] = { { SOFT_ERRORS({ T1_US, EHOSTUNREACH }) } };
	const struct result *result;

	(void)state;
	fake_host.silent[0] = "127.0.0.1";
	fake_host.silent[1] = "127.0.0.2";
	result = RUN(scripts, TWO);
	assert_result(result, UNREACHABLE);
	assert_paths(result, "unreachable unreachable");
	/* Not before the second one had its turn. */
	assert_in_range(result->connect_us, T1_US + T1_US / 8, T1_US + T1_US / 4);
}

/* --- An address that cannot be reached costs no timer ---------------------------------------- */

static void assert_first_peer(size_t call, const char *address)
{
	char text[ADDRESS_TEXT_MAX];

	assert_string_equal(address_host_text(&fake_stack_record(call)->peers[0], text), address);
}

static void the_next_address_is_asked_at_once(void **state)
{
	const struct fake_script scripts[] = {
		{ SOFT_ERRORS({ 5 * MSEC, EHOSTUNREACH }) },
		{ EVENTS(UP(MSEC)), CLOSING(CLOSED(0)) },
	};
	const struct result *result = RUN(scripts, TWO);

	(void)state;
	assert_result(result, CONNECTED);
	assert_in_range(result->connect_us, 6 * MSEC, 7 * MSEC);
	assert_false(result->reordered || result->primary_set);
	assert_first_peer(0, "127.0.0.1");
	assert_first_peer(1, "127.0.0.2");
	assert_int_equal(fake_stack_record(1)->peer_count, 2);
	assert_aborted_until(1);
}

static void so_it_is_without_a_route(void **state)
{
	const struct fake_script scripts[] = { { 0 }, { EVENTS(UP(MSEC)), CLOSING(CLOSED(0)) } };
	const struct result *result;

	(void)state;
	fake_host.no_route[0] = "127.0.0.1";
	fake_host.no_route[1] = "127.0.0.2";
	fake_host.route_error = ENETUNREACH;
	result = RUN(scripts, THREE);
	assert_result(result, CONNECTED);
	assert_in_range(result->connect_us, 2 * MSEC, 3 * MSEC);
	assert_first_peer(1, "127.0.0.3");
}

static void none_can_be_reached(void **state)
{
	const struct fake_script scripts[] = {
		{ SOFT_ERRORS({ 5 * MSEC, EHOSTUNREACH }) },
		{ SOFT_ERRORS({ 5 * MSEC, EHOSTUNREACH }) },
		{ SOFT_ERRORS({ 5 * MSEC, EHOSTUNREACH }) },
	};
	const struct result *result = RUN(scripts, THREE);

	(void)state;
	assert_result(result, UNREACHABLE);
	assert_paths(result, "unreachable unreachable unreachable");
	assert_in_range(result->connect_us, 15 * MSEC, 20 * MSEC);
}

static void the_time_is_that_of_all_calls(void **state)
{
	const struct fake_script scripts[] = { { SOFT_ERRORS({ 100 * MSEC, EHOSTUNREACH }) },
					       { 0 } };
	const struct result *result = RUN(scripts, TWO, "-w", "400ms");

	(void)state;
	assert_result(result, TIMED_OUT);
	assert_int_equal(result->connect_us, 400 * MSEC);
	assert_paths(result, "unreachable silent");
}

/* The user asks for something that another call would not keep. */
static void some_calls_are_not_made_again(void **state)
{
	const struct fake_script scripts[] = { { SOFT_ERRORS({ 5 * MSEC, EHOSTUNREACH }),
						 EVENTS(UP(260 * MSEC)), .answered = 1,
						 CLOSING(CLOSED(0)) } };

	(void)state;
	assert_int_equal(RUN(scripts, TWO, "--init-attempts", "5")->connect_us, 260 * MSEC);
	assert_int_equal(RUN(scripts, TWO, "-b", "127.0.0.1:7000")->connect_us, 260 * MSEC);
	assert_int_equal(RUN_BLOCKING(scripts, TWO)->connect_us, 260 * MSEC);
	/* With the global address first, this end would not list its private ones. */
	assert_int_equal(RUN(scripts, "-a", "127.0.0.1:5000", "-a", "10.1.1.1")->connect_us,
			 260 * MSEC);
}

/* --- Blocking -------------------------------------------------------------------------------- */

static void a_soft_error_does_not_end_a_blocking_call(void **state)
{
	const struct fake_script scripts[] = { { SOFT_ERRORS({ 5 * MSEC, EHOSTUNREACH }) } };
	const struct result *result = RUN_BLOCKING(scripts, ONE);

	(void)state;
	assert_result(result, UNREACHABLE);
	assert_int_equal(benches[0].took_us, TIMEOUT_US);
	assert_aborted_until(1);
}

static void no_route_needs_no_blocking_call(void **state)
{
	const struct fake_script scripts[] = { { 0 } };
	const struct result *result;

	(void)state;
	fake_host.no_route[0] = "127.0.0.1";
	fake_host.route_error = EACCES;
	result = RUN_BLOCKING(scripts, ONE);
	assert_result(result, RESULT_UNREACHABLE, EACCES, STATUS_NOT_CONNECTED);
	assert_contains(said_reason(result).text, "prohibit");
	assert_int_equal(benches[0].took_us, 0);
	assert_int_equal(fake_stack_record(0)->connected_us, 0);
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

/* --- Signals --------------------------------------------------------------------------------- */

static void a_signal_while_pending(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(2 * SEC)) } };

	(void)state;
	for (int blocking = 0; blocking <= 1; blocking++) {
		const struct result *result;

		fake_loop_signal(SEC, blocking ? SIGTERM : SIGINT);
		result = run_args(ARGS(TWO), blocking, scripts, 1);
		assert_result(result, RESULT_FAILED, EINTR, blocking ? 143 : 130);
		assert_int_equal(result->signal, blocking ? SIGTERM : SIGINT);
		assert_paths(result, "silent silent");
		assert_contains(said_reason(result).text, blocking ? "SIGTERM" : "SIGINT");
		assert_int_equal(result->connect_us, SEC);
		assert_int_equal(NEWEST.took_us, SEC);
		assert_int_equal(fake_stack_count(), 1);
		assert_aborted_until(1);
		assert_int_equal(fake_stack_open_count(), 0);
		close_bench();
	}
}

static void a_signal_while_names_are_looked_up(void **state)
{
	const struct fake_script scripts[] = { { 0 } };
	const struct result *result;

	(void)state;
	fake_loop_signal(0, SIGINT);
	result = RUN(scripts, "-a", "late.example:5000", "-W", "10s");
	assert_result(result, RESULT_FAILED, EINTR, 130);
	assert_int_equal(result->signal, SIGINT);
	assert_contains(said_reason(result).text, "SIGINT while names were looked up");
	assert_int_equal(fake_stack_count(), 0);
}

/* It keeps what the last try found out, and says that it was waiting. */
static void a_signal_between_two_tries(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
	};
	const struct result *result;

	(void)state;
	fake_loop_signal(400 * MSEC, SIGINT);
	result = RUN(scripts, ONE, "-W", "10s");
	assert_result(result, RESULT_FAILED, EINTR, 130);
	assert_int_equal(result->tries, 2);
	assert_int_equal(benches[0].took_us, 400 * MSEC);
	assert_paths(result, "refused");
	assert_contains(said_reason(result).text, "SIGINT");
	assert_contains(said_reason(result).text, "answered ABORT");
	assert_int_equal(result->connect_us, MSEC);
	assert_aborted_until(2);
	close_bench();
}

/* It ends those that wait, not the one that is up. */
static void a_signal_with_one_up_and_one_pending(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(UP(MSEC)), CLOSING(CLOSED(5 * MSEC)) },
		{ 0 },
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
	};
	struct connection *list[3];

	(void)state;
	fake_stack_reset(scripts, ARRAY_SIZE(scripts));
	list[0] = prepare(ARGS(ONE), false, &fake_stack, 0)->connection;
	list[1] = prepare(ARGS(ONE), false, &fake_stack, 0)->connection;
	list[2] = prepare(ARGS(ONE, "-W", "1m"), false, &fake_stack, 0)->connection;
	fake_loop_signal(100 * MSEC, SIGHUP);
	run_connections(list, 3, &benches[0].timeline);
	assert_result(connection_result(list[0]), CONNECTED);
	assert_result(connection_result(list[1]), RESULT_FAILED, EINTR, 129);
	assert_result(connection_result(list[2]), RESULT_FAILED, EINTR, 129);
	close_connections(list, 3, &benches[0].timeline);
	assert_int_equal(fake_stack_open_count(), 0);
	assert_false(fake_stack_record(0)->aborted);
	assert_true(fake_stack_record(1)->aborted);
}

/* --- A wait that fails ----------------------------------------------------------------------- */

static void a_wait_that_fails(void **state)
{
	const struct fake_script silent[] = { { 0 } };
	const struct fake_script up[] = { { EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1)) } };
	const struct result *result;

	(void)state;
	fake_loop_fail(300 * MSEC, EPERM);
	result = RUN(silent, THREE);
	assert_result(result, RESULT_FAILED, EPERM, STATUS_HOST);
	assert_contains(said_reason(result).text, "ppoll: EPERM");
	assert_paths(result, "tried tried untried");
	assert_int_equal(fake_stack_open_count(), 0);
	close_bench();

	fake_loop_reset();
	fake_loop_fail(300 * MSEC, ENOMEM);
	host.probing = true;
	result = RUN(up, TWO);
	assert_result(result, RESULT_FAILED, ENOMEM, STATUS_HOST);
	assert_contains(said_reason(result).text, "ppoll: ENOMEM");
	assert_paths(result, "verified unverified");
	assert_true(result->association.known);
	assert_int_equal(fake_stack_open_count(), 0);
}

/* --- --wait ---------------------------------------------------------------------------------- */

static void tries_until_it_is_up(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(FAILED(400, ECONNREFUSED)) },
		{ EVENTS(UP(MSEC), LOST(MSEC, ECONNRESET, 12)) },
		{ SOFT_ERRORS({ MSEC, EHOSTUNREACH }), EVENTS(FAILED(2 * MSEC, ECONNREFUSED)) },
		{ EVENTS(UP(MSEC)), CLOSING(CLOSED(0)) },
	};

	(void)state;
	for (int blocking = 0; blocking <= 1; blocking++) {
		const struct result *result =
			run_args(ARGS(TWO, "-W", "10s", "--rto-initial", "1ms"), blocking, scripts,
				 ARRAY_SIZE(scripts));

		assert_result(result, CONNECTED);
		assert_int_equal(result->tries, 4);
		assert_int_equal(result->connect_us, MSEC);
		assert_int_equal(NEWEST.took_us, 400 + MSEC + 2 * MSEC + MSEC + 3 * 250 * MSEC);
		/* Nothing of the tries before is left in it. */
		assert_paths(result, "unverified unverified");
		assert_string_equal(said_reason(result).text, "");
		assert_string_equal(said_hint(result).text, "");
		assert_aborted_until(3);
		assert_int_equal(fake_stack_open_count(), 1);
		close_bench();
		assert_int_equal(fake_stack_open_count(), 0);
		assert_false(fake_stack_record(3)->aborted);
	}
}

/* Tries at 0, 251, 502 and 753 ms; the next would begin after the end. */
static void wait_runs_out(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
	};
	const struct result *result = RUN(scripts, ONE, "-W", "1s");

	(void)state;
	assert_result(result, REFUSED);
	assert_int_equal(result->tries, 4);
	assert_int_equal(benches[0].took_us, 754 * MSEC);
	assert_aborted_until(4);
	assert_int_equal(fake_stack_open_count(), 0);
}

static void a_try_lasts_no_longer_than_wait(void **state)
{
	const struct fake_script scripts[] = { { 0 }, { 0 } };

	(void)state;
	for (int blocking = 0; blocking <= 1; blocking++) {
		const struct result *result = run_args(ARGS(ONE, "-W", "6s"), blocking, scripts, 2);

		assert_result(result, TIMED_OUT);
		assert_int_equal(result->tries, 2);
		assert_int_equal(result->connect_us, 750 * MSEC);
		assert_contains(said_reason(result).text, "within 750 ms");
		assert_int_equal(NEWEST.took_us, 6 * SEC);
		result = run_args(ARGS(ONE, "-W", "300ms"), blocking, scripts, 2);
		assert_result(result, TIMED_OUT);
		assert_int_equal(result->tries, 1);
		assert_int_equal(result->connect_us, 300 * MSEC);
		assert_int_equal(fake_stack_open_count(), 0);
	}
}

/* What the network said of one try is no reason for the next one's end. */
static void each_try_has_its_own_evidence(void **state)
{
	const struct fake_script scripts[] = { { SOFT_ERRORS({ MSEC, EHOSTUNREACH }) },
					       { 0 },
					       { 0 } };
	const struct result *result = RUN(scripts, TWO, "-W", "6s");

	(void)state;
	assert_result(result, TIMED_OUT);
	assert_int_equal(result->tries, 2);
	assert_contains(said_reason(result).text, "no answer to INIT within 750 ms");
}

/* What this host cannot do now it cannot do in a minute either. */
static void no_second_try_for_what_cannot_change(void **state)
{
	const struct fake_script bind[] = { { .open_error = EADDRNOTAVAIL } };
	const struct fake_script call[] = { { .connect_error = EINVAL } };
	const struct fake_script none[] = { { .open_error = EPROTONOSUPPORT } };

	(void)state;
	assert_int_equal(RUN(bind, ONE, "-W", "1m")->tries, 1);
	assert_int_equal(RUN(call, ONE, "-W", "1m")->tries, 1);
	assert_int_equal(RUN(none, ONE, "-W", "1m")->tries, 1);
	assert_int_equal(benches[2].took_us, 0);
	assert_int_equal(fake_stack_open_count(), 0);
}

static void a_name_that_comes_late(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(MSEC)) } };
	const struct result *result;

	(void)state;
	host.resolves_us = loop_now_us() + 400 * MSEC;
	result = RUN(scripts, "-a", "late.example:5000", "-W", "10s");
	assert_result(result, CONNECTED);
	assert_int_equal(result->tries, 3);
	assert_string_equal(result->association.paths[0].host, "late.example");
	close_bench();

	host.resolves_us = LOOP_FOREVER;
	result = RUN(scripts, "-a", "late.example:5000");
	assert_result(result, RESULT_UNRESOLVED, 0, STATUS_UNRESOLVED);
	assert_contains(said_reason(result).text, "late.example: no such name");
	assert_int_equal(result->association.path_count, 0);
	assert_int_equal(fake_stack_count(), 0);
}

/* Where there is no name, nothing is taken from --timeout, however slow the machine is. */
static void addresses_take_no_time(void **state)
{
	const struct fake_script scripts[] = { { 0 } };

	(void)state;
	fake_loop_looks_take(MSEC);
	assert_contains(said_reason(RUN(scripts, ONE, "-w", "123ms")).text, "within 123 ms");
}

/* What is told of names without an answer is the time that they had, on a slow machine, too. */
static void a_name_that_does_not_come(void **state)
{
	struct timeline timeline = { .start_us = loop_now_us() };
	const char *args[] = { "late.example" };
	struct message why = { "" };
	struct target peer, local = { 0 };
	struct resolve resolve;

	(void)state;
	assert_int_equal(target_parse_peer(&peer, args, 1, "5000", &why), STATUS_OK);
	fake_loop_looks_take(7 * MSEC);
	resolve_begin(&resolve, &peer, &local, AF_UNSPEC, 200 * MSEC, &timeline);
	resolve_end(&resolve); /* nothing was read */
	assert_int_equal(resolve.status, STATUS_UNRESOLVED);
	assert_int_equal(resolve_fault(&resolve)->fault, UNRESOLVED_LATE);
	assert_int_equal(resolve_fault(&resolve)->waited_us, 200 * MSEC);
	target_free(&peer);
	fake_loop_reset();
}

/* From half of the time on, what is there is enough; the order stays. */
static void names_that_do_not_come(void **state)
{
	static const struct {
		const char *args[ARGS_MAX];
		enum result_word word;
		int64_t begins_us; /* the call */
		const char *left_out, *first;
	} cases[] = {
		{ { "-a", "silent-1.example:5000", "-a", "127.0.0.1", "-a", "silent-2.example" },
		  RESULT_CONNECTED,
		  500 * MSEC,
		  "silent-1.example, silent-2.example: no answer from the name server within 500 "
		  "ms, so only the other addresses were tried",
		  "127.0.0.1:5000" },
		{ { "-a", "silent-1.example:5000", "-a", "127.0.0.1", "-R", "all" },
		  RESULT_DEGRADED,
		  500 * MSEC,
		  "silent-1.example: no answer from the name server within 500 ms, so only the "
		  "other addresses were tried",
		  "127.0.0.1:5000" },
		{ { "-a", "silent-1.example:5000" }, RESULT_UNRESOLVED, 0, "", NULL },
		{ { "-a", "127.0.0.1:5000", "-b", "silent-1.example" },
		  RESULT_UNRESOLVED,
		  0,
		  "",
		  NULL },
	};
	const struct fake_script script = { EVENTS(UP(UP_US)) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *args[ARGS_MAX] = { "-w", "1s" };
		const struct result *result;
		struct message note;
		int64_t begun_us;

		memcpy(args + 2, cases[i].args, sizeof(args) - 2 * sizeof(*args));
		setup(NULL);
		host.probing = true;
		begun_us = loop_now_us();
		result = run_args(args, false, &script, 1);
		assert_int_equal(result->word, cases[i].word);
		assert_string_equal(words_note(&result->left_out, &note), cases[i].left_out);
		if (cases[i].first) {
			char text[ADDRESS_TEXT_MAX];

			assert_string_equal(address_text(&fake_stack_record(0)->peers[0], text),
					    cases[i].first);
			assert_int_equal(fake_stack_record(0)->connected_us - begun_us,
					 cases[i].begins_us);
			assert_int_equal(result->resolve_us, cases[i].begins_us);
		} else {
			assert_int_equal(NEWEST.took_us, SEC);
		}
		close_bench();
	}
}

static void a_name_that_comes_late_and_no_stack(void **state)
{
	const struct result *result;

	(void)state;
	host.resolves_us = loop_now_us() + 400 * MSEC;
	result = run(prepare(ARGS("-a", "late.example:5000", "-W", "10s"), false, NULL,
			     EPROTONOSUPPORT));
	assert_result(result, RESULT_UNSUPPORTED, EPROTONOSUPPORT, STATUS_HOST);
}

/* --- Many events, many connections ----------------------------------------------------------- */

static struct fake_event *flood(int64_t interval_us, struct fake_event last)
{
	struct fake_event *events = xcalloc(FLOOD + 1, sizeof(*events));

	for (size_t i = 0; i < FLOOD; i++)
		events[i] = (struct fake_event)PATH((int64_t)i * interval_us,
						    i % 2 ? PATH_ACTIVE : PATH_INACTIVE);
	events[FLOOD] = last;
	return events;
}

static void a_flood_in_one_batch(void **state)
{
	struct fake_script scripts[1] = { { .event_count = FLOOD + 1 } };
	struct fake_event *events = flood(0, (struct fake_event)UP(0));

	(void)state;
	scripts[0].events = events;
	for (int blocking = 0; blocking <= 1; blocking++) {
		fake_loop_reset();
		assert_result(run_args(ARGS(TWO), blocking, scripts, 1), CONNECTED);
		assert_int_equal(NEWEST.took_us, 0);
		/* In between, a signal would have been seen. */
		assert_in_range(fake_loop_waits(), FLOOD / 100, FLOOD / 10);
	}
	free(events);
}

/* One event each millisecond for ten seconds: the deadline and the soft errors have their time. */
static void a_flood_does_not_hold_up_the_deadline(void **state)
{
	struct fake_script scripts[2] = { { .event_count = FLOOD + 1,
					    SOFT_ERRORS({ 100 * MSEC, EHOSTUNREACH }) } };
	struct fake_event *events = flood(MSEC, (struct fake_event)UP(FLOOD * MSEC));
	const struct result *result;

	(void)state;
	scripts[0].events = events;
	result = RUN(scripts, TWO);
	assert_result(result, TIMED_OUT);
	assert_int_equal(result->connect_us, TIMEOUT_US);
	assert_contains(said_reason(result).text, "ICMP says host unreachable");
	result = RUN(scripts, ONE);
	assert_result(result, UNREACHABLE);
	assert_in_range(result->connect_us, 100 * MSEC, 110 * MSEC); /* a tenth late at most */
	free(events);
}

/* One in a flood does not keep the others waiting. */
static void a_flood_beside_another(void **state)
{
	struct fake_script scripts[2] = { { .event_count = FLOOD + 1 },
					  { EVENTS(UP(3 * SEC)), CLOSING(CLOSED(0)) } };
	struct fake_event *events = flood(MSEC, (struct fake_event)UP(FLOOD * MSEC));
	struct connection *list[2];

	(void)state;
	scripts[0].events = events;
	fake_stack_reset(scripts, 2);
	list[0] = prepare(ARGS(ONE), false, &fake_stack, 0)->connection;
	list[1] = prepare(ARGS(ONE), false, &fake_stack, 0)->connection;
	run_connections(list, 2, &benches[0].timeline);
	assert_result(connection_result(list[0]), TIMED_OUT);
	assert_result(connection_result(list[1]), CONNECTED);
	assert_int_equal(connection_result(list[1])->connect_us, 3 * SEC);
	close_connections(list, 2, &benches[0].timeline);
	assert_int_equal(fake_stack_open_count(), 0);
	free(events);
}

/* While nothing happens, nothing is done but the look at SO_ERROR, less and less often. */
static void silence_costs_nothing(void **state)
{
	const struct fake_script scripts[] = { { 0 } };

	(void)state;
	RUN(scripts, TWO);
	assert_in_range(fake_loop_waits(), 130, 155);
	assert_int_equal(fake_host.route_lookups, 2);
}

/* An answer within a millisecond needs no routing table. */
static void a_fast_answer_asks_no_route(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(FAILED(MSEC - 1, ECONNREFUSED)) } };

	(void)state;
	RUN(scripts, TWO);
	assert_int_equal(fake_host.route_lookups, 0);
	assert_int_equal(fake_loop_waits(), 1);
}

static void each_of_fifty_has_its_own_outcome(void **state)
{
	const struct {
		struct fake_script script;
		enum result_word word;
		int64_t connect_us;
	} kinds[] = {
		{ { .assoc = 11, EVENTS(UP(2 * MSEC)), CLOSING(CLOSED(10 * MSEC)) },
		  RESULT_CONNECTED,
		  2 * MSEC },
		{ { EVENTS(FAILED(MSEC, ECONNREFUSED)) }, RESULT_REFUSED, MSEC },
		{ { 0 }, RESULT_TIMEOUT, TIMEOUT_US },
		{ { SOFT_ERRORS({ MSEC, EHOSTUNREACH }) }, RESULT_UNREACHABLE, MSEC },
		{ { EVENTS(UP(3 * SEC), LOST(3 * SEC, ECONNRESET, 12)) }, RESULT_ABORTED, 3 * SEC },
		{ { .open_error = EMFILE }, RESULT_FAILED, 0 },
		{ { .connect_error = EAGAIN }, RESULT_FAILED, 0 },
		{ { .assoc = 12, EVENTS(UP(TIMEOUT_US - 1)), CLOSING(CLOSED(10 * MSEC)) },
		  RESULT_CONNECTED,
		  TIMEOUT_US - 1 },
	};
	struct fake_script scripts[SEVERAL];
	struct connection *list[SEVERAL];
	char host_text[SEVERAL][32];
	int64_t begun_us = loop_now_us();
	size_t up = 0;

	(void)state;
	for (size_t i = 0; i < SEVERAL; i++)
		scripts[i] = kinds[i % ARRAY_SIZE(kinds)].script;
	fake_stack_reset(scripts, SEVERAL);
	for (size_t i = 0; i < SEVERAL; i++) {
		snprintf(host_text[i], sizeof(host_text[i]), "127.0.1.%zu:5000", i + 1);
		list[i] = prepare(ARGS("-a", host_text[i]), false, &fake_stack, 0)->connection;
	}
	run_connections(list, SEVERAL, &benches[0].timeline);
	assert_int_equal(loop_now_us() - begun_us, TIMEOUT_US);
	for (size_t i = 0; i < SEVERAL; i++) {
		const struct result *result = connection_result(list[i]);

		assert_string_equal(result_name(result->word),
				    result_name(kinds[i % ARRAY_SIZE(kinds)].word));
		assert_int_equal(result->connect_us, kinds[i % ARRAY_SIZE(kinds)].connect_us);
		assert_ptr_equal(result->target, &benches[i].peer);
		up += result->word == RESULT_CONNECTED;
		if (result->word == RESULT_CONNECTED)
			assert_int_equal(result->association.status.id,
					 kinds[i % ARRAY_SIZE(kinds)].script.assoc);
	}
	assert_int_equal(fake_stack_open_count(), up);

	/* They close side by side. */
	begun_us = loop_now_us();
	close_connections(list, SEVERAL, &benches[0].timeline);
	assert_int_equal(loop_now_us() - begun_us, 10 * MSEC);
	assert_int_equal(fake_stack_open_count(), 0);
	for (size_t i = 0; i < fake_stack_count(); i++)
		assert_int_equal(fake_stack_record(i)->aborted, !fake_stack_record(i)->shutdowns);
}

/* --- Closing --------------------------------------------------------------------------------- */

struct closing_case {
	const char *name;
	struct fake_script script;
	int64_t signal_us; /* or 0 */
	int64_t took_us;
	bool aborted;
};

static void every_way_to_close(void **state)
{
	const struct closing_case cases[] = {
		{ "gracefully",
		  { EVENTS(UP(0)), CLOSING(CLOSED(23 * MSEC)) },
		  0,
		  23 * MSEC,
		  false },
		{ "in the last microsecond",
		  { EVENTS(UP(0)), CLOSING(CLOSED(SEC - 1)) },
		  0,
		  SEC - 1,
		  false },
		{ "no end to it", { EVENTS(UP(0)) }, 0, SEC, true },
		{ "too late", { EVENTS(UP(0)), CLOSING(CLOSED(SEC + 1)) }, 0, SEC, true },
		{ "the peer begins to close as well",
		  { EVENTS(UP(0)), CLOSING(SHUTDOWN(MSEC)) },
		  0,
		  MSEC,
		  false },
		{ "lost meanwhile",
		  { EVENTS(UP(0)), CLOSING(LOST(MSEC, ECONNRESET, 12)) },
		  0,
		  MSEC,
		  false },
		{ "gone before, and nothing says so",
		  { .shutdown_error = ENOTCONN, EVENTS(UP(0)) },
		  0,
		  0,
		  false },
		{ "SHUTDOWN cannot be sent",
		  { .shutdown_error = EPERM, EVENTS(UP(0)) },
		  0,
		  0,
		  true },
		{ "the peer was first",
		  { EVENTS(UP(0), SHUTDOWN(5)), CLOSING(CLOSED(MSEC)) },
		  0,
		  5,
		  false },
		{ "another association closes",
		  { EVENTS(UP(0)),
		    CLOSING(AT(MSEC, .type = EVENT_CLOSED, .assoc = STRANGER), CLOSED(2 * MSEC)) },
		  0,
		  2 * MSEC,
		  false },
		{ "data and path changes first",
		  { EVENTS(UP(0)), CLOSING(AT(MSEC, .type = EVENT_DATA, .data = "abc", .length = 3),
					   PATH(MSEC, PATH_INACTIVE), PATH(2 * MSEC, PATH_ACTIVE),
					   CLOSED(3 * MSEC)) },
		  0,
		  3 * MSEC,
		  false },
		{ "a signal meanwhile",
		  { EVENTS(UP(0)), CLOSING(CLOSED(900 * MSEC)) },
		  100 * MSEC,
		  100 * MSEC,
		  true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct closing_case *k = &cases[i];
		int64_t begun_us;

		print_message("  %s\n", k->name);
		setup(NULL);
		assert_result(run_args(ARGS(ONE), false, &k->script, 1), CONNECTED);
		if (k->signal_us)
			fake_loop_signal(k->signal_us, SIGINT);
		begun_us = loop_now_us();
		close_bench();
		assert_int_equal(loop_now_us() - begun_us, k->took_us);
		assert_int_equal(fake_stack_record(0)->shutdowns, 1);
		assert_int_equal(fake_stack_record(0)->aborted, k->aborted);
		close_bench(); /* twice does no harm */
		teardown(NULL);
		bench_count = 0;
	}
}

/* The peer aborts it after the result stands, while that is being printed. */
static void lost_after_the_result(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(UP(0), LOST(MSEC, ECONNRESET, 12)) },
	};
	int64_t begun_us = loop_now_us();

	(void)state;
	assert_result(RUN(scripts, ONE), CONNECTED);
	close_bench();
	assert_int_equal(loop_now_us() - begun_us, MSEC);
	assert_false(fake_stack_record(0)->aborted);
}

/* Freed without close_connections(), nothing is left at the peer. */
static void free_without_close(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(0)) } };

	(void)state;
	assert_result(RUN(scripts, ONE), CONNECTED);
	connection_free(benches[0].connection);
	benches[0].connection = NULL;
	assert_int_equal(fake_stack_open_count(), 0);
	assert_true(fake_stack_record(0)->aborted);
	connection_free(NULL);
	run_connections(NULL, 0, &benches[0].timeline);
	close_connections(NULL, 0, &benches[0].timeline);
}

/* --- What is told meanwhile ------------------------------------------------------------------ */

static char *stderr_of_run(const struct fake_script *script, bool blocking, bool verbose)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	char *text = xcalloc(1, 65536);
	struct bench *b;

	assert_non_null(file);
	fake_stack_reset(script, 1);
	b = prepare(ARGS("-a", "8.8.8.8:5000", "-a", "10.1.1.2"), blocking, &fake_stack, 0);
	b->timeline.verbose = verbose;
	b->timeline.progress = !verbose;
	dup2(fileno(file), STDERR_FILENO);
	run(b);
	close_connections(&b->connection, 1, &benches[0].timeline);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	text[fread(text, 1, 65535, file)] = '\0';
	fclose(file);
	return text;
}

static void the_timeline(void **state)
{
	const struct fake_script script = {
		SOFT_ERRORS({ 300 * MSEC, EHOSTUNREACH }),
		EVENTS(PATH(MSEC, PATH_INACTIVE), UP(400 * MSEC)),
	};
	static const char *const parts[] = {
		"addresses reordered",
		"sctp_connectx, 2 addresses, non-blocking, one-to-one",
		"address 1 of the call: 10.1.1.2:5000",
		"address 2 of the call: 8.8.8.8:5000",
		"PEER_ADDR_CHANGE",
		"SO_ERROR while waiting: EHOSTUNREACH",
		"  400.0 ms  event COMM_UP, association 3",
		"primary set to the first -a, 8.8.8.8: done",
		"closing: SHUTDOWN",
		" 1400.0 ms  closing: no answer to SHUTDOWN, so ABORT",
	};
	char *text = stderr_of_run(&script, false, true);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		assert_contains(text, parts[i]);
	free(text);
}

/* What is waited for is shown after half a second, and taken away. */
static void the_progress_line(void **state)
{
	const struct fake_script fast = { EVENTS(UP(400 * MSEC)) };
	const struct fake_script slow = { EVENTS(UP(700 * MSEC)) };
	static const char line[] = "waiting for an answer from 10.1.1.2:5000 and 1 more ...";
	static const char clear[] = "\r\033[K";
	char *text = stderr_of_run(&fast, false, false);

	(void)state;
	assert_string_equal(text, "");
	free(text);
	for (int blocking = 0; blocking <= 1; blocking++) {
		text = stderr_of_run(&slow, blocking, false);
		assert_contains(text, line);
		assert_true(strlen(text) > strlen(clear));
		assert_string_equal(text + strlen(text) - strlen(clear), clear);
		free(text);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_outcome),
		TEST(every_probe),
		TEST(the_round_trip_is_that_of_its_heartbeat),
		TEST(no_probe_sends_nothing),
		TEST(it_is_held),
		TEST(a_signal_while_it_is_held),
		TEST(a_signal_does_not_close_it_early),
		TEST(an_attempt_in_cookie_echoed_is_not_aborted_at_once),
		TEST(an_attempt_in_cookie_echoed_before_the_next_try),
		TEST(closed_while_it_is_held),
		TEST(kept_for_the_monitor),
		TEST(degraded_tries_again),
		TEST(probes_beside_others),
		TEST(a_dead_path_costs_little),
		TEST(asking_again_ends_nothing),
		TEST(no_stack_at_all),
		TEST(the_id_is_the_event_s),
		TEST(options_reach_the_stack),
		TEST(defaults_of_one_and_of_several),
		TEST(learned_paths_come_last),
		TEST(addresses_of_this_host),
		TEST(why_an_address_is_rejected),
		TEST(the_zone_is_kept),
		TEST(the_order_of_the_call),
		TEST(the_primary),
		TEST(paths_gone_after_the_primary),
		TEST(ipv4_goes_on_without_ipv6),
		TEST(refused_without_ipv6),
		TEST(nothing_left_without_ipv6),
		TEST(an_ipv6_bind_needs_ipv6),
		TEST(a_bind_must_fit_the_family_of_the_peer),
		TEST(no_host_on_the_link),
		TEST(the_next_address_is_asked_at_once),
		TEST(so_it_is_without_a_route),
		TEST(none_can_be_reached),
		TEST(the_time_is_that_of_all_calls),
		TEST(some_calls_are_not_made_again),
		TEST(a_soft_error_does_not_end_a_blocking_call),
		TEST(no_route_needs_no_blocking_call),
		TEST(a_blocking_call_that_comes_back_early),
		TEST(a_signal_as_a_blocking_call_succeeds),
		TEST(a_signal_while_pending),
		TEST(a_signal_while_names_are_looked_up),
		TEST(a_signal_between_two_tries),
		TEST(a_signal_with_one_up_and_one_pending),
		TEST(a_wait_that_fails),
		TEST(tries_until_it_is_up),
		TEST(wait_runs_out),
		TEST(a_try_lasts_no_longer_than_wait),
		TEST(each_try_has_its_own_evidence),
		TEST(no_second_try_for_what_cannot_change),
		TEST(a_name_that_comes_late),
		TEST(addresses_take_no_time),
		TEST(a_name_that_does_not_come),
		TEST(names_that_do_not_come),
		TEST(a_name_that_comes_late_and_no_stack),
		TEST(a_flood_in_one_batch),
		TEST(a_flood_does_not_hold_up_the_deadline),
		TEST(a_flood_beside_another),
		TEST(silence_costs_nothing),
		TEST(a_fast_answer_asks_no_route),
		TEST(each_of_fifty_has_its_own_outcome),
		TEST(every_way_to_close),
		TEST(lost_after_the_result),
		TEST(free_without_close),
		TEST(the_timeline),
		TEST(the_progress_line),
	};

	return cmocka_run_group_tests_name("connect", tests, NULL, NULL);
}
