/* SPDX-License-Identifier: MIT */
/*
 * clock.h and signals.h with a clock that moves only when the code waits. fake_stack.c says which
 * of its endpoints are ready.
 */
#include "fake_loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/param.h>

#include "fake_stack.h"
#include "base/clock.h"
#include "base/signals.h"

/* Not 0, so that a time that was not set is noticed. */
#define START_US 1000000000

/* Those of fake_stack.c are below. */
#define FIRST_FD 100000

/* A loop that turns as often at one time does not wait, it spins. */
#define SPINS_MAX 100000

/* A descriptor that is no fake: how long it may take, while the clock stands still. */
#define REAL_MS 10000

static struct {
	int64_t now_us;
	int64_t alarm_us; /* LOOP_FOREVER: none */
	int alarm_error;  /* 0: it does not fail */
	struct {
		int64_t at_us;
		int number; /* 0: taken */
	} signals[FAKE_SIGNALS_MAX];
	size_t signal_count;
	size_t waits;
	unsigned spins;
	unsigned terminal; /* of enum loop_terminal */
	int64_t terminal_us;
	unsigned stops;
	struct {
		int64_t at_us; /* LOOP_FOREVER: quiet */
		short events;
	} descriptors[FAKE_DESCRIPTORS_MAX];
	size_t descriptor_count;
	int64_t fails_us;
	int fails_with; /* 0: never */
	int64_t look_us;
	int64_t still_at_us, still_us; /* 0: not */
	bool quiet;                    /* no descriptor that is no fake has anything */
} loop = { .now_us = START_US, .alarm_us = LOOP_FOREVER };

void fake_loop_reset(void)
{
	loop.now_us = START_US;
	loop.alarm_us = LOOP_FOREVER;
	loop.alarm_error = 0;
	loop.look_us = 0;
	loop.still_us = 0;
	loop.quiet = false;
	loop.signal_count = 0;
	loop.waits = 0;
	loop.spins = 0;
	loop.terminal = 0;
	loop.stops = 0;
	loop.descriptor_count = 0;
	loop.fails_with = 0;
}

int fake_loop_descriptor(int64_t after_us, short events)
{
	assert_in_range(loop.descriptor_count, 0, FAKE_DESCRIPTORS_MAX - 1);
	loop.descriptors[loop.descriptor_count].at_us =
		after_us == LOOP_FOREVER ? LOOP_FOREVER : loop.now_us + after_us;
	loop.descriptors[loop.descriptor_count].events = events;
	return FIRST_FD + (int)loop.descriptor_count++;
}

void fake_loop_quiet(int fd)
{
	loop.descriptors[fd - FIRST_FD].at_us = LOOP_FOREVER;
}

void fake_loop_fail(int64_t after_us, int error)
{
	loop.fails_us = loop.now_us + after_us;
	loop.fails_with = error;
}

void fake_loop_terminal(int64_t after_us, unsigned what)
{
	loop.terminal = what;
	loop.terminal_us = loop.now_us + after_us;
}

unsigned fake_loop_stops(void)
{
	return loop.stops;
}

void fake_loop_signal(int64_t after_us, int number)
{
	assert_in_range(loop.signal_count, 0, FAKE_SIGNALS_MAX - 1);
	loop.signals[loop.signal_count].at_us = loop.now_us + after_us;
	loop.signals[loop.signal_count++].number = number;
}

static int64_t next_signal_us(void)
{
	int64_t next = LOOP_FOREVER;

	for (size_t i = 0; i < loop.signal_count; i++)
		if (loop.signals[i].number)
			next = MIN(next, loop.signals[i].at_us);
	return next;
}

static void advance(int64_t to_us)
{
	if (to_us == LOOP_FOREVER)
		fail_msg("waits for ever: nothing is to come");
	if (loop.still_us && to_us >= loop.still_at_us) {
		to_us += loop.still_us;
		loop.still_us = 0;
	}
	if (to_us > loop.now_us) {
		loop.now_us = to_us;
		loop.spins = 0;
	}
}

void fake_loop_block(int64_t outcome_us)
{
	advance(MIN(MIN(outcome_us, loop.alarm_us), next_signal_us()));
}

void fake_loop_fail_alarm(int error)
{
	loop.alarm_error = error;
}

int fake_loop_alarmed(void)
{
	return loop.alarm_us != LOOP_FOREVER;
}

size_t fake_loop_waits(void)
{
	return loop.waits;
}

/* --- clock.h and signals.h ------------------------------------------------------------------ */

int64_t loop_now_us(void)
{
	loop.now_us += loop.look_us;
	return loop.now_us;
}

void fake_loop_looks_take(int64_t us)
{
	loop.look_us = us;
}

void fake_loop_stand_still(int64_t after_us, int64_t us)
{
	loop.still_at_us = loop.now_us + after_us;
	loop.still_us = us;
}

void fake_loop_is_quiet(void)
{
	loop.quiet = true;
}

int64_t loop_wall_us(void)
{
	return FAKE_WALL_US + loop.now_us - START_US;
}

int loop_catch_signals(void)
{
	return 0;
}

void loop_watch_terminal(bool on)
{
	(void)on;
}

unsigned loop_take_terminal(void)
{
	unsigned came = loop.terminal_us <= loop.now_us ? loop.terminal : 0;

	loop.terminal &= ~came;
	return came;
}

void loop_stop(void)
{
	loop.stops++;
}

int loop_take_signal(void)
{
	int number = 0;

	for (size_t i = 0; i < loop.signal_count; i++) {
		if (loop.signals[i].number && loop.signals[i].at_us <= loop.now_us) {
			number = loop.signals[i].number;
			loop.signals[i].number = 0;
		}
	}
	return number;
}

static short ready_events(const struct pollfd *fd)
{
	size_t n = (size_t)(fd->fd - FIRST_FD);

	if (fd->fd < FIRST_FD)
		return fake_stack_ready(fd, loop.now_us);
	if (loop.descriptors[n].at_us > loop.now_us)
		return 0;
	return loop.descriptors[n].events & (fd->events | POLLERR | POLLHUP | POLLNVAL);
}

static int64_t next_ready_us(const struct pollfd *fd)
{
	size_t n = (size_t)(fd->fd - FIRST_FD);

	if (fd->fd < FIRST_FD)
		return fake_stack_next_us(fd, loop.now_us);
	if (loop.descriptors[n].at_us <= loop.now_us || !(loop.descriptors[n].events & fd->events))
		return LOOP_FOREVER;
	return loop.descriptors[n].at_us;
}

/* What is ready now, and, if nothing is, when something will be. */
static int look(struct pollfd *fds, size_t count, int64_t *next_us)
{
	int ready = 0;

	for (size_t i = 0; i < count; i++) {
		fds[i].revents = 0;
		if (fds[i].fd < 0)
			continue;
		if (!fake_stack_has(fds[i].fd)) {
			ready += poll(&fds[i], 1, loop.quiet ? 0 : REAL_MS) > 0;
			continue;
		}
		fds[i].revents = ready_events(&fds[i]);
		ready += fds[i].revents != 0;
		*next_us = MIN(*next_us, next_ready_us(&fds[i]));
	}
	return ready;
}

int loop_wait(struct pollfd *fds, size_t count, int64_t until_us)
{
	loop.waits++;
	if (++loop.spins > SPINS_MAX)
		fail_msg("spins: %d waits without a wait", SPINS_MAX);
	for (;;) {
		int64_t next = MIN(until_us, next_signal_us());
		int ready;

		if (next_signal_us() <= loop.now_us)
			return -EINTR;
		if (loop.fails_with) {
			if (loop.fails_us <= loop.now_us)
				return -loop.fails_with;
			next = MIN(next, loop.fails_us);
		}
		if (loop.terminal) {
			if (loop.terminal_us <= loop.now_us)
				return 0;
			next = MIN(next, loop.terminal_us);
		}
		ready = look(fds, count, &next);
		if (ready)
			return ready;
		if (until_us <= loop.now_us)
			return 0;
		advance(next);
	}
}

int loop_alarm_start(int64_t until_us, const char **call)
{
	assert_false(fake_loop_alarmed());
	*call = "setitimer";
	if (loop.alarm_error)
		return -loop.alarm_error;
	loop.alarm_us = until_us;
	return 0;
}

void loop_alarm_stop(void)
{
	loop.alarm_us = LOOP_FOREVER;
}
