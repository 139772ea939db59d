/* SPDX-License-Identifier: MIT */
/* What this host knows of an address without asking anybody: no privilege, nothing sent. */
#ifndef HOST_ROUTE_H
#define HOST_ROUTE_H

#include <net/if.h>
#include <stdbool.h>

#include "base/address.h"
#include "base/util.h"

/*
 * What the routing table says of a packet to this address: 0, or ENETUNREACH, EHOSTUNREACH, EACCES
 * (prohibited), EINVAL (blackholed)... as a positive errno. SCTP itself never says it; connecting a
 * UDP socket asks without sending anything. Where routes depend on the source, one from any of
 * these sources is enough (as to net/sctp/protocol.c sctp_v4_get_dst()); none: any of this host's.
 */
int route_error(const union address *peer, const union address *sources, size_t count);

/*
 * Does the route to this address leave by an interface that has no carrier: no cable, or nobody at
 * the other end? What is sent there is dropped, and nobody says so. Its name then.
 */
bool link_without_carrier(const union address *peer, char name[IF_NAMESIZE]);

enum neighbour {
	NEIGHBOUR_UNKNOWN, /* not looked up yet, or the host did not say */
	NEIGHBOUR_ASKED,   /* looked up on its link (ARP, ND), and no answer yet */
	NEIGHBOUR_SILENT,  /* the last look-up got none */
	NEIGHBOUR_THERE,
};

/*
 * Whether the next hop on the way to the peer answers on its link; *hop is that: the peer itself,
 * or the router towards it. Filled unless it is unknown.
 */
enum neighbour neighbour_state(const union address *peer, union address *hop);

/*
 * What modprobe.d(5) says against loading that kernel module, such as "install sctp /bin/false in
 * /etc/modprobe.d/cis.conf". False: nothing.
 */
bool module_blocked(const char *module, struct message *what);

#endif
