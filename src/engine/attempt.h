/* SPDX-License-Identifier: MIT */
/* One try: the endpoint, the call, and the stack's events about the association from then on. */
#ifndef ENGINE_ATTEMPT_H
#define ENGINE_ATTEMPT_H

#include "base/timeline.h"
#include "engine/plan.h"
#include "engine/pool.h"
#include "engine/settings.h"
#include "stack/stack.h"

/*
 * How long a dead address may hold up the next one: RFC 8305's connection attempt delay, 250 ms,
 * less what makes it exact: from 63 ticks of 4 ms on, Linux rounds up to steps of 32 ms.
 */
#define CONNECT_RTO_INITIAL_SEVERAL_MS 240

enum attempt_outcome {
	ATTEMPT_WAITING, /* no event of the stack yet */
	ATTEMPT_FAILED,  /* it never came up: error, cause, aborted */
	ATTEMPT_UP,
	ATTEMPT_CLOSED, /* it came up, and the peer is closing it or has closed it */
	ATTEMPT_LOST,   /* it came up, and was aborted or given up: error, cause */
	ATTEMPT_FAULT,  /* a call failed on this host, so nothing more is known: error, fault */
};

/* All zeros: nothing is open. Changed by attempt.c alone. */
struct attempt {
	const struct stack *stack;
	struct timeline *timeline;
	struct stack_endpoint *endpoint; /* NULL: not open */
	struct stack_assoc *assoc;       /* NULL: the call was not made, or it is closed */
	struct stack_fault fault;        /* which call failed */
	struct stack_encaps udp;
	enum stack_style style;
	struct pool *pool;     /* it may use endpoints of this pool; NULL: none */
	struct pool_user user; /* pool_shares(): the endpoint is one of those */
	bool alone;            /* it has one of the pool's slots for an endpoint of its own */
	int64_t t1_us;         /* the wait for one INIT, before the next address */
	int64_t begun_us;      /* when the first call was made; 0: not made */
	int64_t started_us;    /* when the newest was made */
	int64_t timeout_us;    /* how long it may take, from begun_us on */

	enum attempt_outcome outcome;
	int64_t ended_us; /* when it was seen to have failed, or to be lost; 0: not yet */
	int64_t up_us;    /* when it was seen to be up; 0: never */
	bool closing;     /* the peer has begun to close it, maybe before it was seen to be up */
	bool restarted;   /* the peer has restarted it (RFC 9260 section 5.2) */
	int error;
	struct cause cause;
	bool aborted; /* FAILED: certainly by an ABORT of the peer */

	bool keeps; /* --relay: what comes after the event that it is up is not read here */
	void (*on_message)(void *context, const struct stack_event *event);
	void *context;
	void (*on_news)(void *context);
	void *news_context;
};

/*
 * Opens the endpoint for the addresses of the plan. 0, or -errno, and attempt->fault names the
 * call. The caller calls attempt_free() in either case.
 */
int attempt_open(struct attempt *attempt, const struct stack *stack, const struct options *options,
		 const struct plan *plan, struct timeline *timeline);

/*
 * Makes the call. It returns at once; with --blocking when there is an outcome, after timeout_us,
 * or on a signal. 0: the attempt is pending. -errno: the stack rejected the call, and nothing was
 * sent.
 */
int attempt_call(struct attempt *attempt, const struct options *options, const struct plan *plan,
		 int64_t timeout_us);

/*
 * The same again from a new endpoint, because the order of the plan has changed. The peer has
 * nothing of the call before: none of its addresses got the INIT. 0, or -errno as of the two
 * functions above.
 */
int attempt_call_again(struct attempt *attempt, const struct options *options,
		       const struct plan *plan);

/*
 * The same from an endpoint of its own, which nobody shares. pool_take_slot() has said yes; the
 * slot is given back when that endpoint is closed.
 */
int attempt_call_alone(struct attempt *attempt, const struct options *options,
		       const struct plan *plan);

/*
 * From now on attempt_read() gives messages, and EVENT_DRY, to this function. They are ignored
 * otherwise. Of the newest attempt_open(), and of attempt_call_again().
 */
void attempt_on_message(struct attempt *attempt,
			void (*on_message)(void *context, const struct stack_event *event),
			void *context);

/*
 * The loop calls this function when attempt_read() has something new, if the endpoint is shared and
 * has no descriptor to poll. Of the newest attempt_open(), and of attempt_call_again().
 */
void attempt_on_news(struct attempt *attempt, void (*on_news)(void *context), void *context);

int64_t attempt_deadline_us(const struct attempt *attempt);

/*
 * Reads the stack's events, but only a bounded number, so that other handlers have their turn: the
 * descriptor stays ready if there are more. The outcome is that of all events so far. Once it
 * has failed or was lost that stays so.
 */
enum attempt_outcome attempt_read(struct attempt *attempt);

/*
 * The outcome for one who acts on it now: reads the events first, unless the endpoint is shared.
 * That is read once in each round, for all of its users.
 */
enum attempt_outcome attempt_look(struct attempt *attempt);

/* Another reader of the events has gone: attempt_read() has them from now on. */
void attempt_read_on(struct attempt *attempt);

/* The descriptor to poll while the endpoint is open; .fd is -1 if it is shared. */
struct pollfd attempt_pollfd(const struct attempt *attempt);

/* To be called when a call about the association failed on this host, with its errno. */
void attempt_fault(struct attempt *attempt, int error);

/*
 * The stack says that it is up, although that event was lost: the outcome is as if it had come.
 */
void attempt_found_up(struct attempt *attempt);

/* To be called when another reader of the events saw that the peer ends the association. */
void attempt_gone(struct attempt *attempt);

/* Shows the progress on a terminal while it waits for an answer. */
void attempt_show_progress(const struct attempt *attempt, const struct plan *plan);

/* Closes what is open: with ABORT, or gracefully without waiting for it. */
void attempt_close(struct attempt *attempt, bool abort);
/* The same with ABORT, and sets all to zeros. */
void attempt_free(struct attempt *attempt);

#endif
