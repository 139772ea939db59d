/* SPDX-License-Identifier: MIT */
/*
 * A format is one row here: a file beside text_result.c and json_result.c, a member of enum format,
 * and its functions. Each function makes a whole record and passes it to reporter_emit().
 */
#include "report/report.h"

#include <assert.h>

#include "base/util.h"
#include "report/json.h"
#include "report/metrics.h"
#include "report/text.h"

static const struct {
	void (*begin)(void); /* or NULL */
	void (*result)(const struct reporter *reporter, const struct result *result);
	/* In short; NULL: result() does it. */
	void (*target)(const struct reporter *reporter, const struct result *result,
		       size_t name_width);
	void (*summary)(const struct reporter *reporter, const struct summary *summary);
	void (*listen)(const struct reporter *reporter, const struct listen_event *event);
	void (*monitor)(const struct reporter *reporter, const struct monitor_event *event);
	void (*show)(const struct reporter *reporter, const struct show_event *event);
	void (*relay)(const struct reporter *reporter, const struct relay_end *end);
	/* SHUTDOWN was not answered: result is what had been connected. */
	void (*unanswered)(const struct reporter *reporter, const struct result *result,
			   const struct finding *why);
	void (*end)(const struct reporter *reporter); /* NULL: each record stands for itself */
} formats[] = {
	[FORMAT_TEXT] = { NULL, report_text_result, report_text_target, report_text_summary,
			  report_text_listen_event, report_text_monitor_event,
			  report_text_show_event, report_text_relay_end, report_text_unanswered,
			  NULL },
	[FORMAT_JSON] = { report_json_begin, report_json_result, NULL, report_json_summary,
			  report_json_listen_event, report_json_monitor_event,
			  report_json_show_event, report_json_relay_end, report_json_unanswered,
			  NULL },
};
static_assert(ARRAY_SIZE(formats) == FORMAT_COUNT, "a format without a row");

void report_begin(const struct reporter *reporter)
{
	if (formats[reporter->format].begin)
		formats[reporter->format].begin();
}

void report_result(const struct reporter *reporter, const struct result *result)
{
	metrics_take_result(reporter->metrics, result);
	if (!reporter->quiet)
		formats[reporter->format].result(reporter, result);
}

void report_target(const struct reporter *reporter, const struct result *result, size_t name_width,
		   bool in_full)
{
	metrics_take_result(reporter->metrics, result);
	if (reporter->quiet)
		return;
	if (formats[reporter->format].target)
		formats[reporter->format].target(reporter, result, name_width);
	if (in_full || !formats[reporter->format].target)
		formats[reporter->format].result(reporter, result);
}

void report_summary(const struct reporter *reporter, const struct summary *summary)
{
	if (!reporter->quiet)
		formats[reporter->format].summary(reporter, summary);
}

void report_listen_event(const struct reporter *reporter, const struct listen_event *event)
{
	if (!reporter->quiet)
		formats[reporter->format].listen(reporter, event);
}

static void write_in_round(const struct reporter *reporter, const struct monitor_event *event)
{
	if (event->type == MONITOR_ROUND || event->type == MONITOR_DOWN)
		(void)metrics_write(reporter->metrics, reporter);
}

void report_monitor_event(const struct reporter *reporter, const struct monitor_event *event)
{
	metrics_take_event(reporter->metrics, event);
	/* Of many targets, the engine says when. */
	if (!event->monitor->result->target || !event->monitor->result->target->known_as)
		write_in_round(reporter, event);
	if (!reporter->quiet)
		formats[reporter->format].monitor(reporter, event);
}

void report_show_event(const struct reporter *reporter, const struct show_event *event)
{
	if (!reporter->quiet)
		formats[reporter->format].show(reporter, event);
}

void report_relay_end(const struct reporter *reporter, const struct relay_end *end)
{
	if (!reporter->quiet)
		formats[reporter->format].relay(reporter, end);
}

void report_unanswered(const struct reporter *reporter, const struct result *result,
		       int64_t waited_us, bool events)
{
	const enum format format = events ? reporter->format : FORMAT_TEXT;
	const struct finding why = { .code = FINDING_SHUTDOWN_UNANSWERED,
				     .basis = BASIS_TIME,
				     .time_us = waited_us };

	if (!reporter->quiet && waited_us)
		formats[format].unanswered(reporter, result, &why);
}

int report_finish(const struct reporter *reporter)
{
	if (!reporter->quiet && formats[reporter->format].end)
		formats[reporter->format].end(reporter);
	return metrics_write(reporter->metrics, reporter) ? reporter_finish(reporter) : STATUS_HOST;
}
