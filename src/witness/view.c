/* SPDX-License-Identifier: MIT */
#include "witness/view.h"

#include "base/util.h"

void view_init(struct view *v, const struct view_config *config)
{
	*v = (struct view){ .ports = config->ports,
			    .take = config->take,
			    .context = config->context };
	ours_init(&v->ours, config->peers, config->peer_count, config->bound, config->bound_count,
		  config->strict);
}

void view_free(struct view *v)
{
	ours_free(&v->ours);
}

static bool is_peer(const struct view *v, const union address *a)
{
	return address_is_listed(a, v->ours.peers, v->ours.peer_count);
}

static bool is_local_port(const struct view *v, uint16_t port)
{
	for (size_t i = 0; i < VIEW_LOCAL_PORTS; i++)
		if (port && v->local_ports[i] == port)
			return true;
	return false;
}

static void keep_local_port(struct view *v, uint16_t port)
{
	if (!is_local_port(v, port))
		v->local_ports[v->local_port_next++ % VIEW_LOCAL_PORTS] = port;
}

/*
 * Do ports and addresses say that it goes from this end to the peer? If both ends have the same
 * port, a packet may match in both directions.
 */
static bool goes_out(const struct view *v, const union address *from, const union address *to)
{
	if (address_port(to) != v->ports.peer)
		return false;
	if (!v->ports.local)
		return is_peer(v, to) || is_local_port(v, address_port(from));
	if (address_port(from) != v->ports.local)
		return false;
	return v->ports.local != v->ports.peer || !is_peer(v, from) || is_peer(v, to);
}

static bool has_ports_of_sctp(const struct view *v, const struct packet *p, bool outgoing)
{
	return outgoing ? goes_out(v, &p->source, &p->destination)
			: goes_out(v, &p->destination, &p->source);
}

static bool has_ports_of_icmp(const struct view *v, const struct packet_icmp *icmp)
{
	if (icmp->ports)
		return goes_out(v, &icmp->source, &icmp->destination);
	return (!v->ports.udp_local || icmp->udp_source == v->ports.udp_local) &&
	       (!v->ports.udp_remote || icmp->udp_destination == v->ports.udp_remote) &&
	       is_peer(v, &icmp->destination);
}

/* Of a packet whose ports are not right: does only one of them keep it from being ours? */
static enum witness_odd which_is_odd(const struct view *v, const struct packet *p, bool outgoing)
{
	uint16_t from = address_port(&p->source), to = address_port(&p->destination);

	if (v->ours.strict || !v->ports.local || p->kind == PACKET_OF_ICMP)
		return ODD_NONE;
	if (outgoing && chunks_find(&p->chunks, CHUNK_HEARTBEAT))
		return to == v->ports.peer && ours_is_tag_of_peer(&v->ours, p->tag) ? ODD_LOCAL_PORT
										    : ODD_NONE;
	if (!p->chunks.has_init)
		return ODD_NONE;
	if (p->chunks.list[0].type != (outgoing ? CHUNK_INIT : CHUNK_INIT_ACK))
		return ODD_NONE;
	if ((outgoing ? from : to) == v->ports.local)
		return ODD_PEER_PORT;
	return outgoing && to == v->ports.peer && is_peer(v, &p->destination) ? ODD_LOCAL_PORT
									      : ODD_NONE;
}

/* Is it the copy that counts? Ours as it leaves, the peer's as it arrives. */
static bool has_ports(const struct view *v, const struct packet *p, bool outgoing)
{
	if (p->kind == PACKET_OF_ICMP)
		return !outgoing && has_ports_of_icmp(v, &p->icmp);
	return has_ports_of_sctp(v, p, outgoing);
}

enum claim view_claim(const struct view *v, const struct packet *p, bool outgoing,
		      enum witness_odd *odd)
{
	*odd = ODD_NONE;
	if (has_ports(v, p, outgoing))
		return ours_claim(&v->ours, p, outgoing);
	*odd = which_is_odd(v, p, outgoing);
	return CLAIM_NONE;
}

void view_learn(struct view *v, const struct packet *p, bool outgoing, enum claim claim)
{
	ours_take(&v->ours, p, outgoing, claim);
	if (outgoing && chunks_find(&p->chunks, CHUNK_INIT))
		keep_local_port(v, address_port(&p->source));
}
