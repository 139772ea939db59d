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
#include "host/departure.h"
#include "host/local.h"
#include "host/neighbour.h"
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

/* What this host knows about the route to one address, without sending anything. */
struct way {
	struct route route;     /* the one that the stack takes; zeros: not looked up */
	int route_error;        /* why none that it can take is open: positive errno, or 0 */
	char link[IF_NAMESIZE]; /* ENETDOWN: the link of this host that has no carrier */
	enum neighbour neighbour;
	union address hop; /* the next hop, unless the neighbour is unknown */
	int send_error;    /* why the newest packet could not be sent, or 0 */
	int soft_error;    /* SO_ERROR, when its turn alone had come; or 0 */
	struct departure departure;
	enum reverse_path reverse_path; /* of the newest packet from it */
	char arrived[IF_NAMESIZE];      /* the link that this one arrived on */
	char expected[IF_NAMESIZE];     /* the link of the route back, or "" */
};

/* The ends of the packets to an address. */
struct way_flow {
	const struct stack *stack;
	const struct stack_endpoint *endpoint;
	struct stack_encaps udp;
	const union address *source; /* NULL: the one that the route chooses */
};

void way_look_for_route(struct way *way, struct routes *routes, const union address *address,
			const struct plan *plan);

/* Did a packet leave this host? */
enum leaving {
	LEAVING_UNKNOWN,
	LEAVING_NONE, /* certainly not */
	LEAVING_SEEN,
};

/*
 * The route, what follows from it, and the neighbour, for an address that is asked about alone.
 * LEAVING_SEEN: nothing follows.
 */
void way_look_for_hop(struct way *way, const union address *address, const struct plan *plan,
		      enum leaving leaving);
void way_look_for_unsent(struct way *way, const union address *address, const struct stack *stack,
			 struct stack_assoc *assoc);
void way_look_for_departure(struct way *way, const union address *address,
			    const struct way_flow *flow);
void way_look_for_return(struct way *way, const union address *address, const struct watch *watch);
void way_tell(const struct way *way, struct path_result *path);

/* Changed by gather.c alone. */
struct gather {
	const struct plan *plan;
	const struct attempt *attempt;
	const struct watch *watch;
	struct way *ways; /* one for every call position */
	bool routes_known;
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

/* Puts what it knows of each address into the paths, which begin with the requested addresses. */
void gather_tell(const struct gather *gather, struct path_result *paths);

#endif
