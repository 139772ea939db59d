/* SPDX-License-Identifier: MIT */
/* Reports as text: the pieces for all text_*.c, and for the live tables. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/util.h"
#include "report/listen_event.h"
#include "report/monitor_event.h"
#include "report/relay_end.h"
#include "report/reporter.h"
#include "report/result.h"
#include "report/summary.h"
#include "report/show_event.h"

/* The escape sequences for colours. */
#define COLOR_GREEN  "\033[32m"
#define COLOR_YELLOW "\033[33m"
#define COLOR_RED    "\033[31m"
#define COLOR_NORMAL "\033[0m"
const char *text_verdict_color(enum verdict verdict);
const char *text_result_color(enum result_word word);

/*
 * A record while it is put together in memory, to be written in one piece. Not open_memstream(),
 * whose text is cut without an error where memory is short.
 */
struct record {
	const struct reporter *reporter;
	FILE *file;
	char buffer[1024]; /* of file */
	char *text;        /* complete after file is closed */
	size_t length;
	size_t room;
};

/* Returns record->file. */
FILE *record_start(struct record *record, const struct reporter *reporter);
/* Writes the record, and frees its memory. */
void record_finish(struct record *record);

void text_padding(FILE *f, size_t used, size_t width);

/* color: NULL for none. */
void text_word(FILE *f, bool in_color, const char *word, const char *color);

/*
 * The width of "connected". The words of listen events and most results fit; longer ones exceed it.
 */
#define TEXT_WORD_WIDTH ((size_t)9)

/* The word that begins a record, and the gap after it. */
void text_head(FILE *f, const struct reporter *reporter, const char *word, const char *color);

/* Prints text after the columns, if there is any, after the pending white space. */
#define COLUMN_GAP 2
void text_tail(FILE *f, const char *text, size_t *gap);

/* "28.4 ms", from seconds_from_us on "12.3 s": into buf, which is returned. */
#define SECONDS_FROM_US   (10 * (int64_t)USEC_PER_SEC) /* for what takes milliseconds, mostly */
#define DURATION_TEXT_MAX 32
const char *text_duration(int64_t us, int64_t seconds_from_us, char buf[DURATION_TEXT_MAX]);

/* For printable() names of hosts. */
#define NAME_TEXT_MAX 256

/* "10.1.1.2:5000", and "(mme.example)" after it unless host is NULL. Returns its length. */
#define CELL_TEXT_MAX 512
size_t text_address_cell(const union address *address, const char *host, char buf[CELL_TEXT_MAX]);

/* The local time of day, with the date: a log may span days. */
void text_time(FILE *f, int64_t wall_us);

/* A line for each parameter (-o) of which the stack has another value than was asked for. */
void text_parameters(FILE *f, const struct association *association);

/* ", streams 10 out 10 in" */
void text_streams(FILE *f, const struct stack_status *status);

/* One row per path. lone_note is for a path that has no note. */
void text_paths(FILE *f, const struct reporter *reporter, const struct association *a,
		const char *lone_note);

/* --- text_routes.c: how packets leave this host --- */

/* A line for each link, and for each gateway, that several verified paths share. */
void text_shared(FILE *f, const struct association *a);
/* A line for each address without an answer: the route explains it, or it is not the reason. */
void text_routes(FILE *f, const struct association *a);

/* --- text_exchange.c --- */

/* A line for what was sent, and a hex dump of each message that came. */
void text_exchange(FILE *f, const struct reporter *reporter,
		   const struct exchange_result *exchange);

/* --- The renderers -------------------------------------------------------------------------- */

void report_text_unanswered(const struct reporter *reporter, const struct result *result,
			    const struct finding *why);
void report_text_relay_end(const struct reporter *reporter, const struct relay_end *end);
void report_text_result(const struct reporter *reporter, const struct result *result);
void report_text_target(const struct reporter *reporter, const struct result *result,
			size_t name_width);
void report_text_summary(const struct reporter *reporter, const struct summary *summary);
void report_text_listen_event(const struct reporter *reporter, const struct listen_event *event);
void report_text_monitor_event(const struct reporter *reporter, const struct monitor_event *event);
void report_text_show_event(const struct reporter *reporter, const struct show_event *event);

#endif
