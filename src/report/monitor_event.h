/* SPDX-License-Identifier: MIT */
/* What --monitor knows, and the events that it reports. */
#ifndef REPORT_MONITOR_EVENT_H
#define REPORT_MONITOR_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/result.h"

/* How many rounds the graph keeps: more than a terminal has columns. */
#define MONITOR_HISTORY 512

/* An entry of the history is a round trip in microseconds, or one of these. */
enum monitor_round {
	ROUND_NOTHING = 0, /* not asked, or a slow path may still answer */
	ROUND_LOST = -1,
};

struct monitor_path {
	union address address;
	const char *host;     /* the name it was resolved from, or NULL */
	enum verdict verdict; /* VERIFIED, DEAD or UNVERIFIED */
	enum stack_path_state state;
	bool primary;
	bool added;        /* by the peer, meanwhile: -R all counts it when it has its verdict */
	uint64_t sent;     /* heartbeats, without one that may still be answered */
	uint64_t answered; /* of those */
	int64_t rtt_us;    /* newest; 0: none yet, as for the next two */
	int64_t rtt_min_us;
	int64_t rtt_max_us;
	int64_t rtt_sum_us;
	unsigned times_dead;
	int64_t dead_us;                  /* how long in all, up to now */
	int64_t dead_since_us;            /* when the first unanswered heartbeat was sent */
	int base;                         /* the link that it uses, as in path_route; or 0 */
	int64_t slow_us;                  /* the longest of the newest round trips; 0: none */
	int32_t history[MONITOR_HISTORY]; /* round n is in [n % MONITOR_HISTORY] */
};

/* What the reports and the live table show. */
struct monitor {
	const struct result *result; /* of the connect */
	const char *stack;
	uint32_t assoc;
	struct monitor_path *paths;
	size_t path_count;
	size_t required;       /* how many paths must not be dead */
	size_t links_required; /* how many links those must use; 0: it does not matter */
	size_t links;          /* how many they use now; 0: none is known */
	uint64_t rounds;       /* begun; the newest has this number, the first is 1 */
	int64_t began_us;
	int64_t now_us;
	int64_t short_us; /* how long in all there were fewer */
	bool lost;        /* the association was lost, closed or restarted by the peer */
	bool was_short;
	bool failed_over; /* the stack does not send over the primary now */
	int signal;       /* that ended it, or 0 */
	int status;       /* the exit status so far */
};

enum monitor_event_type {
	MONITOR_PATH,     /* path has another verdict or state */
	MONITOR_ROUND,    /* a round is over */
	MONITOR_ADDED,    /* the peer has added path */
	MONITOR_REMOVED,  /* the peer has removed path, which is not in the monitor any more */
	MONITOR_PRIMARY,  /* another path is primary now */
	MONITOR_FAILOVER, /* the stack left the primary path, or uses it again */
	MONITOR_RESTART,  /* the peer restarted the association */
	MONITOR_DOWN,     /* the association is gone */
	MONITOR_END,      /* totals */
	MONITOR_EVENT_COUNT,
};

struct monitor_event {
	enum monitor_event_type type;
	int64_t time_us; /* since the start of the program */
	int64_t wall_us; /* loop_wall_us() */
	const struct monitor *monitor;
	const struct monitor_path *path; /* PATH, ADDED, REMOVED */
	bool new_verdict;                /* PATH: if not, only the state is new */
	bool new_state;                  /* PATH */
	int64_t took_us;                 /* PATH, new verdict: how long it waited, or was dead */
	/* PRIMARY; FAILOVER: the old and the new path. to: none if there are several. */
	union address from, to;
	bool graceful;        /* DOWN: closed by SHUTDOWN, else lost */
	int error;            /* DOWN, lost: positive errno, or 0 */
	struct finding cause; /* RESTART, DOWN, END; PATH, dead: why, if that is known */
};

#endif
