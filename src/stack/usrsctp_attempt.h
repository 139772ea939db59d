/* SPDX-License-Identifier: MIT */
/*
 * The pending attempts of one endpoint, and what ICMP says about them. The kernel does not pass
 * ICMP to a stack in user space, so raw sockets are read for it. Without CAP_NET_RAW there is no
 * such evidence, and all this does nothing.
 */
#ifndef STACK_USRSCTP_ATTEMPT_H
#define STACK_USRSCTP_ATTEMPT_H

#include "stack/stack.h"
#include "stack/usrsctp_library.h"

/* One pending attempt. Read only, but for usrsctp_attempt.c. */
struct us_attempt {
	struct stack_assoc *assoc; /* not owned */
	union address *peers;
	size_t count;
	int64_t begun_us; /* loop_now_us() */
	int final_error;  /* an ICMP error that ends it; positive errno, or 0 */
	int soft_error;   /* the newest ICMP error that does not end it */
	struct us_attempt *next;
	struct us_attempt **link;                      /* the pointer to this one */
	struct us_attempt *next_of_all, **link_of_all; /* of all endpoints */
};

struct attempts {
	struct us_attempt *first;
	int icmp4; /* -1: not open */
	int icmp6;
};

/* The port of the endpoint's packets, and their encapsulation. */
struct attempt_ports {
	uint16_t sctp;
	struct stack_encaps udp;
};

void attempts_init(struct attempts *attempts);
void attempts_free(struct attempts *attempts);

/*
 * Before the INIT, because the answer may arrive before the call returns. 0, also without the
 * privilege; or -errno of *call.
 */
int attempts_watch(struct attempts *attempts, struct bell *bell, const union address *peers,
		   size_t count, const char **call);

/* Until attempt_forget() or attempts_free(). The list is copied. */
struct us_attempt *attempts_add(struct attempts *attempts, struct stack_assoc *assoc,
				int64_t begun_us, const union address *peers, size_t count);
void attempt_forget(struct us_attempt *attempt);

/* Reads a bounded number of ICMP errors. Those that are left keep the bell's descriptor ready. */
void attempts_read_icmp(struct attempts *attempts, const struct attempt_ports *ports);

/* An attempt that ICMP has ended, or NULL. */
struct us_attempt *attempts_ended(const struct attempts *attempts);

#endif
