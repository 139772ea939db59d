/* SPDX-License-Identifier: MIT */
/* Two stacks on one host of the peer's. */
#ifndef ENGINE_OTHER_ANSWER_H
#define ENGINE_OTHER_ANSWER_H

#include "engine/attempt.h"
#include "witness/watch.h"

/*
 * The peer has ended the attempt, or the association, with an ABORT that has no cause. Two stacks
 * on one host answer each packet twice, so the answer of the one that accepts may come a moment
 * later. True: that moment is not over, ask again at *wake_us.
 */
bool other_answer_is_awaited(const struct attempt *attempt, struct watch *watch, int64_t *wake_us);

#endif
