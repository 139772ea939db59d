/* SPDX-License-Identifier: MIT */
/* The protocol parameters of an association, for the report. */
#ifndef ENGINE_PARAMETERS_H
#define ENGINE_PARAMETERS_H

#include "base/timeline.h"
#include "engine/settings.h"
#include "report/result.h"
#include "stack/stack.h"

/*
 * Reads those in force into *a, if the report shows them, before any probe changes RTO.Min. An
 * association that has ended has none.
 */
void parameters_read(const struct stack *stack, struct stack_assoc *assoc,
		     const struct options *options, struct timeline *timeline,
		     struct association *a);

#endif
