/* SPDX-License-Identifier: MIT */
/*
 * What usrsctp receives. An ABORT that refuses an INIT must come from the address that the INIT was
 * sent to, so the function that the library calls in place of recvmsg() looks at each packet. It
 * also waits as receiver.h says.
 */
#ifndef STACK_USRSCTP_RECEIVED_H
#define STACK_USRSCTP_RECEIVED_H

#include <stdint.h>

#include "base/address.h"
#include "stack/usrsctp_syscall.h"

VISIBLE ssize_t library_recvmsg(int fd, struct msghdr *message, int flags);

/*
 * In a thread that reads: if this packet, from its SCTP header on, is an ABORT to the peer that
 * sent the newest INIT, the address that the INIT was sent to. Else NULL.
 */
const union address *received_asked(const uint8_t *packet, const union address *to);

#endif
