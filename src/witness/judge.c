/* SPDX-License-Identifier: MIT */
#include "witness/judge.h"

/*
 * How long this host's stack may take to act on a packet, if the host is busy, before its doing
 * nothing proves something.
 */
#define REACTION_US (100 * USEC_PER_MSEC)

/*
 * The stack sends INITs to one address after the other, and to none a second time before all had
 * their turn. So an address without an INIT has missed its turn only if another address has two.
 * But the address that answered may be asked again, and the others are then not tried any more.
 */
static bool had_its_turn(const struct ledger *ledger, const struct ledger_path *path,
			 int64_t now_us)
{
	return path->requested && !ledger->cookie_us &&
	       (ledger->asked_again ||
		(ledger->requested_count == 1 && now_us - ledger->start_us > REACTION_US));
}

/* When the first COOKIE-ACK arrived; INT64_MAX: none has. */
static int64_t cookie_ack_us(const struct ledger *ledger)
{
	int64_t first_us = INT64_MAX;

	for (size_t i = 0; i < ledger->path_count; i++) {
		const struct ledger_count *c = &ledger->paths[i].cookie_acks;

		if (c->count && c->first_us < first_us)
			first_us = c->first_us;
	}
	return first_us;
}

/* Only ICMP errors that stop an INIT or a COOKIE-ECHO, and are not older than that. */
static bool has_icmp_error(const struct ledger_path *path, int64_t since_us)
{
	for (size_t i = 0; i < path->icmp_count; i++)
		if (path->icmps[i].error && path->icmps[i].seen.last_us >= since_us)
			return true;
	return false;
}

static enum proof after_cookie(const struct ledger_path *path)
{
	if (path->errors.count)
		return PROOF_COOKIE_ERROR;
	return has_icmp_error(path, path->cookies.first_us) ? PROOF_ICMP : PROOF_COOKIE_SILENT;
}

/* COOKIE-ECHO, COOKIE-ACK and INITs belong to the association, whichever address they used. */
static enum proof after_init_ack(const struct ledger *ledger, const struct ledger_path *path,
				 int64_t now_us)
{
	int64_t ack_us = path->init_acks.first_us;
	int64_t up_us = cookie_ack_us(ledger);

	if (up_us < INT64_MAX)
		return !ledger->lost && ledger->cookie_us > up_us + REACTION_US
			       ? PROOF_COOKIE_NOT_TAKEN
			       : PROOF_UP;
	if (path->aborts.count)
		return PROOF_ABORTED;
	if (ledger->lost)
		return PROOF_ANSWERED;
	if (path->cookies.count)
		return after_cookie(path);
	/* Another address answered first, and that answer was accepted. */
	if (ledger->cookie_us)
		return PROOF_ANSWERED;
	return ledger->init_us > ack_us + REACTION_US || now_us - ack_us > REACTION_US
		       ? PROOF_NOT_TAKEN
		       : PROOF_ANSWERED;
}

enum proof judge(const struct ledger *ledger, const struct ledger_path *path, int64_t now_us)
{
	if (path->init_acks.count || path->cookie_acks.count)
		return after_init_ack(ledger, path, now_us);
	if (path->aborts.count)
		return PROOF_ABORTED;
	if (path->odd_acks.count && !ledger->translated.count)
		return PROOF_OTHER_PORT;
	if (path->init_ack_from.sa.sa_family)
		return PROOF_ELSEWHERE;
	if (path->bad_checksums.count)
		return PROOF_BAD_CHECKSUM;
	if (has_icmp_error(path, 0))
		return PROOF_ICMP;
	if (path->inits.count && path->strays.count)
		return PROOF_WRONG_TAG;
	if (ledger->lost)
		return PROOF_UNKNOWN;
	if (path->inits.count)
		return path->received.count ? PROOF_UNKNOWN : PROOF_SILENT;
	return had_its_turn(ledger, path, now_us) ? PROOF_NEVER_LEFT : PROOF_NOT_TRIED;
}
