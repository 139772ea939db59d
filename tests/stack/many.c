/* SPDX-License-Identifier: MIT */
/*
 * many STACK UDP-PORT ADDRESS DEAD-ADDRESS: several associations on one one-to-many endpoint,
 * through the seam (stack.h). UDP-PORT 0: not encapsulated. ADDRESS is this host's, where it
 * listens too; DEAD-ADDRESS answers nothing. Prints a line for each step, and exits 0; or says what
 * was wrong and exits 1.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "base/util.h"
#include "stack/stack.h"

#define COUNT   5
#define ABORTED 2 /* the one of them that is aborted */
#define CLOSED  3 /* and closed */
#define WAIT_US (5 * USEC_PER_SEC)

struct seen {
	struct stack_assoc *assoc;
	enum stack_event_type type;
	int error;
	unsigned cause;
	char data[32];
};

struct world {
	const struct stack *stack;
	struct stack_encaps udp;
	union address here;
	union address dead;
	struct stack_endpoint *client;
	struct stack_endpoint *servers[COUNT];
	uint16_t ports[COUNT];
	struct stack_assoc *assocs[COUNT];  /* the client's */
	struct stack_assoc *answers[COUNT]; /* the servers' */
	struct seen *list;                  /* every event, in order */
	size_t count;
};

static void wrong(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
static void wrong(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("wrong: ", stdout);
	vprintf(format, args);
	puts("");
	va_end(args);
	exit(1);
}

static void step(const char *text)
{
	puts(text);
	fflush(stdout);
}

/* --- Events ----------------------------------------------------------------------------------- */

static void take_events(struct world *w, struct stack_endpoint *endpoint)
{
	struct stack_event event;

	while (w->stack->next_event(endpoint, &event)) {
		struct seen *seen;

		if (!event.assoc)
			wrong("an event of type %d has no association", event.type);
		w->list = xreallocarray(w->list, w->count + 1, sizeof(*w->list));
		seen = &w->list[w->count++];
		*seen = (struct seen){
			.assoc = event.assoc,
			.type = event.type,
			.error = event.error,
			.cause = event.cause.code,
		};
		if (event.type == EVENT_DATA)
			snprintf(seen->data, sizeof(seen->data), "%.*s", (int)event.length,
				 (const char *)event.data);
	}
}

static const struct seen *find(const struct world *w, const struct stack_assoc *assoc,
			       enum stack_event_type type)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->list[i].assoc == assoc && w->list[i].type == type)
			return &w->list[i];
	return NULL;
}

/* One round of waiting. False: it is too late. */
static bool turn(struct world *w, int64_t until_us)
{
	struct pollfd fds[1 + COUNT] = { w->stack->pollfd(w->client) };

	for (size_t i = 0; i < COUNT; i++)
		fds[1 + i] = w->stack->pollfd(w->servers[i]);
	if (loop_wait(fds, 1 + COUNT, until_us) <= 0)
		return false;
	if (fds[0].revents)
		take_events(w, w->client);
	for (size_t i = 0; i < COUNT; i++)
		if (fds[1 + i].revents)
			take_events(w, w->servers[i]);
	return true;
}

static const struct seen *await(struct world *w, const struct stack_assoc *assoc,
				enum stack_event_type type, const char *what)
{
	int64_t until_us = loop_now_us() + WAIT_US;

	while (!find(w, assoc, type))
		if (!turn(w, until_us))
			wrong("nothing came: %s", what);
	return find(w, assoc, type);
}

/* Events from here on. */
static void forget_events(struct world *w)
{
	w->count = 0;
}

/* --- Endpoints and associations --------------------------------------------------------------- */

static struct stack_endpoint *open_endpoint(struct world *w, bool listening)
{
	struct stack_config config = {
		.style = STACK_ONE_TO_MANY,
		.udp = w->udp,
		.listening = listening,
		.local = &w->here,
		.local_count = 1,
	};
	struct stack_endpoint *endpoint;
	struct stack_fault fault;
	int rc = w->stack->open(&endpoint, &config, &fault);

	if (rc < 0)
		wrong("%s: %s", fault.call, strerror(-rc));
	if (listening && w->stack->listen(endpoint, COUNT) < 0)
		wrong("listen");
	return endpoint;
}

static void open_all(struct world *w)
{
	w->client = open_endpoint(w, false);
	for (size_t i = 0; i < COUNT; i++) {
		union address *list;

		w->servers[i] = open_endpoint(w, true);
		if (w->stack->bound_addresses(w->servers[i], &list) != 1)
			wrong("a listener has not one address");
		w->ports[i] = address_port(&list[0]);
		free(list);
	}
}

static struct stack_assoc *connect_to(struct world *w, const union address *address, uint16_t port)
{
	union address peer = *address;
	struct stack_assoc *assoc = NULL;
	int rc;

	address_set_port(&peer, port);
	rc = w->stack->connect(w->client, &peer, 1, false, &assoc);
	if (rc < 0)
		wrong("connect: %s", strerror(-rc));
	if (!assoc || w->stack->endpoint(assoc) != w->client)
		wrong("no handle of the client's");
	return assoc;
}

/* What the client's n-th association is called by the server: the newest that came up there. */
static void find_answer(struct world *w, size_t n)
{
	int64_t until_us = loop_now_us() + WAIT_US;

	for (;;) {
		for (size_t i = 0; i < w->count; i++)
			if (w->list[i].type == EVENT_UP &&
			    w->stack->endpoint(w->list[i].assoc) == w->servers[n]) {
				w->answers[n] = w->list[i].assoc;
				return;
			}
		if (!turn(w, until_us))
			wrong("server %zu has not seen its association", n);
	}
}

static void connect_all(struct world *w)
{
	for (size_t i = 0; i < COUNT; i++)
		w->assocs[i] = connect_to(w, &w->here, w->ports[i]);
	for (size_t i = 0; i < COUNT; i++) {
		await(w, w->assocs[i], EVENT_UP, "up");
		find_answer(w, i);
		for (size_t j = 0; j < i; j++)
			if (w->assocs[i] == w->assocs[j] ||
			    w->stack->id(w->assocs[i]) == w->stack->id(w->assocs[j]))
				wrong("two associations are one");
	}
}

static void assert_alive(struct world *w, size_t n)
{
	struct stack_status status;
	int rc = w->stack->status(w->assocs[n], &status);
	char text[16];

	if (rc < 0)
		wrong("association %zu: status: %s", n, strerror(-rc));
	if (status.state != ASSOC_ESTABLISHED || status.id != w->stack->id(w->assocs[n]))
		wrong("association %zu: %s", n, assoc_state_name(status.state));
	snprintf(text, sizeof(text), "message %zu", n);
	rc = w->stack->send(w->assocs[n], text, strlen(text), 0, 0, false);
	if (rc < 0)
		wrong("association %zu: send: %s", n, strerror(-rc));
	if (strcmp(await(w, w->answers[n], EVENT_DATA, "data")->data, text))
		wrong("association %zu received another one's data", n);
}

static void assert_others_alive(struct world *w, size_t but, size_t but_too)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (i == but || i == but_too)
			continue;
		assert_alive(w, i);
		if (find(w, w->assocs[i], EVENT_LOST) || find(w, w->assocs[i], EVENT_FAILED) ||
		    find(w, w->assocs[i], EVENT_CLOSED))
			wrong("association %zu has ended, too", i);
	}
}

/* --- The steps -------------------------------------------------------------------------------- */

static void abort_one(struct world *w)
{
	struct stack_assoc *assoc = w->assocs[ABORTED];
	const struct seen *seen;
	struct stack_status status;
	int rc;

	forget_events(w);
	rc = w->stack->abort(assoc, NULL);
	if (rc < 0)
		wrong("abort: %s", strerror(-rc));
	seen = await(w, assoc, EVENT_LOST, "the end of what was aborted");
	if (seen->error != ECONNABORTED)
		wrong("aborted by this end: %s", strerrorname_np(seen->error));
	seen = await(w, w->answers[ABORTED], EVENT_LOST, "the ABORT");
	if (seen->error != ECONNRESET || seen->cause != CAUSE_USER_ABORT)
		wrong("aborted by the peer: %s, cause %u", strerrorname_np(seen->error),
		      seen->cause);
	rc = w->stack->status(assoc, &status);
	if (rc != -ENOTCONN)
		wrong("status of one that has ended: %d", rc);
	assert_others_alive(w, ABORTED, ABORTED);
	w->stack->release(assoc);
	w->stack->release(w->answers[ABORTED]);
	step("one aborted, the others live");
}

static void connect_again(struct world *w)
{
	forget_events(w);
	w->assocs[ABORTED] = connect_to(w, &w->here, w->ports[ABORTED]);
	await(w, w->assocs[ABORTED], EVENT_UP, "up again");
	find_answer(w, ABORTED);
	assert_alive(w, ABORTED);
	step("the same peer again");
}

static void refused(struct world *w)
{
	struct stack_assoc *assoc;

	forget_events(w);
	assoc = connect_to(w, &w->here, 9);
	if (await(w, assoc, EVENT_FAILED, "the refusal")->error != ECONNREFUSED)
		wrong("refused: %s", strerrorname_np(find(w, assoc, EVENT_FAILED)->error));
	w->stack->release(assoc);
	assert_others_alive(w, COUNT, COUNT);
	step("one refused, the others live");
}

static void abort_pending(struct world *w)
{
	struct stack_assoc *assoc;
	int rc;

	forget_events(w);
	assoc = connect_to(w, &w->dead, 9);
	if (w->stack->pending_state(assoc) != ASSOC_COOKIE_WAIT)
		wrong("pending: %s", assoc_state_name(w->stack->pending_state(assoc)));
	rc = w->stack->abort(assoc, NULL);
	if (rc < 0)
		wrong("abort of a pending one: %s", strerror(-rc));
	if (await(w, assoc, EVENT_FAILED, "the end of a pending one")->error != ECONNABORTED)
		wrong("pending, aborted: %s", strerrorname_np(find(w, assoc, EVENT_FAILED)->error));
	w->stack->release(assoc);
	assert_others_alive(w, COUNT, COUNT);
	step("a pending one aborted, the others live");
}

static void close_one(struct world *w)
{
	forget_events(w);
	if (w->stack->shutdown(w->assocs[CLOSED]) < 0)
		wrong("shutdown");
	await(w, w->assocs[CLOSED], EVENT_CLOSED, "the end of a graceful close");
	await(w, w->answers[CLOSED], EVENT_CLOSED, "the same at the peer");
	assert_others_alive(w, CLOSED, CLOSED);
	step("one closed, the others live");
}

/* Handles are forgotten, associations are not. */
static void release_one(struct world *w)
{
	struct stack_assoc *assoc = w->assocs[0];

	forget_events(w);
	w->stack->release(assoc);
	if (w->stack->send(w->answers[0], "to nobody", 9, 0, 0, false) < 0)
		wrong("the association ended with its handle");
	assert_others_alive(w, 0, CLOSED);
	if (find(w, assoc, EVENT_DATA))
		wrong("an event of a released association");
	step("one released, the others live");
}

static void close_all(struct world *w)
{
	forget_events(w);
	w->stack->close(w->client, true);
	w->client = open_endpoint(w, false); /* for turn() */
	for (size_t i = 0; i < COUNT; i++)
		if (i != CLOSED &&
		    await(w, w->answers[i], EVENT_LOST, "the last ABORT")->error != ECONNRESET)
			wrong("the end of all: %s",
			      strerrorname_np(find(w, w->answers[i], EVENT_LOST)->error));
	w->stack->close(w->client, true);
	for (size_t i = 0; i < COUNT; i++)
		w->stack->close(w->servers[i], true);
	if (w->stack->finish)
		w->stack->finish();
	free(w->list);
	step("all aborted");
}

int main(int argc, char *argv[])
{
	struct world w = { 0 };
	uint16_t port;

	if (argc != 5)
		return 2;
	w.stack = stack_find(argv[1]);
	if (!w.stack || !address_from_text(&w.here, argv[3]) ||
	    !address_from_text(&w.dead, argv[4]))
		return 2;
	port = (uint16_t)atoi(argv[2]);
	w.udp = (struct stack_encaps){ .local = port, .remote = port };
	loop_catch_signals();
	open_all(&w);
	connect_all(&w);
	assert_others_alive(&w, COUNT, COUNT);
	step("all up");
	abort_one(&w);
	connect_again(&w);
	refused(&w);
	abort_pending(&w);
	close_one(&w);
	release_one(&w);
	close_all(&w);
	return 0;
}
