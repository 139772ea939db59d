/* SPDX-License-Identifier: MIT */
/* Messages were to be sent, or awaited, and that went wrong while the association was up. */
#include <errno.h>

#include "diagnose/failed_call.h"
#include "diagnose/parts.h"

static void add_counts(const struct exchange_result *x, struct finding *finding)
{
	finding->stream = x->stream;
	finding->messages = x->to_send;
	finding->messages_sent = x->sent;
	finding->replies = (size_t)x->received;
	finding->awaited = (size_t)x->expected;
	if (x->acknowledged)
		finding->flags |= FINDING_ACKNOWLEDGED;
}

void diagnose_end_of_exchange(const struct result *result, struct finding *cause)
{
	const struct exchange_result *x = &result->exchange;

	if (!x->wanted || x->end != EXCHANGE_OPEN)
		return;
	if (cause->code == FINDING_CLOSED_BY_PEER)
		cause->code = FINDING_CLOSED_BEFORE_REPLY;
	else if (cause->code == FINDING_ABORTED_BY_PEER)
		cause->code = FINDING_ABORTED_BEFORE_REPLY;
	else
		return;
	add_counts(x, cause);
}

/* The code for the end; its parameters are in place. */
static struct finding finding_of(const struct result *result)
{
	const struct exchange_result *x = &result->exchange;
	struct finding finding = { .code = FINDING_NO_REPLY,
				   .basis = BASIS_TIME,
				   .time_us = x->waited_us };

	add_counts(x, &finding);
	switch (x->end) {
	case EXCHANGE_STALLED:
		finding.code = FINDING_SEND_STALLED;
		break;
	case EXCHANGE_TOO_LONG:
		finding.code = FINDING_MESSAGE_TOO_LONG;
		finding.basis = BASIS_CALL;
		finding.bytes = (uint32_t)x->longest;
		finding.room = x->send_buffer;
		finding.time_us = 0;
		break;
	case EXCHANGE_NO_STREAM:
		finding.code = FINDING_NO_SUCH_STREAM;
		finding.basis = BASIS_STACK;
		finding.streams = result->association.status.out_streams;
		finding.time_us = 0;
		break;
	case EXCHANGE_FAULT:
		finding = diagnose_failed_call(x->call, x->error);
		break;
	default:
		if (x->incomplete) {
			finding.code = FINDING_REPLY_INCOMPLETE;
			finding.bytes = (uint32_t)x->incomplete;
		}
	}
	return finding;
}

/* Is something wrong with all paths, or with the association, that explains silence? */
static bool is_explained(const struct result *result)
{
	return result->cause.code == FINDING_NO_PATH_ANSWERS ||
	       result->cause.code == FINDING_RESTARTED_BY_PEER ||
	       result->cause.flags & FINDING_EVERY_PATH;
}

void diagnose_exchange(struct result *result)
{
	const struct exchange_result *x = &result->exchange;
	bool silent = x->end == EXCHANGE_NO_REPLY || x->end == EXCHANGE_STALLED;
	struct finding finding;

	if (!x->wanted || x->end == EXCHANGE_OPEN || x->end == EXCHANGE_DONE)
		return;
	if (silent && is_explained(result)) {
		result->word = RESULT_DEGRADED;
		result->status = STATUS_TIMEOUT;
		return;
	}
	finding = finding_of(result);
	diagnose_conclude(result, x->end == EXCHANGE_TOO_LONG ? EMSGSIZE : finding.error, &finding);
}
