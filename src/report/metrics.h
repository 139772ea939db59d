/* SPDX-License-Identifier: MIT */
/*
 * --metrics: what is known of all targets. metrics_file.h writes it.
 */
#ifndef REPORT_METRICS_H
#define REPORT_METRICS_H

#include <stdbool.h>

#include "report/monitor_event.h"
#include "report/reporter.h"
#include "report/result.h"

struct metrics;

/* Of so many targets. file: not copied; "-" is the reporter's output. */
struct metrics *metrics_new(const char *file, size_t targets);
/* NULL is fine, here and below. */
void metrics_free(struct metrics *metrics);

/* What they say replaces what was known of the target. */
void metrics_take_result(struct metrics *metrics, const struct result *result);
void metrics_take_event(struct metrics *metrics, const struct monitor_event *event);

/* False: it could not be written, stderr says why, and the old file stays. */
bool metrics_write(const struct metrics *metrics, const struct reporter *reporter);

#endif
