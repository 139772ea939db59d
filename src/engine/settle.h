/* SPDX-License-Identifier: MIT */
/*
 * What a try comes to: the last look at the packets and at this host, the diagnosis, the comments.
 */
#ifndef ENGINE_SETTLE_H
#define ENGINE_SETTLE_H

#include "engine/trial.h"

/* Makes the result. result->signal, if set, ended the try. */
void trial_settle(struct trial *t, struct trial_end end, const struct options *options,
		  struct timeline *timeline, struct result *result);

#endif
