/* SPDX-License-Identifier: MIT */
/* Information without a network: --help, --version, --explain, --list. */
#ifndef INFORM_H
#define INFORM_H

#include "base/util.h"
#include "engine/settings.h"
#include "report/reporter.h"

/* Prints what options->action asks for, as one record. STATUS_OK, or STATUS_USAGE and why. */
int inform_print(const struct reporter *reporter, const struct options *options,
		 struct message *why);

#endif
