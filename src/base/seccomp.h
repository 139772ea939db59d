/* SPDX-License-Identifier: MIT */
/*
 * seccomp(2): the kernel lets this program make only the system calls that it needs. Any other one
 * fails with EPERM, and the program goes on, so that a report names the call and its errno. ENOSYS
 * instead where the C library then makes an older call whose arguments a filter can read, and for
 * calls that are newer than the list.
 */
#ifndef BASE_SECCOMP_H
#define BASE_SECCOMP_H

#include <linux/filter.h>
#include <stddef.h>

/* What is left out unless it is asked for. */
#define CALLS_LOOK_UP     (1U << 0) /* a child that may load libraries and ask local services */
#define CALLS_WRITE_FILES (1U << 1) /* files may be made and replaced */
#define CALLS_FILTERS     (1U << 2) /* what a socket hears may be changed */

/* More than the longest program. */
#define SECCOMP_PROGRAM_MAX 512

/*
 * Makes the filter of this process. Returns its length; 0: this processor is not known, or the
 * filter is too long.
 */
size_t seccomp_program(unsigned calls, struct sock_filter program[SECCOMP_PROGRAM_MAX]);

/* 1 if this kernel has it, or -errno. */
int seccomp_available(void);

/*
 * Sets it, also for the threads that are there. Needs no_new_privs. 0, or -errno; -ENOSYS: this
 * processor is not known.
 */
int seccomp_confine(unsigned calls);

#endif
