/* SPDX-License-Identifier: MIT */
/*
 * The engine: one state machine per connection, one poll loop for any number of them.
 *
 * A connection is one attempt (or, with --wait, several in a row) to bring up one association with
 * one target, from the packed array to the snapshot of its paths. It ends with a filled struct
 * result and, where it is connected, with the association still up, until connection_close().
 */
#ifndef ENGINE_CONNECTION_H
#define ENGINE_CONNECTION_H

#include "base/timeline.h"
#include "engine/settings.h"
#include "report/result.h"
#include "stack/stack.h"
#include "target/target.h"
#include "witness/watch.h"

struct connection;

/*
 * peer and local must be parsed, not resolved; they, options and stack outlive the connection.
 * stack NULL: no stack can be used, and stack_error (positive errno) says why; the result says so.
 */
struct connection *connection_new(const struct stack *stack, int stack_error,
				  const struct options *options, struct target *peer,
				  struct target *local, struct timeline *timeline);

/*
 * Makes the call of the first try, and returns: at once, or, when blocking, with its outcome. What
 * its target resolves to is known then.
 */
void connection_start(struct connection *connection);

/*
 * Runs all of them until each has its result, or a signal ends them all. Starts those that were
 * not started, and leaves alone those that have a result already.
 */
void connection_run(struct connection *const list[], size_t count);

/* Valid after connection_run(), owned by the connection. */
const struct result *connection_result(const struct connection *connection);

/*
 * The endpoint of a connection that is connected, or NULL: for whoever reads its events from then
 * on, and says so with connection_gone() when the peer has ended the association.
 */
struct stack_endpoint *connection_endpoint(const struct connection *connection);
void connection_gone(struct connection *connection);

/* The peer has ended the association since it was up: no event tells so any more. */
bool connection_is_gone(const struct connection *connection);

/* What passes on the wire of a connection that is connected, to be read from then on. */
struct watch *connection_watch(struct connection *connection);

/*
 * Closes those that are connected, gracefully and all at once, and aborts what is not closed by
 * then. Frees nothing.
 */
void connection_close(struct connection *const list[], size_t count);

void connection_free(struct connection *connection);

#endif
