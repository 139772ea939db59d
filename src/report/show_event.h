/* SPDX-License-Identifier: MIT */
/* What --show reports: the kernel's associations, and their changes. */
#ifndef REPORT_SHOW_EVENT_H
#define REPORT_SHOW_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/socket_owner.h"
#include "stack/kernel_table.h"

enum show_event_type {
	SHOW_PRESENT, /* when it was first looked */
	SHOW_NEW,
	SHOW_CHANGED, /* its state, its paths, or the state of a path */
	SHOW_GONE,
	SHOW_END, /* totals */
	SHOW_EVENT_COUNT,
};

struct show_event {
	enum show_event_type type;
	int64_t wall_us;
	bool monitored;                   /* --monitor: text has the time of each change */
	const struct table_assoc *assoc;  /* all but END */
	const struct socket_owner *owner; /* NULL: not known */
	size_t associations, degraded;    /* END: now; with a path that is not active */
	bool more;                        /* END: there are more than could be read */
	int status;                       /* END: the exit status */
	int signal;                       /* END: that ended it, or 0 */
};

#endif
