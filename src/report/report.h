/* SPDX-License-Identifier: MIT */
/* Renders results and listener events, as text or as JSON. Nothing here decides anything. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "report/listen_event.h"
#include "report/monitor_event.h"
#include "report/reporter.h"
#include "report/result.h"

void report_result(const struct reporter *reporter, const struct result *result);
void report_listen_event(const struct reporter *reporter, const struct listen_event *event);
void report_monitor_event(const struct reporter *reporter, const struct monitor_event *event);

/* The two renderings behind report_result(), report_listen_event() and report_monitor_event(). */
void report_text_result(const struct reporter *reporter, const struct result *result);
void report_text_listen_event(const struct reporter *reporter, const struct listen_event *event);
void report_text_monitor_event(const struct reporter *reporter, const struct monitor_event *event);
void report_json_result(const struct reporter *reporter, const struct result *result);
void report_json_listen_event(const struct reporter *reporter, const struct listen_event *event);
void report_json_monitor_event(const struct reporter *reporter, const struct monitor_event *event);

#endif
