/* SPDX-License-Identifier: MIT */
#include "report/cells.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"

#define WIDE 60 /* from here on there are two spaces between columns */

void cells_rtt(int64_t us, char buf[CELLS_MAX])
{
	if (us)
		snprintf(buf, CELLS_MAX, us < 10 * USEC_PER_SEC ? "%.1f" : "%.0f", MS(us));
	else
		snprintf(buf, CELLS_MAX, "-");
}

void cells_loss(uint64_t sent, uint64_t answered, char buf[CELLS_MAX])
{
	uint64_t lost = sent - answered, percent;

	if (!sent) {
		snprintf(buf, CELLS_MAX, "-");
		return;
	}
	percent = (100 * lost + sent / 2) / sent;
	if (lost && !percent)
		percent = 1;
	if (percent == 100 && answered)
		percent = 99;
	snprintf(buf, CELLS_MAX, "%" PRIu64 "%%", percent);
}

void cells_shorten(char *text, size_t width)
{
	size_t length = strlen(text), head = width / 2;

	if (length <= width)
		return;
	if (width > 4) {
		memcpy(text + head - 1, "..", 2);
		head++;
	}
	memmove(text + head, text + length - (width - head), width - head + 1);
}

struct cells_line cells_line(size_t columns)
{
	size_t room = columns > 1 ? columns - 1 : 1;

	return (struct cells_line){ .room = room, .gap = room >= WIDE ? 2 : 1 };
}

bool cells_add(struct cells_line *line, size_t wanted, size_t *width)
{
	if (line->used + line->gap + wanted > line->room)
		return false;
	line->used += line->gap + wanted;
	*width = wanted;
	return true;
}
