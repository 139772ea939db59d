/* SPDX-License-Identifier: MIT */
/*
 * The end of a try: SHUTDOWN, or ABORT. Some servers exit if the client is gone when they accept
 * its association, so it comes only after a moment, even if the user has interrupted the program.
 */
#ifndef ENGINE_CLOSING_H
#define ENGINE_CLOSING_H

#include "engine/attempt.h"
#include "engine/gather.h"
#include "engine/settings.h"

enum closing_step {
	CLOSING_GOES_ON,
	CLOSING_OVER,  /* the peer has ended it, or the stack finishes the close */
	CLOSING_ABORT, /* the caller aborts it */
};

/* All zeros: it is not decided how it is closed. Changed by closing.c alone. */
struct closing {
	struct attempt *attempt; /* NULL: closing_begin() was not called */
	int64_t held_until_us;   /* not before then */
	int64_t bound_us;        /* how long the answer to SHUTDOWN may take */
	bool sent;               /* SHUTDOWN */
	int64_t unanswered_us;   /* so long its answer was waited for in vain; 0: it was not */
	int64_t next_us;         /* when closing_tick() has something to do */
};

/*
 * The try is over. True: it is pending, and the peer may be about to accept it, so it must not be
 * closed before closing_tick() says so.
 */
bool closing_decide(struct closing *closing, const struct attempt *attempt,
		    const struct gather *gather, const struct options *options);

/* Once, after closing_decide(). connect_us: how long connecting took. */
enum closing_step closing_begin(struct closing *closing, struct attempt *attempt,
				int64_t connect_us);

/* To be called when attempt_read() had this outcome, and at closing->next_us. */
enum closing_step closing_read(const struct closing *closing, enum attempt_outcome outcome);
enum closing_step closing_tick(struct closing *closing, int64_t now_us);

/* The user does not want to wait any longer. */
enum closing_step closing_hurry(struct closing *closing);

#endif
