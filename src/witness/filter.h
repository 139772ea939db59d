/* SPDX-License-Identifier: MIT */
/*
 * The classic BPF program of the witness. In the kernel it drops every packet that does not belong
 * to one association. witness.c checks the packets that it passes more closely.
 */
#ifndef WITNESS_FILTER_H
#define WITNESS_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct witness_ports {
	uint16_t local, peer;           /* SCTP's; local 0: not known yet, any */
	uint16_t udp_local, udp_remote; /* of the encapsulation; either may be 0: none, or any */
};

#define WITNESS_FILTER_MAX 128

/*
 * Into code (WITNESS_FILTER_MAX), for a cooked packet socket, whose packets start at the IP header.
 * With link, it also checks what the kernel knows about the packet: its type, and
 * whether it is for this host. Packets that begin with user data are cut at data_bytes, or at what
 * the ledger needs if that is more. Returns the number of instructions.
 */
size_t witness_filter(const struct witness_ports *ports, bool link, uint32_t data_bytes,
		      struct sock_filter *code);

#endif
