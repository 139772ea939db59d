/* SPDX-License-Identifier: MIT */
/*
 * From the evidence of an attempt to its result: word, errno, exit status, and the findings that
 * say why. Of two findings that are both true, finding.h says which goes first.
 */
#ifndef DIAGNOSE_DIAGNOSE_H
#define DIAGNOSE_DIAGNOSE_H

#include "report/result.h"
#include "stack/stack.h"
#include "target/unresolved.h"
#include "base/util.h"
#include "witness/ledger.h"

/* How far the attempt came. */
enum phase {
	PHASE_STACK,   /* no stack on this host */
	PHASE_RESOLVE, /* a name did not resolve, or a zone does not exist */
	PHASE_OPEN,    /* socket, options or bind failed: fault */
	PHASE_CALL,    /* connect() refused the request as it stands */
	PHASE_PENDING, /* INITs were sent (or should have been) */
	PHASE_UP,
	PHASE_FAULT, /* a call of this host failed meanwhile, pending or up: fault */
};

struct evidence {
	enum phase phase;
	int status;                          /* PHASE_RESOLVE: what resolving returned */
	const struct message *usage;         /* PHASE_RESOLVE, STATUS_USAGE: what is wrong */
	const struct unresolved *unresolved; /* PHASE_RESOLVE, else: why */
	struct stack_fault fault;            /* PHASE_OPEN, PHASE_FAULT */
	int error;          /* positive errno of the call or event that ended it, or 0 */
	struct cause cause; /* of that event: why the peer, or this end, has aborted */
	bool aborted;       /* PHASE_PENDING: the stack has seen the peer's ABORT */
	bool ended;         /* PHASE_PENDING: the stack ended the attempt, else our deadline did */
	struct result_evidence report; /* what the report shows of it, too */
	const struct ledger *ledger;   /* what the witness saw; NULL: there was none */
	int64_t now_us;                /* loop_now_us() at the end */
	int64_t elapsed_us;            /* PHASE_PENDING: since the call */
	int64_t t1_us;       /* how long one INIT waited before the next address was tried */
	int64_t timeout_us;  /* our deadline */
	const size_t *order; /* call position -> index of the requested address */
	size_t order_count;
	size_t answered;   /* PHASE_UP: call position of the address that answered the INIT */
	int64_t up_for_us; /* PHASE_UP: since then */
	bool closed;       /* PHASE_UP: the peer has closed it again */
	bool restarted;    /* PHASE_UP: the peer has restarted it (RFC 9260 section 5.2) */
	bool encapsulated; /* in UDP */
	bool probed;       /* PHASE_UP: every path was asked, and had probe_timeout_us to answer */
	int64_t probe_timeout_us;
	int64_t probe_step_us; /* a path that did not answer was asked again no sooner */
	uint64_t require;      /* how many paths must be verified; 0: none was to be asked */
};

/*
 * Fills result->word, error, status, cause, advice and evidence, and the verdict and cause of every
 * path of result->association (which lists the requested addresses already). result->signal, if
 * set, wins.
 */
void diagnose(struct result *result, const struct evidence *evidence);

/* Why a name has no addresses. */
struct finding finding_of_unresolved(const struct unresolved *unresolved);

/*
 * Why it could not be asked, because a call of this host failed; chunk: what was to be sent. Or
 * none.
 */
struct finding diagnose_unasked(const struct path_result *path, uint8_t chunk);

/* Why an endpoint could not be opened; error is the positive errno. */
struct finding finding_of_fault(const struct stack_fault *fault, int error);

#endif
