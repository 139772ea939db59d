/* SPDX-License-Identifier: MIT */
/* What this end announces to the peer, and the peer has no use for. */
#ifndef ENGINE_ANNOUNCED_H
#define ENGINE_ANNOUNCED_H

#include "base/timeline.h"
#include "report/result.h"

/* Can one be found at all? If not, nobody needs to know the addresses of this end for that. */
bool announced_matters(const struct association *a);

/*
 * Fills in a->announced: an address of a bridge of this host that the stack has announced, and over
 * which no path of the association leaves. Not if the peer has the same one: that says more. Only
 * if announced_matters().
 */
void announced_find(struct association *a, struct timeline *timeline);

#endif
