/* SPDX-License-Identifier: MIT */
/* Who asks about routes, and what the host has said already. */
#ifndef HOST_ROUTES_H
#define HOST_ROUTES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "host/interface.h"

struct routes {
	int fd; /* rtnetlink(7); negative: a sandbox forbids it, and less is known */
	/* What is remembered: */
	int64_t since_us;
	/* What this process's sockets are bound to (ip vrf exec). 0: nothing; -1: not known yet. */
	int device;
	struct interface known; /* the newest that was looked up; index 0: none */
	struct {
		bool known;
		unsigned kinds; /* enum rules */
	} rules[2];             /* IPv4, IPv6 */
};

/*
 * One for the process. Many connections end at the same time, and then ask once about rules and
 * links: what is remembered is 20 ms old at most, and does not change until the next call.
 */
struct routes *routes_now(void);

/* What the sockets of this process are bound to, the index of an interface; 0: nothing. */
int routes_device(struct routes *routes);

/* enum rules, of that family. */
unsigned routes_rules(struct routes *routes, sa_family_t family);

/* The interface of a route. It is valid until the next call with the same routes. */
const struct interface *route_interface(struct routes *routes, int link);

#endif
