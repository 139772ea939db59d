/* SPDX-License-Identifier: MIT */
/* ICMP error messages, and what they quote of the packet that they are about. */
#ifndef PACKET_ICMP_H
#define PACKET_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "packet/bytes.h"

/* An error message, and what its quotation tells about the packet. */
struct icmp_error {
	/* A positive errno. ENOPROTOOPT: the host has no SCTP. 0: it does not stop an INIT. */
	int error;
	uint8_t type, code;
	uint32_t mtu;              /* of "packet too big"; 0: not given */
	uint8_t protocol;          /* of the packet: IPPROTO_SCTP or IPPROTO_UDP */
	union address source;      /* where it came from, with the port of that protocol */
	union address destination; /* where it went, the same */
	struct bytes quoted;       /* the quotation from those ports on: at least 8 bytes */
};

/*
 * Parses one message from its ICMP header on. False: not an error, not about SCTP or UDP, or too
 * short to have the ports. Nothing in it is trusted.
 */
bool icmp_parse_message(int family, struct bytes message, struct icmp_error *error);

/*
 * The same for a message that stops an INIT, as a raw socket of that family delivers it: for
 * AF_INET with the IP header in front, for AF_INET6 without.
 */
bool icmp_parse(int family, const uint8_t *packet, size_t length, struct icmp_error *error);

#endif
