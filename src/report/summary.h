/* SPDX-License-Identifier: MIT */
/* What became of all targets of --targets. */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include "report/result.h"

struct summary {
	size_t targets;
	size_t words[RESULT_COUNT]; /* how many have this result, without those below */
	size_t interrupted;         /* by a signal, before they had a result */
	size_t untried;             /* the signal came before their turn */
	int64_t took_us;
	int signal; /* that ended it, or 0 */
	int status; /* enum exit_status of all together */
};

/* Which of the two exit statuses all together have. */
int summary_worse(int status, int other);

/*
 * Adds one result: its word, and to the status of all, of which the worse one stays
 * (sctp-connect(1), EXIT STATUS). signal: ended by it, or 0.
 */
void summary_add(struct summary *summary, enum result_word word, int status, int signal);
void summary_add_untried(struct summary *summary, size_t count);

#endif
