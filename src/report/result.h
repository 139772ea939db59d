/* SPDX-License-Identifier: MIT */
/* The result of a try: engine/ and diagnose/ fill it, and report.c shows it. */
#ifndef REPORT_RESULT_H
#define REPORT_RESULT_H

#include <net/if.h>

#include "base/address.h"
#include "host/departure.h"
#include "host/neighbour.h"
#include "host/reverse_path.h"
#include "packet/packet.h"
#include "report/exchange.h"
#include "report/finding.h"
#include "stack/stack.h"
#include "target/target.h"

enum result_word {
	RESULT_CONNECTED,
	RESULT_DEGRADED,
	RESULT_CLOSED, /* the peer has closed it again, before --hold was over */
	RESULT_REFUSED,
	RESULT_TIMEOUT,
	RESULT_UNREACHABLE,
	RESULT_ABORTED,
	RESULT_UNRESOLVED,
	RESULT_UNSUPPORTED,
	RESULT_FAILED,
	RESULT_COUNT,
};

/* One word for an address. The first four are of an association, the rest of an attempt. */
enum verdict {
	VERDICT_UNVERIFIED,  /* in the association, but not tested yet */
	VERDICT_VERIFIED,    /* a round trip was seen */
	VERDICT_DEAD,        /* a heartbeat was sent, no answer */
	VERDICT_REJECTED,    /* requested, but not in the association */
	VERDICT_REFUSED,     /* it answered with ABORT */
	VERDICT_SILENT,      /* an INIT was sent to it, no answer */
	VERDICT_UNREACHABLE, /* by the routing table, or by an ICMP message */
	VERDICT_TRIED,       /* an INIT was sent to it; it is not known whether it answered */
	VERDICT_UNTRIED,     /* requested, but the attempt ended before its turn */
	VERDICT_EXCLUDED,    /* requested, but this host could not put it into the call */
	VERDICT_COUNT,
};

const char *result_name(enum result_word word);
/* Is there an association: connected or degraded? */
bool result_is_up(enum result_word word);
/* Was there one, and has it ended since: closed or aborted? */
bool result_was_up(enum result_word word);
const char *verdict_name(enum verdict verdict);

#define RESULT_SOFT_ERRORS_MAX 8

/* The evidence for the verdicts and the reason, beside the paths. */
struct result_evidence {
	bool witness;                            /* there was a witness */
	uint64_t witness_lost;                   /* packets that it missed */
	int soft_errors[RESULT_SOFT_ERRORS_MAX]; /* positive errnos, in order of arrival */
	size_t soft_error_count;
	enum stack_assoc_state pending_state; /* how far a failed attempt got; CLOSED: not known */
	uint64_t checksum_errors;             /* bad packets that arrived during a failed attempt */
};

enum big_packets {
	BIG_PACKETS_UNKNOWN, /* not sent, or not answered, maybe for another reason */
	BIG_PACKETS_PASS,
	BIG_PACKETS_LOST, /* smaller ones get through */
};

/* Which packets get through to the peer, in bytes with the IP header. */
struct packet_sizes {
	enum big_packets big; /* those as large as the path's MTU */
	uint32_t passed;      /* the largest that did; 0: none was answered, or sent */
	uint32_t lost; /* BIG_PACKETS_LOST: the smallest that does not, as far as was searched */
};

/* An SCTP packet has a multiple of so many bytes (RFC 9260 section 3.2). */
#define PACKET_SIZE_STEP 4

/* A count of paths that stands for every address of the report (-R all). */
#define REQUIRE_ALL UINT64_MAX

/* How packets to an address leave this host. */
enum route_doubt {
	DOUBT_XDP = 1 << 0,           /* a program of the link may drop answers unseen */
	DOUBT_SET_NEIGHBOUR = 1 << 1, /* a link-layer address that was set by hand may be wrong */
	DOUBT_OTHER_ROUTE = 1 << 2,   /* it was not seen, and packets may take another one */
	DOUBT_NO_ARP = 1 << 3,        /* its link asks for no link-layer addresses */
	DOUBT_END = 1 << 4,           /* no doubt: the bit after the last one */
};

struct path_route {
	char link[IF_NAMESIZE]; /* the interface, printable(); "": not known */
	int index;
	bool loopback;
	int base; /* what carries it, as in struct interface */
	char base_name[IF_NAMESIZE];
	union address gateway; /* sa_family 0: none, or not known */
	union address source;  /* sa_family 0: not known */
	bool seen;             /* the witness has seen a packet leave so */
	bool foreign;          /* source is not an address of this host: NAT has changed it */
	unsigned doubts;       /* enum route_doubt, of a path without an answer */
};

struct path_result {
	struct stack_path path;
	const char *host;    /* the name it was resolved from, owned by the target, or NULL */
	bool requested;      /* if not, learned from the peer */
	bool in_association; /* path is filled; if not, only its address */
	bool surplus;  /* one of too many that only the peer has named: nothing is sent to it */
	bool zoneless; /* link-local, and only the peer has named it: nothing is sent to it */
	bool own;      /* this host has the address, too: nothing sent to it reaches the peer */
	enum verdict verdict;
	int route_error;          /* what a route look-up said: positive errno, or 0 */
	union address asked_from; /* the bound address that it was looked up for, or none */
	char link[IF_NAMESIZE];   /* ENETDOWN: the link of this host that has no carrier */
	bool link_down;           /* it is down */
	bool route_rule;          /* route_error is of a rule for these packets */
	bool link_dummy;          /* it is a dummy */
	int icmp_error;           /* from ICMP, if the witness saw it: positive errno, or 0 */
	struct path_route route;
	enum neighbour neighbour; /* if the address does not answer: does its next hop? */
	union address hop;        /* the next hop, unless the neighbour is unknown */
	int64_t rtt_us;           /* of the newest answered heartbeat; 0: none */
	int64_t queue_us;         /* most of it: in the queue of this link of this host; or 0 */
	char queue_link[IF_NAMESIZE];
	unsigned heartbeats; /* sent by the probe */
	unsigned answered;   /* of those */
	unsigned lost;       /* of those, for certain */
	/* If it does not answer: in which form packets to it leave. */
	struct departure departure;
	/*
	 * The same: does rp_filter drop what comes from it? Its link, and that of the route back.
	 */
	enum reverse_path reverse_path;
	char arrived[IF_NAMESIZE], expected[IF_NAMESIZE];
	int send_error; /* why the newest packet to it could not be sent: positive errno, or 0 */
	int soft_error; /* from SO_ERROR, when its INIT alone had been sent; or 0 */
	const char *ask_call; /* which call failed, so that it could not be asked, or NULL */
	int ask_error;        /* and its positive errno */
	struct packet_sizes sizes;
	struct path_seen seen; /* zeros without a witness */
	struct finding cause;  /* why; none if the verdict says it all */
};

/* A snapshot of one association. */
struct association {
	bool known; /* status is filled */
	struct stack_status status;
	union address *local;
	size_t local_count;
	/* Addresses of bridges of this host that the peer was told, and that no path uses. */
	struct {
		size_t count;
		union address address; /* the first */
		char bridge[IF_NAMESIZE];
	} announced;
	struct stack_parameters asked;    /* by the user */
	struct stack_parameters in_force; /* none is known if nobody wants to see them */
	struct path_result *paths; /* requested ones in the user's order, then learned ones */
	size_t path_count;
};

/*
 * By how many links do its verified paths leave? VLANs on one card leave by one link. Paths whose
 * link is not known do not count.
 */
size_t association_links(const struct association *association);

/* One requested address tried alone (--each). */
struct single_result {
	union address address;
	const char *host; /* as in struct path_result */
	enum result_word word;
	int error;
	int64_t connect_us;
	struct finding cause; /* as in struct result */
};

struct result {
	const struct target *target;
	const char *stack; /* its name; NULL: none could be chosen */
	enum stack_style style;
	bool blocking;

	enum result_word word;
	int error;            /* positive errno that names it, or 0 */
	int status;           /* enum exit_status */
	int signal;           /* ended by it, or 0 */
	struct finding cause; /* why it is not connected, or something else to report; or none */
	/* finding_keep(), owned. */
	struct finding *advice;   /* the hint is about this: the cause, or what helps more */
	struct finding *left_out; /* names that it went on without */
	struct finding *last;     /* interrupted between two tries: the cause of the last one */
	/* STATUS_USAGE: what is wrong with the addresses; not owned. */
	const struct message *usage;

	struct association association;
	struct result_evidence evidence;
	size_t links;     /* by so many links its verified paths leave; 0: none is known */
	bool reordered;   /* the call was not in the user's order: narrowest scope first */
	bool primary_set; /* the user's first address was then made the primary */

	struct exchange_result exchange; /* the messages of --send and --expect; owned */

	unsigned tries; /* with --wait; without it 1 */
	int64_t resolve_us;
	int64_t connect_us; /* from the call to the outcome, of the last try */
	int64_t probe_us;   /* from then until every path had its verdict; 0: not probed */

	/* --each: in the user's order, not owned; NULL: not asked for. */
	const struct single_result *each;
	size_t each_count; /* 0: none was tried */
};

/* Frees what association owns. */
void association_free(struct association *association);
/* Frees what the result owns, and sets the findings to none. */
void result_free(struct result *result);

#endif
