/* SPDX-License-Identifier: MIT */
/*
 * --monitor: keeps an association up, sends heartbeats on its paths in rounds, and reports every
 * change of a path or of the association.
 *
 * A round begins every --interval: a heartbeat on every path that does not wait for an answer. A
 * path that has not answered after half an interval is asked again, and after a whole interval it
 * is dead. If its round trips are longer than that, it has the time that it needs, up to
 * --probe-timeout, so that a slow path is not taken for a dead one. One lost packet does not make a
 * path dead.
 */
#ifndef ENGINE_MONITOR_H
#define ENGINE_MONITOR_H

#include "base/loop.h"
#include "base/timeline.h"
#include "engine/pool.h"
#include "engine/settings.h"
#include "report/report.h"
#include "report/result.h"
#include "stack/stack.h"
#include "witness/watch.h"

struct monitoring;

/* The arguments of a monitor. All outlive the monitoring. */
struct monitor_config {
	const struct stack *stack;
	struct stack_assoc *assoc;
	struct pool_user *user; /* NULL: nobody shares the endpoint */
	const struct options *options;
	/* Of the connection; its addresses and names are used. It says if the association ended. */
	const struct result *result;
	const struct reporter *reporter;
	struct timeline *timeline;
	struct watch *watch; /* its packets show why a path is dead */
	/* One of many: called when it ends, which does not free it. Or NULL. */
	void (*ended)(void *context);
	void *context;
	struct live *live; /* of many: the table of all, or NULL */
};

/*
 * A client of the loop. It goes on until options->monitor_us, options->count rounds, the end of the
 * association, or until a report can no longer be written.
 */
struct monitoring *monitor_start(struct loop *loop, const struct monitor_config *config);
/* What it knows, for a table. */
const struct monitor *monitor_view(const struct monitoring *monitoring);
bool monitor_ended(const struct monitoring *monitoring);
/* Has the peer ended the association as it should? */
bool monitor_closed(const struct monitoring *monitoring);

/* Ends it: a signal came (loop_take_signal()), or loop_turn() failed with this errno. */
void monitor_interrupt(struct monitoring *monitoring, int signal, int error);

/*
 * Reports the totals, and frees. *gone: the association has ended. Returns the exit status: it is
 * that of the result, unless something worse was seen.
 */
int monitor_finish(struct monitoring *monitoring, bool *gone);

/* All of that, in its own loop. */
int monitor_run(const struct monitor_config *config, bool *gone);

#endif
