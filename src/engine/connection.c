/* SPDX-License-Identifier: MIT */
#include "engine/connection.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/param.h>

#include "base/loop.h"
#include "base/names.h"
#include "engine/try.h"

#define PROGRESS_AFTER_US (500 * USEC_PER_MSEC)
#define WAIT_PAUSE_US     (250 * USEC_PER_MSEC)
/* How long a graceful close may take: a round trip, of which the connect took two. */
#define CLOSE_BOUND_MIN_US (1 * USEC_PER_SEC)
#define CLOSE_BOUND_MAX_US (3 * USEC_PER_SEC)

/*
 * Each phase (plan.h, attempt.h, gather.h, verify.h) has a struct that it alone changes, and says
 * what has happened. What that means, and the state, is decided here. Only enter() changes the
 * state, and all but a few lines of this file run in one state and leave it at most once.
 */
enum connection_state {
	/* Nothing is open, and nothing was tried yet. begin_try() leaves it. */
	CONNECTION_IDLE,
	/*
	 * A try begins: names are looked up, then the plan is made and the endpoint opened. Left
	 * for PENDING when the call is made; by conclude() when it comes to no call.
	 */
	CONNECTION_RESOLVING,
	/*
	 * The stack is at it. The endpoint and the witness are open, the plan does not change any
	 * more. Left for VERIFYING when the association is up; by conclude() when it has failed,
	 * when gather.c gives it up, or when it is up and nobody is to be asked.
	 */
	CONNECTION_PENDING,
	/*
	 * The association is up, heartbeats are out. Its paths are known and must stay the same.
	 * Left by conclude(): when verify.c is done, or the association has ended.
	 */
	CONNECTION_VERIFYING,
	/* --wait: the last try is not enough, the next one begins at wake_us. Nothing is open. */
	CONNECTION_PAUSED,
	/*
	 * The result stands, and so does the association as far as is known. Others may use it
	 * (connection_endpoint()). Left for CLOSING by connection_close() alone.
	 */
	CONNECTION_UP,
	/* SHUTDOWN was sent. Left for DONE when the association has ended, or when it takes long.
	 */
	CONNECTION_CLOSING,
	/* The result stands, nothing is open. It is not left. */
	CONNECTION_DONE,
};

#define FROM(state) (1u << (state))

/* name: for -v. before: those that it is entered from. */
static const struct {
	const char *name;
	unsigned before;
} states[] = {
	[CONNECTION_IDLE] = { "idle", 0 },
	[CONNECTION_RESOLVING] = { "resolving", FROM(CONNECTION_IDLE) | FROM(CONNECTION_PAUSED) },
	[CONNECTION_PENDING] = { "pending", FROM(CONNECTION_RESOLVING) },
	[CONNECTION_VERIFYING] = { "verifying", FROM(CONNECTION_PENDING) },
	[CONNECTION_PAUSED] = { "paused", FROM(CONNECTION_RESOLVING) | FROM(CONNECTION_PENDING) |
						  FROM(CONNECTION_VERIFYING) },
	[CONNECTION_UP] = { "up", FROM(CONNECTION_PENDING) | FROM(CONNECTION_VERIFYING) },
	[CONNECTION_CLOSING] = { "closing", FROM(CONNECTION_UP) },
	[CONNECTION_DONE] = { "done", FROM(CONNECTION_RESOLVING) | FROM(CONNECTION_PENDING) |
					      FROM(CONNECTION_VERIFYING) | FROM(CONNECTION_PAUSED) |
					      FROM(CONNECTION_CLOSING) },
};

struct connection {
	const struct stack *stack;
	int stack_error; /* why stack is NULL */
	const struct options *options;
	struct target *peer;
	struct target *local;
	struct timeline *timeline;

	enum connection_state state;
	int64_t begun_us; /* the first try */
	int64_t wake_us;  /* when tick() has something to do */

	struct try try; /* the newest */
	struct result result;
};

static void enter(struct connection *c, enum connection_state state)
{
	assert(states[state].before & FROM(c->state));
	timeline_note(c->timeline, "%s", states[state].name);
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
	return c->state == CONNECTION_UP ? c->try.attempt.endpoint : NULL;
}

void connection_gone(struct connection *c)
{
	attempt_gone(&c->try.attempt);
}

bool connection_is_gone(const struct connection *c)
{
	return c->try.attempt.closing;
}

struct watch *connection_watch(struct connection *c)
{
	return &c->try.watch;
}

/* Takes away all that belongs to one try. */
static void forget_try(struct connection *c)
{
	try_free(&c->try);
	association_free(&c->result.association);
	c->result.probe_us = 0;
	c->result.reason = (struct message){ "" };
	c->result.hint = (struct message){ "" };
}

void connection_free(struct connection *c)
{
	if (!c)
		return;
	forget_try(c);
	free(c);
}

/* --- The end of a try ------------------------------------------------------------------------ */

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

/* The try is over: on to UP, PAUSED or DONE. */
static void conclude(struct connection *c, struct try_end end)
{
	char name[PRINTABLE_MAX];
	bool up;

	try_settle(&c->try, end, c->options, c->timeline, &c->result);
	up = result_is_up(c->result.word);
	if (worth_another_try(c)) {
		enter(c, CONNECTION_PAUSED);
		c->wake_us = loop_now_us() + WAIT_PAUSE_US;
		timeline_progress(c->timeline, "%s (%s): trying again ...",
				  printable(c->peer->name, name, sizeof(name)),
				  result_name(c->result.word));
	} else if (up) {
		enter(c, CONNECTION_UP);
		return;
	} else {
		enter(c, CONNECTION_DONE);
	}
	try_close(&c->try, !up);
}

static void conclude_with(struct connection *c, enum phase phase, int error)
{
	conclude(c, (struct try_end){ .ended = true, .phase = phase, .error = error });
}

static void came_up(struct connection *c)
{
	int rc = try_take_association(&c->try, &c->result);

	if (rc < 0 || c->try.attempt.outcome != ATTEMPT_UP || c->options->no_probe) {
		conclude_with(c, PHASE_UP, c->try.attempt.error);
		return;
	}
	enter(c, CONNECTION_VERIFYING);
	try_verify(&c->try, c->options, &c->result);
	c->wake_us = c->try.verify.next_us;
}

/* --- Events and time ------------------------------------------------------------------------- */

/* The association has ended, and the endpoint with it. */
static void end_closing(struct connection *c, bool abort)
{
	enter(c, CONNECTION_DONE);
	try_close(&c->try, abort);
}

/* What the stack has said since, and what that means in this state. */
static void handle_events(struct connection *c)
{
	enum attempt_outcome outcome = attempt_read(&c->try.attempt);

	if (c->state == CONNECTION_PENDING && outcome == ATTEMPT_FAILED)
		conclude_with(c, PHASE_PENDING, c->try.attempt.error);
	else if (c->state == CONNECTION_PENDING && outcome != ATTEMPT_WAITING)
		came_up(c);
	else if (c->state == CONNECTION_VERIFYING && outcome != ATTEMPT_UP)
		conclude_with(c, PHASE_UP, c->try.attempt.error);
	else if (c->state == CONNECTION_CLOSING && outcome != ATTEMPT_UP)
		end_closing(c, false); /* when both ends close, the stack finishes by itself */
}

static void tick_pending(struct connection *c, int64_t now)
{
	const char *why;

	if (now >= c->wake_us)
		gather_look(&c->try.gather, now);
	why = gather_give_up(&c->try.gather, now);
	if (why) {
		/* Unless the outcome has come since the poll: SO_ERROR tells that, too. */
		handle_events(c);
		if (c->state != CONNECTION_PENDING)
			return;
		timeline_note(c->timeline, "giving up: %s", why);
		conclude_with(c, PHASE_PENDING, 0);
		return;
	}
	if (now - c->try.attempt.started_us >= PROGRESS_AFTER_US)
		attempt_show_progress(&c->try.attempt, &c->try.plan);
	c->wake_us = MIN(c->try.gather.next_us, attempt_deadline_us(&c->try.attempt));
}

static void tick_verifying(struct connection *c, int64_t now)
{
	size_t waiting;

	watch_read(&c->try.watch, c->timeline);
	if (verify_tick(&c->try.verify, now)) {
		/* Nobody can be asked any more where the peer has closed it since the poll. */
		handle_events(c);
		if (c->state == CONNECTION_VERIFYING)
			conclude_with(c, PHASE_UP, 0);
		return;
	}
	waiting = verify_waiting(&c->try.verify);
	if (waiting && now - c->try.attempt.up_us >= PROGRESS_AFTER_US)
		timeline_progress(c->timeline, "waiting for %zu path%s to answer a heartbeat ...",
				  waiting, waiting == 1 ? "" : "s");
	c->wake_us = c->try.verify.next_us;
}

static void tick_closing(struct connection *c, int64_t now)
{
	if (now < c->wake_us)
		return;
	timeline_note(c->timeline, "closing: no end to the SHUTDOWN, so ABORT");
	end_closing(c, true);
}

/* --- A try begins ---------------------------------------------------------------------------- */

static int64_t try_timeout(const struct connection *c, int64_t now)
{
	int64_t timeout = c->options->timeout_us;

	if (c->options->wait_us)
		timeout = MIN(timeout, c->begun_us + c->options->wait_us - now);
	return MAX(timeout, 1);
}

/* What the look-ups have left of the try's time. */
static int64_t call_timeout(const struct connection *c)
{
	int64_t used_us = c->result.resolve_us;

	return MAX(try_timeout(c, loop_now_us() - used_us) - used_us, 1);
}

/* All names are resolved. */
static void call(struct connection *c)
{
	struct try_end end = try_open(&c->try, c->stack, c->stack_error, c->options, c->peer,
				      c->local, c->timeline, &c->result);

	if (!end.ended)
		end = try_call(&c->try, c->options, call_timeout(c), c->timeline);
	if (end.ended) {
		conclude(c, end);
		return;
	}
	enter(c, CONNECTION_PENDING);
	c->wake_us = c->try.attempt.started_us + GATHER_FIRST_LOOK_US;
}

static int resolve(struct connection *c, int64_t now)
{
	int64_t until_us = now + try_timeout(c, now);
	int family = c->options->family;
	int status = target_resolve(c->peer, family, until_us, c->timeline, &c->try.failed);

	if (status == STATUS_OK)
		status = target_resolve(c->local, family, until_us, c->timeline, &c->try.failed);
	if (status == STATUS_SIGNAL)
		c->result.signal = loop_take_signal();
	c->result.resolve_us = loop_now_us() - now;
	return status;
}

static void begin_try(struct connection *c)
{
	int64_t now = loop_now_us();

	forget_try(c);
	enter(c, CONNECTION_RESOLVING);
	if (!c->result.tries++)
		c->begun_us = now;
	c->try.unresolved = resolve(c, now);
	if (c->try.unresolved == STATUS_OK)
		call(c);
	else
		conclude_with(c, PHASE_RESOLVE, 0);
}

/* --- The loop over all connections ----------------------------------------------------------- */

static void tick(struct connection *c, int64_t now)
{
	switch (c->state) {
	case CONNECTION_PENDING:
		tick_pending(c, now);
		break;
	case CONNECTION_VERIFYING:
		tick_verifying(c, now);
		break;
	case CONNECTION_PAUSED:
		if (now >= c->wake_us)
			begin_try(c);
		break;
	case CONNECTION_CLOSING:
		tick_closing(c, now);
		break;
	case CONNECTION_IDLE:
	case CONNECTION_RESOLVING:
	case CONNECTION_UP:
	case CONNECTION_DONE:
		break;
	}
}

/* What the last try found out stays: that is what is known. */
static void interrupt_pause(struct connection *c)
{
	struct message last = c->result.reason;

	message_set(&c->result.reason, 0, "ended by %s before the next try; the last one: %s",
		    signal_name(c->result.signal), last.text);
	c->result.word = RESULT_FAILED;
	c->result.error = EINTR;
	c->result.status = STATUS_SIGNAL + c->result.signal;
	enter(c, CONNECTION_DONE);
}

/* A signal asks the program to end, or (signal 0) the loop cannot wait, positive errno. */
static void interrupt(struct connection *c, int signal, int error)
{
	c->result.signal = signal;
	if (!signal)
		conclude(c, (struct try_end){ true, PHASE_FAULT, error, "ppoll" });
	else if (c->state == CONNECTION_PAUSED)
		interrupt_pause(c);
	else if (c->state == CONNECTION_VERIFYING)
		conclude_with(c, PHASE_UP, 0);
	else
		conclude_with(c, PHASE_PENDING, EINTR);
}

static bool has_result(const struct connection *c)
{
	return c->state == CONNECTION_UP || c->state == CONNECTION_CLOSING ||
	       c->state == CONNECTION_DONE;
}

/* Are there events to read? */
static bool is_open(const struct connection *c)
{
	return c->state == CONNECTION_PENDING || c->state == CONNECTION_VERIFYING ||
	       c->state == CONNECTION_CLOSING;
}

/*
 * One round: waits until one of them that is not done (what says so) has something to do, and lets
 * each do it. Events come before packets, because the peer may close at once, and what was seen of
 * the packets explains it. Returns what loop_wait() does; 0 also when all are done.
 */
static int run_round(struct connection *const list[], size_t count,
		     bool (*done)(const struct connection *c), bool *all_done)
{
	/* Two for each: the endpoint, and behind them all the witnesses. */
	struct pollfd *fds = xcalloc(2 * count + 1, sizeof(*fds));
	int64_t until = LOOP_FOREVER;
	int rc = 0;

	*all_done = true;
	for (size_t i = 0; i < count; i++) {
		struct connection *c = list[i];

		fds[i] = fds[count + i] = (struct pollfd){ .fd = -1 };
		if (done(c))
			continue;
		*all_done = false;
		fds[count + i] = watch_pollfd(&c->try.watch);
		until = MIN(until, c->try.attempt.unread ? 0 : c->wake_us);
		if (is_open(c))
			fds[i] = attempt_pollfd(&c->try.attempt);
	}
	if (!*all_done)
		rc = loop_wait(fds, 2 * count, until);
	for (size_t i = 0; i < count && rc >= 0 && !*all_done; i++) {
		struct connection *c = list[i];

		if (is_open(c) && (fds[i].revents || c->try.attempt.unread))
			handle_events(c);
		if (fds[count + i].revents && is_open(c)) {
			watch_read(&c->try.watch, c->timeline);
			c->wake_us = loop_now_us(); /* it may be ICMP */
		}
		tick(c, loop_now_us());
	}
	free(fds);
	return rc;
}

void connection_start(struct connection *c)
{
	begin_try(c);
	/* A blocking call may have its outcome by now. */
	if (c->state == CONNECTION_PENDING && c->options->blocking)
		handle_events(c);
}

/* What the terminal shows when the first has its result and others have not. */
static void show_others(struct connection *const list[], size_t count)
{
	const struct connection *first = list[0];
	size_t waiting = 0;

	for (size_t i = 0; i < count; i++)
		waiting += !has_result(list[i]);
	if (waiting && has_result(first) && loop_now_us() - first->begun_us >= PROGRESS_AFTER_US)
		timeline_progress(first->timeline, "waiting for %zu more ...", waiting);
}

void connection_run(struct connection *const list[], size_t count)
{
	bool all_done = false;

	for (size_t i = 0; i < count; i++)
		if (list[i]->state == CONNECTION_IDLE)
			connection_start(list[i]);
	while (!all_done) {
		int rc, signal;

		if (count)
			show_others(list, count);
		rc = run_round(list, count, has_result, &all_done);
		if (rc >= 0)
			continue;
		signal = loop_take_signal();
		for (size_t i = 0; i < count; i++)
			if (!has_result(list[i]))
				interrupt(list[i], signal, -rc);
		break;
	}
	if (count > 1)
		timeline_clear(list[0]->timeline);
}

/* --- Closing --------------------------------------------------------------------------------- */

static bool is_closed(const struct connection *c)
{
	return c->state != CONNECTION_CLOSING;
}

static void begin_closing(struct connection *c)
{
	int64_t bound_us = MAX(CLOSE_BOUND_MIN_US, MIN(c->result.connect_us, CLOSE_BOUND_MAX_US));

	enter(c, CONNECTION_CLOSING);
	c->wake_us = loop_now_us() + bound_us;
	timeline_note(c->timeline, "closing: SHUTDOWN");
	if (c->stack->shutdown(c->try.attempt.endpoint, c->try.attempt.assoc) < 0)
		attempt_gone(&c->try.attempt); /* it is gone already */
	handle_events(c);
}

void connection_close(struct connection *const list[], size_t count)
{
	bool all_done = false;

	for (size_t i = 0; i < count; i++)
		if (list[i]->state == CONNECTION_UP)
			begin_closing(list[i]);
	while (!all_done)
		if (run_round(list, count, is_closed, &all_done) < 0)
			break;
	for (size_t i = 0; i < count; i++)
		if (list[i]->state == CONNECTION_CLOSING)
			tick_closing(list[i], LOOP_FOREVER);
}
