/* SPDX-License-Identifier: MIT */
/* The states of associations by their one-to-one sockets, as /proc/net/sctp/assocs lists them. */
#ifndef STACK_KERNEL_PENDING_H
#define STACK_KERNEL_PENDING_H

#include <stddef.h>
#include <stdint.h>

#include "stack/stack.h"

struct pending_socket {
	uint64_t inode;
	enum stack_assoc_state state;
};

struct pending_sockets {
	struct pending_socket *list; /* free() it; by inode */
	size_t count, room;
	int64_t good_until_us;
};

/* Replaces the list by that of the file; by none, if that cannot be read. */
void pending_sockets_read(struct pending_sockets *sockets, const char *file);

/* ASSOC_CLOSED: it is not listed. */
enum stack_assoc_state pending_sockets_find(const struct pending_sockets *sockets, uint64_t inode);

/*
 * The state of the association of that socket now, or a moment ago: when many end at the same time,
 * the kernel's list is read once for all of them. ASSOC_CLOSED: not known.
 */
enum stack_assoc_state kernel_state_by_socket(int fd);

#endif
