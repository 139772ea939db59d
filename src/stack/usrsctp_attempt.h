/* SPDX-License-Identifier: MIT */
/*
 * The associations of one endpoint that are on their way up, and what ICMP says about them: nobody
 * tells a stack in user space, so raw sockets are read for it. Without CAP_NET_RAW there is no such
 * evidence, and all this does nothing.
 */
#ifndef STACK_USRSCTP_ATTEMPT_H
#define STACK_USRSCTP_ATTEMPT_H

#include "stack/stack.h"
#include "stack/usrsctp_library.h"

struct attempt;

struct attempts {
	struct attempt *list;
	size_t count;
	struct stack_encaps udp;
	uint16_t port; /* of the endpoint, once it is known */
	int icmp4;     /* -1: not open */
	int icmp6;
	int soft_error;
};

void attempts_init(struct attempts *attempts, const struct stack_encaps *udp);
void attempts_free(struct attempts *attempts);

/* Before the INIT: the answer to it may be there sooner than the call returns. */
void attempts_watch(struct attempts *attempts, struct bell *bell, const union address *peers,
		    size_t count);

/* Until it is forgotten. The list is copied. begun_us: when it was, loop_now_us(). */
void attempts_add(struct attempts *attempts, uint32_t assoc, int64_t begun_us,
		  const union address *peers, size_t count);
/* Returns the count of its addresses; 0: it is not known. */
size_t attempts_begun(const struct attempts *attempts, uint32_t assoc, int64_t *begun_us);
void attempts_forget(struct attempts *attempts, uint32_t assoc);

/* One that ICMP has ended, which is then forgotten: true, with its id and a positive errno. */
bool attempts_ended(struct attempts *attempts, uint32_t *assoc, int *error);

/* The newest error that has not ended any, as a positive errno, or 0. Reading forgets it. */
int attempts_soft_error(struct attempts *attempts);

#endif
