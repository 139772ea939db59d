/* SPDX-License-Identifier: MIT */
#include "witness/ledger.h"

#include <stdlib.h>
#include <sys/param.h>

#include "base/util.h"

/* Of a requested address of which nothing was seen. */
static const struct ledger_path nothing = { .requested = true };

static struct address_list seen(const struct ledger *ledger)
{
	return (struct address_list){ ledger->paths, sizeof(*ledger->paths), ledger->path_count };
}

static bool is_requested(const struct ledger *ledger, const union address *address)
{
	size_t count = ledger->requested ? ledger->requested_count : 0;
	struct address_list list = { ledger->requested, sizeof(*address), count };

	return address_index_find(&ledger->requested_index, &list, address) < count;
}

void ledger_init(struct ledger *ledger, const union address *addresses, size_t count,
		 int64_t now_us)
{
	struct address_list list = { .size = sizeof(*addresses) };

	*ledger = (struct ledger){ .start_us = now_us, .requested_count = count };
	list.first = ledger->requested = xcalloc(MAX(count, 1), sizeof(*addresses));
	while (list.count < count) {
		ledger->requested[list.count] = addresses[list.count];
		list.count++;
		address_index_add(&ledger->requested_index, &list);
	}
}

void ledger_free(struct ledger *ledger)
{
	free(ledger->paths);
	free(ledger->requested);
	address_index_free(&ledger->index);
	address_index_free(&ledger->requested_index);
	free(ledger->peer);
	*ledger = (struct ledger){ 0 };
}

/* NULL: nothing was seen of it. */
static struct ledger_path *find_seen(const struct ledger *ledger, const union address *address)
{
	struct address_list list = seen(ledger);
	size_t place = address_index_find(&ledger->index, &list, address);

	return place < ledger->path_count ? &ledger->paths[place] : NULL;
}

const struct ledger_path *ledger_find(const struct ledger *ledger, const union address *address)
{
	const struct ledger_path *path = find_seen(ledger, address);

	return !path && is_requested(ledger, address) ? &nothing : path;
}

static struct ledger_path *add_path(struct ledger *ledger, const union address *address,
				    bool requested)
{
	struct address_list list;
	struct ledger_path *path;

	if (ledger->path_count == ledger->path_room) {
		ledger->path_room = ledger->path_room ? 2 * ledger->path_room
						      : MIN(MAX(ledger->requested_count, 1), 4);
		ledger->paths =
			xreallocarray(ledger->paths, ledger->path_room, sizeof(*ledger->paths));
	}
	path = &ledger->paths[ledger->path_count++];
	*path = (struct ledger_path){ .address = *address, .requested = requested };
	address_set_port(&path->address, 0);
	ledger->learned += !requested;
	list = seen(ledger);
	address_index_add(&ledger->index, &list);
	return path;
}

struct ledger_path *ledger_path_at(struct ledger *ledger, const union address *address)
{
	struct ledger_path *path = find_seen(ledger, address);

	return !path && is_requested(ledger, address) ? add_path(ledger, address, true) : path;
}

struct ledger_path *ledger_learn(struct ledger *ledger, const union address *address)
{
	struct ledger_path *path = ledger_path_at(ledger, address);

	if (path || ledger->learned == LEDGER_LEARNED_MAX)
		return path;
	return add_path(ledger, address, false);
}
