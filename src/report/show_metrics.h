/* SPDX-License-Identifier: MIT */
/* --show --metrics: the kernel's associations and their paths, as metrics_file.h writes them. */
#ifndef REPORT_SHOW_METRICS_H
#define REPORT_SHOW_METRICS_H

#include "host/socket_owner.h"
#include "report/reporter.h"
#include "stack/kernel_table.h"

struct show_metrics {
	const struct table *table;
	const struct socket_owner *owners; /* of its sockets, sorted by inode */
	size_t owner_count;
};

/* False: it could not be written, and stderr says why. */
bool show_metrics_write(const char *file, const struct reporter *reporter,
			const struct show_metrics *shown);

#endif
