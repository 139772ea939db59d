/* SPDX-License-Identifier: MIT */
#include "witness/witness.h"

#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "host/interface.h"
#include "witness/match.h"
#include "witness/packet_socket.h"
#include "witness/repeats.h"

/* How many packets one round of a loop reads. */
#define ROUND_READS_MAX 128
/* More than the socket has room for. */
#define READS_MAX 8192

#define INTERFACES_KEPT 16
/* With several associations, packets are spread over so many rings by their hashes. */
#define REPEAT_RINGS 64

struct witness {
	struct packet_socket socket;
	struct filter_ports filter; /* what it passes */
	uint16_t udp_ports[2];
	uint32_t data_bytes;
	bool fresh;    /* nobody was attached yet */
	bool narrowed; /* it was tried, and the filter may pass other ports */
	struct view *views, *told;
	struct view_index *index; /* NULL: there was never more than one view at a time */
	struct view *reader;      /* it needs not be told */
	bool tells;               /* the loop reads, and tells afterwards */
	int error;
	struct interface interfaces[INTERFACES_KEPT];
	size_t interface_next;
	struct repeats repeats, *many_repeats;
	struct loop_source source;
	size_t listeners;
};

/* --- The filter ------------------------------------------------------------------------------- */

static int set_filter(struct witness *w, const struct filter_ports *filter)
{
	const struct packet_socket_hears hears = { *filter, w->data_bytes };
	int rc;

	if (filter_ports_equal(filter, &w->filter))
		return 0;
	rc = packet_socket_filter(&w->socket, &hears);
	if (rc == 0)
		w->filter = *filter;
	return rc;
}

/*
 * The kernel compiles each filter, which costs as much as all else that the witness does. So it
 * gets one for our local port only when others have associations with the peer's port.
 */
static void narrow(struct witness *w, const struct packet *p)
{
	uint16_t local = w->views->ports.local;
	struct filter_ports filter = w->filter;

	/* The filter passes those of others with ICMP errors in any case. */
	if (w->narrowed || filter.local || !local || p->kind == PACKET_OF_ICMP ||
	    address_port(&p->source) == local || address_port(&p->destination) == local)
		return;
	w->narrowed = true; /* if it fails, it would fail again */
	filter.local = local;
	(void)set_filter(w, &filter);
}

/* --- Opening and closing ---------------------------------------------------------------------- */

int witness_open(struct witness **witness, const struct witness_config *config)
{
	const struct packet_socket_hears hears = { filter_ports_of(&config->ports),
						   config->data_bytes };
	struct witness *w = xcalloc(1, sizeof(*w));
	int rc;

	w->filter = hears.ports;
	w->fresh = true;
	w->udp_ports[0] = config->ports.udp_local;
	w->udp_ports[1] = config->ports.udp_remote;
	w->data_bytes = config->data_bytes;
	rc = packet_socket_open(&w->socket, &hears, !config->unstamped);
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
	view_index_free(w->index);
	free(w->many_repeats);
	free(w);
}

void witness_stamp(struct witness *w)
{
	if (!w->socket.stamped)
		(void)packet_socket_stamp(&w->socket);
}

/* --- Telling ---------------------------------------------------------------------------------- */

static void tell_later(struct view *v)
{
	struct witness *w = v->witness;

	if (!v->changed || v->told_link || v == w->reader)
		return;
	v->next_told = w->told;
	v->told_link = &w->told;
	if (w->told)
		w->told->told_link = &v->next_told;
	w->told = v;
	if (!w->tells)
		loop_again(&w->source);
}

static void tell_no_more(struct view *v)
{
	if (!v->told_link)
		return;
	*v->told_link = v->next_told;
	if (v->next_told)
		v->next_told->told_link = v->told_link;
	v->told_link = NULL;
}

static void tell(struct witness *w)
{
	while (w->told) {
		struct view *v = w->told;

		tell_no_more(v);
		v->changed(v->changed_context);
	}
}

/* --- Reading ---------------------------------------------------------------------------------- */

static const struct interface *interface_of(struct witness *w, const struct sockaddr_ll *link)
{
	struct interface *interface;

	for (size_t i = 0; i < INTERFACES_KEPT; i++)
		if (w->interfaces[i].index == link->sll_ifindex)
			return &w->interfaces[i];
	interface = &w->interfaces[w->interface_next++ % INTERFACES_KEPT];
	interface_of_packet(w->socket.fd, link, interface);
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

static void find_views(struct witness *w, const struct packet *p, bool outgoing,
		       struct matches *matches)
{
	struct match *only = matches->list;

	if (w->index) {
		match_find(w->index, p, outgoing, matches);
		return;
	}
	only->view = w->views;
	only->claim = view_claim(only->view, p, outgoing, &only->odd);
	matches->count = only->claim != CLAIM_NONE || only->odd != ODD_NONE;
	if (only->claim == CLAIM_NONE)
		narrow(w, p);
}

static bool is_repeated(struct witness *w, const struct received *r, bool outgoing)
{
	struct trace trace = { bytes_hash(r->bytes), r->time_us, r->link.sll_ifindex, outgoing };
	struct repeats *ring = &w->repeats;

	if (w->many_repeats)
		ring = &w->many_repeats[(trace.hash >> 32) % REPEAT_RINGS];
	return repeats_add(ring, &trace);
}

/* On loopback, the copy that arrives may be the only one that counts. */
static bool counts_once(const struct witness *w, const struct received *r, const struct packet *p)
{
	return r->link.sll_hatype == ARPHRD_LOOPBACK && p->kind != PACKET_OF_ICMP &&
	       filter_has_one_copy(&w->filter);
}

static void fill(struct witness *w, const struct received *r, bool outgoing,
		 struct witness_event *event)
{
	const struct interface *interface = interface_of(w, &r->link);

	event->time_us = r->time_us;
	event->late = r->late;
	event->bytes = r->bytes;
	event->length = r->details.tp_len ? r->details.tp_len : (uint32_t)r->bytes.left;
	event->wall_ns = r->wall_ns;
	event->outgoing = outgoing;
	event->ifindex = interface->top;
	event->this_host = interface->loopback;
	event->tunnel = interface->tunnel;
	memcpy(event->interface, interface->name, sizeof(event->interface));
	event->base = interface->base;
	memcpy(event->base_name, interface->base_name, sizeof(event->base_name));
	set_zone(&event->packet.source, interface->top);
	set_zone(&event->packet.destination, interface->top);
	if (event->packet.kind == PACKET_OF_ICMP)
		set_zone(&event->packet.icmp.destination, interface->top);
}

static void deliver(struct witness *w, const struct match *m, const struct match *first,
		    struct witness_event *event)
{
	if (m->claim != CLAIM_NONE) {
		view_learn(m->view, &event->packet, event->outgoing, m->claim);
		if (w->index)
			view_index_add(w->index, m->view);
	}
	event->odd = m->odd;
	event->taken = m != first;
	m->view->take(m->view->context, event);
	tell_later(m->view);
}

static void take(struct witness *w, const struct received *r)
{
	struct packet_context context = {
		.udp_ports = { w->udp_ports[0], w->udp_ports[1] },
		.checksum_optional = r->details.tp_status &
				     (TP_STATUS_CSUMNOTREADY | TP_STATUS_CSUM_VALID),
	};
	bool outgoing = r->link.sll_pkttype == PACKET_OUTGOING;
	struct witness_event event;
	struct matches matches;
	bool once;

	matches.count = 0;
	if (!w->views || is_tagged(&r->details) || !packet_parse(r->bytes, &context, &event.packet))
		return;
	once = counts_once(w, r, &event.packet);
	if (once && outgoing)
		return;
	find_views(w, &event.packet, outgoing, &matches);
	if (once && !matches.count) {
		outgoing = true; /* it has left before */
		find_views(w, &event.packet, outgoing, &matches);
	}
	if (!matches.count || is_repeated(w, r, outgoing))
		return;
	fill(w, r, outgoing, &event);
	for (size_t i = 0; i < matches.count; i++)
		deliver(w, &matches.list[i], matches.list, &event);
}

static void fail(struct witness *w, int error)
{
	w->error = error;
	for (struct view *v = w->views; v; v = v->next)
		tell_later(v);
}

/* Until there is none, one is newer than until_us, or so many were read. */
static void read_packets(struct witness *w, unsigned reads, int64_t until_us)
{
	struct received r;
	bool any = false;
	int rc = 0;

	while (!w->error && (rc = packet_socket_receive(&w->socket, &r, &reads)) > 0) {
		any = true;
		take(w, &r);
		if (!r.late && r.time_us >= until_us)
			break;
	}
	if (rc < 0)
		fail(w, -rc);
	/* Packets are lost only behind others that wait. */
	if (any && !w->error)
		(void)packet_socket_lost(&w->socket);
}

void witness_read(struct view *v)
{
	v->witness->reader = v;
	read_packets(v->witness, ROUND_READS_MAX, LOOP_FOREVER);
	v->witness->reader = NULL;
}

void witness_catch_up(struct view *v)
{
	v->witness->reader = v;
	read_packets(v->witness, READS_MAX, loop_now_us());
	v->witness->reader = NULL;
}

int witness_error(const struct view *v)
{
	return v->witness->error;
}

uint64_t witness_lost(const struct view *v)
{
	return v->witness->socket.lost - v->lost_before + v->unsure;
}

uint64_t witness_lost_of_all(const struct witness *w)
{
	return w->socket.lost;
}

/* --- The views -------------------------------------------------------------------------------- */

/* From now on, packets are looked for in the index. */
static void begin_index(struct witness *w)
{
	w->index = view_index_new();
	w->many_repeats = xcalloc(REPEAT_RINGS, sizeof(*w->many_repeats));
	for (struct view *v = w->views; v; v = v->next)
		view_index_add(w->index, v);
}

/* Lets its packets pass. */
static int admit(struct witness *w, const struct witness_ports *ports)
{
	struct filter_ports filter = filter_ports_of(ports);

	if (w->fresh) {
		w->fresh = false;
		return 0;
	}
	/* What is there now is of others, or of nobody. */
	read_packets(w, READS_MAX, loop_now_us());
	if (w->error)
		return -w->error;
	if (w->views || w->index) {
		filter = w->filter;
		filter_ports_add(&filter, ports);
	}
	w->narrowed = false;
	return set_filter(w, &filter);
}

int witness_attach(struct witness *w, const struct view_config *config, struct view **view)
{
	struct view *v;
	int rc = admit(w, &config->ports);

	*view = NULL;
	if (rc < 0)
		return rc;
	if (w->views && !w->index)
		begin_index(w);
	v = xcalloc(1, sizeof(*v));
	view_init(v, config);
	v->witness = w;
	v->lost_before = w->socket.lost;
	v->next = w->views;
	v->link = &w->views;
	if (v->next)
		v->next->link = &v->next;
	w->views = v;
	if (w->index)
		view_index_add(w->index, v);
	*view = v;
	return 0;
}

void witness_detach(struct view *v)
{
	struct witness *w = v->witness;

	witness_listen_no_more(v);
	if (w->index)
		view_index_remove(w->index, v);
	*v->link = v->next;
	if (v->next)
		v->next->link = v->link;
	view_free(v);
	free(v);
}

/* Its keys have the local port in them. */
static void move_in_index(struct view *v)
{
	struct witness *w = v->witness;

	if (!w->index)
		return;
	view_index_remove(w->index, v);
	view_index_add(w->index, v);
}

void witness_set_ports(struct view *v, const struct witness_ports *ports)
{
	struct witness *w = v->witness;
	struct filter_ports filter = w->filter;

	v->ports = *ports;
	move_in_index(v);
	filter.udp_local = ports->udp_local;
	filter.udp_remote = ports->udp_remote;
	w->udp_ports[0] = ports->udp_local;
	w->udp_ports[1] = ports->udp_remote;
	/* A local port is not set there: each packet is checked, see narrow(). */
	(void)set_filter(w, &filter);
}

int witness_forget_local_port(struct view *v)
{
	struct witness *w = v->witness;
	struct filter_ports filter = w->filter;

	v->ports.local = 0;
	move_in_index(v);
	filter_ports_add(&filter, &v->ports);
	w->narrowed = false;
	return set_filter(w, &filter);
}

/* --- In a loop -------------------------------------------------------------------------------- */

static void on_packets(void *context, short revents)
{
	struct witness *w = context;

	(void)revents;
	w->tells = true;
	read_packets(w, ROUND_READS_MAX, LOOP_FOREVER);
	w->tells = false;
	if (w->error)
		loop_remove(&w->source);
	tell(w);
}

void witness_listen(struct view *v, struct loop *loop, void (*changed)(void *context),
		    void *context)
{
	struct witness *w = v->witness;
	struct pollfd what = { .fd = w->socket.fd, .events = POLLIN };

	witness_listen_no_more(v);
	v->changed = changed;
	v->changed_context = context;
	if (!w->listeners++ && !w->error)
		loop_add(loop, &w->source, what, on_packets, w);
}

void witness_listen_no_more(struct view *v)
{
	struct witness *w = v->witness;

	if (!v->changed)
		return;
	tell_no_more(v);
	v->changed = NULL;
	if (!--w->listeners)
		loop_remove(&w->source);
}
