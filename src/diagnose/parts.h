/* SPDX-License-Identifier: MIT */
/*
 * What the files of diagnose.h share: diagnose.c (this host could not try, or did not begin),
 * attempt.c (the attempt failed), association.c (the association came up), and
 * address.c, what is said of one address of the call. For no one else.
 */
#ifndef DIAGNOSE_PARTS_H
#define DIAGNOSE_PARTS_H

#include "diagnose/diagnose.h"

/* --- address.c: position is that in the call, evidence->order. ----------------------- */

struct path_result *diagnose_nth(struct result *result, const struct evidence *evidence,
				 size_t position);

/*
 * The stack sends its INIT to one address after the other, t1_us apart; timers never fire early but
 * up to an eighth late. So at elapsed_us the INIT has certainly gone to the first tried_surely()
 * addresses, and certainly not to those beyond the first tried_maybe().
 */
size_t diagnose_tried_maybe(const struct evidence *evidence);
size_t diagnose_tried_surely(const struct evidence *evidence);

void diagnose_set(struct result *result, enum result_word word, int error, int status);
void diagnose_set_path(struct path_result *path, enum verdict verdict, const char *note);

/* The addresses from this position on: their turn did not come. */
void diagnose_mark_untried(struct result *result, const struct evidence *evidence, size_t from,
			   const char *note);
/* What this host knows is more than that nothing came back. Returns of how many. */
size_t diagnose_mark_unreachable(struct result *result, const struct evidence *evidence);

/* Why the routing table, or the link that it names, gives no way to an address. */
void diagnose_note_route(const struct path_result *path, struct message *note);
bool diagnose_is_silent(enum neighbour neighbour);
/* Nobody has answered on the link. */
void diagnose_note_neighbour(const struct path_result *path, struct message *note);

/* What to check about a link, by name, and about who does not answer on one. */
#define DIAGNOSE_LINK_HINT "ip link show %s: its cable, or the switch or host at its other end"
#define DIAGNOSE_NEIGHBOUR_HINT                                                             \
	"ip neigh shows what the link says: is the address right, the host up, the prefix " \
	"length right?"

/* What to check where the peer has said why it aborts; NULL: the cause says it all, or nothing. */
const char *diagnose_cause_hint(uint16_t code);

/* --- attempt.c ------------------------------------------------------------------------
 */

/* An answer has ended it: ABORT, or ICMP protocol unreachable. */
void diagnose_refused(struct result *result, const struct evidence *evidence);
/* Nothing came back, as far as SCTP is told. What else is known decides the word. */
void diagnose_silence(struct result *result, const struct evidence *evidence);
/* No address can be reached, as the routing table or the link says. */
void diagnose_unreachable(struct result *result, const struct evidence *evidence);
/* Of an attempt that ended without any answer. Returns how many addresses cannot be reached. */
size_t diagnose_mark_unanswered(struct result *result, const struct evidence *evidence);

/* --- association.c -----------------------------------------------------------------------------
 */

void diagnose_up(struct result *result, const struct evidence *evidence);

#endif
