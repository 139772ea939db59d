/* SPDX-License-Identifier: MIT */
/*
 * --send and --expect: the messages of one association that is up, beside the verification of its
 * paths. Everything is sent at once, as far as the send buffer goes; then the peer's messages have
 * --reply-timeout to arrive. If none is awaited, the peer's stack has to acknowledge what was sent.
 */
#ifndef ENGINE_EXCHANGE_H
#define ENGINE_EXCHANGE_H

#include "engine/attempt.h"
#include "engine/settings.h"
#include "report/exchange.h"

/* All zeros: none was asked for. Changed by exchange.c alone. */
struct exchange {
	const struct options *options; /* NULL: exchange_prepare() was not called */
	struct attempt *attempt;
	struct exchange_result *result; /* its end: why it is over */
	bool begun;
	bool blocked;        /* the send buffer is full: wait for the stack's room_event */
	bool in_parts;       /* the newest message goes on */
	bool is_dry;         /* nothing that was sent waits for an acknowledgement */
	size_t kept;         /* bytes of the replies */
	int64_t begun_us;    /* when the first message was sent */
	int64_t progress_us; /* when the newest was */
	int64_t next_us;     /* when exchange_tick() has something to do */
};

/*
 * Of an attempt that is open, before its call: the peer's first message may come with the event
 * that it is up. Nothing, unless the options ask for messages. All of it stays at its place.
 */
void exchange_prepare(struct exchange *exchange, const struct options *options,
		      struct attempt *attempt, struct exchange_result *result);

/* It is up, with so many streams: sends. */
void exchange_begin(struct exchange *exchange, uint16_t out_streams);

/*
 * To be called at exchange->next_us, and when events were read. True: it is over, or there is none.
 */
bool exchange_tick(struct exchange *exchange, int64_t now_us);

/* Did the peer's application answer? Then it has accepted the association. */
bool exchange_answered(const struct exchange *exchange);

/* The association has ended, or is no longer looked at: the rest of the result. */
void exchange_end(struct exchange *exchange);

#endif
