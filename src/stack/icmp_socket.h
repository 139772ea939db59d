/* SPDX-License-Identifier: MIT */
/*
 * ICMP errors about our own packets, read from raw sockets. The kernel passes them to its own SCTP,
 * but not to a stack in user space. Opening the sockets needs CAP_NET_RAW.
 */
#ifndef STACK_ICMP_SOCKET_H
#define STACK_ICMP_SOCKET_H

#include <stdbool.h>

#include "packet/icmp.h"

/* A raw socket that receives only such messages, or -errno of *call. */
int icmp_open(int family, const char **call);

/* The next error on that socket. False: there is none now. */
bool icmp_read(int fd, int family, struct icmp_error *error);

#endif
