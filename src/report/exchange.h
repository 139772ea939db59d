/* SPDX-License-Identifier: MIT */
/* What came of --send and --expect. */
#ifndef REPORT_EXCHANGE_H
#define REPORT_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One message of the peer. */
struct reply {
	uint8_t *bytes; /* owned; NULL: too much was kept already */
	size_t length;
	uint16_t stream;
	uint32_t ppid; /* host byte order */
	bool unordered;
	bool more;        /* it goes on in the next one */
	int64_t after_us; /* since the first message was sent, or else since it was up */
};

enum exchange_end {
	EXCHANGE_OPEN,     /* it goes on, or something else has ended it */
	EXCHANGE_DONE,     /* everything was sent, and everything awaited has come */
	EXCHANGE_NO_REPLY, /* too few messages came in time, or no acknowledgement */
	EXCHANGE_STALLED,  /* the peer takes no more */
	EXCHANGE_TOO_LONG, /* a message is longer than the send buffer */
	EXCHANGE_NO_STREAM,
	EXCHANGE_FAULT, /* a call failed: error */
};

/* All zeros: neither was asked for. */
struct exchange_result {
	bool wanted;
	enum exchange_end end;
	int error;         /* positive errno */
	const char *call;  /* which call failed */
	size_t to_send;    /* messages */
	size_t sent;       /* of those, the stack took so many */
	size_t sent_bytes; /* in them */
	bool acknowledged; /* by the peer's stack: all of them */
	uint16_t stream;
	uint64_t expected;
	uint64_t received;     /* whole ones */
	size_t incomplete;     /* bytes of the next one */
	size_t longest;        /* TOO_LONG: of that message */
	uint32_t send_buffer;  /* the same; 0: not known */
	int64_t waited_us;     /* NO_REPLY, STALLED */
	struct reply *replies; /* owned */
	size_t reply_count;
};

/* Frees what it owns, and sets all to zeros. */
void exchange_result_free(struct exchange_result *exchange);

#endif
