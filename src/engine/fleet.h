/* SPDX-License-Identifier: MIT */
/*
 * Many targets in one process: a connection for each, as many at a time as the user allows and this
 * host can carry, all in one loop. Each result is reported as it comes.
 */
#ifndef ENGINE_FLEET_H
#define ENGINE_FLEET_H

#include "base/timeline.h"
#include "engine/settings.h"
#include "report/reporter.h"
#include "stack/stack.h"
#include "target/target.h"

struct fleet_target {
	const char *name;
	unsigned line; /* of the file */
	struct options options;
	struct target peer, local; /* parsed, not resolved */
};

struct fleet_config {
	const struct stack *stack; /* NULL: none can be used, and stack_error says why */
	int stack_error;
	const struct options *options; /* of the command line */
	struct fleet_target *targets;
	size_t count;
	const struct reporter *reporter;
	struct timeline *timeline;
};

/* Returns the exit status of all together. */
int fleet_run(const struct fleet_config *config);

#endif
