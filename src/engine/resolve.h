/* SPDX-License-Identifier: MIT */
/* The names of a try, those of the peer and those of -b, are looked up side by side. */
#ifndef ENGINE_RESOLVE_H
#define ENGINE_RESOLVE_H

#include <poll.h>

#include "base/timeline.h"
#include "target/resolve.h"
#include "target/target.h"

/* All zeros: nothing is looked up. Changed by resolve.c alone. */
struct resolve {
	struct target *peer, *local;
	struct timeline *timeline;
	struct resolver *resolver; /* NULL but while names are looked up */
	int64_t begun_us;
	int64_t deadline_us;
	bool waited; /* some name had no answer at once */

	/* After resolve_end(). */
	int status;            /* STATUS_OK: the targets have their addresses; else exit status */
	struct message failed; /* STATUS_USAGE: why */
	int64_t took_us;
};

/* Starts the look-ups. The targets outlive resolve_end(), which is due. */
void resolve_begin(struct resolve *resolve, struct target *peer, struct target *local, int family,
		   int64_t timeout_us, struct timeline *timeline);

/* .fd is -1 where there is nothing to wait for. */
struct pollfd resolve_pollfd(const struct resolve *resolve);
/* When it is ready. 0, or -errno of epoll_wait(): then nothing more will come. */
int resolve_read(struct resolve *resolve);

/* Every name has its answer, or the time is up. */
bool resolve_is_over(const struct resolve *resolve, int64_t now_us);

/* It is not over: it goes on, and a terminal shows what is waited for. */
void resolve_wait(struct resolve *resolve);

/* Why names have no addresses; NULL unless status is STATUS_UNRESOLVED. */
const struct unresolved *resolve_fault(const struct resolve *resolve);

/* Ends what still lasts, and fills status. Again: nothing. */
void resolve_end(struct resolve *resolve);

#endif
