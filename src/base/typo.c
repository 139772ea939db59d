/* SPDX-License-Identifier: MIT */
#include "base/typo.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/param.h>

/* Longer words are not like any name. */
#define ROOM 40

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Both words are shorter than ROOM. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	uint8_t d[ROOM][ROOM];

	for (size_t i = 0; i <= a_length; i++) {
		for (size_t j = 0; j <= b_length; j++) {
			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			d[i][j] = MIN(MIN(d[i - 1][j], d[i][j - 1]) + 1,
				      d[i - 1][j - 1] + !same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				d[i][j] = MIN(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[a_length][b_length];
}

size_t typo_distance(const char *written, size_t length, const char *name)
{
	size_t far = length < 6 ? 2 : 3, name_length = strlen(name), d;

	if (length < 3 || length >= ROOM || name_length >= ROOM)
		return SIZE_MAX;
	if (length + far <= name_length || name_length + far <= length)
		return SIZE_MAX;
	d = distance(written, length, name, name_length);
	return d < far ? d : SIZE_MAX;
}
