/* SPDX-License-Identifier: MIT */
#include "stack/assoc_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/util.h"

/* The index of the first entry whose id is not below this id. */
static size_t lower_bound(const struct assoc_table *table, uint32_t id)
{
	size_t from = 0, to = table->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (table->entries[middle].id < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* After those with the same id. Stacks count ids up, so this is usually the end. */
void assoc_table_add(struct assoc_table *table, uint32_t id, struct stack_assoc *assoc)
{
	size_t at = id == UINT32_MAX ? table->count : lower_bound(table, id + 1);

	if (table->count == table->room) {
		table->room = MAX(2 * table->room, 1);
		table->entries =
			xreallocarray(table->entries, table->room, sizeof(*table->entries));
	}
	memmove(&table->entries[at + 1], &table->entries[at],
		(table->count - at) * sizeof(*table->entries));
	table->entries[at] = (struct assoc_entry){ .id = id, .assoc = assoc };
	table->count++;
}

struct stack_assoc *assoc_table_find(const struct assoc_table *table, uint32_t id)
{
	size_t at = lower_bound(table, id);

	return id && at < table->count && table->entries[at].id == id ? table->entries[at].assoc
								      : NULL;
}

static void remove_at(struct assoc_table *table, size_t at)
{
	table->count--;
	memmove(&table->entries[at], &table->entries[at + 1],
		(table->count - at) * sizeof(*table->entries));
}

struct stack_assoc *assoc_table_name(struct assoc_table *table, uint32_t id)
{
	struct stack_assoc *assoc;

	if (!table->count || table->entries[0].id)
		return NULL;
	assoc = table->entries[0].assoc;
	remove_at(table, 0);
	assoc_table_add(table, id, assoc);
	return assoc;
}

void assoc_table_remove(struct assoc_table *table, uint32_t id, const struct stack_assoc *assoc)
{
	for (size_t at = lower_bound(table, id); at < table->count && table->entries[at].id == id;
	     at++)
		if (table->entries[at].assoc == assoc) {
			remove_at(table, at);
			return;
		}
}

void assoc_table_free(struct assoc_table *table)
{
	free(table->entries);
	*table = (struct assoc_table){ 0 };
}
