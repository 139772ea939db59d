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
	NEIGHBOUR_SET, /* its link-layer address was set by hand, and is not looked up */
};

/*
 * Does the next hop of this route to the peer answer on its link? *hop is the next hop: the
 * gateway, or the peer itself.
 */
enum neighbour neighbour_state(struct routes *routes, const union address *peer,
			       const struct route *route, union address *hop);

#endif
