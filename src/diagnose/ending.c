/* SPDX-License-Identifier: MIT */
#include "diagnose/ending.h"

#include <errno.h>

#include "diagnose/failed_call.h"
#include "diagnose/parts.h"

struct finding diagnose_loss(int error, const struct cause *cause, const struct ledger *ledger)
{
	struct finding loss = { .code = FINDING_ASSOCIATION_LOST,
				.basis = BASIS_STACK,
				.flags = FINDING_UP,
				.error = error,
				.cause = *cause };

	/* usrsctp's one-to-many sockets do not tell such an end from silence; the packets do. */
	if (error == ETIMEDOUT && ledger && ledger->abort_sent_cause.code)
		loss.error = error = ECONNABORTED;
	if (error == ECONNABORTED) {
		loss.code = FINDING_ABORTED_HERE;
		/* With its text, which the stack does not tell. */
		if (ledger && (!cause->code || cause->code == ledger->abort_sent_cause.code))
			loss.cause = ledger->abort_sent_cause;
	} else if (error == ECONNRESET) {
		loss.code = FINDING_ABORTED_BY_PEER;
	} else if (error == ETIMEDOUT) {
		loss.code = FINDING_PEER_SILENT;
	}
	return loss;
}

struct finding diagnose_dead_path(const struct path_result *known, const struct ledger *since,
				  int64_t waited_us)
{
	const struct finding unasked = diagnose_unasked(known, CHUNK_HEARTBEAT);
	struct finding cause = diagnose_way(known);

	if (unasked.code == FINDING_CALL_FAILED)
		return unasked;
	if (!cause.code && since)
		cause = diagnose_seen_heartbeat(since, &known->path.address, false);
	if (!cause.code)
		cause = unasked;
	if (!diagnose_seen_to_leave(since, &known->path.address))
		diagnose_departed(known, CHUNK_HEARTBEAT, &cause);
	if (!cause.code)
		cause = (struct finding){ .code = FINDING_HEARTBEAT_UNANSWERED,
					  .basis = BASIS_HEARTBEATS,
					  .address = known->path.address,
					  .time_us = waited_us };
	return cause;
}
