/* SPDX-License-Identifier: MIT */
/* What the witness has seen, of one attempt and its association. */
#ifndef WITNESS_WATCH_H
#define WITNESS_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "stack/stack.h"
#include "base/timeline.h"
#include "witness/capture.h"
#include "witness/ledger.h"
#include "witness/witnesses.h"

/* It must stay at its place in memory while there is a view. */
struct watch {
	/* Set by the caller before watch_start(). Neither is owned. */
	struct witnesses *witnesses; /* of this process */
	struct capture *capture;     /* the packets go there, too; NULL: to no file */

	struct view *view; /* NULL: none, without the privilege or with --no-witness */
	struct witness_ports ports;
	bool failed;               /* reading failed: a packet that was not seen proves nothing */
	struct ledger *ledger;     /* NULL: there is no view */
	struct timeline *timeline; /* NULL: nothing is told */
	unsigned reader;           /* its number in the capture */
	bool listens;
	void (*changed)(void *context); /* or NULL */
	void *context;
};

/*
 * bound: the addresses of this end, if they are given. All zeros: no view. A watch that cannot be
 * started stays so, and -v says why. stamped: packets have their times. The timeline gets a line
 * for each packet.
 */
void watch_start(struct watch *watch, const union address *peers, size_t count,
		 const union address *bound, size_t bound_count, const struct stack_encaps *udp,
		 bool stamped, struct timeline *timeline);
void watch_stop(struct watch *watch);

/* The next call is from another endpoint: reads what there is, and forgets its port. */
void watch_forget_port(struct watch *watch);

/* To be called as soon as the stack has chosen its ports. */
void watch_set_ports(struct watch *watch, const struct stack *stack,
		     const struct stack_endpoint *endpoint);

/*
 * In this loop packets are counted as they come, and changed is called then, and when they cannot
 * be counted any more. Without a view it never is. Neither call needs the other.
 */
void watch_listen(struct watch *watch, struct loop *loop, void (*changed)(void *context),
		  void *context);
void watch_listen_no_more(struct watch *watch);

/* What was seen of that address. NULL: there is no view, or it does not have the address. */
const struct ledger_path *watch_path(const struct watch *watch, const union address *address);

/*
 * Reads the packets that have passed, but only as many as one round of a loop may read, so that a
 * flood of packets does not block other handlers.
 */
void watch_read(struct watch *watch);

/* Reads all packets that have passed until now, before judge(). Bounded by the socket's room. */
void watch_catch_up(struct watch *watch);

#endif
