/* SPDX-License-Identifier: MIT */
/*
 * The chunks of an SCTP packet (RFC 9260 section 3), and what INIT, INIT-ACK, ABORT, ERROR and the
 * heartbeats say. Every byte is the peer's, or anybody's: all is checked, all lists are bounded,
 * and no text made here has anything but printable ASCII in it.
 */
#ifndef PACKET_CHUNK_H
#define PACKET_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "packet/bytes.h"
#include "packet/sctp.h"

#define CHUNKS_MAX         16
#define CAUSES_MAX         4
#define CAUSE_TEXT_MAX     96
#define INIT_ADDRESSES_MAX 64

struct chunk {
	uint8_t type, flags;
	uint16_t length; /* with its header, as it says itself */
	/*
	 * HEARTBEAT and HEARTBEAT-ACK: a hash of what the one carries and the other gives back, the
	 * same for a request and its answer; 0: not all of it is there.
	 */
	uint64_t heartbeat;
	struct bytes value; /* what of it is there: in the packet, and as long as that is */
};

/* INIT or INIT-ACK, of which no packet may have two. */
struct init {
	uint32_t tag;
	uint32_t rwnd; /* bytes */
	uint32_t tsn;
	uint16_t out_streams, in_streams;
	union address addresses[INIT_ADDRESSES_MAX]; /* that it lists, without port */
	size_t address_count;
	size_t address_total; /* how many it lists: more than address_count if there was no room */
	unsigned extensions;  /* enum stack_extension */
	bool cookie;
	bool only_v4, only_v6; /* the one family that its Supported Address Types names */
	bool complete;         /* every parameter was there and well-formed */
};

/* An error cause of an ABORT or ERROR. */
struct cause {
	size_t chunk;              /* its number in the list of chunks */
	uint16_t code;             /* 0: there is none */
	char text[CAUSE_TEXT_MAX]; /* what is said beside the code, or "" */
};

struct chunks {
	struct chunk list[CHUNKS_MAX];
	size_t count;
	struct cause causes[CAUSES_MAX];
	size_t cause_count;
	bool has_init;
	struct init init;
	bool more;      /* not all is here: there was no room, or the packet was cut */
	bool malformed; /* a length that cannot be, or chunks that must stand alone do not */
};

/* cut: b is not the whole packet, so that its end says nothing about the sender. */
void chunks_parse(struct bytes b, bool cut, struct chunks *chunks);

/* The first cause of those that an ABORT or ERROR has behind its header; code 0: there is none. */
void cause_parse(struct bytes causes, struct cause *cause);

/* "protocol violation "AUTH is required"": into buf, which is returned. */
#define CAUSE_WORDS_MAX (CAUSE_TEXT_MAX + 64)
const char *cause_words(const struct cause *cause, char buf[CAUSE_WORDS_MAX]);

/* Has the packet a chunk of that type? NULL: none. */
const struct chunk *chunks_find(const struct chunks *chunks, enum chunk_type type);

/* "INIT-ACK", "user-initiated abort"; NULL for what is not known. */
const char *chunk_name(uint8_t type);
const char *cause_name(uint16_t code);

#endif
