/* SPDX-License-Identifier: MIT */
/*
 * What is known about a try without an answer: from the routing table, the neighbours, ICMP and
 * the counters of this host; and when that is enough to give up.
 */
#ifndef ENGINE_GATHER_H
#define ENGINE_GATHER_H

#include "diagnose/evidence.h"
#include "engine/attempt.h"
#include "engine/plan.h"
#include "engine/way.h"
#include "host/local.h"
#include "report/result.h"
#include "witness/watch.h"

/*
 * On a short path the answer has arrived by then, without the cost of a route look-up. Where many
 * share an endpoint, it may have to wait until those before it are read.
 */
#define GATHER_FIRST_LOOK_US       (1 * USEC_PER_MSEC)
#define GATHER_FIRST_LOOK_LATER_US (20 * USEC_PER_MSEC)
static inline int64_t gather_first_look_us(const struct attempt *attempt)
{
	return pool_shares(&attempt->user) ? GATHER_FIRST_LOOK_LATER_US : GATHER_FIRST_LOOK_US;
}

/* Of more addresses than this, a route is looked up when the turn of its address has come. */
#define GATHER_ROUTES_MAX 64

/* Changed by gather.c alone. */
struct gather {
	const struct plan *plan;
	const struct attempt *attempt;
	const struct watch *watch;
	struct way *ways;      /* one for every call position */
	int64_t neighbours_us; /* when the neighbours were looked up; 0: not yet */
	bool checksums_sampled;
	int64_t checksums_before;                /* negative: not known */
	int soft_errors[RESULT_SOFT_ERRORS_MAX]; /* distinct, in order of arrival */
	size_t soft_error_count;
	bool unclear;    /* one has come, and the stack does not know for which attempt */
	int64_t next_us; /* when to look again */

	/* After gather_end(). */
	struct asconf_settings asconf;
	struct local_address source;  /* the first one of -b, if none of them can be used */
	enum stack_assoc_state state; /* how far the attempt got */
	uint64_t checksum_errors;     /* packets with a bad checksum that arrived meanwhile */
};

/* What it points to must not move until gather_free(). */
void gather_begin(struct gather *gather, const struct plan *plan, const struct attempt *attempt,
		  const struct watch *watch);
void gather_free(struct gather *gather);

/*
 * To be called before a call that blocks, because nothing can be looked up during it. Without it
 * gather_look() does both in time.
 */
void gather_sample_checksums(struct gather *gather);
void gather_look_for_routes(struct gather *gather);

/* To be called at gather->next_us, and whenever packets have arrived. */
void gather_look(struct gather *gather, int64_t now_us);

/*
 * Is the first address of the call known to be out of reach, before the stack has asked the next
 * one? The stack would only wait for its timer.
 */
bool gather_may_move_on(const struct gather *gather, int64_t now_us);
/* Moves it, and others that follow and have no route, to the end of the plan. */
void gather_move_on(struct gather *gather, struct plan *plan);

/* Why the try cannot succeed any more, as far as is known; NULL: go on. */
const char *gather_give_up(const struct gather *gather, int64_t now_us);

/*
 * The try has ended without an association, and its endpoint is still open: finds out what else is
 * known. answered: the peer's answer has ended it, so routes need not be looked up.
 */
void gather_end(struct gather *gather, bool answered);

/* How far the attempt has got. ASSOC_CLOSED: not known. */
enum stack_assoc_state gather_state(const struct gather *gather);

/* Puts what it knows of each address into the paths, which begin with the requested addresses. */
void gather_tell(const struct gather *gather, struct path_result *paths);

#endif
