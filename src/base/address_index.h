/* SPDX-License-Identifier: MIT */
/* Which element of a list has an address: a hash table, once there are more than a few. */
#ifndef BASE_ADDRESS_INDEX_H
#define BASE_ADDRESS_INDEX_H

#include "base/address.h"

/* All zeros: of an empty list, or of a short one. */
struct address_index {
	uint32_t *slots; /* place + 1, 0 if empty; NULL: the list is searched */
	size_t slot_count;
};

/* Each element begins with its address. It may move. */
struct address_list {
	const void *first;
	size_t size; /* of an element */
	size_t count;
};

/* After an element was added to the end of the list. */
void address_index_add(struct address_index *index, const struct address_list *list);
void address_index_free(struct address_index *index);

/* The place of the first that address_equal() says is the same; list->count: there is none. */
size_t address_index_find(const struct address_index *index, const struct address_list *list,
			  const union address *address);

#endif
