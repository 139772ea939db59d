/* SPDX-License-Identifier: MIT */
/*
 * Does a packet with the right ports belong to this association? Other associations may have the
 * same two ports (2905 and 2905), between other addresses. So addresses or tags must say so, too.
 */
#ifndef WITNESS_OURS_H
#define WITNESS_OURS_H

#include <stdbool.h>
#include <stddef.h>

#include "packet/packet.h"

#define OURS_LEARNED_MAX 32
#define OURS_TAGS_MAX    16

struct ours_tags {
	uint32_t list[OURS_TAGS_MAX]; /* a ring */
	size_t count;
};

struct ours {
	union address *peers; /* owned */
	size_t peer_count;
	union address *bound; /* owned; count 0: any address of this host */
	size_t bound_count;
	bool strict; /* nothing else is shown */
	/*
	 * An INIT with right addresses was seen: the others are not ours. Before, NAT of this host
	 * may have changed the address of ours.
	 */
	bool asked;
	union address learned[OURS_LEARNED_MAX];
	size_t learned_count;
	struct ours_tags here, there; /* that the two ends have chosen */
};

/* The lists are copied. */
void ours_init(struct ours *ours, const union address *peers, size_t peer_count,
	       const union address *bound, size_t bound_count, bool strict);
void ours_free(struct ours *ours);

/* Of a packet whose ports are right. */
enum claim {
	CLAIM_NONE,
	CLAIM_MAYBE, /* NAT of this host may have changed its address */
	CLAIM_SURE,
};
enum claim ours_claim(const struct ours *ours, const struct packet *packet, bool outgoing);

/* It has that claim, and nobody has a better one: learns from it. */
void ours_take(struct ours *ours, const struct packet *packet, bool outgoing, enum claim claim);

/* Has one of the two ends chosen that tag? */
bool ours_is_tag(const struct ours *ours, uint32_t tag);
/* Is that the tag that the peer has chosen? */
bool ours_is_tag_of_peer(const struct ours *ours, uint32_t tag);

#endif
