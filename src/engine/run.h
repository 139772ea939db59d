/* SPDX-License-Identifier: MIT */
/* Several connections together: turns a loop until each of them is where it should be. */
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H

#include "base/loop.h"
#include "engine/connection.h"

/*
 * Until all of them are: connection_has_called, connection_has_result or connection_is_shut. A
 * signal, or a wait that fails, ends those that are not.
 */
void run_until(struct loop *loop, struct connection *const list[], size_t count,
	       bool (*there)(const struct connection *connection), struct timeline *timeline);

/* In a loop of its own: starts them, and runs them until each has its result. */
void run_connections(struct connection *const list[], size_t count, struct timeline *timeline);

/*
 * In a loop of its own: closes those that are up, gracefully and all at once, and aborts what is
 * not closed by then. Frees nothing.
 */
void close_connections(struct connection *const list[], size_t count, struct timeline *timeline);

#endif
