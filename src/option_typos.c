/* SPDX-License-Identifier: MIT */
#include "option_typos.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/typo.h"

#define SEE_HELP "unknown option '%s': see sctp-connect --help"

/* The option name closest to the word, or NULL if none is close. */
static const char *near_miss(const struct option_row *rows, const char *written, size_t length)
{
	size_t best_distance = SIZE_MAX;
	const char *best = NULL;

	for (size_t i = 0; i < ROWS; i++) {
		size_t d = typo_distance(written, length, rows[i].name);

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
	return message_set(p->why, STATUS_USAGE, SEE_HELP, shown);
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
	return message_set(p->why, STATUS_USAGE, SEE_HELP, printable(option, shown, sizeof(shown)));
}
