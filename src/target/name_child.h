/* SPDX-License-Identifier: MIT */
/* The child process that looks up one name: resolve.h says why there is one. */
#ifndef TARGET_NAME_CHILD_H
#define TARGET_NAME_CHILD_H

#include <stddef.h>
#include <sys/types.h>

/* What the C library reads. It does not say that it may not. */
enum name_file {
	NAME_FILE_NONE,
	NAME_FILE_NSSWITCH,
	NAME_FILE_HOSTS,
	NAME_FILE_RESOLV,
	NAME_FILE_COUNT,
};

/* The child writes this, and then its addresses. */
struct name_answer {
	int error;       /* of getaddrinfo(), EAI_*; 0: none */
	int saved_errno; /* for EAI_SYSTEM, or why a file could not be read */
	enum name_file unread;
	size_t count; /* of union address */
};

/*
 * The exit status of a child that cannot write its answer is the errno: of write() with this added,
 * or else of dup2().
 */
#define NAME_CHILD_WRITE 128

/* In the child of parent: looks up the name, writes the answer to fd, and ends. */
_Noreturn void name_child_run(const char *host, int family, pid_t parent, int fd);

#endif
