/* SPDX-License-Identifier: MIT */
/* Unknown options: which known option may be meant. */
#ifndef OPTION_TYPOS_H
#define OPTION_TYPOS_H

#include "option_parser.h"

/*
 * STATUS_USAGE, and what getopt_long() could not make sense of in token: p->row, if that is one, as
 * it has a value and takes none. letter is optopt.
 */
int option_unknown(struct parser *p, const char *token, int letter);

#endif
