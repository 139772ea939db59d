/* SPDX-License-Identifier: MIT */
/*
 * Does a packet of a path's whole MTU get through? A heartbeat is small, and says nothing of that:
 * where something on the way drops large packets and no ICMP comes of it (a path MTU black hole),
 * an association comes up and its messages vanish.
 *
 * So each path is asked by a HEARTBEAT more, padded to its MTU (RFC 8899 section 6.2, with the PAD
 * chunk of RFC 4820), which the peer's stack answers like any other. No stack sends one when it is
 * told to, so that it is sent from here, on a raw socket, as a copy of one that the stack has sent;
 * the witness sees the answer. Where none comes, one more that is padded and small tells whether it
 * is the size. The stack does not take that for its own, because it is longer
 * (net/sctp/sm_statefuns.c sctp_sf_backbeat_8_3(), usrsctp's sctp_handle_heartbeat_ack()).
 */
#ifndef ENGINE_BIG_PACKETS_H
#define ENGINE_BIG_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/timeline.h"
#include "report/result.h"
#include "witness/ledger.h"

struct probe_path;

/* What one path is asked. All zeros: not asked yet. Changed by big_packets.c alone. */
struct big_packets_ask {
	enum big_packets verdict;
	bool over;     /* the verdict stands */
	uint32_t mtu;  /* bytes; with what it was asked */
	unsigned sent; /* so often, the small one at the end included */
	unsigned base; /* how many padded ones of others there were before */
	int64_t sent_us;
};

/*
 * Sends what is due on one path, and looks for answers. True: it has answered a small heartbeat,
 * and a large one is still waited for. Lowers *wake_us to when there is something to do.
 */
bool big_packets_tick(struct big_packets_ask *ask, const struct probe_path *path,
		      const struct ledger *ledger, struct timeline *timeline, int64_t *wake_us);

/*
 * The packet, from the SCTP header on, or with encapsulation from that of UDP: for IP packets of
 * mtu bytes, number in it. Into buf of mtu bytes; returns its length, or 0: there is no room.
 */
size_t big_packets_packet(const struct ledger_sample *sample, uint32_t mtu, uint32_t number,
			  uint8_t *buf);

#endif
