/* SPDX-License-Identifier: MIT */
/* Capabilities: what the program may do that its user, or a user without privilege, may not. */
#ifndef BASE_PRIVILEGE_H
#define BASE_PRIVILEGE_H

#include <stdbool.h>
#include <stdint.h>

/* Sets of capabilities: a bit for each. All of them are in the first word. */
#define PRIVILEGE(capability) (1U << (capability))
/* Raw and packet sockets, IPsec policies and longer buffers. */
#define PRIVILEGES_OF_PACKETS (PRIVILEGE(CAP_NET_RAW) | PRIVILEGE(CAP_NET_ADMIN))

/* Has the program a set-user-ID bit or file capabilities, which its user may not have? */
bool privilege_is_borrowed(void);

/*
 * With a set-user-ID bit or file capabilities: keeps of that only raw sockets and ports below 1024,
 * so that files are opened with the user's own rights. To be called first. 0, or -errno.
 */
int privilege_keep_network(void);

/*
 * Gives up all capabilities of this thread, for good, but those in keep, which it needs not have.
 * 0, or -errno.
 */
int privilege_drop_all_but(uint32_t keep);

/*
 * This thread does without one capability until it takes it back. 1, or 0: it does not have it; or
 * -errno of *call.
 */
int privilege_set_aside(int capability, const char **call);
/* 0, or -errno of *call. */
int privilege_take_back(int capability, const char **call);

/* Those that this thread has; 0 also if the kernel does not tell. */
uint32_t privilege_held(void);

#endif
