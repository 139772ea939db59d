/* SPDX-License-Identifier: MIT */
#include "base/loop.h"

#include <stdlib.h>
#include <sys/param.h>

#include "base/util.h"

/*
 * A wait for more descriptors than this takes long. So timers are collected before and after it:
 * each may be so much later, for each descriptor and at most; and signals and descriptors wait no
 * longer than that for timers that become due while others are called.
 */
#define MANY_SOURCES 500
#define LATE_US      5
#define LATE_MAX_US  (5 * USEC_PER_MSEC)

struct loop {
	/* The descriptors, and their sources. NULL: removed since the last round. */
	struct pollfd *fds;
	struct loop_source **sources;
	size_t count, room;
	bool holes;   /* some are NULL */
	size_t again; /* how many wait for another call */
	/* A binary heap: the earliest is the first. */
	struct loop_timer **heap;
	size_t heap_count, heap_room;
	/* Timers whose handlers this round calls. NULL: stopped or set again meanwhile. */
	struct loop_timer **due;
	size_t due_count, due_room;
	uint64_t round; /* how often timers had their turn */
	void (*terminal)(void *context, unsigned what);
	void *terminal_context;
};

struct loop *loop_new(void)
{
	return xcalloc(1, sizeof(struct loop));
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	free(loop->fds);
	free(loop->sources);
	free(loop->heap);
	free(loop->due);
	free(loop);
}

/* --- Sources ---------------------------------------------------------------------------------- */

static void make_room(struct loop *loop)
{
	if (loop->count < loop->room)
		return;
	loop->room = loop->room ? 2 * loop->room : 8;
	loop->fds = xreallocarray(loop->fds, loop->room, sizeof(*loop->fds));
	loop->sources = xreallocarray(loop->sources, loop->room, sizeof(*loop->sources));
}

void loop_add(struct loop *loop, struct loop_source *source, struct pollfd what,
	      void (*ready)(void *context, short revents), void *context)
{
	*source = (struct loop_source){ .ready = ready, .context = context };
	if (what.fd < 0)
		return;
	make_room(loop);
	source->loop = loop;
	source->place = loop->count;
	loop->sources[loop->count] = source;
	loop->fds[loop->count++] = (struct pollfd){ .fd = what.fd, .events = what.events };
}

void loop_change(struct loop_source *source, short events)
{
	struct pollfd *fd;

	if (!source->loop)
		return;
	fd = &source->loop->fds[source->place];
	/* poll() skips a negative descriptor; the bit-wise complement can be undone. */
	if ((events == 0) != (fd->fd < 0))
		fd->fd = ~fd->fd;
	fd->events = events;
	fd->revents &= events ? (short)(events | POLLERR | POLLHUP | POLLNVAL) : 0;
}

static void forget_again(struct loop_source *source)
{
	source->loop->again -= source->again;
	source->again = false;
}

void loop_again(struct loop_source *source)
{
	if (!source->loop || source->again)
		return;
	source->again = true;
	source->loop->again++;
}

void loop_remove(struct loop_source *source)
{
	struct loop *loop = source->loop;

	if (!loop)
		return;
	forget_again(source);
	loop->sources[source->place] = NULL;
	loop->fds[source->place] = (struct pollfd){ .fd = -1 };
	loop->holes = true;
	source->loop = NULL;
}

static void close_holes(struct loop *loop)
{
	size_t kept = 0;

	if (!loop->holes)
		return;
	for (size_t i = 0; i < loop->count; i++) {
		if (!loop->sources[i])
			continue;
		loop->fds[kept] = loop->fds[i];
		loop->sources[kept] = loop->sources[i];
		loop->sources[kept]->place = kept;
		kept++;
	}
	loop->count = kept;
	loop->holes = false;
}

/* Sources that are added meanwhile are called in the next round. */
static void call_sources(struct loop *loop, size_t ready)
{
	size_t count = loop->count;
	bool all = loop->again > 0;

	for (size_t i = 0; i < count && (ready || all); i++) {
		struct loop_source *source = loop->sources[i];
		short revents = loop->fds[i].revents;

		ready -= revents && ready;
		if (!source || (!revents && !source->again))
			continue;
		forget_again(source);
		loop->fds[i].revents = 0;
		source->ready(source->context, revents);
	}
}

/* --- Timers ----------------------------------------------------------------------------------- */

static void put(struct loop *loop, size_t place, struct loop_timer *timer)
{
	loop->heap[place] = timer;
	timer->place = place;
}

static void move_up(struct loop *loop, struct loop_timer *timer)
{
	size_t place = timer->place;

	while (place && loop->heap[(place - 1) / 2]->at_us > timer->at_us) {
		put(loop, place, loop->heap[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	put(loop, place, timer);
}

static void move_down(struct loop *loop, struct loop_timer *timer)
{
	size_t place = timer->place;

	for (;;) {
		size_t child = 2 * place + 1;

		if (child + 1 < loop->heap_count &&
		    loop->heap[child + 1]->at_us < loop->heap[child]->at_us)
			child++;
		if (child >= loop->heap_count || loop->heap[child]->at_us >= timer->at_us)
			break;
		put(loop, place, loop->heap[child]);
		place = child;
	}
	put(loop, place, timer);
}

static void take_out(struct loop *loop, struct loop_timer *timer)
{
	struct loop_timer *last = loop->heap[--loop->heap_count];

	timer->set = false;
	if (last == timer)
		return;
	put(loop, timer->place, last);
	move_up(loop, last);
	move_down(loop, last);
}

void loop_timer_init(struct loop *loop, struct loop_timer *timer,
		     void (*expired)(void *context, int64_t now_us), void *context)
{
	*timer = (struct loop_timer){ .expired = expired, .context = context, .loop = loop };
}

void loop_timer_stop(struct loop_timer *timer)
{
	if (timer->due)
		timer->loop->due[timer->place] = NULL;
	if (timer->set)
		take_out(timer->loop, timer);
	timer->due = false;
}

void loop_timer_set(struct loop_timer *timer, int64_t at_us)
{
	struct loop *loop = timer->loop;

	if (timer->set && timer->at_us == at_us)
		return;
	loop_timer_stop(timer);
	if (at_us == LOOP_FOREVER)
		return;
	if (loop->heap_count == loop->heap_room) {
		loop->heap_room = loop->heap_room ? 2 * loop->heap_room : 8;
		loop->heap = xreallocarray(loop->heap, loop->heap_room, sizeof(*loop->heap));
	}
	timer->at_us = at_us;
	timer->round = loop->round;
	timer->set = true;
	timer->place = loop->heap_count++;
	move_up(loop, timer);
}

static int64_t next_us(const struct loop *loop)
{
	return loop->heap_count ? loop->heap[0]->at_us : LOOP_FOREVER;
}

static bool is_due(const struct loop *loop, int64_t now_us)
{
	return next_us(loop) <= now_us && loop->heap[0]->round != loop->round;
}

/* Those that are set meanwhile wait for the next round. */
static void collect_due(struct loop *loop, int64_t now_us)
{
	loop->due_count = 0;
	while (is_due(loop, now_us)) {
		struct loop_timer *timer = loop->heap[0];

		take_out(loop, timer);
		if (loop->due_count == loop->due_room) {
			loop->due_room = loop->due_room ? 2 * loop->due_room : 8;
			loop->due = xreallocarray(loop->due, loop->due_room, sizeof(*loop->due));
		}
		timer->due = true;
		timer->place = loop->due_count;
		loop->due[loop->due_count++] = timer;
	}
}

static void call_due(struct loop *loop, int64_t now_us)
{
	collect_due(loop, now_us);
	for (size_t i = 0; i < loop->due_count; i++) {
		struct loop_timer *timer = loop->due[i];

		if (!timer)
			continue;
		timer->due = false;
		timer->expired(timer->context, now_us);
	}
	loop->due_count = 0;
}

static void call_timers(struct loop *loop)
{
	int64_t begun_us, now_us;

	if (!loop->heap_count)
		return;
	begun_us = now_us = loop_now_us();
	do {
		call_due(loop, now_us);
		if (loop->count <= MANY_SOURCES)
			break;
		now_us = loop_now_us();
	} while (is_due(loop, now_us) && now_us - begun_us < LATE_MAX_US);
}

/* --- A round ---------------------------------------------------------------------------------- */

void loop_on_terminal(struct loop *loop, void (*came)(void *context, unsigned what), void *context)
{
	loop->terminal = came;
	loop->terminal_context = context;
}

static int64_t wait_until_us(const struct loop *loop)
{
	int64_t next = next_us(loop);

	if (loop->again)
		return 0;
	if (next == LOOP_FOREVER || loop->count <= MANY_SOURCES)
		return next;
	return next + MIN((int64_t)loop->count * LATE_US, LATE_MAX_US);
}

int loop_turn(struct loop *loop)
{
	unsigned what;
	int ready;

	close_holes(loop);
	ready = loop_wait(loop->fds, loop->count, wait_until_us(loop));
	if (ready < 0)
		return ready;
	what = loop->terminal ? loop_take_terminal() : 0;
	if (what)
		loop->terminal(loop->terminal_context, what);
	call_sources(loop, (size_t)ready);
	loop->round++;
	call_timers(loop);
	return 0;
}
