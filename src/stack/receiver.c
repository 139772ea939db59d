/* SPDX-License-Identifier: MIT */
#include "stack/receiver.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#define PAUSE_US 10000

/* One that fails once has lost nothing. */
#define FAILURES_MIN 2

static _Thread_local unsigned failures; /* in a row, of this thread */
static atomic_int failing;              /* threads with FAILURES_MIN or more */
static atomic_int newest;
static atomic_bool ending;

/* The library closes its sockets to end the threads. */
static bool is_the_end(int error)
{
	return error == EBADF || error == ENOTSOCK || error == ENOTCONN;
}

int receiver_note(int error)
{
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

void receiver_end(bool end)
{
	atomic_store(&ending, end);
	atomic_store(&failing, 0);
}
