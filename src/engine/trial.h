/* SPDX-License-Identifier: MIT */
/*
 * Everything that belongs to one try while it lasts: the structs of its phases, how it begins, and
 * its result. connection.c moves from phase to phase.
 */
#ifndef ENGINE_TRIAL_H
#define ENGINE_TRIAL_H

#include "diagnose/evidence.h"
#include "engine/attempt.h"
#include "engine/exchange.h"
#include "engine/gather.h"
#include "engine/plan.h"
#include "engine/resolve.h"
#include "engine/verify.h"
#include "report/result.h"
#include "witness/watch.h"

/* All zeros: nothing was tried. It must stay at its place in memory while it lasts. */
struct trial {
	struct resolve resolve;
	struct plan plan;
	struct attempt attempt;
	struct gather gather;
	struct verify verify;
	struct exchange exchange;
	struct watch watch;
	size_t answered; /* the call position of the address that answered the INIT */
	bool saw_answer; /* the witness has seen that; if not, it is the primary one */
};

/* How far a try got, and the positive errno that ended it, or 0. */
struct trial_end {
	bool ended;
	enum phase phase;
	int error;
	const char *call; /* PHASE_FAULT: which one failed */
};

/*
 * After the names are resolved: lists the addresses in *result, makes the plan, and opens the
 * endpoint. stack NULL: there is none, because of stack_error. Unless the try has ended,
 * trial_call() is next.
 */
struct trial_end trial_open(struct trial *t, const struct stack *stack, int stack_error,
			    const struct options *options, const struct target *peer,
			    const struct target *local, struct timeline *timeline,
			    struct result *result);
struct trial_end trial_call(struct trial *t, const struct options *options, int64_t timeout_us,
			    struct timeline *timeline);

/*
 * The same again with the next address first, if the first one is out of reach and nothing speaks
 * against it. False: go on waiting.
 */
bool trial_may_move_on(const struct trial *t, const struct options *options, int64_t now_us);
struct trial_end trial_move_on(struct trial *t, const struct options *options);

/* After second_look() has said SECOND_LOOK_NOW. */
struct trial_end trial_ask_alone(struct trial *t, const struct options *options);

/*
 * The association has come up: reads its state into *result. If it has already ended, or a call
 * about it fails, that is the outcome of the attempt from then on.
 */
void trial_take_association(struct trial *t, const struct options *options, struct result *result);

/* Begins to verify its paths, to hold it, and to send messages. */
void trial_verify(struct trial *t, const struct options *options, const struct result *result);

/*
 * To be called at once, then at *wake_us, and when events or packets were read. True: all of that
 * is over.
 */
bool trial_is_verified(struct trial *t, int64_t now_us, int64_t *wake_us);

/* --wait: may another try have a better result? */
bool trial_may_go_better(const struct result *result);
/* result->signal came between two tries: keeps what the last try found out. */
void trial_end_pause(struct result *result);

/*
 * Closes the endpoint, and the association with ABORT or gracefully, without waiting. The witness
 * stays open, because closing it takes 10 ms or more, and the report should not wait for that.
 */
void trial_close(struct trial *t, bool abort);
/* The same with ABORT, and closes the witness and frees everything. */
void trial_free(struct trial *t);

#endif
