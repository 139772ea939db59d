/* SPDX-License-Identifier: MIT */
/*
 * Between two draws the cursor is at the beginning of the table, and always visible. So clearing to
 * the end of the screen removes the table, even if the terminal has wrapped its lines for another
 * width. Nothing needs to be restored, however the program ends.
 */
#include "report/live.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/signals.h"
#include "base/util.h"
#include "report/text.h"

/* The title shows seconds. */
#define REDRAW_US (1 * USEC_PER_SEC)

#define DEFAULT_ROWS 24

#define ERASE_LINE  "\033[K" /* what is to the right of the cursor */
#define ERASE_BELOW "\033[J"

void live_new_line(FILE *f, const struct live_size *size)
{
	fputs(size->in_place ? ERASE_LINE "\n" : "\n", f);
}

struct live {
	const struct reporter *reporter;
	live_print *print;
	const void *data;
	struct live_size size;
	size_t lines; /* on the terminal now, with the cursor on the first */
	bool changed;
	int64_t drawn_us;
	void (*on_change)(void *context);
	void *context;
};

struct live *live_start(const struct reporter *reporter, live_print *print, const void *data)
{
	const char *term = getenv("TERM");
	struct live *live;

	if (reporter->format != FORMAT_TEXT || reporter->quiet || !isatty(fileno(reporter->out)) ||
	    !term || !strcmp(term, "dumb"))
		return NULL;
	live = xcalloc(1, sizeof(*live));
	live->reporter = reporter;
	live->print = print;
	live->data = data;
	live->size.unicode = locale_is_utf8();
	live->size.color = reporter->color;
	live->size.in_place = true;
	live->changed = true;
	loop_watch_terminal(true);
	return live;
}

static void emit(const struct live *live, const char *text)
{
	reporter_emit(live->reporter, text, strlen(text));
}

void live_on_change(struct live *live, void (*changed)(void *context), void *context)
{
	if (!live)
		return;
	live->on_change = changed;
	live->context = context;
}

static void set_changed(struct live *live)
{
	live->changed = true;
	if (live->on_change)
		live->on_change(live->context);
}

void live_clear(struct live *live)
{
	if (!live || !live->lines)
		return;
	emit(live, "\r" ERASE_BELOW);
	live->lines = 0;
	set_changed(live);
}

void live_end(struct live *live)
{
	if (!live)
		return;
	live_clear(live);
	loop_watch_terminal(false);
	free(live);
}

void live_changed(struct live *live)
{
	if (live)
		set_changed(live);
}

int64_t live_next_us(const struct live *live)
{
	return live ? live->drawn_us + REDRAW_US : LOOP_FOREVER;
}

/* In the background (bg) the terminal belongs to the shell. */
static bool in_foreground(const struct live *live)
{
	pid_t group = tcgetpgrp(fileno(live->reporter->out));

	return group < 0 || group == getpgrp();
}

static void measure(struct live *live)
{
	struct winsize size = { 0 };

	ioctl(fileno(live->reporter->out), TIOCGWINSZ, &size);
	live->size.columns = size.ws_col ? size.ws_col : DEFAULT_COLUMNS;
	live->size.rows = size.ws_row ? size.ws_row : DEFAULT_ROWS;
}

/* Writes over the old table, line by line in one write, so that it does not flicker. */
static void draw(struct live *live)
{
	struct record record;
	FILE *f = record_start(&record, live->reporter);

	putc('\r', f);
	live->lines = live->print(f, live->data, &live->size);
	fputs(ERASE_LINE ERASE_BELOW "\r", f);
	if (live->lines > 1)
		fprintf(f, "\033[%zuA", live->lines - 1);
	record_finish(&record);
}

void live_draw(struct live *live)
{
	int64_t now = loop_now_us();

	if (!live || (!live->changed && now < live_next_us(live)))
		return;
	live->changed = false;
	live->drawn_us = now;
	if (!in_foreground(live))
		return;
	measure(live);
	draw(live);
}

/* The table stays, and the shell goes on below it. */
static void leave(struct live *live)
{
	char text[32];

	if (!live->lines)
		return;
	draw(live); /* over the ^Z that the terminal shows */
	snprintf(text, sizeof(text), "\033[%zuB", live->lines - 1);
	if (live->lines > 1)
		emit(live, text);
	emit(live, "\r\n");
	live->lines = 0;
}

void live_take_signals(struct live *live, unsigned came)
{
	if (!live)
		return;
	if (came & LOOP_STOP) {
		leave(live);
		loop_stop();
	} else if (came & LOOP_RESIZED) {
		live_clear(live);
	}
	live->changed = true;
}
