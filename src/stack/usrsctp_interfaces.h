/* SPDX-License-Identifier: MIT */
/*
 * The interfaces of this host, as usrsctp is to see them.
 *
 * To the library each address of an interface whose name begins with "lo" is a loopback address
 * (SCTP_IFN_IS_IFT_LOOP() in sctp_os_userspace.h): it does not announce it to other hosts, sends no
 * packets from it, and does not answer those that arrive there. But service addresses are often on
 * lo, with routes to them. The kernel's SCTP goes by the address alone.
 */
#ifndef STACK_USRSCTP_INTERFACES_H
#define STACK_USRSCTP_INTERFACES_H

#include <ifaddrs.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "stack/usrsctp_syscall.h"

/* As getifaddrs(), but inside interfaces_init_library() with the changes that it describes. */
VISIBLE int library_getifaddrs(struct ifaddrs **list);

/*
 * As usrsctp_init(). bound: endpoints will be bound to addresses that are given. Then addresses on
 * interfaces "lo..." that are not loopback addresses have the name of the first other link that is
 * up, and with it its MTU.
 *
 * Otherwise the library would announce all of them to each peer, reachable or not. And if one of
 * them is global, the library no longer uses private addresses with a global peer, although
 * packets leave with the private address that the route has.
 */
void interfaces_init_library(uint16_t udp_port, bool bound);

/*
 * Has an interface "lo..." this address, which is neither a loopback nor a link-local one? NULL:
 * any such address? The interfaces are read once, as the library does.
 */
bool interfaces_loop_has(const union address *address);

#endif
