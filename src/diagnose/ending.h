/* SPDX-License-Identifier: MIT */
/*
 * Why something ends that went on: an association that was up, a path that worked, the monitor or
 * the listener.
 */
#ifndef DIAGNOSE_ENDING_H
#define DIAGNOSE_ENDING_H

#include "report/result.h"
#include "witness/ledger.h"

/*
 * It was aborted or given up (EVENT_LOST): error and cause are the event's. ledger NULL: no witness
 * has seen this end's own ABORT.
 */
struct finding diagnose_loss(int error, const struct cause *cause, const struct ledger *ledger);

/* A system call of this host has failed. */
struct finding diagnose_failed_call(const char *call, int error);

/* A packet that was to begin with that chunk could not be sent; sendmsg() says why. */
struct finding diagnose_unsent(int error, uint8_t chunk);

/* A signal has come; or, if that is 0, waiting has failed with this errno. */
struct finding diagnose_interruption(int signal, int error);

/*
 * A path has not answered heartbeats for so long. known: what this host knows of the way to its
 * address. since: what was seen of it in that time; NULL: there is no witness.
 */
struct finding diagnose_dead_path(const struct path_result *known, const struct ledger *since,
				  int64_t waited_us);

#endif
