/* SPDX-License-Identifier: MIT */
#include "report/reporter.h"

#include <errno.h>
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
