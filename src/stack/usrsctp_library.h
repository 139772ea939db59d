/* SPDX-License-Identifier: MIT */
/*
 * The usrsctp library, one per process: whether it can be used here, its UDP port, its start and
 * its end; and bells, by which its threads wake the main thread.
 */
#ifndef STACK_USRSCTP_LIBRARY_H
#define STACK_USRSCTP_LIBRARY_H

#include "stack/stack.h"

/* As struct stack's available(). */
int library_available(const struct stack_encaps *udp, struct stack_fault *fault);

/*
 * 0, also if it already runs. The first start decides the encapsulation, and whether endpoints are
 * bound to addresses that are given (see interfaces_init_library()). On failure *fault says why.
 */
int library_start(const struct stack_encaps *udp, bool bound, struct stack_fault *fault);

/* The encapsulation that it was started with, with the UDP port that was found. */
const struct stack_encaps *library_encaps(void);

/*
 * After all sockets are closed: gives associations that are still closing a moment for it (80 ms),
 * then ends the threads.
 */
void library_finish(void);

/*
 * A descriptor to poll, which becomes readable when the bell is rung, when one of the watched
 * descriptors is, and every 50 ms: what the library's timers find out is not always called back
 * (sctputil.c sctp_timeout_handler(): only for an error of the socket, which a one-to-many one
 * never has, nor a path that has failed).
 */
struct bell;

struct bell *bell_take(const char **call); /* NULL and errno; *call names the failed call */
void bell_give_back(struct bell *bell);    /* after gate_close() of the socket that rings it */
int bell_descriptor(const struct bell *bell);
int bell_watch(struct bell *bell, int fd); /* until fd is closed; 0, or -errno */
void bell_ring(struct bell *bell);         /* on any thread */
/* Before reading events. 0, or -errno: it keeps ringing. */
int bell_silence(struct bell *bell);

#endif
