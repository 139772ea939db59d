/* SPDX-License-Identifier: MIT */
/* Packets that a packet socket sees twice: on a bond or a bridge, and on its port. */
#ifndef WITNESS_REPEATS_H
#define WITNESS_REPEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPEATS_KEPT 32

/* What identifies a packet. */
struct trace {
	uint64_t hash;
	int64_t time_us; /* as loop_now_us() */
	int ifindex;
	bool outgoing;
};

/* The newest packets, in a ring. All zeros: none yet. */
struct repeats {
	struct trace traces[REPEATS_KEPT];
	size_t next;
};

/*
 * Was the same packet just seen on another interface? Otherwise it is kept. If somebody makes two
 * packets with the same hash on purpose, one is not shown.
 */
bool repeats_add(struct repeats *repeats, const struct trace *trace);

#endif
