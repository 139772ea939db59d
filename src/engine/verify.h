/* SPDX-License-Identifier: MIT */
/*
 * An association is up: does it stay so, and does every path of it work? Who is asked by a
 * heartbeat, who again and when, who by a large one, and until when an answer is waited for.
 */
#ifndef ENGINE_VERIFY_H
#define ENGINE_VERIFY_H

#include "engine/attempt.h"
#include "engine/gather.h"
#include "engine/heartbeat.h"
#include "engine/plan.h"
#include "report/result.h"
#include "witness/watch.h"

/* All zeros: nobody is asked. Changed by verify.c alone. */
struct verify {
	const struct plan *plan;
	const struct attempt *attempt;
	const struct watch *watch;
	const struct association *association;
	struct probe *probe; /* NULL: nobody is asked (any more) */
	struct way *ways;    /* of every path of the probe */
	bool ways_known;
	int64_t timeout_us; /* 0: nobody is asked */
	int64_t deadline_us;
	int64_t hold_until_us; /* so long it must be up */
	int64_t step_us;       /* who has not answered is asked again no sooner */
	int64_t handshake_us;  /* a round trip of the handshake, 0: it says nothing */
	unsigned asked;        /* how often those have been asked again */
	size_t strikes;        /* those times of all paths: what the stack counts as failures */
	int64_t next_us;       /* when to look again */
	bool over;             /* every path was asked, and had its time */
	int64_t over_us;       /* since when */
};

/*
 * Sends the first heartbeats, unless timeout_us is 0. What it points to must not move until
 * verify_free(), and the paths of the association must stay the same. hold_us: how long it must be
 * up in all. handshake_us: what its round trip took, 0: not known.
 */
void verify_begin(struct verify *verify, const struct plan *plan, const struct attempt *attempt,
		  const struct watch *watch, const struct association *association,
		  int64_t timeout_us, int64_t hold_us, int64_t handshake_us);

/* Gives RTO.Min back, unless the association is gone. */
void verify_free(struct verify *verify);

/*
 * Due at verify->next_us, and whenever packets have come. True: it is over, because it was up for
 * long enough, and every path has answered, or its time is up, or what has not answered cannot.
 */
bool verify_tick(struct verify *verify, int64_t now_us);

/* How many paths have not answered, for the progress line. */
size_t verify_waiting(const struct verify *verify);

/* What it has found, and what the paths look like after it, into the paths of the association. */
void verify_tell(const struct verify *verify, struct path_result *paths);

#endif
