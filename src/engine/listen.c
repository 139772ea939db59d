/* SPDX-License-Identifier: MIT */
#include "engine/listen.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/broker.h"
#include "base/privilege.h"
#include "diagnose/diagnose.h"
#include "diagnose/failed_call.h"
#include "engine/listen_parts.h"

#define BACKLOG        512
#define CLOSE_BOUND_US (1 * USEC_PER_SEC)
/* The shortage may be the whole host's, and end without an event here. */
#define ACCEPT_RETRY_US (1 * USEC_PER_SEC)
/* How many associations one round accepts, so that it does not block the others. */
#define ACCEPTS_MAX 16
/* Bytes that all associations together may hold of long messages. */
#define BUDGET (8 * STACK_MESSAGE_MAX)

static void report_ready(struct listening *l)
{
	union address *list = NULL;
	int count = l->stack->bound_addresses(l->endpoint, &list);
	struct listen_event event = {
		.type = LISTEN_READY,
		.local = list,
		.local_count = count > 0 ? (size_t)count : 0,
	};

	listen_report(l, &event);
	free(list);
}

/* --- New associations ------------------------------------------------------------------------- */

static void close_endpoint(struct listening *l)
{
	loop_remove(&l->arrivals);
	loop_timer_stop(&l->retry);
	if (l->endpoint)
		l->stack->close(l->endpoint, false);
	l->endpoint = NULL;
}

static void take_in(struct listening *l, const struct peer *accepted)
{
	struct peer *peer = xcalloc(1, sizeof(*peer));

	*peer = *accepted;
	l->peers = xreallocarray(l->peers, l->peer_count + 1, sizeof(*l->peers));
	l->peers[l->peer_count++] = peer;
	loop_add(l->loop, &peer->source, l->stack->pollfd(peer->endpoint), listen_on_peer, peer);
	listen_begin_drill(peer);
	listen_on_peer(peer, 0);
}

static void wait_for_files(struct listening *l, int error)
{
	if (!l->out_of_files)
		warn("no association can be accepted for now: %s: %s",
		     l->stack->fault(l->endpoint)->call, strerror(error));
	l->out_of_files = true;
	loop_change(&l->arrivals, 0);
	loop_timer_set(&l->retry, loop_now_us() + ACCEPT_RETRY_US);
}

static void listen_accept(struct listening *l)
{
	struct peer peer = { .l = l };

	for (int count = 0; l->endpoint && count < ACCEPTS_MAX; count++) {
		int rc = l->stack->accept(l->endpoint, &peer.endpoint, &peer.assoc, &peer.from);

		if (rc == -EINTR || rc == -ECONNABORTED)
			continue;
		if (rc == -EAGAIN) {
			l->out_of_files = false;
			return;
		}
		if (rc < 0) {
			wait_for_files(l, -rc);
			return;
		}
		/*
		 * Before it is served, because after its first echo no other association may be
		 * accepted.
		 */
		if (++l->accepted == l->options->count)
			close_endpoint(l);
		take_in(l, &peer);
	}
	loop_again(&l->arrivals);
}

static void on_arrivals(void *context, short revents)
{
	(void)revents;
	listen_accept(context);
}

static void on_retry(void *context, int64_t now_us)
{
	struct listening *l = context;

	(void)now_us;
	loop_change(&l->arrivals, l->stack->pollfd(l->endpoint).events);
	listen_accept(l);
}

/* --- The end ---------------------------------------------------------------------------------- */

/* Closes gracefully. Associations that do not end in time are aborted. */
static void begin_close(struct listening *l)
{
	const struct finding gone = { .code = FINDING_GONE, .basis = BASIS_CALL };

	close_endpoint(l);
	l->ending = true;
	for (size_t i = l->peer_count; i-- > 0;) {
		struct peer *peer = l->peers[i];

		if (listen_end_relay(peer, l->status, l->cause)) {
			listen_abort(peer, NULL, FINDING_RELAY_CUT_OFF);
			continue;
		}
		if (l->stack->shutdown(peer->assoc) == 0) {
			if (l->options->drill == DRILL_SILENT || l->options->drill == DRILL_RELAY)
				loop_again(&peer->source); /* it is read from now on */
			continue;
		}
		listen_serve(peer); /* it has ended meanwhile, and its event says how */
		if (!peer->gone)
			listen_peer_down(peer, false, 0, gone);
		listen_drop(peer, false);
	}
	loop_timer_set(&l->closing, loop_now_us() + CLOSE_BOUND_US);
}

static void abort_all(struct listening *l)
{
	const struct finding unanswered = { .code = FINDING_SHUTDOWN_UNANSWERED,
					    .basis = BASIS_TIME };

	while (l->peer_count) {
		struct peer *peer = l->peers[0];

		listen_peer_lost(peer, 0, unanswered);
		listen_drop(peer, true);
	}
}

static void on_closing(void *context, int64_t now_us)
{
	struct listening *l = context;

	(void)now_us;
	if (l->ending)
		abort_all(l);
	else
		begin_close(l);
}

/* --- From the beginning to the end ------------------------------------------------------------ */

static int fail(const struct listening *l, const struct target *local,
		const struct evidence *evidence)
{
	struct result result = {
		.target = local,
		.stack = l->stack ? l->stack->name : NULL,
		.style = l->options->style,
	};

	if (evidence->status == STATUS_SIGNAL)
		result.signal = loop_take_signal();
	diagnose(&result, evidence);
	if (result.status == STATUS_USAGE)
		warn("%s", result.usage->text);
	else
		report_result(l->reporter, &result);
	finding_keep(&result.advice, &finding_none);
	return result.status;
}

/* Raises the limit on descriptors, because each association takes one. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* -p alone means every address of the host: IPv4 and IPv6 on one socket, or what the host has. */
static void fill_wildcard(struct stack_config *config, union address *address, int family,
			  uint16_t port)
{
	config->ipv6 = family != AF_INET;
	*address = (union address){ .sa.sa_family = config->ipv6 ? AF_INET6 : AF_INET };
	address_set_port(address, port);
	config->local_count = 1;
}

/* STATUS_OK, or the exit status after the failure was reported. */
static int open_listener(struct listening *l, struct target *local)
{
	const struct options *o = l->options;
	struct evidence evidence = { .phase = PHASE_OPEN };
	union address *list = xcalloc(local->address_count + 1, sizeof(*list));
	struct stack_config config = {
		.style = STACK_ONE_TO_ONE,
		.udp = o->udp,
		.listening = true,
		.budget = &l->budget,
		.local = list,
		.local_count = local->address_count,
		.out_streams = settings_out_streams(o),
		.max_in_streams = o->in_streams,
		.rto_initial_ms = o->rto_initial_ms,
		.parameters = o->parameters,
	};
	int rc;

	for (size_t i = 0; i < local->address_count; i++) {
		list[i] = local->addresses[i].address;
		config.ipv6 |= list[i].sa.sa_family == AF_INET6;
	}
	if (!config.local_count)
		fill_wildcard(&config, list, o->family, local->port);
	rc = l->stack->open(&l->endpoint, &config, &evidence.fault);
	if (evidence.fault.lack == LACKS_IPV6 && !local->address_count && o->family == AF_UNSPEC) {
		fill_wildcard(&config, list, AF_INET, local->port);
		rc = l->stack->open(&l->endpoint, &config, &evidence.fault);
	}
	if (rc == 0) {
		rc = l->stack->listen(l->endpoint, BACKLOG);
		evidence.fault = (struct stack_fault){ .call = "listen",
						       .binds = rc == -EADDRINUSE,
						       .address = list[0] };
		if (rc < 0)
			l->stack->close(l->endpoint, false);
	}
	free(list);
	evidence.error = -rc;
	return rc < 0 ? fail(l, local, &evidence) : STATUS_OK;
}

/*
 * What needs them is open. Only the kernel's stack still needs one: its buffer is made longer for a
 * long message (make_room() of stack.h). A second process has it, unless there is none.
 */
static void give_up_rights(const struct listening *l)
{
	const bool answers = l->options->drill == DRILL_ECHO || l->options->drill == DRILL_REPLY;
	const bool sends = answers && l->stack->in_kernel;

	if (l->options->no_sandbox)
		return;
	if (!sends)
		broker_keep(0);
	(void)privilege_drop_all_but(sends ? PRIVILEGE(CAP_NET_ADMIN) : 0);
}

/* NULL: it cannot listen, which is reported, and *status is the exit status. */
static struct listening *start(struct loop *loop, const struct listen_config *config, int *status)
{
	struct listening *l = xcalloc(1, sizeof(*l));
	struct message usage = { "" };
	struct evidence evidence = { .phase = PHASE_STACK,
				     .error = config->stack_error,
				     .usage = &usage };

	*l = (struct listening){
		.stack = config->stack,
		.options = config->options,
		.reporter = config->reporter,
		.timeline = config->timeline,
		.loop = loop,
		.status = STATUS_OK,
		.cause = { .code = FINDING_ALL_SERVED },
		.budget.left = BUDGET,
	};
	if (l->stack) {
		evidence.phase = PHASE_RESOLVE;
		evidence.status = target_resolve(config->local, l->options->family,
						 l->options->timeout_us, l->timeline, &usage);
		evidence.unresolved = config->local->unresolved;
	}
	if (!l->stack || evidence.status != STATUS_OK) {
		*status = fail(l, config->local, &evidence);
	} else {
		raise_file_limit();
		*status = open_listener(l, config->local);
		if (*status == STATUS_OK)
			give_up_rights(l);
	}
	if (*status != STATUS_OK) {
		free(l);
		return NULL;
	}
	loop_timer_init(loop, &l->retry, on_retry, l);
	loop_timer_init(loop, &l->closing, on_closing, l);
	loop_add(loop, &l->arrivals, l->stack->pollfd(l->endpoint), on_arrivals, l);
	report_ready(l);
	return l;
}

static bool has_ended(const struct listening *l)
{
	return !l->endpoint && !l->peer_count;
}

/* A signal came, or loop_turn() failed with this errno. */
static void interrupt(struct listening *l, int signal, int error)
{
	if (l->ending) {
		abort_all(l);
		return;
	}
	listen_stop(l, signal ? STATUS_SIGNAL + signal : STATUS_HOST,
		    diagnose_interruption(signal, error));
	begin_close(l);
}

static int finish(struct listening *l)
{
	int status;

	/* Then not all associations were served, which --count says otherwise. */
	if (l->status == STATUS_OK && l->failed.code) {
		l->status = STATUS_HOST;
		l->cause = l->failed;
	}
	listen_report(l, &(struct listen_event){
				 .type = LISTEN_END,
				 .cause = l->cause,
				 .associations = l->accepted,
				 .echoed = l->echoed,
				 .not_echoed = l->not_echoed,
			 });
	loop_timer_stop(&l->closing);
	status = l->status;
	free(l->peers);
	free(l);
	return status;
}

int listen_run(const struct listen_config *config)
{
	struct loop *loop = loop_new();
	int status;
	struct listening *l = start(loop, config, &status);

	while (l && !has_ended(l)) {
		int rc = loop_turn(loop);

		if (rc < 0)
			interrupt(l, loop_take_signal(), -rc);
	}
	if (l)
		status = finish(l);
	loop_free(loop);
	return status;
}
