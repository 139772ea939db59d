/* SPDX-License-Identifier: MIT */
/* Drills: what a listener does at a certain time, and how one that does not read sees the end. */
#include <errno.h>
#include <sys/param.h>

#include "engine/listen_parts.h"

/* How often it is asked whether an association has ended whose events are not read. */
#define LOOK_US (250 * USEC_PER_MSEC)

static int64_t due_us(const struct peer *peer, int64_t after_us)
{
	return after_us ? peer->came_us + after_us : LOOP_FOREVER;
}

static void set_timer(struct peer *peer)
{
	const struct options *o = peer->l->options;
	int64_t next_us = due_us(peer, o->abort_after_us);

	if (!peer->closing)
		next_us = MIN(next_us, due_us(peer, o->close_after_us));
	if (o->drill == DRILL_SILENT && !peer->closing)
		next_us = MIN(next_us, loop_now_us() + LOOK_US);
	loop_timer_set(&peer->timer, next_us);
}

static void abort_it(struct peer *peer)
{
	const struct finding cause = { .code = FINDING_ABORTED_AS_ASKED, .basis = BASIS_CALL };

	listen_end_relay(peer, STATUS_NOT_CONNECTED, cause);
	listen_abort(peer, peer->l->options->abort_text, cause.code);
}

/* The relay's end is the association's, and the listener's exit status. */
static void end_relay(struct peer *peer)
{
	const struct relay_end end = *relay_end(peer->relay);
	struct listening *l = peer->l;

	if (listen_end_relay(peer, end.status, end.cause)) {
		listen_abort(peer, NULL, FINDING_RELAY_CUT_OFF);
		return;
	}
	if (end.gone || l->stack->shutdown(peer->assoc) < 0) {
		listen_peer_down(peer, end.graceful, end.cause.error, end.cause);
		listen_drop(peer, false);
		return;
	}
	/* The peer does not answer: it closes meanwhile. */
	listen_peer_down(peer, true, 0,
			 (struct finding){ .code = FINDING_CLOSED_HERE, .basis = BASIS_CALL });
	listen_drop(peer, false);
}

static bool has_ended(struct peer *peer)
{
	struct stack_status status;

	return peer->l->stack->status(peer->assoc, &status) == -ENOTCONN;
}

static void on_time(void *context, int64_t now_us)
{
	struct peer *peer = context;
	struct listening *l = peer->l;
	bool silent = l->options->drill == DRILL_SILENT;

	if (peer->relay && relay_is_over(peer->relay)) {
		end_relay(peer);
		return;
	}
	if (now_us >= due_us(peer, l->options->abort_after_us)) {
		abort_it(peer);
		return;
	}
	if (!peer->closing && now_us >= due_us(peer, l->options->close_after_us)) {
		peer->closing = peer->closed_here = true;
		/* If that fails, it has ended, and its event says how. */
		if (peer->relay)
			relay_close(peer->relay);
		else
			l->stack->shutdown(peer->assoc);
	} else if (silent && !peer->closing) {
		peer->closing = has_ended(peer);
	}
	set_timer(peer);
	if (peer->closing)
		listen_on_peer(peer, 0);
}

void listen_begin_drill(struct peer *peer)
{
	peer->came_us = loop_now_us();
	loop_timer_init(peer->l->loop, &peer->timer, on_time, peer);
	set_timer(peer);
}
