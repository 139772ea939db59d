/* SPDX-License-Identifier: MIT */
/*
 * What each errno, result and verdict means for SCTP: one table. The codes of findings have theirs
 * in words.h.
 */
#ifndef REPORT_EXPLANATIONS_H
#define REPORT_EXPLANATIONS_H

#include "report/finding.h"

#define EXPLANATION_CODES 4

struct explanation {
	const char *name;    /* "ECONNREFUSED", "refused" */
	int number;          /* errno; 0 for a result or a verdict */
	int status;          /* its exit status, or -1 if it does not decide the exit status */
	const char *meaning; /* one sentence without full stop; also the reason in a report */
	const char *causes;  /* lines separated by \n, or NULL */
	const char *check;   /* the same: commands to run, settings to look at */
	/* Findings whose causes and checks (words.h) are its own, too; FINDING_NONE ends them. */
	enum finding_code codes[EXPLANATION_CODES];
};

/* NULL: there is no row. */
const struct explanation *explanation_of_errno(int number);

/* By the name, in any case, or by the number of an errno; NULL: there is no such row. */
const struct explanation *explanation_named(const char *name);

/* Every row; NULL past the end. */
size_t explanation_count(void);
const struct explanation *explanation_at(size_t index);

#endif
