/* SPDX-License-Identifier: MIT */
/* What this host knows of an address. It needs no privilege, and sends nothing. */
#ifndef HOST_ROUTE_H
#define HOST_ROUTE_H

#include <net/if.h>
#include <stdbool.h>

#include "base/address.h"
#include "base/util.h"

/*
 * What the routing table says about a packet to this address: 0, or ENETUNREACH, EHOSTUNREACH,
 * EACCES (prohibited), EINVAL (blackholed)... as a positive errno. SCTP itself does not report it;
 * connecting a UDP socket does, without sending anything. If routes depend on the source, a route
 * from any of these sources is enough (as for net/sctp/protocol.c sctp_v4_get_dst()); count 0: any
 * of this host's.
 */
int route_error(const union address *peer, const union address *sources, size_t count);

/*
 * Does the route to this address use an interface without carrier, because it has no cable or no
 * other end? Packets sent there are silently dropped. If so, name is the interface.
 */
bool link_without_carrier(const union address *peer, char name[IF_NAMESIZE]);

/*
 * What the route does to packets to this address: the source address that it chooses, of family 0
 * if it is not known, and what it puts them into (ip route ... encap): "MPLS", "SRv6", "a BPF
 * program", or NULL.
 */
void route_departure(const union address *peer, union address *source, const char **encapsulation);

enum reverse_path {
	REVERSE_PATH_FREE,    /* nothing is known that would drop it */
	REVERSE_PATH_STRICT,  /* rp_filter 1 drops it: the route back uses another link */
	REVERSE_PATH_MISSING, /* rp_filter drops it: there is no route back */
};

/*
 * Does rp_filter drop a packet that arrives on this link (an index)? expected: the link of the
 * route back, or "". IPv6 has no such setting.
 */
enum reverse_path reverse_path(const union address *from, const union address *to, int link,
			       char expected[IF_NAMESIZE]);

enum neighbour {
	NEIGHBOUR_UNKNOWN, /* not looked up yet, or the host did not say */
	NEIGHBOUR_ASKED,   /* looked up on its link (ARP, ND), and no answer yet */
	NEIGHBOUR_SILENT,  /* the last look-up got no answer */
	NEIGHBOUR_THERE,
};

/*
 * Does the next hop towards the peer answer on its link? *hop is the next hop: the peer itself,
 * or a router. It is filled unless the state is unknown.
 */
enum neighbour neighbour_state(const union address *peer, union address *hop);

/*
 * The line in modprobe.d(5) that blocks that kernel module, such as "install sctp /bin/false in
 * /etc/modprobe.d/cis.conf". False: there is none.
 */
bool module_blocked(const char *module, struct message *what);

#endif
