/* SPDX-License-Identifier: MIT */
/* The state of heartbeat.h: which path was asked when, and what the stack said then. */
#ifndef ENGINE_PROBE_H
#define ENGINE_PROBE_H

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
	bool sure;              /* that was after the answer to the only heartbeat on its way */
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
	/*
	 * Only answers to these heartbeats change what the stack has measured: a path that is sure
	 * needs no look before the next one. And these are all paths of the association.
	 */
	bool alone, whole;
};

#endif
