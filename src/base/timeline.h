/* SPDX-License-Identifier: MIT */
/* What stderr shows while the program works. */
#ifndef BASE_TIMELINE_H
#define BASE_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/util.h"

/*
 * What stderr shows while the program works: with verbose, one line per step with the milliseconds
 * since the start; else, on a terminal, one line that shows what it waits for.
 */
struct timeline {
	int64_t start_us;  /* loop_now_us() at the start of the program */
	const char *label; /* put before every note; NULL: none */
	bool verbose;
	bool unicode;  /* draw arrows, instead of -> */
	bool progress; /* stderr is a terminal, and neither --quiet nor --verbose */
	bool shown;    /* the terminal shows a progress line */
};

void timeline_note(struct timeline *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same for something that happened at time_us, as loop_now_us(). */
void timeline_note_at(struct timeline *t, int64_t time_us, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A shorter wait needs no progress line. */
#define TIMELINE_PROGRESS_AFTER_US (500 * USEC_PER_MSEC)

void timeline_progress(struct timeline *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void timeline_clear(struct timeline *t); /* removes the progress line */

#endif
