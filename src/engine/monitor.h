/* SPDX-License-Identifier: MIT */
/*
 * --monitor: an association that is up is kept, its paths are asked in rounds, and every change of
 * a path or of the association is told.
 *
 * A round begins every --interval: a heartbeat on every path that waits for no answer. A path that
 * has not answered after half an interval is asked again, and after a whole one it is dead; where
 * its round trips are longer than that it has the time that it needs, up to --probe-timeout, so
 * that a slow path is not taken for a dead one. Two lost packets in a row are needed for the first.
 */
#ifndef ENGINE_MONITOR_H
#define ENGINE_MONITOR_H

#include "base/timeline.h"
#include "engine/settings.h"
#include "report/report.h"
#include "report/result.h"
#include "stack/stack.h"

/*
 * Goes on until options->monitor_us, options->count rounds, a signal, or the end of the
 * association, which *gone tells. result is of the connection, which is up; its addresses and names
 * are used. Returns the exit status: it is that of the result, unless something worse was seen.
 */
int monitor_run(const struct stack *stack, struct stack_endpoint *endpoint,
		const struct options *options, const struct result *result,
		const struct reporter *reporter, struct timeline *timeline, bool *gone);

#endif
