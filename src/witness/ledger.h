/* SPDX-License-Identifier: MIT */
/*
 * What passed on the wire: the packets of one association, counted for each address of the peer. A
 * pure function of the events of a witness, in their order. It has only what was seen. judge()
 * alone concludes something from packets that were not seen.
 */
#ifndef WITNESS_LEDGER_H
#define WITNESS_LEDGER_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address_index.h"
#include "packet/packet.h"
#include "witness/event.h"

#define LEDGER_TAGS_MAX       8
#define LEDGER_ICMP_MAX       4
#define LEDGER_HEARTBEATS_MAX 8
#define LEDGER_PADDED_MAX     32
/* Addresses that were not requested, but that the peer listed or sent from. */
#define LEDGER_LEARNED_MAX 64

/* Packets of one kind. */
struct ledger_count {
	unsigned count;
	int64_t first_us, last_us; /* as loop_now_us(), if count is not 0 */
};

/* ICMP errors of one kind about packets to an address. */
struct ledger_icmp {
	struct ledger_count seen;
	union address router; /* the sender */
	bool this_host;       /* the sender is this host: a filter, a route, no ARP answer */
	uint8_t protocol;     /* of the packet it is about: IPPROTO_SCTP or IPPROTO_UDP */
	int error;            /* positive errno; 0: it does not stop an INIT */
	uint8_t type, code;
	uint32_t mtu; /* the newest one given, or 0 */
};

struct ledger_heartbeat {
	uint64_t id;
	int64_t sent_us;
	bool answered;
	int64_t rtt_us;     /* if answered */
	bool inexact;       /* one of the times is that of reading (witness_event.late) */
	union address from; /* the source of the answer, which may be another address */
	char out[IF_NAMESIZE], in[IF_NAMESIZE];
};

/* What it takes to send one more HEARTBEAT like the stack's. */
#define LEDGER_INFO_MAX 128
struct ledger_sample {
	union address source, destination; /* with SCTP's ports */
	uint32_t tag;
	bool encapsulated; /* in UDP */
	uint16_t udp_source, udp_destination;
	uint8_t info[LEDGER_INFO_MAX]; /* the value of the chunk */
	size_t info_length;            /* 0: there is no sample */
};

/* The interface and our address that packets used. */
struct ledger_way {
	int ifindex; /* 0: none yet */
	char interface[IF_NAMESIZE];
	union address local;
	bool this_host; /* it is loopback */
	bool tunnel;
	int base; /* what carries the interface, see host/interface.h */
	char base_name[IF_NAMESIZE];
};

struct ledger_path {
	union address address;    /* of the peer, without port */
	bool requested;           /* ledger_init() was given it */
	bool listed;              /* in an INIT or INIT-ACK of the peer, or its source address */
	struct ledger_count sent; /* any packet */
	struct ledger_count received; /* any, but bad and stray ones */
	unsigned aborts_sent;         /* of the sent ones, which nobody answers */
	struct ledger_way sent_way;   /* of the newest packet to it */

	struct ledger_count inits; /* to it */
	struct ledger_way init_way;
	struct ledger_count init_fragments; /* of those INITs, which left in fragments */
	struct ledger_count bad_sent;       /* to it with a bad checksum */
	struct ledger_count init_acks;      /* from it; this and all others here with our tag */
	struct ledger_way init_ack_way;
	struct ledger_way received_way; /* of the newest packet in received */
	union address init_ack_from;    /* the address that answered the INIT to this one */
	struct ledger_count odd_acks;   /* INIT-ACKs with our tag, but from another port: */
	uint16_t odd_port;
	struct ledger_count cookies;     /* COOKIE-ECHO to it */
	struct ledger_count cookie_acks; /* from it */
	struct ledger_count aborts;      /* from it, or refusing the INIT to it */
	struct cause abort_cause;        /* of the first one; code 0: it gave none */
	struct ledger_count errors;      /* ERROR chunks from it */
	struct cause error_cause;        /* of the newest one */
	bool abort_reflected;            /* its sender did not know the association (the T flag) */
	/* It was seen before a COOKIE-ECHO left. Times do not tell: the first ones may be late. */
	bool abort_early;
	struct ledger_count reflected;     /* all such ABORTs */
	struct ledger_count bad_checksums; /* from it, and counted as nothing else */
	struct ledger_count strays; /* from it with another tag, and counted as nothing else */
	struct ledger_icmp icmps[LEDGER_ICMP_MAX];
	size_t icmp_count;

	/* Padded heartbeats (PAD chunk) are counted separately, whoever sent them. */
	struct ledger_count padded;
	struct {
		uint64_t id;
		bool answered;
	} padding[LEDGER_PADDED_MAX]; /* the newest ones, in a ring as below */
	struct ledger_sample sample;  /* of the newest one without padding */

	struct ledger_count changed; /* heartbeats of this end to it, from another port: NAT here */
	uint16_t changed_port;       /* of the newest */

	struct ledger_count heartbeats;     /* to it */
	struct ledger_count heartbeat_acks; /* to those, from any address */
	/* From it, with another content than any of this end's heartbeats. */
	struct ledger_count odd_heartbeat_acks;
	/* The newest ones, in a ring: number n (from 0) is at n % LEDGER_HEARTBEATS_MAX. */
	struct ledger_heartbeat heartbeat[LEDGER_HEARTBEATS_MAX];
};

struct ledger {
	int64_t start_us; /* when the capture began */
	uint64_t lost;    /* packets that it missed: the caller copies witness_lost() here */
	struct ledger_path *paths; /* of addresses of which something was seen, in that order */
	size_t path_count, path_room;
	size_t learned;             /* how many of them were not requested */
	struct address_index index; /* of the paths */
	union address *requested;
	size_t requested_count;
	struct address_index requested_index;
	/* Of all addresses together: for judge(), which is asked for each of them. */
	bool asked_again;  /* one of them got a second INIT */
	bool forgotten;    /* a heartbeat without an answer is not kept any more */
	bool has_icmp;     /* an ICMP message came */
	bool has_errors;   /* one of them sent an ERROR */
	int64_t init_us;   /* the newest INIT; 0: none */
	int64_t cookie_us; /* the newest COOKIE-ECHO; 0: none */
	uint32_t our_tags[LEDGER_TAGS_MAX], peer_tags[LEDGER_TAGS_MAX];
	size_t our_tag_count, peer_tag_count;
	bool encapsulated; /* the newest packet of this end was in UDP */
	struct init *peer; /* the newest INIT or INIT-ACK of the peer; NULL: none was seen */
	struct ledger_count bad_checksums_sent;
	/* Those that left for an address or a port that is not the peer's, or from another port. */
	struct ledger_count damaged;
	bool asconf_alone; /* an INIT of this end offers ASCONF without AUTH */
	struct ledger_count aborts_sent;
	/*
	 * This host has sent packets of this association somewhere else: NAT has changed the
	 * address or the port of the peer.
	 */
	struct ledger_count translated;
	union address translated_to; /* the newest, with its port */
	/* INITs to an address of the peer from another port: NAT, or other programs. */
	struct ledger_count from_other_port;
	uint16_t other_port;           /* of the newest */
	struct cause abort_sent_cause; /* of the first one */
};

/* addresses are copied. ledger_free() frees everything. */
void ledger_init(struct ledger *ledger, const union address *addresses, size_t count,
		 int64_t now_us);
void ledger_free(struct ledger *ledger);

/*
 * Valid until the next ledger_add(). If nothing was seen of a requested address, its path has
 * zeros, and no address. The zone of the address does not count: it may be missing. NULL: the
 * ledger does not have that address.
 */
const struct ledger_path *ledger_find(const struct ledger *ledger, const union address *address);

/* The same, for those who write into the path. It may move all paths. */
struct ledger_path *ledger_path_at(struct ledger *ledger, const union address *address);

/* The same, but an address that is not known gets a path. NULL: too many are learned already. */
struct ledger_path *ledger_learn(struct ledger *ledger, const union address *address);

#endif
