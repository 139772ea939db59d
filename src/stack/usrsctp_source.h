/* SPDX-License-Identifier: MIT */
/*
 * The source address of the packets that usrsctp sends.
 *
 * The library knows no routes: to each path it sends from the next one of the bound addresses (in
 * sctp_os_userspace.h, SCTP_GET_IF_INDEX_FROM_ROUTE() is 1). On a host with several links a packet
 * then leaves with the address of another link, its answer arrives there, and with that link
 * cut a healthy path looks dead. If the kernel writes the IP header (IPv6, and UDP) it is the
 * other way round: routes decide, and addresses that the user has not bound are sent from.
 *
 * The library has no option for it, but it sends every packet with sendmsg(). So this file has a
 * function that the library calls instead (usrsctp_syscall.h), and that corrects the source before
 * the packet is sent; SCTP's checksum does not cover it.
 */
#ifndef STACK_USRSCTP_SOURCE_H
#define STACK_USRSCTP_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "stack/usrsctp_syscall.h"

VISIBLE ssize_t library_sendmsg(int fd, const struct msghdr *message, int flags);

/*
 * Before the library starts (again is nothing), and after its threads have ended. 0, or -errno and
 * *call says of what.
 */
int source_start(const char **call);
void source_finish(void);

/*
 * Once the library has started: if it could not learn the MTU of a link, it silently sends nothing
 * there. So the calls that it made are made again. 0, or -errno and *call says of what.
 */
int source_check_links(const char **call);

/* The addresses of this host, by their place. False: there are no more. */
bool source_address(size_t place, union address *address);

/* An address of this host that is not link-local. False: there is none. */
bool source_example(union address *address);

/*
 * From here on endpoints on that SCTP port send from these addresses only. Endpoints on a port that
 * was never passed here send from any address. The list is copied.
 */
void source_bind(uint16_t port, const union address *list, size_t count);

#endif
