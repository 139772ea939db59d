/* SPDX-License-Identifier: MIT */
/*
 * The associations of this network namespace in the kernel's SCTP, of all programs, as
 * /proc/net/sctp/assocs and /proc/net/sctp/remaddr list them. Nothing is sent or changed.
 */
#ifndef STACK_KERNEL_TABLE_H
#define STACK_KERNEL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "stack/stack.h"

struct table_path {
	union address address;
	enum stack_path_state state;
	bool primary;
	uint32_t rto_ms; /* 0: not known */
};

struct table_assoc {
	uint32_t id;
	enum stack_assoc_state state;
	enum stack_style style;
	uint32_t uid;   /* of the socket's owner */
	uint64_t inode; /* of the socket; 0: no program has it */
	uint16_t in_streams, out_streams;
	union address *local; /* owned */
	size_t local_count;
	struct table_path *paths; /* owned */
	size_t path_count;
};

struct table {
	struct table_assoc *list; /* by id */
	size_t count;
	bool more; /* there are more than TABLE_MAX */
};

#define TABLE_MAX 100000

/*
 * 0, or -errno, and *file is the one that could not be read. -ENOENT: the kernel has no SCTP, or
 * has not loaded it.
 */
int kernel_table_read(struct table *table, const char **file);
void kernel_table_free(struct table *table);

/*
 * One line of each file. False: it is not one. The first one makes the paths without their state.
 */
bool kernel_table_assoc(char *line, struct table_assoc *assoc);
/*
 * Of the first file only the numbers, without addresses. Returns where these begin; 0: it is none.
 */
size_t kernel_table_numbers(const char *line, struct table_assoc *assoc, uint16_t *port,
			    uint16_t *peer_port);
bool kernel_table_path(const char *line, uint32_t *assoc, struct table_path *path);
void kernel_table_free_assoc(struct table_assoc *assoc);

/* The kernel's number of a state (enum sctp_state, from CLOSED = 0). */
enum stack_assoc_state kernel_table_state(int state);

/* Is one of its paths inactive or potentially failed? */
bool kernel_table_is_degraded(const struct table_assoc *assoc);

/*
 * Many of the kernel's times are in jiffies, whose length it shows only by the resolution of its
 * coarse clock.
 */
int64_t kernel_jiffy_us(void);

/* NULL: there is none with that id. */
struct table_assoc *kernel_table_find(const struct table *table, uint32_t id);

#endif
