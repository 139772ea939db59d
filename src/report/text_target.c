/* SPDX-License-Identifier: MIT */
/* --targets: one line a target, and the line that counts all of them. */
#include "report/text.h"

#include <string.h>
#include <sys/param.h>

#include "base/names.h"
#include "report/words.h"

#define OUTCOME_WIDTH (sizeof("2 of 2 verified") - 1)
#define TIME_WIDTH    (sizeof("12.0 ms") - 1)

/* "2 of 2 verified", "2 paths", "ECONNREFUSED"; or "" */
static const char *outcome_text(const struct result *result, char buf[CELL_TEXT_MAX])
{
	const struct association *a = &result->association;
	size_t verified = 0;
	const char *cause = signal_name(result->signal);
	char *end = buf;

	if (!result_is_up(result->word)) {
		if (!cause && result->error)
			cause = errno_name(result->error);
		return cause ? cause : "";
	}
	for (size_t i = 0; i < a->path_count; i++)
		verified += a->paths[i].verdict == VERDICT_VERIFIED;
	if (verified || result->probe_us) {
		end = put_decimal(end, verified);
		end = put_decimal(stpcpy(end, " of "), a->path_count);
		strcpy(end, " verified");
	} else {
		end = put_decimal(end, a->path_count);
		strcpy(end, a->path_count == 1 ? " path" : " paths");
	}
	return buf;
}

/* Why; of an association that is up, what is wrong with its first path that is not verified. */
static const char *note_text(const struct result *result, struct message *m)
{
	const struct association *a = &result->association;
	char text[ADDRESS_TEXT_MAX];
	struct message note;

	for (size_t i = 0; result_is_up(result->word) && i < a->path_count; i++) {
		const struct path_result *p = &a->paths[i];

		if (p->verdict == VERDICT_VERIFIED || !p->cause.code)
			continue;
		snprintf(m->text, sizeof(m->text), "%s: %s",
			 address_host_text(&p->path.address, text), words_note(&p->cause, &note));
		return m->text;
	}
	return result->status == STATUS_USAGE ? result->usage->text
					      : words_result_reason(result, m);
}

/* Not a struct record: to make its FILE costs more than to fill it. */
struct line {
	char text[2 * sizeof(struct message)];
	size_t length;
	size_t at; /* the column */
};

static void put(struct line *line, const char *text, size_t length)
{
	length = MIN(length, sizeof(line->text) - line->length);
	memcpy(line->text + line->length, text, length);
	line->length += length;
}

/* A cell from that column on, or after a longer cell before it. No line ends in white space. */
static void print_cell(struct line *line, size_t column, const char *text, const char *color)
{
	size_t length = strlen(text);

	if (!length)
		return;
	if (line->at)
		column = MAX(column, line->at + COLUMN_GAP);
	for (; line->at < column; line->at++)
		put(line, " ", 1);
	if (color)
		put(line, color, strlen(color));
	put(line, text, length);
	if (color)
		put(line, COLOR_NORMAL, strlen(COLOR_NORMAL));
	line->at += length;
}

void report_text_target(const struct reporter *reporter, const struct result *result,
			size_t name_width)
{
	int64_t took_us = result->word == RESULT_UNRESOLVED ? result->resolve_us
							    : result->connect_us;
	const char *color = reporter->color ? text_result_color(result->word) : NULL;
	size_t column = name_width + COLUMN_GAP;
	struct message note;
	struct line line;
	char buf[CELL_TEXT_MAX];

	line.length = line.at = 0;
	print_cell(&line, 0, printable(result->target->known_as, buf, NAME_TEXT_MAX), NULL);
	print_cell(&line, column, result_name(result->word), color);
	column += TEXT_WORD_WIDTH + COLUMN_GAP;
	print_cell(&line, column, outcome_text(result, buf), NULL);
	column += OUTCOME_WIDTH + COLUMN_GAP;
	print_cell(&line, column, took_us > 0 ? text_duration(took_us, SECONDS_FROM_US, buf) : "",
		   NULL);
	column += TIME_WIDTH + COLUMN_GAP;
	print_cell(&line, column, note_text(result, &note), NULL);
	put(&line, "\n", 1);
	reporter_emit(reporter, line.text, line.length);
}

static void print_count(FILE *f, size_t count, const char *what, const char **separator)
{
	if (!count)
		return;
	fprintf(f, "%s%zu %s", *separator, count, what);
	*separator = ", ";
}

void report_text_summary(const struct reporter *reporter, const struct summary *s)
{
	struct record record;
	char buf[DURATION_TEXT_MAX];
	const char *separator = ": ";
	FILE *f = record_start(&record, reporter);

	fprintf(f, "%zu target%s in %s", s->targets, s->targets == 1 ? "" : "s",
		text_duration(s->took_us, USEC_PER_SEC, buf));
	for (size_t i = 0; i < RESULT_COUNT; i++)
		print_count(f, s->words[i], result_name((enum result_word)i), &separator);
	print_count(f, s->interrupted, "interrupted", &separator);
	print_count(f, s->untried, "not tried", &separator);
	putc('\n', f);
	record_finish(&record);
}
