/* SPDX-License-Identifier: MIT */
#include "base/address_index.h"

#include <stdlib.h>

#include "base/util.h"

/* Searching so many takes no longer than a table. */
#define FEW 8

static const union address *at(const struct address_list *list, size_t place)
{
	return (const union address *)((const char *)list->first + place * list->size);
}

/* Of the zone nothing counts: it may be missing. */
static size_t first_slot(const struct address_index *index, const union address *address)
{
	return address_hash(address) & (index->slot_count - 1);
}

static size_t next_slot(const struct address_index *index, size_t slot)
{
	return (slot + 1) & (index->slot_count - 1);
}

static void fill(struct address_index *index, const struct address_list *list, size_t place)
{
	size_t slot = first_slot(index, at(list, place));

	while (index->slots[slot])
		slot = next_slot(index, slot);
	index->slots[slot] = (uint32_t)place + 1;
}

/* At most half of the slots are full, so that each is found within a few steps. */
static void grow(struct address_index *index, const struct address_list *list)
{
	free(index->slots);
	for (index->slot_count = 4 * FEW; index->slot_count < 4 * list->count;)
		index->slot_count *= 2;
	index->slots = xcalloc(index->slot_count, sizeof(*index->slots));
	for (size_t i = 0; i < list->count; i++)
		fill(index, list, i);
}

void address_index_add(struct address_index *index, const struct address_list *list)
{
	if (list->count <= FEW)
		return;
	if (index->slot_count < 2 * list->count)
		grow(index, list);
	else
		fill(index, list, list->count - 1);
}

void address_index_free(struct address_index *index)
{
	free(index->slots);
	*index = (struct address_index){ 0 };
}

size_t address_index_find(const struct address_index *index, const struct address_list *list,
			  const union address *address)
{
	size_t place = 0;

	if (!index->slots) {
		while (place < list->count && !address_equal(at(list, place), address))
			place++;
		return place;
	}
	for (size_t slot = first_slot(index, address); index->slots[slot];
	     slot = next_slot(index, slot)) {
		place = index->slots[slot] - 1;
		if (address_equal(at(list, place), address))
			return place;
	}
	return list->count;
}
