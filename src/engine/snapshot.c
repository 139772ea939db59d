/* SPDX-License-Identifier: MIT */
#include "engine/snapshot.h"

#include <errno.h>
#include <stdlib.h>

#include "base/names.h"
#include "host/local.h"

/* Frees the data of an earlier snapshot. */
static void forget(struct association *a)
{
	size_t kept = 0;

	for (size_t i = 0; i < a->path_count; i++) {
		if (!a->paths[i].requested)
			continue;
		a->paths[kept] = a->paths[i];
		a->paths[kept++].in_association = false;
	}
	a->path_count = kept;
	free(a->local);
	a->local = NULL;
	a->local_count = 0;
	a->known = false;
}

static struct path_result *find_requested(struct association *a, size_t requested,
					  const union address *address)
{
	for (size_t i = 0; i < requested; i++)
		if (address_equal(&a->paths[i].path.address, address) &&
		    !a->paths[i].in_association)
			return &a->paths[i];
	return NULL;
}

/* Sorts what the stack lists into the requested addresses, and appends the learned ones. */
static void merge_paths(struct association *a, const struct stack_path *list, size_t count)
{
	size_t requested = a->path_count, room = requested;

	for (size_t i = 0; i < count; i++) {
		struct path_result *path = find_requested(a, requested, &list[i].address);

		if (path) {
			union address given = path->path.address;

			path->path = list[i];
			/* With the zone, which the kernel does not return. */
			path->path.address = given;
		} else {
			if (a->path_count == room) {
				room += count - i;
				a->paths = xreallocarray(a->paths, room, sizeof(*a->paths));
			}
			path = &a->paths[a->path_count++];
			*path = (struct path_result){ .path = list[i] };
		}
		path->in_association = true;
		path->verdict = VERDICT_UNVERIFIED;
	}
}

int snapshot_take(const struct stack *stack, struct stack_assoc *assoc, struct association *a)
{
	struct stack_path *list = NULL;
	int rc;

	forget(a);
	rc = stack->status(assoc, &a->status);
	if (rc < 0)
		return rc;
	rc = stack->paths(assoc, &a->status.primary, &list);
	if (rc < 0)
		return rc;
	merge_paths(a, list, (size_t)rc);
	free(list);
	a->known = true;
	return 0;
}

int snapshot_take_local(const struct stack *stack, struct stack_assoc *assoc, struct association *a)
{
	int rc = stack->local_addresses(assoc, &a->local);

	a->local_count = rc > 0 ? (size_t)rc : 0;
	return rc < 0 && rc != -ENOTCONN ? rc : 0;
}

size_t snapshot_answered(const struct association *a, const struct plan *plan)
{
	size_t position = plan->count;

	for (size_t i = 0; i < a->path_count && position == plan->count; i++)
		if (a->paths[i].in_association && a->paths[i].path.primary)
			position = plan_position(plan, &a->paths[i].path.address);
	return position < plan->count ? position : 0;
}

bool snapshot_set_primary(const struct stack *stack, struct stack_assoc *assoc,
			  const struct plan *plan, size_t answered, struct timeline *timeline)
{
	char text[ADDRESS_TEXT_MAX];
	size_t position = 0;
	int rc;

	if (!plan->reordered)
		return false;
	while (plan->requested[position] != 0 && position + 1 < plan->count)
		position++;
	if (plan->requested[position] != 0 || position <= answered ||
	    position >= plan->count - plan->moved)
		return false;
	rc = stack->set_primary(assoc, &plan->addresses[position]);
	timeline_note(timeline, "primary set to the first -a, %s: %s",
		      address_host_text(&plan->addresses[position], text),
		      rc < 0 ? errno_name(-rc) : "done");
	return rc == 0;
}

static bool any_other(const struct association *a, const union address *answered)
{
	for (size_t i = 0; i < a->path_count; i++)
		if (a->paths[i].in_association &&
		    !address_equal(&a->paths[i].path.address, answered))
			return true;
	return false;
}

static void leave_alone(const struct stack *stack, struct stack_assoc *assoc,
			const struct path_result *path, const char *why, struct timeline *timeline)
{
	int rc = stack->no_heartbeats(assoc, &path->path.address);
	char text[ADDRESS_TEXT_MAX];

	timeline_note(timeline, "%s %s: no heartbeats (%s)",
		      address_host_text(&path->path.address, text), why,
		      rc < 0 ? errno_name(-rc) : "done");
}

void snapshot_find_own(const struct stack *stack, struct stack_assoc *assoc,
		       const union address *answered, struct association *a,
		       struct timeline *timeline)
{
	bool here = !any_other(a, answered) || local_has(answered);

	for (size_t i = 0; !here && i < a->path_count; i++) {
		struct path_result *path = &a->paths[i];

		if (!path->in_association || address_equal(&path->path.address, answered) ||
		    !local_has(&path->path.address))
			continue;
		path->own = true;
		leave_alone(stack, assoc, path, "is an address of this host, too", timeline);
	}
}

void snapshot_find_zoneless(const struct stack *stack, struct stack_assoc *assoc,
			    struct association *a, struct timeline *timeline)
{
	for (size_t i = 0; i < a->path_count; i++) {
		struct path_result *path = &a->paths[i];

		if (!path->in_association || path->own || !address_lacks_zone(&path->path.address))
			continue;
		path->zoneless = true;
		leave_alone(stack, assoc, path, "is on a link that is not known", timeline);
	}
}

void snapshot_limit_learned(const struct stack *stack, struct stack_assoc *assoc,
			    struct association *a, struct timeline *timeline)
{
	size_t learned = 0;

	for (size_t i = 0; i < a->path_count; i++) {
		struct path_result *path = &a->paths[i];

		if (!path->in_association || path->requested || path->own || path->zoneless ||
		    ++learned <= LEARNED_MAX)
			continue;
		path->surplus = true;
		leave_alone(stack, assoc, path, "is one of too many", timeline);
	}
}
