/* SPDX-License-Identifier: MIT */
/*
 * The witnesses of this process: one for all associations, and, as those in UDP are seen by its
 * ports, one more for each pair of those.
 */
#ifndef WITNESS_WITNESSES_H
#define WITNESS_WITNESSES_H

#include "witness/witness.h"

struct witnesses;

struct witnesses *witnesses_new(void);
/* After all views. NULL is fine. */
void witnesses_free(struct witnesses *witnesses);

/* Opens the one that it takes if it is not open. 0, or -errno: there is none. */
int witnesses_attach(struct witnesses *all, const struct witness_config *config,
		     const struct view_config *view_config, struct view **view);

/* How many packets all have missed. */
uint64_t witnesses_lost(const struct witnesses *witnesses);

#endif
