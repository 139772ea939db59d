/* SPDX-License-Identifier: MIT */
/* The events that a listener reports. */
#ifndef REPORT_LISTEN_EVENT_H
#define REPORT_LISTEN_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/result.h"

enum listen_event_type {
	LISTEN_READY,      /* bound and listening: local */
	LISTEN_UP,         /* a new association: association */
	LISTEN_PATH,       /* one of its paths changed: path */
	LISTEN_NOT_ECHOED, /* the first message that could not be echoed: stream, error, echoed */
	LISTEN_DOWN,       /* it has ended: cause, and what it received */
	LISTEN_END,        /* the listener ends: totals */
	LISTEN_EVENT_COUNT,
};

struct amount {
	uint64_t messages;
	uint64_t bytes;
};

struct listen_event {
	enum listen_event_type type;
	const char *stack;
	int64_t time_us; /* since the start of the program */
	const union address *local;
	size_t local_count;
	uint32_t assoc;                        /* UP, PATH, DOWN */
	const struct association *association; /* UP; not known if it has already ended */
	union address from;                    /* UP: the source of the peer's first packet */
	union address path;                    /* PATH */
	enum stack_path_state path_state;      /* PATH */
	bool graceful;                         /* DOWN: closed by SHUTDOWN, else lost */
	int error;                             /* DOWN, lost: positive errno, or 0; NOT_ECHOED */
	uint16_t stream;                       /* NOT_ECHOED */
	bool more;                             /* NOT_ECHOED: it has more bytes than these */
	struct finding cause;                  /* DOWN, END */
	uint64_t associations;                 /* END */
	struct amount echoed;                  /* DOWN, END; NOT_ECHOED: bytes, of the message */
	const char *served;                    /* DOWN, END: "echoed", "answered", "discarded" */
	struct amount not_echoed;              /* DOWN, END */
};

#endif
