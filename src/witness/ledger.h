/* SPDX-License-Identifier: MIT */
/*
 * What passed on the wire: the packets of one association, counted for each address of the peer. A
 * pure function of the events of a witness, in their order. Only what was seen is in it; what may
 * be concluded from packets that were not seen is said by judge(), and by no one else.
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

#define LEDGER_TAGS_MAX       4
#define LEDGER_ICMP_MAX       4
#define LEDGER_HEARTBEATS_MAX 8
/* Addresses that nobody asked for, but the peer listed or sent from. */
#define LEDGER_LEARNED_MAX 64

/* Packets of one kind. */
struct ledger_count {
	unsigned count;
	int64_t first_us, last_us; /* as loop_now_us(); only if there are any */
};

/* ICMP errors of one kind about packets to an address. */
struct ledger_icmp {
	struct ledger_count seen;
	union address router; /* who sent them */
	bool this_host;       /* that is this host: its filter, its routes, or nobody on the link */
	uint8_t protocol;     /* of the packet it is about: IPPROTO_SCTP or IPPROTO_UDP */
	int error;            /* positive errno; 0: no obstacle to an INIT */
	uint8_t type, code;
	uint32_t mtu; /* the newest, where one is told, else 0 */
};

struct ledger_heartbeat {
	uint64_t id;
	int64_t sent_us;
	bool answered;
	int64_t rtt_us;     /* if answered */
	bool inexact;       /* one of both times is that of reading (witness_event.late) */
	union address from; /* whom the answer came from, which may be another address */
	char out[IF_NAMESIZE], in[IF_NAMESIZE];
};

/* What one more like a packet of the stack's needs: a HEARTBEAT. */
#define LEDGER_INFO_MAX 128
struct ledger_sample {
	union address source, destination; /* with SCTP's ports */
	uint32_t tag;
	bool encapsulated; /* in UDP */
	uint16_t udp_source, udp_destination;
	uint8_t info[LEDGER_INFO_MAX]; /* the value of the chunk */
	size_t info_length;            /* 0: there was none */
};

/* The interface and our address that packets passed. */
struct ledger_way {
	int ifindex; /* 0: none yet */
	char interface[IF_NAMESIZE];
	union address local;
};

struct ledger_path {
	union address address; /* of the peer, without port */
	bool requested;        /* ledger_init() was given it */
	bool listed;           /* in an INIT or INIT-ACK of the peer, or its source */
	struct ledger_count sent,
		received; /* any packet; of received ones, those not bad or stray */

	struct ledger_count inits; /* to it */
	struct ledger_way init_way;
	struct ledger_count init_acks; /* from it; this and all others here with our tag */
	struct ledger_way init_ack_way;
	union address init_ack_from; /* the one that answered the INIT to this one instead of it */
	struct ledger_count cookies; /* COOKIE-ECHO to it */
	struct ledger_count cookie_acks; /* from it */
	struct ledger_count aborts;      /* from it, or refusing the INIT to it */
	struct cause abort_cause;        /* of the first one; code 0: it gave none */
	struct ledger_count errors;      /* ERROR chunks from it */
	struct cause error_cause;        /* of the newest one */
	bool abort_reflected; /* its sender knew nothing of the association (the T flag) */
	struct ledger_count bad_checksums; /* from it, and counted as nothing else */
	struct ledger_count
		strays; /* from it with a tag that is not ours, counted as nothing else */
	struct ledger_icmp icmps[LEDGER_ICMP_MAX];
	size_t icmp_count;

	/* Those that were padded (PAD chunk) count for themselves, whoever sent them. */
	struct ledger_count padded;
	struct {
		uint64_t id;
		bool answered;
	} padding[LEDGER_HEARTBEATS_MAX]; /* the newest ones, in a ring as below */
	struct ledger_sample sample;      /* of the newest one that was not */

	struct ledger_count heartbeats;     /* to it */
	struct ledger_count heartbeat_acks; /* to those, from anywhere */
	/*
	 * The newest ones, in a ring: number n of all (counted from 0) at n %
	 * LEDGER_HEARTBEATS_MAX.
	 */
	struct ledger_heartbeat heartbeat[LEDGER_HEARTBEATS_MAX];
};

struct ledger {
	int64_t start_us; /* when the watching began */
	uint64_t lost;    /* packets that passed unseen: the caller copies witness_lost() here */
	struct ledger_path *paths; /* the requested ones first, in their order */
	size_t path_count, path_room;
	uint32_t our_tags[LEDGER_TAGS_MAX], peer_tags[LEDGER_TAGS_MAX];
	size_t our_tag_count, peer_tag_count;
	bool encapsulated; /* the newest packet of this end was in UDP */
	bool has_peer;     /* an INIT or INIT-ACK of the peer was seen, and is: */
	struct init peer;  /* the newest */
	struct ledger_count bad_checksums_sent;
	struct ledger_count aborts_sent;
	struct cause abort_sent_cause; /* of the first one */
};

/* addresses are copied. ledger_free() takes back what it holds. */
void ledger_init(struct ledger *ledger, const union address *addresses, size_t count,
		 int64_t now_us);
void ledger_free(struct ledger *ledger);

void ledger_add(struct ledger *ledger, const struct witness_event *event);

/* Was number n (counted from 0) of all padded heartbeats to it answered? */
bool ledger_padded_answered(const struct ledger_path *path, unsigned n);

/* NULL: nothing is known of that address. Good until the next ledger_add(). */
const struct ledger_path *ledger_find(const struct ledger *ledger, const union address *address);

/* Number n (counted from 0) of all heartbeats to it; NULL: not sent yet, or too long ago. */
const struct ledger_heartbeat *ledger_heartbeat(const struct ledger_path *path, unsigned n);

/* The newest one that was answered; NULL: none of those that are known. */
const struct ledger_heartbeat *ledger_newest_answered(const struct ledger_path *path);

/* How many packets of each kind there were of that address; zeros where nothing is known of it. */
void ledger_counts(const struct ledger *ledger, const union address *peer, struct path_seen *seen);

/* The round trip of the newest answered heartbeat to it; 0: none, or it is not exact. */
int64_t ledger_rtt_us(const struct ledger *ledger, const union address *peer);

/* Does what comes from it pass another interface, or go to another address of ours, than INITs? */
bool ledger_returns_elsewhere(const struct ledger_path *path);

/*
 * For a path that has worked before: in *view is this address alone, and of its heartbeats, its
 * ICMP errors and its bad checksums only what came since then. The view stands on *path, and is not
 * freed. It is empty if the ledger does not have the address.
 */
void ledger_since(const struct ledger *ledger, const union address *peer, int64_t since_us,
		  struct ledger *view, struct ledger_path *path);

#endif
