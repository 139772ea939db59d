/* SPDX-License-Identifier: MIT */
/*
 * The attempt of the command line, and with --each also every requested address alone: side by
 * side, each on an endpoint of its own, all in the one loop of connection.c.
 */
#ifndef ENGINE_EACH_H
#define ENGINE_EACH_H

#include "base/timeline.h"
#include "engine/connection.h"

struct each;

/*
 * whole is the connection that connection_new() made of the other arguments; like all of them it
 * outlives this. Nothing is tried yet.
 */
struct each *each_new(struct connection *whole, const struct stack *stack,
		      const struct options *options, const struct target *peer,
		      const struct target *local, struct timeline *timeline);

/*
 * Runs whole; with --each, at the same time, every address that its target resolves to. With
 * --blocking, which would stop the loop, and with --wait, whose last try is the one to compare
 * with, the addresses follow when whole has its result.
 */
void each_run(struct each *each);

/*
 * Valid after each_run(), owned by each: the result of whole; with --each also of the addresses,
 * and a hint that knows them.
 */
const struct result *each_result(const struct each *each);

/* Closes those that were tried alone, as connection_close() does. The whole stays up. */
void each_close_singles(struct each *each);

/* Closes all that are connected. */
void each_close(struct each *each);

/* All but whole. */
void each_free(struct each *each);

#endif
