/* SPDX-License-Identifier: MIT */
/* The real clock, signals and poll. The other unit tests use fakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/loop.h"

/* More rounds than a signal may take to be seen. */
#define ROUNDS_MAX 2

struct busy {
	int pipe[2];
	struct loop_source source;
	int rounds;
};

static void on_ready(void *context, short revents)
{
	struct busy *b = context;

	(void)revents;
	b->rounds++;
}

/* A pipe that has something to read all the time. */
static struct loop *begin(struct busy *b)
{
	struct loop *loop = loop_new();

	*b = (struct busy){ .rounds = 0 };
	assert_int_equal(pipe(b->pipe), 0);
	assert_int_equal(write(b->pipe[1], "x", 1), 1);
	loop_add(loop, &b->source, (struct pollfd){ .fd = b->pipe[0], .events = POLLIN }, on_ready,
		 b);
	return loop;
}

static void end(struct loop *loop, struct busy *b)
{
	loop_free(loop);
	close(b->pipe[0]);
	close(b->pipe[1]);
}

static void an_ending_signal_while_a_descriptor_is_ready(void **state)
{
	struct busy b;
	struct loop *loop = begin(&b);
	int rc;

	(void)state;
	loop_catch_signals();
	for (int i = 0; i < 10; i++)
		assert_int_equal(loop_turn(loop), 0);
	assert_int_equal(b.rounds, 10);
	raise(SIGTERM);
	do
		rc = loop_turn(loop);
	while (rc == 0 && b.rounds < 10 + ROUNDS_MAX);
	assert_int_equal(rc, -EINTR);
	assert_int_equal(loop_take_signal(), SIGTERM);
	assert_int_equal(loop_turn(loop), 0);
	end(loop, &b);
}

static void on_terminal(void *context, unsigned what)
{
	*(unsigned *)context |= what;
}

static void a_terminal_signal_while_a_descriptor_is_ready(void **state)
{
	struct busy b;
	struct loop *loop = begin(&b);
	unsigned what = 0;

	(void)state;
	loop_watch_terminal(true);
	loop_on_terminal(loop, on_terminal, &what);
	for (int i = 0; i < 3; i++)
		assert_int_equal(loop_turn(loop), 0);
	raise(SIGWINCH);
	for (int i = 0; i < ROUNDS_MAX; i++)
		assert_int_equal(loop_turn(loop), 0);
	assert_int_equal(what, LOOP_RESIZED);
	loop_watch_terminal(false);
	end(loop, &b);
}

static void a_signal_ends_a_wait(void **state)
{
	struct loop *loop = loop_new();

	(void)state;
	loop_catch_signals();
	raise(SIGINT);
	assert_int_equal(loop_turn(loop), -EINTR);
	assert_int_equal(loop_turn(loop), -EINTR);
	assert_int_equal(loop_take_signal(), SIGINT);
	assert_int_equal(loop_take_signal(), 0);
	loop_free(loop);
}

/* The second time, too: the first alarm may have come before the call. And not later. */
static void an_alarm_interrupts_a_call_again(void **state)
{
	struct itimerval timer;
	const char *call;
	int ends[2];
	char byte;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	loop_catch_signals();
	assert_int_equal(loop_alarm_start(loop_now_us() + 1000, &call), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(read(ends[0], &byte, 1), -1);
		assert_int_equal(errno, EINTR);
	}
	loop_alarm_stop();
	assert_int_equal(getitimer(ITIMER_REAL, &timer), 0);
	assert_true(!timer.it_value.tv_sec && !timer.it_value.tv_usec);
	assert_int_equal(loop_wait(NULL, 0, loop_now_us() + 20000), 0);
	close(ends[0]);
	close(ends[1]);
}

/* More descriptors than the process may have: EINVAL, and that is told. */
static void a_poll_that_fails(void **state)
{
	struct rlimit limit, low;
	struct busy b;
	struct loop *loop = begin(&b);

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	low = limit;
	low.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	assert_int_equal(loop_turn(loop), -EINVAL);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(b.rounds, 0);
	assert_int_equal(loop_turn(loop), 0);
	end(loop, &b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ending_signal_while_a_descriptor_is_ready),
		cmocka_unit_test(a_terminal_signal_while_a_descriptor_is_ready),
		cmocka_unit_test(a_signal_ends_a_wait),
		cmocka_unit_test(an_alarm_interrupts_a_call_again),
		cmocka_unit_test(a_poll_that_fails),
	};

	/* In the background, a shell has them ignored, and then so does the program. */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
