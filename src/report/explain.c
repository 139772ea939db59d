/* SPDX-License-Identifier: MIT */
#include "report/explain.h"

#include <stdint.h>
#include <string.h>

#include "base/typo.h"
#include "report/explanations.h"
#include "report/phrase.h"
#include "report/words.h"

#define COLUMNS         80
#define SUGGESTIONS_MAX 5
#define NAME_ROOM       40 /* more than the longest name has, and ", " */
/* Shorter words are part of too many names. */
#define PART_MIN 4

const char *explain_name(size_t index)
{
	if (index < explanation_count())
		return explanation_at(index)->name;
	index += FINDING_NONE + 1 - explanation_count();
	return index < FINDING_COUNT ? finding_name((enum finding_code)index) : NULL;
}

/* A part of a name, as "no-endpoint" is, or a misspelt one. */
static bool may_mean(const char *written, const char *name)
{
	return (strlen(written) >= PART_MIN && strcasestr(name, written)) ||
	       typo_distance(written, strlen(written), name) != SIZE_MAX;
}

static int unknown_name(const char *written, struct message *why)
{
	char shown[PRINTABLE_MAX];
	char near[SUGGESTIONS_MAX * NAME_ROOM] = "";
	const char *name;
	size_t count = 0;
	int used = 0;

	for (size_t i = 0; (name = explain_name(i)) && count < SUGGESTIONS_MAX; i++)
		if (may_mean(written, name))
			used += snprintf(near + used, sizeof(near) - (size_t)used, "%s%s",
					 count++ ? ", " : "", name);
	printable(written, shown, sizeof(shown));
	if (count)
		return message_set(why, STATUS_USAGE, "unknown name '%s': did you mean %s%s?",
				   shown, count > 1 ? "one of " : "", near);
	return message_set(why, STATUS_USAGE,
			   "unknown name '%s': --list names lists all that can be explained",
			   shown);
}

/* Breaks lines between words before column 80; all lines but the first begin with indent. */
static void print_wrapped(FILE *out, const char *text, size_t length, const char *indent)
{
	size_t column = strlen(indent);

	for (size_t i = 0; i < length;) {
		size_t word = strcspn(text + i, " \n");

		if (i > 0 && column + 1 + word > COLUMNS)
			column = (size_t)fprintf(out, "\n%s", indent) - 1;
		else if (i > 0)
			column += (size_t)fprintf(out, " ");
		column += (size_t)fprintf(out, "%.*s", (int)word, text + i);
		i += word + 1;
	}
	fprintf(out, "\n");
}

static void print_item(FILE *out, const char *line, size_t length)
{
	fprintf(out, "  - ");
	print_wrapped(out, line, length, "    ");
}

static void print_lines(FILE *out, const char *lines)
{
	for (;;) {
		size_t length = strcspn(lines, "\n");

		print_item(out, lines, length);
		if (!lines[length])
			return;
		lines += length + 1;
	}
}

static void print_list(FILE *out, const char *title, const char *lines)
{
	fprintf(out, "\n%s\n", title);
	print_lines(out, lines);
}

static void print_head(FILE *out, const char *name, int number, int status, const char *meaning)
{
	fputs(name, out);
	if (number)
		fprintf(out, " (%d)", number);
	if (status >= 0)
		fprintf(out, ", exit status %d", status);
	fprintf(out, "\n");
	print_wrapped(out, meaning, strlen(meaning), "");
}

/* The phrase for any finding with this code: the parameters stand for themselves. */
static void print_phrase(FILE *out, const char *title, const char *phrase)
{
	struct message m = { "" };

	phrase_add(&m, phrase, NULL);
	if (m.text[0])
		print_list(out, title, m.text);
}

static void print_finding(FILE *out, const struct words *words)
{
	print_head(out, words->name, 0, words->status, words->meaning);
	print_phrase(out, "Reported as:", words->reason ? words->reason : words->note);
	if (words->causes)
		print_list(out, "Usual causes:", words->causes);
	if (words->hint)
		print_phrase(out, "Advice:", words->hint);
	if (words->check)
		print_list(out, "Check:", words->check);
}

/* The causes, or else what to check: first those of the findings. */
static void print_with_findings(FILE *out, const char *title, const struct explanation *row,
				bool causes)
{
	const char *own = causes ? row->causes : row->check;

	if (!own && !row->codes[0])
		return;
	fprintf(out, "\n%s\n", title);
	for (size_t i = 0; i < EXPLANATION_CODES && row->codes[i]; i++) {
		const struct words *words = words_of(row->codes[i]);
		const char *lines = causes ? words->causes : words->check;

		if (lines)
			print_lines(out, lines);
	}
	if (own)
		print_lines(out, own);
}

static void print_explanation(FILE *out, const struct explanation *row)
{
	print_head(out, row->name, row->number, row->status, row->meaning);
	print_with_findings(out, "Usual causes:", row, true);
	print_with_findings(out, "Check:", row, false);
	if (row->codes[0])
		fprintf(out, "\nSee also, with --explain:\n");
	for (size_t i = 0; i < EXPLANATION_CODES && row->codes[i]; i++)
		print_item(out, finding_name(row->codes[i]), strlen(finding_name(row->codes[i])));
}

int explain_print(FILE *out, const char *name, struct message *why)
{
	const struct explanation *row = explanation_named(name);
	const struct words *words = words_named(name);

	if (!row && !words)
		return unknown_name(name, why);
	if (words)
		print_finding(out, words);
	else
		print_explanation(out, row);
	return STATUS_OK;
}
