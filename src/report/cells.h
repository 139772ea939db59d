/* SPDX-License-Identifier: MIT */
/* The cells of the tables on a terminal. */
#ifndef REPORT_CELLS_H
#define REPORT_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

#define CELLS_MAX (ADDRESS_TEXT_MAX + 16)

/* In milliseconds; 0: not known. */
void cells_rtt(int64_t us, char buf[CELLS_MAX]);

/* A lost heartbeat never shows 0 %, and an answered one never 100 %. */
void cells_loss(uint64_t sent, uint64_t answered, char buf[CELLS_MAX]);

/* How a line of the table is shared among its cells. */
struct cells_line {
	size_t room; /* columns of the terminal that may be used */
	size_t gap;  /* between two cells */
	size_t used;
};

/* Of a terminal so wide. Its last column stays empty, see live_print. */
struct cells_line cells_line(size_t columns);
/* False: there is no room for one more cell, and *width stays as it is. */
bool cells_add(struct cells_line *line, size_t wanted, size_t *width);

/* The end of an address is kept, because addresses usually differ there. */
void cells_shorten(char *text, size_t width);

#endif
