/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <time.h>

#include "base/util.h"

static int64_t clock_us(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * USEC_PER_SEC + now.tv_nsec / 1000;
}

int64_t loop_now_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

int64_t loop_wall_us(void)
{
	return clock_us(CLOCK_REALTIME);
}
