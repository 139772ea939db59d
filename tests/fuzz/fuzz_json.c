/* SPDX-License-Identifier: MIT */
/* Fuzzing of strings on their way into JSON: whatever they are, the line is JSON, and plain. */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "report/json_parts.h"

int FUZZ(const uint8_t *data, size_t size);

int FUZZ(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + 1), shown[64], *text;
	json_t *array = json_array(), *back;

	assert(bytes);
	if (size)
		memcpy(bytes, data, size);
	bytes[size] = '\0';
	append_item(&array, any_string(bytes));
	append_item(&array, any_string(printable(bytes, shown, sizeof(shown))));
	assert(array);
	text = json_dumps(array, JSON_COMPACT);
	assert(text);
	back = json_loads(text, 0, NULL);
	assert(back && json_array_size(back) == 2);
	for (const char *c = text; *c; c++)
		assert((unsigned char)*c >= ' ');
	json_decref(back);
	json_decref(array);
	free(text);
	free(bytes);
	return 0;
}
