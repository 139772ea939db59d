/* SPDX-License-Identifier: MIT */
/*
 * An association is up: does it stay up, and do all of its paths work? Which paths get a
 * heartbeat, which get another and when, which get a large one, and how long to wait for answers.
 */
#ifndef ENGINE_VERIFY_H
#define ENGINE_VERIFY_H

#include "engine/attempt.h"
#include "engine/gather.h"
#include "engine/heartbeat.h"
#include "engine/plan.h"
#include "report/result.h"
#include "witness/watch.h"

/* All zeros: no probe. Changed only by verify.c. */
struct verify {
	const struct plan *plan;
	const struct attempt *attempt;
	const struct watch *watch;
	const struct association *association;
	struct probe *probe; /* NULL: no probe, or it is over */
	struct way *ways;    /* one for every path of the probe */
	bool ways_known;
	int64_t timeout_us; /* 0: no probe */
	int64_t deadline_us;
	int64_t late_us;       /* how much later that is, and each step: see verify_tick() */
	int64_t hold_until_us; /* it must be up until then */
	int64_t step_us;       /* the least time until a silent path is asked again */
	int64_t handshake_us;  /* the round trip of the handshake; 0: not known */
	unsigned asked;        /* how often silent paths were asked again */
	bool restart_asked;    /* silent paths were asked when the peer had restarted */
	size_t strikes;        /* the same over all paths: the stack counts them as failures */
	int64_t next_us;       /* when to look again */
	bool over;             /* every path had its time */
	int64_t over_us;       /* since when */
};

/*
 * Sends the first heartbeats, unless timeout_us is 0. What it points to must not move until
 * verify_free(), and the paths of the association must stay the same. hold_us: how long it must be
 * up in all. handshake_us: the round trip of the handshake; 0: not known.
 */
void verify_begin(struct verify *verify, const struct plan *plan, const struct attempt *attempt,
		  const struct watch *watch, const struct association *association,
		  int64_t timeout_us, int64_t hold_us, int64_t handshake_us);

/* Restores RTO.Min, unless the association has ended. */
void verify_free(struct verify *verify);

/*
 * To be called at verify->next_us, and whenever packets have arrived. True: it is over, because it
 * was up for long enough, and every path has answered, its time is over, or it cannot answer.
 * If the call comes late, this host was busy or stood still, and perhaps whoever answers, too: then
 * that is added to the time of the paths, up to twice the time-out.
 */
bool verify_tick(struct verify *verify, int64_t now_us);

/* Something else has shown that the peer has accepted it. */
void verify_hold_no_longer(struct verify *verify);

/* Shows on a terminal how many paths have not answered, if that takes long. */
void verify_show_progress(const struct verify *verify, int64_t now_us);

/* Puts its results, and the new state of the paths, into the paths of the association. */
void verify_tell(const struct verify *verify, struct path_result *paths);

#endif
