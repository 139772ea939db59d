/* SPDX-License-Identifier: MIT */
#include "witness/ours.h"

#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/util.h"

static union address *copy_of(const union address *list, size_t count)
{
	union address *copy = xcalloc(count + 1, sizeof(*copy));

	if (count)
		memcpy(copy, list, count * sizeof(*copy));
	return copy;
}

void ours_init(struct ours *ours, const union address *peers, size_t peer_count,
	       const union address *bound, size_t bound_count, bool strict)
{
	*ours = (struct ours){
		.peers = copy_of(peers, peer_count),
		.peer_count = peer_count,
		.bound = copy_of(bound, bound_count),
		.bound_count = bound_count,
		.strict = strict,
	};
}

void ours_free(struct ours *ours)
{
	free(ours->peers);
	free(ours->bound);
}

static bool is_peer(const struct ours *ours, const union address *a)
{
	return address_is_listed(a, ours->peers, ours->peer_count) ||
	       address_is_listed(a, ours->learned, ours->learned_count);
}

static bool are_ends(const struct ours *ours, const union address *here, const union address *there)
{
	return is_peer(ours, there) &&
	       (!ours->bound_count || address_is_wildcard(&ours->bound[0]) ||
		address_is_listed(here, ours->bound, ours->bound_count));
}

static bool has_tag(const struct ours_tags *tags, uint32_t tag)
{
	for (size_t i = 0; i < MIN(tags->count, OURS_TAGS_MAX); i++)
		if (tags->list[i] == tag)
			return true;
	return false;
}

bool ours_is_tag(const struct ours *ours, uint32_t tag)
{
	return has_tag(&ours->here, tag) || has_tag(&ours->there, tag);
}

static void add_tag(struct ours_tags *tags, uint32_t tag)
{
	if (tag && !has_tag(tags, tag))
		tags->list[tags->count++ % OURS_TAGS_MAX] = tag;
}

static void learn_address(struct ours *ours, const union address *a)
{
	if (!is_peer(ours, a) && ours->learned_count < OURS_LEARNED_MAX)
		ours->learned[ours->learned_count++] = *a;
}

/* The tag of an INIT, or of the INIT-ACK to it. */
static void learn(struct ours *ours, const struct packet *p, bool outgoing)
{
	const struct init *init = &p->chunks.init;

	if (outgoing) {
		add_tag(&ours->here, init->tag);
		return;
	}
	add_tag(&ours->there, init->tag);
	learn_address(ours, &p->source);
	for (size_t i = 0; i < init->address_count; i++)
		learn_address(ours, &init->addresses[i]);
}

static bool is_right_icmp(const struct ours *ours, const struct packet_icmp *icmp)
{
	return are_ends(ours, &icmp->source, &icmp->destination) ||
	       (icmp->has_tag && icmp->tag && has_tag(&ours->there, icmp->tag));
}

static bool is_right(const struct ours *ours, const struct packet *p, bool outgoing)
{
	const union address *here = outgoing ? &p->source : &p->destination;
	const union address *there = outgoing ? &p->destination : &p->source;

	if (p->kind == PACKET_OF_ICMP)
		return is_right_icmp(ours, &p->icmp);
	/* An ABORT may have the tag of the other end (RFC 9260 section 8.5.1). */
	return are_ends(ours, here, there) || ours_is_tag(ours, p->tag);
}

enum claim ours_claim(const struct ours *ours, const struct packet *p, bool outgoing)
{
	if (is_right(ours, p, outgoing))
		return CLAIM_SURE;
	if (ours->strict || ours->asked)
		return CLAIM_NONE;
	/* Before its INIT, others may have had the port. */
	return p->kind == PACKET_OF_SCTP && !p->chunks.has_init && !ours->here.count ? CLAIM_NONE
										     : CLAIM_MAYBE;
}

void ours_take(struct ours *ours, const struct packet *p, bool outgoing, enum claim claim)
{
	if (p->kind == PACKET_OF_ICMP || !p->chunks.has_init)
		return;
	ours->asked |= claim == CLAIM_SURE && outgoing;
	learn(ours, p, outgoing);
}

bool ours_is_tag_of_peer(const struct ours *ours, uint32_t tag)
{
	return tag && has_tag(&ours->there, tag);
}
