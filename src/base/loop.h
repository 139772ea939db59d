/* SPDX-License-Identifier: MIT */
/*
 * The loop: any number of clients, each with sources (a descriptor and a handler) and timers (a
 * time and a handler). Connecting, closing, monitoring and listening are its clients.
 *
 * A source or a timer is a part of its client's struct and must stay where it is while it is in the
 * loop. Handlers may add, change and remove any of them, also themselves, and may then free the
 * struct that it is in. All zeros: it is in no loop, and removing it does nothing.
 *
 * Unit tests run this loop on a fake clock and a fake poll: tests/unit/fake_loop.c.
 */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/signals.h"

struct loop;

struct loop *loop_new(void);
/* NULL is fine. Sources and timers that are still in it are never called again. */
void loop_free(struct loop *loop);

/*
 * One round: waits until a source is ready, a timer is due or a signal comes, and calls the
 * handlers: of the ready sources, in the order in which they were added, then of the timers that
 * are due, the earliest first. Each is called once in a round, so that a descriptor that is always
 * ready keeps neither a timer nor a signal waiting: a handler should do a bounded amount of work,
 * and call loop_again() for the rest.
 *
 * 0; -EINTR: a signal asks the program to end, see loop_take_signal(); another -errno: the wait
 * itself failed, and nothing was handled.
 */
int loop_turn(struct loop *loop);

/* --- Sources ---------------------------------------------------------------------------------- */

struct loop_source {
	void (*ready)(void *context, short revents);
	void *context;
	struct loop *loop; /* from here on, for loop.c only; NULL: it is in no loop */
	size_t place;
	bool again;
};

/* ready(context, revents) is called when what.fd is. A negative what.fd is not added. */
void loop_add(struct loop *loop, struct loop_source *source, struct pollfd what,
	      void (*ready)(void *context, short revents), void *context);

/* From now on these events count; 0: none, not even an error, until it is changed again. */
void loop_change(struct loop_source *source, short events);

/*
 * The handler did not read everything: it is called in the next round in any case (with revents 0
 * if poll sees nothing), because some descriptors become ready only once.
 */
void loop_again(struct loop_source *source);

void loop_remove(struct loop_source *source);

/* --- Timers ----------------------------------------------------------------------------------- */

struct loop_timer {
	void (*expired)(void *context, int64_t now_us);
	void *context;
	struct loop *loop; /* from here on, for loop.c only */
	int64_t at_us;
	uint64_t round; /* of loop.c, when it was set */
	size_t place;
	bool set, due;
};

/* Once, before it is set. */
void loop_timer_init(struct loop *loop, struct loop_timer *timer,
		     void (*expired)(void *context, int64_t now_us), void *context);

/*
 * expired() is called once, in the first round at or after at_us; with more than 500 sources that
 * comes up to 5 ms late. A time that was set before is forgotten. From within a timer's handler:
 * not in the same round, even if at_us has come. LOOP_FOREVER: never.
 */
void loop_timer_set(struct loop_timer *timer, int64_t at_us);
void loop_timer_stop(struct loop_timer *timer);

/* --- The terminal ----------------------------------------------------------------------------- */

/*
 * came (of enum loop_terminal) is called in the round in which any of them came, before all other
 * handlers. For one client at a time, between loop_watch_terminal(true) and (false). NULL: none.
 */
void loop_on_terminal(struct loop *loop, void (*came)(void *context, unsigned what), void *context);

#endif
