/* SPDX-License-Identifier: MIT */
/*
 * The table of --monitor with --targets on a terminal: a row for each target, its paths folded into
 * it, the worst first.
 */
#ifndef REPORT_TARGETS_TABLE_H
#define REPORT_TARGETS_TABLE_H

#include "base/keyboard.h"
#include "report/live.h"
#include "report/monitor_event.h"

/* From the worst to the best. */
enum target_rank {
	TARGET_DOWN,
	TARGET_SHORT,     /* fewer paths answer than required */
	TARGET_DEAD_PATH, /* enough do, but not all */
	TARGET_UNKNOWN,   /* it has had no result yet */
	TARGET_UP,
	TARGET_RANK_COUNT,
};

struct target_row {
	const char *name;
	size_t place;                  /* in the file */
	const struct monitor *monitor; /* NULL: it is not up */
	bool known;                    /* it has had a result, the newest of which is word */
	enum result_word word;
	bool trying;
	int64_t retry_us; /* when it is tried again; 0: it is not */

	/* By targets_table_sort() */
	enum target_rank rank;
	size_t dead;
};

struct targets_table {
	struct target_row *rows;
	size_t count;
	const char *stack;
	int64_t began_us, now_us;
	bool has_keys; /* it can be scrolled */
	size_t first;  /* the row that is shown first */
	size_t fitted; /* so many rows were shown */
	size_t ranks[TARGET_RANK_COUNT];
};

/* The rows are filled in: ranks them, puts the worst first, and counts. */
void targets_table_sort(struct targets_table *table);

/* A live_print() of a struct targets_table that is sorted; it may change first and fitted. */
size_t targets_table_print(FILE *out, const void *table, const struct live_size *size);

void targets_table_scroll(struct targets_table *table, enum key key);

#endif
