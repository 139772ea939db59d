/* SPDX-License-Identifier: MIT */
/*
 * Fuzzing of the live table: the size of the terminal, and paths with whatever numbers. No line is
 * longer than the terminal is wide, and there are not more than it has rows.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet/bytes.h"
#include "report/table.h"

#define FUZZ_PATHS 12

int FUZZ(const uint8_t *data, size_t size);

/* The next bytes as a number from 0 to most; zeros when there are no more. */
static uint64_t take_number(struct bytes *left, uint64_t most)
{
	uint64_t number = 0;
	size_t length = left->left < sizeof(number) ? left->left : sizeof(number);

	memcpy(&number, left->at, length);
	bytes_skip(left, length);
	return most == UINT64_MAX ? number : number % (most + 1);
}

static void fill_path(struct monitor_path *p, struct bytes *left)
{
	/* A round trip is less than the longest RTO: 32 bits of milliseconds. */
	const uint64_t longest = 1000ULL << 32;

	p->address.sa.sa_family = take_number(left, 1) ? AF_INET6 : AF_INET;
	if (p->address.sa.sa_family == AF_INET6)
		for (int i = 0; i < 16; i++)
			p->address.v6.sin6_addr.s6_addr[i] = (uint8_t)take_number(left, 255);
	p->verdict = take_number(left, 2) ? VERDICT_DEAD : VERDICT_VERIFIED;
	p->state = take_number(left, 1) ? PATH_INACTIVE : PATH_ACTIVE;
	p->primary = take_number(left, 1);
	p->sent = take_number(left, 1ULL << 40);
	p->answered = take_number(left, p->sent);
	p->rtt_us = (int64_t)take_number(left, longest);
	p->rtt_min_us = (int64_t)take_number(left, longest);
	p->rtt_max_us = (int64_t)take_number(left, longest);
	p->rtt_sum_us = (int64_t)take_number(left, INT64_MAX);
	for (size_t i = 0; left->left && i < MONITOR_HISTORY; i++)
		p->history[i] = (int32_t)((int64_t)take_number(left, 1ULL << 31) + ROUND_LOST);
}

int FUZZ(const uint8_t *data, size_t size)
{
	struct bytes left = { data, size };
	static struct monitor_path paths[FUZZ_PATHS];
	struct live_size room = { .columns = 1 + take_number(&left, 600),
				  .rows = 1 + take_number(&left, 60) };
	struct monitor m = { .stack = "kernel", .paths = paths };
	size_t length, lines;
	char *text = NULL;
	FILE *f = open_memstream(&text, &length);

	assert(f);
	memset(paths, 0, sizeof(paths));
	m.path_count = 1 + take_number(&left, FUZZ_PATHS - 1);
	m.rounds = take_number(&left, UINT64_MAX >> 1);
	m.began_us = (int64_t)take_number(&left, 1LL << 50);
	m.now_us = m.began_us + (int64_t)take_number(&left, 1LL << 50);
	for (size_t i = 0; i < m.path_count; i++)
		fill_path(&paths[i], &left);
	lines = table_print(f, &m, &room);
	fclose(f);
	assert(lines <= room.rows);
	for (const char *line = text; line && *line; line += strcspn(line, "\n"), line += !!*line)
		assert(strcspn(line, "\n") < room.columns || room.columns < 2);
	free(text);
	return 0;
}
