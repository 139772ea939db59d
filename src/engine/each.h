/* SPDX-License-Identifier: MIT */
/*
 * --each: the attempt of the command line, and an attempt with every single address: side by side,
 * each on its own endpoint, all in one loop.
 */
#ifndef ENGINE_EACH_H
#define ENGINE_EACH_H

#include "base/timeline.h"
#include "engine/connection.h"

struct each;

/*
 * whole is the connection that connection_new() made of the other arguments. Like all of them it
 * outlives this. Nothing is tried yet.
 */
struct each *each_new(struct connection *whole, const struct stack *stack,
		      const struct options *options, const struct target *peer,
		      const struct target *local, struct timeline *timeline);

/*
 * Runs whole and, at the same time, one attempt for every address of its target. With --blocking,
 * which would block the loop, and with --wait, because its last try is to be compared, the
 * single addresses follow after whole has its result.
 */
void each_run(struct each *each);

/*
 * Valid after each_run(), owned by each: the result of whole, of the addresses, and a hint that
 * knows them.
 */
const struct result *each_result(const struct each *each);

/*
 * Closes those that were tried alone, as close_connections() does. The whole stays up. NULL is
 * fine.
 */
void each_close(struct each *each);

/* Frees all but whole. NULL is fine. */
void each_free(struct each *each);

#endif
