/* SPDX-License-Identifier: MIT */
/*
 * Which addresses go into the call, and in which order. "Call position" always means the index of
 * an address in the call; the stack sends its INIT to one after the other, from position 0 on.
 */
#ifndef ENGINE_PLAN_H
#define ENGINE_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/address.h"
#include "base/timeline.h"
#include "host/local.h"
#include "report/finding.h"
#include "target/target.h"

struct plan {
	union address *addresses; /* those of the call, narrowest scope first */
	size_t *requested;        /* call position -> index of the requested address */
	size_t count;
	/* For every requested address: why it is not in the call, or none. NULL: all are. */
	struct finding *excluded;
	size_t requested_count;
	bool reordered;         /* by scope: the call is not in the user's order */
	size_t moved;           /* the last ones of the call, because they cannot be reached */
	union address *sources; /* the addresses of -b */
	size_t source_count;
	bool udp; /* SCTP in UDP */
};

/*
 * Both targets are resolved. The stack never sends from an address that is not bound, so addresses
 * that no -b address can reach are excluded.
 */
void plan_make(struct plan *plan, const struct target *peer, const struct target *local,
	       struct timeline *timeline);
void plan_free(struct plan *plan);

/* Are all of -b loopback, and this one not? usrsctp then sends nothing to it. */
bool plan_stays_here(const struct plan *plan, const union address *to);

/* The address that packets to this one are sent from; NULL: the route chooses it. */
const union address *plan_source(const struct plan *plan, const union address *to);

/* Of the addresses of -b: the first that can be used, or why none can. */
struct local_address plan_look_up_sources(const struct plan *plan);

/* Must the socket carry IPv6? */
bool plan_needs_ipv6(const struct plan *plan);

/*
 * This host has no IPv6, or forbids it: takes those addresses out of the call. False: that makes no
 * difference, because -b asks for IPv6, or because there are none.
 */
bool plan_without_ipv6(struct plan *plan, enum finding_code why, struct timeline *timeline);

/* The first address of the call cannot be reached: makes it the last one of the next call. */
void plan_move_first(struct plan *plan);

/* The call position of an address; count: it is not in the call. */
size_t plan_position(const struct plan *plan, const union address *address);

#endif
