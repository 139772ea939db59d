/* SPDX-License-Identifier: MIT */
/* Builds correct packets for the tests of the parsers. Tests may spoil them afterwards. */
#ifndef FAKE_PACKET_H
#define FAKE_PACKET_H

#include <stddef.h>
#include <stdint.h>

struct fake_packet {
	uint8_t bytes[4096];
	size_t length;
	size_t transport; /* where UDP or SCTP starts */
	size_t sctp;      /* where SCTP starts */
	size_t chunk;     /* where the newest chunk starts, and its newest parameter */
	size_t parameter;
};

/* The ends of an association: the sender, the ports, and the UDP ports unless 0. */
struct fake_ends {
	const char *from, *to; /* both IPv4 or both IPv6 */
	uint16_t from_port, to_port;
	uint16_t from_udp, to_udp;
};

/* Begins a packet without chunks. fake_finish() sets its lengths and checksums at the end. */
void fake_packet(struct fake_packet *p, const struct fake_ends *ends, uint32_t tag);
/* A chunk, and parameters or causes at the end of the newest chunk. */
void fake_chunk(struct fake_packet *p, uint8_t type, uint8_t flags, const void *value,
		size_t length);
void fake_parameter(struct fake_packet *p, uint16_t type, const void *value, size_t length);
/* INIT or INIT-ACK, without parameters; one of those, of an address; and INIT-ACK's cookie. */
void fake_init(struct fake_packet *p, uint8_t type, uint32_t tag, uint16_t out, uint16_t in);
void fake_address(struct fake_packet *p, const char *address);
void fake_finish(struct fake_packet *p);

/* An ICMP error of router that quotes the first quoted bytes of about. rest: bytes 4 to 7 of it. */
void fake_icmp(struct fake_packet *p, const char *router, const char *to, uint8_t type,
	       uint8_t code, uint32_t rest, const struct fake_packet *about, size_t quoted);

/*
 * One packet of each kind, for tests that spoil or mutate them: the number of them, and the packet
 * of a number.
 */
size_t fake_samples(void);
const char *fake_sample(size_t number, struct fake_packet *p);

#define FAKE_UDP_PORT 9899

#endif
