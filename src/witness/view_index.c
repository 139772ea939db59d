/* SPDX-License-Identifier: MIT */
#include "witness/view_index.h"

#include <stdlib.h>
#include <sys/param.h>

#include "base/util.h"

struct view_index {
	struct view_key **places;
	size_t room, count; /* room: a power of two */
};

/* What a key is about: the first number in its hash. */
enum {
	KEY_TAG,
	KEY_ENDS,
	KEY_PORT,
	KEY_PEER,
};

/* --- Hashes ----------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t number)
{
	hash = (hash ^ number) * 0x9e3779b97f4a7c15;
	return hash ^ hash >> 32;
}

uint64_t view_hash_tag(uint32_t tag)
{
	return mix(KEY_TAG, tag);
}

uint64_t view_hash_ends(const union address *peer, uint16_t local_port)
{
	uint32_t ports = (uint32_t)address_port(peer) << 16 | local_port;

	return mix(mix(KEY_ENDS, ports), address_hash(peer));
}

uint64_t view_hash_port(uint16_t local_port)
{
	return mix(KEY_PORT, local_port);
}

uint64_t view_hash_peer(const union address *peer)
{
	return mix(KEY_PEER, address_hash(peer));
}

/* --- Keys ------------------------------------------------------------------------------------- */

struct view_index *view_index_new(void)
{
	struct view_index *index = xcalloc(1, sizeof(*index));

	index->room = 64;
	index->places = xcalloc(index->room, sizeof(struct view_key *));
	return index;
}

void view_index_free(struct view_index *index)
{
	if (!index)
		return;
	free(index->places);
	free(index);
}

static struct view_key **place_of(const struct view_index *index, uint64_t hash)
{
	return &index->places[hash & (index->room - 1)];
}

static void link_key(struct view_index *index, struct view_key *key)
{
	struct view_key **place = place_of(index, key->hash);

	key->next = *place;
	key->link = place;
	if (key->next)
		key->next->link = &key->next;
	*place = key;
}

static void grow(struct view_index *index)
{
	struct view_index larger = { .room = 2 * index->room, .count = index->count };

	larger.places = xcalloc(larger.room, sizeof(struct view_key *));
	for (size_t i = 0; i < index->room; i++) {
		struct view_key *next;

		for (struct view_key *key = index->places[i]; key; key = next) {
			next = key->next;
			link_key(&larger, key);
		}
	}
	free(index->places);
	*index = larger;
}

static void put(struct view_index *index, struct view *view, uint64_t hash)
{
	struct view_key *key = xcalloc(1, sizeof(*key));

	*key = (struct view_key){ .hash = hash, .view = view, .next_of_view = view->keys.first };
	view->keys.first = key;
	if (index->count++ == index->room)
		grow(index);
	link_key(index, key);
}

/* A peer must have the port of the association in the hash. */
static void put_peer(struct view_index *index, struct view *view, const union address *peer)
{
	union address a = *peer;

	address_set_port(&a, view->ports.peer);
	put(index, view, view_hash_ends(&a, view->ports.local));
	put(index, view, view_hash_peer(&a));
}

static void put_tags(struct view_index *index, struct view *view, const struct ours_tags *tags,
		     size_t *done)
{
	while (*done < MIN(tags->count, OURS_TAGS_MAX))
		put(index, view, view_hash_tag(tags->list[(*done)++]));
}

/* Of tags in a ring, some that have a key may be gone. */
static bool has_wrapped(const struct ours_tags *tags, size_t done)
{
	return tags->count > OURS_TAGS_MAX && tags->count > done;
}

void view_index_add(struct view_index *index, struct view *view)
{
	struct view_keys *keys = &view->keys;
	const struct ours *ours = &view->ours;

	if (has_wrapped(&ours->here, keys->here) || has_wrapped(&ours->there, keys->there))
		view_index_remove(index, view);
	if (!keys->first) {
		put(index, view, view_hash_port(view->ports.local));
		for (size_t i = 0; i < ours->peer_count; i++)
			put_peer(index, view, &ours->peers[i]);
	}
	while (keys->learned < ours->learned_count)
		put_peer(index, view, &ours->learned[keys->learned++]);
	put_tags(index, view, &ours->here, &keys->here);
	put_tags(index, view, &ours->there, &keys->there);
	keys->here = ours->here.count;
	keys->there = ours->there.count;
}

void view_index_remove(struct view_index *index, struct view *view)
{
	struct view_key *next;

	for (struct view_key *key = view->keys.first; key; key = next) {
		*key->link = key->next;
		if (key->next)
			key->next->link = key->link;
		next = key->next_of_view;
		free(key);
		index->count--;
	}
	view->keys = (struct view_keys){ 0 };
}

static const struct view_key *skip(const struct view_key *key, uint64_t hash)
{
	while (key && key->hash != hash)
		key = key->next;
	return key;
}

const struct view_key *view_index_find(const struct view_index *index, uint64_t hash)
{
	return skip(*place_of(index, hash), hash);
}

const struct view_key *view_index_next(const struct view_key *key)
{
	return skip(key->next, key->hash);
}
