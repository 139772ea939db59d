/* SPDX-License-Identifier: MIT */
#include "engine/monitor.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/param.h>

#include "base/names.h"
#include "diagnose/ending.h"
#include "diagnose/failed_call.h"
#include "engine/last_path.h"
#include "engine/monitor_parts.h"
#include "packet/sctp.h"
#include "report/table.h"

/* How many events one round reads, so that a peer that floods does not block other handlers. */
#define EVENTS_MAX 64

/*
 * An event tells that the peer has other addresses (Linux since 5.5), but events can be lost: then
 * they are found after that time.
 */
#define LIST_US (30 * USEC_PER_SEC)

/* --- The association ------------------------------------------------------------------------- */

/* The stack decides which path is primary, and the peer may change it (RFC 5061). */
static void look_for_primary(struct monitoring *r, const struct stack_path *list, size_t count)
{
	struct monitor_event event = { .type = MONITOR_PRIMARY };

	for (size_t n = 0; n < count; n++)
		if (list[n].primary)
			event.to = list[n].address;
	for (size_t i = 0; i < r->m.path_count; i++)
		if (r->m.paths[i].primary)
			event.from = r->m.paths[i].address;
	if (!event.to.sa.sa_family || address_equal(&event.from, &event.to))
		return;
	for (size_t i = 0; i < r->m.path_count; i++)
		r->m.paths[i].primary = address_equal(&r->m.paths[i].address, &event.to);
	monitor_tell(r, &event);
}

/* asks: heartbeats are sent at once. */
static void look_at_addresses(struct monitoring *r, bool asks)
{
	struct stack_path *list = NULL;
	int count = r->stack->paths(r->assoc, NULL, &list);

	if (count > 0) {
		r->listed_us = r->m.now_us;
		monitor_take_addresses(r, list, (size_t)count);
		look_for_primary(r, list, (size_t)count);
		if (asks)
			probe_know_states(r->probe, list, (size_t)count);
	}
	free(list);
}

/*
 * While the primary is potentially failed or inactive and another path is active, the stack sends
 * over that path. It uses the primary again when that is active (RFC 7829 section 5; net/sctp's
 * sctp_select_active_and_retran_path). SCTP_STATUS names the same primary throughout.
 */
static void look_for_failover(struct monitoring *r)
{
	struct monitor_event event = { .type = MONITOR_FAILOVER };
	const struct monitor_path *primary = NULL;
	bool failed_over = false;
	size_t others = 0;

	for (size_t i = 0; i < r->m.path_count; i++) {
		const struct monitor_path *path = &r->m.paths[i];

		if (path->primary)
			primary = path;
		else if (path->state == PATH_ACTIVE && !others++)
			event.to = path->address;
	}
	if (primary)
		failed_over = others && (primary->state == PATH_POTENTIALLY_FAILED ||
					 primary->state == PATH_INACTIVE);
	if (!primary || failed_over == r->m.failed_over)
		return;
	r->m.failed_over = failed_over;
	event.from = primary->address;
	if (!failed_over)
		event.to = primary->address;
	else if (others > 1)
		event.to = (union address){ 0 };
	monitor_tell(r, &event);
}

static void go_down(struct monitoring *r, int error, struct finding cause)
{
	if (r->gone)
		return;
	r->gone = true;
	r->m.lost = true;
	r->m.status = STATUS_NOT_CONNECTED;
	monitor_tell(r, &(struct monitor_event){ .type = MONITOR_DOWN,
						 .graceful = cause.code == FINDING_CLOSED_BY_PEER,
						 .error = error,
						 .cause = cause });
	monitor_end(r, cause);
}

/*
 * The errno if the newest packet on every path could not be sent, because then this host is the
 * reason for the loss. Or 0.
 */
static int unsent_everywhere(const struct monitoring *r)
{
	int error = 0;

	for (size_t i = 0; i < r->m.path_count; i++) {
		error = r->stack->send_error(r->assoc, &r->m.paths[i].address);
		if (!error)
			return 0;
	}
	return error;
}

static void go_down_lost(struct monitoring *r, const struct stack_event *event)
{
	int unsent = unsent_everywhere(r);
	struct finding why;

	watch_catch_up(r->watch);
	if (unsent)
		why = diagnose_unsent(unsent, CHUNK_HEARTBEAT);
	else
		why = diagnose_loss(event->error, &event->cause, r->watch->ledger);
	go_down(r, why.error, why);
}

/* A call failed on this host. */
static void fail(struct monitoring *r, const char *call, int error)
{
	r->m.status = STATUS_HOST;
	monitor_end(r, diagnose_failed_call(call, error));
}

static void take_event(struct monitoring *r, const struct stack_event *event)
{
	switch (event->type) {
	case EVENT_RESTART:
		r->listed_us = 0;
		probe_doubt(r->probe);
		r->m.lost = true;
		r->m.status = STATUS_NOT_CONNECTED;
		timeline_note(r->timeline, "event RESTART");
		monitor_tell(r,
			     &(struct monitor_event){ .type = MONITOR_RESTART,
						      .cause = { .code = FINDING_RESTARTED_BY_PEER,
								 .basis = BASIS_STACK } });
		break;
	case EVENT_LOST:
	case EVENT_FAILED:
		timeline_note(r->timeline, "event COMM_LOST, %s", errno_name(event->error));
		go_down_lost(r, event);
		break;
	case EVENT_SHUTDOWN:
	case EVENT_CLOSED:
		timeline_note(r->timeline, "event %s",
			      event->type == EVENT_CLOSED ? "SHUTDOWN_COMP" : "SHUTDOWN_EVENT");
		go_down(r, 0,
			(struct finding){ .code = FINDING_CLOSED_BY_PEER, .basis = BASIS_STACK });
		break;
	case EVENT_ADDRESSES:
		r->listed_us = 0;
		break;
	case EVENT_FAULT:
		fail(r, r->stack->fault(r->endpoint)->call, event->error);
		break;
	default:
		break; /* path changes are seen by looking, and data is ignored */
	}
}

static void take_events(struct monitoring *r)
{
	struct stack_event event;
	size_t count = 0;

	if (r->user) {
		pool_read(r->user);
		return;
	}
	while (count < EVENTS_MAX && !r->ended && r->stack->next_event(r->endpoint, &event)) {
		count++;
		if (!event.assoc || event.assoc == r->assoc)
			take_event(r, &event);
	}
	if (count == EVENTS_MAX)
		loop_again(&r->events);
}

/* --- Rounds ---------------------------------------------------------------------------------- */

static void close_round(struct monitoring *r, bool next)
{
	bool known = r->probe->alone && r->listed_us && r->m.now_us < r->listed_us + LIST_US;

	monitor_close_round(r);
	if (!known)
		look_at_addresses(r, next);
	monitor_tell(r, &(struct monitor_event){ .type = MONITOR_ROUND });
}

static bool is_last_round(const struct monitoring *r)
{
	return r->options->count && r->m.rounds >= r->options->count;
}

/*
 * If the peer has closed the association since the poll, or has removed an address, the calls about
 * it fail: that is no fault of a path.
 */
static void find_what_has_gone(struct monitoring *r)
{
	take_events(r);
	if (!r->ended)
		look_at_addresses(r, false);
}

static void monitor_tick(struct monitoring *r, int64_t now)
{
	bool next = now >= r->round_us;

	if (!r->watch->listens)
		watch_read(r->watch);
	monitor_look(r, now);
	if (probe_is_blind(r->probe))
		find_what_has_gone(r);
	if (r->ended)
		return;
	monitor_judge(r, now);
	if (r->round_open && (next || !monitor_waits(r, true)))
		close_round(r, next);
	if (is_last_round(r) && !r->round_open && !monitor_waits(r, false)) {
		monitor_end(r, (struct finding){ .code = FINDING_COUNT_REACHED });
		return;
	}
	if (now >= r->until_us) {
		monitor_end(r, (struct finding){ .code = FINDING_TIME_ELAPSED });
		return;
	}
	if (next && !is_last_round(r))
		monitor_open_round(r, now);
	if (!monitor_ask(r, now, next && r->round_open))
		find_what_has_gone(r);
	if (r->ended)
		return;
	monitor_judge(r, now);
	look_for_failover(r);
}

static int64_t next_us(const struct monitoring *r)
{
	int64_t next = MIN(monitor_paths_next_us(r), r->until_us);

	if (!is_last_round(r) || r->round_open)
		next = MIN(next, r->round_us);
	return MIN(next, live_next_us(r->live));
}

/*
 * While answers are awaited, there are looks, which read the packets, too: they need not wake up
 * the program. But with -v they are told at once, a file gets them all, and of many targets one
 * reads those of all.
 */
static void await_packets(struct monitoring *r)
{
	bool told = r->timeline->verbose || r->watch->capture || r->on_end;

	if (told || !monitor_waits(r, false))
		watch_listen(r->watch, r->loop, NULL, NULL); /* the next tick looks */
	else
		watch_listen_no_more(r->watch);
}

/* Does what is due, and sets the timer for the next time. */
static void monitor_go_on(struct monitoring *r)
{
	if (r->ended)
		return;
	r->m.now_us = loop_now_us();
	monitor_tick(r, r->m.now_us);
	if (r->ended)
		return;
	r->m.now_us = loop_now_us();
	live_draw(r->live);
	loop_timer_set(&r->timer, next_us(r));
	await_packets(r);
	monitor_look_for_reader(r);
}

static void on_time(void *context, int64_t now_us)
{
	(void)now_us;
	monitor_go_on(context);
}

static void on_events(void *context, short revents)
{
	(void)revents;
	take_events(context);
	monitor_go_on(context);
}

/* The endpoint is shared: take_shared() was told of events. */
static void on_news(void *context)
{
	monitor_go_on(context);
}

static void take_shared(void *context, const struct stack_event *event)
{
	take_event(context, event);
}

static void on_terminal(void *context, unsigned came)
{
	struct monitoring *r = context;

	live_take_signals(r->live, came);
	monitor_go_on(r);
}

/* --- From the beginning to the end ----------------------------------------------------------- */

/* The paths of the association, as the connection left them. */
static void take_paths(struct monitoring *r, const struct association *a)
{
	r->probe = probe_new(r->stack, r->assoc, a, r->timeline);
	r->probe->calm = true;
	r->m.path_count = r->probe->count;
	r->m.paths = xcalloc(r->m.path_count + 1, sizeof(*r->m.paths));
	for (size_t i = 0; i < r->m.path_count; i++) {
		const struct path_result *from = &a->paths[r->probe->paths[i].index];

		r->m.paths[i] = (struct monitor_path){
			.address = from->path.address,
			.host = from->host,
			.verdict = from->verdict,
			.state = from->path.state,
			.primary = from->path.primary,
			.base = from->route.base,
			.slow_us = from->rtt_us,
			.dead_since_us = r->m.began_us,
		};
	}
	probe_inherit(r->probe, a, r->m.began_us);
}

struct monitoring *monitor_start(struct loop *loop, const struct monitor_config *config)
{
	struct monitoring *r = xcalloc(1, sizeof(*r));
	const struct association *a = &config->result->association;
	const struct options *o = config->options;
	int64_t now = loop_now_us();

	*r = (struct monitoring){
		.m = { .result = config->result,
		       .stack = config->stack->name,
		       .assoc = a->status.id,
		       .began_us = now,
		       .now_us = now,
		       .status = config->result->status },
		.stack = config->stack,
		.endpoint = config->stack->endpoint(config->assoc),
		.assoc = config->assoc,
		.options = o,
		.reporter = config->reporter,
		.timeline = config->timeline,
		.watch = config->watch,
		.on_end = config->ended,
		.context = config->context,
		.others = config->live,
		.loop = loop,
		.round_us = now,
		.until_us = o->monitor_us ? now + o->monitor_us : LOOP_FOREVER,
	};
	if (config->user) {
		r->user = config->user;
		r->reader = (struct pool_reader){ take_shared, on_news, r };
		pool_change_reader(r->user, &r->reader);
	} else {
		loop_add(loop, &r->events, r->stack->pollfd(r->endpoint), on_events, r);
	}
	take_paths(r, a);
	monitor_take_over(r);
	r->m.required = o->require;
	r->m.links_required = o->links;
	monitor_count_short(r, now);
	if (!o->verbose && !r->on_end)
		r->live = live_start(r->reporter, table_print, &r->m);
	loop_timer_init(loop, &r->timer, on_time, r);
	loop_timer_set(&r->timer, now);
	await_packets(r);
	if (r->live)
		loop_on_terminal(loop, on_terminal, r);
	if (result_was_up(r->m.result->word))
		go_down(r, r->m.result->error, r->m.result->cause);
	return r;
}

const struct monitor *monitor_view(const struct monitoring *r)
{
	return &r->m;
}

bool monitor_ended(const struct monitoring *r)
{
	return r->ended;
}

bool monitor_closed(const struct monitoring *r)
{
	return r->gone && r->cause.code == FINDING_CLOSED_BY_PEER;
}

void monitor_interrupt(struct monitoring *r, int signal, int error)
{
	if (r->ended)
		return;
	r->m.signal = signal;
	if (!signal)
		r->m.status = STATUS_HOST;
	else if (signal != SIGINT) /* ^C is the usual end of a monitor: its exit status stays */
		r->m.status = STATUS_SIGNAL + signal;
	monitor_end(r, diagnose_interruption(signal, error));
}

static void take_last_path(const struct monitoring *r)
{
	struct last_path last = { 0 };

	for (size_t i = 0; i < r->m.path_count; i++)
		last_path_consider(&last, &r->m.paths[i].address, r->m.paths[i].verdict,
				   r->m.paths[i].primary);
	last_path_take(&last, r->stack, r->assoc, r->timeline);
}

int monitor_finish(struct monitoring *r, bool *gone)
{
	int64_t now = loop_now_us();
	int status;

	r->m.now_us = now;
	monitor_count_short(r, now);
	for (size_t i = 0; i < r->m.path_count; i++) {
		struct monitor_path *path = &r->m.paths[i];

		if (path->verdict == VERDICT_DEAD)
			path->dead_us += now - path->dead_since_us;
	}
	if (r->live)
		loop_on_terminal(r->loop, NULL, NULL);
	live_end(r->live);
	r->live = NULL;
	monitor_tell(r, &(struct monitor_event){ .type = MONITOR_END, .cause = r->cause });
	if (!r->gone)
		take_last_path(r);
	*gone = r->gone;
	status = r->m.status;
	probe_free(r->probe);
	free(r->m.paths);
	free(r);
	return status;
}

int monitor_run(const struct monitor_config *config, bool *gone)
{
	struct loop *loop = loop_new();
	struct monitoring *r = monitor_start(loop, config);
	int status;

	while (!monitor_ended(r)) {
		int rc = loop_turn(loop);

		if (rc < 0)
			monitor_interrupt(r, loop_take_signal(), -rc);
	}
	status = monitor_finish(r, gone);
	loop_free(loop);
	return status;
}
