/* SPDX-License-Identifier: MIT */
/*
 * The classic BPF program of the witness. In the kernel it drops the packets of all other ports.
 * Whose those are that pass, view.c and match.c check. Its length does not grow with the number of
 * associations.
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

/* What passes: all that any of the associations needs. */
#define FILTER_PEERS_MAX 8
struct filter_ports {
	uint16_t local;                 /* SCTP's; 0: any. If not, there is one peer's */
	uint16_t udp_local, udp_remote; /* as above */
	uint16_t peer_count;            /* 0: any */
	uint16_t peers[FILTER_PEERS_MAX];
};

/* What one association needs. */
struct filter_ports filter_ports_of(const struct witness_ports *ports);
/* Adds what another one needs, with the same ports of UDP. */
void filter_ports_add(struct filter_ports *filter, const struct witness_ports *ports);
bool filter_ports_equal(const struct filter_ports *a, const struct filter_ports *b);

/* Of a packet on loopback, does only the copy that arrives pass, for either end? */
bool filter_has_one_copy(const struct filter_ports *ports);

#define WITNESS_FILTER_MAX 160

/*
 * Into code (WITNESS_FILTER_MAX), for a cooked packet socket, whose packets start at the IP
 * header. With link, it also checks what the kernel knows about the packet: its type, and whether
 * it is for this host. Packets that begin with user data are cut at data_bytes, or at what the
 * ledger needs if that is more. Returns the number of instructions.
 */
size_t witness_filter(const struct filter_ports *ports, bool link, uint32_t data_bytes,
		      struct sock_filter *code);

#endif
