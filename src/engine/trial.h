/* SPDX-License-Identifier: MIT */
/*
 * All that belongs to one try, as long as it lasts: the structs of its phases, how it begins, and
 * the result that they come to. Who moves from phase to phase is connection.c.
 */
#ifndef ENGINE_TRIAL_H
#define ENGINE_TRIAL_H

#include "diagnose/evidence.h"
#include "engine/attempt.h"
#include "engine/gather.h"
#include "engine/plan.h"
#include "engine/resolve.h"
#include "engine/verify.h"
#include "report/result.h"
#include "witness/watch.h"

/* All zeros: nothing was tried. It must not move while it lasts. */
struct trial {
	struct resolve resolve;
	struct plan plan;
	struct attempt attempt;
	struct gather gather;
	struct verify verify;
	struct watch watch;
	size_t answered; /* the call position of the address that answered the INIT */
};

/* How far a try has come when it ends, and the positive errno that ended it, or 0. */
struct trial_end {
	bool ended;
	enum phase phase;
	int error;
	const char *call; /* PHASE_FAULT: which one failed */
};

/*
 * The names are resolved: lists the addresses in *result, makes the plan and opens what is needed.
 * stack NULL: there is none, for stack_error. Unless it has ended, trial_call() is next.
 */
struct trial_end trial_open(struct trial *t, const struct stack *stack, int stack_error,
			    const struct options *options, const struct target *peer,
			    const struct target *local, struct timeline *timeline,
			    struct result *result);
struct trial_end trial_call(struct trial *t, const struct options *options, int64_t timeout_us,
			    struct timeline *timeline);

/*
 * The association has come up: what it is made of, into *result. Where it has ended again, or a
 * call about it fails, that is the outcome of the attempt from then on.
 */
void trial_take_association(struct trial *t, struct result *result);

/* Asks every path of it, and holds it. */
void trial_verify(struct trial *t, const struct options *options, const struct result *result);

/* Makes the result of it. result->signal, if set, has ended it. */
void trial_settle(struct trial *t, struct trial_end end, const struct options *options,
		  struct timeline *timeline, struct result *result);

/* --wait: is it a result that may be another one in a moment? */
bool trial_may_go_better(const struct result *result);
/* result->signal came between two tries: what the last one found out stays, for it is known. */
void trial_end_pause(struct result *result);

/*
 * Closes the endpoint, the association with ABORT or as the stack does it in its own time. The
 * witness stays open, for closing it takes 10 ms or more, which the report need not wait for.
 */
void trial_close(struct trial *t, bool abort);
/* The same with ABORT, closes the witness, and forgets all of it. */
void trial_free(struct trial *t);

#endif
