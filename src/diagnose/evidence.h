/* SPDX-License-Identifier: MIT */
/* Everything that is known about an attempt when it ends. */
#ifndef DIAGNOSE_EVIDENCE_H
#define DIAGNOSE_EVIDENCE_H

#include "base/util.h"
#include "host/local.h"
#include "report/result.h"
#include "stack/stack.h"
#include "target/unresolved.h"
#include "witness/ledger.h"

/* How far the attempt got. */
enum phase {
	PHASE_STACK,   /* no stack on this host */
	PHASE_RESOLVE, /* a name did not resolve, or a zone does not exist */
	PHASE_OPEN,    /* socket, options or bind failed: fault */
	PHASE_CALL,    /* connect() rejected the request, and nothing was sent */
	PHASE_PENDING, /* INITs were sent (or should have been) */
	PHASE_UP,
	PHASE_FAULT, /* a call on this host failed, pending or up: fault */
};

/* What this host's stack makes of ASCONF without AUTH (RFC 5061 section 4.2.7), if it is known. */
struct asconf_settings {
	bool refuses; /* an INIT-ACK that offers it */
	bool offers;  /* in its own INIT */
};

struct evidence {
	enum phase phase;
	int status;                          /* PHASE_RESOLVE: what resolving returned */
	const struct message *usage;         /* PHASE_RESOLVE, STATUS_USAGE: what is wrong */
	const struct unresolved *unresolved; /* PHASE_RESOLVE, else: why */
	struct stack_fault fault;            /* PHASE_OPEN, PHASE_CALL, PHASE_FAULT */
	int error;          /* positive errno of the call or event that ended it, or 0 */
	struct cause cause; /* of that event: why the peer, or this end, aborted */
	bool aborted;       /* PHASE_PENDING: the stack has seen the peer's ABORT */
	bool ended;         /* PHASE_PENDING: the stack ended the attempt, not our deadline */
	struct result_evidence report; /* the part that the report shows */
	struct local_address source;   /* PHASE_PENDING: the first of -b, if none can be used */
	const struct ledger *ledger;   /* what the witness saw; NULL: there was none */
	int64_t now_us;                /* loop_now_us() at the end */
	int64_t elapsed_us;            /* PHASE_PENDING: since the newest call */
	int64_t t1_us;       /* how long one INIT waited before the next address was tried */
	int64_t timeout_us;  /* our deadline */
	const size_t *order; /* call position -> index of the requested address */
	size_t order_count;
	size_t moved;        /* the last ones of the call: they were asked by an earlier one */
	size_t answered;     /* PHASE_UP: call position of the address that answered the INIT */
	bool saw_answer;     /* the witness has seen that; if not, it is the primary one */
	int64_t up_for_us;   /* PHASE_UP: for how long */
	bool closed;         /* PHASE_UP: the peer has closed it */
	bool exchanged;      /* PHASE_UP: messages were, or will be read: it may be closed */
	bool restarted;      /* PHASE_UP: the peer has restarted it (RFC 9260 section 5.2) */
	bool encapsulated;   /* in UDP */
	uint16_t local_port; /* the one that the user has given, or 0 */
	struct asconf_settings asconf;
	bool probed; /* PHASE_UP: every path had probe_timeout_us to answer */
	int64_t probe_timeout_us;
	uint64_t require;      /* how many paths must be verified; 0: no probe */
	size_t names_left_out; /* they had no answer in time, and count as paths for -R all */
	uint64_t links;        /* how many links those must use; 0: it does not matter */
};

#endif
