/* SPDX-License-Identifier: MIT */
#include "engine/exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/param.h>

#include "base/clock.h"

/* The bytes of so much are kept for the report; of what comes then, only the length. */
#define KEPT_MAX (64u << 20)

static bool is_over(const struct exchange *x)
{
	return !x->options || x->result->end != EXCHANGE_OPEN;
}

static void end(struct exchange *x, enum exchange_end how)
{
	if (!is_over(x))
		x->result->end = how;
	x->blocked = false;
}

/* --- What comes ------------------------------------------------------------------------------ */

static void keep(struct exchange *x, const struct stack_event *event)
{
	struct exchange_result *r = x->result;
	struct reply *reply;

	r->replies = xreallocarray(r->replies, r->reply_count + 1, sizeof(*r->replies));
	reply = &r->replies[r->reply_count++];
	*reply = (struct reply){
		.length = event->length,
		.stream = event->stream,
		.ppid = ntohl(event->ppid),
		.unordered = event->unordered,
		.more = event->more,
		.after_us = loop_now_us() - (x->begun_us ? x->begun_us : x->attempt->up_us),
	};
	if (event->length > KEPT_MAX - x->kept)
		return;
	x->kept += event->length;
	reply->bytes = xcalloc(event->length, 1);
	memcpy(reply->bytes, event->data, event->length);
}

static void take(void *context, const struct stack_event *event)
{
	struct exchange *x = context;
	struct exchange_result *r = x->result;

	if (event->type == EVENT_DRY) {
		x->is_dry = true;
		return;
	}
	if (r->received >= r->expected)
		return;
	keep(x, event);
	r->received += !event->more;
}

/* --- What leaves ----------------------------------------------------------------------------- */

static void fail(struct exchange *x, int error, size_t length)
{
	struct exchange_result *r = x->result;
	const struct stack *stack = x->attempt->stack;

	r->error = error;
	if (error == ENOTCONN)
		return; /* an event tells how it ended */
	if (error == EMSGSIZE) {
		r->longest = length;
		r->send_buffer = stack->send_buffer(x->attempt->assoc);
		end(x, EXCHANGE_TOO_LONG);
		return;
	}
	r->call = stack->fault(x->attempt->endpoint)->call;
	end(x, EXCHANGE_FAULT);
}

static void send_rest(struct exchange *x)
{
	const struct options *o = x->options;
	struct exchange_result *r = x->result;

	x->blocked = false;
	while (!is_over(x) && r->sent < r->to_send && x->attempt->outcome == ATTEMPT_UP) {
		const struct payload *message = &o->sends[r->sent];
		int rc;

		rc = x->attempt->stack->send(x->attempt->assoc, message->bytes, message->length,
					     o->stream, htonl(o->ppid), o->unordered);
		x->blocked = rc == -EAGAIN;
		if (rc < 0 && !x->blocked)
			fail(x, -rc, message->length);
		if (rc < 0)
			return;
		x->is_dry = false;
		x->progress_us = loop_now_us();
		if (!r->sent++)
			x->begun_us = x->progress_us;
		r->sent_bytes += message->length;
	}
}

/* --- From the beginning to the end ------------------------------------------------------------ */

void exchange_prepare(struct exchange *x, const struct options *options, struct attempt *attempt,
		      struct exchange_result *result)
{
	if (!options->send_count && !options->expect)
		return;
	exchange_result_free(result);
	*result = (struct exchange_result){ .wanted = true,
					    .to_send = options->send_count,
					    .stream = options->stream,
					    .expected = options->expect };
	*x = (struct exchange){
		.options = options, .attempt = attempt, .result = result, .next_us = LOOP_FOREVER
	};
	attempt_on_message(attempt, take, x);
}

void exchange_begin(struct exchange *x, uint16_t out_streams)
{
	if (is_over(x))
		return;
	x->begun = true;
	x->progress_us = loop_now_us();
	if (x->result->to_send && x->options->stream >= out_streams)
		end(x, EXCHANGE_NO_STREAM);
	send_rest(x);
	x->next_us = loop_now_us();
}

static bool has_all(const struct exchange *x)
{
	const struct exchange_result *r = x->result;

	return r->sent == r->to_send && r->received >= r->expected && (r->expected || x->is_dry);
}

bool exchange_tick(struct exchange *x, int64_t now_us)
{
	if (is_over(x))
		return true;
	send_rest(x);
	if (is_over(x))
		return true;
	x->next_us = x->progress_us + x->options->reply_timeout_us;
	if (has_all(x))
		end(x, EXCHANGE_DONE);
	else if (now_us >= x->next_us)
		end(x, x->result->sent < x->result->to_send ? EXCHANGE_STALLED : EXCHANGE_NO_REPLY);
	return is_over(x);
}

bool exchange_answered(const struct exchange *x)
{
	return x->options && x->result->received > 0;
}

void exchange_end(struct exchange *x)
{
	struct exchange_result *r = x->result;

	if (!x->options)
		return;
	attempt_on_message(x->attempt, NULL, NULL);
	if (has_all(x))
		end(x, EXCHANGE_DONE);
	r->acknowledged = r->sent > 0 && r->sent == r->to_send && x->is_dry;
	r->waited_us = x->options->reply_timeout_us;
	if (x->attempt->assoc)
		r->incomplete = x->attempt->stack->incomplete(x->attempt->assoc);
}
