/* SPDX-License-Identifier: MIT */
/* What this host knows of an address of its own, and of who has its ports. */
#ifndef HOST_LOCAL_H
#define HOST_LOCAL_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"

enum local_state {
	LOCAL_USABLE,   /* or this host did not tell */
	LOCAL_ABSENT,   /* no interface has it */
	LOCAL_BY_ROUTE, /* nor here, but a route of type local has it, as all of 127/8 */
	LOCAL_TENTATIVE,
	LOCAL_DUPLICATE,     /* duplicate address detection has found it on another host */
	LOCAL_ON_OTHER_LINK, /* link has it, and the zone is another one */
	LOCAL_IN_VRF,        /* link is in vrf */
	LOCAL_OUTSIDE_VRF,   /* link is not in vrf, in which this program runs */
	LOCAL_LINK_DOWN,     /* link is down, or has no carrier */
	LOCAL_STATE_COUNT,
};

struct local_address {
	enum local_state state;
	union address address;  /* as it was asked for */
	char link[IF_NAMESIZE]; /* empty if no interface has it, or this host did not tell */
	char vrf[IF_NAMESIZE];
};

/*
 * Is it that VRF in which this program runs ("ip vrf exec")? NULL: any. If it is, *name is the name
 * of the VRF.
 */
bool local_runs_in(const char *vrf, char name[IF_NAMESIZE]);

/* A wildcard address is usable. */
struct local_address local_look_up(const union address *address);

/*
 * Do packets to it stay on this host, because it is one of its own, or because a route says so?
 * Link-local addresses are not looked up: each link has its own.
 */
bool local_has(const union address *address);

/* No interface has it. False also if this host does not tell its addresses. */
bool local_lacks(const union address *address);

/*
 * Does an association hold this local port whose program has closed it, and whose peer has not
 * answered that yet? It is that of the kernel's SCTP, and no program has it any more. If so, *peer
 * is an address of its peer, with its port.
 */
bool local_port_closing(const union address *local, union address *peer);

/* Has this host IPv6, whether or not this program may use it? False also if it does not tell. */
bool local_has_ipv6(void);

/* The lowest port that needs no privilege. */
uint16_t local_unprivileged_port(void);
/* Does that port need no privilege, or has this program that privilege? */
bool local_may_have_port(uint16_t port);

#endif
