/* SPDX-License-Identifier: MIT */
/* The mode that connects: the attempt, its report, then --monitor, and the close. */
#ifndef CONNECT_H
#define CONNECT_H

#include "base/timeline.h"
#include "engine/settings.h"
#include "report/reporter.h"
#include "stack/stack.h"
#include "target/target.h"

struct connect_config {
	const struct stack *stack; /* NULL: none can be used, and stack_error says why */
	int stack_error;
	const struct options *options;
	struct target *peer; /* parsed, not resolved; so is local */
	struct target *local;
	const struct reporter *reporter;
	struct timeline *timeline;
};

/* Returns the exit status. */
int connect_run(const struct connect_config *config);

#endif
