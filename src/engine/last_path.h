/* SPDX-License-Identifier: MIT */
/*
 * The end of an association has to reach the peer, which would keep it otherwise. The stack sends
 * SHUTDOWN and ABORT on the primary path until it has found out that this is dead, which takes
 * longer than this program closes. So a path that has answered is made the primary before.
 */
#ifndef ENGINE_LAST_PATH_H
#define ENGINE_LAST_PATH_H

#include "base/timeline.h"
#include "report/result.h"
#include "stack/stack.h"

/* Zeros before the first one. */
struct last_path {
	const union address *answers; /* the primary if it does, or the first that does; or NULL */
	bool any_silent;
};

/* Each path of the association, with what its newest heartbeats say. */
void last_path_consider(struct last_path *last, const union address *address, enum verdict verdict,
			bool primary);

/* Nothing if all paths have answered, or none. */
void last_path_take(const struct last_path *last, const struct stack *stack,
		    struct stack_assoc *assoc, struct timeline *timeline);

/* Both, for the paths of a result. */
void last_path_of(const struct association *association, const struct stack *stack,
		  struct stack_assoc *assoc, struct timeline *timeline);

#endif
