/* SPDX-License-Identifier: MIT */
#include "witness/repeats.h"

#include "base/util.h"

/* The two are at most so far apart. */
#define REPEAT_US (50 * USEC_PER_MSEC)

bool repeats_add(struct repeats *repeats, const struct trace *trace)
{
	for (size_t i = 0; i < REPEATS_KEPT; i++) {
		const struct trace *other = &repeats->traces[i];

		if (other->hash == trace->hash && other->outgoing == trace->outgoing &&
		    other->ifindex != trace->ifindex && trace->time_us - other->time_us < REPEAT_US)
			return true;
	}
	repeats->traces[repeats->next++ % REPEATS_KEPT] = *trace;
	return false;
}
