/* SPDX-License-Identifier: MIT */
#include "diagnose/ending.h"

#include <errno.h>

#include "diagnose/failed_call.h"
#include "diagnose/parts.h"
#include "witness/ledger_query.h"

/*
 * The address from which nothing but an ABORT has come whose sender does not know the association.
 * NULL: there is none, or the ABORT came from elsewhere.
 */
static const struct ledger_path *find_stranger(const struct ledger *ledger)
{
	const struct ledger_path *stranger = NULL;

	for (size_t i = 0; i < ledger->path_count; i++) {
		const struct ledger_path *path = &ledger->paths[i];

		if (!path->aborts.count)
			continue;
		if (!path->abort_reflected || path->received.count > path->aborts.count)
			return NULL;
		stranger = path;
	}
	return stranger;
}

/* Is each ABORT of a host that does not know the association? Not if there was none. */
static bool is_unknown(const struct ledger *ledger)
{
	bool any = false;

	for (size_t i = 0; i < ledger->path_count; i++) {
		const struct ledger_path *path = &ledger->paths[i];

		if (path->aborts.count && !path->abort_reflected)
			return false;
		any |= path->aborts.count;
	}
	return any;
}

static bool two_stacks(const struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->path_count; i++)
		if (ledger_answered_twice(ledger, &ledger->paths[i]))
			return true;
	return false;
}

struct finding diagnose_loss(int error, const struct cause *cause, const struct ledger *ledger)
{
	struct finding loss = { .code = FINDING_ASSOCIATION_LOST,
				.basis = BASIS_STACK,
				.flags = FINDING_UP,
				.error = error,
				.cause = *cause };

	if (!ledger)
		loss.flags |= FINDING_UNSEEN;
	/* usrsctp's one-to-many sockets do not tell such an end from silence; the packets do. */
	if ((error == ETIMEDOUT || error == ENOTCONN) && ledger && ledger->abort_sent_cause.code &&
	    !cause_is_silence(&ledger->abort_sent_cause))
		loss.error = error = ECONNABORTED;
	if (error == ECONNABORTED) {
		loss.code = FINDING_ABORTED_HERE;
		/* With its text, which the stack does not tell. */
		if (ledger && (!cause->code || cause->code == ledger->abort_sent_cause.code))
			loss.cause = ledger->abort_sent_cause;
	} else if (error == ECONNRESET) {
		const struct ledger_path *stranger = ledger ? find_stranger(ledger) : NULL;

		loss.code = stranger                       ? FINDING_ABORTED_BY_STRANGER
			    : ledger && two_stacks(ledger) ? FINDING_TWO_STACKS
							   : FINDING_ABORTED_BY_PEER;
		if (stranger)
			loss.address = stranger->address;
		else if (ledger && loss.code == FINDING_ABORTED_BY_PEER && is_unknown(ledger))
			loss.flags |= FINDING_UNKNOWN;
	} else if (error == ETIMEDOUT) {
		loss.code = FINDING_PEER_SILENT;
	} else if (error == ENOTCONN) {
		loss.code = FINDING_SILENT_OR_ABORTED_HERE;
	}
	return loss;
}

struct finding diagnose_dead_path(const struct path_result *known, const struct ledger *since,
				  int64_t waited_us)
{
	const struct finding unasked = diagnose_unasked(known, CHUNK_HEARTBEAT);
	struct finding cause = diagnose_way(known);

	if (finding_is_failed_call(&unasked))
		return unasked;
	if (!cause.code && since)
		cause = diagnose_seen_heartbeat(since, &known->path.address, false);
	diagnose_take_unsent(&unasked, &cause);
	diagnose_host(known,
		      diagnose_seen_to_leave(since, &known->path.address) ? 0 : CHUNK_HEARTBEAT,
		      &cause);
	if (!cause.code)
		cause = (struct finding){ .code = FINDING_HEARTBEAT_UNANSWERED,
					  .basis = BASIS_HEARTBEATS,
					  .address = known->path.address,
					  .time_us = waited_us };
	return cause;
}
