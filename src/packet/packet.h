/* SPDX-License-Identifier: MIT */
/*
 * An IP packet taken apart as far as it is about SCTP: SCTP itself, SCTP in UDP (RFC 6951), and
 * ICMP errors that quote one of both. Pure: bytes in, struct out, no byte trusted.
 */
#ifndef PACKET_PACKET_H
#define PACKET_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "packet/bytes.h"
#include "packet/chunk.h"

enum packet_kind {
	PACKET_OF_SCTP,
	PACKET_OF_ICMP,
};

/* All checksums together: IPv4's, UDP's or ICMP's, and SCTP's. */
enum packet_checksum {
	CHECKSUM_GOOD,
	CHECKSUM_BAD,
	CHECKSUM_UNKNOWN, /* cut, a fragment, or left to a network card that was not there yet */
};

/* An ICMP error, and the packet that it is about. */
struct packet_icmp {
	int error; /* positive errno; 0: no obstacle to an INIT (packet too big) */
	uint8_t type, code;
	uint32_t mtu;                      /* bytes, of "packet too big"; 0: not told */
	uint8_t protocol;                  /* IPPROTO_SCTP or IPPROTO_UDP */
	union address source, destination; /* of the packet, with SCTP's ports, or 0 */
	bool ports;                        /* SCTP's ports could be read */
	uint16_t udp_source, udp_destination;
	bool has_tag;
	uint32_t tag;      /* its verification tag */
	uint32_t init_tag; /* the tag in its INIT, as far as it was quoted; else 0 */
};

struct packet {
	enum packet_kind kind;
	union address source, destination; /* with SCTP's ports; of ICMP: 0. No zone */
	uint8_t hops;                      /* TTL or hop limit left */
	bool fragment;                     /* the first of several */
	bool encapsulated;                 /* in UDP */
	uint16_t udp_source, udp_destination;
	enum packet_checksum checksum;
	uint32_t tag;            /* verification tag */
	struct chunks chunks;    /* of SCTP only */
	struct packet_icmp icmp; /* of ICMP only; packet.source is the router that sent it */
};

/* What the packet itself does not tell. */
struct packet_context {
	uint16_t udp_ports[2]; /* those that carry SCTP, on either side; 0: none */
	/*
	 * The outermost transport checksum (SCTP's, or UDP's around it) may be missing, because
	 * the packet was never on a wire (TP_STATUS_CSUMNOTREADY), or because its receiver has
	 * checked it (TP_STATUS_CSUM_VALID). A wrong one is not bad then, and that of SCTP is not
	 * looked at.
	 */
	bool checksum_optional;
};

/* b starts at the IP header. False: not about SCTP, or not even ports in it. */
bool packet_parse(struct bytes b, const struct packet_context *context, struct packet *packet);

/*
 * The content of the packet, in one line without its addresses and ports:
 * "INIT-ACK  tag 0x1a2b3c4d  streams 10/10  addresses 10.1.1.2 10.1.2.2". Into buf, which is
 * returned; only printable ASCII, cut at size.
 */
#define PACKET_TEXT_MAX 512
const char *packet_text(const struct packet *packet, bool tags, char *buf, size_t size);

/* "host unreachable"; NULL: it has no name. v6: ICMPv6. */
const char *packet_icmp_name(bool v6, uint8_t type, uint8_t code);

/* How many packets of each kind passed to one address of the peer, and from it. */
struct path_seen {
	unsigned inits, init_acks, cookie_echoes, cookie_acks, aborts;
	unsigned heartbeats, heartbeat_acks; /* the stack's own included */
	unsigned icmp_errors, bad_checksums;
};

#endif
