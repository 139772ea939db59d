/* SPDX-License-Identifier: MIT */
/*
 * What the files of diagnose/ share. From the top down:
 * - diagnose.c: the end of each phase
 * - endpoint.c: this host could not open an endpoint, or not make the call
 * - refusal.c: an answer ended the attempt
 * - silence.c: the attempt failed without an answer
 * - association.c: the association came up
 * - exchange.c: its messages were not sent, or not answered
 * - conclude.c: the result gets its cause
 * - address.c: one address of the call
 * - seen.c: what the witness saw of one address
 * - mark.c: the verdict of one address by its packets or an error
 * - host.c: what this host does to the packets of one address
 */
#ifndef DIAGNOSE_PARTS_H
#define DIAGNOSE_PARTS_H

#include "diagnose/evidence.h"
#include "report/result.h"
#include "witness/judge.h"

/* --- address.c: position is that in the call, evidence->order. ----------------------- */

struct path_result *diagnose_nth(struct result *result, const struct evidence *evidence,
				 size_t position);

/*
 * The stack sends its INIT to one address after the other, t1_us apart. Its timers fire up to an
 * eighth late, or a tick early (attempts.h). So at elapsed_us the INIT has certainly gone to
 * the first diagnose_tried_surely() addresses, and certainly not to those beyond the first
 * diagnose_tried_maybe().
 */
size_t diagnose_tried_maybe(const struct evidence *evidence);
size_t diagnose_tried_surely(const struct evidence *evidence);
/* The position of the one whose turn it was; order_count: the next turn may have begun early. */
size_t diagnose_current(const struct evidence *evidence);

void diagnose_set_path(struct path_result *path, enum verdict verdict, enum finding_code code,
		       enum finding_basis basis);

/* What this host knows about an address: its route, its link, its neighbour. Or none. */
struct finding diagnose_way(const struct path_result *path);

/* The finding for an errno of SO_ERROR. */
struct finding diagnose_soft(int error, enum neighbour neighbour);

/* Marks the addresses that cannot be reached, and returns how many there are. */
size_t diagnose_mark_unreachable(struct result *result, const struct evidence *evidence);

/* The most important cause of the paths with this verdict; none if there are no such paths. */
struct finding diagnose_first_cause(const struct association *association, enum verdict verdict);

/* Is this the cause of every address of the call? */
bool diagnose_all_say(struct result *result, const struct evidence *evidence,
		      const struct finding *finding);

/* --- conclude.c ------------------------------------------------------------------------------ */

/* Gives the result this cause, and the cause's hint. */
void diagnose_conclude(struct result *result, int error, const struct finding *cause);

/* No address can be reached, by the routing table or the link. */
void diagnose_unreachable(struct result *result, const struct evidence *evidence);

/* --- endpoint.c ------------------------------------------------------------------------------ */

void diagnose_no_stack(struct result *result, int error);
void diagnose_open(struct result *result, const struct evidence *evidence);
void diagnose_call(struct result *result, const struct evidence *evidence);

/* --- seen.c ---------------------------------------------------------------------------------- */

/*
 * About an INIT that is pending or has failed. turn_came: the elapsed time makes it certain that
 * the stack has sent an INIT to it. *proof is what the packets prove.
 */
struct finding diagnose_seen_init(const struct evidence *evidence, const union address *peer,
				  bool turn_came, enum proof *proof);

/* About the heartbeats to it. answered: the stack has accepted an answer. */
struct finding diagnose_seen_heartbeat(const struct ledger *ledger, const union address *peer,
				       bool answered);

/* Has the peer sent other packets from it than those of the handshake? False: not seen. */
bool diagnose_seen_to_arrive(const struct ledger *ledger, const union address *peer);

/* Was a heartbeat to it seen to leave? False if there was no witness. */
bool diagnose_seen_to_leave(const struct ledger *ledger, const union address *peer);

/* --- host.c ---------------------------------------------------------------------------------- */

/*
 * *finding is why the path does not answer, by packets and time; it may be none. It becomes what
 * this host's policies and routes say about that. chunk: what was to leave, and was not seen to
 * leave as it is; 0: it was.
 */
void diagnose_host(const struct path_result *path, uint8_t chunk, struct finding *finding);

/* --- mark.c ---------------------------------------------------------------------------------- */

/* To how many positions of the call an INIT was seen to leave, up to the last one. */
size_t diagnose_asked(struct result *result, const struct evidence *evidence);
/*
 * The verdict and the cause by what was seen of its INIT, if that says more than they do. asked:
 * what diagnose_asked() says.
 */
void diagnose_mark_by_packets(struct result *result, const struct evidence *evidence,
			      size_t position, size_t asked);
/* Its INIT alone had been sent when the socket reported an error, and packets do not say more. */
void diagnose_mark_by_soft_error(struct path_result *path);

/* --- refusal.c, silence.c -------------------------------------------------------------- */

/* An answer ended the attempt: ABORT, or (ENOPROTOOPT) ICMP protocol unreachable. */
void diagnose_refused(struct result *result, const struct evidence *evidence, int error);
/* The stack has seen no answer. What else is known decides the result. */
void diagnose_silence(struct result *result, const struct evidence *evidence);
/* For an attempt without any answer. Returns how many addresses cannot be reached. */
size_t diagnose_mark_unanswered(struct result *result, const struct evidence *evidence);

/* --- association.c --------------------------------------------------------------------------- */

void diagnose_up(struct result *result, const struct evidence *evidence);

/* --- exchange.c ------------------------------------------------------------------------------ */

/* *cause is why it has ended: does that have another name while messages are exchanged? */
void diagnose_end_of_exchange(const struct result *result, struct finding *cause);

/* It is up, and the result is what its paths make of it: what if messages went wrong? */
void diagnose_exchange(struct result *result);

#endif
