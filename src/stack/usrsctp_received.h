/* SPDX-License-Identifier: MIT */
/*
 * What usrsctp receives. An ABORT that refuses an INIT must come from the address that the INIT was
 * sent to, so the function that the library calls in place of recvmsg() looks at each packet. It
 * also waits as receiver.h says.
 */
#ifndef STACK_USRSCTP_RECEIVED_H
#define STACK_USRSCTP_RECEIVED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "stack/usrsctp_syscall.h"

VISIBLE ssize_t library_recvmsg(int fd, struct msghdr *message, int flags);

/*
 * Is it an INIT with a parameter that is shorter than its own header? libusrsctp 0.9.5 goes in a
 * circle for ever (sctp_are_there_new_addresses()) if one with the length 0 comes on an association
 * that exists, and holds its locks meanwhile. An INIT has no tag to guess, so anyone who knows
 * addresses and ports could do that. library_recvmsg() drops such a packet.
 */
bool received_is_endless(const struct msghdr *message, size_t length);

/* From now on, raw packets to that port are for the library. */
void received_expect(uint16_t port);

/*
 * Is it a raw packet to a port that is not expected? A raw socket receives those of all programs,
 * and the library would answer the SHUTDOWN-ACK to another one. library_recvmsg() drops such a
 * packet.
 */
bool received_is_for_others(const struct msghdr *message, size_t length);

/*
 * In a thread that reads: if this packet, from its SCTP header on, is an ABORT to the peer that
 * sent the newest INIT, the address that the INIT was sent to. Else NULL.
 */
const union address *received_asked(const uint8_t *packet, const union address *to);

#endif
