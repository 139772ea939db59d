/* SPDX-License-Identifier: MIT */
/* --list: what the program has tables of, for completions. */
#ifndef LIST_H
#define LIST_H

#include <stdio.h>

struct message;

/*
 * what: "services" or "names", those of --port and of --explain, one on a line; "options": see
 * options_print_list(). Anything else: STATUS_USAGE, and why.
 */
int list_print(FILE *out, const char *what, struct message *why);

#endif
