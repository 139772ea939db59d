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

#include "base/timeline.h"
#include "engine/size_search.h"
#include "report/result.h"
#include "stack/stack.h"

/* How many unanswered heartbeats it keeps the sending times of. */
#define PROBE_KEPT 4

/* The large heartbeats of one path. All zeros: none yet. Changed only by big_packets.c. */
struct big_packets_ask {
	struct size_search *search; /* owned; NULL: nothing was sent yet */
	struct packet_sizes result;
	bool over;     /* the result is final */
	uint32_t mtu;  /* the largest size, in bytes */
	unsigned base; /* how many padded heartbeats the ledger had before */
};

/* One path. Changed only by heartbeat.c, and big only by big_packets.c. */
struct probe_path {
	union address address;
	size_t index;                 /* in the association's paths; not of probe_add() */
	unsigned sent;                /* heartbeats */
	unsigned answered;            /* of those */
	unsigned lost;                /* of those, for certain */
	unsigned missed;              /* heartbeats since the last answer; 0: it does not wait */
	int64_t first_us;             /* when the first of those was sent, as loop_now_us() */
	int64_t sent_us;              /* when the newest was sent */
	int64_t asked_us[PROBE_KEPT]; /* and all of the newest, in a ring: number missed - 1 last */
	int64_t left_us[PROBE_KEPT];  /* the same: when the call that sends it had returned */
	int64_t looked_us;            /* when it was last found unanswered */
	int64_t rtt_us;               /* of the newest answer; 0: no answer yet */
	int64_t expected_us;          /* that of the next answer; 0: not known */
	bool dead;                    /* in calm: it was when the monitor began */
	/* The heartbeat that the newest answer is to, as far as measurements show. */
	struct {
		unsigned number;  /* counted from 0 */
		int64_t asked_us; /* when it was asked for */
		int64_t left_us;  /* when that call had returned */
		int64_t none_us;  /* at that time there was no answer yet */
	} answer;
	int64_t stray_us; /* until then, answers to older heartbeats may still arrive */
	/*
	 * Why the newest heartbeat could not be sent, or (blind) its answer not be seen: positive
	 * errno, or 0.
	 */
	int error;
	bool blind;
	const char *call;       /* the call that failed; NULL: the association has ended */
	uint32_t measured_ms;   /* the RTO from the newest answer, without a raised RTO.Min */
	struct stack_path then; /* the stack's state of the path at the last look */
	bool fresh;             /* that was just now: the first heartbeat needs no look before */
	struct big_packets_ask big;
};

struct probe {
	const struct stack *stack;
	struct stack_assoc *assoc; /* not owned */
	struct timeline *timeline;
	struct probe_path *paths; /* owned */
	size_t count;
	uint32_t rto_min_ms, rto_max_ms;     /* the association's own */
	uint32_t rto_now_ms, rto_max_now_ms; /* as they are now */
	bool moved;                          /* they differ */
	/*
	 * It looks rarely: a path whose round trip is known not before the answer can come, and one
	 * that is dead ten times a second. May be changed at any time.
	 */
	bool calm;
};

/*
 * For all paths of an association that is up and known, but those that snapshot.c leaves alone.
 * Nothing is sent yet.
 */
struct probe *probe_new(const struct stack *stack, struct stack_assoc *assoc,
			const struct association *association, struct timeline *timeline);

/* The paths of that association were read just now. */
void probe_know(struct probe *probe, const struct association *association);

/* These paths were read just now, and the next heartbeats are sent at once. */
void probe_know_states(struct probe *probe, const struct stack_path *list, size_t count);

/* Restores RTO.Min, unless the association has ended, and frees. NULL is fine. */
void probe_free(struct probe *probe);

/*
 * Sends one heartbeat on each path whose element of ask is true. To be called no sooner than an
 * answer to the previous one can have arrived: the stack counts a heartbeat that is sent before
 * that answer as a failure of the path.
 */
void probe_ask(struct probe *probe, const bool *ask);
void probe_ask_all(struct probe *probe);

/* In calm: whoever waits was asked not long ago, or is one that is looked at only now and then. */
bool probe_is_early(const struct probe *probe, int64_t now_us);

/* Looks for answers on every path that waits. Returns how many still wait. */
size_t probe_look(struct probe *probe);
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
