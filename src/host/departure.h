/* SPDX-License-Identifier: MIT */
/*
 * In which form packets leave this host. A witness sees a packet as it leaves, so what it has not
 * seen may have left inside of another one.
 */
#ifndef HOST_DEPARTURE_H
#define HOST_DEPARTURE_H

#include "host/ipsec.h"
#include "host/route.h"

struct departure {
	enum ipsec ipsec;
	union address end;         /* IPSEC_CARRIES, IPSEC_NO_KEY: of ipsec_of() */
	const char *encapsulation; /* of the route, or NULL */
	int netlink_error; /* of socket(AF_NETLINK): routes and neighbours are not known, either */
};

/*
 * route: the one that they take; with link 0 it is asked about. flow->source of family 0: the
 * address that the route chooses. That this host uses no IPsec was asked 20 ms ago at most. Nothing
 * is sent.
 */
void departure_look_up(const struct ipsec_flow *flow, const struct route *route,
		       struct departure *departure);

#endif
