/* SPDX-License-Identifier: MIT */
/*
 * Looks up the names of a try, of -a and of -b, side by side. All names may take half of the time.
 * From then on the try goes on as soon as there is an address of the peer, without the names of -a
 * that have no answer. The names of -b are waited for as long as there is time, because without one
 * of them the association would have other addresses than the user asked for.
 */
#ifndef ENGINE_RESOLVE_H
#define ENGINE_RESOLVE_H

#include <poll.h>

#include "base/timeline.h"
#include "engine/settings.h"
#include "target/resolve.h"
#include "target/target.h"

/* All zeros: nothing is looked up. Changed only by resolve.c. */
struct resolve {
	struct target *peer, *local;
	struct timeline *timeline;
	struct resolver *resolver; /* NULL unless names are being looked up */
	int64_t begun_us;
	int64_t enough_us; /* from then on, some addresses are enough */
	int64_t deadline_us;
	bool waited; /* a name had no answer at once */

	/* After resolve_end(). */
	int status; /* STATUS_OK: the targets have their addresses; else an exit status */
	struct message *failed; /* STATUS_USAGE: why; owned */
	size_t late; /* STATUS_OK: so many names have no answer; peer->unresolved names them */
	int64_t took_us;
};

/*
 * For a try with these options: one of its own, or one that shares options->names. ready(context,
 * 0) is called when a shared look-up has ended.
 */
struct resolver *resolve_by(const struct options *options, void (*ready)(void *context, short none),
			    void *context);

/*
 * Starts the look-ups. The caller calls resolve_end(), which frees the resolver, and the targets
 * outlive it.
 */
void resolve_begin(struct resolve *resolve, struct resolver *resolver, struct target *peer,
		   struct target *local, int family, int64_t timeout_us, struct timeline *timeline);

/* .fd is -1 if there is nothing to wait for, or the names are shared. */
struct pollfd resolve_pollfd(const struct resolve *resolve);
/* To be called when it is ready. 0, or -errno of epoll_wait(): then nothing more will arrive. */
int resolve_read(struct resolve *resolve);

/* Every name has its answer, or enough of them when the time for all is up. */
bool resolve_is_over(const struct resolve *resolve, int64_t now_us);
/* If it is not over: when to look again. */
int64_t resolve_next_us(const struct resolve *resolve, int64_t now_us);

/* It is not over: shows on a terminal what it waits for. */
void resolve_wait(struct resolve *resolve);

/* The time that the look-ups left of timeout_us for the call, at least 1. */
int64_t resolve_left_us(const struct resolve *resolve);

/* Why names have no addresses; NULL if none is missing. */
const struct unresolved *resolve_fault(const struct resolve *resolve);

/* Ends the look-ups, and fills status. A second call does nothing. */
void resolve_end(struct resolve *resolve);
/* The same, and forgets why it failed. */
void resolve_free(struct resolve *resolve);

#endif
