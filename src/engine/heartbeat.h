/* SPDX-License-Identifier: MIT */
/*
 * Sends HEARTBEATs on the paths of an association, in rounds or each at its own time, and finds out
 * which were answered.
 *
 * No stack reports that a heartbeat was answered on a path that is already active. But the answer
 * is a measurement, and makes it update the path's RTO (RFC 9260 section 6.3.1). The probe makes
 * sure that the new RTO differs from the old one, by changing RTO.Min a little if necessary, and
 * looks at the RTO often. So the round trip that it reports is at most a thirtieth too long, but
 * for those that were over before the first look in calm.
 */
#ifndef ENGINE_HEARTBEAT_H
#define ENGINE_HEARTBEAT_H

#include "engine/probe.h"

/*
 * For all paths of an association that is up and known, but those that snapshot.c leaves alone.
 * Nothing is sent yet.
 */
struct probe *probe_new(const struct stack *stack, struct stack_assoc *assoc,
			const struct association *association, struct timeline *timeline);

/* The paths of that association were read just now. */
void probe_know(struct probe *probe, const struct association *association);

/* Another probe has asked the paths of that association until now_us. */
void probe_inherit(struct probe *probe, const struct association *association, int64_t now_us);

/* These paths were read just now, and the next heartbeats are sent at once. */
void probe_know_states(struct probe *probe, const struct stack_path *list, size_t count);

/*
 * Turns the stack's own heartbeats off until the association ends, if that makes the next ones cost
 * fewer calls. Nothing else may be sent over the association from now on.
 */
void probe_take_over(struct probe *probe);
/* Something else may have changed what the stack has measured. */
void probe_doubt(struct probe *probe);
/* Are these all paths of the association? True lets one call ask all of them. */
void probe_set_whole(struct probe *probe, bool whole);

/* Restores RTO.Min, unless the association has ended, and frees. NULL is fine. */
void probe_free(struct probe *probe);

/*
 * Sends one heartbeat on each path whose element of ask is true. To be called no sooner than an
 * answer to the previous one can have arrived: the stack counts a heartbeat that is sent before
 * that answer as a failure of the path.
 */
void probe_ask(struct probe *probe, const bool *ask);
void probe_ask_all(struct probe *probe);

/* In calm: no path that waits has to be looked at yet. */
bool probe_is_early(const struct probe *probe, int64_t now_us);

/* Looks for answers on every path that waits. Returns how many still wait. */
size_t probe_look(struct probe *probe);
/* Was it looked at so recently that its state is known? */
bool probe_is_fresh(const struct probe_path *path, int64_t now_us);
/* Could the state of one of them not be read at the last look? */
bool probe_is_blind(const struct probe *probe);

/* One path more, the last one; or one less, and those behind it move up. */
void probe_add(struct probe *probe, const union address *address);
void probe_remove(struct probe *probe, size_t i);

/* The heartbeats on path i since its last answer were not sent: it waits for no answer any more. */
void probe_forget(struct probe *probe, size_t i);

/* When to look again. */
int64_t probe_next_look_us(const struct probe *probe);

#endif
