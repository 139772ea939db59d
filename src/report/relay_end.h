/* SPDX-License-Identifier: MIT */
/* What came of --relay. */
#ifndef REPORT_RELAY_END_H
#define REPORT_RELAY_END_H

#include <stdbool.h>
#include <stdint.h>

#include "report/finding.h"

struct relay_end {
	const char *stack;
	uint32_t assoc;
	bool gone;     /* the association has ended */
	bool graceful; /* by SHUTDOWN */
	bool cut_off;  /* it was aborted: SHUTDOWN would say that everything was sent and written */
	int status;    /* exit status */
	struct finding cause;
	uint64_t messages_sent, bytes_sent;
	uint64_t messages_received, bytes_received; /* as far as they were written */
	uint64_t bytes_unsent;                      /* read from the input, and not sent */
};

#endif
