/* SPDX-License-Identifier: MIT */
#include "witness/ledger_add.h"

#include <string.h>
#include <sys/param.h>

#include "base/util.h"

/* Returns how many there are now. */
static unsigned count(struct ledger_count *c, int64_t time_us)
{
	if (!c->count++)
		c->first_us = time_us;
	c->last_us = time_us;
	return c->count;
}

static void set_way(struct ledger_way *way, const struct witness_event *event)
{
	way->ifindex = event->ifindex;
	memcpy(way->interface, event->interface, sizeof(way->interface));
	way->local = event->outgoing ? event->packet.source : event->packet.destination;
	address_set_port(&way->local, 0);
	way->this_host = event->this_host;
	way->tunnel = event->tunnel;
	way->base = event->base;
	memcpy(way->base_name, event->base_name, sizeof(way->base_name));
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
	if (*have < LEDGER_TAGS_MAX && !has_tag(tags, *have, tag))
		tags[(*have)++] = tag;
}

/*
 * Would this host's stack accept it for this association (RFC 9260 section 8.5)? As far as the tags
 * are known.
 */
static bool is_tag_right(const struct ledger *ledger, const struct packet *p)
{
	const struct chunks *chunks = &p->chunks;

	for (size_t i = 0; i < chunks->count; i++) {
		const struct chunk *chunk = &chunks->list[i];

		if (chunk->type == CHUNK_INIT)
			return p->tag == 0;
		if ((chunk->type == CHUNK_ABORT || chunk->type == CHUNK_SHUTDOWN_COMPLETE) &&
		    chunk->flags & CHUNK_FLAG_T)
			return !ledger->peer_tag_count ||
			       has_tag(ledger->peer_tags, ledger->peer_tag_count, p->tag);
	}
	return !ledger->our_tag_count || has_tag(ledger->our_tags, ledger->our_tag_count, p->tag);
}

bool ledger_is_our_tag(const struct ledger *ledger, uint32_t tag)
{
	return has_tag(ledger->our_tags, ledger->our_tag_count, tag);
}

/* --- What we sent ----------------------------------------------------------------------------- */

static void add_heartbeat(struct ledger_path *path, const struct witness_event *event, uint64_t id)
{
	struct ledger_heartbeat *h =
		&path->heartbeat[path->heartbeats.count % LEDGER_HEARTBEATS_MAX];

	*h = (struct ledger_heartbeat){ .id = id,
					.sent_us = event->time_us,
					.inexact = event->late };
	memcpy(h->out, event->interface, sizeof(h->out));
	count(&path->heartbeats, event->time_us);
}

static void keep_sample(struct ledger_path *path, const struct packet *p, struct bytes info)
{
	if (info.left > LEDGER_INFO_MAX)
		return;
	path->sample = (struct ledger_sample){
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

static void add_heartbeat_sent(struct ledger *ledger, struct ledger_path *path,
			       const struct witness_event *event, const struct chunk *chunk)
{
	const struct ledger_heartbeat *oldest;

	if (!chunk->heartbeat)
		return;
	if (chunks_find(&event->packet.chunks, CHUNK_PAD)) {
		unsigned n = path->padded.count % LEDGER_PADDED_MAX;

		ledger->forgotten |= path->padding[n].id && !path->padding[n].answered;
		path->padding[n].id = chunk->heartbeat;
		path->padding[n].answered = false;
		count(&path->padded, event->time_us);
		return;
	}
	oldest = &path->heartbeat[path->heartbeats.count % LEDGER_HEARTBEATS_MAX];
	ledger->forgotten |= oldest->id && !oldest->answered;
	add_heartbeat(path, event, chunk->heartbeat);
	keep_sample(path, &event->packet, chunk->value);
}

static void add_sent(struct ledger *ledger, struct ledger_path *path,
		     const struct witness_event *event)
{
	const struct chunks *chunks = &event->packet.chunks;

	ledger->encapsulated = event->packet.encapsulated;
	if (event->packet.checksum == CHECKSUM_BAD)
		count(&ledger->bad_checksums_sent, event->time_us);
	if (chunks->has_init) {
		add_tag(ledger->our_tags, &ledger->our_tag_count, chunks->init.tag);
		ledger->asconf_alone = init_offers_asconf_alone(&chunks->init);
	}
	if (chunks_find(chunks, CHUNK_ABORT)) {
		if (!ledger->aborts_sent.count && chunks->cause_count)
			ledger->abort_sent_cause = chunks->causes[0];
		count(&ledger->aborts_sent, event->time_us);
	}
	if (!path)
		return;
	if (!path->requested && !path->listed) {
		count(&ledger->translated, event->time_us);
		ledger->translated_to = event->packet.destination;
	}
	count(&path->sent, event->time_us);
	if (event->packet.checksum == CHECKSUM_BAD)
		count(&path->bad_sent, event->time_us);
	set_way(&path->sent_way, event);
	for (size_t i = 0; i < chunks->count; i++) {
		switch (chunks->list[i].type) {
		case CHUNK_INIT:
			ledger->asked_again |= count(&path->inits, event->time_us) > 1;
			ledger->init_us = MAX(ledger->init_us, event->time_us);
			set_way(&path->init_way, event);
			if (event->packet.fragment)
				count(&path->init_fragments, event->time_us);
			break;
		case CHUNK_COOKIE_ECHO:
			count(&path->cookies, event->time_us);
			ledger->cookie_us = MAX(ledger->cookie_us, event->time_us);
			break;
		case CHUNK_ABORT:
			path->aborts_sent++;
			break;
		case CHUNK_HEARTBEAT:
			add_heartbeat_sent(ledger, path, event, &chunks->list[i]);
			break;
		}
	}
}

/* --- What the peer sent ----------------------------------------------------------------------- */

static bool answer_padded(struct ledger_path *path, uint64_t id)
{
	for (size_t i = 0; i < LEDGER_PADDED_MAX; i++) {
		if (path->padding[i].id != id)
			continue;
		path->padding[i].answered = true;
		return true;
	}
	return false;
}

/*
 * Whatever address the request was sent to, because the answer may come from another one. from: who
 * sent the answer.
 */
static void add_heartbeat_ack(struct ledger *ledger, struct ledger_path *from,
			      const struct witness_event *event, uint64_t id)
{
	bool again = false;

	for (size_t i = 0; id && i < ledger->path_count; i++) {
		struct ledger_path *path = &ledger->paths[i];

		if (answer_padded(path, id))
			return;
		for (size_t j = 0; j < LEDGER_HEARTBEATS_MAX; j++) {
			struct ledger_heartbeat *h = &path->heartbeat[j];

			if (h->id != id)
				continue;
			again |= h->answered;
			if (h->answered)
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
	/* Or it answers one that was forgotten. */
	if (id && !again && !ledger->forgotten)
		count(&from->odd_heartbeat_acks, event->time_us);
}

/*
 * An address without an INIT has answered: to which address was that INIT sent? Certain only if one
 * INIT was sent; else NULL.
 */
static struct ledger_path *only_asked(const struct ledger *ledger)
{
	struct ledger_path *asked = NULL;

	for (size_t i = 0; i < ledger->path_count; i++) {
		if (!ledger->paths[i].inits.count)
			continue;
		if (asked)
			return NULL;
		asked = &ledger->paths[i];
	}
	return asked;
}

static void add_foreign_answer(struct ledger *ledger, const struct ledger_path *from)
{
	struct ledger_path *asked = only_asked(ledger);

	if (asked && !asked->init_acks.count)
		asked->init_ack_from = from->address;
}

/* Returns from, which may have moved. */
static struct ledger_path *add_init(struct ledger *ledger, struct ledger_path *from,
				    const struct init *init)
{
	ptrdiff_t place = from - ledger->paths;

	add_tag(ledger->peer_tags, &ledger->peer_tag_count, init->tag);
	if (!ledger->peer)
		ledger->peer = xmalloc(sizeof(*ledger->peer));
	*ledger->peer = *init;
	from->listed = true;
	for (size_t i = 0; i < init->address_count; i++) {
		struct ledger_path *path = ledger_learn(ledger, &init->addresses[i]);

		if (path)
			path->listed = true;
	}
	return ledger->paths + place;
}

/* The first cause of an ABORT or ERROR; code 0: it has none. */
static struct cause first_cause(const struct chunks *chunks, const struct chunk *of)
{
	for (size_t i = 0; i < chunks->cause_count; i++)
		if (&chunks->list[chunks->causes[i].chunk] == of)
			return chunks->causes[i];
	return (struct cause){ 0 };
}

/* It refuses the INIT that it answers, whatever address it comes from. */
static void add_abort(struct ledger *ledger, struct ledger_path *path,
		      const struct witness_event *event, const struct chunk *abort)
{
	const struct chunks *chunks = &event->packet.chunks;

	if (!path->sent.count && !ledger->peer && only_asked(ledger))
		path = only_asked(ledger);
	if (!path->aborts.count) {
		path->abort_reflected = abort->flags & CHUNK_FLAG_T;
		path->abort_early = !path->cookies.count;
		path->abort_cause = first_cause(chunks, abort);
	}
	if (abort->flags & CHUNK_FLAG_T)
		count(&path->reflected, event->time_us);
	count(&path->aborts, event->time_us);
}

static void add_received(struct ledger *ledger, struct ledger_path *path,
			 const struct witness_event *event)
{
	const struct chunks *chunks = &event->packet.chunks;

	if (event->packet.checksum == CHECKSUM_BAD) {
		count(&path->bad_checksums, event->time_us);
		return;
	}
	if (!is_tag_right(ledger, &event->packet)) {
		count(&path->strays, event->time_us);
		return;
	}
	count(&path->received, event->time_us);
	set_way(&path->received_way, event);
	if (chunks->has_init)
		path = add_init(ledger, path, &chunks->init);
	for (size_t i = 0; i < chunks->count; i++) {
		const struct chunk *chunk = &chunks->list[i];

		switch (chunk->type) {
		case CHUNK_INIT_ACK:
			if (!path->inits.count)
				add_foreign_answer(ledger, path);
			count(&path->init_acks, event->time_us);
			set_way(&path->init_ack_way, event);
			break;
		case CHUNK_COOKIE_ACK:
			count(&path->cookie_acks, event->time_us);
			break;
		case CHUNK_ABORT:
			add_abort(ledger, path, event, chunk);
			break;
		case CHUNK_ERROR:
			ledger->has_errors |= count(&path->errors, event->time_us) > 0;
			path->error_cause = first_cause(chunks, chunk);
			break;
		case CHUNK_HEARTBEAT_ACK:
			add_heartbeat_ack(ledger, path, event, chunk->heartbeat);
			break;
		}
	}
}

/* --- Ports that are not of this association --------------------------------------------------- */

static void add_odd(struct ledger *ledger, const struct witness_event *event)
{
	const struct packet *p = &event->packet;
	struct ledger_path *path =
		ledger_path_at(ledger, event->outgoing ? &p->destination : &p->source);

	/* NAT corrects it. */
	if (event->outgoing && p->checksum == CHECKSUM_BAD)
		count(&ledger->damaged, event->time_us);
	else if (event->outgoing && event->odd == ODD_LOCAL_PORT &&
		 chunks_find(&p->chunks, CHUNK_HEARTBEAT)) {
		if (!path)
			return;
		count(&path->changed, event->time_us);
		path->changed_port = address_port(&p->source);
	} else if (event->outgoing && event->odd == ODD_PEER_PORT) {
		count(&ledger->translated, event->time_us);
		ledger->translated_to = p->destination;
	} else if (event->outgoing) {
		count(&ledger->from_other_port, event->time_us);
		ledger->other_port = address_port(&p->source);
	} else if (path && ledger->our_tag_count && p->checksum != CHECKSUM_BAD &&
		   has_tag(ledger->our_tags, ledger->our_tag_count, p->tag)) {
		count(&path->odd_acks, event->time_us);
		path->odd_port = address_port(&p->source);
	}
}

/* --- ICMP ------------------------------------------------------------------------------------- */

/* Can it be about a packet of this end, by the tag that it quotes? */
static bool is_quote_right(const struct ledger *ledger, const struct packet_icmp *icmp)
{
	if (!icmp->has_tag)
		return true;
	if (icmp->tag)
		return !ledger->peer_tag_count ||
		       has_tag(ledger->peer_tags, ledger->peer_tag_count, icmp->tag);
	return !icmp->init_tag || !ledger->our_tag_count ||
	       has_tag(ledger->our_tags, ledger->our_tag_count, icmp->init_tag);
}

static void add_icmp(struct ledger_path *path, const struct witness_event *event)
{
	const struct packet_icmp *from = &event->packet.icmp;
	struct ledger_icmp *icmp = path->icmps;
	struct ledger_icmp *end = icmp + path->icmp_count;

	while (icmp < end && (icmp->type != from->type || icmp->code != from->code ||
			      !address_equal(&icmp->router, &event->packet.source)))
		icmp++;
	if (icmp == end) {
		if (path->icmp_count == LEDGER_ICMP_MAX)
			return;
		path->icmp_count++;
		*icmp = (struct ledger_icmp){ .router = event->packet.source,
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

void ledger_add(struct ledger *ledger, const struct witness_event *event)
{
	const struct packet *p = &event->packet;
	struct ledger_path *path;

	if (p->kind == PACKET_OF_ICMP) {
		ledger->has_icmp = true;
		path = ledger_path_at(ledger, &p->icmp.destination);
		if (path && p->checksum != CHECKSUM_BAD && is_quote_right(ledger, &p->icmp))
			add_icmp(path, event);
	} else if (event->odd) {
		add_odd(ledger, event);
	} else if (event->outgoing && p->checksum == CHECKSUM_BAD &&
		   !ledger_path_at(ledger, &p->destination)) {
		count(&ledger->damaged, event->time_us);
	} else if (event->outgoing) {
		add_sent(ledger, ledger_learn(ledger, &p->destination), event);
	} else {
		path = ledger_learn(ledger, &p->source);
		if (path)
			add_received(ledger, path, event);
	}
}
