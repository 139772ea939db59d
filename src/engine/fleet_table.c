/* SPDX-License-Identifier: MIT */
#include "engine/fleet_table.h"

#include <stdlib.h>
#include <sys/param.h>
#include <unistd.h>

#include "base/keyboard.h"
#include "report/targets_table.h"

/* So many targets change at once: it is drawn at most so often. */
#define PAUSE_US (200 * USEC_PER_MSEC)

struct fleet_table {
	struct fleet *fleet;
	struct live *live;
	struct targets_table table;
	struct loop_timer timer;
	struct keyboard keyboard;
	struct loop_source keys;
	int64_t drawn_us;
	bool stopped;
};

/* --- Drawing ---------------------------------------------------------------------------------- */

static void fill_row(struct target_row *row, const struct member *m, size_t place)
{
	bool waits = m->retry.set;

	*row = (struct target_row){
		.name = m->target->name,
		.place = place,
		.monitor = m->monitoring ? monitor_view(m->monitoring) : NULL,
		.known = m->known,
		.word = m->word,
		.trying = m->connection && !m->ready,
		.retry_us = waits ? m->retry.at_us : 0,
	};
}

static void draw(struct fleet_table *t)
{
	const struct fleet *f = t->fleet;
	int64_t now = loop_now_us();

	for (size_t i = 0; i < t->table.count; i++)
		fill_row(&t->table.rows[i], &f->members[i], i);
	t->table.now_us = now;
	targets_table_sort(&t->table);
	live_draw(t->live);
	t->drawn_us = now;
	loop_timer_set(&t->timer, live_next_us(t->live));
}

static void on_time(void *context, int64_t now_us)
{
	(void)now_us;
	draw(context);
}

static void on_change(void *context)
{
	struct fleet_table *t = context;
	int64_t at_us = t->drawn_us + PAUSE_US;

	if (!t->stopped && (!t->timer.set || t->timer.at_us > at_us))
		loop_timer_set(&t->timer, at_us);
}

/* --- Keys and signals ------------------------------------------------------------------------- */

static void on_key(void *context, enum key key)
{
	struct fleet_table *t = context;

	targets_table_scroll(&t->table, key);
	live_changed(t->live);
}

static void on_keys(void *context, short revents)
{
	struct fleet_table *t = context;

	(void)revents;
	if (!keyboard_read(&t->keyboard, on_key, t))
		loop_remove(&t->keys);
}

static void close_keys(struct fleet_table *t)
{
	loop_remove(&t->keys);
	keyboard_close(&t->keyboard);
	t->table.has_keys = false;
}

static void open_keys(struct fleet_table *t)
{
	struct pollfd what = { .fd = STDIN_FILENO, .events = POLLIN };

	t->table.has_keys = keyboard_open(&t->keyboard);
	if (t->table.has_keys && !t->keys.loop)
		loop_add(t->fleet->loop, &t->keys, what, on_keys, t);
}

static void on_terminal(void *context, unsigned came)
{
	struct fleet_table *t = context;

	if (came & LOOP_STOP)
		close_keys(t);
	live_take_signals(t->live, came);
	if (came & (LOOP_STOP | LOOP_CONTINUED))
		open_keys(t);
	live_changed(t->live);
}

/* --- From the beginning to the end ------------------------------------------------------------ */

struct fleet_table *fleet_table_start(struct fleet *f)
{
	struct fleet_table *t;

	if (!f->options->monitor || f->options->verbose)
		return NULL;
	t = xcalloc(1, sizeof(*t));
	t->live = live_start(f->config->reporter, targets_table_print, &t->table);
	if (!t->live) {
		free(t);
		return NULL;
	}
	t->fleet = f;
	t->table.count = f->config->count;
	t->table.rows = xcalloc(t->table.count, sizeof(*t->table.rows));
	t->table.stack = f->config->stack ? f->config->stack->name : "";
	t->table.began_us = f->begun_us;
	f->config->timeline->progress = false; /* the table shows it */
	live_on_change(t->live, on_change, t);
	loop_timer_init(f->loop, &t->timer, on_time, t);
	loop_timer_set(&t->timer, f->begun_us);
	loop_on_terminal(f->loop, on_terminal, t);
	open_keys(t);
	return t;
}

void fleet_table_clear(struct fleet *f)
{
	timeline_clear(f->config->timeline);
	if (f->table)
		live_clear(f->table->live);
}

void fleet_table_stop(struct fleet_table *t)
{
	if (!t || t->stopped)
		return;
	t->stopped = true;
	live_clear(t->live);
	loop_timer_stop(&t->timer);
	loop_on_terminal(t->fleet->loop, NULL, NULL);
	close_keys(t);
}

void fleet_table_progress(struct fleet *f, int64_t now_us)
{
	size_t done = f->count.done, all = f->config->count, left = all - done;
	int64_t since_us = now_us - f->begun_us;

	if (!f->config->timeline->progress || now_us < f->drawn_us + PROGRESS_US ||
	    since_us < TIMELINE_PROGRESS_AFTER_US || !left)
		return;
	f->drawn_us = now_us;
	if (done)
		timeline_progress(
			f->config->timeline,
			"%zu of %zu done, %zu failed, %zu running, about %lld s left", done, all,
			f->count.failed, f->count.running,
			(long long)(since_us * (int64_t)left / (int64_t)done / USEC_PER_SEC));
	else
		timeline_progress(f->config->timeline, "0 of %zu done, %zu running", all,
				  f->count.running);
}

struct live *fleet_table_live(const struct fleet_table *t)
{
	return t ? t->live : NULL;
}

void fleet_table_free(struct fleet_table *t)
{
	if (!t)
		return;
	fleet_table_stop(t);
	live_end(t->live);
	free(t->table.rows);
	free(t);
}
