/* SPDX-License-Identifier: MIT */
#include "engine/monitor_parts.h"

#include "diagnose/failed_call.h"
#include "engine/comments.h"
#include "report/live.h"

void monitor_end(struct monitoring *r, struct finding cause)
{
	if (r->ended)
		return;
	r->ended = true;
	r->cause = cause;
	loop_remove(&r->events);
	watch_listen_no_more(r->watch);
	loop_timer_stop(&r->timer);
	if (r->user)
		pool_change_reader(r->user, &r->reader);
	if (r->on_end)
		r->on_end(r->context);
}

void monitor_look_for_reader(struct monitoring *r)
{
	if (r->ended || !reporter_broken(r->reporter))
		return;
	r->m.status = STATUS_HOST;
	monitor_end(r, diagnose_failed_call("write", *r->reporter->write_error));
}

void monitor_tell(struct monitoring *r, struct monitor_event *event)
{
	event->time_us = loop_now_us() - r->timeline->start_us;
	event->wall_us = loop_wall_us();
	event->monitor = &r->m;
	if (r->watch->capture && event->cause.code)
		watch_catch_up(r->watch);
	comment_on_finding(r->watch, &event->cause, event->path ? &event->path->address : NULL);
	if (event->type != MONITOR_ROUND) {
		live_clear(r->live);
		live_clear(r->others);
	}
	report_monitor_event(r->reporter, event);
	live_changed(r->live);
	live_changed(r->others);
	monitor_look_for_reader(r);
}
