/* SPDX-License-Identifier: MIT */
#include "witness/watch.h"

#include <errno.h>
#include <stdlib.h>

#include "base/broker.h"
#include "base/loop.h"
#include "base/names.h"
#include "base/privilege.h"
#include "witness/ledger_add.h"

/*
 * One with another port may be of another program. Its content is not for this user, unless it
 * answers our INIT. As long as our port is not known, each may be.
 */
static bool is_certainly_ours(const struct watch *watch, const struct witness_event *event)
{
	if (!watch->ports.local)
		return false;
	return !event->odd ||
	       (!event->outgoing && ledger_is_our_tag(watch->ledger, event->packet.tag));
}

static void take(void *context, const struct witness_event *event)
{
	struct watch *watch = context;
	struct timeline *timeline = watch->timeline;
	char text[WITNESS_TEXT_MAX];

	ledger_add(watch->ledger, event);
	if (watch->capture && is_certainly_ours(watch, event))
		capture_add(watch->capture, watch->reader, event);
	/* One with another port may be of another program, and its tag would let it be ended. */
	if (timeline && timeline->verbose && !event->odd)
		timeline_note_at(timeline, event->time_us, "%s",
				 witness_text(event, timeline->unicode, !privilege_is_borrowed(),
					      text, sizeof(text)));
}

static int attach(struct watch *watch, struct view_config *config, bool stamped)
{
	struct witness_config witness = {
		.ports = config->ports,
		.unstamped = !stamped && !watch->capture,
		.data_bytes = watch->capture ? capture_snaplen(watch->capture) : 0,
	};

	/* Its user may not see others' packets, nor tags, by which an association can be ended. */
	config->strict = privilege_is_borrowed();
	config->take = take;
	config->context = watch;
	return watch->witnesses ? witnesses_attach(watch->witnesses, &witness, config, &watch->view)
				: -EPERM;
}

void watch_start(struct watch *watch, const union address *peers, size_t count,
		 const union address *bound, size_t bound_count, const struct stack_encaps *udp,
		 bool stamped, struct timeline *timeline)
{
	uint16_t local_port = bound_count ? address_port(&bound[0]) : 0;
	struct view_config config = {
		.peers = peers,
		.peer_count = count,
		.bound = bound,
		.bound_count = bound_count,
		.ports = { .local = local_port,
			   .peer = address_port(&peers[0]),
			   .udp_local = udp->local,
			   .udp_remote = udp->remote },
	};
	int rc = attach(watch, &config, stamped);
	const char *call = broker_failed_call("packet socket", rc);

	if (watch->capture)
		watch->reader = capture_reader(watch->capture);
	if (rc < 0) {
		if (watch->capture)
			capture_missed(watch->capture, call, -rc);
		timeline_note(timeline, "no witness: %s: %s%s", call, errno_name(-rc),
			      rc == -EPERM ? " (it needs CAP_NET_RAW)" : "");
		return;
	}
	watch->ports = config.ports;
	watch->timeline = timeline;
	watch->ledger = xcalloc(1, sizeof(*watch->ledger));
	ledger_init(watch->ledger, peers, count, loop_now_us());
}

/* Of closing the association, too. */
static void finish_capture(struct watch *watch)
{
	watch->timeline = NULL;
	watch_catch_up(watch);
	capture_lost(watch->capture, witnesses_lost(watch->witnesses));
}

void watch_stop(struct watch *watch)
{
	if (!watch->view)
		return;
	if (watch->capture)
		finish_capture(watch);
	witness_detach(watch->view);
	ledger_free(watch->ledger);
	free(watch->ledger);
	*watch = (struct watch){ 0 };
}

void watch_set_ports(struct watch *watch, const struct stack *stack,
		     const struct stack_endpoint *endpoint)
{
	struct witness_ports ports = watch->ports;
	const char *call;
	int rc;

	if (!watch->view)
		return;
	rc = stack->ports(endpoint, &ports.local, &ports.udp_local, &call);
	/* Without its port no packet is certainly of this attempt. */
	if (rc < 0 && watch->capture)
		capture_missed(watch->capture, call, -rc);
	if (ports.local == watch->ports.local && ports.udp_local == watch->ports.udp_local)
		return;
	watch->ports = ports;
	witness_set_ports(watch->view, &ports);
}

const struct ledger_path *watch_path(const struct watch *watch, const union address *address)
{
	return watch->ledger ? ledger_find(watch->ledger, address) : NULL;
}

/* --- Reading ---------------------------------------------------------------------------------- */

static void heed_error(struct watch *watch)
{
	int error = witness_error(watch->view);

	if (error && !watch->failed) {
		watch->failed = true;
		if (watch->capture)
			capture_missed(watch->capture, "packet socket", error);
		if (watch->timeline)
			timeline_note(watch->timeline,
				      "the witness cannot be read any more: recvmsg: %s",
				      errno_name(error));
	}
	watch->ledger->lost = witness_lost(watch->view) + watch->failed;
}

void watch_read(struct watch *watch)
{
	if (!watch->view || watch->failed)
		return;
	witness_read(watch->view);
	heed_error(watch);
}

void watch_catch_up(struct watch *watch)
{
	if (!watch->view || watch->failed)
		return;
	witness_catch_up(watch->view);
	heed_error(watch);
}

void watch_forget_port(struct watch *watch)
{
	watch_read(watch);
	watch->ports.local = 0;
	if (watch->view && witness_forget_local_port(watch->view) < 0)
		watch->failed = true;
	if (watch->view)
		heed_error(watch);
}

/* --- In a loop -------------------------------------------------------------------------------- */

static void on_change(void *context)
{
	struct watch *watch = context;

	heed_error(watch);
	if (watch->changed)
		watch->changed(watch->context);
}

void watch_listen(struct watch *watch, struct loop *loop, void (*changed)(void *context),
		  void *context)
{
	if (!watch->view || watch->failed || watch->listens)
		return;
	watch->listens = true;
	watch->changed = changed;
	watch->context = context;
	witness_listen(watch->view, loop, on_change, watch);
}

void watch_listen_no_more(struct watch *watch)
{
	if (!watch->listens)
		return;
	watch->listens = false;
	witness_listen_no_more(watch->view);
}
