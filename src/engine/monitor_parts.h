/* SPDX-License-Identifier: MIT */
/*
 * What the files of monitor.h share. monitor.c has the association and the loop. Below it,
 * monitor_paths.c has the paths, and monitor_addresses.c those that come and go.
 */
#ifndef ENGINE_MONITOR_PARTS_H
#define ENGINE_MONITOR_PARTS_H

#include "base/loop.h"
#include "base/timeline.h"
#include "engine/heartbeat.h"
#include "engine/pool.h"
#include "engine/settings.h"
#include "report/report.h"
#include "stack/stack.h"
#include "witness/watch.h"

struct monitoring {
	struct monitor m;
	const struct stack *stack;
	struct stack_endpoint *endpoint; /* not owned */
	struct stack_assoc *assoc;       /* not owned */
	struct pool_user *user;          /* NULL: nobody shares the endpoint. Not owned */
	struct pool_reader reader;       /* who reads when this one does not */
	const struct options *options;
	const struct reporter *reporter;
	struct timeline *timeline;
	struct watch *watch; /* not owned; it may have no witness */
	struct loop *loop;
	struct loop_source events;
	struct loop_timer timer;
	struct probe *probe; /* its paths are in the order of m.paths */
	struct live *live;   /* NULL: no table of its own */
	struct live *others; /* the table of all; or NULL */
	int64_t round_us;    /* when the next round begins */
	int64_t until_us;
	int64_t listed_us; /* when the addresses were last read; 0: they may have changed */
	bool round_open;   /* the round has begun, and is not reported yet */
	unsigned heard;    /* packets that the witness had seen arrive when heartbeats were sent */
	bool deaf;         /* an answer came that the witness has not seen */
	int64_t short_since_us;
	bool ended;
	bool gone;                     /* the association */
	struct finding cause;          /* of the end */
	void (*on_end)(void *context); /* or NULL */
	void *context;
};

/* Ends it, unless it has already ended. It then handles no more events, packets and times. */
void monitor_end(struct monitoring *r, struct finding cause);

/* Ends it if reports can no longer be written. */
void monitor_look_for_reader(struct monitoring *r);

/* Fills in what all events have in common, and reports the event. */
void monitor_tell(struct monitoring *r, struct monitor_event *event);

/* --- monitor_paths.c -------------------------------------------------------------------------- */

/* Makes heartbeats cheaper, if nothing needs those of the stack. To be called once. */
void monitor_take_over(struct monitoring *r);

/* To be called when a verdict changes: counts how long fewer paths than required answer. */
void monitor_count_short(struct monitoring *r, int64_t now);

/* Reports what the last probe_look() and monitor_ask() found. */
void monitor_judge(struct monitoring *r, int64_t now);

/*
 * Sends a heartbeat on each path whose time to be asked again has come; all: also on each path that
 * does not wait. False: one could not be sent.
 */
bool monitor_ask(struct monitoring *r, int64_t now, bool all);

/* Looks for answers, unless the witness shows that it is too early for one. */
void monitor_look(struct monitoring *r, int64_t now);

/* Does any path still wait for an answer? dead_too: also one that is dead. */
bool monitor_waits(const struct monitoring *r, bool dead_too);

void monitor_open_round(struct monitoring *r, int64_t now);
/* Its results are in the history, but not reported yet. */
void monitor_close_round(struct monitoring *r);

/* When the next path has to be looked at, judged or asked again. */
int64_t monitor_paths_next_us(const struct monitoring *r);

/* --- monitor_addresses.c ---------------------------------------------------------------------- */

/*
 * The stack lists these addresses of the peer now: reports and takes the new ones, and those that
 * are gone. New ones that this host has, too, are left out.
 */
void monitor_take_addresses(struct monitoring *r, const struct stack_path *list, size_t count);

#endif
