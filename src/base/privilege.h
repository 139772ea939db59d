/* SPDX-License-Identifier: MIT */
/* What the program may do that its user may not: with a set-user-ID bit or file capabilities. */
#ifndef BASE_PRIVILEGE_H
#define BASE_PRIVILEGE_H

/*
 * Keeps of that only what the network needs, so that files are opened with the user's own rights.
 * To be called first. 0, or -errno.
 */
int privilege_keep_network(void);

#endif
