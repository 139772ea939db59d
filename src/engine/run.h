/* SPDX-License-Identifier: MIT */
/* Several connections together: turns a loop until all of them have got to a certain point. */
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H

#include "engine/connection.h"

/* In its own loop: starts them, and runs them until each has its result. */
void run_connections(struct connection *const list[], size_t count, struct timeline *timeline);

/*
 * In its own loop: closes those that are up, gracefully and all at once, and aborts those that are
 * not closed in time. Frees nothing.
 */
void close_connections(struct connection *const list[], size_t count, struct timeline *timeline);

#endif
