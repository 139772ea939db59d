/* SPDX-License-Identifier: MIT */
/* Parses the arguments of options strictly. Every message quotes the argument. */
#ifndef OPTION_VALUES_H
#define OPTION_VALUES_H

#include "option_parser.h"

/* Options without an argument: value is a bool, or an enum or int that gets the row's constant. */
option_take_fn take_true, take_false, take_constant;

/* value is const char *, uint64_t, uint16_t, and for times int64_t (us) or uint32_t (ms). */
option_take_fn take_text, take_number, take_uint16, take_time_us, take_time_ms;

/* These know the members that they fill. */
option_take_fn take_address, take_bind, take_stack, take_encaps, take_require, take_interval,
	take_hold, take_monitor, take_list, take_color, take_stream, take_ppid, take_expect,
	take_abort_after, take_relay;

#endif
