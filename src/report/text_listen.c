/* SPDX-License-Identifier: MIT */
/* The events of --listen. */
#include "report/text.h"

#include <errno.h>
#include <inttypes.h>

#include "base/names.h"
#include "report/words.h"

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

	text_head(f, reporter, "up", COLOR_GREEN);
	fprintf(f, "association %" PRIu32 " from %s", event->assoc,
		address_text(&event->from, buf));
	if (a->known)
		text_streams(f, &a->status);
	putc('\n', f);
	text_paths(f, reporter, a, "");
	text_parameters(f, a);
}

static void print_amount(FILE *f, const struct amount *amount)
{
	fprintf(f, "%" PRIu64 " message%s %" PRIu64 " byte%s", amount->messages,
		amount->messages == 1 ? "" : "s", amount->bytes, amount->bytes == 1 ? "" : "s");
}

static void print_echoed(FILE *f, const struct listen_event *event)
{
	print_amount(f, &event->echoed);
	fprintf(f, " %s", event->served);
	if (event->not_echoed.messages) {
		fputs(", ", f);
		print_amount(f, &event->not_echoed);
		fprintf(f, " not %s", event->served);
	}
}

static void print_not_echoed(FILE *f, const struct reporter *reporter,
			     const struct listen_event *event)
{
	text_head(f, reporter, "no echo", COLOR_RED);
	fprintf(f, "association %" PRIu32 ", a message of %s%" PRIu64 " bytes on stream %u: %s",
		event->assoc, event->more ? "at least " : "", event->echoed.bytes, event->stream,
		errno_name(event->error));
	if (event->error == EMSGSIZE)
		fputs(": longer than the send buffer can be", f);
	if (event->error == ENOBUFS)
		fputs(": long messages of all associations already take all memory that they may",
		      f);
	putc('\n', f);
}

static void print_went(FILE *f, const struct reporter *reporter, const struct listen_event *event)
{
	struct message note;

	words_note(&event->cause, &note);
	text_head(f, reporter, "down", event->graceful ? NULL : COLOR_RED);
	fprintf(f, "association %" PRIu32 " ", event->assoc);
	if (event->graceful) {
		fputs(note.text, f);
	} else {
		fputs("lost", f);
		if (event->error)
			fprintf(f, ": %s", errno_name(event->error));
		if (note.text[0])
			fprintf(f, ": %s", note.text);
	}
	fputs(", ", f);
	print_echoed(f, event);
	putc('\n', f);
}

static void print_end(FILE *f, const struct reporter *reporter, const struct listen_event *event)
{
	struct message note;

	text_head(f, reporter, "end", NULL);
	fprintf(f, "%" PRIu64 " association%s, ", event->associations,
		event->associations == 1 ? "" : "s");
	print_echoed(f, event);
	fprintf(f, ": %s", words_note(&event->cause, &note));
	putc('\n', f);
}

void report_text_listen_event(const struct reporter *reporter, const struct listen_event *event)
{
	struct record record;
	FILE *f = record_start(&record, reporter);
	char buf[ADDRESS_TEXT_MAX];

	switch (event->type) {
	case LISTEN_READY:
		print_ready(f, event);
		break;
	case LISTEN_UP:
		print_came(f, reporter, event);
		break;
	case LISTEN_PATH:
		text_head(f, reporter, "path", NULL);
		fprintf(f, "association %" PRIu32 ", %s %s\n", event->assoc,
			address_text(&event->path, buf), path_state_name(event->path_state));
		break;
	case LISTEN_NOT_ECHOED:
		print_not_echoed(f, reporter, event);
		break;
	case LISTEN_DOWN:
		print_went(f, reporter, event);
		break;
	case LISTEN_END:
		print_end(f, reporter, event);
		break;
	case LISTEN_EVENT_COUNT:
		break;
	}
	record_finish(&record);
}
