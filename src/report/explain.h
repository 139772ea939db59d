/* SPDX-License-Identifier: MIT */
/* What each errno, result and verdict means for SCTP: one table. */
#ifndef REPORT_EXPLAIN_H
#define REPORT_EXPLAIN_H

#include <stdio.h>

#include "base/util.h"

struct explanation {
	const char *name;    /* "ECONNREFUSED", "refused" */
	int number;          /* errno; 0 for a result or a verdict */
	int status;          /* its exit status, or -1 if it does not decide the exit status */
	const char *meaning; /* one sentence without full stop; also the reason in a report */
	const char *causes;  /* lines separated by \n */
	const char *check;   /* lines separated by \n: commands to run, settings to look at */
};

/* NULL: there is no row. */
const struct explanation *explain_errno(int number);

/*
 * Explains an errno (name or number), a result, a verdict or the code of a finding,
 * in any case, on out. STATUS_OK, or STATUS_USAGE with the reason in why.
 */
int explain_print(FILE *out, const char *name, struct message *why);

/* Every row; NULL past the end. The rows of findings are in words.h. */
const struct explanation *explain_row(size_t index);

/* Every name that explain_print() knows; NULL past the end. */
const char *explain_name(size_t index);

#endif
