/* SPDX-License-Identifier: MIT */
/*
 * The chunks of an SCTP packet (RFC 9260 section 3), and what INIT, INIT-ACK, ABORT, ERROR and the
 * heartbeats carry. Any host may have sent them: every byte is checked, every list is bounded,
 * and every text made here is printable ASCII.
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
	uint16_t length; /* with its header, from the header */
	/* HEARTBEAT and HEARTBEAT-ACK: heartbeat_id(); 0: the data is not complete. */
	uint64_t heartbeat;
	struct bytes value; /* the part that is there; points into the packet */
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
	bool host_name;        /* it gives a name as an address, which RFC 9260 forbids */
	bool only_v4, only_v6; /* the one family that its Supported Address Types names */
	bool complete;         /* every parameter was there and well-formed */
};

/* An error cause of an ABORT or ERROR. */
struct cause {
	size_t chunk;              /* its number in the list of chunks */
	uint16_t code;             /* 0: there is none */
	char text[CAUSE_TEXT_MAX]; /* what comes with the code, or "" */
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

/* RFC 5061 section 4.2.7: without AUTH, anybody could change the addresses of an association. */
bool init_offers_asconf_alone(const struct init *init);

/* The first cause of those that an ABORT or ERROR has behind its header; code 0: there is none. */
void cause_parse(struct bytes causes, struct cause *cause);

/*
 * Linux ends an association that got no answers with an ABORT that speaks of a protocol violation
 * (net/sctp/sm_make_chunk.c sctp_make_violation_max_retrans()).
 */
bool cause_is_silence(const struct cause *cause);

/* "protocol violation "AUTH is required"": into buf, which is returned. */
#define CAUSE_WORDS_MAX (CAUSE_TEXT_MAX + 64)
const char *cause_words(const struct cause *cause, char buf[CAUSE_WORDS_MAX]);

/* Has the packet a chunk of that type? NULL: none. */
const struct chunk *chunks_find(const struct chunks *chunks, enum chunk_type type);

/*
 * A hash of what a HEARTBEAT carries, never 0. The ACK returns that, so it is the same for a
 * request and its answer.
 */
uint64_t heartbeat_id(struct bytes value);

/* "INIT-ACK", "user-initiated abort"; NULL for what is not known. */
const char *chunk_name(uint8_t type);
const char *cause_name(uint16_t code);

#endif
