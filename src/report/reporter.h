/* SPDX-License-Identifier: MIT */
/* Where reports go: the stream, its colours, and write errors. */
#ifndef REPORT_REPORTER_H
#define REPORT_REPORTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
	COLOR_COUNT,
};

/* Which row of report.c's table renders. */
enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_COUNT,
};

struct metrics;

struct reporter {
	FILE *out;   /* records are written to its descriptor, without its buffer */
	FILE *hints; /* reasons and hints in text mode: stderr, NULL for none */
	enum format format;
	bool quiet;
	bool color;
	struct metrics *metrics; /* gets all results and events, also with quiet; or NULL */
	int *write_error;        /* the errno of the first record that could not be written, or 0 */
};

/*
 * Is the text coloured? By --color, NO_COLOR (no-color.org), TERM, and whether out is a terminal.
 */
bool reporter_wants_color(enum color color, FILE *out);

/*
 * Writes one whole record to out, at once because scripts wait for it, and in one write if there is
 * room. If out does not block and is full, it waits for room, up to a few seconds without any
 * progress. text NULL: there was no memory to make it.
 */
void reporter_emit(const struct reporter *reporter, const char *text, size_t length);

/*
 * Could a record not be written, because the reader has gone, or the device is full? Later records
 * are not written at all, so a caller that would run for ever should end.
 */
bool reporter_broken(const struct reporter *reporter);

/*
 * Flushes out. STATUS_OK, or STATUS_HOST after one line on stderr if anything written to it was
 * lost (/dev/full, a closed pipe).
 */
int reporter_finish(const struct reporter *reporter);

#endif
