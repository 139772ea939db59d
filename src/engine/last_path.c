/* SPDX-License-Identifier: MIT */
#include "engine/last_path.h"

#include "base/names.h"

void last_path_consider(struct last_path *last, const union address *address, enum verdict verdict,
			bool primary)
{
	last->any_silent |= verdict != VERDICT_VERIFIED;
	if (verdict == VERDICT_VERIFIED && (primary || !last->answers))
		last->answers = address;
}

void last_path_take(const struct last_path *last, const struct stack *stack,
		    struct stack_assoc *assoc, struct timeline *timeline)
{
	char text[ADDRESS_TEXT_MAX];
	int rc;

	if (!last->answers || !last->any_silent)
		return;
	/* Also if it is: usrsctp may be sending on another one instead. */
	rc = stack->set_primary(assoc, last->answers);
	timeline_note(timeline, "closing: over %s%s%s", address_host_text(last->answers, text),
		      rc < 0 ? ": " : "", rc < 0 ? errno_name(-rc) : "");
}

void last_path_of(const struct association *association, const struct stack *stack,
		  struct stack_assoc *assoc, struct timeline *timeline)
{
	struct last_path last = { 0 };

	for (size_t i = 0; i < association->path_count; i++) {
		const struct path_result *path = &association->paths[i];

		if (path->in_association)
			last_path_consider(&last, &path->path.address, path->verdict,
					   path->path.primary);
	}
	last_path_take(&last, stack, assoc, timeline);
}
