/* SPDX-License-Identifier: MIT */
/* The buffers of a socket. */
#ifndef BASE_SOCKET_BUFFER_H
#define BASE_SOCKET_BUFFER_H

/*
 * Asks for a buffer of so many bytes. The kernel doubles them; without CAP_NET_ADMIN it lowers them
 * to net.core.rmem_max (wmem_max) first, and says nothing. Returns 0 or -errno.
 */
int socket_buffer_receive(int fd, int bytes);
int socket_buffer_send(int fd, int bytes);

#endif
