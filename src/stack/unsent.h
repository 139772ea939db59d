/* SPDX-License-Identifier: MIT */
/*
 * What usrsctp could not send. The library does not pass on the errno of sendmsg(), and sends again
 * when its timers expire. usrsctp_source.c, which sees every packet, notes the errno here. From any
 * thread.
 */
#ifndef STACK_UNSENT_H
#define STACK_UNSENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"

/*
 * A packet from that SCTP port to that host was sent (0), or could not be sent (positive errno).
 * chunk: the type of its first one. If one INIT or COOKIE-ECHO was sent, the next one's failure is
 * not noted: the peer has had its chance to answer.
 * Not noted are errors about the packet's size, because the library then makes smaller packets, and
 * errors about its route, because a route look-up or an ICMP error of this host tells more. routed:
 * there is a route, so EACCES is not about that.
 */
void unsent_note(uint16_t port, const union address *to, uint8_t chunk, int error, bool routed);

/* The errno of the newest packet from that port to that host, or 0 if it was sent. */
int unsent_error(uint16_t port, const union address *to);

/* Forgets everything. */
void unsent_clear(void);

#endif
