/* SPDX-License-Identifier: MIT */
/*
 * The live table of --monitor with --targets: when it is drawn, and the keys that scroll it; and
 * the progress line, where there is no table.
 */
#ifndef ENGINE_FLEET_TABLE_H
#define ENGINE_FLEET_TABLE_H

#include "engine/fleet_parts.h"

struct fleet_table;

/* NULL, which all functions accept: there is none. */
struct fleet_table *fleet_table_start(struct fleet *fleet);

/* Removes it for good: only lines are printed from now on. */
void fleet_table_stop(struct fleet_table *table);

/* To be called before a line is printed: it and the progress are not in its way. */
void fleet_table_clear(struct fleet *fleet);

/* The progress line, if it is wanted and was not shown just now. */
void fleet_table_progress(struct fleet *fleet, int64_t now_us);

/* For the monitors, which clear it before they print; or NULL. */
struct live *fleet_table_live(const struct fleet_table *table);

void fleet_table_free(struct fleet_table *table);

#endif
