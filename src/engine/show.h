/* SPDX-License-Identifier: MIT */
/* --show: the associations that the kernel has, of all programs; with --monitor, their changes. */
#ifndef ENGINE_SHOW_H
#define ENGINE_SHOW_H

#include "engine/settings.h"
#include "report/report.h"

/*
 * Returns the exit status: 5 if an association has a path that is not active, or with --monitor had
 * one; 6 if the kernel does not tell.
 */
int show_run(const struct options *options, const struct reporter *reporter);

#endif
