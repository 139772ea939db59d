/* SPDX-License-Identifier: MIT */
#include "engine/parameters.h"

static void note(struct timeline *timeline, const struct stack_parameters *in_force)
{
	char text[PARAMETER_TEXT_MAX];

	if (!timeline->verbose)
		return;
	for (enum stack_parameter p = 0; p < PARAMETER_COUNT; p++)
		if (parameter_is_known(in_force, p))
			timeline_note(timeline, "%s=%s", parameter_kind(p)->name,
				      parameter_text(p, in_force->value[p], text));
}

void parameters_read(const struct stack *stack, struct stack_assoc *assoc,
		     const struct options *options, struct timeline *timeline,
		     struct association *a)
{
	bool shown = options->format == FORMAT_JSON && !options->quiet;

	a->asked = options->parameters;
	if (!shown && !options->verbose && !options->parameters.known)
		return;
	if (stack->parameters(assoc, &a->in_force) == 0)
		note(timeline, &a->in_force);
}
