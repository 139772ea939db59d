/* SPDX-License-Identifier: MIT */
/* What is told on stderr while the program works. */
#ifndef BASE_TIMELINE_H
#define BASE_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What is told on stderr while the program works: with verbose, one line per step with the
 * milliseconds since start; else, on a terminal, one passing line that says what is waited for.
 */
struct timeline {
	int64_t start_us;  /* loop_now_us() at the start of the program */
	const char *label; /* put before what a note says; NULL: nothing */
	bool verbose;
	bool unicode;  /* arrows may be drawn, not only written as -> */
	bool progress; /* stderr is a terminal, and neither --quiet nor --verbose */
	bool shown;    /* a progress line stands on the terminal now */
};

void timeline_note(struct timeline *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Of something that happened at that time, loop_now_us(). */
void timeline_note_at(struct timeline *t, int64_t time_us, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void timeline_progress(struct timeline *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void timeline_clear(struct timeline *t); /* takes the progress line away */
void timeline_clear(struct timeline *t); /* takes the progress line away */

#endif
