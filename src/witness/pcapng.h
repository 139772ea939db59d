/* SPDX-License-Identifier: MIT */
/*
 * The blocks of a capture file in pcapng (draft-ietf-opsawg-pcapng), one at a time, in the byte
 * order of this host. Packets start at the IP header (LINKTYPE_RAW), and times are in nanoseconds.
 */
#ifndef WITNESS_PCAPNG_H
#define WITNESS_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/bytes.h"

/* All zeros: empty. Each function below replaces what is in it by one whole block. */
struct pcapng_block {
	uint8_t *bytes;
	size_t length, room;
};
void pcapng_free(struct pcapng_block *block);

/* The first block of the file. */
void pcapng_section(struct pcapng_block *block);

/* A link. The first one in the file has the number 0, and so on. snaplen 0: there is no limit. */
void pcapng_interface(struct pcapng_block *block, const char *name, uint32_t snaplen);

struct pcapng_packet {
	uint32_t interface;
	int64_t wall_ns;
	bool outgoing;
	struct bytes bytes;
	uint32_t length;     /* of the whole packet */
	const char *comment; /* or NULL */
};
void pcapng_packet(struct pcapng_block *block, const struct pcapng_packet *packet);

/* How many packets of a link are in the file, and how many were lost. */
void pcapng_statistics(struct pcapng_block *block, uint32_t interface, int64_t wall_ns,
		       uint64_t packets, uint64_t lost, const char *comment);

#endif
