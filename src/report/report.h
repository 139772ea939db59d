/* SPDX-License-Identifier: MIT */
/* Reports in the reporter's format. Nothing here, or below, decides anything. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "report/listen_event.h"
#include "report/monitor_event.h"
#include "report/reporter.h"
#include "report/relay_end.h"
#include "report/result.h"
#include "report/summary.h"
#include "report/show_event.h"

/* Before the first report, once the format is known. */
void report_begin(const struct reporter *reporter);

void report_result(const struct reporter *reporter, const struct result *result);

/*
 * What was connected was closed, and SHUTDOWN had no answer in that time, so that it ended with an
 * ABORT. 0: it had one, which is not reported. events: of many records this is one. Otherwise the
 * result is the only one, for which a script may look, and this is a line on stderr.
 */
void report_unanswered(const struct reporter *reporter, const struct result *result,
		       int64_t waited_us, bool events);

/*
 * A result of --targets, whose target is known by a name: in short, in columns if names have that
 * width; or in full.
 */
void report_target(const struct reporter *reporter, const struct result *result, size_t name_width,
		   bool in_full);
void report_summary(const struct reporter *reporter, const struct summary *summary);

void report_listen_event(const struct reporter *reporter, const struct listen_event *event);
void report_relay_end(const struct reporter *reporter, const struct relay_end *end);
void report_monitor_event(const struct reporter *reporter, const struct monitor_event *event);
void report_show_event(const struct reporter *reporter, const struct show_event *event);

/* The end of a format's output, and the metrics; then as reporter_finish(). */
int report_finish(const struct reporter *reporter);

#endif
