/* SPDX-License-Identifier: MIT */
/* Where reports go: the stream, its colours, and what became of writing to it. */
#ifndef REPORT_REPORTER_H
#define REPORT_REPORTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

/* Which row of report.c's table renders. */
enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_COUNT,
};

struct reporter {
	FILE *out;   /* records go to its descriptor, past its buffer */
	FILE *hints; /* reasons and hints in text mode: stderr, NULL for none */
	enum format format;
	bool quiet;
	bool color;
	int *write_error; /* of the first record that could not be written: errno. 0 at first */
};

/* Does the text go in colour: --color, NO_COLOR (no-color.org), TERM, is it a terminal. */
bool reporter_wants_color(enum color color, FILE *out);

/*
 * One whole record on out, at once because scripts wait for it, and in one write where there is
 * room. An out that does not block and is full is waited for, up to a few seconds without any
 * progress. text NULL: there was no memory to make it.
 */
void reporter_emit(const struct reporter *reporter, const char *text, size_t length);

/*
 * A record could not be written: the reader has gone, or the device is full. What follows is not
 * even tried, so that whoever goes on and on should end.
 */
bool reporter_broken(const struct reporter *reporter);

/*
 * Flushes out. STATUS_OK, or STATUS_HOST after one line on stderr when anything written to it was
 * lost (/dev/full, a closed pipe).
 */
int reporter_finish(const struct reporter *reporter);

#endif
