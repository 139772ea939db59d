/* SPDX-License-Identifier: MIT */
#include "engine/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "report/words.h"

static bool any_of_family(const union address *list, size_t count, sa_family_t family)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].sa.sa_family == family)
			return true;
	return false;
}

static void compare_order(struct plan *plan)
{
	plan->reordered = false;
	for (size_t i = 1; i < plan->count; i++)
		plan->reordered |= plan->requested[i] < plan->requested[i - 1];
}

/*
 * Narrowest scope first, otherwise the user's order. The INIT goes to the first address in the
 * call, and both ends leave out every address of a narrower scope (address.h).
 */
static void order_addresses(struct plan *plan, const struct target *peer)
{
	plan->requested_count = peer->address_count;
	plan->requested = xcalloc(peer->address_count + 1, sizeof(*plan->requested));
	plan->addresses = xcalloc(peer->address_count + 1, sizeof(*plan->addresses));
	for (enum address_scope scope = SCOPE_LOOPBACK; scope <= SCOPE_GLOBAL; scope++) {
		for (size_t i = 0; i < peer->address_count; i++) {
			const union address *a = &peer->addresses[i].address;

			if (address_scope(a) != scope)
				continue;
			plan->requested[plan->count] = i;
			plan->addresses[plan->count++] = *a;
		}
	}
	compare_order(plan);
}

/* Takes the addresses of this family out of the call. */
static void exclude_family(struct plan *plan, sa_family_t family, enum finding_code why,
			   struct timeline *timeline)
{
	struct finding cause = { .code = why, .basis = BASIS_SYSTEM, .family = family };
	struct message note;
	size_t kept = 0;

	if (!any_of_family(plan->addresses, plan->count, family))
		return;
	if (!plan->excluded)
		plan->excluded = xcalloc(plan->requested_count, sizeof(*plan->excluded));
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->addresses[i].sa.sa_family == family) {
			cause.address = plan->addresses[i];
			plan->excluded[plan->requested[i]] = cause;
			continue;
		}
		plan->requested[kept] = plan->requested[i];
		plan->addresses[kept++] = plan->addresses[i];
	}
	plan->count = kept;
	compare_order(plan);
	timeline_note(timeline, "going on without the IPv%d addresses: %s",
		      family == AF_INET6 ? 6 : 4, words_note(&cause, &note));
}

static void exclude_unbound(struct plan *plan, struct timeline *timeline)
{
	const union address *sources = plan->sources;
	size_t count = plan->source_count;
	bool both = count == 1 && sources->sa.sa_family == AF_INET6 && address_is_wildcard(sources);

	if (!count || both)
		return;
	if (!any_of_family(sources, count, AF_INET))
		exclude_family(plan, AF_INET, FINDING_BIND_WRONG_FAMILY, timeline);
	if (!any_of_family(sources, count, AF_INET6))
		exclude_family(plan, AF_INET6, FINDING_BIND_WRONG_FAMILY, timeline);
}

void plan_make(struct plan *plan, const struct target *peer, const struct target *local,
	       struct timeline *timeline)
{
	*plan = (struct plan){ .source_count = local->address_count };
	order_addresses(plan, peer);
	if (plan->reordered)
		timeline_note(
			timeline,
			"addresses reordered, narrowest scope first, so that none is left out");
	plan->sources = xcalloc(local->address_count + 1, sizeof(*plan->sources));
	for (size_t i = 0; i < local->address_count; i++)
		plan->sources[i] = local->addresses[i].address;
	exclude_unbound(plan, timeline);
}

void plan_free(struct plan *plan)
{
	free(plan->addresses);
	free(plan->requested);
	free(plan->excluded);
	free(plan->sources);
	*plan = (struct plan){ 0 };
}

/* If several could be it, the first one. */
const union address *plan_source(const struct plan *plan, const union address *to)
{
	for (size_t i = 0; i < plan->source_count; i++)
		if (plan->sources[i].sa.sa_family == to->sa.sa_family &&
		    !address_is_wildcard(&plan->sources[i]))
			return &plan->sources[i];
	return NULL;
}

bool plan_stays_here(const struct plan *plan, const union address *to)
{
	for (size_t i = 0; i < plan->source_count; i++)
		if (address_is_wildcard(&plan->sources[i]) ||
		    address_scope(&plan->sources[i]) != SCOPE_LOOPBACK)
			return false;
	return plan->source_count && address_scope(to) != SCOPE_LOOPBACK;
}

bool plan_needs_ipv6(const struct plan *plan)
{
	return any_of_family(plan->sources, plan->source_count, AF_INET6) ||
	       any_of_family(plan->addresses, plan->count, AF_INET6);
}

bool plan_without_ipv6(struct plan *plan, enum finding_code why, struct timeline *timeline)
{
	if (any_of_family(plan->sources, plan->source_count, AF_INET6) ||
	    !any_of_family(plan->addresses, plan->count, AF_INET6))
		return false;
	exclude_family(plan, AF_INET6, why, timeline);
	return true;
}

void plan_move_first(struct plan *plan)
{
	union address address = plan->addresses[0];
	size_t last = plan->count - 1, requested = plan->requested[0];

	memmove(plan->addresses, plan->addresses + 1, last * sizeof(*plan->addresses));
	memmove(plan->requested, plan->requested + 1, last * sizeof(*plan->requested));
	plan->addresses[last] = address;
	plan->requested[last] = requested;
	plan->moved++;
}

size_t plan_position(const struct plan *plan, const union address *address)
{
	size_t i = 0;

	while (i < plan->count && !address_equal(&plan->addresses[i], address))
		i++;
	return i;
}

/* Was it bound? Then this host takes the answers to it. */
static bool takes_answers(const struct local_address *local)
{
	char vrf[IF_NAMESIZE];

	return local->state == LOCAL_USABLE || local->state == LOCAL_BY_ROUTE ||
	       (local->state == LOCAL_IN_VRF && local_runs_in(local->vrf, vrf));
}

struct local_address plan_look_up_sources(const struct plan *plan)
{
	struct local_address first = { .state = LOCAL_USABLE };

	for (size_t i = plan->source_count; i-- > 0;) {
		first = local_look_up(&plan->sources[i]);
		if (!takes_answers(&first))
			continue;
		first.state = LOCAL_USABLE;
		break;
	}
	return first;
}
