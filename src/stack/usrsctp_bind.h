/* SPDX-License-Identifier: MIT */
/* Which addresses an endpoint of usrsctp is bound to, also if the user gives none. */
#ifndef STACK_USRSCTP_BIND_H
#define STACK_USRSCTP_BIND_H

#include "base/address.h"
#include "stack/stack.h"

#define BIND_CHOSEN_MAX 16

/*
 * Sources of the routes to the peers, if the library would not take answers to them. 0: the
 * endpoint needs no address.
 *
 * - An address of the interface lo counts as loopback, unless addresses are bound: see
 *   usrsctp_interfaces.h. Then the sources of all routes are bound.
 * - With global IPv4 peers only, the library takes one of this host's private addresses for its
 *   own, whichever comes first (sctp_output.c sctp_choose_boundall()). Then the source of the
 *   first route is bound, and no other: neither end lists private addresses to a global one, so
 *   the peer would not know it.
 */
size_t bind_choose(const struct stack_config *config, union address chosen[BIND_CHOSEN_MAX]);

struct socket;
struct port_claim;

/*
 * Takes the port of these addresses (0: any port), of which there is one at least, and binds a
 * socket of the library and its packets (source_bind()) to them. 0, or -errno and *fault. *claim
 * is NULL before; after any return it is the caller's to release.
 */
int bind_addresses(struct socket *socket, const union address *list, size_t count,
		   struct port_claim **claim, struct stack_fault *fault);

#endif
