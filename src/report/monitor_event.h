/* SPDX-License-Identifier: MIT */
/* What --monitor knows and has to tell. */
#ifndef REPORT_MONITOR_EVENT_H
#define REPORT_MONITOR_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/result.h"

/* Rounds that are kept for the graph: more than a terminal has columns. */
#define MONITOR_HISTORY 512

/* What stands for a round in the history, beside the round trip in microseconds. */
enum monitor_round {
	ROUND_NOTHING = 0, /* not asked, or the answer of a slow path is still to come */
	ROUND_LOST = -1,
};

struct monitor_path {
	union address address;
	const char *host;     /* the name it was resolved from, or NULL */
	enum verdict verdict; /* VERIFIED, DEAD or UNVERIFIED */
	enum stack_path_state state;
	bool primary;
	uint64_t sent;     /* heartbeats; without one whose time is not over */
	uint64_t answered; /* of those */
	int64_t rtt_us;    /* newest; 0: none yet, as for the next two */
	int64_t rtt_min_us;
	int64_t rtt_max_us;
	int64_t rtt_sum_us;
	unsigned times_dead;
	int64_t dead_us;                  /* how long altogether, up to now */
	int64_t dead_since_us;            /* when the first heartbeat was sent that got no answer */
	int64_t slow_us;                  /* the longest of the newest round trips; 0: none */
	int32_t history[MONITOR_HISTORY]; /* round n is in [n % MONITOR_HISTORY] */
};

/* As much as the reports and the live table need to know. */
struct monitor {
	const struct result *result; /* of the connect */
	const char *stack;
	uint32_t assoc;
	struct monitor_path *paths;
	size_t path_count;
	size_t required; /* as many paths must not be dead */
	uint64_t rounds; /* begun; the newest has this number, the first is 1 */
	int64_t began_us;
	int64_t now_us;
	int64_t short_us; /* how long altogether fewer than required were there */
	bool lost;        /* the association was lost, closed or restarted by the peer */
	bool was_short;
	bool failed_over; /* the stack does not send over the primary now */
	int signal;       /* that ended it, or 0 */
	int status;       /* the exit status so far */
};

enum monitor_event_type {
	MONITOR_PATH,     /* path has another verdict or state */
	MONITOR_ROUND,    /* a round is over */
	MONITOR_PRIMARY,  /* another path is primary now */
	MONITOR_FAILOVER, /* the stack sends over another path than the primary, or again over it */
	MONITOR_RESTART,  /* the peer has begun anew */
	MONITOR_DOWN,     /* the association is gone */
	MONITOR_END,      /* totals */
	MONITOR_EVENT_COUNT,
};

struct monitor_event {
	enum monitor_event_type type;
	int64_t time_us; /* since the start of the program */
	int64_t wall_us; /* loop_wall_us() */
	const struct monitor *monitor;
	const struct monitor_path *path; /* PATH */
	bool new_verdict;                /* PATH: else only the state is new */
	bool new_state;                  /* PATH */
	int64_t took_us; /* PATH, new verdict: how long it was waited for, or was dead */
	/* PRIMARY; FAILOVER: which sent, which sends. to: none, where there are several. */
	union address from, to;
	bool graceful;        /* DOWN: closed by SHUTDOWN, else lost */
	int error;            /* DOWN, lost: positive errno, or 0 */
	struct finding cause; /* RESTART, DOWN, END; PATH, dead: why, if that is known */
};

#endif
