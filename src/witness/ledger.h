/* SPDX-License-Identifier: MIT */
/*
 * The evidence of the wire: what the packets of one association say together, for each address of
 * the peer. A pure function of the events of a witness, in their order. Only what was seen is in
 * it; what may be concluded from something not seen is said by wire_finding(), and by no one else.
 */
#ifndef WITNESS_LEDGER_H
#define WITNESS_LEDGER_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "packet/packet.h"
#include "witness/witness.h"

#define WIRE_TAGS_MAX       4
#define WIRE_ICMP_MAX       4
#define WIRE_HEARTBEATS_MAX 8
/* Addresses that nobody asked for, but the peer listed or sent from. */
#define WIRE_LEARNED_MAX 64

/* Packets of one kind. */
struct wire_count {
	unsigned count;
	int64_t first_us, last_us; /* as loop_now_us(); only if there are any */
};

/* ICMP errors of one kind about packets to an address. */
struct wire_icmp {
	struct wire_count seen;
	union address router; /* who sent them */
	bool this_host;       /* that is this host: its filter, its routes, or nobody on the link */
	uint8_t protocol;     /* of the packet it is about: IPPROTO_SCTP or IPPROTO_UDP */
	int error;            /* positive errno; 0: no obstacle to an INIT */
	uint8_t type, code;
	uint32_t mtu; /* the newest, where one is told, else 0 */
};

struct wire_heartbeat {
	uint64_t id;
	int64_t sent_us;
	bool answered;
	int64_t rtt_us;     /* if answered */
	bool inexact;       /* one of both times is that of reading (witness_event.late) */
	union address from; /* whom the answer came from, which may be another address */
	char out[IF_NAMESIZE], in[IF_NAMESIZE];
};

/* What one more like a packet of the stack's needs: a HEARTBEAT. */
#define WIRE_INFO_MAX 128
struct wire_sample {
	union address source, destination; /* with SCTP's ports */
	uint32_t tag;
	bool encapsulated; /* in UDP */
	uint16_t udp_source, udp_destination;
	uint8_t info[WIRE_INFO_MAX]; /* the value of the chunk */
	size_t info_length;          /* 0: there was none */
};

/* The interface and our address that packets passed. */
struct wire_way {
	int ifindex; /* 0: none yet */
	char interface[IF_NAMESIZE];
	union address local;
};

struct wire_path {
	union address address;            /* of the peer, without port */
	bool requested;                   /* wire_init() was given it */
	bool listed;                      /* in an INIT or INIT-ACK of the peer, or its source */
	struct wire_count sent, received; /* any packet; of received ones, those not bad or stray */

	struct wire_count inits; /* to it */
	struct wire_way init_way;
	struct wire_count init_acks; /* from it; this and all others here with our tag */
	struct wire_way init_ack_way;
	union address init_ack_from; /* the one that answered the INIT to this one instead of it */
	struct wire_count cookies;   /* COOKIE-ECHO to it */
	struct wire_count cookie_acks; /* from it */
	struct wire_count aborts;      /* from it, or refusing the INIT to it */
	struct cause abort_cause;      /* of the first one; code 0: it gave none */
	struct wire_count errors;      /* ERROR chunks from it */
	struct cause error_cause;      /* of the newest one */
	bool abort_reflected;          /* its sender knew nothing of the association (the T flag) */
	struct wire_count bad_checksums; /* from it, and counted as nothing else */
	struct wire_count strays; /* from it with a tag that is not ours, counted as nothing else */
	struct wire_icmp icmps[WIRE_ICMP_MAX];
	size_t icmp_count;

	/* Those that were padded (PAD chunk) count for themselves, whoever sent them. */
	struct wire_count padded;
	struct {
		uint64_t id;
		bool answered;
	} padding[WIRE_HEARTBEATS_MAX]; /* the newest ones, in a ring as below */
	struct wire_sample sample;      /* of the newest one that was not */

	struct wire_count heartbeats;     /* to it */
	struct wire_count heartbeat_acks; /* to those, from anywhere */
	/* The newest ones, in a ring: number n of all (counted from 0) at n % WIRE_HEARTBEATS_MAX.
	 */
	struct wire_heartbeat heartbeat[WIRE_HEARTBEATS_MAX];
};

struct wire {
	int64_t start_us; /* when the watching began */
	uint64_t lost;    /* packets that passed unseen: the caller copies witness_lost() here */
	struct wire_path *paths; /* the requested ones first, in their order */
	size_t path_count, path_room;
	uint32_t our_tags[WIRE_TAGS_MAX], peer_tags[WIRE_TAGS_MAX];
	size_t our_tag_count, peer_tag_count;
	bool encapsulated; /* the newest packet of this end was in UDP */
	bool has_peer;     /* an INIT or INIT-ACK of the peer was seen, and is: */
	struct init peer;  /* the newest */
	struct wire_count bad_checksums_sent;
	struct wire_count aborts_sent;
	struct cause abort_sent_cause; /* of the first one */
};

/* addresses are copied. wire_free() takes back what it holds. */
void wire_init(struct wire *wire, const union address *addresses, size_t count, int64_t now_us);
void wire_free(struct wire *wire);

void wire_add(struct wire *wire, const struct witness_event *event);

/* Was number n (counted from 0) of all padded heartbeats to it answered? */
bool wire_padded_answered(const struct wire_path *path, unsigned n);

/* NULL: nothing is known of that address. Good until the next wire_add(). */
const struct wire_path *wire_find(const struct wire *wire, const union address *address);

/* Number n (counted from 0) of all heartbeats to it; NULL: not sent yet, or too long ago. */
const struct wire_heartbeat *wire_heartbeat(const struct wire_path *path, unsigned n);

/*
 * How far the handshake got by way of one address until now: the furthest that is certain. Those
 * marked * rest on packets that were not seen, and are not given when packets were lost.
 */
enum wire_finding {
	WIRE_UNKNOWN,       /* nothing is certain */
	WIRE_NOT_TRIED,     /* no INIT to it, and it need not have been its turn */
	WIRE_NEVER_LEFT,    /* * its turn came, but no INIT to it left this host */
	WIRE_SILENT,        /* * INITs left, nothing came back */
	WIRE_ICMP,          /* only ICMP came, of a router or of this host: path->icmps */
	WIRE_BAD_CHECKSUM,  /* what came back has a wrong checksum */
	WIRE_WRONG_TAG,     /* what came back has a tag that is not of this attempt */
	WIRE_ELSEWHERE,     /* another address answered the INIT: path->init_ack_from */
	WIRE_ABORTED,       /* it answered ABORT: path->abort_cause */
	WIRE_ANSWERED,      /* an INIT-ACK came; it is too early to say more, or not its turn */
	WIRE_NOT_TAKEN,     /* * INIT-ACK came, but our stack does not go on: our own filter */
	WIRE_COOKIE_SILENT, /* * INIT-ACK came, COOKIE-ECHO left, no answer to that came */
	WIRE_COOKIE_ERROR,  /* INIT-ACK came, COOKIE-ECHO was answered ERROR: path->error_cause */
	WIRE_COOKIE_NOT_TAKEN, /* * COOKIE-ACK came, and COOKIE-ECHO was sent again even so */
	WIRE_UP,               /* COOKIE-ACK came, by way of any address */
};
enum wire_finding wire_finding(const struct wire *wire, const struct wire_path *path,
			       int64_t now_us);

/* Does what comes from it pass another interface, or go to another address of ours, than INITs? */
bool wire_returns_elsewhere(const struct wire_path *path);

#endif
