/* SPDX-License-Identifier: MIT */
/* Does an IPsec policy (ip xfrm policy) of this host apply to a packet that it sends? */
#ifndef HOST_IPSEC_H
#define HOST_IPSEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

enum ipsec {
	IPSEC_UNKNOWN, /* the kernel tells only those with CAP_NET_ADMIN */
	IPSEC_NONE,    /* no policy applies: such packets leave as they are */
	IPSEC_CARRIES, /* a policy puts them into ESP, AH or IPComp */
	IPSEC_NO_KEY,  /* a policy would, but has no key (no state): the kernel drops them */
	IPSEC_BLOCKS,  /* a policy forbids them */
};

/* One packet; the ports in its addresses are not used. */
struct ipsec_flow {
	union address source, destination;
	uint8_t protocol; /* IPPROTO_SCTP or IPPROTO_UDP */
	uint16_t source_port, destination_port;
};

/*
 * IPSEC_CARRIES, IPSEC_NO_KEY: *end is the address that the outer packets go to. *unused: this host
 * has no policy at all.
 */
enum ipsec ipsec_of(const struct ipsec_flow *flow, union address *end, bool *unused);

/* For broker_start(): the process that has CAP_NET_ADMIN answers ipsec_of() of the other one. */
size_t ipsec_answer(const void *question, size_t length, void *answer);

#endif
