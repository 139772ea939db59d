/* SPDX-License-Identifier: MIT */
/* The table of addresses, for a result and for an association of a listener. */
#include "report/text.h"

#include <inttypes.h>
#include <string.h>

#include "report/words.h"

/* Flags and a note come after them, without alignment. */
enum column {
	COLUMN_ADDRESS,
	COLUMN_VERDICT,
	COLUMN_RTT,
	COLUMN_RTO,
	COLUMN_MTU,
	COLUMN_COUNT,
};

/* The figures of a dead path are old, and an address outside the association has none. */
static bool has_figures(const struct path_result *p)
{
	return p->in_association && !(p->verdict == VERDICT_DEAD && p->cause.code);
}

/* The round trip measured by the probe is better than the stack's average. */
static void rtt_cell(const struct path_result *p, char buf[CELL_TEXT_MAX])
{
	int64_t srtt_us = p->path.srtt_us;
	char duration[DURATION_TEXT_MAX];

	if (p->rtt_us > 0 && p->rtt_us < USEC_PER_MSEC) {
		snprintf(buf, CELL_TEXT_MAX, "rtt 0.%02d ms", (int)(p->rtt_us / 10));
		return;
	}
	if (p->rtt_us > 0) {
		snprintf(buf, CELL_TEXT_MAX, "rtt %s",
			 text_duration(p->rtt_us, SECONDS_FROM_US, duration));
		return;
	}
	/* Stacks measure in milliseconds or coarser steps, so decimals would mean nothing. */
	if (srtt_us % USEC_PER_MSEC == 0)
		snprintf(buf, CELL_TEXT_MAX, "srtt %" PRId64 " ms", srtt_us / USEC_PER_MSEC);
	else
		snprintf(buf, CELL_TEXT_MAX, "srtt %s",
			 text_duration(srtt_us, SECONDS_FROM_US, duration));
}

/* Empty if there is nothing to show. */
static size_t cell_text(const struct path_result *p, enum column column, char buf[CELL_TEXT_MAX])
{
	buf[0] = '\0';
	if (column == COLUMN_ADDRESS)
		text_address_cell(&p->path.address, p->host, buf);
	else if (column == COLUMN_VERDICT)
		strcpy(buf, verdict_name(p->verdict));
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

static void print_row(FILE *f, const struct reporter *reporter, const struct path_result *p,
		      const char *note, bool learned, const size_t widths[COLUMN_COUNT])
{
	const bool figures = has_figures(p);
	size_t gap = COLUMN_GAP; /* pending, so that no line ends in white space */

	for (enum column column = 0; column < COLUMN_COUNT; column++) {
		char buf[CELL_TEXT_MAX];
		size_t width = cell_text(p, column, buf);

		/* The note of an address without figures begins at the column of the figures. */
		if (widths[column] == 0 || (column > COLUMN_VERDICT && !figures))
			continue;
		if (width > 0) {
			text_padding(f, 0, gap);
			text_word(f, reporter->color, buf,
				  column == COLUMN_VERDICT ? text_verdict_color(p->verdict) : NULL);
			gap = 0;
		}
		gap += widths[column] - width + COLUMN_GAP;
	}
	if (!figures)
		text_tail(f, note, &gap);
	if (p->in_association && p->path.primary)
		text_tail(f, "primary", &gap);
	if (p->in_association && p->path.state != PATH_ACTIVE && p->path.state != PATH_UNKNOWN)
		text_tail(f, path_state_name(p->path.state), &gap);
	if (learned)
		text_tail(f, "learned", &gap);
	if (figures)
		text_tail(f, note, &gap);
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

void text_paths(FILE *f, const struct reporter *reporter, const struct association *a,
		const char *lone_note)
{
	size_t widths[COLUMN_COUNT] = { 0 };
	bool some_requested = false; /* not with a listener: "learned" says nothing then */

	measure(a, widths);
	for (size_t i = 0; i < a->path_count; i++)
		some_requested |= a->paths[i].requested;
	for (size_t i = 0; i < a->path_count; i++) {
		const struct path_result *p = &a->paths[i];
		struct message note;

		print_row(f, reporter, p, *lone_note ? lone_note : words_note(&p->cause, &note),
			  some_requested && !p->requested, widths);
	}
}
