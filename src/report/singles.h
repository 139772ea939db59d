/* SPDX-License-Identifier: MIT */
/* The addresses that --each tried alone, for sentences about them. */
#ifndef REPORT_SINGLES_H
#define REPORT_SINGLES_H

#include "report/result.h"

/* How many have this result. */
size_t singles_count(const struct result *result, enum result_word word);

/*
 * "10.1.1.2, 10.1.2.2, 10.1.3.2 and 4 more VERB": the addresses with this result. "" if there are
 * none.
 */
void singles_name(const struct result *result, enum result_word word, const char *verb, char *value,
		  size_t size);

#endif
