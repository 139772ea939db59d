/* SPDX-License-Identifier: MIT */
/*
 * What the files of fleet.h share. fleet.c runs the attempts; below it, fleet_hosts.c keeps one
 * host from too many at once, and fleet_monitor.c keeps associations up.
 */
#ifndef ENGINE_FLEET_PARTS_H
#define ENGINE_FLEET_PARTS_H

#include "base/loop.h"
#include "engine/connection.h"
#include "engine/each.h"
#include "engine/fleet_target.h"
#include "engine/monitor.h"
#include "report/summary.h"

/* First in, first out. */
struct queue {
	struct member *first, **end;
};

/* Targets whose first address is the same. */
struct fleet_host {
	const char *name;        /* as the user wrote it; not owned */
	size_t count;            /* of these targets */
	int64_t busy_ns;         /* with the attempts that have begun and have no answer */
	struct queue waiting;    /* until it has room for them */
	struct loop_timer timer; /* then */
};

struct member {
	struct fleet *fleet;
	struct fleet_target *target;
	struct timeline timeline;
	char *label;
	struct connection *connection; /* NULL: not begun, or all over */
	struct each *each;
	struct member *next; /* in the list that it is in */
	bool listed;         /* among the changed ones */
	bool ready;          /* the result of this attempt was taken */
	struct fleet_host *host;
	bool young; /* its attempt has no answer yet */

	/* --monitor */
	struct monitoring *monitoring; /* NULL: not now */
	struct loop_timer retry;
	int64_t pause_us; /* before the next attempt */
	bool over;        /* it was monitored to the end */

	/* What is known of it: the newest result, and the worst status. */
	bool known;
	enum result_word word;
	int status, signal;
};

/* The progress is shown so often. A pace that fell behind catches up for so long. */
#define PROGRESS_US (250 * USEC_PER_MSEC)

struct fleet_table;

/* When the next attempts begin. */
struct fleet_pace {
	struct loop_timer timer; /* wakes the loop: there is more to begin, or progress to show */
	int64_t wake_us;         /* it was to do so then */
	bool late;               /* it did so later */
	int64_t next_us;         /* --rate: nothing begins before */
	size_t limit;            /* so many may run */
	bool full;               /* nothing begins before something is freed */
	bool told;               /* that this host is short of something */
};

/* Of the targets, so many ... */
struct fleet_count {
	size_t running;      /* have no result yet */
	size_t open;         /* are not freed yet */
	size_t monitored;    /* of those */
	size_t paused;       /* wait for their next attempt */
	size_t held;         /* wait until their host has room */
	size_t done, failed; /* have a result; one that is not connected */
};

struct fleet {
	const struct fleet_config *config;
	const struct options *options;
	struct loop *loop;
	struct pool *pool;          /* the endpoints that targets share */
	struct names *names;        /* what they look up; NULL: there are only numbers */
	struct loop_source answers; /* to these */
	struct member *members;
	struct fleet_host *hosts;
	size_t next;          /* those from here on were not begun */
	struct queue again;   /* begun before, but this host was short of something */
	struct queue changed; /* they may have their result, or be shut */
	struct fleet_pace pace;
	struct fleet_count count;
	bool ending; /* nothing begins any more */
	struct {
		int64_t until_us;   /* from then on, nobody is tried again */
		int64_t metrics_us; /* when they are written next */
		uint64_t dice;      /* for jitter */
	} monitor;
	int64_t begun_us;
	int64_t drawn_us;          /* the progress, the last time */
	struct fleet_table *table; /* on the terminal; or NULL */
	size_t name_width;
	struct summary summary;
};

void queue_put(struct queue *queue, struct member *member);
struct member *queue_take(struct queue *queue); /* NULL: it is empty */

/* A member has got further: fleet.c looks at it before the next round. */
void fleet_on_change(void *member);

#endif
