/* SPDX-License-Identifier: MIT */
#include "witness/ledger.h"

#include <stdlib.h>
#include <sys/param.h>

#include "base/util.h"

/* Where the slots begin that may have it. Of the zone nothing counts: it may be missing. */
static size_t first_slot(const struct ledger *ledger, const union address *address)
{
	return address_hash(address) & (ledger->slot_count - 1);
}

static void fill_slot(struct ledger *ledger, size_t i)
{
	size_t slot = first_slot(ledger, &ledger->paths[i].address);

	while (ledger->slots[slot])
		slot = (slot + 1) & (ledger->slot_count - 1);
	ledger->slots[slot] = (uint32_t)i + 1;
}

static void make_room(struct ledger *ledger, size_t room)
{
	ledger->paths = xreallocarray(ledger->paths, room, sizeof(*ledger->paths));
	ledger->path_room = room;
	if (ledger->slot_count >= 2 * room)
		return;
	/* Twice as many slots as paths, so that each is found within a few steps. */
	for (ledger->slot_count = 16; ledger->slot_count < 2 * room;)
		ledger->slot_count *= 2;
	free(ledger->slots);
	ledger->slots = xcalloc(ledger->slot_count, sizeof(*ledger->slots));
	for (size_t i = 0; i < ledger->path_count; i++)
		fill_slot(ledger, i);
}

/* There is room. */
static struct ledger_path *add_path(struct ledger *ledger, const union address *address)
{
	struct ledger_path *path = &ledger->paths[ledger->path_count];

	*path = (struct ledger_path){ .address = *address };
	address_set_port(&path->address, 0);
	fill_slot(ledger, ledger->path_count++);
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
	free(ledger->slots);
	free(ledger->peer);
	*ledger = (struct ledger){ 0 };
}

struct ledger_path *ledger_path_at(const struct ledger *ledger, const union address *address)
{
	struct ledger_path *path;

	/* ledger_since() makes ledgers of one path. */
	for (size_t i = 0; !ledger->slots && i < ledger->path_count; i++)
		if (address_equal(&ledger->paths[i].address, address))
			return &ledger->paths[i];
	if (!ledger->slots)
		return NULL;
	for (size_t slot = first_slot(ledger, address); ledger->slots[slot];
	     slot = (slot + 1) & (ledger->slot_count - 1)) {
		path = &ledger->paths[ledger->slots[slot] - 1];
		if (address_equal(&path->address, address))
			return path;
	}
	return NULL;
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
