/* SPDX-License-Identifier: MIT */
#include "engine/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/names.h"
#include "diagnose/diagnose.h"
#include "diagnose/words.h"
#include "base/loop.h"
#include "engine/attempt.h"
#include "engine/gather.h"
#include "engine/plan.h"
#include "engine/snapshot.h"
#include "engine/verify.h"
#include "report/report.h"
#include "witness/watch.h"

#define PROGRESS_AFTER_US (500 * USEC_PER_MSEC)
#define WAIT_PAUSE_US     (250 * USEC_PER_MSEC)
/* How long a graceful close may take: a round trip, of which the connect took two. */
#define CLOSE_BOUND_MIN_US (1 * USEC_PER_SEC)
#define CLOSE_BOUND_MAX_US (3 * USEC_PER_SEC)

enum connection_state {
	/* Nothing is open. Left by start(): to PENDING, or, when it cannot even begin, to DONE. */
	CONNECTION_IDLE,
	/*
	 * The endpoint is open, the stack is at it. Left for PROBING on EVENT_UP, or by finish(),
	 * on EVENT_FAILED, the deadline, or when no address has a route.
	 */
	CONNECTION_PENDING,
	/* The association is up, heartbeats are out. Left by end_probe(). */
	CONNECTION_PROBING,
	/* --wait: the last try failed, the next one begins at wake_us. Nothing is open. */
	CONNECTION_PAUSED,
	/* The result stands. The endpoint is open only where it is connected. */
	CONNECTION_DONE,
};

struct connection {
	const struct stack *stack;
	int stack_error; /* why stack is NULL */
	const struct options *options;
	struct target *peer;
	struct target *local;
	struct timeline *timeline;

	enum connection_state state;
	int64_t begun_us;    /* the first try */
	int64_t deadline_us; /* of the state it is in */
	int64_t wake_us;     /* when tick() has something to do */

	struct plan plan;
	struct attempt attempt;
	struct gather gather;
	struct verify verify;
	struct watch watch;

	struct evidence evidence;
	struct result result;
};

struct connection *connection_new(const struct stack *stack, int stack_error,
				  const struct options *options, struct target *peer,
				  struct target *local, struct timeline *timeline)
{
	struct connection *c = xcalloc(1, sizeof(*c));

	c->stack = stack;
	c->options = options;
	c->peer = peer;
	c->local = local;
	c->timeline = timeline;
	c->stack_error = stack_error;
	c->result.target = peer;
	c->result.stack = stack ? stack->name : NULL;
	c->result.style = options->style;
	c->result.blocking = options->blocking;
	return c;
}

const struct result *connection_result(const struct connection *c)
{
	return &c->result;
}

struct stack_endpoint *connection_endpoint(const struct connection *c)
{
	return c->state == CONNECTION_DONE ? c->attempt.endpoint : NULL;
}

void connection_gone(struct connection *c)
{
	attempt_gone(&c->attempt);
}

/* Takes away all that belongs to one try. */
static void reset(struct connection *c)
{
	verify_free(&c->verify);
	watch_stop(&c->watch);
	gather_free(&c->gather);
	attempt_free(&c->attempt);
	plan_free(&c->plan);
	c->result.probe_us = 0;
	association_free(&c->result.association);
	memset(&c->result.association, 0, sizeof(c->result.association));
	memset(&c->result.reason, 0, sizeof(c->result.reason));
	memset(&c->result.hint, 0, sizeof(c->result.hint));
	memset(&c->evidence, 0, sizeof(c->evidence));
}

void connection_free(struct connection *c)
{
	if (!c)
		return;
	reset(c);
	free(c);
}

/* --- One try, from the addresses to the call ------------------------------------------------ */

/* Every requested address gets its line in the report, whatever becomes of it. */
static void list_requested(struct connection *c)
{
	struct association *a = &c->result.association;

	a->path_count = c->peer->address_count;
	a->paths = xcalloc(a->path_count + 1, sizeof(*a->paths));
	for (size_t i = 0; i < a->path_count; i++) {
		a->paths[i].path.address = c->peer->addresses[i].address;
		a->paths[i].host = c->peer->addresses[i].host;
		a->paths[i].requested = true;
		a->paths[i].verdict = VERDICT_UNTRIED;
	}
}

/* What the plan leaves out says why. */
static void list_excluded(struct connection *c)
{
	for (size_t i = 0; i < c->plan.requested_count; i++) {
		struct path_result *path = &c->result.association.paths[i];

		if (!c->plan.excluded[i])
			continue;
		path->verdict = VERDICT_EXCLUDED;
		message_set(&path->note, 0, "%s", c->plan.excluded[i]);
	}
	c->result.reordered = c->plan.reordered;
}

static int open_endpoint(struct connection *c)
{
	int rc = attempt_open(&c->attempt, c->stack, c->options, &c->plan, c->timeline);

	if (rc == -EAFNOSUPPORT && plan_without_ipv6(&c->plan, c->timeline) && c->plan.count)
		rc = attempt_open(&c->attempt, c->stack, c->options, &c->plan, c->timeline);
	list_excluded(c);
	return rc;
}

static void finish(struct connection *c, enum phase phase, int error);

static int64_t try_timeout(const struct connection *c, int64_t now)
{
	int64_t timeout = c->options->timeout_us;

	if (c->options->wait_us)
		timeout = MIN(timeout, c->begun_us + c->options->wait_us - now);
	return MAX(timeout, 1);
}

static void call_connect(struct connection *c)
{
	int rc;

	if (!c->options->no_witness)
		watch_start(&c->watch, c->plan.addresses, c->plan.count, &c->options->udp,
			    c->local->address_count ? address_port(&c->local->addresses[0].address)
						    : 0,
			    c->timeline);
	if (c->options->blocking)
		gather_sample_checksums(&c->gather);
	rc = attempt_call(&c->attempt, c->options, &c->plan, try_timeout(c, loop_now_us()));
	c->deadline_us = attempt_deadline_us(&c->attempt);
	if (rc < 0) {
		finish(c, PHASE_CALL, -rc);
		return;
	}
	watch_set_ports(&c->watch, c->stack, c->attempt.endpoint);
	c->state = CONNECTION_PENDING;
	c->wake_us = c->attempt.started_us + GATHER_FIRST_LOOK_US;
}

static void start(struct connection *c)
{
	int64_t now = loop_now_us();
	int status, rc;

	reset(c);
	if (!c->result.tries++)
		c->begun_us = now;
	c->evidence.encapsulated = c->options->udp.local || c->options->udp.remote;
	status = target_resolve(c->peer, c->options->family, c->timeline, &c->evidence.failed);
	if (status == STATUS_OK)
		status = target_resolve(c->local, c->options->family, c->timeline,
					&c->evidence.failed);
	c->result.resolve_us = loop_now_us() - now;
	if (status != STATUS_OK) {
		c->evidence.status = status;
		finish(c, PHASE_RESOLVE, 0);
		return;
	}
	list_requested(c);
	plan_make(&c->plan, c->peer, c->local, c->timeline);
	list_excluded(c);
	if (!c->stack) {
		finish(c, PHASE_STACK, c->stack_error);
		return;
	}
	rc = open_endpoint(c);
	if (rc < 0) {
		finish(c, PHASE_OPEN, -rc);
		return;
	}
	gather_begin(&c->gather, &c->plan, &c->attempt, &c->watch);
	/* A blocking call would keep us from seeing later that it cannot succeed. */
	if (c->options->blocking) {
		gather_look_for_routes(&c->gather);
		if (gather_give_up(&c->gather, loop_now_us())) {
			finish(c, PHASE_PENDING, 0);
			return;
		}
	}
	call_connect(c);
}

/* --- The association is up: what it is made of ---------------------------------------------- */

/* Where the peer has closed it again already, there is nothing left to ask about. */
static int take_snapshot(struct connection *c)
{
	struct association *a = &c->result.association;
	int rc = snapshot_take(c->stack, c->attempt.endpoint, c->attempt.assoc, a);

	if (rc < 0)
		return rc;
	c->evidence.answered = snapshot_answered(a, &c->plan);
	c->result.primary_set = snapshot_set_primary(c->stack, c->attempt.endpoint,
						     c->attempt.assoc, &c->plan,
						     c->evidence.answered, c->timeline);
	if (!c->result.primary_set)
		return 0;
	return snapshot_take(c->stack, c->attempt.endpoint, c->attempt.assoc, a);
}

/* --- The end of a try ----------------------------------------------------------------------- */

static bool worth_another_try(const struct connection *c)
{
	switch (c->result.word) {
	case RESULT_REFUSED:
	case RESULT_TIMEOUT:
	case RESULT_UNREACHABLE:
	case RESULT_ABORTED:
	case RESULT_UNRESOLVED:
	case RESULT_DEGRADED:
		return c->options->wait_us && !c->result.signal &&
		       loop_now_us() + WAIT_PAUSE_US < c->begun_us + c->options->wait_us;
	default:
		return false;
	}
}

/* For the report, which comes when the witness may be gone. */
static void keep_evidence(struct connection *c)
{
	const struct evidence *e = &c->evidence;
	struct result_evidence *kept = &c->result.evidence;
	struct association *a = &c->result.association;

	*kept = (struct result_evidence){
		.witness = e->ledger != NULL,
		.witness_lost = e->ledger ? e->ledger->lost : 0,
		.soft_error_count = e->soft_error_count,
		.pending_state = e->state,
		.checksum_errors = e->checksum_errors,
	};
	memcpy(kept->soft_errors, e->soft_errors, sizeof(kept->soft_errors));
	for (size_t i = 0; e->ledger && i < a->path_count; i++)
		ledger_counts(e->ledger, &a->paths[i].path.address, &a->paths[i].seen);
}

static void finish(struct connection *c, enum phase phase, int error)
{
	struct evidence *e = &c->evidence;
	bool again;

	timeline_clear(c->timeline);
	watch_read(&c->watch, c->timeline);
	e->ledger = c->watch.witness ? &c->watch.ledger : NULL;
	e->now_us = loop_now_us();
	e->phase = phase;
	e->error = error;
	e->fault = c->attempt.fault;
	e->cause = c->attempt.cause;
	e->aborted = c->attempt.aborted;
	e->ended = c->attempt.outcome == ATTEMPT_FAILED;
	e->closed = c->attempt.closing;
	e->restarted = c->attempt.restarted;
	e->t1_us = c->attempt.t1_us;
	e->timeout_us = c->attempt.timeout_us;
	e->order = c->plan.requested;
	e->order_count = c->plan.count;
	e->require = c->options->no_probe ? 0 : c->options->require;
	if (c->attempt.up_us)
		e->up_for_us = loop_now_us() - c->attempt.up_us;
	if (c->attempt.started_us && phase != PHASE_UP)
		c->result.connect_us = loop_now_us() - c->attempt.started_us;
	e->elapsed_us = c->result.connect_us;
	if ((phase == PHASE_PENDING || phase == PHASE_CALL) && c->attempt.endpoint &&
	    !c->result.signal) {
		gather_end(&c->gather, error == ECONNREFUSED || error == ENOPROTOOPT);
	}
	if (phase != PHASE_UP)
		gather_tell(&c->gather, c->result.association.paths);
	e->state = c->gather.state;
	e->checksum_errors = c->gather.checksum_errors;
	e->soft_error_count = c->gather.soft_error_count;
	memcpy(e->soft_errors, c->gather.soft_errors, sizeof(e->soft_errors));

	diagnose(&c->result, e);
	keep_evidence(c);
	timeline_note(c->timeline, "%s%s%s", result_name(c->result.word),
		      c->result.error ? ", " : "",
		      c->result.error ? errno_name(c->result.error) : "");
	c->state = CONNECTION_DONE;
	again = worth_another_try(c);
	if (result_is_up(c->result.word) && !again)
		return;
	watch_stop(&c->watch);
	attempt_close(&c->attempt, !result_is_up(c->result.word));
	if (again) {
		c->state = CONNECTION_PAUSED;
		c->wake_us = loop_now_us() + WAIT_PAUSE_US;
		timeline_progress(c->timeline, "%s (%s): trying again ...", c->peer->name,
				  result_name(c->result.word));
	}
}

/* --- Once it is up: a heartbeat on every path ------------------------------------------------ */

static void start_probe(struct connection *c)
{
	int64_t handshake_us = c->evidence.answered == 0 ? c->result.connect_us / 2 : 0;

	c->state = CONNECTION_PROBING;
	verify_begin(&c->verify, &c->plan, &c->attempt, &c->watch, &c->result.association,
		     c->options->probe_timeout_us, handshake_us);
	c->deadline_us = c->verify.deadline_us;
	c->wake_us = c->verify.next_us;
}

/* error: the association was lost meanwhile. */
static void end_probe(struct connection *c, int error)
{
	c->result.probe_us = loop_now_us() - c->attempt.up_us;
	c->evidence.probed = !error && !c->attempt.closing && !c->result.signal;
	c->evidence.probe_timeout_us = c->verify.timeout_us;
	c->evidence.probe_step_us = c->verify.step_us;
	watch_read(&c->watch, c->timeline);
	verify_tell(&c->verify, c->result.association.paths);
	verify_free(&c->verify);
	finish(c, PHASE_UP, error);
}

static void came_up(struct connection *c)
{
	c->result.connect_us = c->attempt.up_us - c->attempt.started_us;
	gather_tell(&c->gather, c->result.association.paths);
	take_snapshot(c);
	if (c->attempt.outcome == ATTEMPT_UP && c->result.association.known &&
	    !c->options->no_probe)
		start_probe(c);
	else
		finish(c, PHASE_UP, c->attempt.error);
}

/* What the stack has said since, and what that means in this state. */
static void handle_events(struct connection *c)
{
	enum attempt_outcome outcome = attempt_read(&c->attempt);

	if (c->state == CONNECTION_PENDING && outcome == ATTEMPT_FAILED)
		finish(c, PHASE_PENDING, c->attempt.error);
	else if (c->state == CONNECTION_PENDING && outcome != ATTEMPT_WAITING)
		came_up(c);
	else if (c->state == CONNECTION_PROBING && outcome != ATTEMPT_UP)
		end_probe(c, c->attempt.error);
}

static void tick_probe(struct connection *c, int64_t now)
{
	size_t waiting;

	watch_read(&c->watch, c->timeline);
	if (verify_tick(&c->verify, now)) {
		/* Nobody can be asked any more where the peer has closed it since the poll. */
		handle_events(c);
		if (c->state == CONNECTION_PROBING)
			end_probe(c, 0);
		return;
	}
	waiting = verify_waiting(&c->verify);
	if (waiting && now - c->attempt.up_us >= PROGRESS_AFTER_US)
		timeline_progress(c->timeline, "waiting for %zu path%s to answer a heartbeat ...",
				  waiting, waiting == 1 ? "" : "s");
	c->wake_us = c->verify.next_us;
}

static void tick_pending(struct connection *c, int64_t now)
{
	const char *why;

	if (now >= c->wake_us)
		gather_look(&c->gather, now);
	why = gather_give_up(&c->gather, now);
	if (why) {
		/* Unless the outcome has come since the poll: SO_ERROR tells that, too. */
		handle_events(c);
		if (c->state != CONNECTION_PENDING)
			return;
		timeline_note(c->timeline, "giving up: %s", why);
		finish(c, PHASE_PENDING, 0);
		return;
	}
	if (now - c->attempt.started_us >= PROGRESS_AFTER_US)
		attempt_show_progress(&c->attempt, &c->plan);
	c->wake_us = c->gather.next_us;
}

static void tick(struct connection *c, int64_t now)
{
	if (c->state == CONNECTION_PAUSED) {
		if (now >= c->wake_us)
			start(c);
		return;
	}
	if (c->state == CONNECTION_PROBING) {
		tick_probe(c, now);
		return;
	}
	tick_pending(c, now);
}

/* --- The loop over all connections ---------------------------------------------------------- */

/* What the last try found out stays: that is what is known. */
static void interrupt_pause(struct connection *c)
{
	struct message last = c->result.reason;

	message_set(&c->result.reason, 0, "ended by %s before the next try; the last one: %s",
		    signal_name(c->result.signal), last.text);
	c->result.word = RESULT_FAILED;
	c->result.error = EINTR;
	c->result.status = STATUS_SIGNAL + c->result.signal;
	c->state = CONNECTION_DONE;
}

/* A signal, or (error, positive) a poll that cannot be made. */
static void interrupt(struct connection *const list[], size_t count, int error)
{
	int number = loop_take_signal();

	for (size_t i = 0; i < count; i++) {
		struct connection *c = list[i];

		if (c->state == CONNECTION_DONE)
			continue;
		c->result.signal = number;
		if (!number)
			finish(c, PHASE_CALL, error);
		else if (c->state == CONNECTION_PAUSED)
			interrupt_pause(c);
		else if (c->state == CONNECTION_PROBING)
			end_probe(c, 0);
		else
			finish(c, PHASE_PENDING, EINTR);
	}
}

static bool is_open(const struct connection *c)
{
	return c->state == CONNECTION_PENDING || c->state == CONNECTION_PROBING;
}

void connection_start(struct connection *c)
{
	start(c);
	/* A blocking call may have its outcome by now. */
	if (c->state == CONNECTION_PENDING && c->options->blocking)
		handle_events(c);
}

/* What the terminal shows when the first has its result and others have not. */
static void show_others(struct connection *const list[], size_t waiting)
{
	const struct connection *first = list[0];

	if (first->state == CONNECTION_DONE && loop_now_us() - first->begun_us >= PROGRESS_AFTER_US)
		timeline_progress(first->timeline, "waiting for %zu more ...", waiting);
}

void connection_run(struct connection *const list[], size_t count)
{
	/* Two for each: the endpoint, and behind them all the witnesses. */
	struct pollfd *fds = xcalloc(2 * count + 1, sizeof(*fds));

	for (size_t i = 0; i < count; i++)
		if (list[i]->state == CONNECTION_IDLE)
			connection_start(list[i]);
	for (;;) {
		int64_t until = LOOP_FOREVER;
		int rc;
		size_t active = 0;

		for (size_t i = 0; i < count; i++) {
			struct connection *c = list[i];

			fds[i] = fds[count + i] = (struct pollfd){ .fd = -1 };
			if (c->state == CONNECTION_DONE)
				continue;
			active++;
			fds[count + i] = watch_pollfd(&c->watch);
			until = MIN(until, c->wake_us);
			if (is_open(c)) {
				until = MIN(until, c->attempt.unread ? 0 : c->deadline_us);
				fds[i] = attempt_pollfd(&c->attempt);
			}
		}
		if (!active)
			break;
		show_others(list, active);
		rc = loop_wait(fds, 2 * count, until);
		if (rc < 0) {
			interrupt(list, count, -rc);
			break;
		}
		for (size_t i = 0; i < count; i++) {
			struct connection *c = list[i];

			/* What the peer may end at once is looked at first, unless it is only told.
			 */
			if (c->timeline->verbose)
				watch_read(&c->watch, c->timeline);
			if (is_open(c) && (fds[i].revents || c->attempt.unread))
				handle_events(c);
			if (fds[count + i].revents && is_open(c)) {
				watch_read(&c->watch, c->timeline);
				c->wake_us = loop_now_us(); /* it may be ICMP */
			}
			if (c->state != CONNECTION_DONE)
				tick(c, loop_now_us());
		}
	}
	if (count > 1)
		timeline_clear(list[0]->timeline);
	free(fds);
}

/* --- Closing -------------------------------------------------------------------------------- */

/* True when the association is gone, and the endpoint with it. */
static bool close_if_gone(struct connection *c)
{
	enum attempt_outcome outcome = attempt_read(&c->attempt);

	/* When both ends close, the stack finishes by itself. */
	if (outcome == ATTEMPT_UP)
		return false;
	attempt_close(&c->attempt, false);
	return true;
}

void connection_close(struct connection *const list[], size_t count)
{
	struct pollfd *fds = xcalloc(count + 1, sizeof(*fds));
	int64_t bound_us = CLOSE_BOUND_MIN_US, until;
	size_t open;

	for (size_t i = 0; i < count; i++) {
		struct connection *c = list[i];

		if (!c->attempt.endpoint)
			continue;
		timeline_note(c->timeline, "closing: SHUTDOWN");
		if (c->stack->shutdown(c->attempt.endpoint, c->attempt.assoc) < 0)
			attempt_gone(&c->attempt); /* it is gone already */
		bound_us = MAX(bound_us, MIN(c->result.connect_us, CLOSE_BOUND_MAX_US));
	}
	until = loop_now_us() + bound_us;
	do {
		open = 0;
		for (size_t i = 0; i < count; i++) {
			struct connection *c = list[i];

			fds[i] = (struct pollfd){ .fd = -1 };
			if (c->attempt.endpoint && !close_if_gone(c)) {
				fds[i] = attempt_pollfd(&c->attempt);
				open++;
			}
		}
	} while (open && loop_wait(fds, count, until) > 0);

	for (size_t i = 0; i < count; i++) {
		struct connection *c = list[i];

		if (!c->attempt.endpoint)
			continue;
		timeline_note(c->timeline, "closing: no end to the SHUTDOWN, so ABORT");
		attempt_close(&c->attempt, true);
	}
	free(fds);
}
