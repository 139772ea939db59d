/* SPDX-License-Identifier: MIT */
/*
 * A connection on the bench: the engine on a scripted stack, a scripted host and a fake clock. For
 * the tests of the files of engine/ that make one connection.
 */
#ifndef BENCH_H
#define BENCH_H

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

#define MSEC       ((int64_t)USEC_PER_MSEC)
#define SEC        ((int64_t)USEC_PER_SEC)
#define ARGS_MAX   200
#define SEVERAL    50
#define STRANGER   &fake_stranger
#define VERDICTS   256
#define TIMEOUT_US (5 * SEC) /* the default of -w */
/* CONNECT_RTO_INITIAL_SEVERAL_MS */
#define T1_US (240 * MSEC)
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
#define V4(a, b, c, d)        FAKE_V4((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d), 5000)

struct bench_host {
	int64_t resolves_us; /* "late.example" has an address from then on */
	bool probing;        /* else --no-probe is added */
	int64_t hold_us;     /* --hold */
};
extern struct bench_host host;

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

extern struct bench benches[SEVERAL];
extern size_t bench_count;

int setup(void **state);

int teardown(void **state);

/* args ends in NULL; blocking adds -B. stack NULL: there is none, for stack_error. */
struct bench *prepare(const char *const args[], bool blocking, const struct stack *stack,
		      int stack_error);

const struct result *run(struct bench *b);

#define ARGS(...) LIST(char *const, __VA_ARGS__, NULL)
#define NEWEST    benches[bench_count - 1]

void close_bench(void);

/* What most tests do. */
const struct result *run_args(const char *const args[], bool blocking,
			      const struct fake_script *scripts, size_t count);

/* scripts is an array in scope. */
#define RUN(scripts, ...)          run_args(ARGS(__VA_ARGS__), false, scripts, ARRAY_SIZE(scripts))
#define RUN_BLOCKING(scripts, ...) run_args(ARGS(__VA_ARGS__), true, scripts, ARRAY_SIZE(scripts))

void assert_contains(const char *text, const char *part);

void assert_paths(const struct result *result, const char *expected);

void assert_result(const struct result *result, enum result_word word, int error, int status);

/* Every attempt but the n-th from the front was ended with ABORT, before the next one began. */
void assert_aborted_until(size_t n);

#define UNPACK(...)  __VA_ARGS__
#define ONE          "-a", "127.0.0.1:5000"
#define TWO          ONE, "-a", "127.0.0.2"
#define THREE        TWO, "-a", "127.0.0.3"
#define FOUR         THREE, "-a", "127.0.0.4"
#define CONNECTED    RESULT_CONNECTED, 0, STATUS_OK
#define TIMED_OUT    RESULT_TIMEOUT, ETIMEDOUT, STATUS_TIMEOUT
#define REFUSED      RESULT_REFUSED, ECONNREFUSED, STATUS_NOT_CONNECTED
#define UNREACHABLE  RESULT_UNREACHABLE, EHOSTUNREACH, STATUS_NOT_CONNECTED
#define CLOSED_AGAIN RESULT_CLOSED, 0, STATUS_NOT_CONNECTED
#define ABORTED      RESULT_ABORTED, ECONNRESET, STATUS_NOT_CONNECTED

void assert_message(struct message m, const char *part);

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
