/* SPDX-License-Identifier: MIT */
/* Reading a packet: the bytes that are left, and numbers in network byte order. */
#ifndef PACKET_BYTES_H
#define PACKET_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The rest of a packet. All readers check left, so no packet can make us read beyond its end. */
struct bytes {
	const uint8_t *at;
	size_t left;
};

static inline bool bytes_skip(struct bytes *b, size_t count)
{
	if (b->left < count)
		return false;
	b->at += count;
	b->left -= count;
	return true;
}

/* The first count bytes, or all there are. */
static inline struct bytes bytes_first(struct bytes b, size_t count)
{
	if (b.left > count)
		b.left = count;
	return b;
}

/* As FNV-1a, 64 bits, but by words, because it is made of each packet; not to be kept. */
static inline uint64_t bytes_hash(struct bytes b)
{
	uint64_t hash = 0xcbf29ce484222325, word;

	for (; b.left >= sizeof(word); (void)bytes_skip(&b, sizeof(word))) {
		memcpy(&word, b.at, sizeof(word));
		hash = (hash ^ word) * 0x100000001b3;
		hash ^= hash >> 32;
	}
	for (; b.left; (void)bytes_skip(&b, 1))
		hash = (hash ^ *b.at) * 0x100000001b3;
	return hash;
}

static inline uint16_t be16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t be32(const uint8_t *at)
{
	return (uint32_t)be16(at) << 16 | be16(at + 2);
}

#endif
