/* SPDX-License-Identifier: MIT */
#include "witness/witness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/interface.h"
#include "witness/ours.h"
#include "witness/packet_socket.h"
#include "witness/repeats.h"

#define INTERFACES_KEPT  16
#define LOCAL_PORTS_KEPT 8
struct witness {
	struct packet_socket socket;
	struct witness_ports ports;
	uint32_t data_bytes;
	bool wide; /* the filter does not know the local port yet */
	struct ours ours;
	/* The local ports that sent to the peers, as long as our own is not known. */
	uint16_t local_ports[LOCAL_PORTS_KEPT];
	size_t local_port_next;
	struct interface interfaces[INTERFACES_KEPT];
	size_t interface_next;
	struct repeats repeats;
};

/* --- Opening ---------------------------------------------------------------------------------- */

static struct sock_fprog filter_of(const struct witness *w, struct sock_filter *code)
{
	return (struct sock_fprog){
		.len = (unsigned short)witness_filter(&w->ports, true, w->data_bytes, code),
		.filter = code,
	};
}

static int attach_filter(struct witness *w)
{
	struct sock_filter code[WITNESS_FILTER_MAX];
	struct sock_fprog program = filter_of(w, code);
	int rc = packet_socket_filter(&w->socket, &program);

	if (rc == 0)
		w->wide = !w->ports.local;
	return rc;
}

int witness_open(struct witness **witness, const struct witness_config *config)
{
	struct sock_filter code[WITNESS_FILTER_MAX];
	struct witness *w = xcalloc(1, sizeof(*w));
	struct sock_fprog program;
	int rc;

	w->ports = config->ports;
	w->wide = !w->ports.local;
	w->data_bytes = config->data_bytes;
	ours_init(&w->ours, config->peers, config->peer_count, config->bound, config->bound_count,
		  config->strict);
	program = filter_of(w, code);
	rc = packet_socket_open(&w->socket, &program, !config->unstamped);
	if (rc < 0) {
		witness_close(w);
		w = NULL;
	}
	*witness = w;
	return rc;
}

void witness_close(struct witness *w)
{
	if (!w)
		return;
	packet_socket_close(&w->socket);
	ours_free(&w->ours);
	free(w);
}

void witness_set_ports(struct witness *w, const struct witness_ports *ports)
{
	bool other_udp = ports->udp_local != w->ports.udp_local ||
			 ports->udp_remote != w->ports.udp_remote;

	w->ports = *ports;
	if (other_udp)
		(void)attach_filter(w);
	/*
	 * If not, the existing filter passes more, and this file checks each packet: see narrow().
	 */
}

int witness_forget_local_port(struct witness *w)
{
	w->ports.local = 0;
	return w->wide ? 0 : attach_filter(w);
}

struct pollfd witness_pollfd(const struct witness *w)
{
	return (struct pollfd){ .fd = w->socket.fd, .events = POLLIN };
}

uint64_t witness_lost(struct witness *w)
{
	return packet_socket_lost(&w->socket);
}

/* --- Is it one of ours? ----------------------------------------------------------------------- */

static bool is_peer(const struct witness *w, const union address *a)
{
	return address_is_listed(a, w->ours.peers, w->ours.peer_count);
}

static bool is_local_port(const struct witness *w, uint16_t port)
{
	for (size_t i = 0; i < LOCAL_PORTS_KEPT; i++)
		if (port && w->local_ports[i] == port)
			return true;
	return false;
}

static void keep_local_port(struct witness *w, uint16_t port)
{
	if (!is_local_port(w, port))
		w->local_ports[w->local_port_next++ % LOCAL_PORTS_KEPT] = port;
}

/*
 * Do ports and addresses say that it goes from this end to the peer? If both ends have the same
 * port, a packet may match in both directions.
 */
static bool goes_out(const struct witness *w, const union address *from, const union address *to)
{
	if (address_port(to) != w->ports.peer)
		return false;
	if (!w->ports.local)
		return is_peer(w, to) || is_local_port(w, address_port(from));
	if (address_port(from) != w->ports.local)
		return false;
	return w->ports.local != w->ports.peer || !is_peer(w, from) || is_peer(w, to);
}

static bool is_ours_sctp(const struct witness *w, const struct packet *p, bool outgoing)
{
	return outgoing ? goes_out(w, &p->source, &p->destination)
			: goes_out(w, &p->destination, &p->source);
}

static bool is_ours_icmp(const struct witness *w, const struct packet_icmp *icmp)
{
	if (icmp->ports)
		return goes_out(w, &icmp->source, &icmp->destination);
	return (!w->ports.udp_local || icmp->udp_source == w->ports.udp_local) &&
	       (!w->ports.udp_remote || icmp->udp_destination == w->ports.udp_remote) &&
	       is_peer(w, &icmp->destination);
}

/* Of a packet that is not ours: does only one port keep it from being so? */
static enum witness_odd which_is_odd(const struct witness *w, const struct packet *p, bool outgoing)
{
	uint16_t from = address_port(&p->source), to = address_port(&p->destination);

	if (w->ours.strict || !w->ports.local || p->kind == PACKET_OF_ICMP || !p->chunks.has_init)
		return ODD_NONE;
	if (p->chunks.list[0].type != (outgoing ? CHUNK_INIT : CHUNK_INIT_ACK))
		return ODD_NONE;
	if ((outgoing ? from : to) == w->ports.local)
		return ODD_PEER_PORT;
	return outgoing && to == w->ports.peer && is_peer(w, &p->destination) ? ODD_LOCAL_PORT
									      : ODD_NONE;
}

/* Is it the copy that counts? Ours as it leaves, the peer's as it arrives. */
static bool is_ours(const struct witness *w, const struct packet *p, bool outgoing)
{
	if (p->kind == PACKET_OF_ICMP)
		return !outgoing && is_ours_icmp(w, &p->icmp);
	return is_ours_sctp(w, p, outgoing);
}

/* --- Reading ---------------------------------------------------------------------------------- */

static const struct interface *interface_of(struct witness *w, int index)
{
	struct interface *interface;

	for (size_t i = 0; i < INTERFACES_KEPT; i++)
		if (w->interfaces[i].index == index)
			return &w->interfaces[i];
	interface = &w->interfaces[w->interface_next++ % INTERFACES_KEPT];
	interface_look_up(index, interface);
	return interface;
}

/* fe80::2 is a different host on each interface. */
static void set_zone(union address *a, int ifindex)
{
	if (a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&a->v6.sin6_addr))
		a->v6.sin6_scope_id = (uint32_t)ifindex;
}

/* A card with VLANs shows each packet twice: also on the VLAN's interface. */
static bool is_tagged(const struct tpacket_auxdata *details)
{
	return details->tp_status & TP_STATUS_VLAN_VALID && (details->tp_vlan_tci & 0x0fff) != 0;
}

/*
 * The kernel compiles each filter, which costs as much as all else that the witness does. So it
 * gets one for our local port only when others have associations with the peer's port.
 */
static void narrow(struct witness *w, const struct packet *p)
{
	const union address *from = &p->source, *to = &p->destination;

	if (!w->wide || !w->ports.local)
		return;
	if (p->kind == PACKET_OF_ICMP) {
		if (!p->icmp.ports)
			return;
		from = &p->icmp.source;
		to = &p->icmp.destination;
	}
	if (address_port(from) == w->ports.local || address_port(to) == w->ports.local)
		return;
	w->wide = false; /* if it fails, it would fail again */
	(void)attach_filter(w);
}

static bool take(struct witness *w, const struct received *r, struct witness_event *event)
{
	struct packet_context context = {
		.udp_ports = { w->ports.udp_local, w->ports.udp_remote },
		.checksum_optional = r->details.tp_status &
				     (TP_STATUS_CSUMNOTREADY | TP_STATUS_CSUM_VALID),
	};
	bool outgoing = r->link.sll_pkttype == PACKET_OUTGOING;
	const struct interface *interface;
	struct trace trace;

	if (is_tagged(&r->details) || !packet_parse(r->bytes, &context, &event->packet))
		return false;
	event->odd = ODD_NONE;
	if (!is_ours(w, &event->packet, outgoing)) {
		narrow(w, &event->packet);
		event->odd = which_is_odd(w, &event->packet, outgoing);
		if (!event->odd)
			return false;
	} else if (!ours_take(&w->ours, &event->packet, outgoing)) {
		return false;
	} else if (outgoing && chunks_find(&event->packet.chunks, CHUNK_INIT))
		keep_local_port(w, address_port(&event->packet.source));
	trace = (struct trace){ bytes_hash(r->bytes), r->time_us, r->link.sll_ifindex, outgoing };
	if (repeats_add(&w->repeats, &trace))
		return false;
	interface = interface_of(w, r->link.sll_ifindex);
	event->time_us = r->time_us;
	event->late = r->late;
	event->bytes = r->bytes;
	event->length = r->details.tp_len ? r->details.tp_len : (uint32_t)r->bytes.left;
	event->wall_ns = r->wall_ns;
	event->outgoing = outgoing;
	event->ifindex = interface->top;
	event->this_host = interface->loopback;
	memcpy(event->interface, interface->name, sizeof(event->interface));
	event->base = interface->base;
	memcpy(event->base_name, interface->base_name, sizeof(event->base_name));
	set_zone(&event->packet.source, interface->top);
	set_zone(&event->packet.destination, interface->top);
	if (event->packet.kind == PACKET_OF_ICMP)
		set_zone(&event->packet.icmp.destination, interface->top);
	return true;
}

int witness_next(struct witness *w, struct witness_event *event, unsigned *reads)
{
	struct received r;
	int rc;

	do
		rc = packet_socket_receive(&w->socket, &r, reads);
	while (rc > 0 && !take(w, &r, event));
	return rc;
}

const char *witness_text(const struct witness_event *event, bool unicode, bool tags, char *buf,
			 size_t size)
{
	const struct packet *p = &event->packet;
	static const char *const arrows[2][2] = { { "->", "<-" }, { "\u2192", "\u2190" } };
	char host[ADDRESS_TEXT_MAX], text[PACKET_TEXT_MAX];

	snprintf(buf, size, "%s %s %s  on %s",
		 address_host_text(event->outgoing ? &p->destination : &p->source, host),
		 arrows[unicode][event->outgoing], packet_text(p, tags, text, sizeof(text)),
		 event->interface);
	return buf;
}
