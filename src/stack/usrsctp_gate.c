/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_gate.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <usrsctp.h>

#include "base/util.h"
#include "stack/receiver.h"

/* One per process, as the library is. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned inside; /* threads at work */
	bool in_use;     /* from gate_start() to gate_end() */
	bool shut;
} gate = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static _Thread_local bool at_work;

void gate_enter(void)
{
	pthread_mutex_lock(&gate.lock);
	while (gate.in_use && gate.shut)
		pthread_cond_wait(&gate.changed, &gate.lock);
	if (gate.in_use) {
		gate.inside++;
		at_work = true;
	}
	pthread_mutex_unlock(&gate.lock);
}

void gate_leave(void)
{
	if (!at_work)
		return;
	pthread_mutex_lock(&gate.lock);
	at_work = false;
	if (--gate.inside == 0 && gate.shut)
		pthread_cond_broadcast(&gate.changed);
	pthread_mutex_unlock(&gate.lock);
}

void gate_shut(void)
{
	pthread_mutex_lock(&gate.lock);
	gate.shut = true;
	while (gate.in_use && gate.inside > 0)
		pthread_cond_wait(&gate.changed, &gate.lock);
	pthread_mutex_unlock(&gate.lock);
}

void gate_open(void)
{
	pthread_mutex_lock(&gate.lock);
	gate.shut = false;
	pthread_cond_broadcast(&gate.changed);
	pthread_mutex_unlock(&gate.lock);
}

void gate_start(void)
{
	pthread_mutex_lock(&gate.lock);
	gate.inside = 0;
	gate.in_use = true;
	gate.shut = false;
	pthread_mutex_unlock(&gate.lock);
}

void gate_end(void)
{
	pthread_mutex_lock(&gate.lock);
	gate.in_use = false;
	pthread_cond_broadcast(&gate.changed);
	pthread_mutex_unlock(&gate.lock);
}

/* On the thread of the library that runs its timers. In a shared library's program, on any. */
int library_nanosleep(const struct timespec *time, struct timespec *left)
{
	if (!receiver_is_thread()) {
		errno = clock_nanosleep(CLOCK_MONOTONIC, 0, time, left);
		return errno ? -1 : 0;
	}
	gate_leave();
	receiver_sleep(time->tv_sec * USEC_PER_SEC + time->tv_nsec / 1000);
	gate_enter();
	return 0;
}

void gate_close(struct socket *socket)
{
	gate_shut();
	usrsctp_close(socket);
	gate_open();
}

struct socket *gate_accept(struct socket *socket, struct sockaddr *from, socklen_t *size)
{
	struct socket *accepted;
	int error;

	gate_shut();
	accepted = usrsctp_accept(socket, from, size);
	error = errno;
	gate_open();
	errno = error;
	return accepted;
}

struct socket *gate_peel_off(struct socket *socket, uint32_t assoc)
{
	struct socket *alone;

	gate_shut();
	alone = usrsctp_peeloff(socket, assoc);
	gate_open();
	return alone;
}
