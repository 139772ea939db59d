/* SPDX-License-Identifier: MIT */
/* What the program tells of itself, without a network: --help, --version, --explain, --list. */
#ifndef INFORM_H
#define INFORM_H

#include <stdio.h>

#include "base/util.h"
#include "engine/settings.h"

/* What options->action asks for. STATUS_OK, or STATUS_USAGE and why. */
int inform_print(FILE *out, const struct options *options, struct message *why);

#endif
