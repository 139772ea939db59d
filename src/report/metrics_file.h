/* SPDX-License-Identifier: MIT */
/*
 * A file in Prometheus' text format. It is written beside its place and then renamed, so that a
 * reader sees the old one or the new one, and never a half.
 */
#ifndef REPORT_METRICS_FILE_H
#define REPORT_METRICS_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "report/reporter.h"

void metrics_put_head(FILE *f, const char *name, const char *type, const char *help);

/* separator: "{" before the first one, "," before the others. The value becomes printable(). */
void metrics_put_label(FILE *f, const char *separator, const char *name, const char *value);

/*
 * What put() prints, into this file; "-" is the reporter's output. False: it could not be written,
 * stderr says why, and the old file stays.
 */
bool metrics_write_file(const char *file, const struct reporter *reporter,
			void (*put)(FILE *f, const void *what), const void *what);

#endif
