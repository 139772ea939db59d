/* SPDX-License-Identifier: MIT */
/* A witness and what it has seen, for one attempt and its association. */
#ifndef WITNESS_WATCH_H
#define WITNESS_WATCH_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "stack/stack.h"
#include "base/timeline.h"
#include "witness/ledger.h"
#include "witness/witness.h"

struct watch {
	struct witness *witness; /* NULL: none, for want of privilege or because nobody wants it */
	struct witness_ports ports;
	bool failed;          /* it cannot be read any more: what was not seen, proves nothing */
	struct ledger ledger; /* valid while there is a witness */
};

/*
 * All zeros: nothing is watched. A watch that cannot be started stays that, and says why in -v.
 * stamped: the times of packets are told.
 */
void watch_start(struct watch *watch, const union address *peers, size_t count,
		 const struct stack_encaps *udp, uint16_t local_port, bool stamped,
		 struct timeline *timeline);
void watch_stop(struct watch *watch);

/* As soon as the stack has chosen them. */
void watch_set_ports(struct watch *watch, const struct stack *stack,
		     const struct stack_endpoint *endpoint);

/* .fd is -1 where nothing is watched, or reading has failed. */
struct pollfd watch_pollfd(const struct watch *watch);

/*
 * Takes in what has passed, a line of the timeline for each packet: as many as one round of a loop
 * may read, so that a flood of packets keeps nobody waiting.
 */
void watch_read(struct watch *watch, struct timeline *timeline);

/* Takes in all that has passed until now: before a judgement. Bounded, too, by what there is. */
void watch_catch_up(struct watch *watch, struct timeline *timeline);

#endif
