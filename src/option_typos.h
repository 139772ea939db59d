/* SPDX-License-Identifier: MIT */
/* Unknown options: which known option may be meant. */
#ifndef OPTION_TYPOS_H
#define OPTION_TYPOS_H

#include "option_parser.h"

/*
 * STATUS_USAGE, and p->why, after getopt_long() has rejected the word token with this optopt. If
 * p->row is in the table, that option got a value, and takes none.
 */
int option_unknown(struct parser *p, const char *token, int letter);

#endif
