/* SPDX-License-Identifier: MIT */
#ifndef REPORT_CAUSE_HINT_H
#define REPORT_CAUSE_HINT_H

#include "packet/chunk.h"

/* What to check after an ABORT with this cause; NULL: no hint. */
const char *cause_hint(const struct cause *cause);

#endif
