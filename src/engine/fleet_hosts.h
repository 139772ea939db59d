/* SPDX-License-Identifier: MIT */
/*
 * Not too many at once for one host: a burst of INITs overflows the socket buffer of its listener,
 * which then looks silent. So many attempts at a time may be young, that is without an answer yet;
 * further ones of that host wait, and others go on. An attempt that stays without an answer is not
 * young for long, so that a silent host costs little more than one time-out.
 */
#ifndef ENGINE_FLEET_HOSTS_H
#define ENGINE_FLEET_HOSTS_H

#include "engine/fleet_parts.h"

/* Once, when the members are there. */
void fleet_hosts_prepare(struct fleet *fleet);
void fleet_hosts_free(struct fleet *fleet);

/* False: it waits from now on, and comes back into fleet->again. */
bool fleet_host_has_room(struct member *member);

/* Its attempt begins. */
void fleet_host_begin(struct member *member);

/* It has an answer, or ends without one: another one may begin. May be called again. */
void fleet_host_answered(struct member *member);

#endif
