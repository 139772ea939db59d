/* SPDX-License-Identifier: MIT */
#include "witness/ledger.h"

#include <stdlib.h>
#include <string.h>

void wire_init(struct wire *wire, const union address *addresses, size_t count, int64_t now_us)
{
	*wire = (struct wire){ .start_us = now_us, .path_room = count + WIRE_LEARNED_MAX };
	wire->paths = xcalloc(wire->path_room, sizeof(*wire->paths));
	for (size_t i = 0; i < count; i++) {
		struct wire_path *path = &wire->paths[wire->path_count++];

		path->address = addresses[i];
		address_set_port(&path->address, 0);
		path->requested = true;
	}
}

void wire_free(struct wire *wire)
{
	free(wire->paths);
	*wire = (struct wire){ 0 };
}

static struct wire_path *find(const struct wire *wire, const union address *address)
{
	for (size_t i = 0; i < wire->path_count; i++)
		if (address_equal(&wire->paths[i].address, address))
			return &wire->paths[i];
	return NULL;
}

const struct wire_path *wire_find(const struct wire *wire, const union address *address)
{
	return find(wire, address);
}

/* NULL: there are too many that nobody asked for. */
static struct wire_path *learn(struct wire *wire, const union address *address)
{
	struct wire_path *path = find(wire, address);

	if (path || wire->path_count == wire->path_room)
		return path;
	path = &wire->paths[wire->path_count++];
	path->address = *address;
	address_set_port(&path->address, 0);
	return path;
}

static void count(struct wire_count *c, int64_t time_us)
{
	if (!c->count++)
		c->first_us = time_us;
	c->last_us = time_us;
}

static void set_way(struct wire_way *way, const struct witness_event *event)
{
	way->ifindex = event->ifindex;
	memcpy(way->interface, event->interface, sizeof(way->interface));
	way->local = event->outgoing ? event->packet.source : event->packet.destination;
	address_set_port(&way->local, 0);
}

/* --- Tags ------------------------------------------------------------------------------------- */

static bool has_tag(const uint32_t *tags, size_t have, uint32_t tag)
{
	for (size_t i = 0; i < have; i++)
		if (tags[i] == tag)
			return true;
	return false;
}

static void add_tag(uint32_t *tags, size_t *have, uint32_t tag)
{
	if (*have < WIRE_TAGS_MAX && !has_tag(tags, *have, tag))
		tags[(*have)++] = tag;
}

/* Would our stack take it for this association (RFC 9260 section 8.5)? As far as we know the tags.
 */
static bool is_tag_right(const struct wire *wire, const struct packet *p)
{
	const struct chunks *chunks = &p->chunks;

	for (size_t i = 0; i < chunks->count; i++) {
		const struct chunk *chunk = &chunks->list[i];

		if (chunk->type == CHUNK_INIT)
			return p->tag == 0;
		if ((chunk->type == CHUNK_ABORT || chunk->type == CHUNK_SHUTDOWN_COMPLETE) &&
		    chunk->flags & CHUNK_FLAG_T)
			return !wire->peer_tag_count ||
			       has_tag(wire->peer_tags, wire->peer_tag_count, p->tag);
	}
	return !wire->our_tag_count || has_tag(wire->our_tags, wire->our_tag_count, p->tag);
}

/* --- What we sent ----------------------------------------------------------------------------- */

static void add_heartbeat(struct wire_path *path, const struct witness_event *event, uint64_t id)
{
	struct wire_heartbeat *h = &path->heartbeat[path->heartbeats.count % WIRE_HEARTBEATS_MAX];

	*h = (struct wire_heartbeat){ .id = id, .sent_us = event->time_us, .inexact = event->late };
	memcpy(h->out, event->interface, sizeof(h->out));
	count(&path->heartbeats, event->time_us);
}

static void keep_sample(struct wire_path *path, const struct packet *p, struct bytes info)
{
	if (info.left > WIRE_INFO_MAX)
		return;
	path->sample = (struct wire_sample){
		.source = p->source,
		.destination = p->destination,
		.tag = p->tag,
		.encapsulated = p->encapsulated,
		.udp_source = p->udp_source,
		.udp_destination = p->udp_destination,
		.info_length = info.left,
	};
	memcpy(path->sample.info, info.at, info.left);
}

static void add_heartbeat_sent(struct wire_path *path, const struct witness_event *event,
			       const struct chunk *chunk)
{
	if (!chunk->heartbeat)
		return;
	if (chunks_find(&event->packet.chunks, CHUNK_PAD)) {
		unsigned n = path->padded.count % WIRE_HEARTBEATS_MAX;

		path->padding[n].id = chunk->heartbeat;
		path->padding[n].answered = false;
		count(&path->padded, event->time_us);
		return;
	}
	add_heartbeat(path, event, chunk->heartbeat);
	keep_sample(path, &event->packet, chunk->value);
}

static void add_sent(struct wire *wire, struct wire_path *path, const struct witness_event *event)
{
	const struct chunks *chunks = &event->packet.chunks;

	wire->encapsulated = event->packet.encapsulated;
	if (event->packet.checksum == CHECKSUM_BAD)
		count(&wire->bad_checksums_sent, event->time_us);
	if (chunks->has_init)
		add_tag(wire->our_tags, &wire->our_tag_count, chunks->init.tag);
	if (chunks_find(chunks, CHUNK_ABORT)) {
		if (!wire->aborts_sent.count && chunks->cause_count)
			wire->abort_sent_cause = chunks->causes[0];
		count(&wire->aborts_sent, event->time_us);
	}
	if (!path)
		return;
	count(&path->sent, event->time_us);
	for (size_t i = 0; i < chunks->count; i++) {
		switch (chunks->list[i].type) {
		case CHUNK_INIT:
			count(&path->inits, event->time_us);
			set_way(&path->init_way, event);
			break;
		case CHUNK_COOKIE_ECHO:
			count(&path->cookies, event->time_us);
			break;
		case CHUNK_HEARTBEAT:
			add_heartbeat_sent(path, event, &chunks->list[i]);
			break;
		}
	}
}

/* --- What the peer sent ----------------------------------------------------------------------- */

/* To whichever address the request went: the answer may come from another one. */
static void add_heartbeat_ack(struct wire *wire, const struct witness_event *event, uint64_t id)
{
	for (size_t i = 0; id && i < wire->path_count; i++) {
		struct wire_path *path = &wire->paths[i];

		for (size_t j = 0; j < WIRE_HEARTBEATS_MAX; j++) {
			struct wire_heartbeat *h = &path->heartbeat[j];

			if (path->padding[j].id == id) {
				path->padding[j].answered = true;
				return;
			}
			if (h->id != id || h->answered)
				continue;
			h->answered = true;
			h->rtt_us = event->time_us - h->sent_us;
			h->inexact |= event->late;
			h->from = event->packet.source;
			address_set_port(&h->from, 0);
			memcpy(h->in, event->interface, sizeof(h->in));
			count(&path->heartbeat_acks, event->time_us);
			return;
		}
	}
}

/*
 * To whom did the INIT go that is answered from an address where none went? Certain if only one
 * went out; else NULL.
 */
static struct wire_path *only_asked(const struct wire *wire)
{
	struct wire_path *asked = NULL;

	for (size_t i = 0; i < wire->path_count; i++) {
		if (!wire->paths[i].inits.count)
			continue;
		if (asked)
			return NULL;
		asked = &wire->paths[i];
	}
	return asked;
}

static void add_foreign_answer(struct wire *wire, const struct wire_path *from)
{
	struct wire_path *asked = only_asked(wire);

	if (asked && !asked->init_acks.count)
		asked->init_ack_from = from->address;
}

static void add_init(struct wire *wire, struct wire_path *from, const struct init *init)
{
	add_tag(wire->peer_tags, &wire->peer_tag_count, init->tag);
	wire->has_peer = true;
	wire->peer = *init;
	from->listed = true;
	for (size_t i = 0; i < init->address_count; i++) {
		struct wire_path *path = learn(wire, &init->addresses[i]);

		if (path)
			path->listed = true;
	}
}

/* Of an ABORT or ERROR; code 0: it has none. */
static struct cause first_cause(const struct chunks *chunks, const struct chunk *of)
{
	for (size_t i = 0; i < chunks->cause_count; i++)
		if (&chunks->list[chunks->causes[i].chunk] == of)
			return chunks->causes[i];
	return (struct cause){ 0 };
}

/* It refuses the INIT that it answers, whichever address it comes from. */
static void add_abort(struct wire *wire, struct wire_path *path, const struct witness_event *event,
		      const struct chunk *abort)
{
	const struct chunks *chunks = &event->packet.chunks;

	if (!path->sent.count && !wire->has_peer && only_asked(wire))
		path = only_asked(wire);
	if (!path->aborts.count) {
		path->abort_reflected = abort->flags & CHUNK_FLAG_T;
		path->abort_cause = first_cause(chunks, abort);
	}
	count(&path->aborts, event->time_us);
}

static void add_received(struct wire *wire, struct wire_path *path,
			 const struct witness_event *event)
{
	const struct chunks *chunks = &event->packet.chunks;

	if (event->packet.checksum == CHECKSUM_BAD) {
		count(&path->bad_checksums, event->time_us);
		return;
	}
	if (!is_tag_right(wire, &event->packet)) {
		count(&path->strays, event->time_us);
		return;
	}
	count(&path->received, event->time_us);
	if (chunks->has_init)
		add_init(wire, path, &chunks->init);
	for (size_t i = 0; i < chunks->count; i++) {
		const struct chunk *chunk = &chunks->list[i];

		switch (chunk->type) {
		case CHUNK_INIT_ACK:
			if (!path->inits.count)
				add_foreign_answer(wire, path);
			count(&path->init_acks, event->time_us);
			set_way(&path->init_ack_way, event);
			break;
		case CHUNK_COOKIE_ACK:
			count(&path->cookie_acks, event->time_us);
			break;
		case CHUNK_ABORT:
			add_abort(wire, path, event, chunk);
			break;
		case CHUNK_ERROR:
			count(&path->errors, event->time_us);
			path->error_cause = first_cause(chunks, chunk);
			break;
		case CHUNK_HEARTBEAT_ACK:
			add_heartbeat_ack(wire, event, chunk->heartbeat);
			break;
		}
	}
}

/* --- ICMP ------------------------------------------------------------------------------------- */

/* Could it be about a packet of ours, by the tag that it quotes? */
static bool is_quote_right(const struct wire *wire, const struct packet_icmp *icmp)
{
	if (!icmp->has_tag)
		return true;
	if (icmp->tag)
		return !wire->peer_tag_count ||
		       has_tag(wire->peer_tags, wire->peer_tag_count, icmp->tag);
	return !icmp->init_tag || !wire->our_tag_count ||
	       has_tag(wire->our_tags, wire->our_tag_count, icmp->init_tag);
}

static void add_icmp(struct wire_path *path, const struct witness_event *event)
{
	const struct packet_icmp *from = &event->packet.icmp;
	struct wire_icmp *icmp = path->icmps;
	struct wire_icmp *end = icmp + path->icmp_count;

	while (icmp < end && (icmp->type != from->type || icmp->code != from->code ||
			      !address_equal(&icmp->router, &event->packet.source)))
		icmp++;
	if (icmp == end) {
		if (path->icmp_count == WIRE_ICMP_MAX)
			return;
		path->icmp_count++;
		*icmp = (struct wire_icmp){ .router = event->packet.source,
					    .this_host = event->this_host,
					    .protocol = from->protocol,
					    .error = from->error,
					    .type = from->type,
					    .code = from->code };
	}
	if (from->mtu)
		icmp->mtu = from->mtu;
	count(&icmp->seen, event->time_us);
}

void wire_add(struct wire *wire, const struct witness_event *event)
{
	const struct packet *p = &event->packet;
	struct wire_path *path;

	if (p->kind == PACKET_OF_ICMP) {
		path = find(wire, &p->icmp.destination);
		if (path && p->checksum != CHECKSUM_BAD && is_quote_right(wire, &p->icmp))
			add_icmp(path, event);
	} else if (event->outgoing) {
		add_sent(wire, learn(wire, &p->destination), event);
	} else {
		path = learn(wire, &p->source);
		if (path)
			add_received(wire, path, event);
	}
}

const struct wire_heartbeat *wire_heartbeat(const struct wire_path *path, unsigned n)
{
	unsigned sent = path->heartbeats.count;

	if (n >= sent || sent - n > WIRE_HEARTBEATS_MAX)
		return NULL;
	return &path->heartbeat[n % WIRE_HEARTBEATS_MAX];
}

bool wire_padded_answered(const struct wire_path *path, unsigned n)
{
	unsigned sent = path->padded.count;

	return n < sent && sent - n <= WIRE_HEARTBEATS_MAX &&
	       path->padding[n % WIRE_HEARTBEATS_MAX].answered;
}
