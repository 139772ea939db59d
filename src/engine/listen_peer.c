/* SPDX-License-Identifier: MIT */
#include "engine/listen_parts.h"

#include <errno.h>
#include <stdlib.h>

#include "diagnose/ending.h"
#include "diagnose/failed_call.h"
#include "engine/parameters.h"
#include "engine/snapshot.h"

/* How many events one round reads of one association, so that it does not block the others. */
#define EVENTS_MAX 16

static void keep_addresses(struct peer *peer, const struct association *a)
{
	free(peer->addresses);
	peer->addresses = xcalloc(a->path_count + 1, sizeof(*peer->addresses));
	peer->address_count = a->path_count ? a->path_count : 1;
	peer->addresses[0] = peer->from;
	for (size_t i = 0; i < a->path_count; i++)
		peer->addresses[i] = a->paths[i].path.address;
}

static void report_up(struct listening *l, struct peer *peer)
{
	struct association a = { .status.id = l->stack->id(peer->assoc) };

	/* If the peer has already closed it, there is nothing to read. */
	if (snapshot_take(l->stack, peer->assoc, &a) == 0 &&
	    snapshot_take_local(l->stack, peer->assoc, &a) == 0 &&
	    l->stack->extensions(peer->assoc, &a.status.extensions) == 0)
		parameters_read(l->stack, peer->assoc, l->options, l->timeline, &a);
	listen_report(l, &(struct listen_event){
				 .type = LISTEN_UP,
				 .assoc = l->stack->id(peer->assoc),
				 .from = peer->from,
				 .association = &a,
			 });
	keep_addresses(peer, &a);
	association_free(&a);
}

void listen_peer_down(struct peer *peer, bool graceful, int error, struct finding cause)
{
	listen_report(peer->l, &(struct listen_event){
				       .type = LISTEN_DOWN,
				       .assoc = peer->l->stack->id(peer->assoc),
				       .graceful = graceful,
				       .error = error,
				       .cause = cause,
				       .echoed = peer->echoed,
				       .not_echoed = peer->not_echoed,
			       });
	if (finding_is_failed_call(&cause) && !peer->l->failed.code)
		peer->l->failed = cause;
	peer->holds = false;
	peer->gone = true;
}

/*
 * The errno if the newest packet on every path could not be sent, because then this host is the
 * reason for the loss. Or 0.
 */
static int unsent_everywhere(const struct peer *peer)
{
	int error = 0;

	for (size_t i = 0; i < peer->address_count; i++) {
		error = peer->l->stack->send_error(peer->assoc, &peer->addresses[i]);
		if (!error)
			return 0;
	}
	return error;
}

void listen_peer_lost(struct peer *peer, int error, struct finding cause)
{
	int unsent = unsent_everywhere(peer);

	if (unsent)
		listen_peer_down(peer, false, unsent, diagnose_failed_packet(unsent));
	else
		listen_peer_down(peer, false, error, cause);
}

static void take_event(struct listening *l, struct peer *peer, const struct stack_event *event)
{
	switch (event->type) {
	case EVENT_UP:
		peer->up = true;
		report_up(l, peer);
		listen_begin_relay(peer);
		break;
	case EVENT_DATA:
		peer->held = *event;
		peer->holds = !listen_echo(peer, event);
		break;
	case EVENT_PATH:
		listen_report(l, &(struct listen_event){
					 .type = LISTEN_PATH,
					 .assoc = l->stack->id(peer->assoc),
					 .path = event->address,
					 .path_state = event->path_state,
				 });
		break;
	case EVENT_SHUTDOWN:
	case EVENT_CLOSED:
		/* The stack completes the close, with the echoes in flight. */
		listen_peer_down(peer, true, 0,
				 (struct finding){ .code = l->ending || peer->closed_here
								   ? FINDING_CLOSED_HERE
								   : FINDING_CLOSED_BY_PEER,
						   .basis = BASIS_STACK });
		break;
	case EVENT_LOST:
		listen_peer_lost(peer, event->error,
				 diagnose_loss(event->error, &event->cause, NULL));
		break;
	case EVENT_FAULT:
		listen_peer_down(
			peer, false, event->error,
			diagnose_failed_call(l->stack->fault(peer->endpoint)->call, event->error));
		break;
	default:
		break;
	}
}

/* --silent, --relay: nothing is read here after the event that it is up. */
static bool is_silent(const struct peer *peer)
{
	return peer->relay || (peer->l->options->drill == DRILL_SILENT && peer->up &&
			       !peer->closing && !peer->l->ending);
}

static short events_of(const struct peer *peer)
{
	const struct stack *stack = peer->l->stack;

	if (is_silent(peer))
		return 0;
	return peer->holds ? stack->room_event : stack->pollfd(peer->endpoint).events;
}

void listen_serve(struct peer *peer)
{
	struct listening *l = peer->l;
	struct stack_event event;
	int count = 0;

	if (peer->holds)
		peer->holds = !listen_echo(peer, &peer->held);
	while (!peer->gone && !peer->holds && !is_silent(peer) && count < EVENTS_MAX &&
	       l->stack->next_event(peer->endpoint, &event)) {
		count++;
		take_event(l, peer, &event);
	}
	loop_change(&peer->source, events_of(peer));
	if (count == EVENTS_MAX)
		loop_again(&peer->source);
}

void listen_drop(struct peer *peer, bool abort)
{
	struct listening *l = peer->l;
	size_t i = 0;

	loop_remove(&peer->source);
	loop_timer_stop(&peer->timer);
	relay_free(peer->relay);
	l->stack->close(peer->endpoint, abort);
	listen_echo_forget(peer);
	while (l->peers[i] != peer)
		i++;
	l->peers[i] = l->peers[--l->peer_count];
	free(peer->addresses);
	free(peer);
	/* A descriptor is free again. */
	if (l->out_of_files && l->endpoint)
		loop_timer_set(&l->retry, loop_now_us());
}

void listen_abort(struct peer *peer, const char *text, enum finding_code why)
{
	bool sent = peer->l->stack->abort(peer->assoc, text) == 0;

	listen_peer_down(peer, false, 0, (struct finding){ .code = why, .basis = BASIS_CALL });
	listen_drop(peer, !sent);
}

void listen_on_peer(void *context, short revents)
{
	struct peer *peer = context;

	(void)revents;
	listen_serve(peer);
	if (peer->gone)
		listen_drop(peer, false);
}
