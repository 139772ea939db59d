/* SPDX-License-Identifier: MIT */
/* Where reports go: the stream, its colours, and what became of writing to it. */
#ifndef REPORT_REPORTER_H
#define REPORT_REPORTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "report/result.h"

#define REPORT_SCHEMA 1

enum color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

/* What a terminal takes for colours; only where a reporter wants any. */
#define COLOR_GREEN  "\033[32m"
#define COLOR_YELLOW "\033[33m"
#define COLOR_RED    "\033[31m"
#define COLOR_NORMAL "\033[0m"
const char *report_verdict_color(enum verdict verdict);

struct reporter {
	FILE *out;
	FILE *hints; /* reasons and hints in text mode: stderr, NULL for none */
	bool json;
	bool quiet;
	bool color;
	/*
	 * Where the first errno of a failed write is kept for report_finish(), because a FILE only
	 * remembers that it failed. 0 at the start. NULL: the message then names no cause.
	 */
	int *write_error;
};

/* Does the text go in colour: --color, NO_COLOR (no-color.org), TERM, is it a terminal. */
bool report_wants_color(enum color color, FILE *out);

/*
 * Flushes out. STATUS_OK, or STATUS_HOST after one line on stderr when anything written to it was
 * lost (/dev/full, a closed pipe).
 */
int report_finish(const struct reporter *reporter);

/*
 * One whole record on out, flushed at once because scripts wait for it. text NULL: there was no
 * memory to make it.
 */
void report_emit(const struct reporter *reporter, const char *text, size_t length);

#endif
