/* SPDX-License-Identifier: MIT */
/* Which processes have sockets open, by the inodes of the sockets: /proc/PID/fd. */
#ifndef HOST_SOCKET_OWNER_H
#define HOST_SOCKET_OWNER_H

#include <stddef.h>
#include <stdint.h>

struct socket_owner {
	uint64_t inode;
	int pid;          /* the lowest; 0: none, or this user may not know */
	char program[32]; /* its name, printable() */
};

/*
 * Fills in the owners of the sockets with these inodes, and sorts the list by inode. Reads the
 * descriptors of all processes once. 0, or -errno: /proc cannot be read at all.
 */
int socket_owners_find(struct socket_owner *list, size_t count);

/* NULL: the inode is not in the list, which is sorted. */
const struct socket_owner *socket_owner_of(const struct socket_owner *list, size_t count,
					   uint64_t inode);

#endif
