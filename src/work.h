/* SPDX-License-Identifier: MIT */
/*
 * What the program is for: connecting, listening and --show, from the options to the exit status.
 */
#ifndef WORK_H
#define WORK_H

#include "engine/settings.h"
#include "report/reporter.h"

/* Says on stderr why it could not. Returns the exit status. */
int work(struct options *options, struct reporter *reporter);

#endif
