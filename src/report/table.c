/* SPDX-License-Identifier: MIT */
#include "report/table.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <sys/param.h>

#include "base/clock.h"
#include "base/util.h"
#include "report/cells.h"
#include "report/text.h"

#define ADDRESS_MIN 12 /* a longer one is cut to this, if round trips need room */
#define GRAPH_MIN   5
#define LEVELS      8

#define TITLE_MAX 256

/* From left to right. */
enum column {
	COLUMN_ADDRESS,
	COLUMN_VERDICT,
	COLUMN_STATE,
	COLUMN_RTT,
	COLUMN_MIN,
	COLUMN_AVG,
	COLUMN_MAX,
	COLUMN_LOSS,
	COLUMN_GRAPH,
	COLUMN_COUNT,
};

struct layout {
	const struct live_size *size;
	struct cells_line line;
	size_t widths[COLUMN_COUNT]; /* 0: there is no room for it */
};

/* --- Cells ------------------------------------------------------------------------------------ */

static const char *const heads[] = {
	[COLUMN_ADDRESS] = " path", [COLUMN_VERDICT] = "verdict", [COLUMN_STATE] = "state",
	[COLUMN_RTT] = "rtt ms",    [COLUMN_MIN] = "min",         [COLUMN_AVG] = "avg",
	[COLUMN_MAX] = "max",       [COLUMN_LOSS] = "loss",       [COLUMN_GRAPH] = "round trips",
};
static_assert(ARRAY_SIZE(heads) == COLUMN_COUNT, "a column without a head");

static void cell(const struct monitor_path *path, enum column column, char buf[CELLS_MAX])
{
	char text[ADDRESS_TEXT_MAX];

	buf[0] = '\0';
	switch (column) {
	case COLUMN_ADDRESS:
		snprintf(buf, CELLS_MAX, "%c%s", path->primary ? '*' : ' ',
			 address_host_text(&path->address, text));
		break;
	case COLUMN_VERDICT:
		snprintf(buf, CELLS_MAX, "%s", verdict_name(path->verdict));
		break;
	case COLUMN_STATE:
		snprintf(buf, CELLS_MAX, "%s", path_state_name(path->state));
		break;
	case COLUMN_RTT:
		cells_rtt(path->verdict == VERDICT_DEAD ? 0 : path->rtt_us, buf);
		break;
	case COLUMN_MIN:
		cells_rtt(path->rtt_min_us, buf);
		break;
	case COLUMN_AVG:
		cells_rtt(path->answered ? path->rtt_sum_us / (int64_t)path->answered : 0, buf);
		break;
	case COLUMN_MAX:
		cells_rtt(path->rtt_max_us, buf);
		break;
	case COLUMN_LOSS:
		cells_loss(path->sent, path->answered, buf);
		break;
	case COLUMN_GRAPH:
	case COLUMN_COUNT:
		break;
	}
}

/* --- What fits -------------------------------------------------------------------------------- */

static size_t widest(const struct monitor *m, enum column column)
{
	size_t width = strlen(heads[column]);
	char buf[CELLS_MAX];

	for (size_t i = 0; i < m->path_count; i++) {
		cell(&m->paths[i], column, buf);
		width = MAX(width, strlen(buf));
	}
	return width;
}

/* The most important first; the graph takes what is left. */
static void lay_out(struct layout *l, const struct monitor *m, const struct live_size *size)
{
	static const enum column wanted[] = { COLUMN_RTT,   COLUMN_LOSS, COLUMN_GRAPH, COLUMN_AVG,
					      COLUMN_STATE, COLUMN_MAX,  COLUMN_MIN };
	size_t address = widest(m, COLUMN_ADDRESS), verdict = widest(m, COLUMN_VERDICT);
	size_t beside;

	*l = (struct layout){ .size = size, .line = cells_line(size->columns) };
	beside = l->line.gap + verdict;
	if (beside + ADDRESS_MIN + 2 * l->line.gap + widest(m, COLUMN_RTT) +
		    widest(m, COLUMN_LOSS) <=
	    l->line.room)
		beside += 2 * l->line.gap + widest(m, COLUMN_RTT) + widest(m, COLUMN_LOSS);
	if (beside + address > l->line.room)
		address = l->line.room > beside ? l->line.room - beside : l->line.room;
	l->widths[COLUMN_ADDRESS] = l->line.used = address;
	(void)cells_add(&l->line, verdict, &l->widths[COLUMN_VERDICT]);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		enum column column = wanted[i];

		if (!cells_add(&l->line, column == COLUMN_GRAPH ? GRAPH_MIN : widest(m, column),
			       &l->widths[column]))
			break;
	}
	if (l->widths[COLUMN_GRAPH])
		l->widths[COLUMN_GRAPH] = MIN(l->widths[COLUMN_GRAPH] + l->line.room - l->line.used,
					      MONITOR_HISTORY - 1);
}

/* --- Lines ------------------------------------------------------------------------------------ */

static void print_title(FILE *f, const struct layout *l, const struct monitor *m)
{
	int64_t seconds = (m->now_us - m->began_us) / USEC_PER_SEC;
	char text[TITLE_MAX];

	snprintf(text, sizeof(text),
		 "association %" PRIu32 "  %" PRId64 ":%02d:%02d  round %" PRIu64 "  port %u  %s",
		 m->assoc, seconds / 3600, (int)(seconds / 60 % 60), (int)(seconds % 60), m->rounds,
		 m->path_count ? address_port(&m->paths[0].address) : 0, m->stack);
	fprintf(f, "%.*s", (int)l->line.room, text);
}

static void print_heads(FILE *f, const struct layout *l)
{
	size_t owed = 0;

	for (enum column column = 0; column < COLUMN_COUNT; column++) {
		size_t width = l->widths[column], length = MIN(strlen(heads[column]), width);
		bool right = column >= COLUMN_RTT && column <= COLUMN_LOSS;
		const char *head = heads[column];

		if (!width)
			continue;
		if (right)
			owed += width - length;
		if (column == COLUMN_GRAPH && width < strlen(head))
			head = "rtts";
		fprintf(f, "%*s%.*s", (int)owed, "", (int)length, head);
		owed = l->line.gap + (right ? 0 : width - length);
	}
}

/*
 * The height goes from zero to twice the minimum, or to the maximum if that is more: a steady path
 * is half high.
 */
static int64_t scale(const struct monitor *m, const struct monitor_path *path, size_t width)
{
	int64_t least = 0, most = 0;

	for (size_t n = 0; n < width && n < m->rounds; n++) {
		int64_t us = path->history[(m->rounds - n) % MONITOR_HISTORY];

		if (us <= 0)
			continue;
		least = least ? MIN(least, us) : us;
		most = MAX(most, us);
	}
	return MAX(MAX(most, 2 * least), 1);
}

/* The newest round is on the right. */
static void print_graph(FILE *f, const struct layout *l, const struct monitor *m,
			const struct monitor_path *path)
{
	static const char *const blocks[LEVELS] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const plain[LEVELS] = { "_", ".", "-", "=", "+", "*", "%", "#" };
	size_t width = l->widths[COLUMN_GRAPH];
	int64_t top = scale(m, path, width);

	for (size_t n = MIN(width, m->rounds); n > 0; n--) {
		int64_t us = path->history[(m->rounds - (n - 1)) % MONITOR_HISTORY];
		int64_t level = MIN(us * LEVELS / top, LEVELS - 1);

		if (us == ROUND_NOTHING)
			putc(' ', f);
		else if (us == ROUND_LOST)
			putc('x', f);
		else
			fputs(l->size->unicode ? blocks[level] : plain[level], f);
	}
}

static void print_row(FILE *f, const struct layout *l, const struct monitor *m,
		      const struct monitor_path *path)
{
	size_t owed = 0;

	for (enum column column = 0; column < COLUMN_COUNT; column++) {
		size_t width = l->widths[column], length;
		char buf[CELLS_MAX];

		if (!width)
			continue;
		cell(path, column, buf);
		cells_shorten(buf, width);
		length = strlen(buf);
		if (column >= COLUMN_RTT && column <= COLUMN_LOSS)
			owed += width - length;
		text_padding(f, 0, owed);
		text_word(f, l->size->color, buf,
			  column == COLUMN_VERDICT ? text_verdict_color(path->verdict) : NULL);
		owed = l->line.gap;
		if (column < COLUMN_RTT)
			owed += width - length;
		if (column == COLUMN_GRAPH)
			print_graph(f, l, m, path);
	}
}

size_t table_print(FILE *out, const void *monitor, const struct live_size *size)
{
	const struct monitor *m = monitor;
	size_t most = size->rows > 1 ? size->rows - 1 : 1, lines = 1, rows = m->path_count;
	struct layout l;
	char more[64];

	lay_out(&l, m, size);
	print_title(out, &l, m);
	if (most < 2)
		return lines;
	live_new_line(out, size);
	print_heads(out, &l);
	lines++;
	if (rows > most - lines)
		rows = most - lines ? most - lines - 1 : 0;
	for (size_t i = 0; i < rows; i++, lines++) {
		live_new_line(out, size);
		print_row(out, &l, m, &m->paths[i]);
	}
	if (rows == m->path_count || lines >= most)
		return lines;
	snprintf(more, sizeof(more), " and %zu more", m->path_count - rows);
	live_new_line(out, size);
	fprintf(out, "%.*s", (int)l.line.room, more);
	return lines + 1;
}
