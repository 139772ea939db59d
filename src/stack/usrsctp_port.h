/* SPDX-License-Identifier: MIT */
/*
 * Which SCTP ports of this host are taken with usrsctp.
 *
 * The kernel knows nothing of them: a raw socket receives the packets of all programs, and a peer
 * cannot tell two of them that have the same address and port. Its association with the first
 * ends when the second one asks it. So each endpoint has a Unix socket whose abstract name is its
 * address and port. Endpoints in UDP have names of their own, because a listener can serve both.
 * Such names belong to a network namespace, as ports do, and vanish with their process. Any user
 * may take them, as any port at or above 1024.
 */
#ifndef STACK_USRSCTP_PORT_H
#define STACK_USRSCTP_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

struct port {
	uint16_t number;
	bool in_udp;
};

struct port_claim;

/*
 * Takes that port of those addresses, which have no port or the same; a wildcard: of all of this
 * host's. 0, or -EADDRINUSE, *taken is which of them another endpoint has, and *call is NULL; or
 * -errno of *call. Where a sandbox forbids Unix sockets, their names or their connects, less is
 * claimed or found out, and that is 0, too.
 */
int port_claim(struct port_claim **claim, const struct port *port, const union address *list,
	       size_t count, size_t *taken, const char **call);
void port_release(struct port_claim *claim); /* NULL: nothing */

/* One that the host gives to those who ask for none, at random. */
uint16_t port_choose(void);

#endif
