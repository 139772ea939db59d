/* SPDX-License-Identifier: MIT */
/*
 * What passed on the wire of one association: a packet socket on every interface of this network
 * namespace, with a filter for that association's ports. Nothing is sent, nothing of other traffic
 * is kept. Opening it needs CAP_NET_RAW.
 *
 * Where it stands (tests/witness): what this host sends is seen behind its packet filter and its
 * queues, what it receives in front of its packet filter. So what the own output filter drops is
 * never seen, and what the own input filter drops is. On loopback, where each packet passes twice,
 * it is given once: ours as it leaves, the peer's as it comes.
 */
#ifndef WITNESS_WITNESS_H
#define WITNESS_WITNESS_H

#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "packet/packet.h"
#include "witness/filter.h"

struct witness;

struct witness_config {
	const union address *peers; /* those that will be tried, copied; all with ports.peer */
	size_t peer_count;
	struct witness_ports ports;
	/*
	 * Nobody reads the times: packets get that of reading, and are late. The first stamp that
	 * a host is asked for makes its kernel patch itself.
	 */
	bool unstamped;
};

struct witness_event {
	int64_t time_us; /* as loop_now_us(), when the kernel saw it */
	bool late;       /* no: when it was read, as may be with the first after the opening */
	bool outgoing;   /* ours, leaving; else to us, coming */
	bool this_host;  /* passed the loopback interface: the other end is on this host */
	int ifindex;     /* of a bond or bridge, not of its ports */
	char interface[IF_NAMESIZE];
	struct packet packet;
};

/*
 * -EPERM without the privilege; any other -errno: this kernel cannot. The caller closes it, and
 * reads as soon as there is something: the room is for some hundred packets.
 */
int witness_open(struct witness **witness, const struct witness_config *config);
/* NULL is fine. The kernel takes 10 ms or more for it, as it does when the process ends. */
void witness_close(struct witness *witness);

/*
 * What was not known when it was opened, as soon as it is, and before witness_next(): as long as
 * the local port is 0, packets of other associations with the same addresses and port are given,
 * too.
 */
void witness_set_ports(struct witness *witness, const struct witness_ports *ports);

struct pollfd witness_pollfd(const struct witness *witness);

/*
 * 1: the next packet, in the order in which they passed. 0: none is there now, or it has read as
 * many as *reads, which it counts down: others' packets, which it passes over, cost time too.
 * -errno: recvmsg() failed.
 */
int witness_next(struct witness *witness, struct witness_event *event, unsigned *reads);

/*
 * How many packets so far passed unseen, because the room for them was full: unless it is 0, not
 * having seen a packet proves nothing.
 */
uint64_t witness_lost(struct witness *witness);

/*
 * "10.1.1.2 -> INIT-ACK  tag ...  on c1", or with a true arrow: into buf, which is returned, cut at
 * size.
 */
#define WITNESS_TEXT_MAX (PACKET_TEXT_MAX + ADDRESS_TEXT_MAX + IF_NAMESIZE + 16)
const char *witness_text(const struct witness_event *event, bool unicode, char *buf, size_t size);

#endif
