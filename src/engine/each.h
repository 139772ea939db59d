/* SPDX-License-Identifier: MIT */
/*
 * --each: the attempt of the command line, and an attempt with every single address: side by side,
 * each on its own endpoint, all in one loop.
 */
#ifndef ENGINE_EACH_H
#define ENGINE_EACH_H

#include "base/loop.h"
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
 * changed is called whenever whole or a single address may have got further, also from within the
 * functions here. It does not free them.
 */
void each_on_change(struct each *each, void (*changed)(void *context), void *context);

/*
 * Starts whole and, as soon as the names are resolved, one attempt for every address of its target,
 * as clients of this loop. With --blocking, which would block the loop, and with --wait, because
 * its last try is to be compared, the single addresses follow after whole has its result.
 */
void each_start(struct each *each, struct loop *loop);
bool each_has_result(const struct each *each);

/* As connection_interrupt(), for whole and the single addresses. */
void each_interrupt(struct each *each, int signal, int error);

/* Both in a loop of its own, until all have their result. */
void each_run(struct each *each);

/*
 * Valid when all have their result, owned by each: the result of whole, of the addresses, and a
 * hint that knows them.
 */
const struct result *each_result(const struct each *each);

/* Closes those that were tried alone, as connection_shut() does. The whole stays up. */
void each_shut(struct each *each, struct loop *loop);
bool each_is_shut(const struct each *each);

/* The same in a loop of its own. NULL is fine. */
void each_close(struct each *each);

/* Frees all but whole. NULL is fine. */
void each_free(struct each *each);

#endif
