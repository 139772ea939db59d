/* SPDX-License-Identifier: MIT */
/* --listen --relay: the one association is relay.c's from the event that it is up on. */
#include <unistd.h>

#include "engine/listen_parts.h"

/* Its timer reports that, because this is called from the relay's own handlers. */
static void on_end(void *context)
{
	struct peer *peer = context;

	loop_timer_set(&peer->timer, loop_now_us());
}

bool listen_end_relay(struct peer *peer, int status, struct finding cause)
{
	struct listening *l = peer->l;
	const struct relay_end *end;
	bool cut_off;

	if (!peer->relay)
		return false;
	relay_stop(peer->relay, status, cause);
	end = relay_end(peer->relay);
	report_relay_end(l->reporter, end);
	if (l->status == STATUS_OK)
		l->status = end->status;
	peer->echoed = (struct amount){ end->messages_received, end->bytes_received };
	l->echoed = peer->echoed; /* of the only association */
	cut_off = end->cut_off;
	relay_free(peer->relay);
	peer->relay = NULL;
	return cut_off;
}

void listen_begin_relay(struct peer *peer)
{
	const struct listening *l = peer->l;

	if (l->options->drill != DRILL_RELAY || peer->relay)
		return;
	peer->relay = relay_start(l->loop, &(struct relay_config){
						   .stack = l->stack,
						   .assoc = peer->assoc,
						   .options = l->options,
						   .timeline = l->timeline,
						   .in = STDIN_FILENO,
						   .out = STDOUT_FILENO,
						   .ended = on_end,
						   .context = peer,
					   });
}
