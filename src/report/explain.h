/* SPDX-License-Identifier: MIT */
/* What each errno, result and verdict means for SCTP: one table. */
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
 * Prints what is known of an errno (name or number), a result, a verdict or the code of a finding,
 * in any case, on out. STATUS_OK, or STATUS_USAGE with the reason in why.
 */
int explain_print(FILE *out, const char *name, struct message *why);

/* Every row; NULL past the end. The codes of findings have theirs in words.h. */
const struct explanation *explain_row(size_t index);

/* Every name that explain_print() knows; NULL past the end. */
const char *explain_name(size_t index);

#endif
