/* SPDX-License-Identifier: MIT */
/*
 * From a packet to the associations that it may belong to. Any number of them may share a local
 * port, a peer, or both; tags and the addresses of both ends tell them apart.
 */
#ifndef WITNESS_VIEW_INDEX_H
#define WITNESS_VIEW_INDEX_H

#include "witness/view.h"

struct view_index;

struct view_index *view_index_new(void);
/* After view_index_remove() of all. NULL is fine. */
void view_index_free(struct view_index *index);

/* Makes the keys that a view has not yet: to be called again when it has learned something. */
void view_index_add(struct view_index *index, struct view *view);
void view_index_remove(struct view_index *index, struct view *view);

/* The hashes to look for. */
uint64_t view_hash_tag(uint32_t tag);
uint64_t view_hash_ends(const union address *peer, uint16_t local_port); /* peer with its port */
uint64_t view_hash_port(uint16_t local_port);       /* 0: those that do not know theirs */
uint64_t view_hash_peer(const union address *peer); /* whatever its port is */

/*
 * The first key with that hash, and the next one with the same: its view may be meant, but only
 * view_claim() says so. NULL: no more.
 */
const struct view_key *view_index_find(const struct view_index *index, uint64_t hash);
const struct view_key *view_index_next(const struct view_key *key);

#endif
