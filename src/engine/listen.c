/* SPDX-License-Identifier: MIT */
#include "engine/listen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/resource.h>

#include "diagnose/diagnose.h"
#include "base/loop.h"
#include "engine/snapshot.h"

#define BACKLOG        512
#define CLOSE_BOUND_US (1 * USEC_PER_SEC)
/* What is short may be the whole host's, and come back without our doing. */
#define ACCEPT_RETRY_US (1 * USEC_PER_SEC)

/* One accepted association. While an echo waits for room in the send buffer, nothing is read. */
struct peer {
	struct stack_endpoint *endpoint;
	uint32_t assoc;
	union address from;
	uint64_t messages;
	uint64_t bytes;
	struct stack_event held; /* the message whose echo waits, if held_data */
	void *held_data;         /* its bytes, owned */
	bool gone;
};

struct listener {
	const struct stack *stack;
	const struct options *options;
	const struct reporter *reporter;
	struct timeline *timeline;
	struct stack_endpoint *endpoint; /* NULL once no more associations are wanted */
	bool out_of_files; /* accept() failed; again when an association has gone, or at retry_us */
	int64_t retry_us;
	bool ending;
	struct peer *peers;
	size_t peer_count;
	uint64_t accepted;
	uint64_t messages;
	uint64_t bytes;
};

static void report(const struct listener *l, struct listen_event *event)
{
	event->stack = l->stack->name;
	event->time_us = loop_now_us() - l->timeline->start_us;
	report_listen_event(l->reporter, event);
}

static void report_ready(struct listener *l)
{
	union address *list = NULL;
	int count = l->stack->local_addresses(l->endpoint, 0, &list);
	struct listen_event event = {
		.type = LISTEN_READY,
		.local = list,
		.local_count = count > 0 ? (size_t)count : 0,
	};

	report(l, &event);
	free(list);
}

/* --- One association ------------------------------------------------------------------------ */

static void report_up(struct listener *l, struct peer *peer)
{
	struct association a = { .status.id = peer->assoc };

	/* A peer that has closed it again by now leaves nothing to ask about. */
	snapshot_take(l->stack, peer->endpoint, peer->assoc, &a);
	report(l, &(struct listen_event){
			  .type = LISTEN_UP,
			  .assoc = peer->assoc,
			  .from = peer->from,
			  .association = &a,
		  });
	association_free(&a);
}

static void let_go(struct peer *peer)
{
	free(peer->held_data);
	peer->held_data = NULL;
}

static void peer_down(struct listener *l, struct peer *peer, bool graceful, int error,
		      const char *reason)
{
	report(l, &(struct listen_event){
			  .type = LISTEN_DOWN,
			  .assoc = peer->assoc,
			  .graceful = graceful,
			  .error = error,
			  .reason = reason,
			  .messages = peer->messages,
			  .bytes = peer->bytes,
		  });
	let_go(peer);
	peer->gone = true;
	l->retry_us = 0;
}

static void echoed(struct listener *l, struct peer *peer, size_t length)
{
	peer->messages++;
	peer->bytes += length;
	l->messages++;
	l->bytes += length;
}

/* False: it has to wait for room in the send buffer. */
static bool echo(struct listener *l, struct peer *peer, const struct stack_event *message)
{
	int rc = l->stack->send(peer->endpoint, peer->assoc, message->data, message->length,
				message->stream, message->ppid, message->unordered);

	if (rc == -EAGAIN)
		return false;
	if (rc == 0)
		echoed(l, peer, message->length);
	else
		timeline_note(l->timeline, "association %u: echo of %zu bytes on stream %u: %s",
			      peer->assoc, message->length, message->stream, strerror(-rc));
	return true;
}

/* Keeps a copy of the message until it can be echoed. */
static void hold(struct peer *peer, const struct stack_event *message)
{
	peer->held = *message;
	peer->held_data = xcalloc(1, message->length);
	memcpy(peer->held_data, message->data, message->length);
	peer->held.data = peer->held_data;
}

static void serve(struct listener *l, struct peer *peer)
{
	struct stack_event event;

	if (peer->held_data && echo(l, peer, &peer->held))
		let_go(peer);
	while (!peer->gone && !peer->held_data && l->stack->next_event(peer->endpoint, &event)) {
		switch (event.type) {
		case EVENT_UP:
			peer->assoc = event.assoc;
			report_up(l, peer);
			break;
		case EVENT_DATA:
			if (!echo(l, peer, &event))
				hold(peer, &event);
			break;
		case EVENT_PATH:
			report(l, &(struct listen_event){
					  .type = LISTEN_PATH,
					  .assoc = peer->assoc,
					  .path = event.address,
					  .path_state = event.path_state,
				  });
			break;
		case EVENT_SHUTDOWN:
		case EVENT_CLOSED:
			/* The stack completes the close by itself, echoes in flight included. */
			peer_down(l, peer, true, 0,
				  l->ending ? "closed by this end" : "closed by the peer");
			break;
		case EVENT_LOST:
			peer_down(l, peer, false, event.error,
				  event.error == ECONNRESET ? "aborted by the peer"
							    : "the peer does not answer any more");
			break;
		default:
			break;
		}
	}
}

static void accept_all(struct listener *l)
{
	struct peer peer = { 0 };

	while (l->endpoint) {
		int rc = l->stack->accept(l->endpoint, &peer.endpoint, &peer.from);

		if (rc == -EINTR || rc == -ECONNABORTED)
			continue;
		if (rc < 0) {
			if (rc == -EAGAIN) {
				l->out_of_files = false;
				return;
			}
			l->retry_us = loop_now_us() + ACCEPT_RETRY_US;
			if (!l->out_of_files)
				warn("no association can be accepted for now: %s", strerror(-rc));
			l->out_of_files = true;
			return;
		}
		if (++l->accepted == l->options->count) {
			/* Before it is served: by its first echo nobody else is let in. */
			l->stack->close(l->endpoint, false);
			l->endpoint = NULL;
		}
		l->peers = xreallocarray(l->peers, l->peer_count + 1, sizeof(*l->peers));
		l->peers[l->peer_count] = peer;
		serve(l, &l->peers[l->peer_count++]);
	}
}

static void drop_gone(struct listener *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->peer_count; i++) {
		if (l->peers[i].gone)
			l->stack->close(l->peers[i].endpoint, false);
		else
			l->peers[kept++] = l->peers[i];
	}
	l->peer_count = kept;
}

/* --- The loop ------------------------------------------------------------------------------- */

/*
 * Polls the listening endpoint and all associations, in this order, and serves them. Returns what
 * loop_wait() does.
 */
static int serve_all(struct listener *l, int64_t until_us)
{
	struct pollfd *fds = xcalloc(l->peer_count + 1, sizeof(*fds));
	size_t polled = l->peer_count;
	int rc;

	fds[0].fd = -1;
	if (l->endpoint && l->out_of_files && loop_now_us() < l->retry_us)
		until_us = MIN(until_us, l->retry_us);
	else if (l->endpoint)
		fds[0] = l->stack->pollfd(l->endpoint);
	for (size_t i = 0; i < polled; i++) {
		fds[i + 1] = l->stack->pollfd(l->peers[i].endpoint);
		if (l->peers[i].held_data)
			fds[i + 1].events = l->stack->room_event;
	}
	rc = loop_wait(fds, polled + 1, until_us);
	if (rc > 0) {
		for (size_t i = 0; i < polled; i++)
			if (fds[i + 1].revents)
				serve(l, &l->peers[i]);
		drop_gone(l);
		if (fds[0].revents && l->endpoint)
			accept_all(l);
		drop_gone(l);
	}
	free(fds);
	return rc;
}

/* Gracefully, and with ABORT what has not ended when the time is up or another signal comes. */
static void close_all(struct listener *l)
{
	int64_t until = loop_now_us() + CLOSE_BOUND_US;

	if (l->endpoint)
		l->stack->close(l->endpoint, false);
	l->endpoint = NULL;
	l->ending = true;
	for (size_t i = 0; i < l->peer_count; i++) {
		struct peer *peer = &l->peers[i];

		if (l->stack->shutdown(peer->endpoint, peer->assoc) == 0)
			continue;
		serve(l, peer); /* it ended in the meantime, and says how */
		if (!peer->gone)
			peer_down(l, peer, false, 0, "gone already");
	}
	drop_gone(l);
	while (l->peer_count && serve_all(l, until) > 0)
		;
	for (size_t i = 0; i < l->peer_count; i++) {
		peer_down(l, &l->peers[i], false, 0, "aborted by this end: no answer to SHUTDOWN");
		l->stack->close(l->peers[i].endpoint, true);
	}
	l->peer_count = 0;
}

static int fail(const struct stack *stack, const struct options *options,
		const struct target *local, const struct reporter *reporter,
		const struct evidence *evidence)
{
	struct result result = {
		.target = local,
		.stack = stack ? stack->name : NULL,
		.style = options->style,
	};

	if (evidence->status == STATUS_SIGNAL)
		result.signal = loop_take_signal();
	diagnose(&result, evidence);
	if (result.status == STATUS_USAGE)
		warn("%s", result.reason.text);
	else
		report_result(reporter, &result);
	return result.status;
}

/* As many descriptors as the host lets us have: each association takes one. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* With -p alone every address of the host is meant: IPv4 and IPv6 on one socket, or what it has. */
static void fill_wildcard(struct stack_config *config, union address *address, int family,
			  uint16_t port)
{
	config->ipv6 = family != AF_INET;
	*address = (union address){ .sa.sa_family = config->ipv6 ? AF_INET6 : AF_INET };
	address_set_port(address, port);
	config->local_count = 1;
}

/* STATUS_OK, or the exit status after the failure was reported. */
static int open_listener(struct listener *l, struct target *local)
{
	const struct options *o = l->options;
	struct evidence evidence = { .phase = PHASE_OPEN };
	union address *list = xcalloc(local->address_count + 1, sizeof(*list));
	struct stack_config config = {
		.style = STACK_ONE_TO_ONE,
		.udp = o->udp,
		.listening = true,
		.local = list,
		.local_count = local->address_count,
		.out_streams = o->out_streams,
		.max_in_streams = o->in_streams,
	};
	int rc;

	for (size_t i = 0; i < local->address_count; i++) {
		list[i] = local->addresses[i].address;
		config.ipv6 |= list[i].sa.sa_family == AF_INET6;
	}
	if (!config.local_count)
		fill_wildcard(&config, list, o->family, local->port);
	rc = l->stack->open(&l->endpoint, &config, &evidence.fault);
	if (rc == -EAFNOSUPPORT && !local->address_count && o->family == AF_UNSPEC) {
		fill_wildcard(&config, list, AF_INET, local->port);
		rc = l->stack->open(&l->endpoint, &config, &evidence.fault);
	}
	if (rc == 0) {
		evidence.fault = (struct stack_fault){ .call = "listen", .address = list[0] };
		rc = l->stack->listen(l->endpoint, BACKLOG);
		if (rc < 0)
			l->stack->close(l->endpoint, false);
	}
	free(list);
	evidence.error = -rc;
	return rc < 0 ? fail(l->stack, o, local, l->reporter, &evidence) : STATUS_OK;
}

int listen_run(const struct stack *stack, int stack_error, const struct options *options,
	       struct target *local, const struct reporter *reporter, struct timeline *timeline)
{
	struct listener l = {
		.stack = stack,
		.options = options,
		.reporter = reporter,
		.timeline = timeline,
	};
	struct evidence evidence = { .phase = PHASE_STACK, .error = stack_error };
	int status, number;

	if (!stack)
		return fail(stack, options, local, reporter, &evidence);
	evidence.phase = PHASE_RESOLVE;
	evidence.status =
		target_resolve(local, options->family, LOOP_FOREVER, timeline, &evidence.failed);
	if (evidence.status != STATUS_OK)
		return fail(stack, options, local, reporter, &evidence);

	raise_file_limit();
	status = open_listener(&l, local);
	if (status != STATUS_OK)
		return status;
	report_ready(&l);
	while ((l.endpoint || l.peer_count) && serve_all(&l, LOOP_FOREVER) >= 0)
		;
	number = loop_take_signal();
	close_all(&l);
	report(&l, &(struct listen_event){
			   .type = LISTEN_END,
			   .reason = number ? "ended by a signal" : "all associations served",
			   .associations = l.accepted,
			   .messages = l.messages,
			   .bytes = l.bytes,
		   });
	free(l.peers);
	return number ? STATUS_SIGNAL + number : STATUS_OK;
}
