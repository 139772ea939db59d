/* SPDX-License-Identifier: MIT */
/* The targets of fleet.h. */
#ifndef ENGINE_FLEET_TARGET_H
#define ENGINE_FLEET_TARGET_H

#include "base/timeline.h"
#include "engine/settings.h"
#include "report/reporter.h"
#include "stack/stack.h"
#include "target/target.h"

struct fleet_target {
	const char *name;
	unsigned line;             /* of the file */
	struct options *options;   /* those of many lines are the same; without their addresses */
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

#endif
