/* SPDX-License-Identifier: MIT */
#include "engine/closing.h"

#include <errno.h>
#include <sys/param.h>

#include "base/clock.h"
#include "base/names.h"

/* How long a graceful close may take. It takes one round trip, and connecting took two. */
#define BOUND_MIN_US (1 * USEC_PER_SEC)
#define BOUND_MAX_US (3 * USEC_PER_SEC)
/* The user waits no longer than that for a server to accept, times AT_ONCE_MAX with --each. */
#define HELD_MAX_US (200 * USEC_PER_MSEC)
#define AT_ONCE_MAX 5

/* The peer has it if the COOKIE-ECHO has arrived there, which this host cannot know. */
static bool may_be_accepted(const struct attempt *attempt, const struct gather *gather)
{
	return attempt->assoc && attempt->outcome == ATTEMPT_WAITING &&
	       gather_state(gather) == ASSOC_COOKIE_ECHOED;
}

bool closing_decide(struct closing *closing, const struct attempt *attempt,
		    const struct gather *gather, const struct options *options)
{
	int64_t hold_us = MIN(options->hold_us, HELD_MAX_US);
	int64_t since_us = attempt->up_us ? attempt->up_us : loop_now_us();

	*closing = (struct closing){
		.held_until_us = since_us + hold_us * MAX(1, MIN(options->at_once, AT_ONCE_MAX)),
		.next_us = LOOP_FOREVER,
	};
	return hold_us && may_be_accepted(attempt, gather);
}

static enum closing_step give_up(const struct closing *closing, const char *why)
{
	timeline_note(closing->attempt->timeline, "closing: %s, so ABORT", why);
	return CLOSING_ABORT;
}

static enum closing_step shut(struct closing *closing)
{
	struct attempt *attempt = closing->attempt;
	enum closing_step step;
	int rc;

	closing->sent = true;
	closing->next_us = loop_now_us() + closing->bound_us;
	timeline_note(attempt->timeline, "closing: SHUTDOWN");
	rc = attempt->stack->shutdown(attempt->assoc);
	if (rc == -ENOTCONN)
		attempt_gone(attempt); /* it has already ended */
	step = closing_read(closing, attempt_look(attempt));
	/* Without an ABORT the peer would keep it. */
	return rc < 0 && step == CLOSING_GOES_ON ? give_up(closing, errno_name(-rc)) : step;
}

enum closing_step closing_begin(struct closing *closing, struct attempt *attempt,
				int64_t connect_us)
{
	closing->attempt = attempt;
	closing->bound_us = MAX(BOUND_MIN_US, MIN(connect_us, BOUND_MAX_US));
	return closing_tick(closing, loop_now_us());
}

enum closing_step closing_read(const struct closing *closing, enum attempt_outcome outcome)
{
	if (outcome == ATTEMPT_UP || (outcome == ATTEMPT_WAITING && !closing->sent))
		return CLOSING_GOES_ON;
	return outcome == ATTEMPT_FAULT ? CLOSING_ABORT : CLOSING_OVER;
}

enum closing_step closing_tick(struct closing *closing, int64_t now_us)
{
	enum attempt_outcome outcome = closing->attempt->outcome;

	if (closing->sent && now_us < closing->next_us)
		return CLOSING_GOES_ON;
	if (closing->sent) {
		closing->unanswered_us = closing->bound_us;
		return give_up(closing, "no answer to SHUTDOWN");
	}
	if (now_us < closing->held_until_us &&
	    (outcome == ATTEMPT_UP || outcome == ATTEMPT_WAITING)) {
		closing->next_us = closing->held_until_us;
		return CLOSING_GOES_ON;
	}
	return outcome == ATTEMPT_WAITING ? give_up(closing, "it never came up") : shut(closing);
}

enum closing_step closing_hurry(struct closing *closing)
{
	closing->held_until_us = 0;
	if (closing->sent)
		return give_up(closing, "no answer to SHUTDOWN");
	return closing_tick(closing, loop_now_us());
}
