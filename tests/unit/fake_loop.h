/* SPDX-License-Identifier: MIT */
/* What the tests can say to the fake clock and the fake poll of fake_loop.c. */
#ifndef FAKE_LOOP_H
#define FAKE_LOOP_H

#include <stddef.h>
#include <stdint.h>

/* What loop_wall_us() says when the clock starts: 2026-11-21 04:00:00 UTC. */
#define FAKE_WALL_US INT64_C(1795233600000000)

/* The clock starts anew, and no signal is to come. */
void fake_loop_reset(void);

/* From now on time passes by so much with each look at the clock, as on a busy machine. */
void fake_loop_looks_take(int64_t us);

/* This signal comes so long from now. At most FAKE_SIGNALS_MAX of them. */
#define FAKE_SIGNALS_MAX 4
void fake_loop_signal(int64_t after_us, int number);

/* These of enum loop_terminal come so long from now; how often loop_stop() was called. */
void fake_loop_terminal(int64_t after_us, unsigned what);
unsigned fake_loop_stops(void);

/*
 * The inside of a blocking call whose outcome comes at outcome_us (LOOP_FOREVER: never): time
 * passes until then, until a signal, or until the time of loop_alarm_start().
 */
void fake_loop_block(int64_t outcome_us);

/* Is loop_alarm_start() in force? */
int fake_loop_alarmed(void);

/*
 * A descriptor that is no endpoint's: it is ready for these events from so long from now on, until
 * it is made quiet.
 */
#define FAKE_DESCRIPTORS_MAX 2000
int fake_loop_descriptor(int64_t after_us, short events);
void fake_loop_quiet(int fd);

/* From so long from now on, waiting fails with this (positive) errno. */
void fake_loop_fail(int64_t after_us, int error);

/* How often loop_wait() was called since the reset. */
size_t fake_loop_waits(void);

#endif
