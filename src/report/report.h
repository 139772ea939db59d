/* SPDX-License-Identifier: MIT */
/* Renders results and listener events, as text or as JSON. Nothing here decides anything. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "options.h"
#include "report/result.h"

#define REPORT_SCHEMA 1

/* What a terminal takes for colours; only where a reporter wants any. */
#define COLOR_GREEN  "\033[32m"
#define COLOR_YELLOW "\033[33m"
#define COLOR_RED    "\033[31m"
#define COLOR_NORMAL "\033[0m"
const char *report_verdict_color(enum verdict verdict);

struct reporter {
	FILE *out;
	FILE *hints; /* reasons and hints in text mode: stderr, NULL for none */
	bool json;
	bool quiet;
	bool color;
	/*
	 * Where the first errno of a failed write is kept for report_finish(), because a FILE only
	 * remembers that it failed. 0 at the start. NULL: the message then names no cause.
	 */
	int *write_error;
};

enum listen_event_type {
	LISTEN_READY, /* bound and listening: local */
	LISTEN_UP,    /* an association came: association */
	LISTEN_PATH,  /* one of its paths changed: path */
	LISTEN_DOWN,  /* it went: reason, and what it received */
	LISTEN_END,   /* the listener ends: totals */
};

struct listen_event {
	enum listen_event_type type;
	const char *stack;
	int64_t time_us; /* since the start of the program */
	const union address *local;
	size_t local_count;
	uint32_t assoc;                        /* UP, PATH, DOWN */
	const struct association *association; /* UP; not known if it has gone again already */
	union address from;                    /* UP: where the peer's first packet came from */
	union address path;                    /* PATH */
	enum stack_path_state path_state;      /* PATH */
	bool graceful;                         /* DOWN: closed by SHUTDOWN, else lost */
	int error;                             /* DOWN, lost: positive errno, or 0 */
	const char *reason;                    /* DOWN, END: one sentence */
	uint64_t associations;                 /* END */
	uint64_t messages;                     /* DOWN, END: echoed */
	uint64_t bytes;                        /* DOWN, END: echoed */
};

struct monitor_event; /* monitor.h */

/* Does the text go in colour: --color, NO_COLOR (no-color.org), TERM, is it a terminal. */
bool report_wants_color(enum color color, FILE *out);

void report_result(const struct reporter *reporter, const struct result *result);
void report_listen_event(const struct reporter *reporter, const struct listen_event *event);
void report_monitor_event(const struct reporter *reporter, const struct monitor_event *event);

/*
 * Flushes out. STATUS_OK, or STATUS_HOST after one line on stderr when anything written to it was
 * lost (/dev/full, a closed pipe).
 */
int report_finish(const struct reporter *reporter);

/* The two renderings behind report_result(), report_listen_event() and report_monitor_event(). */
void report_text_result(const struct reporter *reporter, const struct result *result);
void report_text_listen_event(const struct reporter *reporter, const struct listen_event *event);
void report_text_monitor_event(const struct reporter *reporter, const struct monitor_event *event);
void report_json_result(const struct reporter *reporter, const struct result *result);
void report_json_listen_event(const struct reporter *reporter, const struct listen_event *event);
void report_json_monitor_event(const struct reporter *reporter, const struct monitor_event *event);

/*
 * One whole record on out, flushed at once because scripts wait for it. text NULL: there was no
 * memory to make it.
 */
void report_emit(const struct reporter *reporter, const char *text, size_t length);

/* Names that both renderings use. */
const char *assoc_state_name(enum stack_assoc_state state);
const char *path_state_name(enum stack_path_state state);
const char *style_name(enum stack_style style);
/* Of the one extension bit; NULL for a bit that is none. Loop over 1 << 0, 1 << 1, ... */
const char *extension_name(unsigned extension);
/* "SIGINT"; NULL for 0 and for a signal that loop.h does not catch. */
const char *signal_name(int number);

#endif
