/* SPDX-License-Identifier: MIT */
/*
 * Many targets in one process: a connection for each, as many at a time as the user allows and this
 * host can carry, all in one loop. Each result is reported as it comes.
 */
#ifndef ENGINE_FLEET_H
#define ENGINE_FLEET_H

#include "engine/fleet_target.h"

/* Returns the exit status of all together. */
int fleet_run(const struct fleet_config *config);

#endif
