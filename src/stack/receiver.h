/* SPDX-License-Identifier: MIT */
/*
 * The threads of usrsctp: whether they can receive, how they wait, and how they end.
 *
 * A thread of the library that reads packets ends, in silence, at the first error of recvmsg(), and
 * nothing is heard of any peer from then on. So usrsctp_source.c, through which each of these calls
 * goes, asks here what to make of an error.
 *
 * usrsctp_finish() joins one thread after the other: those that read may sleep for 100 ms in
 * recvmsg() (SOCKET_TIMEOUT in user_recv_thread.c), the one for the timers for 10 ms. Here they
 * wait until they are told to end.
 */
#ifndef STACK_RECEIVER_H
#define STACK_RECEIVER_H

#include <stdbool.h>
#include <stdint.h>

/* Before the threads begin. 0, or -errno of eventfd(). */
int receiver_begin(void);

/* Is this thread one of the library's? None is before the begin and after the close. */
bool receiver_is_thread(void);

/*
 * The threads are to end as soon as the library says so: they see every error as it is, and look
 * for the end every millisecond.
 */
void receiver_end(void);

/* After the threads have ended. */
void receiver_close(void);

/*
 * What recvmsg() has said to a thread of the library: 0, or a positive errno. Returns the errno
 * that the thread is to see: an error that may pass becomes EAGAIN, after a pause, so that the
 * thread reads on and does not spin. From any thread.
 */
int receiver_note(int error);

/* A thread can receive nothing for now, because each call fails: the newest errno. Or 0. */
int receiver_error(void);

/* In a thread that reads: until fd may have a packet, or the thread should look for its end. */
void receiver_wait(int fd);

/*
 * In the thread of the timers: for that time; shorter once, when the threads are told to end. A
 * sleep that ends late makes the timers late. Later ones are not shorter for it: timers would
 * expire early, and what an answer was about is reckoned from the turns that they give
 * (attempts.h).
 */
void receiver_sleep(int64_t us);

#endif
