/* SPDX-License-Identifier: MIT */
#include "report/report.h"

void report_result(const struct reporter *reporter, const struct result *result)
{
	if (reporter->quiet)
		return;
	if (reporter->json)
		report_json_result(reporter, result);
	else
		report_text_result(reporter, result);
}

void report_listen_event(const struct reporter *reporter, const struct listen_event *event)
{
	if (reporter->quiet)
		return;
	if (reporter->json)
		report_json_listen_event(reporter, event);
	else
		report_text_listen_event(reporter, event);
}

void report_monitor_event(const struct reporter *reporter, const struct monitor_event *event)
{
	if (reporter->quiet)
		return;
	if (reporter->json)
		report_json_monitor_event(reporter, event);
	else
		report_text_monitor_event(reporter, event);
}
