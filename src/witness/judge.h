/* SPDX-License-Identifier: MIT */
/* What the packets in a ledger prove. */
#ifndef WITNESS_JUDGE_H
#define WITNESS_JUDGE_H

#include <stdint.h>

#include "witness/ledger.h"

/*
 * How far the handshake got by way of one address until now: the furthest that is certain. Those
 * marked * rest on packets that were not seen, and are not given when packets were lost.
 */
enum proof {
	PROOF_UNKNOWN,       /* nothing is certain */
	PROOF_NOT_TRIED,     /* no INIT to it, and it need not have been its turn */
	PROOF_NEVER_LEFT,    /* * its turn came, but no INIT to it left this host */
	PROOF_SILENT,        /* * INITs left, nothing came back */
	PROOF_ICMP,          /* only ICMP came, of a router or of this host: path->icmps */
	PROOF_BAD_CHECKSUM,  /* what came back has a wrong checksum */
	PROOF_WRONG_TAG,     /* what came back has a tag that is not of this attempt */
	PROOF_ELSEWHERE,     /* another address answered the INIT: path->init_ack_from */
	PROOF_ABORTED,       /* it answered ABORT: path->abort_cause */
	PROOF_ANSWERED,      /* an INIT-ACK came; it is too early to say more, or not its turn */
	PROOF_NOT_TAKEN,     /* * INIT-ACK came, but our stack does not go on: our own filter */
	PROOF_COOKIE_SILENT, /* * INIT-ACK came, COOKIE-ECHO left, no answer to that came */
	PROOF_COOKIE_ERROR,  /* INIT-ACK came, COOKIE-ECHO was answered ERROR: path->error_cause */
	PROOF_COOKIE_NOT_TAKEN, /* * COOKIE-ACK came, and COOKIE-ECHO was sent again even so */
	PROOF_UP,               /* COOKIE-ACK came, by way of any address */
};
enum proof judge(const struct ledger *ledger, const struct ledger_path *path, int64_t now_us);

#endif
