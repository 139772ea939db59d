/* SPDX-License-Identifier: MIT */
/* The table of --monitor on a terminal: one row a path, redrawn in place. */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "report/monitor_event.h"
#include "report/reporter.h"

struct live;

struct live_size {
	size_t columns;
	size_t rows;
	bool unicode; /* the graph is made of block characters, else of ASCII */
	bool color;
	bool in_place; /* each line takes away what stood to the right of it */
};

/*
 * The lines of the table, separated by newlines, none longer than size->columns - 1: a full last
 * column makes some terminals go to the next line. At most size->rows - 1 of them. Returns how many
 * lines there are.
 */
size_t live_print(FILE *out, const struct monitor *m, const struct live_size *size);

/*
 * Where it is wanted, and stdout is a terminal that a table can be drawn on, and nothing else is
 * printed there (--json, --quiet); else NULL, which all functions take. m outlives it.
 */
struct live *live_start(const struct reporter *reporter, bool wanted, const struct monitor *m);
void live_end(struct live *live); /* takes the table away, and frees */

/* Takes the table away, so that lines can be printed where it was. */
void live_clear(struct live *live);
/* What it shows is not what is: live_draw() has something to do. */
void live_changed(struct live *live);
/* Draws it where it must be drawn anew. */
void live_draw(struct live *live);
/* When that is the case in any event: it shows the time. */
int64_t live_next_us(const struct live *live);
/* Those of enum loop_terminal came: the terminal has another size, ^Z, fg. */
void live_take_signals(struct live *live, unsigned came);

#endif
