/* SPDX-License-Identifier: MIT */
/*
 * --relay: a descriptor's bytes to the peer as messages, and the peer's messages to another
 * descriptor, over one association that is up. Each way has one buffer: what cannot leave yet is
 * not read, here or from the peer.
 *
 * At the end of the input, the association is closed when the peer has acknowledged everything, and
 * nothing has come for --hold since. What comes until then is written. If there was no input at
 * all, it is the peer that closes.
 */
#ifndef ENGINE_RELAY_H
#define ENGINE_RELAY_H

#include "base/loop.h"
#include "base/timeline.h"
#include "engine/settings.h"
#include "report/relay_end.h"
#include "stack/stack.h"

struct relay;

/* What it points to outlives the relay. */
struct relay_config {
	const struct stack *stack;
	struct stack_assoc *assoc; /* nobody else reads its events */
	const struct options *options;
	struct timeline *timeline;
	int in, out;
	/*
	 * Called once, from a handler of the loop: it is over. It does not free the relay. Or NULL.
	 */
	void (*ended)(void *context);
	void *context;
};

/* A client of the loop. */
struct relay *relay_start(struct loop *loop, const struct relay_config *config);
bool relay_is_over(const struct relay *relay);

/* Begins to close the association: nothing more is sent, and what still comes is written. */
void relay_close(struct relay *relay);

/* It is over at once, unless it is already: with this exit status, and for this reason. */
void relay_stop(struct relay *relay, int status, struct finding cause);

/* A signal came (loop_take_signal()), or loop_turn() failed with this errno. It is over at once. */
void relay_interrupt(struct relay *relay, int signal, int error);

/* Valid when it is over; owned by the relay. */
const struct relay_end *relay_end(const struct relay *relay);

/* NULL is fine. The association is the caller's to close, or to abort, if it has not ended. */
void relay_free(struct relay *relay);

#endif
