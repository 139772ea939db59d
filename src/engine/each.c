/* SPDX-License-Identifier: MIT */
#include "engine/each.h"

#include <stdlib.h>
#include <sys/param.h>

#include "base/descriptors.h"
#include "engine/attempt.h"
#include "engine/run.h"
#include "report/singles.h"

/* One address, tried alone. */
struct single {
	struct each *each;
	struct connection *connection;
	struct target peer;
	struct timeline timeline;
	bool had, shut; /* counted: its result, and that it is shut */
	char label[ADDRESS_TEXT_MAX + sizeof(" alone: ")];
};

struct each {
	struct connection *whole;
	const struct stack *stack;
	const struct options *given;
	const struct target *peer;
	const struct target *given_local;
	struct timeline *timeline;

	struct options options;   /* of every single */
	struct target local;      /* of every single: without a port, which they cannot share */
	struct single *singles;   /* never moved: connections point into it */
	struct connection **list; /* the whole, then the singles */
	size_t single_count;

	struct loop *loop;
	bool made;      /* the singles are started, or there are none */
	size_t missing; /* singles without a result */
	size_t open;    /* singles that are not shut */
	bool taken;     /* result and results are filled */
	void (*changed)(void *context);
	void *context;

	struct result result;
	struct single_result *results;
};

static void on_change(void *context);

struct each *each_new(struct connection *whole, const struct stack *stack,
		      const struct options *options, const struct target *peer,
		      const struct target *local, struct timeline *timeline)
{
	struct each *e = xcalloc(1, sizeof(*e));

	e->whole = whole;
	e->stack = stack;
	e->given = options;
	e->peer = peer;
	e->given_local = local;
	e->timeline = timeline;
	e->list = xcalloc(1, sizeof(*e->list));
	e->list[0] = whole;
	connection_on_change(whole, on_change, e);
	return e;
}

void each_free(struct each *e)
{
	if (!e)
		return;
	connection_on_change(e->whole, NULL, NULL);
	for (size_t i = 0; i < e->single_count; i++) {
		connection_free(e->list[1 + i]);
		target_free(&e->singles[i].peer);
	}
	target_free(&e->local);
	free(e->singles);
	free(e->list);
	free(e->results);
	finding_keep(&e->result.advice, &finding_none);
	free(e);
}

/* --- Running --------------------------------------------------------------------------------- */

/* A single attempt is one handshake. */
static void choose_options(struct each *e)
{
	e->options = *e->given;
	e->options.blocking = false;
	e->options.no_probe = true;
	e->options.no_routes = true;
	e->options.wait_us = 0;
	e->options.send_count = e->options.expect = 0;
	/* A server accepts one after the other. */
	e->options.at_once = 1 + (unsigned)e->peer->address_count;
	/* As in the whole, so that one lost INIT does not make an address look dead. */
	if (!e->options.rto_initial_ms)
		e->options.rto_initial_ms = CONNECT_RTO_INITIAL_SEVERAL_MS;
}

static void on_single(void *context);

static struct connection *new_single(struct each *e, size_t i)
{
	struct single *s = &e->singles[i];
	char text[ADDRESS_TEXT_MAX];

	target_pick(&s->peer, e->peer, i, 1, e->peer->port);
	snprintf(s->label, sizeof(s->label),
		 "%s alone: ", address_host_text(&e->peer->addresses[i].address, text));
	s->timeline = (struct timeline){
		.start_us = e->timeline->start_us,
		.verbose = e->timeline->verbose,
		.label = s->label,
	};
	s->each = e;
	s->connection = connection_new(e->stack, 0, &e->options, &s->peer, &e->local, &s->timeline);
	connection_on_change(s->connection, on_single, s);
	return s->connection;
}

/* If no address can be tried, the whole reports that once. */
static bool can_try(const struct each *e)
{
	const struct result *whole = connection_result(e->whole);

	return e->stack && whole->word != RESULT_UNSUPPORTED && whole->word != RESULT_UNRESOLVED &&
	       whole->status != STATUS_USAGE;
}

/* With one address, the whole has already tried it alone. */
static void make_singles(struct each *e)
{
	size_t count = e->peer->address_count;

	if (count < 2 || !can_try(e))
		return;
	choose_options(e);
	(void)descriptors_make_room(1 + count);
	target_pick(&e->local, e->given_local, 0, e->given_local->address_count, 0);
	e->singles = xcalloc(count, sizeof(*e->singles));
	e->list = xreallocarray(e->list, 1 + count, sizeof(*e->list));
	for (; e->single_count < count; e->single_count++)
		e->list[1 + e->single_count] = new_single(e, e->single_count);
}

static void take_result(struct single_result *single, const struct result *result,
			const struct target_address *address)
{
	*single = (struct single_result){
		.address = address->address,
		.host = address->host,
		.word = result->word,
		.error = result->error,
		.connect_us = result->connect_us,
		.cause = result->cause,
	};
}

/* The whole had its result before the signal, which ended the attempts of single addresses. */
static void take_signal(struct result *result, int signal)
{
	if (result->signal || !signal)
		return;
	result->signal = signal;
	result->status = STATUS_SIGNAL + signal;
	if (result->cause.code == FINDING_NONE)
		result->cause = (struct finding){ .code = FINDING_INTERRUPTED,
						  .basis = BASIS_CALL,
						  .flags = FINDING_UP | FINDING_EACH,
						  .signal = signal };
}

static void take_results(struct each *e)
{
	const struct result *whole = connection_result(e->whole);

	e->results = xcalloc(e->single_count + 1, sizeof(*e->results));
	for (size_t i = 0; i < e->single_count; i++) {
		const struct result *single = connection_result(e->list[1 + i]);

		take_result(&e->results[i], single, &e->peer->addresses[i]);
		take_signal(&e->result, single->signal);
	}
	e->result.each = e->results;
	e->result.each_count = e->single_count;
	if (e->peer->address_count == 1 && can_try(e)) {
		take_result(&e->results[0], whole, &e->peer->addresses[0]);
		e->result.each_count = 1;
	}
}

static void hint_each(struct result *result);
static void mark_other_endpoints(struct result *result);

static void start_singles(struct each *e)
{
	bool after = e->given->blocking || e->given->wait_us;

	if (e->made || !(after ? connection_has_result : connection_has_called)(e->whole))
		return;
	e->made = true;
	if (connection_result(e->whole)->signal)
		return;
	make_singles(e);
	e->missing = e->open = e->single_count;
	for (size_t i = 0; i < e->single_count; i++)
		connection_start(e->singles[i].connection, e->loop);
}

static void on_change(void *context)
{
	struct each *e = context;

	start_singles(e);
	if (!e->taken && e->made && !e->missing && connection_has_result(e->whole)) {
		e->taken = true;
		e->result = *connection_result(e->whole);
		e->result.advice = NULL;
		finding_keep(&e->result.advice, finding_kept(connection_result(e->whole)->advice));
		take_results(e);
		hint_each(&e->result);
		mark_other_endpoints(&e->result);
	}
	if (e->changed)
		e->changed(e->context);
}

/* It comes to its result first; from then on it may be shut. */
static void on_single(void *context)
{
	struct single *s = context;
	struct each *e = s->each;

	if (!s->had && connection_has_result(s->connection)) {
		s->had = true;
		e->missing--;
	}
	if (s->had && !s->shut && connection_is_shut(s->connection)) {
		s->shut = true;
		e->open--;
	}
	on_change(e);
}

void each_on_change(struct each *e, void (*changed)(void *context), void *context)
{
	e->changed = changed;
	e->context = context;
}

void each_start(struct each *e, struct loop *loop)
{
	e->loop = loop;
	connection_start(e->whole, loop);
}

bool each_has_result(const struct each *e)
{
	return e->taken;
}

void each_interrupt(struct each *e, int signal, int error)
{
	for (size_t i = 0; i < 1 + e->single_count; i++)
		connection_interrupt(e->list[i], signal, error);
}

void each_run(struct each *e)
{
	struct loop *loop = loop_new();
	int64_t begun_us = loop_now_us();

	each_start(e, loop);
	while (!each_has_result(e)) {
		int rc;

		if (e->missing && connection_has_result(e->whole) &&
		    loop_now_us() - begun_us >= TIMELINE_PROGRESS_AFTER_US)
			timeline_progress(e->timeline, "waiting for %zu more ...", e->missing);
		rc = loop_turn(loop);
		if (rc < 0)
			each_interrupt(e, loop_take_signal(), -rc);
	}
	timeline_clear(e->timeline);
	loop_free(loop);
}

const struct result *each_result(const struct each *e)
{
	return &e->result;
}

void each_shut(struct each *e, struct loop *loop)
{
	for (size_t i = 0; i < e->single_count; i++)
		connection_shut(e->singles[i].connection, loop);
}

bool each_is_shut(const struct each *e)
{
	return !e->open;
}

void each_close(struct each *e)
{
	if (e)
		close_connections(e->list + 1, e->single_count, e->timeline);
}

/* --- What it says together with the whole ---------------------------------------------------- */

/* The same with another code. */
static void advise(struct result *result, enum finding_code code)
{
	struct finding advice = *finding_kept(result->advice);

	advice.code = code;
	finding_keep(&result->advice, &advice);
}

/* The peer did not list the address: if it accepts alone, there are two endpoints. */
static void mark_other_endpoints(struct result *result)
{
	struct association *a = &result->association;

	if (result->each_count && finding_kept(result->advice)->code == FINDING_NOT_LISTED)
		advise(result, FINDING_NONE);
	for (size_t i = 0; i < result->each_count && i < a->path_count; i++) {
		struct finding *cause = &a->paths[i].cause;

		if (cause->code != FINDING_NOT_LISTED)
			continue;
		cause->flags |= FINDING_EACH;
		if (result->each[i].word != RESULT_CONNECTED)
			continue;
		cause->code = FINDING_OTHER_ENDPOINT;
		if (!result->advice)
			finding_keep(&result->advice, cause);
	}
}

/*
 * If this host could not try at all, the existing hint is better; so it is if the peer had
 * accepted, as it does each address alone.
 */
static void hint_each(struct result *result)
{
	size_t accepting = singles_count(result, RESULT_CONNECTED);

	if (result->each_count < 2 || result_is_up(result->word) || result->status == STATUS_HOST)
		return;
	if (accepting == result->each_count && result->word == RESULT_ABORTED)
		return;
	if (accepting)
		advise(result, accepting == result->each_count ? FINDING_ALL_ACCEPT_ALONE
							       : FINDING_SOME_ACCEPT_ALONE);
	else if (!result->signal && (result->word == RESULT_REFUSED ||
				     singles_count(result, result->word) < result->each_count))
		advise(result, FINDING_NONE_ACCEPTS_ALONE);
}
