/* SPDX-License-Identifier: MIT */
#include "report/cells.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"

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
