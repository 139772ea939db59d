/* SPDX-License-Identifier: MIT */
/* What each errno, result and verdict means for SCTP: one table, also the only source of names. */
#ifndef REPORT_EXPLAIN_H
#define REPORT_EXPLAIN_H

#include <stdio.h>

#include "base/util.h"

struct explanation {
	const char *name;    /* "ECONNREFUSED", "refused" */
	int number;          /* errno; 0 for a result or a verdict */
	int status;          /* the exit status it leads to, or -1 where it alone decides none */
	const char *meaning; /* one sentence, no full stop: also the reason of a report */
	const char *causes;  /* lines separated by \n */
	const char *check;   /* lines separated by \n: commands to run, settings to look at */
};

/* Where there is no row: NULL. */
const struct explanation *explain_errno(int number);

/*
 * Prints the row of an errno name, an errno number, a result or a verdict (in any case) on out.
 * STATUS_OK, or STATUS_USAGE with all known names in why.
 */
int explain_print(FILE *out, const char *name, struct message *why);

/* Every row, for completions; NULL past the end. */
const struct explanation *explain_row(size_t index);

#endif
