/* SPDX-License-Identifier: MIT */
/* --listen: the peer for tests and drills. */
#ifndef ENGINE_LISTEN_H
#define ENGINE_LISTEN_H

#include "base/timeline.h"
#include "engine/settings.h"
#include "report/report.h"
#include "stack/stack.h"
#include "target/target.h"

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
 * Binds all addresses of local, reports LISTEN_READY, then accepts and answers until options->count
 * associations have ended, a report can no longer be written, a signal comes, or loop_turn() fails.
 * Associations that are still up are then closed gracefully; those that do not close in time, or
 * before the next signal, are aborted. Reports the totals. Returns the exit status; if it cannot
 * listen, the reason is reported as a struct result.
 */
int listen_run(const struct listen_config *config);

#endif
