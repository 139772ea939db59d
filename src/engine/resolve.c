/* SPDX-License-Identifier: MIT */
#include "engine/resolve.h"

#include <stdlib.h>
#include <sys/param.h>

#include "base/loop.h"

/*
 * A run asks for a name once. Tries that are repeated are to see what changes: a name that had no
 * address is asked for again with each of them.
 */
#define GOOD_US (10 * USEC_PER_SEC)
#define BAD_US  (500 * USEC_PER_MSEC)

struct resolver *resolve_by(const struct options *options, void (*ready)(void *context, short none),
			    void *context)
{
	bool repeats = options->monitor || options->wait_us;

	if (!options->names)
		return resolver_new();
	return resolver_join(options->names, repeats ? GOOD_US : INT64_MAX,
			     repeats ? BAD_US : INT64_MAX, ready, context);
}

void resolve_begin(struct resolve *resolve, struct resolver *resolver, struct target *peer,
		   struct target *local, int family, int64_t timeout_us, struct timeline *timeline)
{
	int64_t now_us = loop_now_us();

	*resolve = (struct resolve){
		.peer = peer,
		.local = local,
		.timeline = timeline,
		.resolver = resolver,
		.begun_us = now_us,
		.enough_us = now_us + timeout_us / 2,
		.deadline_us = now_us + timeout_us,
	};
	target_look_up(peer, resolve->resolver, family);
	target_look_up(local, resolve->resolver, family);
}

struct pollfd resolve_pollfd(const struct resolve *resolve)
{
	return (struct pollfd){ .fd = resolver_descriptor(resolve->resolver), .events = POLLIN };
}

int resolve_read(struct resolve *resolve)
{
	return resolver_read(resolve->resolver);
}

static const char *awaited(const struct resolve *resolve)
{
	const char *name = target_awaits(resolve->peer);

	return name ? name : target_awaits(resolve->local);
}

static bool has_enough(const struct resolve *resolve)
{
	return target_has_some(resolve->peer) && target_is_looked_up(resolve->local);
}

bool resolve_is_over(const struct resolve *resolve, int64_t now_us)
{
	return now_us >= resolve->deadline_us || !awaited(resolve) ||
	       (now_us >= resolve->enough_us && has_enough(resolve));
}

int64_t resolve_next_us(const struct resolve *resolve, int64_t now_us)
{
	return now_us < resolve->enough_us ? resolve->enough_us : resolve->deadline_us;
}

void resolve_wait(struct resolve *resolve)
{
	char shown[PRINTABLE_MAX];

	resolve->waited = true;
	timeline_progress(resolve->timeline, "looking up %s ...",
			  printable(awaited(resolve), shown, sizeof(shown)));
}

void resolve_end(struct resolve *resolve)
{
	int64_t had_us = resolve->deadline_us - resolve->begun_us;
	struct message why, other;
	int local;
	size_t late;

	if (!resolve->resolver)
		return;
	timeline_clear(resolve->timeline);
	resolve->status =
		target_take(resolve->peer, had_us, &resolve->late, resolve->timeline, &why);
	local = target_take(resolve->local, had_us, &late, resolve->timeline,
			    resolve->status == STATUS_OK ? &why : &other);
	resolve->took_us = loop_now_us() - resolve->begun_us;
	if (resolve->late && resolve->peer->address_count && local == STATUS_OK) {
		resolve->status = STATUS_OK;
		resolve->peer->unresolved->waited_us = resolve->took_us;
	} else {
		resolve->late = 0;
	}
	if (resolve->status == STATUS_OK)
		resolve->status = local;
	if (resolve->status == STATUS_USAGE) {
		resolve->failed = xmalloc(sizeof(why));
		*resolve->failed = why;
	}
	resolver_free(resolve->resolver);
	resolve->resolver = NULL;
}

void resolve_free(struct resolve *resolve)
{
	resolve_end(resolve);
	free(resolve->failed);
	*resolve = (struct resolve){ 0 };
}

const struct unresolved *resolve_fault(const struct resolve *resolve)
{
	if (resolve->status != STATUS_UNRESOLVED && !resolve->late)
		return NULL;
	return resolve->peer->unresolved ? resolve->peer->unresolved : resolve->local->unresolved;
}

int64_t resolve_left_us(const struct resolve *resolve)
{
	int64_t used_us = resolve->waited ? resolve->took_us : 0;

	return MAX(resolve->deadline_us - resolve->begun_us - used_us, 1);
}
