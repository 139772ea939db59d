/* SPDX-License-Identifier: MIT */
/* --listen: the peer for tests and drills. */
#ifndef ENGINE_LISTEN_H
#define ENGINE_LISTEN_H

#include "base/loop.h"
#include "base/timeline.h"
#include "engine/settings.h"
#include "report/report.h"
#include "stack/stack.h"
#include "target/target.h"

struct listening;

/* The arguments of a listener. All outlive the listening. */
struct listen_config {
	const struct stack *stack; /* NULL: stack_error (positive errno) says why there is none */
	int stack_error;
	const struct options *options;
	struct target *local; /* parsed; resolved here */
	const struct reporter *reporter;
	struct timeline *timeline;
};

/*
 * A client of the loop. Binds all addresses of local, reports LISTEN_READY, then accepts and echoes
 * until options->count associations have ended, or until a report can no longer be written.
 * NULL: it cannot listen, the reason was reported as a struct result, and *status is the exit
 * status.
 */
struct listening *listen_start(struct loop *loop, const struct listen_config *config, int *status);
bool listen_ended(const struct listening *listening);

/*
 * Ends it: a signal came (loop_take_signal()), or loop_turn() failed with this errno.
 * Associations that are still up are closed gracefully, and listen_ended() says when they are:
 * those that do not close in time, or before the next interruption, are aborted.
 */
void listen_interrupt(struct listening *listening, int signal, int error);

/* Reports the totals, and frees. Returns the exit status. */
int listen_finish(struct listening *listening);

/* All of that, in its own loop. */
int listen_run(const struct listen_config *config);

#endif
