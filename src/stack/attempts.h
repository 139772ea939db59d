/* SPDX-License-Identifier: MIT */
#ifndef STACK_ATTEMPTS_H
#define STACK_ATTEMPTS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The least time until an attempt has used up its INIT retransmissions, so that it can have ended
 * for that reason. Before, only an answer can have ended it. T1 doubles after each round over the
 * addresses, up to most_ms (net/sctp/sm_sideeffect.c sctp_do_8_2_transport_strike(); in usrsctp
 * sctp_timer.c sctp_t1init_timer()). The kernel's timers may fire late, never early; usrsctp's may
 * be a tick early (usrsctp_event.c).
 */
int64_t stack_attempts_us(size_t addresses, unsigned attempts, uint32_t t1_ms, uint32_t most_ms);

#endif
