/* SPDX-License-Identifier: MIT */
/*
 * Whether usrsctp can receive. A thread of the library that reads packets ends, in silence, at the
 * first error of recvmsg(), and nothing is heard of any peer from then on. So usrsctp_source.c,
 * through which each of these calls goes, asks here what to make of an error. From any thread.
 */
#ifndef STACK_RECEIVER_H
#define STACK_RECEIVER_H

#include <stdbool.h>

/*
 * What recvmsg() has said to a thread of the library: 0, or a positive errno. Returns the errno
 * that the thread is to see: an error that may pass becomes EAGAIN, after a pause, so that the
 * thread reads on and does not spin.
 */
int receiver_note(int error);

/* A thread can receive nothing for now, because each call fails: the newest errno. Or 0. */
int receiver_error(void);

/* The threads are to end: they see every error as it is. Or (false) they are about to begin. */
void receiver_end(bool end);

#endif
