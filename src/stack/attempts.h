/* SPDX-License-Identifier: MIT */
#ifndef STACK_ATTEMPTS_H
#define STACK_ATTEMPTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

/*
 * A timer of usrsctp may expire so much early: the library counts ticks (TIMEOUT_INTERVAL in
 * netinet/sctp_callout.c), and the first one has begun before the timer was set.
 */
#define STACK_EARLY_US (10 * USEC_PER_MSEC)

/*
 * The least time until an attempt has used up its INIT retransmissions, so that it can have ended
 * for that reason. Before, only an answer can have ended it. T1 doubles after each round over the
 * addresses, up to most_ms (net/sctp/sm_sideeffect.c sctp_do_8_2_transport_strike(); in usrsctp
 * sctp_timer.c sctp_t1init_timer()). The kernel's timers may fire late, never early; usrsctp's may
 * be early.
 */
int64_t stack_attempts_us(size_t addresses, unsigned attempts, uint32_t t1_ms, uint32_t most_ms);

#endif
