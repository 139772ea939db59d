/* SPDX-License-Identifier: MIT */
#include "engine/round_trip.h"

#include <string.h>
#include <sys/param.h>

#include "witness/ledger_query.h"

/* An answer that the stack has not taken by then waits in a queue of this host. */
#define TAKE_LATE_US (1 * USEC_PER_MSEC)
/* So long a busy host may take for an answer that has arrived. */
#define BUSY_US (20 * USEC_PER_MSEC)
/* What is shorter may be the work of a busy host. */
#define QUEUE_MIN_US (1 * USEC_PER_MSEC)

/*
 * The first packet that left after the answered heartbeat was asked for: that one, or one before it
 * in the queue, which then takes even longer. NULL: not known.
 */
static const struct ledger_heartbeat *first_after(const struct ledger_path *seen,
						  const struct probe_path *asked)
{
	const struct ledger_heartbeat *first = NULL;

	/* If the stack has sent none by itself, it is known which one it is. */
	if (seen->heartbeats.count <= asked->sent)
		return ledger_nth_heartbeat(seen, asked->answer.number);
	for (unsigned n = seen->heartbeats.count; n > 0; n--) {
		const struct ledger_heartbeat *one = ledger_nth_heartbeat(seen, n - 1);

		if (!one)
			return NULL;
		if (one->sent_us < asked->answer.asked_us)
			return first;
		first = one;
	}
	return first;
}

/* How long the answered heartbeat was in a queue, at least, after the call had returned. */
static int64_t queued_us(const struct ledger_path *seen, const struct probe_path *asked,
			 struct path_result *path)
{
	const struct ledger_heartbeat *first = first_after(seen, asked);

	if (!first || first->inexact)
		return 0;
	memcpy(path->queue_link, first->out, sizeof(path->queue_link));
	return MAX(first->sent_us - asked->answer.left_us, 0);
}

void round_trip_measure(const struct ledger *ledger, const struct probe_path *asked,
			struct path_result *path)
{
	const struct ledger_path *seen = ledger_find(ledger, &path->path.address);
	const struct ledger_heartbeat *newest = ledger_newest_answered(seen);
	int64_t queue_us;

	if (!newest || newest->inexact || newest->rtt_us <= 0 ||
	    asked->answer.none_us > newest->sent_us + newest->rtt_us + TAKE_LATE_US)
		return;
	queue_us = queued_us(seen, asked, path);
	path->rtt_us = newest->rtt_us + queue_us;
	if (queue_us >= QUEUE_MIN_US && queue_us >= path->rtt_us / 2)
		path->queue_us = queue_us;
}

unsigned round_trip_lost(const struct ledger *ledger, const struct probe_path *asked)
{
	const struct ledger_path *seen = ledger_find(ledger, &asked->address);
	unsigned lost = asked->lost;

	for (unsigned n = 0; seen && n < asked->lost; n++) {
		const struct ledger_heartbeat *one = ledger_nth_heartbeat(seen, n);

		if (one && one->answered &&
		    asked->answer.none_us <= one->sent_us + one->rtt_us + BUSY_US)
			lost--;
	}
	return lost;
}
