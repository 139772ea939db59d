/* SPDX-License-Identifier: MIT */
#include "engine/other_answer.h"

#include <errno.h>
#include <sys/param.h>

#include "base/clock.h"
#include "witness/ledger_query.h"

/*
 * How long the answer of a second stack may take after that of the first: twice what that one
 * took, in these limits.
 */
#define OTHER_ANSWER_LEAST_US (300)
#define OTHER_ANSWER_MOST_US  (3 * USEC_PER_MSEC)
#define OTHER_ANSWER_PAUSE_US (USEC_PER_MSEC / 2)
#define OTHER_ANSWER_MAX_US   (100 * USEC_PER_MSEC)

/* What the answer to the INIT took. */
static int64_t answer_us(const struct ledger_path *path)
{
	const struct ledger_count *answers = path->init_acks.count ? &path->init_acks
								   : &path->aborts;

	return path->inits.count ? answers->first_us - path->inits.first_us : 0;
}

/* When one stack has answered all, by the time that it took for the INIT, another one has, too. */
static int64_t both_answered_us(const struct ledger_path *path)
{
	int64_t rtt_us = path->init_acks.count ? MIN(answer_us(path), OTHER_ANSWER_MAX_US) : 0;

	return MAX(path->cookies.last_us, path->heartbeats.last_us) + rtt_us;
}

/* Until when that of the other one may come, if this one has refused. */
static int64_t other_answer_until_us(const struct ledger_path *path, int64_t ended_us)
{
	return MAX(ended_us, both_answered_us(path)) +
	       MIN(MAX(2 * answer_us(path), OTHER_ANSWER_LEAST_US), OTHER_ANSWER_MOST_US);
}

bool other_answer_is_awaited(const struct attempt *attempt, struct watch *watch, int64_t *wake_us)
{
	const struct ledger *ledger = watch->ledger;
	bool refused = attempt->error == ECONNREFUSED, lost = attempt->error == ECONNRESET;
	int64_t now = loop_now_us(), until = 0;

	watch_read(watch);
	if (!watch->view || (!refused && !lost) || attempt->cause.code)
		return false;
	for (size_t i = 0; i < ledger->path_count; i++) {
		const struct ledger_path *path = &ledger->paths[i];

		if (ledger_answered_twice(ledger, path) || path->abort_cause.code)
			return false;
		if (path->aborts.count && (refused || path->reflected.count))
			until = MAX(until, other_answer_until_us(path, attempt->ended_us));
	}
	*wake_us = MIN(until, now + OTHER_ANSWER_PAUSE_US);
	return now < until;
}
