/* SPDX-License-Identifier: MIT */
/* Whole scripts for fake_stack.h, for the tests with a connection to each of many addresses. */
#ifndef FAKE_SCRIPTS_H
#define FAKE_SCRIPTS_H

#include <errno.h>

#include "fake_stack.h"

#define MSEC ((int64_t)USEC_PER_MSEC)

#define UP(us)                                                                                 \
	{                                                                                      \
		EVENTS(AT(us, .type = EVENT_UP)), CLOSING(AT(10 * MSEC, .type = EVENT_CLOSED)) \
	}
#define REFUSES(us)                                                         \
	{                                                                   \
		EVENTS(AT(us, .type = EVENT_FAILED, .error = ECONNREFUSED)) \
	}
#define SILENT    \
	{         \
		0 \
	}

#endif
