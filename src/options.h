/* SPDX-License-Identifier: MIT */
/* The command line: one table makes getopt_long's arguments, --help, and struct options. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdio.h>

#include "base/util.h"
#include "engine/settings.h"

/*
 * Fills *options from the command line. Returns STATUS_OK or STATUS_USAGE with one line in why that
 * names the offending token; nothing is printed. options_free() either way.
 */
int options_parse(struct options *options, int argc, char *argv[], struct message *why);
void options_free(struct options *options);

void options_print_help(FILE *out);

/*
 * One line for each option, with tabs between: the short form, the long form, the argument's name,
 * "connect", "listen" or "both", and the help. "-" means that there is no such form or argument.
 */
void options_print_list(FILE *out);

#endif
