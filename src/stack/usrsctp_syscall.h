/* SPDX-License-Identifier: MIT */
/*
 * sendmsg() and recvmsg() of the kernel, for usrsctp_source.c, whose own functions take the place
 * of those that the library calls. Results and errno are those of the system calls.
 *
 * In musl, struct msghdr has padding beside msg_iovlen and msg_controllen, where the kernel reads
 * the upper halves of its longer fields. Callers do not have to clear it.
 */
#ifndef SCTP_CONNECT_USRSCTP_SYSCALL_H
#define SCTP_CONNECT_USRSCTP_SYSCALL_H

#include <sys/socket.h>

ssize_t kernel_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t kernel_recvmsg(int fd, struct msghdr *message, int flags);

#endif
