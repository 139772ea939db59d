/* SPDX-License-Identifier: MIT */
#include "diagnose/parts.h"

#include "diagnose/failed_call.h"

/* The verdict by the packets, or the existing one if they add nothing. */
static enum verdict verdict_of(enum proof proof, enum verdict verdict)
{
	switch (proof) {
	case PROOF_ICMP:
		return VERDICT_UNREACHABLE;
	case PROOF_ABORTED:
		return VERDICT_REFUSED;
	case PROOF_NOT_TAKEN:
	case PROOF_COOKIE_SILENT:
	case PROOF_COOKIE_ERROR:
	case PROOF_COOKIE_NOT_TAKEN:
	case PROOF_ANSWERED:
	case PROOF_OTHER_PORT:
	case PROOF_ELSEWHERE:
	case PROOF_BAD_CHECKSUM:
	case PROOF_WRONG_TAG:
		return VERDICT_TRIED;
	default:
		return verdict;
	}
}

size_t diagnose_asked(struct result *result, const struct evidence *evidence)
{
	for (size_t i = evidence->order_count; evidence->ledger && i > 0; i--) {
		const struct ledger_path *path = ledger_find(
			evidence->ledger, &diagnose_nth(result, evidence, i - 1)->path.address);

		if (path && path->inits.count)
			return i;
	}
	return 0;
}

/*
 * Has its turn come for certain? The stack of a busy host may be late, so once an INIT has left,
 * only a later one proves it. Until then the time does: the first one leaves at once.
 */
static bool turn_came(const struct evidence *evidence, size_t position, size_t asked)
{
	/* Once one address has answered, no other gets its turn. */
	if (evidence->report.pending_state == ASSOC_COOKIE_ECHOED)
		return false;
	return asked ? position + 1 < asked : position < diagnose_tried_surely(evidence);
}

/*
 * Does an INIT to the address at this position leave before its turn? The stack sends one to each
 * in turn, t1_us apart; an eighth is for timers that fire early. So it was meant for another
 * address.
 */
static bool leaves_early(const struct evidence *evidence, const struct ledger_path *path,
			 size_t position)
{
	const struct ledger_count *inits = &path->inits;
	int64_t turn_us = evidence->t1_us - evidence->t1_us / 8;

	if (!inits->count)
		return false;
	return inits->first_us < evidence->ledger->start_us + (int64_t)position * turn_us ||
	       inits->last_us - inits->first_us <
		       (inits->count - 1) * (int64_t)evidence->order_count * turn_us;
}

/* None left for this address, as it is: did they go to another one of the call, by NAT here? */
static void mark_exchanged(struct result *result, const struct evidence *evidence,
			   struct finding *cause)
{
	size_t missing = 0;

	if ((cause->code != FINDING_OWN_OUTPUT_FILTER && cause->code != FINDING_NOT_SEEN) ||
	    cause->chunk != CHUNK_INIT || evidence->moved)
		return;
	for (size_t i = 0; i < evidence->order_count; i++) {
		const union address *to = &diagnose_nth(result, evidence, i)->path.address;
		const struct ledger_path *path = ledger_find(evidence->ledger, to);

		missing += path && !path->inits.count;
		if (!path || !leaves_early(evidence, path, i))
			continue;
		cause->code = FINDING_TRANSLATED;
		cause->other = *to;
		cause->other_port = 0;
	}
	/* One of them may be filtered. */
	if (cause->code == FINDING_TRANSLATED && missing > 1)
		cause->code = FINDING_NOT_SEEN;
}

void diagnose_mark_by_packets(struct result *result, const struct evidence *evidence,
			      size_t position, size_t asked)
{
	struct path_result *path = diagnose_nth(result, evidence, position);
	enum proof proof;
	const struct finding seen = diagnose_seen_init(
		evidence, &path->path.address, turn_came(evidence, position, asked), &proof);

	if (proof == PROOF_NOT_TRIED && path->verdict == VERDICT_TRIED)
		diagnose_set_path(path, VERDICT_UNTRIED, FINDING_UNTRIED_ANSWERED, BASIS_WITNESS);
	if (!seen.code || (proof == PROOF_SILENT && path->verdict != VERDICT_SILENT))
		return;
	path->verdict = verdict_of(proof, path->verdict);
	path->cause = seen;
	mark_exchanged(result, evidence, &path->cause);
	if (path->cause.code == FINDING_OWN_OUTPUT_FILTER && path->send_error)
		path->cause = diagnose_unasked(path, path->cause.chunk);
	if (proof == PROOF_ICMP)
		path->icmp_error = seen.error;
}

void diagnose_mark_by_soft_error(struct path_result *path)
{
	if (!path->soft_error || path->cause.basis == BASIS_WITNESS)
		return;
	path->verdict = VERDICT_UNREACHABLE;
	path->icmp_error = path->soft_error;
	path->cause = diagnose_soft(path->soft_error, path->neighbour);
	path->cause.address = path->path.address;
}
