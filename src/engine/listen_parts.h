/* SPDX-License-Identifier: MIT */
/*
 * What the files of listen.h share. listen.c accepts associations, and decides when it ends. Below
 * it, listen_peer.c serves one association, and listen_echo.c sends back what it says.
 * listen_drill.c ends it at a certain time.
 */
#ifndef ENGINE_LISTEN_PARTS_H
#define ENGINE_LISTEN_PARTS_H

#include "base/loop.h"
#include "base/timeline.h"
#include "engine/relay.h"
#include "engine/settings.h"
#include "report/report.h"
#include "stack/stack.h"

/* One accepted association. While an echo waits for room in the send buffer, nothing is read. */
struct peer {
	struct listening *l;
	struct loop_source source;
	struct stack_endpoint *endpoint;
	struct stack_assoc *assoc; /* not owned */
	union address from;
	union address *addresses; /* owned */
	size_t address_count;
	struct amount echoed;
	struct amount not_echoed;
	size_t room;             /* bytes of its send buffer that are taken off the budget */
	bool parts;              /* a message that comes in parts is not echoed; more will come */
	size_t part_bytes;       /* --reply, --discard: of a message, so far */
	bool holds;              /* held waits for room */
	struct stack_event held; /* the message; its data is the stack's, until the next event */
	bool gone;

	struct loop_timer timer; /* of listen_drill.c */
	int64_t came_us;
	bool up;
	bool closing;        /* it has ended, or will soon: its events are read in any case */
	struct relay *relay; /* owned; NULL: it has not begun, or is over */
	bool closed_here;    /* because --close-after says so */
};

struct listening {
	const struct stack *stack;
	const struct options *options;
	const struct reporter *reporter;
	struct timeline *timeline;
	struct loop *loop;
	struct stack_endpoint *endpoint; /* NULL: no more associations are accepted */
	struct loop_source arrivals;
	struct loop_timer retry; /* accept() failed: tries again, as it does when a peer has gone */
	struct loop_timer closing; /* begins the close, then ends it */
	bool out_of_files;
	bool ending; /* it is closing its associations */
	int status;
	struct finding cause;  /* of the end */
	struct finding failed; /* the first call of this host whose failure ended an association */
	struct peer **peers;
	size_t peer_count;
	uint64_t accepted;
	struct amount echoed;
	struct amount not_echoed;
	struct stack_budget budget; /* for long messages, in receive and in send buffers */
};

/*
 * Ends it, unless it is ending. The associations are closed after the handlers of this round,
 * because one of these may be using a peer.
 */
void listen_stop(struct listening *l, int status, struct finding cause);

/*
 * Fills in what all events have in common, and reports the event. If it cannot be written,
 * listening ends.
 */
void listen_report(struct listening *l, struct listen_event *event);

/* --- listen_peer.c ---------------------------------------------------------------------------- */

/* The handler of its source: serves the struct peer, and drops it if it has gone. */
void listen_on_peer(void *peer, short revents);

/* Reads the peer's messages, and echoes them. */
void listen_serve(struct peer *peer);

/* Reports how the association ended; call listen_drop() afterwards. */
void listen_peer_down(struct peer *peer, bool graceful, int error, struct finding cause);

/* The same for an association that either end gave up. */
void listen_peer_lost(struct peer *peer, int error, struct finding cause);

/* Ends it with an ABORT, whose cause has that text, or none (NULL); reports that, and drops it. */
void listen_abort(struct peer *peer, const char *text, enum finding_code why);

/* Closes its endpoint, and frees it. */
void listen_drop(struct peer *peer, bool abort);

/* --- listen_drill.c --------------------------------------------------------------------------- */

/* A new association: what the options do to it at certain times. Before it is served. */
void listen_begin_drill(struct peer *peer);

/* --- listen_relay.c --------------------------------------------------------------------------- */

/* It is up: relays, if the options say so. At the end its timer is called. */
void listen_begin_relay(struct peer *peer);

/*
 * Reports what came of it, and frees it, if there is one. Status and cause are those of the end,
 * unless it is over already. Not from the relay's own handlers. True: the association is to be
 * aborted (relay_end.h).
 */
bool listen_end_relay(struct peer *peer, int status, struct finding cause);

/* --- listen_echo.c ---------------------------------------------------------------------------- */

/*
 * Sends it back, or what the options say. False: it waits for room in the send buffer; call again
 * with the same message.
 */
bool listen_echo(struct peer *peer, const struct stack_event *message);

/* Its association has gone, and its send buffer with it. */
void listen_echo_forget(struct peer *peer);

#endif
