/* SPDX-License-Identifier: MIT */
#include "engine/connection.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/param.h>

#include "base/loop.h"
#include "engine/connection_parts.h"
#include "engine/last_path.h"
#include "engine/other_answer.h"
#include "engine/second_look.h"
#include "engine/settle.h"

#define WAIT_PAUSE_US (250 * USEC_PER_MSEC)
#define SLOT_PAUSE_US (10 * USEC_PER_MSEC)

static void await(struct connection *c);

static void enter(struct connection *c, enum connection_state state)
{
	assert(connection_state_may_follow(state, c->state));
	timeline_note(c->timeline, "%s", connection_state_name(state));
	c->state = state;
}

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
	c->result.style = options->pool ? STACK_ONE_TO_MANY : options->style;
	c->result.blocking = options->blocking;
	return c;
}

/* Frees everything that belongs to one try. */
static void forget_try(struct connection *c)
{
	trial_free(&c->trial);
	result_free(&c->result);
	c->result.probe_us = 0;
}

static void leave_loop(struct connection *c)
{
	loop_remove(&c->names);
	loop_remove(&c->events);
	watch_listen_no_more(&c->trial.watch);
	loop_timer_stop(&c->timer);
}

void connection_free(struct connection *c)
{
	if (!c)
		return;
	leave_loop(c);
	forget_try(c);
	free(c);
}

/* --- The end of a try ------------------------------------------------------------------------ */

static bool worth_another_try(const struct connection *c)
{
	return trial_may_go_better(&c->result) && c->options->wait_us && !c->result.signal &&
	       loop_now_us() + WAIT_PAUSE_US < c->begun_us + c->options->wait_us;
}

/* The try is over: on to UP, PAUSED or DONE. */
static void conclude(struct connection *c, struct trial_end end)
{
	char name[PRINTABLE_MAX];
	bool ended, held;

	trial_settle(&c->trial, end, c->options, c->timeline, &c->result);
	held = closing_decide(&c->closing, &c->trial.attempt, &c->trial.gather, c->options);
	c->wake_us = LOOP_FOREVER;
	ended = result_was_up(c->result.word);
	if (worth_another_try(c)) {
		enter(c, CONNECTION_PAUSED);
		c->wake_us = loop_now_us() + WAIT_PAUSE_US;
		timeline_progress(c->timeline, "%s (%s): trying again ...",
				  printable(c->peer->name, name, sizeof(name)),
				  result_name(c->result.word));
	} else if (result_is_up(c->result.word) || (ended && c->options->monitor)) {
		enter(c, CONNECTION_UP);
	} else {
		enter(c, held ? CONNECTION_CLOSING : CONNECTION_DONE);
	}
	if (c->state != CONNECTION_UP && !held)
		trial_close(&c->trial,
			    !result_is_up(c->result.word) && c->result.word != RESULT_CLOSED);
}

static void conclude_with(struct connection *c, enum phase phase, int error)
{
	conclude(c, (struct trial_end){ .ended = true, .phase = phase, .error = error });
}

/* A call on this host failed, which says nothing about the peer. */
static void end_by_fault(struct connection *c, const char *call, int error)
{
	resolve_end(&c->trial.resolve);
	conclude(c, (struct trial_end){ true, PHASE_FAULT, error, call });
}

static void came_up(struct connection *c)
{
	const struct attempt *attempt = &c->trial.attempt;

	trial_take_association(&c->trial, c->options, &c->result);
	if (attempt->outcome == ATTEMPT_FAULT) {
		conclude_with(c, PHASE_FAULT, attempt->error);
		return;
	}
	if (attempt->outcome != ATTEMPT_UP ||
	    (c->options->no_probe && !c->options->hold_us && !c->trial.exchange.options) ||
	    c->options->relay) {
		conclude_with(c, PHASE_UP, attempt->error);
		return;
	}
	enter(c, CONNECTION_VERIFYING);
	trial_verify(&c->trial, c->options, &c->result);
	c->wake_us = loop_now_us();
}

/* --- Events and time ------------------------------------------------------------------------- */

static void go_on_closing(struct connection *c, enum closing_step step)
{
	c->wake_us = c->closing.next_us;
	if (step == CLOSING_GOES_ON)
		return;
	enter(c, CONNECTION_DONE);
	trial_close(&c->trial, step == CLOSING_ABORT);
}

/* Another call was made, or could not be. */
static void take_call(struct connection *c, struct trial_end end)
{
	if (end.ended)
		conclude(c, end);
	else
		c->wake_us = c->trial.attempt.started_us + gather_first_look_us(&c->trial.attempt);
}

/*
 * A shared endpoint has not said clearly what became of the attempt: asks again. False: it has, or
 * it is too early.
 */
static bool ask_alone(struct connection *c)
{
	int64_t now = loop_now_us();

	switch (second_look(&c->trial.attempt, &c->trial.gather, now)) {
	case SECOND_LOOK_NOW:
		take_call(c, trial_ask_alone(&c->trial, c->options));
		return true;
	case SECOND_LOOK_IS_UP:
		came_up(c);
		return true;
	case SECOND_LOOK_LATER:
		c->wake_us = now + SLOT_PAUSE_US;
		return c->trial.attempt.outcome == ATTEMPT_FAILED;
	default:
		return false;
	}
}

/* The attempt, or the association, has ended. */
static void end(struct connection *c, enum phase phase)
{
	if (other_answer_is_awaited(&c->trial.attempt, &c->trial.watch, &c->wake_us))
		return;
	if (phase == PHASE_UP || !ask_alone(c))
		conclude_with(c, phase, c->trial.attempt.error);
}

/* Acts on what the stack's events say, in this state. */
static void act_on(struct connection *c, enum attempt_outcome outcome)
{
	if (outcome == ATTEMPT_FAULT && c->state != CONNECTION_CLOSING)
		conclude_with(c, PHASE_FAULT, c->trial.attempt.error);
	else if (c->state == CONNECTION_PENDING && outcome == ATTEMPT_FAILED)
		end(c, PHASE_PENDING);
	else if (c->state == CONNECTION_PENDING && outcome != ATTEMPT_WAITING)
		came_up(c);
	else if (c->state == CONNECTION_VERIFYING && outcome != ATTEMPT_UP)
		end(c, PHASE_UP);
	else if (c->state == CONNECTION_CLOSING)
		go_on_closing(c, closing_read(&c->closing, outcome));
	else if (c->state == CONNECTION_VERIFYING && c->trial.exchange.options)
		c->wake_us = loop_now_us(); /* a message may have come */
}

static void handle_events(struct connection *c)
{
	act_on(c, attempt_read(&c->trial.attempt));
}

/* The next address gets its INIT now, and not when the stack's timer fires. */
static void move_on(struct connection *c)
{
	loop_remove(&c->events);
	take_call(c, trial_move_on(&c->trial, c->options));
}

static void tick_pending(struct connection *c, int64_t now)
{
	bool next;
	const char *why;

	if (c->trial.attempt.outcome == ATTEMPT_FAILED) {
		handle_events(c);
		return;
	}
	if (now >= c->wake_us)
		gather_look(&c->trial.gather, now);
	why = gather_give_up(&c->trial.gather, now);
	next = trial_may_move_on(&c->trial, c->options, now);
	/* The outcome may have arrived since the poll, and SO_ERROR shows that, too. */
	if (why || next)
		handle_events(c);
	if (c->state != CONNECTION_PENDING || c->trial.attempt.outcome == ATTEMPT_FAILED)
		return;
	if (ask_alone(c))
		return;
	if (why) {
		timeline_note(c->timeline, "giving up: %s", why);
		conclude_with(c, PHASE_PENDING, 0);
	} else if (next) {
		move_on(c);
	} else {
		if (now - c->trial.attempt.begun_us >= TIMELINE_PROGRESS_AFTER_US)
			attempt_show_progress(&c->trial.attempt, &c->trial.plan);
		c->wake_us = MIN(c->trial.gather.next_us, attempt_deadline_us(&c->trial.attempt));
	}
}

static void tick_verifying(struct connection *c, int64_t now)
{
	if (c->trial.attempt.outcome != ATTEMPT_UP) {
		handle_events(c);
		return;
	}
	watch_read(&c->trial.watch);
	if (trial_is_verified(&c->trial, now, &c->wake_us)) {
		/* The peer may have closed the association since the poll. */
		act_on(c, attempt_look(&c->trial.attempt));
		if (c->state == CONNECTION_VERIFYING)
			conclude_with(c, PHASE_UP, 0);
		return;
	}
	verify_show_progress(&c->trial.verify, now);
}

/* A client of the loop: the endpoint is shared, and there were events. */
static void on_news(void *context)
{
	struct connection *c = context;

	if (c->state == CONNECTION_UP)
		return;
	handle_events(c);
	await(c);
}

/* --- A try begins ---------------------------------------------------------------------------- */

static int64_t try_timeout(const struct connection *c, int64_t now)
{
	int64_t timeout = c->options->timeout_us;

	if (c->options->wait_us)
		timeout = MIN(timeout, c->begun_us + c->options->wait_us - now);
	return MAX(timeout, 1);
}

static void call(struct connection *c)
{
	struct trial_end end = trial_open(&c->trial, c->stack, c->stack_error, c->options, c->peer,
					  c->local, c->timeline, &c->result);

	attempt_on_news(&c->trial.attempt, on_news, c);
	if (!end.ended)
		end = trial_call(&c->trial, c->options, resolve_left_us(&c->trial.resolve),
				 c->timeline);
	if (end.ended) {
		conclude(c, end);
		return;
	}
	enter(c, CONNECTION_PENDING);
	c->wake_us = c->trial.attempt.started_us + gather_first_look_us(&c->trial.attempt);
	/* A blocking call may already have its outcome. */
	if (c->options->blocking)
		handle_events(c);
}

static void look_at_names(struct connection *c, int64_t now)
{
	struct resolve *resolve = &c->trial.resolve;

	if (!resolve_is_over(resolve, now)) {
		resolve_wait(resolve);
		c->wake_us = resolve_next_us(resolve, now);
		return;
	}
	resolve_end(resolve);
	if (resolve->status == STATUS_OK)
		call(c);
	else
		conclude_with(c, PHASE_RESOLVE, 0);
}

static void on_names(void *context, short revents)
{
	struct connection *c = context;
	int rc = resolve_read(&c->trial.resolve);

	(void)revents;
	if (rc < 0)
		end_by_fault(c, "epoll_wait", -rc);
	else
		look_at_names(c, loop_now_us());
	await(c);
}

static void begin_try(struct connection *c)
{
	int64_t now = loop_now_us();

	if (c->result.tries)
		forget_try(c);
	enter(c, CONNECTION_RESOLVING);
	if (!c->result.tries++)
		c->begun_us = now;
	resolve_begin(&c->trial.resolve, resolve_by(c->options, on_names, c), c->peer, c->local,
		      c->options->family, try_timeout(c, now), c->timeline);
	look_at_names(c, now);
}

/* --- A client of the loop -------------------------------------------------------------------- */

static void on_events(void *context, short revents)
{
	struct connection *c = context;

	(void)revents;
	handle_events(c);
	await(c);
}

/* They may be ICMP errors, so it is time to look at the evidence. */
static void on_packets(void *context)
{
	struct connection *c = context;

	if (c->state != CONNECTION_CLOSING)
		c->wake_us = loop_now_us();
	await(c);
}

static void on_time(void *context, int64_t now)
{
	struct connection *c = context;

	switch (c->state) {
	case CONNECTION_RESOLVING:
		look_at_names(c, now);
		break;
	case CONNECTION_PENDING:
		tick_pending(c, now);
		break;
	case CONNECTION_VERIFYING:
		tick_verifying(c, now);
		break;
	case CONNECTION_PAUSED:
		begin_try(c);
		break;
	case CONNECTION_CLOSING:
		go_on_closing(c, closing_tick(&c->closing, now));
		break;
	default:
		break;
	}
	await(c);
}

/* Waits for the endpoint and the witness. Events come first, because the peer may close at once. */
static void await_network(struct connection *c)
{
	const struct attempt *attempt = &c->trial.attempt;

	if (c->state != CONNECTION_PENDING && c->state != CONNECTION_VERIFYING &&
	    !(c->state == CONNECTION_CLOSING && c->closing.attempt)) {
		loop_remove(&c->events);
		watch_listen_no_more(&c->trial.watch);
		return;
	}
	if (!c->events.loop)
		loop_add(c->loop, &c->events, attempt_pollfd(attempt), on_events, c);
	watch_listen(&c->trial.watch, c->loop, on_packets, c);
	if (c->trial.exchange.options)
		loop_change(&c->events,
			    attempt_pollfd(attempt).events |
				    (c->trial.exchange.blocked ? c->stack->room_event : 0));
}

/* To be called after every change: tells the loop what to wait for, and others to look. */
static void await(struct connection *c)
{
	if (c->state != CONNECTION_RESOLVING)
		loop_remove(&c->names);
	else if (!c->names.loop)
		loop_add(c->loop, &c->names, resolve_pollfd(&c->trial.resolve), on_names, c);
	await_network(c);
	loop_timer_set(&c->timer, connection_state_goes_on(c->state) ? c->wake_us : LOOP_FOREVER);
	if (c->changed)
		c->changed(c->context);
}

static void join(struct connection *c, struct loop *loop)
{
	c->loop = loop;
	loop_timer_init(loop, &c->timer, on_time, c);
}

void connection_start(struct connection *c, struct loop *loop)
{
	join(c, loop);
	begin_try(c);
	await(c);
}

void connection_shut(struct connection *c, struct loop *loop)
{
	if (c->state == CONNECTION_UP)
		enter(c, CONNECTION_CLOSING);
	else if (c->state != CONNECTION_CLOSING)
		return;
	join(c, loop);
	attempt_read_on(&c->trial.attempt);
	/* The monitor knows better, and has done so. */
	if (!c->options->monitor)
		last_path_of(&c->result.association, c->trial.attempt.stack, c->trial.attempt.assoc,
			     c->timeline);
	go_on_closing(c, closing_begin(&c->closing, &c->trial.attempt, c->result.connect_us));
	await(c);
}

void connection_abort(struct connection *c)
{
	enter(c, CONNECTION_CLOSING);
	go_on_closing(c, CLOSING_ABORT);
}

static void end_early(struct connection *c, int signal)
{
	enum phase phase = c->state == CONNECTION_RESOLVING   ? PHASE_RESOLVE
			   : c->state == CONNECTION_VERIFYING ? PHASE_UP
							      : PHASE_PENDING;

	c->result.signal = signal;
	if (c->state == CONNECTION_PAUSED) {
		trial_end_pause(&c->result);
		enter(c, c->trial.attempt.endpoint ? CONNECTION_CLOSING : CONNECTION_DONE);
		c->wake_us = LOOP_FOREVER;
		return;
	}
	resolve_end(&c->trial.resolve);
	conclude_with(c, phase, phase == PHASE_PENDING ? EINTR : 0);
}

void connection_interrupt(struct connection *c, int signal, int error)
{
	if (!connection_state_goes_on(c->state))
		return;
	if (c->state == CONNECTION_CLOSING)
		go_on_closing(c, closing_hurry(&c->closing));
	else if (!signal)
		end_by_fault(c, "ppoll", error);
	else
		end_early(c, signal);
	await(c);
}
