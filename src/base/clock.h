/* SPDX-License-Identifier: MIT */
/* The two clocks. Unit tests link fakes: tests/unit/fake_loop.c. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define LOOP_FOREVER INT64_MAX

/* CLOCK_MONOTONIC, microseconds. */
int64_t loop_now_us(void);

/* The wall clock: microseconds since 1970, UTC. */
int64_t loop_wall_us(void);

#endif
