/* SPDX-License-Identifier: MIT */
/*
 * Not too many at once for one host: a burst of INITs overflows the socket buffer of its listener,
 * which then looks silent. A few begin at once, and each answer lets one more begin. Without
 * answers the others follow one by one, so fast that a silent host costs little more than one
 * time-out, and so slowly that a listener that is late still has room for them. Targets of other
 * hosts need not wait for them.
 */
#ifndef ENGINE_FLEET_HOSTS_H
#define ENGINE_FLEET_HOSTS_H

#include "engine/fleet_parts.h"

/* Once, when the members are there. */
void fleet_hosts_prepare(struct fleet *fleet);
void fleet_hosts_free(struct fleet *fleet);

/* False: it waits from now on, is counted in fleet->held, and comes back into fleet->again. */
bool fleet_host_has_room(struct member *member, int64_t now_us);

/* Its attempt begins. */
void fleet_host_begin(struct member *member, int64_t now_us);

/* It has an answer, or ends without one: another one may begin. May be called again. */
void fleet_host_answered(struct member *member);

#endif
