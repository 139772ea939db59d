/* SPDX-License-Identifier: MIT */
#include "engine/attempt.h"

#include <assert.h>
#include <errno.h>
#include <sys/param.h>

#include "base/loop.h"
#include "base/names.h"

/* More than any deadline needs, because gather.c decides when to give up. */
#define INIT_ATTEMPTS_UNLIMITED UINT16_MAX

/* How many events one round reads, because a peer can send faster than this program reads. */
#define EVENTS_MAX 64

/* --- What the stack says --------------------------------------------------------------------- */

static const char *event_name(enum stack_event_type type)
{
	static const char *const names[] = {
		[EVENT_NONE] = "nothing",
		[EVENT_UP] = "COMM_UP",
		[EVENT_RESTART] = "RESTART",
		[EVENT_FAILED] = "CANT_STR_ASSOC",
		[EVENT_LOST] = "COMM_LOST",
		[EVENT_SHUTDOWN] = "SHUTDOWN_EVENT",
		[EVENT_CLOSED] = "SHUTDOWN_COMP",
		[EVENT_PATH] = "PEER_ADDR_CHANGE",
		[EVENT_ADDRESSES] = "PEER_ADDR_CHANGE",
		[EVENT_DATA] = "data",
		[EVENT_DRY] = "SENDER_DRY",
		[EVENT_FAULT] = "fault",
	};

	static_assert(ARRAY_SIZE(names) == EVENT_TYPE_COUNT, "an event has no name");
	return names[type];
}

static void note_event(const struct attempt *attempt, const struct stack_event *event)
{
	timeline_note(attempt->timeline, "event %s, association %u%s%s", event_name(event->type),
		      event->assoc ? attempt->stack->id(event->assoc) : 0, event->error ? ", " : "",
		      event->error ? errno_name(event->error) : "");
}

/* On a one-to-many endpoint an event may be about another association. */
static bool is_ours(const struct attempt *attempt, const struct stack_event *event)
{
	return !event->assoc || event->assoc == attempt->assoc;
}

static bool has_ended(const struct attempt *attempt)
{
	return attempt->outcome == ATTEMPT_FAILED || attempt->outcome == ATTEMPT_LOST ||
	       attempt->outcome == ATTEMPT_FAULT;
}

static void came_up(struct attempt *attempt)
{
	attempt->up_us = loop_now_us();
	if (!has_ended(attempt))
		attempt->outcome = attempt->closing ? ATTEMPT_CLOSED : ATTEMPT_UP;
}

static void ended(struct attempt *attempt, enum attempt_outcome outcome,
		  const struct stack_event *event)
{
	if (has_ended(attempt))
		return;
	attempt->outcome = outcome;
	attempt->ended_us = loop_now_us();
	attempt->error = event->error;
	attempt->cause = event->cause;
	attempt->aborted = event->aborted;
	/* An association that is lost was up, even if that event is missing. */
	if (outcome == ATTEMPT_LOST && !attempt->up_us)
		attempt->up_us = loop_now_us();
}

void attempt_fault(struct attempt *attempt, int error)
{
	attempt->fault = *attempt->stack->fault(attempt->endpoint);
	ended(attempt, ATTEMPT_FAULT, &(struct stack_event){ .type = EVENT_FAULT, .error = error });
}

void attempt_found_up(struct attempt *attempt)
{
	timeline_note(attempt->timeline, "it is up, and the event was lost");
	came_up(attempt);
}

void attempt_gone(struct attempt *attempt)
{
	attempt->closing = true;
	if (attempt->outcome == ATTEMPT_UP)
		attempt->outcome = ATTEMPT_CLOSED;
}

static void take(struct attempt *attempt, const struct stack_event *event)
{
	switch (event->type) {
	case EVENT_UP:
		came_up(attempt);
		break;
	case EVENT_FAILED:
		ended(attempt, ATTEMPT_FAILED, event);
		break;
	case EVENT_LOST:
		ended(attempt, ATTEMPT_LOST, event);
		break;
	case EVENT_FAULT:
		attempt_fault(attempt, event->error);
		break;
	case EVENT_RESTART:
		attempt->restarted = true;
		break;
	case EVENT_SHUTDOWN:
	case EVENT_CLOSED:
		attempt_gone(attempt);
		break;
	case EVENT_DATA:
	case EVENT_DRY:
		if (attempt->on_message)
			attempt->on_message(attempt->context, event);
		break;
	default:
		break; /* path changes are seen by verify.c */
	}
}

/* --- The call -------------------------------------------------------------------------------- */

static void take_shared(void *context, const struct stack_event *event)
{
	struct attempt *attempt = context;

	note_event(attempt, event);
	take(attempt, event);
}

static void tell_news(void *context)
{
	struct attempt *attempt = context;

	if (attempt->on_news)
		attempt->on_news(attempt->news_context);
}

/* The stack decides by the addresses of the peer whether it can open an endpoint for them. */
static bool may_share(const struct options *options, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (address_scope(&plan->addresses[i]) == SCOPE_LINK)
			return false;
	return options->pool;
}

/* alone: nobody shares it. */
static int open_endpoint(struct attempt *attempt, const struct stack *stack,
			 const struct options *options, const struct plan *plan,
			 struct timeline *timeline, bool alone)
{
	struct pool *pool = !alone && may_share(options, plan) ? options->pool : NULL;
	struct stack_config config = {
		.style = pool ? STACK_ONE_TO_MANY : options->style,
		.udp = options->udp,
		.ipv6 = plan_needs_ipv6(plan),
		.local = plan->sources,
		.local_count = plan->source_count,
		.peers = plan->addresses,
		.peer_count = plan->count,
		.out_streams = settings_out_streams(options),
		.max_in_streams = options->in_streams,
		.init_attempts = options->init_attempts ? options->init_attempts
							: INIT_ATTEMPTS_UNLIMITED,
		.init_timeout_ms = options->init_timeout_ms,
		.rto_initial_ms = options->rto_initial_ms,
		.parameters = options->parameters,
	};
	int rc;

	if (!config.rto_initial_ms && plan->count > 1)
		config.rto_initial_ms = CONNECT_RTO_INITIAL_SEVERAL_MS;
	if (parameter_is_known(&config.parameters, PARAMETER_RTO_MAX))
		config.rto_initial_ms =
			MIN(config.rto_initial_ms, config.parameters.value[PARAMETER_RTO_MAX]);
	*attempt = (struct attempt){
		.stack = stack,
		.timeline = timeline,
		.fault.lack = LACKS_LOCAL_FAMILY,
		.udp = options->udp,
		.style = config.style,
		.pool = options->pool,
		.alone = alone,
		.keeps = options->relay,
		.t1_us = (int64_t)config.rto_initial_ms * USEC_PER_MSEC,
	};
	if (!plan->count)
		return -EAFNOSUPPORT;
	if (!pool) {
		rc = stack->open(&attempt->endpoint, &config, &attempt->fault);
		if (rc < 0 && pool_close_idle(options->pool))
			rc = stack->open(&attempt->endpoint, &config, &attempt->fault);
		return rc;
	}
	attempt->user = (struct pool_user){ .reader = { take_shared, tell_news, attempt } };
	return pool_join(pool, &attempt->user, &config, &attempt->endpoint, &attempt->fault);
}

int attempt_open(struct attempt *attempt, const struct stack *stack, const struct options *options,
		 const struct plan *plan, struct timeline *timeline)
{
	return open_endpoint(attempt, stack, options, plan, timeline, false);
}

void attempt_on_news(struct attempt *attempt, void (*on_news)(void *context), void *context)
{
	attempt->on_news = on_news;
	attempt->news_context = context;
}

void attempt_on_message(struct attempt *attempt,
			void (*on_message)(void *context, const struct stack_event *event),
			void *context)
{
	attempt->on_message = on_message;
	attempt->context = context;
}

static void log_call(const struct attempt *attempt, const struct options *options,
		     const struct plan *plan)
{
	struct timeline *timeline = attempt->timeline;
	char text[ADDRESS_TEXT_MAX];

	if (!timeline->verbose)
		return;
	timeline_note(timeline, "sctp_connectx, %zu address%s, %s, %s", plan->count,
		      plan->count == 1 ? "" : "es", options->blocking ? "blocking" : "non-blocking",
		      style_name(attempt->style));
	for (size_t i = 0; i < plan->count; i++)
		timeline_note(timeline, "  address %zu of the call: %s", i + 1,
			      address_text(&plan->addresses[i], text));
}

int attempt_call(struct attempt *attempt, const struct options *options, const struct plan *plan,
		 int64_t timeout_us)
{
	int rc;

	log_call(attempt, options, plan);
	attempt->started_us = loop_now_us();
	if (!attempt->begun_us)
		attempt->begun_us = attempt->started_us;
	attempt->timeout_us = timeout_us;
	if (options->blocking) {
		attempt_show_progress(attempt, plan);
		attempt->fault = (struct stack_fault){ 0 };
		rc = loop_alarm_start(attempt_deadline_us(attempt), &attempt->fault.call);
		if (rc < 0) {
			timeline_clear(attempt->timeline);
			return rc;
		}
	}
	rc = attempt->stack->connect(attempt->endpoint, plan->addresses, plan->count,
				     options->blocking, &attempt->assoc);
	if (options->blocking) {
		loop_alarm_stop();
		timeline_clear(attempt->timeline);
	}
	if (rc < 0)
		attempt->fault = *attempt->stack->fault(attempt->endpoint);
	else
		timeline_note(attempt->timeline, "the call %s",
			      options->blocking ? "returned" : "was made");
	if (rc == 0 && pool_shares(&attempt->user))
		pool_take(&attempt->user, attempt->assoc);
	return rc;
}

static int call_again(struct attempt *attempt, const struct options *options,
		      const struct plan *plan, bool alone)
{
	const struct attempt before = *attempt;
	/* It had its answer in time, and waited for an endpoint. */
	int64_t waited_us = before.ended_us ? loop_now_us() - before.ended_us : 0;
	int rc;

	attempt->alone = false; /* it keeps its slot */
	attempt_close(attempt, true);
	rc = open_endpoint(attempt, before.stack, options, plan, before.timeline, alone);
	attempt->begun_us = before.begun_us;
	attempt_on_message(attempt, before.on_message, before.context);
	attempt_on_news(attempt, before.on_news, before.news_context);
	return rc < 0 ? rc : attempt_call(attempt, options, plan, before.timeout_us + waited_us);
}

int attempt_call_again(struct attempt *attempt, const struct options *options,
		       const struct plan *plan)
{
	return call_again(attempt, options, plan, attempt->alone);
}

int attempt_call_alone(struct attempt *attempt, const struct options *options,
		       const struct plan *plan)
{
	return call_again(attempt, options, plan, true);
}

int64_t attempt_deadline_us(const struct attempt *attempt)
{
	return attempt->begun_us + attempt->timeout_us;
}

void attempt_show_progress(const struct attempt *attempt, const struct plan *plan)
{
	char text[ADDRESS_TEXT_MAX];

	address_text(&plan->addresses[0], text);
	if (plan->count == 1)
		timeline_progress(attempt->timeline, "waiting for an answer from %s ...", text);
	else
		timeline_progress(attempt->timeline,
				  "waiting for an answer from %s and %zu more ...", text,
				  plan->count - 1);
}

/* --- Events, and the end --------------------------------------------------------------------- */

enum attempt_outcome attempt_read(struct attempt *attempt)
{
	struct stack_event event;

	if (pool_shares(&attempt->user)) {
		pool_read(&attempt->user);
		return attempt->outcome;
	}
	for (int n = 0; n < EVENTS_MAX && attempt->endpoint && attempt->outcome != ATTEMPT_FAULT &&
			!(attempt->keeps && attempt->outcome == ATTEMPT_UP) &&
			attempt->stack->next_event(attempt->endpoint, &event);
	     n++) {
		note_event(attempt, &event);
		if (is_ours(attempt, &event))
			take(attempt, &event);
	}
	return attempt->outcome;
}

enum attempt_outcome attempt_look(struct attempt *attempt)
{
	return pool_shares(&attempt->user) ? attempt->outcome : attempt_read(attempt);
}

void attempt_read_on(struct attempt *attempt)
{
	attempt->keeps = false;
}

struct pollfd attempt_pollfd(const struct attempt *attempt)
{
	struct pollfd none = { .fd = -1 };

	return pool_shares(&attempt->user) ? none : attempt->stack->pollfd(attempt->endpoint);
}

void attempt_close(struct attempt *attempt, bool abort)
{
	if (pool_shares(&attempt->user))
		pool_leave(&attempt->user, abort);
	else if (attempt->endpoint)
		attempt->stack->close(attempt->endpoint, abort);
	if (attempt->alone)
		pool_return_slot(attempt->pool);
	attempt->alone = false;
	attempt->endpoint = NULL;
	attempt->assoc = NULL;
}

void attempt_free(struct attempt *attempt)
{
	attempt_close(attempt, true);
	*attempt = (struct attempt){ 0 };
}
