/* SPDX-License-Identifier: MIT */
/*
 * The packets of one association, from 10.1.1.1:40000 to port 5000, and the ledger that counts
 * them.
 */
#ifndef FAKE_WIRE_H
#define FAKE_WIRE_H

#include "fake_packet.h"
#include "witness/ledger.h"

#define OUR_TAG  0x11111111
#define PEER_TAG 0x22222222
#define MSEC     USEC_PER_MSEC

struct fake_wire {
	struct ledger ledger;
	struct fake_packet packet; /* the one that is being built */
	struct witness_event event;
	int64_t now_us;
};
extern struct fake_wire wire;

union address wire_address(const char *text);
void wire_after(int ms);
/* The packet that was built, on c1 or c2 as the third number of the local address says. */
void wire_pass_as(int path, bool outgoing);
void wire_pass(int path);
struct fake_ends wire_ends_out(const char *to);
struct fake_ends wire_ends_in(const char *from);
void wire_send_init(const char *to, int path);
void wire_build_init_ack(const char *from, uint32_t tag);
void wire_take_init_ack(const char *from, int path);
void wire_send_chunk(const char *to, uint8_t type, const char *value);
void wire_take_chunk(const char *from, uint8_t type, uint8_t flags, uint32_t tag,
		     const char *value);
const struct ledger_path *wire_path(const char *text);

#endif
