/* SPDX-License-Identifier: MIT */
/* Why an association that was up has ended, or what monitors or serves it. */
#ifndef DIAGNOSE_ENDING_H
#define DIAGNOSE_ENDING_H

#include "report/finding.h"
#include "witness/ledger.h"

/*
 * It was aborted or given up (EVENT_LOST): error and cause are the event's. ledger NULL: no witness
 * has seen this end's own ABORT.
 */
struct finding diagnose_loss(int error, const struct cause *cause, const struct ledger *ledger);

/* A system call of this host has failed. */
struct finding diagnose_failed_call(const char *call, int error);

/* A signal has come; or, if that is 0, waiting has failed with this errno. */
struct finding diagnose_interruption(int signal, int error);

#endif
