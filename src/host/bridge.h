/* SPDX-License-Identifier: MIT */
/* Bridges of containers and virtual machines, whose addresses other hosts cannot reach. */
#ifndef HOST_BRIDGE_H
#define HOST_BRIDGE_H

#include <net/if.h>
#include <stddef.h>

#include "base/address.h"

/* Which bridge has this address on many hosts: "docker0", "virbr0". NULL: none is known. */
const char *bridge_usual(const union address *address);

struct own_bridge {
	union address address;
	char name[IF_NAMESIZE]; /* printable() */
	int index;
};

/*
 * Which of these addresses of this host are a bridge's? Returns how many of *found it has filled.
 */
size_t bridges_among(const union address *addresses, size_t count, struct own_bridge *found,
		     size_t room);

#endif
