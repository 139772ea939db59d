/* SPDX-License-Identifier: MIT */
/* Does the next hop towards an address answer on its link? ARP and neighbour discovery know. */
#ifndef HOST_NEIGHBOUR_H
#define HOST_NEIGHBOUR_H

#include "base/address.h"
#include "host/route.h"

enum neighbour {
	NEIGHBOUR_UNKNOWN, /* not looked up yet, or the host did not say */
	NEIGHBOUR_ASKED,   /* looked up on its link (ARP, ND), and no answer yet */
	NEIGHBOUR_SILENT,  /* the last look-up got no answer */
	NEIGHBOUR_THERE,
	NEIGHBOUR_SET,     /* its link-layer address was set by hand, and is not looked up */
	NEIGHBOUR_NO_ROOM, /* it is not in this host's table of neighbours, which is full */
};

/*
 * Does the next hop of this route to the peer answer on its link? *hop is the next hop: the
 * gateway, or the peer itself.
 */
enum neighbour neighbour_state(struct routes *routes, const union address *peer,
			       const struct route *route, union address *hop);

/* What one answer to RTM_GETNEIGHTBL says of the table of that family. */
struct neighbour_table {
	sa_family_t family;
	uint32_t entries;
	uint32_t room;  /* sysctl net.ipv4.neigh.default.gc_thresh3; 0: not known */
	uint64_t fulls; /* how often there was no room for one more */
};
bool neighbour_table_read(const struct nlmsghdr *answer, struct neighbour_table *table);

#endif
