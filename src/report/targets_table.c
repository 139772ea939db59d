/* SPDX-License-Identifier: MIT */
#include "report/targets_table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/clock.h"
#include "base/util.h"
#include "report/cells.h"
#include "report/text.h"

#define NAME_MIN  8 /* a longer one is cut to this, if other columns need room */
#define NAME_MOST 32
#define NOTE_MIN  10
#define TEXT_MAX  512

/* From left to right. */
enum column {
	COLUMN_NAME,
	COLUMN_STATE,
	COLUMN_PATHS,
	COLUMN_RTT,
	COLUMN_LOSS,
	COLUMN_NOTE,
	COLUMN_COUNT,
};

static const char *const heads[] = {
	[COLUMN_NAME] = "target", [COLUMN_STATE] = "state", [COLUMN_PATHS] = "paths",
	[COLUMN_RTT] = "rtt ms",  [COLUMN_LOSS] = "loss",   [COLUMN_NOTE] = "",
};
static_assert(ARRAY_SIZE(heads) == COLUMN_COUNT, "a column without a head");

struct layout {
	const struct live_size *size;
	struct cells_line line;
	size_t widths[COLUMN_COUNT]; /* 0: there is no room for it */
};

/* --- The worst first -------------------------------------------------------------------------- */

static bool is_dead(const struct monitor_path *path)
{
	return path->verdict == VERDICT_DEAD;
}

static void rank(struct target_row *row)
{
	const struct monitor *m = row->monitor;

	row->dead = 0;
	if (!m) {
		row->rank = !row->known               ? TARGET_UNKNOWN
			    : result_is_up(row->word) ? TARGET_UP
						      : TARGET_DOWN;
		return;
	}
	for (size_t i = 0; i < m->path_count; i++)
		row->dead += is_dead(&m->paths[i]);
	if (m->path_count - row->dead < MAX(MIN(m->required, m->path_count), 1) ||
	    (m->links_required && m->links < m->links_required))
		row->rank = TARGET_SHORT;
	else
		row->rank = row->dead ? TARGET_DEAD_PATH : TARGET_UP;
}

static int compare(const void *a, const void *b)
{
	const struct target_row *one = a, *other = b;

	if (one->rank != other->rank)
		return one->rank < other->rank ? -1 : 1;
	if (one->dead != other->dead)
		return one->dead > other->dead ? -1 : 1;
	return one->place < other->place ? -1 : one->place > other->place;
}

void targets_table_sort(struct targets_table *table)
{
	memset(table->ranks, 0, sizeof(table->ranks));
	for (size_t i = 0; i < table->count; i++) {
		rank(&table->rows[i]);
		table->ranks[table->rows[i].rank]++;
	}
	qsort(table->rows, table->count, sizeof(*table->rows), compare);
}

void targets_table_scroll(struct targets_table *table, enum key key)
{
	size_t page = MAX(table->fitted, 2) - 1;

	switch (key) {
	case KEY_UP:
		table->first -= MIN(table->first, 1);
		break;
	case KEY_DOWN:
		table->first++;
		break;
	case KEY_PAGE_UP:
		table->first -= MIN(table->first, page);
		break;
	case KEY_PAGE_DOWN:
		table->first += page;
		break;
	case KEY_HOME:
		table->first = 0;
		break;
	case KEY_END:
		table->first = table->count;
		break;
	case KEY_NONE:
		break;
	}
	table->first = MIN(table->first, table->count - MIN(table->fitted, table->count));
}

/* --- Cells ------------------------------------------------------------------------------------ */

static const char *state_name(const struct target_row *row)
{
	if (row->monitor)
		return result_name(row->rank == TARGET_SHORT ? RESULT_DEGRADED : RESULT_CONNECTED);
	if (row->known)
		return result_name(row->word);
	return row->trying ? "trying" : "waiting";
}

static const char *state_color(const struct target_row *row)
{
	switch (row->rank) {
	case TARGET_DOWN:
		return COLOR_RED;
	case TARGET_SHORT:
	case TARGET_DEAD_PATH:
		return COLOR_YELLOW;
	case TARGET_UP:
		return COLOR_GREEN;
	default:
		return NULL;
	}
}

/* Which paths are dead; or when it is tried again. */
static void note_cell(const struct target_row *row, int64_t now_us, char buf[TEXT_MAX])
{
	const struct monitor *m = row->monitor;
	char text[ADDRESS_TEXT_MAX];
	size_t length = 0;

	*buf = '\0';
	for (size_t i = 0; m && i < m->path_count; i++)
		if (is_dead(&m->paths[i]) && length + sizeof(text) < TEXT_MAX)
			length += (size_t)sprintf(buf + length, "%s%s", length ? " " : "dead: ",
						  address_host_text(&m->paths[i].address, text));
	if (m || !row->known)
		return;
	if (row->trying)
		snprintf(buf, TEXT_MAX, "trying again");
	else if (row->retry_us)
		snprintf(buf, TEXT_MAX, "again in %" PRId64 " s",
			 MAX(row->retry_us - now_us + USEC_PER_SEC - 1, 0) / USEC_PER_SEC);
}

/* The slowest path counts, and the packets of all. */
static void path_cell(const struct monitor *m, size_t dead, enum column column, char buf[TEXT_MAX])
{
	uint64_t sent = 0, answered = 0;
	int64_t rtt_us = 0;

	*buf = '\0';
	for (size_t i = 0; m && i < m->path_count; i++) {
		const struct monitor_path *path = &m->paths[i];

		sent += path->sent;
		answered += path->answered;
		if (!is_dead(path))
			rtt_us = MAX(rtt_us, path->rtt_us);
	}
	if (!m)
		return;
	if (column == COLUMN_PATHS)
		snprintf(buf, TEXT_MAX, "%zu of %zu", m->path_count - dead, m->path_count);
	else if (column == COLUMN_RTT)
		cells_rtt(rtt_us, buf);
	else
		cells_loss(sent, answered, buf);
}

static void cell(const struct target_row *row, int64_t now_us, enum column column,
		 char buf[TEXT_MAX])
{
	switch (column) {
	case COLUMN_NAME:
		printable(row->name, buf, NAME_TEXT_MAX);
		break;
	case COLUMN_STATE:
		snprintf(buf, TEXT_MAX, "%s", state_name(row));
		break;
	case COLUMN_NOTE:
		note_cell(row, now_us, buf);
		break;
	default:
		path_cell(row->monitor, row->dead, column, buf);
	}
}

/* --- What fits -------------------------------------------------------------------------------- */

/* Of the rows that are shown. */
static size_t widest(const struct targets_table *t, enum column column)
{
	size_t end = MIN(t->first + t->fitted, t->count), width = strlen(heads[column]);
	char buf[TEXT_MAX];

	for (size_t i = t->first; i < end; i++) {
		cell(&t->rows[i], t->now_us, column, buf);
		width = MAX(width, strlen(buf));
	}
	return width;
}

/* The most important first; the note takes what is left. */
static void lay_out(struct layout *l, const struct targets_table *t, const struct live_size *size)
{
	static const enum column wanted[] = { COLUMN_PATHS, COLUMN_RTT, COLUMN_LOSS };
	size_t name = MIN(widest(t, COLUMN_NAME), NAME_MOST);
	size_t state = MAX(widest(t, COLUMN_STATE), TEXT_WORD_WIDTH);

	*l = (struct layout){ .size = size, .line = cells_line(size->columns) };
	if (name + l->line.gap + state + l->line.gap + widest(t, COLUMN_PATHS) > l->line.room)
		name = MIN(name, NAME_MIN);
	l->widths[COLUMN_NAME] = l->line.used = MIN(name, l->line.room);
	if (!cells_add(&l->line, state, &l->widths[COLUMN_STATE]))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (!cells_add(&l->line, widest(t, wanted[i]), &l->widths[wanted[i]]))
			return;
	if (l->line.room > l->line.used + l->line.gap + NOTE_MIN)
		l->widths[COLUMN_NOTE] = l->line.room - l->line.used - l->line.gap;
}

/* --- Lines ------------------------------------------------------------------------------------ */

static void count_text(char *text, size_t *length, size_t count, const char *what)
{
	if (count)
		*length += (size_t)snprintf(text + *length, TEXT_MAX - *length, "%s%zu %s",
					    *length ? ", " : "", count, what);
}

static void print_title(FILE *f, const struct layout *l, const struct targets_table *t)
{
	int64_t seconds = (t->now_us - t->began_us) / USEC_PER_SEC;
	char counts[TEXT_MAX] = "", text[2 * TEXT_MAX];
	size_t length = 0;

	count_text(counts, &length, t->ranks[TARGET_DOWN], "down");
	count_text(counts, &length, t->ranks[TARGET_SHORT], "degraded");
	count_text(counts, &length, t->ranks[TARGET_DEAD_PATH], "with dead paths");
	count_text(counts, &length, t->ranks[TARGET_UNKNOWN], "not known yet");
	count_text(counts, &length, t->ranks[TARGET_UP], "up");
	snprintf(text, sizeof(text), "%zu target%s  %" PRId64 ":%02d:%02d  %s  %s", t->count,
		 t->count == 1 ? "" : "s", seconds / 3600, (int)(seconds / 60 % 60),
		 (int)(seconds % 60), counts, t->stack);
	fprintf(f, "%.*s", (int)l->line.room, text);
}

/* row NULL: the heads */
static void print_row(FILE *f, const struct layout *l, const struct targets_table *t,
		      const struct target_row *row)
{
	size_t owed = 0;

	for (enum column column = 0; column < COLUMN_COUNT; column++) {
		bool right = column == COLUMN_RTT || column == COLUMN_LOSS;
		size_t width = l->widths[column], length;
		char buf[TEXT_MAX];

		if (!width)
			continue;
		if (row)
			cell(row, t->now_us, column, buf);
		else
			snprintf(buf, sizeof(buf), "%s", heads[column]);
		if (column == COLUMN_NOTE && strlen(buf) > width)
			memcpy(buf + width - 2, "..", sizeof(".."));
		cells_shorten(buf, width);
		length = strlen(buf);
		if (length)
			text_padding(f, 0, owed + (right ? width - length : 0));
		text_word(f, row && l->size->color, buf,
			  row && column == COLUMN_STATE ? state_color(row) : NULL);
		owed = l->line.gap + (length ? 0 : owed) + (right && length ? 0 : width - length);
	}
}

static void print_more(FILE *f, const struct layout *l, const struct targets_table *t)
{
	char text[TEXT_MAX];

	if (!t->fitted)
		snprintf(text, sizeof(text), " and %zu more", t->count);
	else
		snprintf(text, sizeof(text), " %zu to %zu of %zu%s", t->first + 1,
			 t->first + t->fitted, t->count,
			 t->has_keys ? "; the arrows, Page Up and Page Down scroll" : "");
	fprintf(f, "%.*s", (int)l->line.room, text);
}

size_t targets_table_print(FILE *out, const void *table, const struct live_size *size)
{
	struct targets_table *t = (void *)(uintptr_t)table;
	size_t most = size->rows > 1 ? size->rows - 1 : 1;
	struct layout l;
	bool more;

	/* The title and the heads; and a line that says how many there are. */
	more = t->count > most - MIN(most, 2);
	t->fitted = MIN(t->count, most - MIN(most, more ? 3 : 2));
	t->first = MIN(t->first, t->count - t->fitted);
	lay_out(&l, t, size);
	print_title(out, &l, t);
	if (most < 2)
		return 1;
	live_new_line(out, size);
	print_row(out, &l, t, NULL);
	for (size_t i = 0; i < t->fitted; i++) {
		live_new_line(out, size);
		print_row(out, &l, t, &t->rows[t->first + i]);
	}
	if (!more || most < 3)
		return 2 + t->fitted;
	live_new_line(out, size);
	print_more(out, &l, t);
	return 3 + t->fitted;
}
