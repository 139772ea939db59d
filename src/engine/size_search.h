/* SPDX-License-Identifier: MIT */
/*
 * How large may a packet be to get through (RFC 8899 section 5)? Decides which sizes to ask next,
 * from what was asked and answered before. It sends nothing: big_packets.c does.
 *
 * The first packet has the full size. Only if that is not answered, others follow: several sizes
 * at the same time, then several between the largest that passed and the smallest that did not,
 * until the two are neighbours. A packet may also get lost by chance. So a size counts as lost only
 * after several packets, and only those behind which a smaller packet got through.
 */
#ifndef ENGINE_SIZE_SEARCH_H
#define ENGINE_SIZE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/result.h"

/* The smallest padded packet: it shows that the path works, and that the peer answers such. */
#define SIZE_SEARCH_SMALL 256
/* The most packets of one search, and the most that are sent at the same time. */
#define SIZE_SEARCH_PACKETS 96
#define SIZE_SEARCH_BURST   9

struct size_packet {
	uint32_t size;
	bool patient; /* it had all of the time, however soon a later one was answered */
	uint64_t id;  /* what the caller knows it by */
	int64_t sent_us;
	int64_t answered_us; /* 0: not answered */
};

/* All zeros: not begun. Changed by size_search.c, unless it says otherwise. */
struct size_search {
	uint32_t full;         /* the largest size to ask for; 0: not begun */
	int64_t round_trip_us; /* of a small packet; 0: not known yet. The caller's to set */
	struct size_packet packets[SIZE_SEARCH_PACKETS];
	size_t count;
	bool over; /* nothing is left to ask */
};

/* Begins, or goes on with another full size: ICMP has reported a smaller one. */
void size_search_set_full(struct size_search *search, uint32_t full);

/*
 * Which packets to send now, in this order; returns how many. Otherwise there is nothing to do
 * before *wake_us, or an answer; or search->over is set.
 */
size_t size_search_next(struct size_search *search, int64_t now_us,
			uint32_t sizes[SIZE_SEARCH_BURST], int64_t *wake_us);

/* To be called for each of them. */
void size_search_sent(struct size_search *search, uint32_t size, uint64_t id, int64_t now_us);

/* Packet number i was answered, or it was found now. */
void size_search_answered(struct size_search *search, size_t i, int64_t now_us);

/* What is known by now. */
struct packet_sizes size_search_result(const struct size_search *search, int64_t now_us);

#endif
