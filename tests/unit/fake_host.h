/* SPDX-License-Identifier: MIT */
/*
 * A host whose answers a test writes down. It replaces host/route.h, host/neighbour.h and
 * host/local.h, and the witness, which does not exist here. Only in tests that are linked with
 * FAKE_HOST or FAKE_LOCAL (Makefile). The real host is not asked, and nothing is sent.
 */
#ifndef FAKE_HOST_H
#define FAKE_HOST_H

#include "host/departure.h"
#include "host/local.h"
#include "host/neighbour.h"

#define FAKE_HOST_MAX 4

struct fake_host {
	const char *no_route[FAKE_HOST_MAX]; /* addresses, as text, for which there is no route */
	int route_error;                     /* the error for those; 0: ENETUNREACH */
	const char *silent[FAKE_HOST_MAX];   /* addresses that do not answer on their link */
	enum ipsec ipsec;                    /* of every packet; 0: none */
	const char *own[FAKE_HOST_MAX];      /* addresses of this host */
	bool port_closing;                   /* by an association with 10.1.1.2:5000 */
	uint16_t unprivileged_port;          /* 0: 1024 */
	bool any_port;                       /* this program has CAP_NET_BIND_SERVICE */
	const char *runs_in;                 /* the VRF that this program is in; or NULL */
	bool ipv6;                           /* this host has it */
	enum local_state local_state;        /* of each address of -b, on the link "down0" */
	bool local_untold;                   /* this host does not tell who has them */
	unsigned route_lookups;              /* how often a route was looked up */
	unsigned neighbour_lookups;
};
extern struct fake_host fake_host;

#endif
