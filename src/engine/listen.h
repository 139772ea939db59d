/* SPDX-License-Identifier: MIT */
/* --listen: the peer for tests and drills. */
#ifndef ENGINE_LISTEN_H
#define ENGINE_LISTEN_H

#include "base/timeline.h"
#include "engine/settings.h"
#include "report/report.h"
#include "stack/stack.h"
#include "target/target.h"

/*
 * Binds all addresses of local (resolved here), reports LISTEN_READY, then accepts and echoes until
 * options->count associations have come and gone or a signal asks it to end. Associations that are
 * still up then are closed gracefully, those that do not close in time aborted. What keeps it from
 * listening is reported as a struct result. stack NULL: stack_error says why there is none.
 * Returns the exit status.
 */
int listen_run(const struct stack *stack, int stack_error, const struct options *options,
	       struct target *local, const struct reporter *reporter, struct timeline *timeline);

#endif
