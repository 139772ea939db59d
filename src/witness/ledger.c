/* SPDX-License-Identifier: MIT */
#include "witness/ledger.h"

#include <stdlib.h>
#include <sys/param.h>

#include "base/util.h"

static struct address_list list_of(const struct ledger *ledger)
{
	return (struct address_list){ ledger->paths, sizeof(*ledger->paths), ledger->path_count };
}

static void make_room(struct ledger *ledger, size_t room)
{
	ledger->paths = xreallocarray(ledger->paths, room, sizeof(*ledger->paths));
	ledger->path_room = room;
}

/* There is room. */
static struct ledger_path *add_path(struct ledger *ledger, const union address *address)
{
	struct ledger_path *path = &ledger->paths[ledger->path_count++];
	struct address_list list = list_of(ledger);

	*path = (struct ledger_path){ .address = *address };
	address_set_port(&path->address, 0);
	address_index_add(&ledger->index, &list);
	return path;
}

void ledger_init(struct ledger *ledger, const union address *addresses, size_t count,
		 int64_t now_us)
{
	*ledger = (struct ledger){ .start_us = now_us,
				   .path_most = count + LEDGER_LEARNED_MAX,
				   .requested_count = count };
	make_room(ledger, MAX(count, 1));
	for (size_t i = 0; i < count; i++)
		add_path(ledger, &addresses[i])->requested = true;
}

void ledger_free(struct ledger *ledger)
{
	free(ledger->paths);
	address_index_free(&ledger->index);
	free(ledger->peer);
	*ledger = (struct ledger){ 0 };
}

struct ledger_path *ledger_path_at(const struct ledger *ledger, const union address *address)
{
	struct address_list list = list_of(ledger);
	size_t place = address_index_find(&ledger->index, &list, address);

	return place < ledger->path_count ? &ledger->paths[place] : NULL;
}

const struct ledger_path *ledger_find(const struct ledger *ledger, const union address *address)
{
	return ledger_path_at(ledger, address);
}

struct ledger_path *ledger_learn(struct ledger *ledger, const union address *address)
{
	struct ledger_path *path = ledger_path_at(ledger, address);

	if (path || ledger->path_count == ledger->path_most)
		return path;
	if (ledger->path_count == ledger->path_room)
		make_room(ledger, MIN(2 * ledger->path_room, ledger->path_most));
	return add_path(ledger, address);
}
