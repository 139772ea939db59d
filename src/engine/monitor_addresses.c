/* SPDX-License-Identifier: MIT */
/* Addresses that the peer adds or removes while it is monitored (RFC 5061). */
#include "engine/monitor_parts.h"

#include <string.h>

#include "engine/snapshot.h"
#include "host/local.h"

static bool is_listed(const struct stack_path *list, size_t count, const union address *address)
{
	for (size_t i = 0; i < count; i++)
		if (address_equal(&list[i].address, address))
			return true;
	return false;
}

static bool is_monitored(const struct monitoring *r, const union address *address)
{
	for (size_t i = 0; i < r->m.path_count; i++)
		if (address_equal(&r->m.paths[i].address, address))
			return true;
	return false;
}

/* One that the connection leaves alone, because the peer has listed too many. */
static bool is_surplus(const struct monitoring *r, const union address *address)
{
	const struct association *a = &r->m.result->association;

	for (size_t i = 0; i < a->path_count; i++)
		if (a->paths[i].surplus && address_equal(&a->paths[i].path.address, address))
			return true;
	return false;
}

/* The same for what the peer has added since. */
static bool are_too_many(const struct monitoring *r)
{
	size_t added = 0;

	for (size_t i = 0; i < r->m.path_count; i++)
		added += r->m.paths[i].added;
	return added >= LEARNED_MAX;
}

static void add(struct monitoring *r, const struct stack_path *path)
{
	r->m.paths = xreallocarray(r->m.paths, r->m.path_count + 1, sizeof(*r->m.paths));
	r->m.paths[r->m.path_count] = (struct monitor_path){
		.address = path->address,
		.added = true,
		.verdict = VERDICT_UNVERIFIED,
		.state = path->state,
		.primary = path->primary,
		.dead_since_us = r->m.now_us,
	};
	probe_add(r->probe, &path->address);
	monitor_tell(r, &(struct monitor_event){ .type = MONITOR_ADDED,
						 .path = &r->m.paths[r->m.path_count++] });
}

static void drop(struct monitoring *r, size_t i)
{
	struct monitor_path gone = r->m.paths[i];

	if (gone.verdict == VERDICT_DEAD)
		gone.dead_us += r->m.now_us - gone.dead_since_us;
	r->m.path_count--;
	memmove(&r->m.paths[i], &r->m.paths[i + 1], (r->m.path_count - i) * sizeof(*r->m.paths));
	probe_remove(r->probe, i);
	monitor_count_short(r, r->m.now_us);
	monitor_tell(r, &(struct monitor_event){ .type = MONITOR_REMOVED, .path = &gone });
}

void monitor_take_addresses(struct monitoring *r, const struct stack_path *list, size_t count)
{
	for (size_t i = r->m.path_count; i-- > 0;)
		if (!is_listed(list, count, &r->m.paths[i].address))
			drop(r, i);
	for (size_t i = 0; i < count; i++) {
		const union address *address = &list[i].address;

		if (is_monitored(r, address) || is_surplus(r, address) || local_has(address))
			continue;
		if (address_lacks_zone(address) || are_too_many(r))
			(void)r->stack->no_heartbeats(r->assoc, address);
		else
			add(r, &list[i]);
	}
	probe_set_whole(r->probe, count == r->m.path_count);
}
