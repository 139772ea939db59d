/* SPDX-License-Identifier: MIT */
#include "engine/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include "diagnose/ending.h"
#include "diagnose/failed_call.h"

/* The longest line of --lines that is one message. */
#define BUFFER_SIZE (64u << 10)
/* Otherwise the longest message: several fit into the send buffer, so that it never runs empty. */
#define MESSAGE_SIZE (16u << 10)
/* What one round does of each kind, so that it does not block a signal or the other way. */
#define ROUND_MAX 64
/* Everything was acknowledged, so the answer to SHUTDOWN is one round trip away. */
#define CLOSE_BOUND_US (3 * (int64_t)USEC_PER_SEC)

struct relay {
	struct relay_config config;
	struct stack_endpoint *endpoint;
	struct relay_end end;
	bool over;

	struct loop_source input, output, events;
	struct loop_timer timer;

	uint8_t buffer[BUFFER_SIZE]; /* of the input, to be sent */
	size_t length;
	bool at_end;      /* of the input */
	bool blocked;     /* the send buffer is full */
	bool dry;         /* nothing that was sent waits for an acknowledgement */
	int64_t quiet_us; /* since when it is so, and nothing has come */
	bool peer_closes;
	int64_t shut_us; /* when this end has begun to close it, or written what came since */

	struct stack_event held; /* the peer's message, of which written bytes were written */
	size_t written;
	bool holds;
};

static void end(struct relay *r, int status, struct finding cause)
{
	if (r->over)
		return;
	r->over = true;
	r->end.status = status;
	r->end.cause = cause;
	r->end.bytes_unsent = r->length;
	r->end.cut_off = !r->end.gone && (status == STATUS_HOST ||
					  (status > STATUS_SIGNAL && (r->holds || r->length)));
	loop_remove(&r->input);
	loop_remove(&r->output);
	loop_remove(&r->events);
	loop_timer_stop(&r->timer);
	if (r->config.ended)
		r->config.ended(r->config.context);
}

static void fail(struct relay *r, const char *call, int error)
{
	end(r, STATUS_HOST, diagnose_failed_call(call, error));
}

static void fail_file(struct relay *r, const char *call, const char *file)
{
	struct finding cause = diagnose_failed_call(call, errno);

	snprintf(cause.name, sizeof(cause.name), "%s", file);
	end(r, STATUS_HOST, cause);
}

/* --- From the input to the peer --------------------------------------------------------------- */

static void read_input(struct relay *r)
{
	ssize_t got = read(r->config.in, r->buffer + r->length, BUFFER_SIZE - r->length);

	if (got > 0)
		r->length += (size_t)got;
	else if (got == 0)
		r->at_end = true;
	else if (errno != EINTR && errno != EAGAIN)
		fail_file(r, "read", "standard input");
}

static bool is_closing(const struct relay *r)
{
	return r->peer_closes || r->shut_us;
}

/* How many bytes of the buffer are the next message; 0: there is none yet. */
static size_t next_length(const struct relay *r)
{
	const uint8_t *newline;

	if (!r->config.options->lines)
		return MIN(r->length, MESSAGE_SIZE);
	newline = memchr(r->buffer, '\n', r->length);
	if (newline)
		return (size_t)(newline - r->buffer) + 1;
	return r->at_end || r->length == BUFFER_SIZE ? r->length : 0;
}

static void send_messages(struct relay *r)
{
	const struct relay_config *c = &r->config;
	const struct options *o = c->options;
	size_t length;

	r->blocked = false;
	for (int n = 0; !r->over && !is_closing(r) && (length = next_length(r)); n++) {
		int rc;

		if (n == ROUND_MAX) {
			loop_again(&r->events);
			return;
		}
		rc = c->stack->send(c->assoc, r->buffer, length, o->stream, htonl(o->ppid),
				    o->unordered);
		r->blocked = rc == -EAGAIN;
		if (rc == -EAGAIN || rc == -ENOTCONN)
			return; /* an event tells how it ended */
		if (rc < 0) {
			fail(r, c->stack->fault(r->endpoint)->call, -rc);
			return;
		}
		r->dry = false;
		r->end.messages_sent++;
		r->end.bytes_sent += length;
		r->length -= length;
		memmove(r->buffer, r->buffer + length, r->length);
	}
}

/* --- From the peer to the output -------------------------------------------------------------- */

static bool is_ready(struct relay *r, int fd, short event)
{
	struct pollfd p = { .fd = fd, .events = event };
	int ready = poll(&p, 1, 0);

	if (ready < 0 && errno != EINTR)
		fail(r, "poll", errno);
	return ready > 0;
}

/* A pipe that is ready has room for PIPE_BUF bytes, so this does not block. */
static void write_held(struct relay *r)
{
	for (int n = 0; r->holds && n < ROUND_MAX && is_ready(r, r->config.out, POLLOUT); n++) {
		const uint8_t *bytes = r->held.data;
		size_t length = MIN(r->held.length - r->written, PIPE_BUF);
		ssize_t put = write(r->config.out, bytes + r->written, length);

		if (put < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (put < 0) {
			fail_file(r, "write", "standard output");
			return;
		}
		r->written += (size_t)put;
		r->end.bytes_received += (size_t)put;
		r->quiet_us = loop_now_us();
		if (r->shut_us)
			r->shut_us = r->quiet_us;
		if (r->written < r->held.length)
			continue;
		r->end.messages_received += !r->held.more;
		r->holds = false;
	}
}

/*
 * The stack has delivered everything that it accepted, if the close is graceful. What waits in the
 * input was not sent.
 */
static void end_closed(struct relay *r)
{
	bool here = r->shut_us != 0;

	if (!r->at_end && !r->length && is_ready(r, r->config.in, POLLIN))
		read_input(r);
	r->end.gone = r->end.graceful = true;
	end(r, r->length ? STATUS_NOT_CONNECTED : STATUS_OK,
	    (struct finding){ .code = here ? FINDING_CLOSED_HERE : FINDING_CLOSED_BY_PEER,
			      .basis = BASIS_STACK });
}

static void take_event(struct relay *r, const struct stack_event *event)
{
	switch (event->type) {
	case EVENT_DATA:
		r->held = *event;
		r->written = 0;
		r->holds = true;
		write_held(r);
		break;
	case EVENT_DRY:
		r->dry = true;
		r->quiet_us = loop_now_us();
		break;
	case EVENT_SHUTDOWN:
		r->peer_closes = true;
		break;
	case EVENT_CLOSED:
		end_closed(r);
		break;
	case EVENT_RESTART:
		end(r, STATUS_NOT_CONNECTED,
		    (struct finding){ .code = FINDING_RESTARTED_BY_PEER, .basis = BASIS_STACK });
		break;
	case EVENT_FAILED:
	case EVENT_LOST:
		r->end.gone = true;
		end(r, STATUS_NOT_CONNECTED, diagnose_loss(event->error, &event->cause, NULL));
		break;
	case EVENT_FAULT:
		fail(r, r->config.stack->fault(r->endpoint)->call, event->error);
		break;
	default:
		break;
	}
}

static void read_events(struct relay *r)
{
	struct stack_event event;

	for (int n = 0; !r->over && !r->holds; n++) {
		if (n == ROUND_MAX) {
			loop_again(&r->events);
			return;
		}
		if (!r->config.stack->next_event(r->endpoint, &event))
			return;
		if (!event.assoc || event.assoc == r->config.assoc)
			take_event(r, &event);
	}
}

/* --- The end ---------------------------------------------------------------------------------- */

static void begin_close(struct relay *r, int64_t now_us)
{
	r->shut_us = now_us;
	/* If that fails, it has ended, and an event says how. */
	r->config.stack->shutdown(r->config.assoc);
	loop_again(&r->events);
}

/* Returns when to look again. */
static int64_t close_if_done(struct relay *r, int64_t now_us)
{
	int64_t due_us = r->quiet_us + r->config.options->hold_us;

	if (r->shut_us && !r->holds && now_us >= r->shut_us + CLOSE_BOUND_US)
		end(r, STATUS_OK,
		    (struct finding){ .code = FINDING_SHUTDOWN_UNANSWERED, .basis = BASIS_TIME });
	if (r->shut_us)
		return r->holds ? LOOP_FOREVER : r->shut_us + CLOSE_BOUND_US;
	/* Without any input, there is nothing whose end could mean that. */
	if (!r->at_end || !r->end.messages_sent || r->length || !r->dry || r->peer_closes ||
	    r->holds)
		return LOOP_FOREVER;
	if (now_us < due_us)
		return due_us;
	timeline_note(r->config.timeline, "relay: everything is acknowledged: SHUTDOWN");
	begin_close(r, now_us);
	return r->shut_us + CLOSE_BOUND_US;
}

static void await(struct relay *r, int64_t look_us)
{
	const struct stack *stack = r->config.stack;
	bool reads = !r->at_end && !r->blocked && !is_closing(r) && r->length < BUFFER_SIZE;

	loop_change(&r->input, reads ? POLLIN : 0);
	loop_change(&r->output, r->holds ? POLLOUT : 0);
	loop_change(&r->events, (short)((r->holds ? 0 : stack->pollfd(r->endpoint).events) |
					(r->blocked ? stack->room_event : 0)));
	loop_timer_set(&r->timer, look_us);
}

static void go_on(struct relay *r)
{
	int64_t look_us;

	if (!r->over)
		send_messages(r);
	if (!r->over)
		write_held(r);
	if (!r->over)
		read_events(r);
	if (r->over)
		return;
	look_us = close_if_done(r, loop_now_us());
	if (!r->over)
		await(r, look_us);
}

static void on_input(void *context, short revents)
{
	struct relay *r = context;

	(void)revents;
	read_input(r);
	if (!r->over)
		go_on(r);
}

static void on_others(void *context, short revents)
{
	(void)revents;
	go_on(context);
}

static void on_time(void *context, int64_t now_us)
{
	(void)now_us;
	go_on(context);
}

struct relay *relay_start(struct loop *loop, const struct relay_config *config)
{
	struct relay *r = xcalloc(1, sizeof(*r));

	r->config = *config;
	r->endpoint = config->stack->endpoint(config->assoc);
	r->dry = true;
	r->quiet_us = loop_now_us();
	r->end.stack = config->stack->name;
	r->end.assoc = config->stack->id(config->assoc);
	loop_timer_init(loop, &r->timer, on_time, r);
	loop_add(loop, &r->events, config->stack->pollfd(r->endpoint), on_others, r);
	loop_add(loop, &r->input, (struct pollfd){ config->in, POLLIN, 0 }, on_input, r);
	loop_add(loop, &r->output, (struct pollfd){ config->out, 0, 0 }, on_others, r);
	/* Events that came before do not make the descriptor ready again. */
	loop_timer_set(&r->timer, loop_now_us());
	return r;
}

bool relay_is_over(const struct relay *r)
{
	return r->over;
}

void relay_close(struct relay *r)
{
	if (!r->over && !is_closing(r))
		begin_close(r, loop_now_us());
}

void relay_stop(struct relay *r, int status, struct finding cause)
{
	end(r, status, cause);
}

void relay_interrupt(struct relay *r, int signal, int error)
{
	relay_stop(r, signal ? STATUS_SIGNAL + signal : STATUS_HOST,
		   diagnose_interruption(signal, error));
}

const struct relay_end *relay_end(const struct relay *r)
{
	return &r->end;
}

void relay_free(struct relay *r)
{
	if (!r)
		return;
	loop_remove(&r->input);
	loop_remove(&r->output);
	loop_remove(&r->events);
	loop_timer_stop(&r->timer);
	free(r);
}
