/* SPDX-License-Identifier: MIT */
/* The table of --monitor on a terminal: one row a path. */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "report/live.h"
#include "report/monitor_event.h"

/* A live_print() of a struct monitor. */
size_t table_print(FILE *out, const void *monitor, const struct live_size *size);

#endif
