/* SPDX-License-Identifier: MIT */
/* The table of options. */
#ifndef OPTION_ROWS_H
#define OPTION_ROWS_H

#include "option_parser.h"

extern const struct option_row option_rows[ROWS];

/* Is its argument written as "[TIME]"? */
bool option_is_optional(const struct option_row *row);

#endif
