/* SPDX-License-Identifier: MIT */
/*
 * A record is put together in memory and written in one piece: first the result or the event, then
 * a table with one row per address.
 */
#include "report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/names.h"
#include "base/util.h"

/* "connected": the words of listen events and most results fit; longer ones stick out. */
#define WORD_WIDTH 9

#define LOCAL_SHOWN_MAX 8

/* Of the table of addresses. Behind them, without alignment: flags and a note. */
enum column {
	COLUMN_ADDRESS,
	COLUMN_VERDICT,
	COLUMN_RTT,
	COLUMN_RTO,
	COLUMN_MTU,
	COLUMN_COUNT,
};

#define COLUMN_GAP 2

#define CELL_TEXT_MAX     512
#define NAME_TEXT_MAX     256
#define DURATION_TEXT_MAX 32

/* A result or an event while it is put together. */
struct record {
	FILE *file;
	char *text; /* valid after file is closed */
	size_t length;
};

static FILE *start_record(struct record *record)
{
	*record = (struct record){ 0 };
	record->file = open_memstream(&record->text, &record->length);
	return record->file;
}

static void finish_record(const struct reporter *reporter, struct record *record)
{
	bool whole = fclose(record->file) == 0;

	report_emit(reporter, whole ? record->text : NULL, record->length);
	free(record->text);
}

static const char *result_color(enum result_word word)
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

static void print_padding(FILE *f, size_t used, size_t width)
{
	if (used < width)
		fprintf(f, "%*s", (int)(width - used), "");
}

static void print_word(FILE *f, const struct reporter *reporter, const char *word,
		       const char *color)
{
	if (reporter->color && color)
		fprintf(f, "%s%s%s", color, word, COLOR_NORMAL);
	else
		fputs(word, f);
}

/* The word that begins a record, and the gap behind it. */
static void print_head(FILE *f, const struct reporter *reporter, const char *word,
		       const char *color)
{
	print_word(f, reporter, word, color);
	print_padding(f, strlen(word), WORD_WIDTH);
	fputs("  ", f);
}

static const char *duration_text(int64_t us, char buf[DURATION_TEXT_MAX])
{
	int64_t tenths = (us + USEC_PER_MSEC / 20) / (USEC_PER_MSEC / 10);
	const char *unit = "ms";

	if (tenths >= 10000 * 10) {
		tenths = (us + USEC_PER_SEC / 20) / (USEC_PER_SEC / 10);
		unit = "s";
	}
	snprintf(buf, DURATION_TEXT_MAX, "%" PRId64 ".%d %s", tenths / 10, (int)(tenths % 10),
		 unit);
	return buf;
}

/* The figures of a dead path are stale, and those of an address outside do not exist. */
static bool has_figures(const struct path_result *p)
{
	return p->in_association && !(p->verdict == VERDICT_DEAD && p->note.text[0]);
}

static size_t address_cell(const union address *address, const char *host, char buf[CELL_TEXT_MAX])
{
	char text[ADDRESS_TEXT_MAX];
	char name[NAME_TEXT_MAX];

	address_text(address, text);
	if (host)
		snprintf(buf, CELL_TEXT_MAX, "%s (%s)", text, printable(host, name, sizeof(name)));
	else
		snprintf(buf, CELL_TEXT_MAX, "%s", text);
	return strlen(buf);
}

/* What was measured just now says more than what the stack has made of it. */
static void rtt_cell(const struct path_result *p, char buf[CELL_TEXT_MAX])
{
	int64_t srtt_us = p->path.srtt_us;
	char duration[DURATION_TEXT_MAX];

	if (p->rtt_us > 0 && p->rtt_us < USEC_PER_MSEC) {
		snprintf(buf, CELL_TEXT_MAX, "rtt 0.%02d ms", (int)(p->rtt_us / 10));
		return;
	}
	if (p->rtt_us > 0) {
		snprintf(buf, CELL_TEXT_MAX, "rtt %s", duration_text(p->rtt_us, duration));
		return;
	}
	/* Stacks measure in whole milliseconds or coarser: no decimal that means nothing. */
	if (srtt_us % USEC_PER_MSEC == 0)
		snprintf(buf, CELL_TEXT_MAX, "srtt %" PRId64 " ms", srtt_us / USEC_PER_MSEC);
	else
		snprintf(buf, CELL_TEXT_MAX, "srtt %s", duration_text(srtt_us, duration));
}

/* Empty where there is nothing to say. */
static size_t cell_text(const struct path_result *p, enum column column, char buf[CELL_TEXT_MAX])
{
	buf[0] = '\0';
	if (column == COLUMN_ADDRESS)
		address_cell(&p->path.address, p->host, buf);
	else if (column == COLUMN_VERDICT)
		snprintf(buf, CELL_TEXT_MAX, "%s", verdict_name(p->verdict));
	else if (!has_figures(p))
		return 0;
	else if (column == COLUMN_RTT && (p->rtt_us > 0 || p->path.srtt_us > 0))
		rtt_cell(p, buf);
	else if (column == COLUMN_RTO && p->path.rto_ms)
		snprintf(buf, CELL_TEXT_MAX, "rto %" PRIu32 " ms", p->path.rto_ms);
	else if (column == COLUMN_MTU && p->path.mtu)
		snprintf(buf, CELL_TEXT_MAX, "mtu %" PRIu32, p->path.mtu);
	return strlen(buf);
}

/* What stands behind the columns, after the white space that is owed. */
static void print_tail(FILE *f, const char *text, size_t *gap)
{
	if (*text) {
		print_padding(f, 0, *gap);
		fputs(text, f);
		*gap = COLUMN_GAP;
	}
}

static void print_row(FILE *f, const struct reporter *reporter, const struct path_result *p,
		      const char *note, bool learned, const size_t widths[COLUMN_COUNT])
{
	const bool figures = has_figures(p);
	size_t gap = COLUMN_GAP; /* owed: nothing ends in white space */

	for (enum column column = 0; column < COLUMN_COUNT; column++) {
		char buf[CELL_TEXT_MAX];
		size_t width = cell_text(p, column, buf);

		/* The note of an address without figures begins where others have theirs. */
		if (widths[column] == 0 || (column > COLUMN_VERDICT && !figures))
			continue;
		if (width > 0) {
			print_padding(f, 0, gap);
			print_word(f, reporter, buf,
				   column == COLUMN_VERDICT ? report_verdict_color(p->verdict)
							    : NULL);
			gap = 0;
		}
		gap += widths[column] - width + COLUMN_GAP;
	}
	if (!figures)
		print_tail(f, note, &gap);
	if (p->in_association && p->path.primary)
		print_tail(f, "primary", &gap);
	if (p->in_association && p->path.state != PATH_ACTIVE && p->path.state != PATH_UNKNOWN)
		print_tail(f, path_state_name(p->path.state), &gap);
	if (learned)
		print_tail(f, "learned", &gap);
	if (figures)
		print_tail(f, note, &gap);
	putc('\n', f);
}

static void measure(const struct association *a, size_t widths[COLUMN_COUNT])
{
	char buf[CELL_TEXT_MAX];

	for (size_t i = 0; i < a->path_count; i++) {
		for (enum column column = 0; column < COLUMN_COUNT; column++) {
			size_t width = cell_text(&a->paths[i], column, buf);

			if (widths[column] < width)
				widths[column] = width;
		}
	}
}

/* lone_note: what stands beside the one address of an attempt that has no note of its own. */
static void print_rows(FILE *f, const struct reporter *reporter, const struct association *a,
		       const char *lone_note)
{
	size_t widths[COLUMN_COUNT] = { 0 };
	bool some_requested = false; /* a listener requests none: then "learned" says nothing */

	measure(a, widths);
	for (size_t i = 0; i < a->path_count; i++)
		some_requested |= a->paths[i].requested;
	for (size_t i = 0; i < a->path_count; i++) {
		const struct path_result *p = &a->paths[i];

		print_row(f, reporter, p, p->note.text[0] ? p->note.text : lone_note,
			  some_requested && !p->requested, widths);
	}
}

static void print_extensions(FILE *f, unsigned extensions)
{
	const char *separator = "; extensions ";

	for (unsigned bit = 1; bit && bit <= extensions; bit <<= 1) {
		const char *name = extensions & bit ? extension_name(bit) : NULL;

		if (!name)
			continue;
		fprintf(f, "%s%s", separator, name);
		separator = ", ";
	}
}

/* Our side of the association, and what the two agreed on. */
static void print_local(FILE *f, const struct association *a)
{
	char buf[ADDRESS_TEXT_MAX];
	size_t shown = a->local_count < LOCAL_SHOWN_MAX ? a->local_count : LOCAL_SHOWN_MAX;

	if (!a->known || shown == 0)
		return;
	for (size_t i = 0; i < shown; i++)
		fprintf(f, "%s%s", i == 0 ? "  from " : ", ", address_host_text(&a->local[i], buf));
	if (shown < a->local_count)
		fprintf(f, " and %zu more,", a->local_count - shown);
	fprintf(f, " port %u; peer rwnd %" PRIu32, address_port(&a->local[0]), a->status.peer_rwnd);
	print_extensions(f, a->status.extensions);
	putc('\n', f);
}

static void print_association(FILE *f, const struct stack_status *status)
{
	if (status->state != ASSOC_ESTABLISHED)
		fprintf(f, " (%s)", assoc_state_name(status->state));
	fprintf(f, ", streams %u out %u in", status->out_streams, status->in_streams);
}

/* "(kernel, nonblocking, one-to-many, try 7)" */
static void print_manner(FILE *f, const struct result *result)
{
	fprintf(f, " (%s, %s", result->stack, result->blocking ? "blocking" : "nonblocking");
	if (result->style == STACK_ONE_TO_MANY)
		fprintf(f, ", %s", style_name(result->style));
	if (result->tries > 1)
		fprintf(f, ", try %u", result->tries);
	putc(')', f);
}

static void print_up(FILE *f, const struct result *result)
{
	const struct association *a = &result->association;
	char buf[DURATION_TEXT_MAX];

	if (a->known) {
		fprintf(f, "association %" PRIu32, a->status.id);
		print_association(f, &a->status);
		fputs(", ", f);
	} else {
		fputs("in ", f);
	}
	fputs(duration_text(result->connect_us, buf), f);
}

static void print_failure(FILE *f, const struct result *result)
{
	const bool unresolved = result->word == RESULT_UNRESOLVED;
	int64_t took_us = unresolved ? result->resolve_us : result->connect_us;
	const char *cause = signal_name(result->signal);
	char buf[DURATION_TEXT_MAX];
	char name[NAME_TEXT_MAX];

	if (!cause && result->error)
		cause = errno_name(result->error);
	if (!cause && result->target && (unresolved || took_us <= 0))
		cause = printable(result->target->name, name, sizeof(name));
	if (cause)
		fputs(cause, f);
	if (took_us > 0)
		fprintf(f, "%safter %s", cause ? " " : "", duration_text(took_us, buf));
}

/*
 * The reason goes beside the address where there is only one and nothing else is said about it. An
 * address of several gets no such thing: the reason is of the attempt, not of each.
 */
static const char *lone_note(const struct result *result)
{
	const struct association *a = &result->association;

	return !result_is_up(result->word) && a->path_count == 1 ? result->reason.text : "";
}

static bool beside_an_address(const struct result *result, const char *sentence)
{
	const struct association *a = &result->association;

	for (size_t i = 0; i < a->path_count; i++) {
		const char *note = a->paths[i].note.text;

		if (strcmp(*note ? note : lone_note(result), sentence) == 0)
			return true;
	}
	for (size_t i = 0; result->each_count > 1 && i < result->each_count; i++)
		if (strcmp(result->each[i].reason.text, sentence) == 0)
			return true;
	return false;
}

static void print_hints(const struct reporter *reporter, const struct result *result)
{
	const char *sentences[] = { result->reason.text, result->hint.text };

	for (size_t i = 0; i < ARRAY_SIZE(sentences); i++) {
		if (!*sentences[i] || beside_an_address(result, sentences[i]))
			continue;
		if (i > 0 && strcmp(sentences[i], sentences[i - 1]) == 0)
			continue;
		fputs("sctp-connect: ", reporter->hints);
		fputs(sentences[i], reporter->hints);
		putc('\n', reporter->hints);
	}
	fflush(reporter->hints);
}

/* "ECONNREFUSED after 0.4 ms", "in 1.1 ms" */
static size_t outcome_cell(const struct single_result *s, char buf[CELL_TEXT_MAX])
{
	char duration[DURATION_TEXT_MAX];
	int used = 0;

	buf[0] = '\0';
	if (s->error)
		used = snprintf(buf, CELL_TEXT_MAX, "%s ", errno_name(s->error));
	if (s->connect_us > 0)
		used += snprintf(buf + used, CELL_TEXT_MAX - (size_t)used, "%s %s ",
				 result_is_up(s->word) ? "in" : "after",
				 duration_text(s->connect_us, duration));
	if (used > 0)
		buf[--used] = '\0';
	return (size_t)used;
}

/* Of one address the first line has said it all. */
static void print_each(FILE *f, const struct reporter *reporter, const struct result *result)
{
	size_t address_width = 0, word_width = 0, outcome_width = 0;
	char buf[CELL_TEXT_MAX];

	if (result->each_count < 2)
		return;
	for (size_t i = 0; i < result->each_count; i++) {
		const struct single_result *s = &result->each[i];

		address_width = MAX(address_width, address_cell(&s->address, s->host, buf));
		word_width = MAX(word_width, strlen(result_name(s->word)));
		outcome_width = MAX(outcome_width, outcome_cell(s, buf));
	}
	fputs("each alone:\n", f);
	for (size_t i = 0; i < result->each_count; i++) {
		const struct single_result *s = &result->each[i];
		const char *word = result_name(s->word);
		size_t used = address_cell(&s->address, s->host, buf);
		size_t gap;

		fprintf(f, "  %s%*s", buf, (int)(address_width - used + COLUMN_GAP), "");
		print_word(f, reporter, word, result_color(s->word));
		gap = word_width - strlen(word) + COLUMN_GAP;
		used = outcome_cell(s, buf);
		print_tail(f, buf, &gap);
		gap = (used ? outcome_width - used : gap + outcome_width) + COLUMN_GAP;
		print_tail(f, s->reason.text, &gap);
		putc('\n', f);
	}
}

void report_text_result(const struct reporter *reporter, const struct result *result)
{
	struct record record;
	FILE *f = start_record(&record);

	if (!f) {
		report_emit(reporter, NULL, 0);
		return;
	}
	print_head(f, reporter, result_name(result->word), result_color(result->word));
	if (result_is_up(result->word))
		print_up(f, result);
	else
		print_failure(f, result);
	if (result->stack && result->word != RESULT_UNRESOLVED)
		print_manner(f, result);
	putc('\n', f);
	print_rows(f, reporter, &result->association, lone_note(result));
	if (result_is_up(result->word))
		print_local(f, &result->association);
	print_each(f, reporter, result);

	finish_record(reporter, &record);
	if (reporter->hints)
		print_hints(reporter, result);
}

static void print_ready(FILE *f, const struct listen_event *event)
{
	char buf[ADDRESS_TEXT_MAX];

	fputs("listening on", f);
	for (size_t i = 0; i < event->local_count; i++)
		fprintf(f, " %s", address_text(&event->local[i], buf));
	fprintf(f, " (%s)\n", event->stack);
}

static void print_came(FILE *f, const struct reporter *reporter, const struct listen_event *event)
{
	const struct association *a = event->association;
	char buf[ADDRESS_TEXT_MAX];

	print_head(f, reporter, "up", COLOR_GREEN);
	fprintf(f, "association %" PRIu32 " from %s", event->assoc,
		address_text(&event->from, buf));
	if (a->known)
		print_association(f, &a->status);
	putc('\n', f);
	print_rows(f, reporter, a, "");
}

static void print_echoed(FILE *f, const struct listen_event *event)
{
	fprintf(f, "%" PRIu64 " message%s %" PRIu64 " byte%s echoed", event->messages,
		event->messages == 1 ? "" : "s", event->bytes, event->bytes == 1 ? "" : "s");
}

static void print_went(FILE *f, const struct reporter *reporter, const struct listen_event *event)
{
	const char *reason = event->reason ? event->reason : "";

	print_head(f, reporter, "down", event->graceful ? NULL : COLOR_RED);
	fprintf(f, "association %" PRIu32 " ", event->assoc);
	if (event->graceful) {
		fputs(*reason ? reason : "closed by the peer", f);
	} else {
		fputs("lost", f);
		if (event->error)
			fprintf(f, ": %s", errno_name(event->error));
		if (*reason) {
			fputs(": ", f);
			fputs(reason, f);
		}
	}
	fputs(", ", f);
	print_echoed(f, event);
	putc('\n', f);
}

static void print_end(FILE *f, const struct reporter *reporter, const struct listen_event *event)
{
	print_head(f, reporter, "end", NULL);
	fprintf(f, "%" PRIu64 " association%s, ", event->associations,
		event->associations == 1 ? "" : "s");
	print_echoed(f, event);
	if (event->reason && *event->reason) {
		fputs(": ", f);
		fputs(event->reason, f);
	}
	putc('\n', f);
}

void report_text_listen_event(const struct reporter *reporter, const struct listen_event *event)
{
	struct record record;
	FILE *f = start_record(&record);
	char buf[ADDRESS_TEXT_MAX];

	if (!f) {
		report_emit(reporter, NULL, 0);
		return;
	}
	switch (event->type) {
	case LISTEN_READY:
		print_ready(f, event);
		break;
	case LISTEN_UP:
		print_came(f, reporter, event);
		break;
	case LISTEN_PATH:
		print_head(f, reporter, "path", NULL);
		fprintf(f, "association %" PRIu32 ", %s %s\n", event->assoc,
			address_text(&event->path, buf), path_state_name(event->path_state));
		break;
	case LISTEN_DOWN:
		print_went(f, reporter, event);
		break;
	case LISTEN_END:
		print_end(f, reporter, event);
		break;
	}
	finish_record(reporter, &record);
}
