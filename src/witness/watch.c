/* SPDX-License-Identifier: MIT */
#include "witness/watch.h"

#include <errno.h>
#include <sys/auxv.h>

#include "base/loop.h"
#include "base/names.h"

/* How many packets one round of a loop reads. */
#define ROUND_READS_MAX 128
/* More than the socket has room for (witness.c). */
#define READS_MAX 8192

/*
 * Has the program CAP_NET_RAW from its file (setcap)? Then its user may not see others' packets,
 * nor tags, by which an association can be ended.
 */
static bool is_borrowed(void)
{
	return getauxval(AT_SECURE) != 0;
}

void watch_start(struct watch *watch, const union address *peers, size_t count,
		 const union address *bound, size_t bound_count, const struct stack_encaps *udp,
		 bool stamped, struct timeline *timeline)
{
	uint16_t local_port = bound_count ? address_port(&bound[0]) : 0;
	struct witness_config config = {
		.peers = peers,
		.peer_count = count,
		.bound = bound,
		.bound_count = bound_count,
		.strict = is_borrowed(),
		.ports = { .local = local_port,
			   .peer = address_port(&peers[0]),
			   .udp_local = udp->local,
			   .udp_remote = udp->remote },
		.unstamped = !stamped && !watch->capture,
		.data_bytes = watch->capture ? capture_snaplen(watch->capture) : 0,
	};
	int rc = witness_open(&watch->witness, &config);

	if (watch->capture)
		watch->reader = capture_reader(watch->capture);
	if (rc < 0) {
		watch->witness = NULL;
		if (watch->capture)
			capture_missed(watch->capture, -rc);
		timeline_note(timeline, "no witness: packet socket: %s%s", errno_name(-rc),
			      rc == -EPERM ? " (it needs CAP_NET_RAW)" : "");
		return;
	}
	watch->ports = config.ports;
	ledger_init(&watch->ledger, peers, count, loop_now_us());
}

/* Of closing the association, too. */
static void finish_capture(struct watch *watch)
{
	struct timeline quiet = { 0 };

	watch_catch_up(watch, &quiet);
	capture_lost(watch->capture, witness_lost(watch->witness));
}

void watch_stop(struct watch *watch)
{
	if (!watch->witness)
		return;
	if (watch->capture)
		finish_capture(watch);
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
	if (!watch->witness || watch->failed)
		return (struct pollfd){ .fd = -1 };
	return witness_pollfd(watch->witness);
}

const struct ledger_path *watch_path(const struct watch *watch, const union address *address)
{
	return watch->witness ? ledger_find(&watch->ledger, address) : NULL;
}

/*
 * One with another port may be of another program. Its content is not for this user, unless it
 * answers our INIT. As long as our port is not known, each may be.
 */
static bool is_certainly_ours(const struct watch *watch, const struct witness_event *event)
{
	if (!watch->ports.local)
		return false;
	return !event->odd ||
	       (!event->outgoing && ledger_is_our_tag(&watch->ledger, event->packet.tag));
}

/* False: there is no packet now, or *reads packets were read. */
static bool take_next(struct watch *watch, struct witness_event *event, unsigned *reads,
		      struct timeline *timeline)
{
	char text[WITNESS_TEXT_MAX];
	int rc = witness_next(watch->witness, event, reads);

	if (rc < 0) {
		watch->failed = true;
		if (watch->capture)
			capture_missed(watch->capture, -rc);
		timeline_note(timeline, "the witness cannot be read any more: recvmsg: %s",
			      errno_name(-rc));
	}
	if (rc <= 0)
		return false;
	ledger_add(&watch->ledger, event);
	if (watch->capture && is_certainly_ours(watch, event))
		capture_add(watch->capture, watch->reader, event);
	/* One with another port may be of another program, and its tag would let it be ended. */
	if (timeline->verbose && !event->odd)
		timeline_note_at(
			timeline, event->time_us, "%s",
			witness_text(event, timeline->unicode, !is_borrowed(), text, sizeof(text)));
	return true;
}

static void count_lost(struct watch *watch)
{
	watch->ledger.lost = witness_lost(watch->witness) + watch->failed;
}

void watch_claim(struct watch *watch)
{
	if (watch->capture)
		capture_claim(watch->capture, watch->reader, watch->ports.local);
}

void watch_forget_port(struct watch *watch, struct timeline *timeline)
{
	watch_read(watch, timeline);
	watch_claim(watch);
	watch->ports.local = 0;
	if (watch->witness && witness_forget_local_port(watch->witness) < 0)
		watch->failed = true;
	if (watch->witness)
		count_lost(watch);
}

void watch_read(struct watch *watch, struct timeline *timeline)
{
	struct witness_event event;
	unsigned reads = ROUND_READS_MAX;

	if (!watch->witness || watch->failed)
		return;
	while (take_next(watch, &event, &reads, timeline))
		;
	count_lost(watch);
}

void watch_catch_up(struct watch *watch, struct timeline *timeline)
{
	struct witness_event event;
	unsigned reads = READS_MAX;
	int64_t now_us = loop_now_us();

	if (!watch->witness || watch->failed)
		return;
	while (take_next(watch, &event, &reads, timeline))
		if (!event.late && event.time_us >= now_us)
			break;
	count_lost(watch);
}
