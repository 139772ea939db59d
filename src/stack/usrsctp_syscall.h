/* SPDX-License-Identifier: MIT */
/*
 * Functions in the place of those that usrsctp calls: library_sendmsg() in usrsctp_source.h,
 * library_recvmsg() in usrsctp_received.h, library_nanosleep() in usrsctp_gate.h,
 * library_getifaddrs() in usrsctp_interfaces.h, library_pthread_create() in usrsctp_thread.h. And
 * the kernel's own sendmsg() and recvmsg() for them, with the results and errno of the system
 * calls.
 *
 * USRSCTP_CONFINED: the library is linked in, and calls library_*(), because the build has renamed
 * its symbols. Otherwise it is a shared library, and they are the sendmsg(), recvmsg(),
 * nanosleep(), getifaddrs() and pthread_create() of the whole program; they do for others what
 * those do.
 *
 * In musl, struct msghdr has padding beside msg_iovlen and msg_controllen, where the kernel reads
 * the upper halves of its longer fields. Callers do not have to clear it.
 */
#ifndef SCTP_CONNECT_USRSCTP_SYSCALL_H
#define SCTP_CONNECT_USRSCTP_SYSCALL_H

#include <stdint.h>
#include <sys/socket.h>

#ifndef USRSCTP_CONFINED
#define library_sendmsg        sendmsg
#define library_recvmsg        recvmsg
#define library_nanosleep      nanosleep
#define library_getifaddrs     getifaddrs
#define library_pthread_create pthread_create
#endif
#define VISIBLE __attribute__((visibility("default")))

ssize_t kernel_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t kernel_recvmsg(int fd, struct msghdr *message, int flags);

/* Copies the first bytes of a packet, which may be in several pieces. How many: at most size. */
size_t message_gather(const struct msghdr *message, uint8_t *bytes, size_t size);

#endif
