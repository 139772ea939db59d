/* SPDX-License-Identifier: MIT */
#include "option_typos.h"

#include <stdio.h>
#include <string.h>

/* Longer than every name in the table. A longer word is not like any of them. */
#define NAME_ROOM 32

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters to change, insert, drop or swap. Both words are shorter than NAME_ROOM. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t d[NAME_ROOM][NAME_ROOM];

	for (size_t i = 0; i <= a_length; i++) {
		for (size_t j = 0; j <= b_length; j++) {
			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			d[i][j] = min(min(d[i - 1][j], d[i][j - 1]) + 1,
				      d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = min(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[a_length][b_length];
}

/* The option name closest to the word, or NULL if none is close. */
static const char *near_miss(const struct option_row *rows, const char *written, size_t length)
{
	const char *best = NULL;
	size_t best_distance = length < 6 ? 2 : 3;

	if (length < 3 || length >= NAME_ROOM)
		return NULL;
	for (size_t i = 0; i < ROWS; i++) {
		size_t d = distance(written, length, rows[i].name, strlen(rows[i].name));

		if (d < best_distance) {
			best = rows[i].name;
			best_distance = d;
		}
	}
	return best;
}

static int unknown_long(struct parser *p, const char *token)
{
	const char *written = token + 2;
	size_t length = strcspn(written, "=");
	char shown[PRINTABLE_MAX];
	char matches[256] = "";
	size_t used = 0, count = 0;
	const char *near;

	for (size_t i = 0; i < ROWS; i++) {
		if (strncmp(p->rows[i].name, written, length) != 0)
			continue;
		used += snprintf(matches + used, sizeof(matches) - used, "%s--%s",
				 count++ ? ", " : "", p->rows[i].name);
		if (used >= sizeof(matches))
			break;
	}
	printable(token, shown, sizeof(shown));
	if (length && count > 1)
		return message_set(p->why, STATUS_USAGE, "option '%s' is ambiguous: %s", shown,
				   matches);
	near = near_miss(p->rows, written, length);
	if (near)
		return message_set(p->why, STATUS_USAGE, "unknown option '%s': did you mean --%s?",
				   shown, near);
	return message_set(p->why, STATUS_USAGE, "unknown option '%s': see sctp-connect --help",
			   shown);
}

int option_unknown(struct parser *p, const char *token, int letter)
{
	char option[] = { '-', (char)letter, '\0' };
	char shown[PRINTABLE_MAX];

	if (!letter)
		return unknown_long(p, token);
	if (p->row != ROWS)
		return message_set(p->why, STATUS_USAGE, "option '--%s' takes no value: '%s'",
				   p->rows[p->row].name, printable(token, shown, sizeof(shown)));
	return message_set(p->why, STATUS_USAGE, "unknown option '%s': see sctp-connect --help",
			   printable(option, shown, sizeof(shown)));
}
