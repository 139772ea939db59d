/* SPDX-License-Identifier: MIT */
/* Who asks about routes, and what the host has said already. */
#ifndef HOST_ROUTES_H
#define HOST_ROUTES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/address.h"
#include "host/interface.h"

/* Of this host, and its interface. */
struct own_address {
	union address address; /* without a port */
	int link;
};

#define ROUTES_INTERFACES 8

struct routes {
	bool as_root, no_link_local, own_headers;
	int fd; /* rtnetlink(7); negative: a sandbox forbids it, and less is known */
	/* What is remembered: */
	int64_t since_us;
	/* What this process's sockets are bound to (ip vrf exec). 0: nothing; -1: not known yet. */
	int device;
	struct interface known[ROUTES_INTERFACES]; /* index 0: none */
	size_t next;                               /* the place of the next one */
	struct own_address *own;
	size_t own_count;
	bool own_known;
	struct asked_routes *asked; /* of route.c; owned */
	struct {
		int link; /* 0: none is known */
		union address address;
		int state;
	} hop;         /* of neighbour.c: the newest that was asked about */
	bool no_ipsec; /* this host has no policy of IPsec */
	struct {
		bool known;
		unsigned kinds; /* enum rules */
	} rules[2];             /* IPv4, IPv6 */
};

/*
 * One for the process. Many connections end at the same time, and then ask once about rules and
 * links, about the addresses of this host, and whether it uses IPsec; and about the route to a host
 * or a next hop that they share. What is remembered is 20 ms old at most, and does not change until
 * the next call.
 */
struct routes *routes_now(void);

/*
 * From now on the routes of root's packets are asked for, instead of those of this user's (rules
 * with uidrange).
 */
void routes_ask_as_root(void);
/* From now on a route whose source is a link-local address is closed, as it is for some stacks. */
void routes_ask_without_link_local(void);

/* From now on packets without UDP are sent through raw sockets, whose IPv4 headers are made here.
 */
void routes_ask_with_own_headers(void);

/* What the sockets of this process are bound to, the index of an interface; 0: nothing. */
int routes_device(struct routes *routes);

/* enum rules, of that family. */
unsigned routes_rules(struct routes *routes, sa_family_t family);

/* The addresses of this host. They are valid until the next routes_now(). */
const struct own_address *routes_own(struct routes *routes, size_t *count);

/* The interface of a route. It is valid until the next call with the same routes. */
const struct interface *route_interface(struct routes *routes, int link);

#endif
