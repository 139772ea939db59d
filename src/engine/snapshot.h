/* SPDX-License-Identifier: MIT */
/* Reads the state of an association and its paths from the stack. */
#ifndef ENGINE_SNAPSHOT_H
#define ENGINE_SNAPSHOT_H

#include "base/timeline.h"
#include "engine/plan.h"
#include "report/result.h"
#include "stack/stack.h"

/*
 * Fills *a, whose paths may already list the requested addresses: the stack's paths are sorted into
 * those, and learned paths come last. May be repeated. 0, or -errno of the stack (-ENOTCONN: it
 * has already ended), and then a is not known.
 */
int snapshot_take(const struct stack *stack, struct stack_assoc *assoc, struct association *a);

/* Fills the addresses of this end. 0, or -errno of the stack. */
int snapshot_take_local(const struct stack *stack, struct stack_assoc *assoc,
			struct association *a);

/* The call position of the address that answered the INIT, which is now the primary path. */
size_t snapshot_answered(const struct association *a, const struct plan *plan);

/*
 * If the call was reordered, the primary is the first address in the call that answered. The
 * user's first address should be the primary, unless its turn came before and it did not answer.
 * True: it has been made the primary now.
 */
bool snapshot_set_primary(const struct stack *stack, struct stack_assoc *assoc,
			  const struct plan *plan, size_t answered, struct timeline *timeline);

/*
 * Finds the paths whose address this host has, too (a bridge of containers has the same on every
 * host). A packet to it comes back here, and this host's answer, an ABORT, would end the
 * association: the stack is to send no heartbeats there. Not if the peer is this host itself,
 * which the address that answered shows.
 */
void snapshot_find_own(const struct stack *stack, struct stack_assoc *assoc,
		       const union address *answered, struct association *a,
		       struct timeline *timeline);

/*
 * Finds the link-local addresses that only the peer has named. Nobody knows on which link they are,
 * and the stack would take any: if the peer has the address there, it does not know the sender's,
 * and its ABORT would end the association. The stack is to send no heartbeats there.
 */
void snapshot_find_zoneless(const struct stack *stack, struct stack_assoc *assoc,
			    struct association *a, struct timeline *timeline);

/* What a host may have, and what others may have to bear at worst. */
#define LEARNED_MAX 8

/*
 * Of the addresses that only the peer has named, more than a host is likely to have are marked as
 * surplus, and nothing is sent to them from here on: they may be anybody's.
 */
void snapshot_limit_learned(const struct stack *stack, struct stack_assoc *assoc,
			    struct association *a, struct timeline *timeline);

#endif
