/* SPDX-License-Identifier: MIT */
/*
 * What passed on the wire of one association: a packet socket on every interface of this network
 * namespace, with a filter for that association's ports. Nothing is sent, nothing of other traffic
 * is kept. Opening it needs CAP_NET_RAW.
 *
 * Its place (tests/witness): it sees outgoing packets after this host's packet filter and its
 * queues, and incoming packets before this host's packet filter. So it never sees what the output
 * filter drops, and does see what the input filter drops. On loopback, where each packet passes
 * twice, it delivers it once: ours as it leaves, the peer's as it arrives.
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
	const union address *peers; /* the addresses to try, copied; all with ports.peer */
	size_t peer_count;
	const union address *bound; /* the addresses of this end, copied; none: any */
	size_t bound_count;
	struct witness_ports ports;
	bool strict; /* what may be another association's is not delivered, whatever NAT may do */
	/*
	 * The times are not used: packets get the time of reading, and are late. The first request
	 * for stamps on a host makes its kernel patch itself, which takes time.
	 */
	bool unstamped;
	/* How many bytes of packets that begin with user data are wanted; 0: as few as possible. */
	uint32_t data_bytes;
};

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
	bool this_host; /* passed the loopback interface: the other end is on this host */
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
 * -EPERM without the privilege; any other -errno: this kernel does not support it. The caller
 * closes it, and reads as soon as there are packets: there is room for a few hundred.
 */
int witness_open(struct witness **witness, const struct witness_config *config);
/* NULL is fine. It takes the kernel 10 ms or more, also when the process ends. */
void witness_close(struct witness *witness);

/*
 * Sets ports that were not known when it was opened, as soon as they are known, before
 * witness_next(). While the local port is 0, packets of other associations with the same addresses
 * and port are delivered, too.
 */
void witness_set_ports(struct witness *witness, const struct witness_ports *ports);

/* The next packets are from another local port, not known yet. 0, or -errno: it will miss them. */
int witness_forget_local_port(struct witness *witness);

struct pollfd witness_pollfd(const struct witness *witness);

/*
 * 1: the next packet, in the order in which they passed. 0: none is there now, or it has read as
 * many as *reads, which it counts down: others' packets, which it passes over, cost time too.
 * -errno: recvmsg() failed.
 */
int witness_next(struct witness *witness, struct witness_event *event, unsigned *reads);

/*
 * How many packets it has missed so far, because the room for them was full. Unless it is 0, not
 * having seen a packet proves nothing.
 */
uint64_t witness_lost(struct witness *witness);

/*
 * "10.1.1.2 -> INIT-ACK  tag ...  on c1", or with a true arrow: into buf, which is returned, cut at
 * size.
 */
#define WITNESS_TEXT_MAX (PACKET_TEXT_MAX + ADDRESS_TEXT_MAX + IF_NAMESIZE + 16)
const char *witness_text(const struct witness_event *event, bool unicode, bool tags, char *buf,
			 size_t size);

#endif
