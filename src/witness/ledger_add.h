/* SPDX-License-Identifier: MIT */
/* What a packet, or an ICMP message about one, adds to a ledger. */
#ifndef WITNESS_LEDGER_ADD_H
#define WITNESS_LEDGER_ADD_H

#include "witness/ledger.h"

/* The path of its address is made if there is none yet, unless too many are learned already. */
void ledger_add(struct ledger *ledger, const struct witness_event *event);

/* Has an INIT of this end had that tag? */
bool ledger_is_our_tag(const struct ledger *ledger, uint32_t tag);

#endif
