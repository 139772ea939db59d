/* SPDX-License-Identifier: MIT */
/* Reports as JSON: one object per line, in the shape of tests/schema/output.schema.json. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "report/listen_event.h"
#include "report/monitor_event.h"
#include "report/relay_end.h"
#include "report/reporter.h"
#include "report/result.h"
#include "report/summary.h"
#include "report/show_event.h"

#define REPORT_SCHEMA 2

/* Before the first report: without memory, jansson would lose parts of an object in silence. */
void report_json_begin(void);

void report_json_relay_end(const struct reporter *reporter, const struct relay_end *end);
void report_json_result(const struct reporter *reporter, const struct result *result);
void report_json_unanswered(const struct reporter *reporter, const struct result *result,
			    const struct finding *why);
void report_json_summary(const struct reporter *reporter, const struct summary *summary);
void report_json_listen_event(const struct reporter *reporter, const struct listen_event *event);
void report_json_monitor_event(const struct reporter *reporter, const struct monitor_event *event);
void report_json_show_event(const struct reporter *reporter, const struct show_event *event);

#endif
