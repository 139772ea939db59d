/* SPDX-License-Identifier: MIT */
#include "engine/second_look.h"

#include <errno.h>
#include <sys/param.h>

/* After that the stack would have acted on an INIT-ACK. */
#define ANSWERED_US (20 * USEC_PER_MSEC)
/* Most peers have answered by then, and need no second look. */
#define UNCLEAR_US (100 * USEC_PER_MSEC)
#define SILENT_US  (500 * USEC_PER_MSEC)

struct seen {
	bool witness, answered, aborted;
	bool silent; /* the stack is sure of it */
};

static struct seen look_at_packets(const struct gather *gather)
{
	struct seen seen = { .witness = gather->watch->view };

	for (size_t i = 0; i < gather->plan->count; i++) {
		const struct ledger_path *path =
			watch_path(gather->watch, &gather->plan->addresses[i]);

		seen.answered |= path && path->init_acks.count;
		seen.aborted |= path && path->aborts.count;
	}
	return seen;
}

/* Would an endpoint of its own say the same? */
static bool is_certain(const struct attempt *attempt, const struct seen *seen)
{
	return attempt->aborted || attempt->cause.code || seen->aborted ||
	       attempt->error == ETIMEDOUT || attempt->error == ENOPROTOOPT;
}

/* When it has waited long enough for the answer; LOOP_FOREVER: it goes on waiting. */
static int64_t patience_us(const struct gather *gather, const struct seen *seen)
{
	int64_t part_us = gather->attempt->timeout_us / 3;

	if (seen->answered)
		return ANSWERED_US;
	if (gather->unclear)
		return MIN(UNCLEAR_US, part_us);
	return seen->witness ? LOOP_FOREVER : MIN(SILENT_US, part_us);
}

/* The witness, if there is one, has told whether there was an answer. */
static void ask_stack(const struct attempt *attempt, struct seen *seen)
{
	int64_t received = seen->witness ? -1 : attempt->stack->received(attempt->assoc);

	seen->answered |= received > 0;
	seen->silent = !received;
}

static enum second_look take_slot(struct attempt *attempt, bool waits)
{
	return pool_take_slot(attempt->pool, waits) ? SECOND_LOOK_NOW : SECOND_LOOK_LATER;
}

static enum second_look while_it_waits(struct attempt *attempt, const struct gather *gather,
				       struct seen *seen, int64_t now_us)
{
	int64_t waited_us = now_us - attempt->started_us;
	int64_t patience = patience_us(gather, seen);
	enum stack_assoc_state state;

	if (waited_us < MIN(patience, SILENT_US))
		return SECOND_LOOK_NO;
	ask_stack(attempt, seen);
	if (seen->silent && !gather->unclear)
		return SECOND_LOOK_NO;
	state = attempt->stack->pending_state(attempt->assoc);
	if (state >= ASSOC_ESTABLISHED) {
		attempt_found_up(attempt);
		return SECOND_LOOK_IS_UP;
	}
	if (state == ASSOC_COOKIE_ECHOED || (state == ASSOC_COOKIE_WAIT && waited_us < patience))
		return SECOND_LOOK_NO;
	return take_slot(attempt, !seen->answered);
}

enum second_look second_look(struct attempt *attempt, const struct gather *gather, int64_t now_us)
{
	const struct plan *plan = gather->plan;
	bool fixed = plan->source_count && address_port(&plan->sources[0]);
	struct seen seen;

	/* The port of a shared endpoint is in use. */
	if (!pool_shares(&attempt->user) || !attempt->assoc || fixed ||
	    (attempt->outcome == ATTEMPT_WAITING && now_us >= attempt_deadline_us(attempt)))
		return SECOND_LOOK_NO;
	seen = look_at_packets(gather);
	if (attempt->outcome == ATTEMPT_WAITING)
		return while_it_waits(attempt, gather, &seen, now_us);
	if (attempt->outcome != ATTEMPT_FAILED || is_certain(attempt, &seen))
		return SECOND_LOOK_NO;
	return take_slot(attempt, false);
}
