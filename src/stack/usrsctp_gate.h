/* SPDX-License-Identifier: MIT */
/*
 * Keeps the threads of usrsctp away from the sockets while the main thread closes or accepts one.
 *
 * In libusrsctp 0.9.5, a thread that has a packet or a timer for an association takes a reference
 * of its socket (sctp_input.c, sctputil.c: upcall_socket). If the main thread gives up the last
 * one between the check and that, usrsctp_close() frees the socket, and the thread frees it again.
 * Likewise usrsctp_accept() takes a socket off the queue while a thread reads whose queue it is on.
 * The library has no call that would wait for its threads.
 *
 * But each of them waits for work in a call of libc, which this program stands in for (see
 * usrsctp_syscall.h): recvmsg() or nanosleep(). Between two of these calls a thread is at work,
 * and gate_shut() waits until none is.
 */
#ifndef STACK_USRSCTP_GATE_H
#define STACK_USRSCTP_GATE_H

#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

#include "stack/usrsctp_syscall.h"

/* As nanosleep(). */
VISIBLE int library_nanosleep(const struct timespec *time, struct timespec *left);

/* This thread of the library has work; waits while the gate is shut. */
void gate_enter(void);
/* It has no more. Nothing if it had none. */
void gate_leave(void);

/* On the main thread. Waits until no thread is at work; none begins until gate_open(). */
void gate_shut(void);
void gate_open(void);

/*
 * usrsctp_close(), usrsctp_accept() and usrsctp_peeloff() with the gate shut. After gate_close()
 * the socket's upcall is not called any more.
 */
struct socket;
void gate_close(struct socket *socket);
struct socket *gate_accept(struct socket *socket, struct sockaddr *from, socklen_t *size);
struct socket *gate_peel_off(struct socket *socket, uint32_t assoc);

/* The threads are about to begin; or they are to end, and none waits. */
void gate_start(void);
void gate_end(void);

#endif
