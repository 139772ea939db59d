/* SPDX-License-Identifier: MIT */
/*
 * The header of an IPv4 or IPv6 packet, with options and extension headers. Trusts no byte of it.
 */
#ifndef PACKET_IP_H
#define PACKET_IP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "packet/bytes.h"

struct ip_header {
	union address source, destination; /* port 0, no zone */
	uint8_t protocol;                  /* of what follows, behind the extension headers */
	uint8_t hops;                      /* TTL or hop limit in the packet */
	bool fragment;       /* the first of several: the rest is not in this packet */
	bool checksum_wrong; /* of the IPv4 header; IPv6 has none */
	/* How long the payload is by the header: may be more than is there; SIZE_MAX: not told. */
	size_t length;
};

/*
 * Moves *b from the IP header to its payload, which is not trimmed to header->length. False: not an
 * IP packet, the header is cut, more extension headers than any sane packet has, or a fragment
 * other than the first, which has no ports.
 */
bool ip_parse(struct bytes *b, struct ip_header *header);

#endif
