/* SPDX-License-Identifier: MIT */
#include "report/singles.h"

#include <stdio.h>

/* How many addresses it names; it counts the others. */
#define NAMED_MAX 3

size_t singles_count(const struct result *result, enum result_word word)
{
	size_t count = 0;

	for (size_t i = 0; result && i < result->each_count; i++)
		count += result->each[i].word == word;
	return count;
}

void singles_name(const struct result *result, enum result_word word, const char *verb, char *value,
		  size_t size)
{
	size_t count = singles_count(result, word), named = 0, used = 0;
	char text[ADDRESS_TEXT_MAX];

	if (!count)
		return;
	for (size_t i = 0; i < result->each_count && named < NAMED_MAX; i++) {
		if (result->each[i].word != word)
			continue;
		used += (size_t)snprintf(value + used, size - used, "%s%s",
					 !named               ? ""
					 : named + 1 == count ? " and "
							      : ", ",
					 address_host_text(&result->each[i].address, text));
		named++;
	}
	if (named < count)
		used += (size_t)snprintf(value + used, size - used, " and %zu more", count - named);
	snprintf(value + used, size - used, "%s%s", verb, count == 1 ? "s" : "");
}
