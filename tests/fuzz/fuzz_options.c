/* SPDX-License-Identifier: MIT */
/*
 * Fuzzing of the command line, of addresses and of ports: arguments with a NUL after each. What is
 * said of an argument has no byte that a terminal would act on.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define FUZZ_ARGUMENTS 32

int FUZZ(const uint8_t *data, size_t size);

static void assert_plain(const char *text)
{
	for (const char *c = text; *c; c++)
		assert(*c >= ' ' && *c <= '~');
}

int FUZZ(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + 1), *arguments[FUZZ_ARGUMENTS + 1] = { NULL };
	static char name[] = "sctp-connect";
	struct message why = { "" };
	struct options options;
	struct target peer = { 0 }, local = { 0 };
	int count = 1;

	assert(bytes);
	if (size)
		memcpy(bytes, data, size);
	bytes[size] = '\0';
	arguments[0] = name;
	for (size_t at = 0; at < size && count < FUZZ_ARGUMENTS; at += strlen(bytes + at) + 1)
		arguments[count++] = bytes + at;
	if (options_parse(&options, count, arguments, &why) == STATUS_OK) {
		settings_peer(&options, &peer, &why);
		assert_plain(why.text);
		settings_local(&options, &local, &why);
	}
	assert_plain(why.text);
	target_free(&peer);
	target_free(&local);
	options_free(&options);
	free(bytes);
	return 0;
}
