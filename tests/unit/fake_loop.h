/* SPDX-License-Identifier: MIT */
/* How tests control the fake clock and the fake poll of fake_loop.c. */
#ifndef FAKE_LOOP_H
#define FAKE_LOOP_H

#include <stddef.h>
#include <stdint.h>

/* loop_wall_us() when the clock starts: 2026-11-21 04:00:00 UTC. */
#define FAKE_WALL_US INT64_C(1795233600000000)

/* Restarts the clock, and forgets all signals. */
void fake_loop_reset(void);

/* From now on each look at the clock takes so long, as on a busy machine. */
void fake_loop_looks_take(int64_t us);

/* The first wait that ends so long from now, or later, ends us later. */
void fake_loop_stand_still(int64_t after_us, int64_t us);

/* Descriptors that are no fakes are not waited for: the test knows that nothing comes. */
void fake_loop_is_quiet(void);

/* This signal arrives so long from now. At most FAKE_SIGNALS_MAX of them. */
#define FAKE_SIGNALS_MAX 8
void fake_loop_signal(int64_t after_us, int number);

/* These members of enum loop_terminal arrive so long from now. How often loop_stop() was called. */
void fake_loop_terminal(int64_t after_us, unsigned what);
unsigned fake_loop_stops(void);

/*
 * The body of a blocking call whose outcome arrives at outcome_us (LOOP_FOREVER: never): time
 * passes until then, until a signal, or until the time of loop_alarm_start().
 */
void fake_loop_block(int64_t outcome_us);

/* From now on loop_alarm_start() fails with this (positive) errno, of setitimer(). */
void fake_loop_fail_alarm(int error);

/* Is loop_alarm_start() in force? */
int fake_loop_alarmed(void);

/*
 * A descriptor of no endpoint: it is ready for these events, beginning so long from now, until
 * it is made quiet.
 */
#define FAKE_DESCRIPTORS_MAX 2000
int fake_loop_descriptor(int64_t after_us, short events);
void fake_loop_quiet(int fd);

/* Beginning so long from now, waiting fails with this (positive) errno. */
void fake_loop_fail(int64_t after_us, int error);

/* How often loop_wait() was called since the reset. */
size_t fake_loop_waits(void);

#endif
