/* SPDX-License-Identifier: MIT */
/* A witness and what it has seen, for one attempt and its association. */
#ifndef WITNESS_WATCH_H
#define WITNESS_WATCH_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "stack/stack.h"
#include "base/timeline.h"
#include "witness/capture.h"
#include "witness/ledger.h"
#include "witness/witness.h"

struct watch {
	struct witness *witness; /* NULL: none, without the privilege or with --no-witness */
	struct witness_ports ports;
	bool failed;             /* reading failed: a packet that was not seen proves nothing */
	struct ledger ledger;    /* valid while there is a witness */
	struct capture *capture; /* its packets go there, too; NULL: to no file. Not owned */
	unsigned reader;         /* its number there */
};

/*
 * bound: the addresses of this end, if they are given. All zeros: no witness. The caller sets
 * capture before. A watch that cannot be started stays so, and -v says why. stamped: packets have
 * their times.
 */
void watch_start(struct watch *watch, const union address *peers, size_t count,
		 const union address *bound, size_t bound_count, const struct stack_encaps *udp,
		 bool stamped, struct timeline *timeline);
void watch_stop(struct watch *watch);

/* The next call is from another endpoint: reads what there is, and forgets its port. */
void watch_forget_port(struct watch *watch, struct timeline *timeline);

/* To be called as soon as the stack has chosen its ports. */
void watch_set_ports(struct watch *watch, const struct stack *stack,
		     const struct stack_endpoint *endpoint);

/* Packets of its port in the capture belong to this attempt: before capture_comment(). */
void watch_claim(struct watch *watch);

/* .fd is -1 without a witness, or if reading failed. */
struct pollfd watch_pollfd(const struct watch *watch);

/* What was seen of that address. NULL: there is no witness, or it does not watch the address. */
const struct ledger_path *watch_path(const struct watch *watch, const union address *address);

/*
 * Reads the packets that have passed, with a line of the timeline for each, but only as many as one
 * round of a loop may read, so that a flood of packets does not block other handlers.
 */
void watch_read(struct watch *watch, struct timeline *timeline);

/* Reads all packets that have passed until now, before judge(). Bounded by the socket's room. */
void watch_catch_up(struct watch *watch, struct timeline *timeline);

#endif
