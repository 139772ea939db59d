/* SPDX-License-Identifier: MIT */
/*
 * ICMP errors about our own packets, read from raw sockets: what the kernel tells its own SCTP, and
 * nobody tells a stack in user space. Opening the sockets needs CAP_NET_RAW.
 */
#ifndef STACK_ICMP_SOCKET_H
#define STACK_ICMP_SOCKET_H

#include <stdbool.h>

#include "packet/icmp.h"

/* A raw socket that is given only such messages; -errno without the privilege or the family. */
int icmp_open(int family);

/* The next error on that socket. False: none is waiting. */
bool icmp_read(int fd, int family, struct icmp_error *error);

#endif
