/* SPDX-License-Identifier: MIT */
#include "report/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <time.h>

const char *text_verdict_color(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_VERIFIED:
		return COLOR_GREEN;
	case VERDICT_UNVERIFIED:
	case VERDICT_REJECTED:
	case VERDICT_UNTRIED:
	case VERDICT_EXCLUDED:
		return COLOR_YELLOW;
	default:
		return COLOR_RED;
	}
}

const char *text_result_color(enum result_word word)
{
	switch (word) {
	case RESULT_CONNECTED:
		return COLOR_GREEN;
	case RESULT_DEGRADED:
		return COLOR_YELLOW;
	default:
		return COLOR_RED;
	}
}

static ssize_t append(void *cookie, const char *bytes, size_t size)
{
	struct record *record = cookie;

	if (size > record->room - record->length) {
		size_t room = MAX(2 * record->room, record->length + size);

		record->text = xreallocarray(record->text, room, 1);
		record->room = room;
	}
	memcpy(record->text + record->length, bytes, size);
	record->length += size;
	return (ssize_t)size;
}

FILE *record_start(struct record *record, const struct reporter *reporter)
{
	record->reporter = reporter;
	record->text = NULL;
	record->length = record->room = 0;
	record->file =
		check_memory(fopencookie(record, "w", (cookie_io_functions_t){ .write = append }));
	setvbuf(record->file, record->buffer, _IOFBF, sizeof(record->buffer));
	return record->file;
}

void record_finish(struct record *record)
{
	bool whole = fflush(record->file) == 0 && !ferror(record->file);

	fclose(record->file);
	reporter_emit(record->reporter, whole ? record->text : NULL, record->length);
	free(record->text);
}

void text_padding(FILE *f, size_t used, size_t width)
{
	for (; used < width; used++)
		putc_unlocked(' ', f);
}

void text_word(FILE *f, bool in_color, const char *word, const char *color)
{
	if (in_color && color)
		fprintf(f, "%s%s%s", color, word, COLOR_NORMAL);
	else
		fputs(word, f);
}

void text_head(FILE *f, const struct reporter *reporter, const char *word, const char *color)
{
	text_word(f, reporter->color, word, color);
	text_padding(f, strlen(word), TEXT_WORD_WIDTH);
	text_padding(f, 0, COLUMN_GAP);
}

void text_tail(FILE *f, const char *text, size_t *gap)
{
	if (*text) {
		text_padding(f, 0, *gap);
		fputs(text, f);
		*gap = COLUMN_GAP;
	}
}

const char *text_duration(int64_t us, int64_t seconds_from_us, char buf[DURATION_TEXT_MAX])
{
	int64_t tenth_us = USEC_PER_MSEC / 10;
	const char *unit = "ms";
	uint64_t tenths;
	char *end;

	us = MAX(us, 0);
	if (us + tenth_us / 2 >= seconds_from_us) {
		tenth_us = USEC_PER_SEC / 10;
		unit = "s";
	}
	tenths = (uint64_t)((us + tenth_us / 2) / tenth_us);
	end = put_decimal(buf, tenths / 10);
	*end++ = '.';
	end = put_decimal(end, tenths % 10);
	stpcpy(stpcpy(end, " "), unit);
	return buf;
}

size_t text_address_cell(const union address *address, const char *host, char buf[CELL_TEXT_MAX])
{
	char name[NAME_TEXT_MAX];
	size_t length = strlen(address_text(address, buf));

	if (host)
		length += (size_t)snprintf(buf + length, CELL_TEXT_MAX - length, " (%s)",
					   printable(host, name, sizeof(name)));
	return length;
}

void text_streams(FILE *f, const struct stack_status *status)
{
	if (status->state != ASSOC_ESTABLISHED)
		fprintf(f, " (%s)", assoc_state_name(status->state));
	fprintf(f, ", streams %u out %u in", status->out_streams, status->in_streams);
}

void text_time(FILE *f, int64_t wall_us)
{
	time_t seconds = (time_t)(wall_us / USEC_PER_SEC);
	char text[32] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	fprintf(f, "%s.%03d  ", text, (int)(wall_us % USEC_PER_SEC / USEC_PER_MSEC));
}

void text_parameters(FILE *f, const struct association *association)
{
	const struct stack_parameters *asked = &association->asked;
	const struct stack_parameters *in_force = &association->in_force;
	char is[PARAMETER_TEXT_MAX], was[PARAMETER_TEXT_MAX];

	for (enum stack_parameter p = 0; p < PARAMETER_COUNT; p++)
		if (parameter_changed(asked, in_force, p))
			fprintf(f, "  %s is %s: the stack has changed it from %s\n",
				parameter_kind(p)->name, parameter_text(p, in_force->value[p], is),
				parameter_text(p, asked->value[p], was));
}
