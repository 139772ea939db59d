/* SPDX-License-Identifier: MIT */
#include "report/report.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"

bool report_wants_color(enum color color, FILE *out)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	if (no_color && *no_color)
		return false;
	return term && strcmp(term, "dumb") != 0 && isatty(fileno(out));
}

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

static void remember_write_error(const struct reporter *reporter, int error)
{
	if (reporter->write_error && *reporter->write_error == 0)
		*reporter->write_error = error;
}

void report_emit(const struct reporter *reporter, const char *text, size_t length)
{
	if (!text) {
		remember_write_error(reporter, ENOMEM);
		return;
	}
	/* A terminal is line-buffered: there it is fwrite that fails, elsewhere fflush. */
	if (fwrite(text, 1, length, reporter->out) != length || fflush(reporter->out) != 0)
		remember_write_error(reporter, errno);
}

int report_finish(const struct reporter *reporter)
{
	bool lost = ferror(reporter->out);
	int error = 0;

	if (fflush(reporter->out) != 0) {
		lost = true;
		error = errno;
	}
	if (reporter->write_error && *reporter->write_error)
		error = *reporter->write_error;
	if (!lost && !error)
		return STATUS_OK;
	if (error)
		warn("cannot write to standard output: %s", strerror(error));
	else
		warn("cannot write to standard output");
	return STATUS_HOST;
}

const char *assoc_state_name(enum stack_assoc_state state)
{
	static const char *const names[] = {
		[ASSOC_CLOSED] = "closed",
		[ASSOC_COOKIE_WAIT] = "cookie-wait",
		[ASSOC_COOKIE_ECHOED] = "cookie-echoed",
		[ASSOC_ESTABLISHED] = "established",
		[ASSOC_SHUTDOWN_PENDING] = "shutdown-pending",
		[ASSOC_SHUTDOWN_SENT] = "shutdown-sent",
		[ASSOC_SHUTDOWN_RECEIVED] = "shutdown-received",
		[ASSOC_SHUTDOWN_ACK_SENT] = "shutdown-ack-sent",
	};

	return names[state];
}

const char *path_state_name(enum stack_path_state state)
{
	static const char *const names[] = {
		[PATH_UNKNOWN] = "unknown",
		[PATH_ACTIVE] = "active",
		[PATH_INACTIVE] = "inactive",
		[PATH_POTENTIALLY_FAILED] = "potentially failed",
		[PATH_UNCONFIRMED] = "unconfirmed",
	};

	return names[state];
}

const char *style_name(enum stack_style style)
{
	return style == STACK_ONE_TO_MANY ? "one-to-many" : "one-to-one";
}

const char *extension_name(unsigned extension)
{
	switch (extension) {
	case EXTENSION_PR_SCTP:
		return "PR-SCTP";
	case EXTENSION_AUTH:
		return "AUTH";
	case EXTENSION_ASCONF:
		return "ASCONF";
	case EXTENSION_RE_CONFIG:
		return "RE-CONFIG";
	case EXTENSION_I_DATA:
		return "I-DATA";
	case EXTENSION_ECN:
		return "ECN";
	}
	return NULL;
}

const char *signal_name(int number)
{
	switch (number) {
	case SIGHUP:
		return "SIGHUP";
	case SIGINT:
		return "SIGINT";
	case SIGTERM:
		return "SIGTERM";
	}
	return NULL;
}

const char *report_verdict_color(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_VERIFIED:
		return COLOR_GREEN;
	case VERDICT_UNVERIFIED:
	case VERDICT_REJECTED:
	case VERDICT_UNTRIED:
	case VERDICT_EXCLUDED:
		return COLOR_YELLOW;
	default:
		return COLOR_RED;
	}
}
