/* SPDX-License-Identifier: MIT */
/* The states of a connection: what is open in each, what must not change, and who leaves it. */
#ifndef ENGINE_STATE_H
#define ENGINE_STATE_H

#include <stdbool.h>

enum connection_state {
	/* Nothing is open, and nothing was tried yet. begin_try() leaves it. */
	CONNECTION_IDLE,
	/*
	 * A try begins: names are looked up, then the plan is made and the endpoint opened. Left
	 * for PENDING when the call is made; by conclude() if there is no call. The look-ups
	 * and the resolver are open.
	 */
	CONNECTION_RESOLVING,
	/*
	 * The attempt is pending. The endpoint and the witness are open, the plan does not change
	 * any more. Left for VERIFYING when the association is up; by conclude() when it has
	 * failed, when gather.c gives up, or when it is up and there is nothing to verify.
	 */
	CONNECTION_PENDING,
	/*
	 * The association is up, and must stay so for --hold; heartbeats were sent. Its paths are
	 * known and must stay the same. Left by conclude(): when verify.c is done, or the
	 * association has ended.
	 */
	CONNECTION_VERIFYING,
	/*
	 * --wait: the last try was not good enough, and the next one begins at wake_us. Nothing is
	 * open, unless the peer may be about to accept the last one (closing.h).
	 */
	CONNECTION_PAUSED,
	/*
	 * The result is final, and the association is up as far as is known; with --monitor also
	 * one that was closed or aborted, because the monitor tells that. Others may use it
	 * (connection_assoc()). Left for CLOSING by connection_shut() or connection_abort().
	 */
	CONNECTION_UP,
	/*
	 * The result is final, and nobody uses the association any more. closing.c lets the peer
	 * accept it, or a pending attempt that was given up, and then closes it; it begins with
	 * connection_shut(). Left for DONE when it has ended, or when that takes long.
	 */
	CONNECTION_CLOSING,
	/* The result is final, and nothing is open. It is never left. */
	CONNECTION_DONE,
	CONNECTION_STATE_COUNT,
};

/* For -v. */
const char *connection_state_name(enum connection_state state);

bool connection_state_may_follow(enum connection_state state, enum connection_state before);

/* Is a try or a close in progress? */
bool connection_state_goes_on(enum connection_state state);

#endif
