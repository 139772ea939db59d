/* SPDX-License-Identifier: MIT */
#include "stack/attempts.h"

#include <sys/param.h>

#include "base/util.h"

int64_t stack_attempts_us(size_t addresses, unsigned attempts, uint32_t t1_ms, uint32_t most_ms)
{
	int64_t total_ms = 0;

	for (size_t sent = 1; sent <= (size_t)attempts + 1; sent++) {
		total_ms += t1_ms;
		if (sent % MAX(addresses, 1) == 0 && t1_ms < most_ms)
			t1_ms = MIN(2 * t1_ms, most_ms);
	}
	return total_ms * USEC_PER_MSEC;
}
