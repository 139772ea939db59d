/* SPDX-License-Identifier: MIT */
/* A table on a terminal, redrawn in place. */
#ifndef REPORT_LIVE_H
#define REPORT_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "report/reporter.h"

struct live;

struct live_size {
	size_t columns;
	size_t rows;
	bool unicode; /* graphs are made of block characters, else of ASCII */
	bool color;
	bool in_place; /* each line erases the rest of its row */
};

/*
 * The lines of the table, separated by live_new_line(), none longer than size->columns - 1: a full
 * last column makes some terminals go to the next line. At most size->rows - 1 of them. Returns how
 * many lines there are.
 */
typedef size_t live_print(FILE *out, const void *data, const struct live_size *size);

void live_new_line(FILE *out, const struct live_size *size);

/*
 * If stdout is a terminal that a table can be drawn on, and nothing else is printed there (--json,
 * --quiet); else NULL, which all functions accept. data outlives it.
 */
struct live *live_start(const struct reporter *reporter, live_print *print, const void *data);
void live_end(struct live *live); /* removes the table, and frees */

/* Removes the table, so that lines can be printed in its place. */
void live_clear(struct live *live);
/* changed(context) is called whenever the data has changed, or the table was removed. */
void live_on_change(struct live *live, void (*changed)(void *context), void *context);
/* The data has changed: live_draw() has something to do. */
void live_changed(struct live *live);
/* Draws the table if it has changed. */
void live_draw(struct live *live);
/* When to draw it in any case, because it shows the time. */
int64_t live_next_us(const struct live *live);
/* These members of enum loop_terminal came: the terminal has another size, ^Z, fg. */
void live_take_signals(struct live *live, unsigned came);

#endif
