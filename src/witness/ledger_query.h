/* SPDX-License-Identifier: MIT */
/* What a ledger says, without a change of it. */
#ifndef WITNESS_LEDGER_QUERY_H
#define WITNESS_LEDGER_QUERY_H

#include "witness/ledger.h"

/* Was the padded heartbeat to it answered that has this heartbeat_id()? */
bool ledger_padded_answered(const struct ledger_path *path, uint64_t id);

/*
 * One stack at that address has accepted, and another one refuses: there are more answers to the
 * INITs, or to the COOKIE-ECHOs, than one stack gives. RFC 9260 sections 5.1 and 8.4: each has one
 * answer, and an ABORT with the T flag is one, because its sender does not know the association.
 */
bool ledger_answered_twice(const struct ledger *ledger, const struct ledger_path *path);

/*
 * The path whose INIT was answered from this address: this one, or the one that was asked, if no
 * INIT went here.
 */
const struct ledger_path *ledger_asked(const struct ledger *ledger, const struct ledger_path *from);

/*
 * The path whose INIT-ACK the stack took: the first COOKIE-ECHO went there. Without one, that whose
 * INIT-ACK came first: of two that come together, the stack may take the later one. NULL: there is
 * none.
 */
const struct ledger_path *ledger_accepted(const struct ledger *ledger);

/* Do its answers use another interface, or another address of ours, than the INITs to it? */
bool ledger_returns_elsewhere(const struct ledger_path *path);

/* Number n (counted from 0) of all heartbeats to it; NULL: not sent yet, or too long ago. */
const struct ledger_heartbeat *ledger_nth_heartbeat(const struct ledger_path *path, unsigned n);

/* The newest answered one that is still in the ring; NULL: none. */
const struct ledger_heartbeat *ledger_newest_answered(const struct ledger_path *path);

/* How many heartbeats before that one were not answered, as far as they are in the ring. */
unsigned ledger_heartbeats_lost(const struct ledger *ledger, const union address *peer);

/* The newest ICMP error about any address since then that stops an INIT, as errno; 0: none. */
int ledger_icmp_error(const struct ledger *ledger, int64_t since_us);

/* How many packets of each kind that address sent or got; zeros if the ledger does not have it. */
void ledger_counts(const struct ledger *ledger, const union address *peer, struct path_seen *seen);

/*
 * For a path that has worked before: *view has this address alone, with only the heartbeats, the
 * ICMP errors and the bad checksums since then. The view uses *path, and is not freed. It is empty
 * if the ledger does not have the address.
 */
void ledger_since(const struct ledger *ledger, const union address *peer, int64_t since_us,
		  struct ledger *view, struct ledger_path *path);

#endif
