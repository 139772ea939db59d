/* SPDX-License-Identifier: MIT */
#include "stack/receiver.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/param.h>
#include <unistd.h>

#include "base/util.h"

#define PAUSE_US 10000

/*
 * How often a thread looks whether it is over, once the threads are to end; and before, in case
 * that waking them fails: then those that are awake need not hurry.
 */
#define END_STEP_US      (USEC_PER_MSEC / 5)
#define END_STEP_SLOW_US (20 * USEC_PER_MSEC)
#define WAIT_US          (500 * USEC_PER_MSEC)
#define WAKE_TRIES       10

/* One that fails once has lost nothing. */
#define FAILURES_MIN 2

static _Thread_local unsigned failures; /* in a row, of this thread */
static atomic_int failing;              /* threads with FAILURES_MIN or more */
static atomic_int newest;
static atomic_bool ending; /* the threads are to end as soon as they may */
static atomic_int end_step_us;
static atomic_bool over; /* the library has closed a socket: they may */
static pthread_t owner;  /* the thread that began it, which is not the library's */
static int wake = -1;    /* an eventfd, readable once they are to end */

/* The library closes its sockets to end the threads. */
static bool is_the_end(int error)
{
	return error == EBADF || error == ENOTSOCK || error == ENOTCONN;
}

int receiver_note(int error)
{
	if (atomic_load(&ending) && is_the_end(error))
		atomic_store(&over, true);
	if (atomic_load(&ending) || is_the_end(error))
		return error;
	if (!error || error == EAGAIN || error == EINTR) {
		if (failures >= FAILURES_MIN)
			atomic_fetch_sub(&failing, 1);
		failures = 0;
		return error;
	}
	atomic_store(&newest, error);
	if (++failures == FAILURES_MIN)
		atomic_fetch_add(&failing, 1);
	usleep(PAUSE_US);
	return EAGAIN;
}

int receiver_error(void)
{
	return atomic_load(&failing) > 0 ? atomic_load(&newest) : 0;
}

int receiver_begin(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		return -errno;
	receiver_close();
	wake = fd;
	owner = pthread_self();
	atomic_store(&ending, false);
	atomic_store(&over, false);
	atomic_store(&failing, 0);
	return 0;
}

void receiver_end(void)
{
	atomic_store(&end_step_us, END_STEP_US);
	atomic_store(&ending, true);
	atomic_store(&failing, 0);
	for (int i = 0; i < WAKE_TRIES; i++) {
		if (eventfd_write(wake, 1) == 0)
			return;
		if (errno != EINTR)
			break;
	}
	atomic_store(&end_step_us, END_STEP_SLOW_US);
}

bool receiver_is_thread(void)
{
	return wake >= 0 && !pthread_equal(pthread_self(), owner);
}

void receiver_close(void)
{
	if (wake >= 0)
		close(wake);
	wake = -1;
}

/* --- Waiting ---------------------------------------------------------------------------------- */

/*
 * For a packet on fd, for the end, or for that time; negative: without a limit. False: it failed.
 */
static bool wait_for(int fd, int64_t us)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = atomic_load(&ending) ? -1 : wake, .events = POLLIN },
	};
	struct timespec timeout = {
		.tv_sec = us / USEC_PER_SEC,
		.tv_nsec = us % USEC_PER_SEC * 1000,
	};

	return ppoll(fds, ARRAY_SIZE(fds), &timeout, NULL) >= 0;
}

void receiver_wait(int fd)
{
	wait_for(fd, atomic_load(&ending) ? atomic_load(&end_step_us) : WAIT_US);
}

void receiver_sleep(int64_t us)
{
	for (int64_t step; us > 0 && !atomic_load(&over); us -= step) {
		step = atomic_load(&ending) ? MIN(us, atomic_load(&end_step_us)) : us;
		if (!wait_for(-1, step))
			usleep((useconds_t)step);
	}
}
