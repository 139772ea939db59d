/* SPDX-License-Identifier: MIT */
#include "base/socket_buffer.h"

#include <errno.h>
#include <sys/socket.h>

static int set_size(int fd, int forced, int ordinary, int bytes)
{
	if (setsockopt(fd, SOL_SOCKET, forced, &bytes, sizeof(bytes)) == 0 ||
	    setsockopt(fd, SOL_SOCKET, ordinary, &bytes, sizeof(bytes)) == 0)
		return 0;
	return -errno;
}

int socket_buffer_receive(int fd, int bytes)
{
	return set_size(fd, SO_RCVBUFFORCE, SO_RCVBUF, bytes);
}

int socket_buffer_send(int fd, int bytes)
{
	return set_size(fd, SO_SNDBUFFORCE, SO_SNDBUF, bytes);
}
