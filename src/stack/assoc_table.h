/* SPDX-License-Identifier: MIT */
/*
 * The associations of one endpoint by their id, however many there are: a list in ascending order.
 * Those whose id is not known yet (0) come first, the oldest in front. All zeros: empty.
 */
#ifndef STACK_ASSOC_TABLE_H
#define STACK_ASSOC_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct stack_assoc;

struct assoc_entry {
	uint32_t id;
	struct stack_assoc *assoc; /* not owned */
};

struct assoc_table {
	struct assoc_entry *entries; /* owned */
	size_t count;
	size_t room;
};

void assoc_table_add(struct assoc_table *table, uint32_t id, struct stack_assoc *assoc);

/* NULL: there is none with this id, which is not 0. */
struct stack_assoc *assoc_table_find(const struct assoc_table *table, uint32_t id);

/* Gives this id to the oldest association without one. NULL: all have one. */
struct stack_assoc *assoc_table_name(struct assoc_table *table, uint32_t id);

/* id: its id in the table. */
void assoc_table_remove(struct assoc_table *table, uint32_t id, const struct stack_assoc *assoc);

void assoc_table_free(struct assoc_table *table);

#endif
