/* SPDX-License-Identifier: MIT */
/* How each path of a report leaves this host: what the witness has seen, else what routes say. */
#ifndef ENGINE_PATH_ROUTES_H
#define ENGINE_PATH_ROUTES_H

#include "base/timeline.h"
#include "engine/gather.h"
#include "report/result.h"

/* Of which paths, because each look-up takes time. */
enum path_routes {
	PATH_ROUTES_NONE,
	PATH_ROUTES_ANSWERED, /* those that have answered a heartbeat */
	PATH_ROUTES_KNOWN,    /* those that were seen, or asked about meanwhile */
	PATH_ROUTES_ALL,
};

/*
 * Fills in path->route, for a plan that was tried, with a line of the timeline for each. A route
 * that was asked about meanwhile is not asked about again, unless the stack has bound the endpoint
 * to other addresses.
 */
void path_routes_fill(enum path_routes which, const struct gather *gather, struct association *a,
		      struct timeline *timeline);

#endif
