/* SPDX-License-Identifier: MIT */
#include "witness/match.h"

/* So many associations are asked about a packet whose sender may have chosen what it has. */
#define ASKED_MAX 64

struct search {
	const struct view_index *index;
	const struct packet *packet;
	bool outgoing;
	struct matches *matches;
};

static struct match ask(const struct search *s, struct view *view)
{
	struct match m = { .view = view };

	m.claim = view_claim(view, s->packet, s->outgoing, &m.odd);
	return m;
}

static void add(const struct search *s, const struct match *m)
{
	struct matches *matches = s->matches;

	for (size_t i = 0; i < matches->count; i++)
		if (matches->list[i].view == m->view)
			return;
	if (matches->count < MATCHES_MAX)
		matches->list[matches->count++] = *m;
}

/*
 * It was for one that has ended, between the same addresses and ports: it leaves with a tag that is
 * not of this association, or arrives before this one has sent anything.
 */
static bool is_of_another(const struct search *s, const struct match *m)
{
	const struct ours *ours = &m->view->ours;
	const struct packet *p = s->packet;
	uint32_t tag = p->tag;

	if (p->kind == PACKET_OF_ICMP) {
		if (!p->icmp.has_tag || !p->icmp.tag || !ours->there.count)
			return false;
		tag = p->icmp.tag;
	} else if (p->chunks.has_init || !m->view->ports.local) {
		return false;
	} else if (!s->outgoing) {
		return !ours->here.count;
	}
	return !ours_is_tag(ours, tag);
}

static bool is_sure(const struct search *s, const struct match *m)
{
	return m->claim == CLAIM_SURE && !is_of_another(s, m);
}

static bool is_odd(const struct search *s, const struct match *m)
{
	(void)s;
	return m->odd != ODD_NONE;
}

/* Adds those with that hash for which is_so() is true. */
static bool find(const struct search *s, uint64_t hash,
		 bool (*is_so)(const struct search *s, const struct match *m))
{
	const struct view_key *key = view_index_find(s->index, hash);

	for (size_t asked = 0; key && asked < ASKED_MAX; asked++) {
		struct match m = ask(s, key->view);

		if (is_so(s, &m))
			add(s, &m);
		key = view_index_next(key);
	}
	return s->matches->count > 0;
}

/*
 * The quotation is too short for SCTP's ports, and UDP's are the same for all: it may be about any
 * of those who ask that host. It is about none of them for sure if they ask it at several ports.
 */
static bool find_by_host(const struct search *s)
{
	struct match *list = s->matches->list;
	bool one_port = true;

	if (!find(s, view_hash_peer(&s->packet->icmp.destination), is_sure))
		return false;
	for (size_t i = 1; i < s->matches->count; i++)
		one_port &= list[i].view->ports.peer == list[0].view->ports.peer;
	if (one_port)
		return true;
	for (size_t i = 0; i < s->matches->count; i++)
		list[i].view->unsure++;
	s->matches->count = 0;
	return true;
}

/* What the packet was sent with. A tag comes first: the peer may have answered from elsewhere. */
static bool find_sure(const struct search *s)
{
	const struct packet *p = s->packet;
	const union address *here, *there;
	uint32_t tag = p->tag;

	if (p->kind == PACKET_OF_ICMP) {
		here = &p->icmp.source;
		there = &p->icmp.destination;
		tag = p->icmp.has_tag ? p->icmp.tag : 0;
		if (!p->icmp.ports)
			return find_by_host(s);
	} else {
		here = s->outgoing ? &p->source : &p->destination;
		there = s->outgoing ? &p->destination : &p->source;
	}
	return (tag && find(s, view_hash_tag(tag), is_sure)) ||
	       find(s, view_hash_ends(there, address_port(here)), is_sure) ||
	       find(s, view_hash_peer(there), is_sure);
}

static bool may_be(const struct match *m)
{
	return m->claim != CLAIM_NONE || m->odd != ODD_NONE;
}

/*
 * An INIT leaves from our port, but goes to none of the peers: NAT of this host has changed its
 * destination. Whose it is, only that shows that no other can have sent it.
 */
static void find_sender(const struct search *s, const struct view_key *first)
{
	size_t count = 0;
	struct match only, m;

	for (const struct view_key *key = first; key; key = view_index_next(key)) {
		m = ask(s, key->view);
		if (may_be(&m) && !key->view->ours.asked && !count++)
			only = m;
	}
	if (count == 1)
		add(s, &only);
	for (const struct view_key *key = first; key && count > 1; key = view_index_next(key)) {
		m = ask(s, key->view);
		if (may_be(&m) && !key->view->ours.asked)
			key->view->unsure++;
	}
}

/* The only one that may have a packet of unknown addresses. */
static void find_receiver(const struct search *s, const struct view_key *key)
{
	size_t count = 0, asked = 0;
	struct match only, m;

	for (; key && asked < ASKED_MAX; asked++, key = view_index_next(key)) {
		m = ask(s, key->view);
		if (m.claim == CLAIM_MAYBE && !count++)
			only = m;
	}
	if (count == 1 && !key)
		add(s, &only);
}

void match_find(const struct view_index *index, const struct packet *p, bool outgoing,
		struct matches *matches)
{
	const struct search s = { index, p, outgoing, matches };
	const union address *here = p->kind == PACKET_OF_ICMP ? &p->icmp.source
				    : outgoing                ? &p->source
							      : &p->destination;
	uint64_t port = view_hash_port(address_port(here));
	bool sctp = p->kind == PACKET_OF_SCTP;
	bool init = sctp && p->chunks.has_init;
	bool heartbeat = sctp && outgoing && chunks_find(&p->chunks, CHUNK_HEARTBEAT);

	if (find_sure(&s) ||
	    ((init || heartbeat) && p->tag && find(&s, view_hash_tag(p->tag), is_odd)))
		return;
	if (init && outgoing && find(&s, view_hash_peer(&p->destination), is_odd))
		return;
	if (init && outgoing)
		find_sender(&s, view_index_find(index, port));
	else
		find_receiver(&s, view_index_find(index, port));
}
