/* SPDX-License-Identifier: MIT */
/* Fuzzing of the file of --targets. What is said of it has no byte that a terminal would act on. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>

#include "options.h"
#include "target_file.h"

int FUZZ(const uint8_t *data, size_t size);

int FUZZ(const uint8_t *data, size_t size)
{
	static char program[] = "sctp-connect", option[] = "--targets", file[] = "-";
	char *arguments[] = { program, option, file, NULL };
	FILE *standard = stdin;
	struct target_list list = { 0 };
	struct message why = { "" };
	struct options options;

	stdin = fmemopen((void *)(uintptr_t)data, size, "r");
	assert(stdin);
	if (options_parse(&options, 3, arguments, &why) == STATUS_OK)
		target_list_read(&list, &options, &why);
	for (const char *c = why.text; *c; c++)
		assert(*c >= ' ' && *c <= '~');
	target_list_free(&list);
	options_free(&options);
	fclose(stdin);
	stdin = standard;
	return 0;
}
