/* SPDX-License-Identifier: MIT */
#include "corpus.h"

#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define INPUT_MAX 8192
#define VARIANTS  500

/* xorshift: the same numbers each time. */
static uint32_t next_number(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Bits changed, bytes left out at the end, one part twice. In a buffer of its size, for ASan. */
static void run_variants(harness *run, const uint8_t *input, size_t size)
{
	uint32_t random = 2463534242u + (uint32_t)size;

	for (int n = 0; n < VARIANTS; n++) {
		size_t length = n % 3 ? size : next_number(&random) % (size + 1);
		uint8_t *copy = malloc(length + 1);

		assert_non_null(copy);
		memcpy(copy, input, length);
		for (uint32_t i = next_number(&random) % 6; length && i > 0; i--)
			copy[next_number(&random) % length] ^=
				(uint8_t)(1u << (i % 8)) | (uint8_t)next_number(&random) * (n % 2);
		run(copy, length);
		free(copy);
	}
}

static size_t run_file(harness *run, const char *path)
{
	static uint8_t input[INPUT_MAX];
	FILE *file = fopen(path, "r");
	size_t size;

	assert_non_null(file);
	size = fread(input, 1, sizeof(input), file);
	fclose(file);
	run(input, size);
	run_variants(run, input, size);
	return size;
}

void run_corpus(harness *run, const char *name)
{
	char folder[PATH_MAX];
	struct dirent *entry;
	size_t bytes = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "tests/fuzz/corpus/%s", name);
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char path[2 * PATH_MAX];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		bytes += run_file(run, path);
	}
	closedir(dir);
	assert_true(bytes > 0);
}
