/* SPDX-License-Identifier: MIT */
/*
 * The engine: one state machine per connection, any number of them in one loop (run.h).
 *
 * A connection is one attempt (or, with --wait, several in a row) to bring up one association with
 * one target, from the look-ups to the snapshot of its paths. It ends with a filled struct result
 * and, if it is connected, with the association still up, until connection_shut().
 */
#ifndef ENGINE_CONNECTION_H
#define ENGINE_CONNECTION_H

#include "base/loop.h"
#include "base/timeline.h"
#include "engine/pool.h"
#include "engine/settings.h"
#include "report/result.h"
#include "stack/stack.h"
#include "target/target.h"
#include "witness/watch.h"

struct connection;

/*
 * peer and local must be parsed, not resolved; they, options and stack outlive the connection.
 * stack NULL: no stack can be used, and stack_error (positive errno) says why; the result has it.
 */
struct connection *connection_new(const struct stack *stack, int stack_error,
				  const struct options *options, struct target *peer,
				  struct target *local, struct timeline *timeline);

/*
 * Begins the first try, as a client of this loop, which the connection needs until it has its
 * result. A --blocking call blocks the loop.
 */
void connection_start(struct connection *connection, struct loop *loop);

/*
 * changed is called whenever the connection may have got further, also from within the functions
 * here. It does not free the connection.
 */
void connection_on_change(struct connection *connection, void (*changed)(void *context),
			  void *context);

/* The names are resolved, and the first call was made, or could not be made. */
bool connection_has_called(const struct connection *connection);
/* That call has its outcome: the association is up, or the try is over. */
bool connection_has_answer(const struct connection *connection);
/* connection_result() is valid and final. */
bool connection_has_result(const struct connection *connection);

/*
 * Ends what it waits for: a signal asks the program to end, or (signal 0) the loop cannot wait,
 * and error (positive errno) says why. If it had no result, it has one now; if it was closing,
 * SHUTDOWN is sent at once, or ABORT if it was already sent.
 */
void connection_interrupt(struct connection *connection, int signal, int error);

/* Owned by the connection. */
const struct result *connection_result(const struct connection *connection);

/*
 * The association of a connection that is connected, or NULL. Its user reads the events from
 * then on, and calls connection_gone() when the peer has ended the association.
 */
struct stack_assoc *connection_assoc(const struct connection *connection);
void connection_gone(struct connection *connection);

/* Whose events its user has to read, if it shares an endpoint; NULL: it does not. */
struct pool_user *connection_pool_user(struct connection *connection);

/* The witness of a connection that is connected, to be read from then on. */
struct watch *connection_watch(struct connection *connection);

/*
 * Closes it gracefully, or with ABORT if that takes too long, as a client of this loop until it is
 * shut. A connection that is not connected is already shut, unless the peer may be about to accept
 * its last attempt.
 */
void connection_shut(struct connection *connection, struct loop *loop);
/* Ends the association of a connection that is connected with an ABORT. Then it is shut. */
void connection_abort(struct connection *connection);
bool connection_is_shut(const struct connection *connection);
/*
 * Of one that is shut: how long the answer to its SHUTDOWN was waited for in vain. 0: it has ended
 * otherwise.
 */
int64_t connection_unanswered_us(const struct connection *connection);

void connection_free(struct connection *connection);

#endif
