/* SPDX-License-Identifier: MIT */
/* Where a packet to an address leaves this host. It needs no privilege, and sends nothing. */
#ifndef HOST_ROUTE_H
#define HOST_ROUTE_H

#include <linux/netlink.h>
#include <stdbool.h>

#include "base/address.h"
#include "host/routes.h"

/* All zeros: nothing is known. */
struct route {
	int error;                 /* why there is none: positive errno; 0: there is one */
	int link;                  /* the index of its interface; 0: not known */
	union address gateway;     /* sa_family 0: none, the address is on the link */
	union address source;      /* the local address; sa_family 0: not known */
	bool broadcast;            /* the address is the broadcast address of its network */
	bool local;                /* the route is of type local: packets do not leave */
	const char *encapsulation; /* it puts packets into that: "MPLS", "a BPF program"; or NULL */
	/* After route_closed(): */
	bool no_carrier; /* what is sent over that link is dropped */
	bool down;       /* the same, because it is down */
	bool dummy;      /* the same, because it is a dummy; but a filter may send it elsewhere */
	bool rule;       /* route_closed() did not find it, but a rule for these packets */
	bool doubtful;   /* packets may take another one: see rules.h, or it has other next hops */
};

/* Does it say to send to the peer from a link-local address, as the stack cannot? */
bool route_lacks_source(const struct routes *routes, const union address *peer,
			const struct route *route);

/*
 * The route from this source, or (NULL) from the source that the route chooses. Returns
 * route->error.
 */
int route_ask(struct routes *routes, const union address *peer, const union address *source,
	      struct route *route);
/* The same for a socket that is bound to that link. It is not remembered. */
int route_ask_on(const struct routes *routes, int link, const union address *peer,
		 const union address *source, struct route *route);

/*
 * The route that a stack takes whose endpoint is bound to these addresses (count 0, or a wildcard:
 * to all). It is the one of the peer alone if its source is bound, else the one from a bound
 * address, if possible on that address's own link (net/sctp/protocol.c sctp_v4_get_dst();
 * usrsctp_source.c does the same).
 */
void route_look_up(struct routes *routes, const union address *peer, const union address *sources,
		   size_t count, struct route *route);

/*
 * Is every route closed that such a stack can take, because there is none, or because its link has
 * no carrier? Returns 0 if one is open, or if that is not certain. Else a positive errno: ENETDOWN,
 * ENETUNREACH, EHOSTUNREACH, EACCES (prohibited), EINVAL (blackholed)... *route is that of
 * route_look_up().
 */
int route_closed(struct routes *routes, const union address *peer, const union address *sources,
		 size_t count, struct route *route);

/* Has the route several next hops, of which packets may take another one than was told? */
bool route_has_hops(struct routes *routes, const union address *peer);

/*
 * Why there is no route for packets with the source that this route has chosen, because rules look
 * at the source: a positive errno, or 0.
 */
int route_source_error(struct routes *routes, const union address *peer, const struct route *route);

/* The kernel's answer to RTM_GETROUTE, of either family. False: it is something else. */
bool route_read(const struct nlmsghdr *answer, struct route *route);

#endif
