/* SPDX-License-Identifier: MIT */
/*
 * The signals of the process, and the one wait that they end.
 *
 * Unit tests link a fake of this file (tests/unit/fake_loop.c). The only mutable static state of
 * the program is here, because a process has one set of signals.
 */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * From here on SIGINT, SIGTERM and SIGHUP (unless ignored when the program started, as under
 * nohup) only take effect inside loop_wait() and loop_alarm_start(); SIGPIPE is ignored. 0, or
 * -errno of sigaction().
 */
int loop_catch_signals(void);

/* The signal that asked the program to end, or 0. It is cleared, so that waiting works again. */
int loop_take_signal(void);

/*
 * For a program that draws on a terminal: from here on SIGWINCH, SIGTSTP (unless ignored when the
 * program started) and SIGCONT only take effect inside loop_wait(), which then returns 0 early.
 * Off: they work as before.
 */
void loop_watch_terminal(bool on);

/* Which of the three came since the last call. */
enum loop_terminal {
	LOOP_RESIZED = 1 << 0,
	LOOP_STOP = 1 << 1, /* ^Z: clean up, then loop_stop() */
	LOOP_CONTINUED = 1 << 2,
};
unsigned loop_take_terminal(void);

/* Stops the program as ^Z does, and returns when it is continued. */
void loop_stop(void);

/*
 * Waits until a descriptor is ready (returns how many), until_us has come (0), or a signal was
 * caught (-EINTR). Returns -EINTR at once if one was caught before.
 */
int loop_wait(struct pollfd *fds, size_t count, int64_t until_us);

/*
 * Around one blocking system call: the caught signals are let in, and when until_us comes the call
 * is interrupted (EINTR). The interruption repeats every few milliseconds until loop_alarm_stop(),
 * so it does not matter if the first one came just before the call began. 0, or -errno, and *call
 * is what failed: then nothing would interrupt the blocking call.
 */
int loop_alarm_start(int64_t until_us, const char **call);
void loop_alarm_stop(void);

#endif
