/* SPDX-License-Identifier: MIT */
/*
 * The library does not report which of its calls has failed when it starts. So these are made here,
 * before it starts or after it did not.
 */
#ifndef STACK_USRSCTP_TRIES_H
#define STACK_USRSCTP_TRIES_H

#include "stack/stack.h"

/* Can there be such a socket? 0, or -errno. */
int try_socket(int family, int type, int protocol);

bool try_ipv6(void);

/* Finds a UDP port in *udp, if it has none, that the library can have. On failure *fault says why.
 */
int try_udp_port(struct stack_encaps *udp, struct stack_fault *fault);

/* Without random numbers the library would ask for them for ever. 0, or -errno; *call failed. */
int try_random(const char **call);

/*
 * Why did the library not start all of its threads? 0: now nothing fails; or -errno; *call failed.
 */
int try_again(bool udp, const char **call);

#endif
