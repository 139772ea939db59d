/* SPDX-License-Identifier: MIT */
/* What the files of connection.h share: connection.c changes it, connection_view.c reads it. */
#ifndef ENGINE_CONNECTION_PARTS_H
#define ENGINE_CONNECTION_PARTS_H

#include "base/loop.h"
#include "engine/closing.h"
#include "engine/state.h"
#include "engine/trial.h"

/*
 * Each phase (resolve.h, plan.h, attempt.h, gather.h, verify.h, closing.h) has a struct that only
 * its own file changes, and returns what happened. connection.c decides what follows from that, and
 * the state. Only enter() changes the state.
 */
struct connection {
	const struct stack *stack;
	int stack_error; /* why stack is NULL */
	const struct options *options;
	struct target *peer;
	struct target *local;
	struct timeline *timeline;

	enum connection_state state;
	int64_t begun_us; /* the first try */
	int64_t wake_us;  /* when this state has something to do, even without an event */

	/* The sources and the timer of the loop. */
	struct loop *loop;
	struct loop_source names, events;
	struct loop_timer timer;

	void (*changed)(void *context); /* or NULL */
	void *context;

	struct trial trial; /* the current try */
	struct closing closing;
	struct result result;
};

#endif
