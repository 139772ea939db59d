/* SPDX-License-Identifier: MIT */
/*
 * What passed on the wire of any number of associations: a packet socket on every interface of this
 * network namespace, with a filter for their ports, and a view for each of them. Nothing is sent,
 * nothing of other traffic is kept. Opening it needs CAP_NET_RAW.
 *
 * Its place (tests/witness): it sees outgoing packets after this host's packet filter and its
 * queues, and incoming packets before this host's packet filter. So it never sees what the output
 * filter drops, and does see what the input filter drops. On loopback, where each packet passes
 * twice, it delivers it once: ours as it leaves, the peer's as it arrives.
 */
#ifndef WITNESS_WITNESS_H
#define WITNESS_WITNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "witness/view.h"

struct witness;

struct witness_config {
	struct witness_ports ports; /* of the first association; all have the same ports of UDP */
	/*
	 * The times are not used: packets get the time of reading, and are late. The first request
	 * for stamps on a host makes its kernel patch itself, which takes time.
	 */
	bool unstamped;
	/* How many bytes of packets that begin with user data are wanted; 0: as few as possible. */
	uint32_t data_bytes;
};

/*
 * -EPERM without the privilege; any other -errno: this kernel does not support it. The caller
 * closes it, and reads as soon as there are packets: there is room for a few hundred.
 */
int witness_open(struct witness **witness, const struct witness_config *config);
/* After all views. NULL is fine. It takes the kernel 10 ms or more, also when the process ends. */
void witness_close(struct witness *witness);

/* From now on with the times of the kernel. */
void witness_stamp(struct witness *witness);

/*
 * From now on the association gets its packets. 0, or -errno: they cannot be had. What has passed
 * before goes to the others.
 */
int witness_attach(struct witness *witness, const struct view_config *config, struct view **view);
void witness_detach(struct view *view);

/*
 * Sets ports that were not known when it was attached, as soon as they are known, before anything
 * is read. While the local port is 0, packets of other associations with the same addresses and
 * port are delivered, too.
 */
void witness_set_ports(struct view *view, const struct witness_ports *ports);

/* The next packets are from another local port, not known yet. 0, or -errno: it will miss them. */
int witness_forget_local_port(struct view *view);

/*
 * In this loop, changed is called after packets of this association were delivered, or when reading
 * has failed. The loop reads only as many packets in a round as does not block other handlers.
 */
void witness_listen(struct view *view, struct loop *loop, void (*changed)(void *context),
		    void *context);
void witness_listen_no_more(struct view *view);

/*
 * Reads what there is now, but not more than one round of a loop may read, or all that has passed
 * until now, and delivers it: to this view at once, without a call of changed, and to the others.
 */
void witness_read(struct view *view);
void witness_catch_up(struct view *view);

/* Reading failed, and nothing more will come: a positive errno. */
int witness_error(const struct view *view);

/*
 * How many packets it has missed so far, because the room for them was full, or because they may be
 * another association's, too. Unless it is 0, not having seen a packet proves nothing.
 */
uint64_t witness_lost(const struct view *view);

/* The same of all packets, since it was opened. */
uint64_t witness_lost_of_all(const struct witness *witness);

#endif
