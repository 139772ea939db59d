/* SPDX-License-Identifier: MIT */
#include "base/timeline.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"

static const char clear_line[] = "\r\033[K";

void timeline_clear(struct timeline *t)
{
	if (!t->shown)
		return;
	t->shown = false;
	if (write(STDERR_FILENO, clear_line, sizeof(clear_line) - 1) < 0)
		return; /* there is no place to report it */
}

__attribute__((format(printf, 3, 0))) static void note_at(struct timeline *t, int64_t time_us,
							  const char *format, va_list args)
{
	char prefix[128];

	timeline_clear(t);
	snprintf(prefix, sizeof(prefix), "%8.1f ms  %s",
		 (double)(time_us - t->start_us) / USEC_PER_MSEC, t->label ? t->label : "");
	stderr_write(prefix, format, args, SIZE_MAX, "\n");
}

void timeline_note(struct timeline *t, const char *format, ...)
{
	va_list args;

	if (!t->verbose)
		return;
	va_start(args, format);
	note_at(t, loop_now_us(), format, args);
	va_end(args);
}

void timeline_note_at(struct timeline *t, int64_t time_us, const char *format, ...)
{
	va_list args;

	if (!t->verbose)
		return;
	va_start(args, format);
	note_at(t, time_us, format, args);
	va_end(args);
}

/* One less than the terminal has, because a full last column makes some terminals wrap. */
static size_t progress_columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return DEFAULT_COLUMNS - 1;
	return size.ws_col - 1u;
}

void timeline_progress(struct timeline *t, const char *format, ...)
{
	va_list args;

	if (!t->progress)
		return;
	va_start(args, format);
	stderr_write("\r", format, args, progress_columns(), "\033[K");
	va_end(args);
	t->shown = true;
}
