/* SPDX-License-Identifier: MIT */
#include "stack/kernel_pending.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/param.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/util.h"
#include "stack/kernel_table.h"

/*
 * A list is used for ten times as long as it took to read it. So it is hardly ever old when there
 * are few associations, and reading takes a tenth of the time at most when there are many.
 */
#define GOOD_TIMES  10
#define GOOD_MAX_US (50 * USEC_PER_MSEC)

/* In each call the kernel begins at the first association again, so few calls are made. */
#define BUFFER_BYTES 65536

static int by_inode(const void *a, const void *b)
{
	const struct pending_socket *left = a, *right = b;

	return (left->inode > right->inode) - (left->inode < right->inode);
}

static void add(struct pending_sockets *s, const struct pending_socket *one)
{
	if (s->count == s->room) {
		s->room = 2 * s->room + 16;
		s->list = xreallocarray(s->list, s->room, sizeof(*s->list));
	}
	s->list[s->count++] = *one;
}

void pending_sockets_read(struct pending_sockets *s, const char *name)
{
	int64_t begun_us = loop_now_us(), now_us;
	FILE *file = fopen(name, "re");
	struct table_assoc row;
	uint16_t port, peer_port;
	char *line = NULL, *buffer = xmalloc(BUFFER_BYTES);
	size_t size = 0;

	s->count = 0;
	if (file)
		setvbuf(file, buffer, _IOFBF, BUFFER_BYTES);
	while (file && getline(&line, &size, file) > 0)
		if (kernel_table_numbers(line, &row, &port, &peer_port))
			add(s, &(struct pending_socket){ row.inode, row.state });
	free(line);
	if (file)
		fclose(file);
	free(buffer);
	if (s->count)
		qsort(s->list, s->count, sizeof(*s->list), by_inode);
	now_us = loop_now_us();
	s->good_until_us = now_us + MIN(GOOD_TIMES * (now_us - begun_us), GOOD_MAX_US);
}

enum stack_assoc_state pending_sockets_find(const struct pending_sockets *s, uint64_t inode)
{
	const struct pending_socket key = { .inode = inode }, *found = NULL;

	if (s->count)
		found = bsearch(&key, s->list, s->count, sizeof(*s->list), by_inode);
	return found ? found->state : ASSOC_CLOSED;
}

enum stack_assoc_state kernel_state_by_socket(int fd)
{
	/* The kernel's list is one for the whole process, and so is this. */
	static struct pending_sockets newest;
	struct stat stat;

	if (fstat(fd, &stat) < 0)
		return ASSOC_CLOSED;
	if (loop_now_us() >= newest.good_until_us)
		pending_sockets_read(&newest, "/proc/net/sctp/assocs");
	return pending_sockets_find(&newest, stat.st_ino);
}
