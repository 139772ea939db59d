/* SPDX-License-Identifier: MIT */
#include "engine/listen_parts.h"

#include <assert.h>

#include "diagnose/failed_call.h"

void listen_stop(struct listening *l, int status, struct finding cause)
{
	if (l->status != STATUS_OK || l->ending)
		return;
	l->status = status;
	l->cause = cause;
	loop_timer_set(&l->closing, loop_now_us());
}

void listen_report(struct listening *l, struct listen_event *event)
{
	static const char *const served[] = {
		[DRILL_ECHO] = "echoed", [DRILL_REPLY] = "answered", [DRILL_DISCARD] = "discarded",
		[DRILL_SILENT] = "read", [DRILL_RELAY] = "read",
	};
	static_assert(ARRAY_SIZE(served) == DRILL_COUNT, "a drill without a word");

	event->served = served[l->options->drill];
	event->stack = l->stack->name;
	event->time_us = loop_now_us() - l->timeline->start_us;
	report_listen_event(l->reporter, event);
	if (reporter_broken(l->reporter))
		listen_stop(l, STATUS_HOST,
			    diagnose_failed_call("write", *l->reporter->write_error));
}
