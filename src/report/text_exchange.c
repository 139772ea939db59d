/* SPDX-License-Identifier: MIT */
/* Messages: what was sent, and a hex dump of each that came. */
#include "report/text.h"

#include <inttypes.h>
#include <sys/param.h>

#include "packet/ppid.h"
#include "report/words.h"

#define DUMP_COLUMNS 16
/* Of a longer message, the text has the beginning. */
#define DUMP_MAX 4096

/* "PPID 46 (diameter)" */
static void put_ppid(FILE *f, uint32_t ppid)
{
	const char *name = ppid_name(ppid);

	fprintf(f, "PPID %u", ppid);
	if (name)
		fprintf(f, " (%s)", name);
}

static void print_row(FILE *f, const uint8_t *bytes, size_t at, size_t length)
{
	fprintf(f, "  %04zx ", at);
	for (size_t i = 0; i < DUMP_COLUMNS; i++) {
		if (i % 8 == 0)
			putc(' ', f);
		if (i < length)
			fprintf(f, "%02x ", bytes[at + i]);
		else
			fputs("   ", f);
	}
	putc(' ', f);
	for (size_t i = 0; i < length; i++) {
		uint8_t c = bytes[at + i];

		putc(c >= ' ' && c <= '~' ? c : '.', f);
	}
	putc('\n', f);
}

static void print_reply(FILE *f, const struct reporter *reporter, const struct reply *reply)
{
	size_t shown = reply->bytes ? MIN(reply->length, DUMP_MAX) : 0;
	char buf[DURATION_TEXT_MAX];

	text_head(f, reporter, "message", NULL);
	fprintf(f, "%zu byte%s on stream %u, ", reply->length, reply->length == 1 ? "" : "s",
		reply->stream);
	put_ppid(f, reply->ppid);
	fprintf(f, "%s, after %s%s\n", reply->unordered ? ", unordered" : "",
		text_duration(reply->after_us, SECONDS_FROM_US, buf),
		reply->more ? ", goes on in the next one" : "");
	for (size_t at = 0; at < shown; at += DUMP_COLUMNS)
		print_row(f, reply->bytes, at, MIN(DUMP_COLUMNS, shown - at));
	if (shown < reply->length)
		fprintf(f, "  and %zu more bytes%s\n", reply->length - shown,
			reply->bytes ? ", which --json has" : ", which were not kept");
}

void text_exchange(FILE *f, const struct reporter *reporter, const struct exchange_result *exchange)
{
	if (exchange->to_send) {
		text_head(f, reporter, "sent", NULL);
		fprintf(f, "%zu", exchange->sent);
		if (exchange->sent < exchange->to_send)
			fprintf(f, " of %zu", exchange->to_send);
		fprintf(f, " message%s, %zu byte%s%s\n", exchange->to_send == 1 ? "" : "s",
			exchange->sent_bytes, exchange->sent_bytes == 1 ? "" : "s",
			exchange->acknowledged ? ", acknowledged" : "");
	}
	for (size_t i = 0; i < exchange->reply_count; i++)
		print_reply(f, reporter, &exchange->replies[i]);
}

static void print_amount(FILE *f, uint64_t messages, uint64_t bytes)
{
	fprintf(f, "%" PRIu64 " message%s, %" PRIu64 " byte%s", messages, messages == 1 ? "" : "s",
		bytes, bytes == 1 ? "" : "s");
}

void report_text_relay_end(const struct reporter *reporter, const struct relay_end *end)
{
	struct record record;
	struct message note;
	FILE *f = record_start(&record, reporter);

	text_head(f, reporter, "relayed", end->status ? COLOR_RED : NULL);
	fputs("to the peer: ", f);
	print_amount(f, end->messages_sent, end->bytes_sent);
	if (end->bytes_unsent)
		fprintf(f, " (and %" PRIu64 " not sent)", end->bytes_unsent);
	fputs("; from it: ", f);
	print_amount(f, end->messages_received, end->bytes_received);
	fprintf(f, ": %s\n", words_note(&end->cause, &note));
	record_finish(&record);
}
