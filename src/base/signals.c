/* SPDX-License-Identifier: MIT */
#include "base/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/time.h>
#include <time.h>

#include "base/clock.h"
#include "base/util.h"

/* Too short to notice, and long enough that a call has begun before the second one. */
#define ALARM_REPEAT_US 5000

static volatile sig_atomic_t caught;
static volatile sig_atomic_t alarmed; /* SIGALRM comes again, until loop_alarm_stop() */
static volatile sig_atomic_t resized, stop_wanted, continued; /* loop_watch_terminal() */

static int set_alarm(int64_t us)
{
	return setitimer(ITIMER_REAL,
			 &(struct itimerval){ .it_value.tv_sec = us / USEC_PER_SEC,
					      .it_value.tv_usec = us % USEC_PER_SEC },
			 NULL);
}

/*
 * A signal may come between the test for it and a blocking call, which would then not notice: so it
 * interrupts again, until loop_alarm_stop(). In loop_wait() there is no such gap, and a pending
 * SIGALRM does no harm. The timer is set again each time, so that the program goes on even where a
 * signal takes longer than that.
 */
static void on_signal(int number)
{
	if (number != SIGALRM)
		caught = number;
	if (number != SIGALRM || alarmed) {
		alarmed = 1;
		set_alarm(ALARM_REPEAT_US);
	}
}

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP };

static void caught_signals(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < ARRAY_SIZE(ending_signals); i++)
		sigaddset(set, ending_signals[i]);
	sigaddset(set, SIGALRM);
}

/* Signals ignored at the start stay ignored. No SA_RESTART, because EINTR is wanted. */
static bool set_ending_signals(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler }, old;

	sigfillset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(ending_signals); i++)
		if (sigaction(ending_signals[i], NULL, &old) < 0 ||
		    (old.sa_handler != SIG_IGN && sigaction(ending_signals[i], &action, NULL) < 0))
			return false;
	return true;
}

int loop_catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t set;

	caught_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigfillset(&action.sa_mask);
	if (sigaction(SIGALRM, &action, NULL) < 0 || !set_ending_signals(on_signal))
		return -errno;
	action.sa_handler = SIG_IGN;
	return sigaction(SIGPIPE, &action, NULL) < 0 ? -errno : 0;
}

/*
 * A ppoll() that finds a descriptor ready returns before it lets a signal in. If that happens in
 * several waits in a row, signals are let in here. After one wait they are not, to save a call.
 */
static bool is_interrupted(int ready, const sigset_t *mask)
{
	static unsigned busy;

	busy = ready > 0 ? busy + 1 : 0;
	if (busy > 1)
		(void)ppoll(NULL, 0, &(struct timespec){ 0 }, mask);
	return caught;
}

int loop_wait(struct pollfd *fds, size_t count, int64_t until_us)
{
	struct timespec left;
	sigset_t none;
	int ready;

	sigemptyset(&none);
	for (;;) {
		int64_t left_us = until_us - loop_now_us();

		if (caught)
			return -EINTR;
		if (resized || stop_wanted || continued)
			return 0;
		if (left_us < 0)
			left_us = 0;
		left.tv_sec = left_us / USEC_PER_SEC;
		left.tv_nsec = left_us % USEC_PER_SEC * 1000;
		ready = ppoll(fds, count, until_us == LOOP_FOREVER ? NULL : &left, &none);
		if (ready >= 0)
			return is_interrupted(ready, &none) ? -EINTR : ready;
		if (errno != EINTR)
			return -errno;
	}
}

static int let_signals_in(bool in)
{
	sigset_t set;

	caught_signals(&set);
	return sigprocmask(in ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

int loop_alarm_start(int64_t until_us, const char **call)
{
	int64_t left_us = until_us - loop_now_us();
	int error;

	alarmed = 1;
	*call = "setitimer";
	if (set_alarm(left_us < 1 || caught ? 1 : left_us) == 0) {
		*call = "sigprocmask";
		if (let_signals_in(true) == 0)
			return 0;
	}
	error = errno;
	loop_alarm_stop();
	return -error;
}

void loop_alarm_stop(void)
{
	let_signals_in(false);
	alarmed = 0;
	set_alarm(0);
}

int loop_take_signal(void)
{
	int number = caught;

	caught = 0;
	loop_alarm_stop();
	return number;
}

/* --- The terminal ----------------------------------------------------------------------------- */

static const int terminal_signals[] = { SIGWINCH, SIGTSTP, SIGCONT };

static void on_terminal_signal(int number)
{
	if (number == SIGWINCH)
		resized = 1;
	else if (number == SIGTSTP)
		stop_wanted = 1;
	else
		continued = 1;
}

void loop_watch_terminal(bool on)
{
	struct sigaction action = { .sa_handler = on ? on_terminal_signal : SIG_DFL }, old;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(terminal_signals); i++)
		sigaddset(&set, terminal_signals[i]);
	if (on)
		sigprocmask(SIG_BLOCK, &set, NULL);
	sigfillset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(terminal_signals); i++) {
		sigaction(terminal_signals[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaction(terminal_signals[i], &action, NULL);
	}
	if (!on)
		sigprocmask(SIG_UNBLOCK, &set, NULL);
}

unsigned loop_take_terminal(void)
{
	unsigned came = (resized ? LOOP_RESIZED : 0) | (stop_wanted ? LOOP_STOP : 0) |
			(continued ? LOOP_CONTINUED : 0);

	resized = stop_wanted = continued = 0;
	return came;
}

void loop_stop(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL }, old;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigaction(SIGTSTP, &action, &old);
	raise(SIGTSTP);
	/* The program stops here, and goes on when SIGCONT has come. */
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGTSTP, &old, NULL);
}
