/* SPDX-License-Identifier: MIT */
/*
 * The two checksums of a packet: SCTP's CRC32c (RFC 9260 appendix A), and that of IP, UDP and ICMP.
 */
#ifndef PACKET_CHECKSUM_H
#define PACKET_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

/*
 * Over the pieces of a message one after the other: start with CRC32C_START, finish with ~. The
 * lowest byte comes first in an SCTP packet.
 */
#define CRC32C_START UINT32_MAX
uint32_t crc32c_add(uint32_t crc, const uint8_t *data, size_t length);

/*
 * The sum of 16-bit words of RFC 1071: start with 0; every piece but the last has even length. What
 * checksum_finish() gives goes into a packet, and is 0 for a packet that has the right one in it.
 */
uint32_t checksum_add(uint32_t sum, const uint8_t *data, size_t length);
uint16_t checksum_finish(uint32_t sum);

/* The pseudo header in front of UDP and ICMPv6 (RFC 768, RFC 8200 section 8.1). */
uint32_t checksum_pseudo(const union address *source, const union address *destination,
			 uint8_t protocol, size_t length);

#endif
