/* SPDX-License-Identifier: MIT */
/* A function in the place of one that usrsctp calls, see usrsctp_syscall.h. */
#ifndef STACK_USRSCTP_THREAD_H
#define STACK_USRSCTP_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "stack/usrsctp_syscall.h"

/*
 * As pthread_create(). But a thread that threads_init_library() starts has no capabilities, because
 * the library's sockets are open then, and an attacker could use any thread of the process.
 */
VISIBLE int library_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
				   void *(*run)(void *), void *argument);

/* interfaces_init_library(), and the signals of its threads are blocked. */
void threads_init_library(uint16_t udp_port, bool bound);

#endif
