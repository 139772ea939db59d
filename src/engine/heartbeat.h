/* SPDX-License-Identifier: MIT */
/*
 * Asks the paths of an association with HEARTBEATs, in rounds or each in its own time, and tells
 * who answered.
 *
 * No stack says that a heartbeat was answered on a path that it believes in already, but the answer
 * is a measurement, and makes it compute the path's RTO anew (RFC 9260 section 6.3.1). The probe
 * sees to it that the new RTO cannot be the old one, by moving RTO.Min a little where it must, and
 * looks at the RTO often. So the round trip it tells is at most a thirtieth too long.
 */
#ifndef ENGINE_HEARTBEAT_H
#define ENGINE_HEARTBEAT_H

#include "base/timeline.h"
#include "engine/big_packets.h"
#include "report/result.h"
#include "stack/stack.h"

/* Heartbeats without an answer of which it is known when they were sent. */
#define PROBE_KEPT 4

/* One path, as far as it was asked. Read only, but for heartbeat.c, and big for big_packets.c. */
struct probe_path {
	union address address;
	size_t index;                 /* in the association's paths */
	unsigned sent;                /* heartbeats */
	unsigned answered;            /* of those */
	unsigned missed;              /* heartbeats since the last answer; 0: none is waited for */
	int64_t first_us;             /* when the first of those was sent, loop_now_us() */
	int64_t sent_us;              /* and the newest */
	int64_t asked_us[PROBE_KEPT]; /* and all of the newest, in a ring: number missed - 1 last */
	int64_t looked_us;            /* when it was last seen to be unanswered */
	int64_t rtt_us;               /* of the newest answer; 0: none yet */
	int64_t stray_us;       /* until then answers to others than the newest may still come */
	int error;              /* why the newest heartbeat was not sent: positive errno, or 0 */
	const char *call;       /* which call said so; NULL: none, the association has ended */
	uint32_t measured_ms;   /* the RTO that the newest answer gives without a raised RTO.Min */
	struct stack_path then; /* what the stack said of the path at the last look */
	struct big_packets_ask big;
};

struct probe {
	const struct stack *stack;
	struct stack_assoc *assoc; /* not owned */
	struct timeline *timeline;
	struct probe_path *paths; /* owned */
	size_t count;
	uint32_t rto_min_ms; /* the association's own */
	uint32_t rto_now_ms; /* RTO.Min as it is now */
	bool moved;          /* that is not the same */
};

/* For all paths of an association that is up and known. Nothing is sent yet. */
struct probe *probe_new(const struct stack *stack, struct stack_assoc *assoc,
			const struct association *association, struct timeline *timeline);

/* Gives RTO.Min back, unless the association is gone, and frees. NULL is fine. */
void probe_free(struct probe *probe);

/*
 * Sends one heartbeat on each path whose bit is set: ask has one for every path. To be called no
 * sooner than an answer to the one before can have come: the stack counts a heartbeat that is sent
 * before the answer as a failure of the path.
 */
void probe_ask(struct probe *probe, const bool *ask);
void probe_ask_all(struct probe *probe);

/* Looks at every path that waits. Returns how many still do. */
size_t probe_look(struct probe *probe);

/* What path i was asked since its last answer was not sent: no answer is waited for any more. */
void probe_forget(struct probe *probe, size_t i);

/* When to look again. */
int64_t probe_next_look_us(const struct probe *probe);

#endif
