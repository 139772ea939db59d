/* SPDX-License-Identifier: MIT */
/* What the wire says of one address, put into words. */
#ifndef DIAGNOSE_WORDS_H
#define DIAGNOSE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "report/result.h"
#include "witness/judge.h"

struct sighting {
	enum proof kind;
	int error;           /* of PROOF_ICMP: positive errno */
	struct message note; /* what was seen; empty where that adds nothing to the verdict */
	const char *hint;    /* what to check, or NULL */
};

/* What to check where ICMP says port unreachable, of SCTP in UDP or alone. */
const char *finding_port_hint(bool udp);

/*
 * Of an INIT that is pending or has failed. turn_came: it is certain, from the time that has
 * passed, that the stack has sent an INIT to it. state: how far the stack says that it is.
 */
void finding_of_init(const struct ledger *ledger, const union address *peer, bool turn_came,
		     enum stack_assoc_state state, int64_t now_us, struct sighting *finding);

/* Of the heartbeats to it; answered: the stack has taken an answer. */
void finding_of_heartbeat(const struct ledger *ledger, const union address *peer, bool answered,
			  struct sighting *finding);

#endif
