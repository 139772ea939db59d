/* SPDX-License-Identifier: MIT */
/*
 * An attempt from a shared endpoint: the stack does not always say clearly what became of it. An
 * error of the socket may be about any association on it. A refusal may have been an ICMP error.
 * Two addresses of one peer, asked at the same time, keep each other from coming up. And when the
 * receive buffer is full, events are lost. Then the attempt asks again from an endpoint of its own,
 * unless nothing at all has come for it.
 */
#ifndef ENGINE_SECOND_LOOK_H
#define ENGINE_SECOND_LOOK_H

#include "engine/gather.h"

enum second_look {
	SECOND_LOOK_NO,    /* it is not needed, as far as is known */
	SECOND_LOOK_LATER, /* it is, but as many as may have an endpoint of their own */
	SECOND_LOOK_NOW,   /* attempt_call_alone() is next */
	SECOND_LOOK_IS_UP, /* the stack says that it is up; the attempt knows now */
};

/* While it waits for an answer, and when it has failed. */
enum second_look second_look(struct attempt *attempt, const struct gather *gather, int64_t now_us);

#endif
