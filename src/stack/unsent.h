/* SPDX-License-Identifier: MIT */
/*
 * What usrsctp could not send. The library keeps the errno of sendmsg() to itself, and sends again
 * when its timers say so: usrsctp_source.c, which sees every packet, notes it here. From any
 * thread.
 */
#ifndef STACK_UNSENT_H
#define STACK_UNSENT_H

#include <stdint.h>

#include "base/address.h"

/*
 * A packet from that SCTP port to that host was sent (0), or could not be: a positive errno. Not
 * noted are those that are about the packet's size, because the library makes smaller ones, and
 * about its way, which a look at the routes tells better.
 */
void unsent_note(uint16_t port, const union address *to, int error);

/* The newest packet from that port to that host could not be sent: its errno. Or 0. */
int unsent_error(uint16_t port, const union address *to);

/* All is forgotten. */
void unsent_clear(void);

#endif
