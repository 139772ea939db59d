/* SPDX-License-Identifier: MIT */
/*
 * Do packets as large as a path's MTU get through? A heartbeat is small, and does not show that.
 * If something on the path drops large packets without an ICMP error (a path MTU black hole), an
 * association comes up, but its large messages get lost.
 *
 * So one more HEARTBEAT is sent on each path, padded to its MTU (RFC 8899 section 6.2, with the PAD
 * chunk of RFC 4820). The peer's stack answers it like any other. No stack can be told to send one,
 * so it is sent from here, on a raw socket, as a copy of a heartbeat that the stack has sent, and
 * the witness sees the answer. If there is none, others of several sizes find out whether the size
 * is the reason, and which is the largest that gets through (size_search.h). The answers are small,
 * so this is about the direction to the peer only. The stack ignores the answers, because they are
 * longer than its own (net/sctp/sm_statefuns.c sctp_sf_backbeat_8_3(), usrsctp's
 * sctp_handle_heartbeat_ack()).
 */
#ifndef ENGINE_BIG_PACKETS_H
#define ENGINE_BIG_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/timeline.h"
#include "engine/heartbeat.h"
#include "witness/ledger.h"

/*
 * Sends what is due on one path, and looks for answers. True: it has answered a small heartbeat,
 * and may still answer a large one. Lowers *wake_us to the time of the next thing to do.
 */
bool big_packets_tick(struct big_packets_ask *ask, const struct probe_path *path,
		      const struct ledger *ledger, struct timeline *timeline, int64_t *wake_us);

void big_packets_free(struct big_packets_ask *ask);

/*
 * Makes the packet, from the SCTP header on, or with encapsulation from the UDP header on, for an
 * IP packet of mtu bytes, with number in it. buf has mtu bytes. Returns its length, or 0 without
 * room. *id: its heartbeat_id().
 */
size_t big_packets_packet(const struct ledger_sample *sample, uint32_t mtu, uint32_t number,
			  uint8_t *buf, uint64_t *id);

#endif
