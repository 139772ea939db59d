/* SPDX-License-Identifier: MIT */
/*
 * What was found out: one code for each cause that is certain, or for each "this or that" if two
 * are possible, and its parameters. Only words.h makes sentences of it.
 */
#ifndef REPORT_FINDING_H
#define REPORT_FINDING_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "packet/chunk.h"

/*
 * In order of priority: if two are true of one address, or of several addresses of one attempt,
 * the report has the one that is higher here (finding_goes_first()). So what ended the attempt
 * from outside comes before what this host knows, then what the peer or a router reported, then
 * what packets prove, and last that no answer arrived.
 */
enum finding_code {
	FINDING_NONE,

	/* The user, or this host, ended it. */
	FINDING_INTERRUPTED,    /* signal; FINDING_RETRY, FINDING_UP */
	FINDING_CALL_FAILED,    /* call, error; name: of the file */
	FINDING_CALL_FORBIDDEN, /* the same; by a security module or a sandbox */
	FINDING_COUNT_REACHED,
	FINDING_TIME_ELAPSED,
	FINDING_ALL_SERVED,

	/* This host could not try. */
	FINDING_NAME_NOT_FOUND,       /* name; family: the only one requested, or 0 */
	FINDING_NAME_WITHOUT_ADDRESS, /* the same */
	FINDING_NAME_SERVER_SILENT,   /* name */
	FINDING_NAME_SERVER_FAILED,   /* name */
	FINDING_NAME_SERVER_LATE,     /* name: one or several; time_us */
	FINDING_NAMES_LEFT_OUT,       /* the same: the attempt goes on with other addresses */
	FINDING_LOOKUP_FAILED,        /* name; call and error, or detail: the resolver's message */
	FINDING_NO_SCTP_HERE,         /* detail: the line of modprobe.d that blocks it, or "" */
	FINDING_NO_IPV6,
	FINDING_IPV6_FORBIDDEN, /* this host has IPv6 */
	FINDING_ENCAPS_UNSUPPORTED,
	FINDING_ENCAPS_OFF,        /* port: what to set */
	FINDING_ENCAPS_OTHER_PORT, /* port: wanted; other_port: what is set */
	FINDING_USRSCTP_BESIDE_KERNEL,
	FINDING_RAW_PRIVILEGE,
	FINDING_UDP_PORT_IN_USE,     /* port */
	FINDING_UDP_PORT_PRIVILEGED, /* port */
	FINDING_NO_LINK_LOCAL,
	FINDING_USRSCTP_THREADS, /* started, expected */
	FINDING_USRSCTP_ADDRESSES,
	FINDING_BIND_WRONG_FAMILY, /* family: of a left out address; 0: all are left out */
	FINDING_BIND_IN_USE,       /* address: local, if known; the same for the next ones */
	FINDING_BIND_CLOSING,      /* other: the peer of the association */
	FINDING_NOT_LOCAL,
	FINDING_LOCAL_UNTOLD,    /* this host does not tell its addresses */
	FINDING_LOCAL_TENTATIVE, /* link: which has it; the same for the next ones */
	FINDING_LOCAL_DUPLICATE,
	FINDING_LOCAL_ON_OTHER_LINK,
	FINDING_LOCAL_IN_VRF,      /* other_link: the VRF; FINDING_INSIDE */
	FINDING_LOCAL_OUTSIDE_VRF, /* other_link: that of the program */
	FINDING_LOCAL_LINK_DOWN,
	FINDING_LOCAL_BY_ROUTE,
	FINDING_SOURCE_NOT_LOCAL, /* other: the -b address, which was bound; time_us */
	FINDING_PRIVILEGED_PORT,  /* other_port: the first one that needs no privilege */
	FINDING_BIND_FORBIDDEN,   /* error */
	FINDING_WILDCARD_NOT_ALONE,
	FINDING_NO_FREE_PORT,
	FINDING_SCOPE_TOO_NARROW, /* address: the first of the call */
	FINDING_MESSAGE_TOO_LONG, /* bytes; room: of the send buffer */
	FINDING_NO_SUCH_STREAM,   /* stream; streams: how many there are */

	/* What this host knows about the route to an address. FINDING_SEVERAL: to all. */
	FINDING_LINK_DOWN,  /* link; FINDING_DOWN */
	FINDING_DUMMY_LINK, /* link */
	FINDING_NO_ROUTE,   /* error */
	FINDING_UNREACHABLE_ROUTE,
	FINDING_PROHIBITED_ROUTE,
	FINDING_BLACKHOLE_ROUTE,
	FINDING_NO_SOURCE_ADDRESS,
	FINDING_BROADCAST_ADDRESS,
	FINDING_ROUTE_UNUSABLE,       /* error */
	FINDING_NEIGHBOUR_SILENT,     /* other: the next hop */
	FINDING_NEIGHBOUR_TABLE_FULL, /* the same */
	FINDING_NO_ADDRESS_REACHABLE, /* of several addresses, for different reasons */

	/* Answers and actions of the peer. */
	FINDING_ASCONF_WITHOUT_AUTH,
	FINDING_INIT_ACK_INVALID, /* detail: what is wrong with it, or "" */
	FINDING_TWO_STACKS,       /* FINDING_UP: time_us */
	FINDING_ABORTED_HERE,     /* cause; FINDING_UP: time_us after that */
	/* address: from there, by a host that does not know the association; time_us as below */
	FINDING_ABORTED_BY_STRANGER,
	FINDING_ABORTED_BY_PEER,      /* cause, time_us after it was up; FINDING_UNKNOWN */
	FINDING_ABORTED_BEFORE_REPLY, /* the same; replies, awaited */
	FINDING_CLOSED_BY_PEER,
	FINDING_CLOSED_BEFORE_REPLY, /* time_us after it was up; replies, awaited */
	FINDING_RESTARTED_BY_PEER,
	FINDING_PEER_SILENT,            /* time_us after it was up */
	FINDING_SILENT_OR_ABORTED_HERE, /* the same */
	FINDING_ASSOCIATION_LOST,       /* error, time_us after it was up */
	FINDING_CLOSED_HERE,
	FINDING_ABORTED_AS_ASKED,
	FINDING_RELAY_CUT_OFF,
	FINDING_GONE,
	FINDING_SHUTDOWN_UNANSWERED,   /* time_us */
	FINDING_NO_SCTP,               /* other: the sender of the ICMP error, if known */
	FINDING_STALE_COOKIE,          /* cause */
	FINDING_COOKIE_ERROR,          /* cause */
	FINDING_REFUSED_WITH_CAUSE,    /* cause; FINDING_COOKIE: it answered the COOKIE-ECHO */
	FINDING_ABORTED_THERE_OR_HERE, /* cause */
	/* cause: the peer's; or this host refused ASCONF without AUTH */
	FINDING_RESOURCE_OR_ASCONF,
	FINDING_QUEUE_FULL_OR_UNWANTED,
	FINDING_NO_ENDPOINT_OR_QUEUE_FULL, /* port */
	FINDING_NO_ENDPOINT_OR_NO_SCTP,    /* port: the same, or no SCTP at all */

	/* This host's own filters. */
	FINDING_IPSEC_BLOCKS,      /* chunk */
	FINDING_IPSEC_NO_KEY,      /* chunk; other: the end that the key is for */
	FINDING_RP_FILTER,         /* chunk; other_link: where it arrived; link: the route back's */
	FINDING_OWN_OUTPUT_FILTER, /* chunk */
	FINDING_OWN_INPUT_FILTER,  /* chunk; link, other_link if they differ: out, in */
	FINDING_OWN_FILTER,        /* one of the two; chunk: the one that did not leave */
	FINDING_TRANSLATED,        /* this host sends it to other instead; chunk */
	FINDING_NOT_SEEN,          /* a filter, or it left in another form; chunk */

	/* It leaves in another form, in which no witness sees it, and is not answered. */
	FINDING_IN_IPSEC,  /* chunk; other: where the outer packet goes to */
	FINDING_IN_TUNNEL, /* chunk; detail: what the route puts it into */

	/* An answer that is not right. */
	FINDING_ANSWERED_ELSEWHERE, /* other: the address that answered */
	FINDING_OTHER_PORT,         /* it answered from other_port, not from port */
	FINDING_WRONG_TAG,
	FINDING_HEARTBEAT_ALTERED, /* what came back is not what was sent */
	FINDING_COOKIE_SILENT,     /* the COOKIE-ECHO left, no answer */
	FINDING_NO_COOKIE_ACK,     /* the stack waits for it; time_us. Nothing more is known */
	FINDING_BAD_CHECKSUM,      /* packets: how many, if counted */

	/* What this host sends is not what it should be. */
	FINDING_BAD_CHECKSUM_SENT, /* chunk */
	FINDING_INIT_IN_FRAGMENTS,

	/* An ICMP error of a router, a firewall or the peer's host: other, icmp, error. */
	FINDING_ICMP_THIS_HOST,
	FINDING_ICMP_PROHIBITED,
	FINDING_ICMP_PORT_UNREACHABLE, /* FINDING_UDP */
	FINDING_ICMP_TIME_EXCEEDED,
	FINDING_ICMP_UNREACHABLE,
	FINDING_ICMP_NOT_ACCEPTED,
	FINDING_ICMP_UNSPECIFIED,  /* only error is known, from SO_ERROR */
	FINDING_ICMP_OR_NEIGHBOUR, /* the same, or no host answers on the link */

	/* What is wrong with a path that works, or with an address that is not used. */
	FINDING_MTU_BLACK_HOLE,    /* bytes: that are lost; passed */
	FINDING_RETURNS_ELSEWHERE, /* link, other_link: out, in */
	FINDING_HEARTBEATS_LOST,   /* lost, sent */
	FINDING_OWN_ADDRESS,       /* this host has it, too */
	/* This host announces address, of the bridge link, and others more. */
	FINDING_BRIDGE_ANNOUNCED,
	FINDING_LINK_NOT_KNOWN,    /* a link-local address that only the peer names */
	FINDING_TOO_MANY_LISTED,   /* nothing is sent to so many that only the peer names */
	FINDING_OWN_QUEUE_DELAY,   /* link; time_us of the round trip */
	FINDING_LEFT_OUT_BY_SCOPE, /* other: the address that answered the INIT */
	FINDING_OTHER_ENDPOINT,    /* not listed, but it accepts alone (--each) */
	FINDING_NOT_LISTED,

	/* No answer arrived. */
	FINDING_SEND_STALLED,     /* time_us, messages, messages_sent */
	FINDING_REPLY_INCOMPLETE, /* time_us; bytes: that have come; replies, awaited */
	FINDING_NO_REPLY,         /* time_us, replies, awaited; FINDING_ACKNOWLEDGED */
	FINDING_TOO_FEW_VERIFIED, /* verified, paths, required; name: the learned ones if all are */
	FINDING_TOO_FEW_LINKS,    /* links, required; link: the only one */
	FINDING_NO_PATH_ANSWERS,
	FINDING_SOURCE_LINK_DOWN,     /* other: the -b address, on link; time_us */
	FINDING_SILENT,               /* the INIT left; time_us, FINDING_ENDED, FINDING_UDP */
	FINDING_NO_ANSWER,            /* it is not known whether the INIT left; the same */
	FINDING_HEARTBEAT_UNANSWERED, /* time_us, others; _UNCONFIRMED, _NO_INIT, _HEARD */
	FINDING_INIT_UNANSWERED,      /* time_us: its turn, if known; other: which one answered */
	/* The peer lists an address that a bridge (detail) has on many hosts, and it is not
	   reached. */
	FINDING_BRIDGE_ADDRESS,
	FINDING_NO_TIME_FOR_HEARTBEAT,

	/* Addresses whose turn did not come, and what is not known of a single address. */
	FINDING_ONE_HAS_REFUSED,
	FINDING_ONE_HAS_ANSWERED,
	FINDING_ANSWERED_INIT,
	FINDING_UNTRIED_REFUSED,
	FINDING_UNTRIED_ANSWERED,
	FINDING_UNTRIED_LATE,  /* time_us: of one turn; paths; FINDING_ENDED */
	FINDING_UNTRIED_ENDED, /* the same */

	/* What the attempts with single addresses show (--each). */
	FINDING_ALL_ACCEPT_ALONE,
	FINDING_SOME_ACCEPT_ALONE,
	FINDING_NONE_ACCEPTS_ALONE,

	FINDING_COUNT,
};

/* What a finding is based on. */
enum finding_basis {
	BASIS_NONE,
	BASIS_CALL,       /* what a system call returned */
	BASIS_STACK,      /* an event or a status of the SCTP stack */
	BASIS_SYSTEM,     /* a setting or an address of this host */
	BASIS_ROUTES,     /* the routing table */
	BASIS_NEIGHBOUR,  /* ARP or neighbour discovery */
	BASIS_WITNESS,    /* packets that were seen, or certainly did not pass */
	BASIS_SO_ERROR,   /* a soft error of the socket */
	BASIS_COUNTER,    /* the stack's counter of bad checksums */
	BASIS_HEARTBEATS, /* the heartbeats of the probe */
	BASIS_TIME,       /* nothing arrived in time */
	BASIS_RESOLVER,   /* the look-up of a name */
	BASIS_COUNT,
};

/* Variants of some codes. */
enum finding_flag {
	FINDING_PARTIAL = 1 << 0,       /* true of address; other addresses were silent */
	FINDING_EVERY_PATH = 1 << 1,    /* no path of the association answers, for this reason */
	FINDING_SEVERAL = 1 << 2,       /* the attempt had several addresses */
	FINDING_ENDED = 1 << 3,         /* the stack had used up its attempts */
	FINDING_UDP = 1 << 4,           /* SCTP in UDP */
	FINDING_UP = 1 << 5,            /* the association was up before */
	FINDING_COOKIE = 1 << 6,        /* about the COOKIE-ECHO, not the INIT */
	FINDING_RETRY = 1 << 7,         /* between two tries of --wait */
	FINDING_UNCONFIRMED = 1 << 8,   /* the stack never confirmed the path */
	FINDING_NO_INIT = 1 << 9,       /* it did not answer the INIT either */
	FINDING_RESOLVING = 1 << 10,    /* names were being looked up */
	FINDING_HELD = 1 << 11,         /* every path had its time, but --hold was not over */
	FINDING_EACH = 1 << 12,         /* addresses were being, or were, tried alone (--each) */
	FINDING_ASCONF = 1 << 13,       /* the INIT offered ASCONF without AUTH */
	FINDING_ACKNOWLEDGED = 1 << 14, /* by the peer's stack: what was sent */
	FINDING_UNSEEN = 1 << 15,       /* there was no witness */
	FINDING_DOWN = 1 << 16,         /* the link was not set up */
	FINDING_UNKNOWN = 1 << 17,      /* who aborted does not know the association */
	FINDING_HEARD = 1 << 18,        /* packets of the peer came from that address */
	FINDING_THIS_HOST = 1 << 19,    /* all addresses of the attempt are of this host */
	FINDING_TUNNEL = 1 << 20,       /* link, over which the INIT was sent, is a tunnel */
	FINDING_INSIDE = 1 << 21,       /* the program runs in that VRF */
	FINDING_RULE = 1 << 22,         /* it is a rule for packets of that protocol (ip rule) */
};

struct finding_icmp {
	bool known, v6;
	uint8_t type, code;
};

/* All zeros: no finding. Parameters that a code does not have are 0. */
struct finding {
	enum finding_code code;
	enum finding_basis basis;
	unsigned flags; /* enum finding_flag */
	int error;      /* positive errno, or 0 */
	int signal;
	int family;
	const char *call;      /* the system call, as in "setsockopt(SCTP_EVENTS)" */
	union address address; /* the address that it is about, or sa_family 0 */
	union address other;
	char link[IF_NAMESIZE], other_link[IF_NAMESIZE];
	struct cause cause; /* of an ABORT or ERROR; code 0: it gave none */
	struct finding_icmp icmp;
	uint8_t chunk; /* enum chunk_type; 0: none */
	uint16_t port, other_port;
	uint16_t local_port; /* the one that the user has given; 0: none */
	uint32_t bytes;
	uint32_t passed; /* the largest packet that got through, in bytes; 0: not known */
	int64_t time_us;
	uint64_t packets;
	unsigned lost, sent; /* heartbeats */
	size_t verified, paths, others, links;
	uint64_t required;
	unsigned started, expected; /* threads */
	uint16_t stream, streams;
	size_t messages, messages_sent; /* of this end */
	size_t replies, awaited;        /* messages of the peer */
	uint32_t room;                  /* bytes; 0: not known */
	char name[240];                 /* names that were looked up, safe to print */
	char detail[192];               /* a line of a file, or a message of the C library */
};

extern const struct finding finding_none;

/* Owned by *kept, which becomes a copy, or NULL if it is none. */
void finding_keep(struct finding **kept, const struct finding *finding);
/* Makes it none. It is large, and most are none already. */
static inline void finding_clear(struct finding *finding)
{
	if (finding->code)
		*finding = finding_none;
}

/* What was kept so. */
static inline const struct finding *finding_kept(const struct finding *kept)
{
	return kept ? kept : &finding_none;
}

/* A stable name: "own-output-filter"; "none" for FINDING_NONE. */
const char *finding_name(enum finding_code code);
const char *finding_basis_name(enum finding_basis basis);

/* If both are true, does the report have a? FINDING_NONE comes last. */
bool finding_goes_first(const struct finding *a, const struct finding *b);

/* Has a call failed, so that nothing is known about what it was for? */
static inline bool finding_is_failed_call(const struct finding *finding)
{
	return finding->code == FINDING_CALL_FAILED || finding->code == FINDING_CALL_FORBIDDEN;
}

/* Do both read the same, apart from the address that they are about? */
bool finding_same(const struct finding *a, const struct finding *b);

/* The flag that phrases call so: "up"; 0: there is none. */
unsigned finding_flag_named(const char *name, size_t length);

#endif
