/* SPDX-License-Identifier: MIT */
/* --monitor with many targets: all stay up, and those that fail are tried again. */
#ifndef ENGINE_FLEET_MONITOR_H
#define ENGINE_FLEET_MONITOR_H

#include "engine/fleet_parts.h"

/* Once. Without --monitor, this and all below do nothing. */
void fleet_monitor_prepare(struct fleet *fleet);

/* The member has its result. True: it is up, and monitored from now on. */
bool fleet_monitor_begin(struct fleet *fleet, struct member *member);

/* Has its monitor ended? Then it is no more, and the caller closes the association. */
bool fleet_monitor_ended(struct fleet *fleet, struct member *member);

/* Nothing is open any more: it has its turn again after a pause, unless that is over. */
void fleet_monitor_retry(struct fleet *fleet, struct member *member);

/* Writes the metrics when it is time. Returns when to call it again. */
int64_t fleet_monitor_tick(struct fleet *fleet, int64_t now_us);

#endif
