/* SPDX-License-Identifier: MIT */
/* One packet of an association, as a witness saw it. */
#ifndef WITNESS_EVENT_H
#define WITNESS_EVENT_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "packet/packet.h"

/*
 * An INIT that leaves, or an INIT-ACK that arrives, of which only one port is right: NAT may have
 * changed the other, or it is of another association.
 */
enum witness_odd {
	ODD_NONE,
	ODD_PEER_PORT,
	ODD_LOCAL_PORT,
};

struct witness_event {
	int64_t time_us; /* as loop_now_us(), when the kernel saw it */
	bool late;       /* time_us is when it was read, as for the first packets after opening */
	bool outgoing;   /* ours, leaving; if not, arriving */
	enum witness_odd odd;
	bool taken;     /* another association got it, too, before this one */
	bool this_host; /* passed the loopback interface: the other end is on this host */
	bool tunnel;    /* that interface is one */
	int ifindex;    /* of a bond or bridge, not of its ports */
	char interface[IF_NAMESIZE];
	int base; /* what carries that interface, see host/interface.h */
	char base_name[IF_NAMESIZE];
	struct packet packet;
	/* The packet itself, from the IP header on: what was read of it, until the next is read. */
	struct bytes bytes;
	uint32_t length; /* its whole length */
	int64_t wall_ns; /* time_us by the wall clock, to the nanosecond */
};

/*
 * "10.1.1.2 -> INIT-ACK  tag ...  on c1", or with a true arrow: into buf, which is returned, cut at
 * size.
 */
#define WITNESS_TEXT_MAX (PACKET_TEXT_MAX + ADDRESS_TEXT_MAX + IF_NAMESIZE + 16)
const char *witness_text(const struct witness_event *event, bool unicode, bool tags, char *buf,
			 size_t size);

#endif
