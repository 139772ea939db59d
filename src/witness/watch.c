/* SPDX-License-Identifier: MIT */
#include "witness/watch.h"

#include <errno.h>

#include "base/loop.h"
#include "base/names.h"

void watch_start(struct watch *watch, const union address *peers, size_t count,
		 const struct stack_encaps *udp, uint16_t local_port, struct timeline *timeline)
{
	struct witness_config config = {
		.peers = peers,
		.peer_count = count,
		.ports = { .local = local_port,
			   .peer = address_port(&peers[0]),
			   .udp_local = udp->local,
			   .udp_remote = udp->remote },
	};
	int rc = witness_open(&watch->witness, &config);

	if (rc < 0) {
		watch->witness = NULL;
		timeline_note(timeline, "no witness: packet socket: %s%s", errno_name(-rc),
			      rc == -EPERM ? " (it needs CAP_NET_RAW)" : "");
		return;
	}
	watch->ports = config.ports;
	ledger_init(&watch->ledger, peers, count, loop_now_us());
}

void watch_stop(struct watch *watch)
{
	if (!watch->witness)
		return;
	witness_close(watch->witness);
	ledger_free(&watch->ledger);
	*watch = (struct watch){ 0 };
}

void watch_set_ports(struct watch *watch, const struct stack *stack,
		     const struct stack_endpoint *endpoint)
{
	struct witness_ports ports = watch->ports;

	if (!watch->witness)
		return;
	stack->ports(endpoint, &ports.local, &ports.udp_local);
	if (ports.local == watch->ports.local && ports.udp_local == watch->ports.udp_local)
		return;
	watch->ports = ports;
	witness_set_ports(watch->witness, &ports);
}

struct pollfd watch_pollfd(const struct watch *watch)
{
	return watch->witness ? witness_pollfd(watch->witness) : (struct pollfd){ .fd = -1 };
}

void watch_read(struct watch *watch, struct timeline *timeline)
{
	struct witness_event event;
	char text[WITNESS_TEXT_MAX];

	if (!watch->witness)
		return;
	while (witness_next(watch->witness, &event)) {
		ledger_add(&watch->ledger, &event);
		if (timeline->verbose)
			timeline_note_at(
				timeline, event.time_us, "%s",
				witness_text(&event, timeline->unicode, text, sizeof(text)));
	}
	watch->ledger.lost = witness_lost(watch->witness);
}
