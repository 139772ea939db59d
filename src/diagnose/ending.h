/* SPDX-License-Identifier: MIT */
/* Why something ends that went on: an association that was up, or a path that worked. */
#ifndef DIAGNOSE_ENDING_H
#define DIAGNOSE_ENDING_H

#include "report/result.h"
#include "witness/ledger.h"

/*
 * An association was aborted or given up (EVENT_LOST). error and cause are the event's. ledger
 * NULL: no witness could see an ABORT of this end.
 */
struct finding diagnose_loss(int error, const struct cause *cause, const struct ledger *ledger);

/*
 * A path has not answered heartbeats for waited_us. known: what this host knows about the route to
 * its address. since: what the witness saw in that time; NULL: there is no witness.
 */
struct finding diagnose_dead_path(const struct path_result *known, const struct ledger *since,
				  int64_t waited_us);

#endif
