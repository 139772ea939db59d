/* SPDX-License-Identifier: MIT */
/* Reports in the reporter's format. Nothing here, or below, decides anything. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "report/listen_event.h"
#include "report/monitor_event.h"
#include "report/reporter.h"
#include "report/result.h"

void report_result(const struct reporter *reporter, const struct result *result);
void report_listen_event(const struct reporter *reporter, const struct listen_event *event);
void report_monitor_event(const struct reporter *reporter, const struct monitor_event *event);

/* The end of a format's output; then reporter_finish(), whose status is returned. */
int report_finish(const struct reporter *reporter);

#endif
