/* SPDX-License-Identifier: MIT */
#include "engine/state.h"

#include <assert.h>

#include "base/util.h"

#define FROM(state) (1u << (state))

/* name: for -v. before: those that it is entered from. */
static const struct {
	const char *name;
	unsigned before;
} states[] = {
	[CONNECTION_IDLE] = { "idle", 0 },
	[CONNECTION_RESOLVING] = { "resolving", FROM(CONNECTION_IDLE) | FROM(CONNECTION_PAUSED) },
	[CONNECTION_PENDING] = { "pending", FROM(CONNECTION_RESOLVING) },
	[CONNECTION_VERIFYING] = { "verifying", FROM(CONNECTION_PENDING) },
	[CONNECTION_PAUSED] = { "paused", FROM(CONNECTION_RESOLVING) | FROM(CONNECTION_PENDING) |
						  FROM(CONNECTION_VERIFYING) },
	[CONNECTION_UP] = { "up", FROM(CONNECTION_PENDING) | FROM(CONNECTION_VERIFYING) },
	[CONNECTION_CLOSING] = { "closing", FROM(CONNECTION_UP) | FROM(CONNECTION_PENDING) |
						    FROM(CONNECTION_PAUSED) },
	[CONNECTION_DONE] = { "done", FROM(CONNECTION_RESOLVING) | FROM(CONNECTION_PENDING) |
					      FROM(CONNECTION_VERIFYING) | FROM(CONNECTION_PAUSED) |
					      FROM(CONNECTION_CLOSING) },
};
static_assert(ARRAY_SIZE(states) == CONNECTION_STATE_COUNT, "a state without a row");

const char *connection_state_name(enum connection_state state)
{
	return states[state].name;
}

bool connection_state_may_follow(enum connection_state state, enum connection_state before)
{
	return states[state].before & FROM(before);
}

bool connection_state_goes_on(enum connection_state state)
{
	return state != CONNECTION_IDLE && state != CONNECTION_UP && state != CONNECTION_DONE;
}
