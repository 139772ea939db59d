/* SPDX-License-Identifier: MIT */
/* One try: the endpoint, the call, and what the stack says of the association from then on. */
#ifndef ENGINE_ATTEMPT_H
#define ENGINE_ATTEMPT_H

#include "base/timeline.h"
#include "engine/plan.h"
#include "engine/settings.h"
#include "stack/stack.h"

/* RFC 8305's connection attempt delay: how long a dead address may hold up the next one. */
#define CONNECT_RTO_INITIAL_SEVERAL_MS 250

enum attempt_outcome {
	ATTEMPT_WAITING, /* the stack has not said anything yet */
	ATTEMPT_FAILED,  /* it never came up: error, cause, aborted */
	ATTEMPT_UP,
	ATTEMPT_CLOSED, /* it came up, and the peer closes it or has closed it */
	ATTEMPT_LOST,   /* it came up, and was aborted or given up: error, cause */
	ATTEMPT_FAULT,  /* a call failed on this host, and more cannot be known: error, fault */
};

/* All zeros: nothing is open. Changed by attempt.c alone. */
struct attempt {
	const struct stack *stack;
	struct timeline *timeline;
	struct stack_endpoint *endpoint; /* NULL: not open */
	struct stack_assoc *assoc;       /* NULL: the call was not made, or it is closed */
	struct stack_fault fault;        /* which call failed */
	int64_t t1_us;                   /* how long one INIT waits before the next address */
	int64_t started_us;              /* when the call was made; 0: it was not */
	int64_t timeout_us;              /* how long it may take from then on */

	enum attempt_outcome outcome;
	int64_t up_us;  /* when it was seen to be up; 0: never */
	bool closing;   /* the peer has said that it closes, whether it was up by then or not */
	bool restarted; /* the peer has started it again (RFC 9260 section 5.2) */
	int error;
	struct cause cause;
	bool aborted; /* FAILED: by an ABORT of the peer, for certain */
};

/*
 * Opens the endpoint for the addresses of the plan. 0, or -errno, and attempt->fault names the
 * call. Whatever it says, attempt_free() is due.
 */
int attempt_open(struct attempt *attempt, const struct stack *stack, const struct options *options,
		 const struct plan *plan, struct timeline *timeline);

/*
 * Makes the call: returns at once, or with --blocking when it has its outcome, after timeout_us, or
 * on a signal. 0: the attempt is on. -errno: the stack did not take the call, and nothing was sent.
 */
int attempt_call(struct attempt *attempt, const struct options *options, const struct plan *plan,
		 int64_t timeout_us);
int64_t attempt_deadline_us(const struct attempt *attempt);

/*
 * Reads what the stack has to say, but so many events at most that others have their turn: the
 * descriptor is ready again where there are more. The outcome is that of all events so far; once it
 * has failed or was lost that stays so.
 */
enum attempt_outcome attempt_read(struct attempt *attempt);

/* What to poll while the endpoint is open. */
struct pollfd attempt_pollfd(const struct attempt *attempt);

/* A call about the association has failed on this host, with this errno. */
void attempt_fault(struct attempt *attempt, int error);

/* Somebody else has read that the peer closes the association or has ended it. */
void attempt_gone(struct attempt *attempt);

/* What a terminal shows while no answer comes. */
void attempt_show_progress(const struct attempt *attempt, const struct plan *plan);

/* Closes what is open, with ABORT or as the stack does it in its own time. */
void attempt_close(struct attempt *attempt, bool abort);
/* The same with ABORT, and all zeros. */
void attempt_free(struct attempt *attempt);

#endif
