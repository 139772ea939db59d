/* SPDX-License-Identifier: MIT */
/* What the packets in a ledger prove. */
#ifndef WITNESS_JUDGE_H
#define WITNESS_JUDGE_H

#include <stdint.h>

#include "witness/ledger.h"

/*
 * How far the handshake got with one address until now: the furthest that is certain. Those
 * marked * are based on packets that were not seen, and are not used if the witness missed packets.
 */
enum proof {
	PROOF_UNKNOWN,          /* nothing is certain */
	PROOF_NOT_TRIED,        /* no INIT to it, and its turn may not have come */
	PROOF_NEVER_LEFT,       /* * its turn came, but no INIT to it left this host */
	PROOF_SILENT,           /* * INITs left, no answer arrived */
	PROOF_ICMP,             /* only ICMP arrived, from a router or this host: path->icmps */
	PROOF_BAD_CHECKSUM,     /* the answer has a wrong checksum */
	PROOF_WRONG_TAG,        /* the answer has a tag that is not of this attempt */
	PROOF_OTHER_PORT,       /* it answered the INIT from another port: path->odd_port */
	PROOF_ELSEWHERE,        /* another address answered the INIT: path->init_ack_from */
	PROOF_ABORTED,          /* it answered ABORT: path->abort_cause */
	PROOF_ANSWERED,         /* an INIT-ACK arrived; it is too early to say more */
	PROOF_NOT_TAKEN,        /* * INIT-ACK arrived, but this host dropped it: its input filter */
	PROOF_COOKIE_SILENT,    /* * INIT-ACK arrived, COOKIE-ECHO left, no answer to it arrived */
	PROOF_COOKIE_ERROR,     /* COOKIE-ECHO was answered with ERROR: path->error_cause */
	PROOF_COOKIE_NOT_TAKEN, /* * COOKIE-ACK arrived, but COOKIE-ECHO was sent again */
	PROOF_UP,               /* COOKIE-ACK arrived, from any address */
};
enum proof judge(const struct ledger *ledger, const struct ledger_path *path, int64_t now_us);

#endif
