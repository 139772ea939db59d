/* SPDX-License-Identifier: MIT */
/* --explain: what each errno, result, verdict and finding means for SCTP. */
#ifndef REPORT_EXPLAIN_H
#define REPORT_EXPLAIN_H

#include <stdio.h>

#include "base/util.h"

/*
 * Explains an errno (name or number), a result, a verdict or the code of a finding, in any case, on
 * out. STATUS_OK, or STATUS_USAGE with the reason in why.
 */
int explain_print(FILE *out, const char *name, struct message *why);

/* Every name that explain_print() knows; NULL past the end. */
const char *explain_name(size_t index);

#endif
