/* SPDX-License-Identifier: MIT */
/*
 * --each against scripted stacks: script 0 is for the whole, then one for each address, in order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/timeline.h"
#include "engine/each.h"
#include "engine/run.h"
#include "options.h"
#include "said.h"
#include "fake_host.h"
#include "fake_loop.h"
#include "fake_output.h"
#include "fake_scripts.h"
#include "base/loop.h"

#define SEC        ((int64_t)USEC_PER_SEC)
#define TIMEOUT_US (5 * SEC) /* the default of -w */

#define MANY     100
#define ARGS_MAX (2 * MANY + 8)

/* --- The host: what the name server says ----------------------------------------------------- */

/* How many names were looked up, by processes of their own. */
static unsigned *lookups;

/*
 * It comes before libc's: no test asks a name server. "peer.example" is 10.1.1.2, 10.1.2.2 and
 * 10.1.3.2, "any.example" no address of a peer.
 */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
		struct addrinfo **found)
{
	static struct sockaddr_in sin[3];
	static struct addrinfo ai[3];
	bool peer = !strcmp(name, "peer.example");

	(void)service;
	(void)hints;
	++*lookups;
	if (!peer && strcmp(name, "any.example") != 0)
		return EAI_NONAME;
	for (size_t i = 0; i < 3; i++) {
		uint32_t number = peer ? 0x0a010102 + (uint32_t)i * 0x100 : INADDR_ANY;

		sin[i] = (struct sockaddr_in){ .sin_family = AF_INET,
					       .sin_addr.s_addr = htonl(number) };
		ai[i] = (struct addrinfo){ .ai_family = AF_INET,
					   .ai_addr = (struct sockaddr *)&sin[i],
					   .ai_addrlen = sizeof(sin[i]),
					   .ai_next = i < 2 ? &ai[i + 1] : NULL };
	}
	*found = ai;
	return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
	(void)list;
}

/* --- The bench ------------------------------------------------------------------------------- */

static struct {
	char *argv[ARGS_MAX];
	struct options options;
	struct target peer;
	struct target local;
	struct timeline timeline;
	struct connection *whole;
	struct each *each;
	int64_t took_us;
	int64_t hold_us; /* --hold */
} bench;

static void take_down(void)
{
	each_free(bench.each);
	connection_free(bench.whole);
	target_free(&bench.peer);
	target_free(&bench.local);
	options_free(&bench.options);
	memset(&bench, 0, sizeof(bench));
	memset(&fake_host, 0, sizeof(fake_host));
	*lookups = 0;
}

static int setup(void **state)
{
	(void)state;
	take_down();
	fake_loop_reset();
	fake_stack_reset(NULL, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	take_down();
	fake_stack_reset(NULL, 0);
	return 0;
}

/* args ends in NULL. */
static void prepare(const char *const args[], const struct stack *stack,
		    const struct fake_script *scripts, size_t count)
{
	static char name[] = "sctp-connect";
	struct message why = { "" };
	int argc = 0;

	fake_stack_reset(scripts, count);
	bench.argv[argc++] = name;
	while (*args)
		bench.argv[argc++] = (char *)(uintptr_t)*args++;
	if (options_parse(&bench.options, argc, bench.argv, &why) != STATUS_OK ||
	    settings_peer(&bench.options, &bench.peer, &why) != STATUS_OK ||
	    settings_local(&bench.options, &bench.local, &why) != STATUS_OK)
		fail_msg("%s", why.text);
	bench.options.hold_us = bench.hold_us;
	bench.timeline.start_us = loop_now_us();
	bench.whole = connection_new(stack, stack ? 0 : EPROTONOSUPPORT, &bench.options,
				     &bench.peer, &bench.local, &bench.timeline);
	bench.each = each_new(bench.whole, stack, &bench.options, &bench.peer, &bench.local,
			      &bench.timeline);
}

static const struct result *run(void)
{
	int64_t begun_us = loop_now_us();

	each_run(bench.each);
	bench.took_us = loop_now_us() - begun_us;
	return each_result(bench.each);
}

#define ARGS(...) LIST(char *const, __VA_ARGS__, NULL)

/* scripts is an array in scope. */
#define RUN(scripts, ...) \
	(prepare(ARGS(__VA_ARGS__), &fake_stack, scripts, ARRAY_SIZE(scripts)), run())

#define TWO   "-e", "-a", "10.1.1.2:5000", "-a", "10.1.2.2"
#define THREE TWO, "-a", "10.1.3.2"

/* "refused connected": what each said. */
static void assert_each(const struct result *result, const char *expected)
{
	char words[512] = "";

	assert_non_null(result->each);
	for (size_t i = 0; i < result->each_count; i++) {
		strcat(words, i ? " " : "");
		strcat(words, result_name(result->each[i].word));
	}
	assert_string_equal(words, expected);
}

static void close_all(void)
{
	each_close(bench.each);
	close_connections(&bench.whole, 1, &bench.timeline);
}

/* The singles that are up close at once, then the whole does, and nothing stays. */
static void assert_closes(size_t up)
{
	bool whole = result_is_up(connection_result(bench.whole)->word);
	int64_t begun_us = loop_now_us();

	assert_int_equal(fake_stack_open_count(), up);
	close_all();
	assert_int_equal(fake_stack_open_count(), 0);
	assert_int_equal(loop_now_us() - begun_us, (whole + (up > whole)) * 10 * MSEC);
	for (size_t i = 0; i < fake_stack_count(); i++)
		assert_int_equal(fake_stack_record(i)->aborted, !fake_stack_record(i)->shutdowns);
}

static void assert_tried(size_t n, const char *expected)
{
	const struct fake_record *r = fake_stack_record(n);
	char text[ADDRESS_TEXT_MAX];

	assert_int_equal(r->peer_count, 1);
	assert_string_equal(address_text(&r->peers[0], text), expected);
}

/* --- Side by side ---------------------------------------------------------------------------- */

static void one_refuses_and_one_accepts(void **state)
{
	const struct fake_script scripts[] = { REFUSES(MSEC), REFUSES(2 * MSEC), UP(3 * MSEC) };
	const struct result *result = RUN(scripts, TWO);
	const struct single_result *each = result->each;

	(void)state;
	assert_int_equal(result->word, RESULT_REFUSED);
	assert_int_equal(result->status, STATUS_NOT_CONNECTED);
	assert_string_equal(said_hint(result).text,
			    "10.1.2.2 alone accepts: leave out 10.1.1.2, which refuses");
	assert_each(result, "refused connected");
	assert_int_equal(each[0].error, ECONNREFUSED);
	assert_int_equal(each[0].connect_us, 2 * MSEC);
	assert_non_null(strstr(said_alone(&each[0]).text, "answered ABORT"));
	assert_int_equal(each[1].error, 0);
	assert_int_equal(each[1].connect_us, 3 * MSEC);
	assert_string_equal(said_alone(&each[1]).text, "");
	assert_null(each[1].host);
	assert_int_equal(bench.took_us, 3 * MSEC);
	assert_int_equal(fake_stack_count(), 3);
	assert_tried(1, "10.1.1.2:5000");
	assert_tried(2, "10.1.2.2:5000");
	assert_true(address_equal(&each[0].address, &fake_stack_record(1)->peers[0]));
	assert_int_equal(address_port(&each[1].address), 5000);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(fake_stack_record(i)->connected_us,
				 fake_stack_record(0)->opened_us);
	assert_closes(1);
}

static void as_long_as_the_slowest(void **state)
{
	const struct fake_script scripts[] = { UP(2 * MSEC), REFUSES(MSEC), UP(600 * MSEC),
					       SILENT };
	const struct result *result = RUN(scripts, "-w", "700ms", THREE);

	(void)state;
	assert_int_equal(result->word, RESULT_CONNECTED);
	assert_int_equal(result->status, STATUS_OK);
	assert_string_equal(said_hint(result).text, "");
	assert_each(result, "refused connected timeout");
	assert_int_equal(result->each[1].connect_us, 600 * MSEC);
	assert_int_equal(result->each[2].connect_us, 700 * MSEC);
	assert_int_equal(result->each[2].error, ETIMEDOUT);
	assert_string_equal(said_alone(&result->each[2]).text, "no answer to INIT within 700 ms");
	assert_int_equal(bench.took_us, 700 * MSEC);
	assert_closes(2);
}

/* The whole may be the slowest, too: it is asked for its paths as ever, the others are not. */
static void the_whole_is_probed(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(AT(MSEC, .type = EVENT_UP)), CLOSING(AT(10 * MSEC, .type = EVENT_CLOSED)),
		  .heartbeats = LIST(struct fake_heartbeat, { .path = 1, .after_us = FAKE_NEVER }),
		  .heartbeat_count = 1 },
		UP(MSEC),
		UP(MSEC),
	};
	const struct result *result = RUN(scripts, TWO, "-R", "all");

	(void)state;
	assert_int_equal(result->word, RESULT_DEGRADED);
	assert_int_equal(result->status, STATUS_DEGRADED);
	assert_each(result, "connected connected");
	assert_int_equal(bench.took_us, SEC + MSEC);
	assert_true(fake_stack_record(0)->heartbeats > 0);
	assert_int_equal(fake_stack_record(1)->heartbeats, 0);
	assert_int_equal(fake_stack_record(2)->heartbeats, 0);
	assert_closes(3);
}

/* The server accepts one after the other, so they stay for longer than the report needs. */
static void they_stay_until_all_may_be_accepted(void **state)
{
	const struct fake_script up = UP(10 * MSEC);
	struct fake_script scripts[1 + 9];
	const struct {
		size_t singles;
		int64_t signal_us, stay_us;
	} cases[] = { { 2, 0, 600 * MSEC }, { 9, 0, SEC }, { 9, 50 * MSEC, SEC } };
	const char *const names[] = { "10.1.1.1:5000", "10.1.1.2", "10.1.1.3",
				      "10.1.1.4",      "10.1.1.5", "10.1.1.6",
				      "10.1.1.7",      "10.1.1.8", "10.1.1.9" };
	const char *args[ARGS_MAX] = { "-e" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++)
		scripts[i] = up;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t begun_us = loop_now_us();
		size_t n = cases[i].singles;

		for (size_t j = 0; j < n; j++) {
			args[1 + 2 * j] = "-a";
			args[2 + 2 * j] = names[j];
		}
		bench.hold_us = 200 * MSEC;
		prepare(args, &fake_stack, scripts, 1 + n);
		bench.options.no_probe = true;
		if (cases[i].signal_us)
			fake_loop_signal(cases[i].signal_us, SIGINT);
		run();
		assert_int_equal(bench.took_us, cases[i].signal_us ? 50 * MSEC : 210 * MSEC);
		close_all();
		for (size_t j = 1; j <= n; j++)
			assert_int_equal(fake_stack_record(j)->shutdown_us - begun_us,
					 10 * MSEC + cases[i].stay_us);
		take_down();
	}
}

static void a_hundred(void **state)
{
	const struct fake_script kinds[] = {
		UP(2 * MSEC), REFUSES(MSEC), SILENT, { .open_error = EMFILE }
	};
	static const enum result_word words[] = { RESULT_CONNECTED, RESULT_REFUSED, RESULT_TIMEOUT,
						  RESULT_FAILED };
	struct fake_script scripts[1 + MANY] = { REFUSES(MSEC) };
	const char *args[2 + 2 * MANY] = { "-e" };
	char text[MANY][32];
	const struct result *result;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		snprintf(text[i], sizeof(text[i]), "10.1.%zu.2:5000", i);
		args[1 + 2 * i] = "-a";
		args[2 + 2 * i] = text[i];
		scripts[1 + i] = kinds[i % ARRAY_SIZE(kinds)];
	}
	prepare(args, &fake_stack, scripts, ARRAY_SIZE(scripts));
	result = run();
	assert_int_equal(result->each_count, MANY);
	for (size_t i = 0; i < MANY; i++) {
		char shown[ADDRESS_TEXT_MAX];

		assert_int_equal(result->each[i].word, words[i % ARRAY_SIZE(words)]);
		assert_string_equal(address_text(&result->each[i].address, shown), text[i]);
	}
	assert_string_equal(said_hint(result).text,
			    "10.1.0.2, 10.1.4.2, 10.1.8.2 and 22 more alone accept: leave out "
			    "10.1.1.2, 10.1.5.2, 10.1.9.2 and 22 more, which refuse");
	assert_int_equal(bench.took_us, TIMEOUT_US);
	/* Each looks at SO_ERROR less and less often, and those that wait do so together. */
	assert_in_range(fake_loop_waits(), 130, 160);
	assert_closes(MANY / 4);
}

static void a_name_with_several_addresses(void **state)
{
	const struct fake_script scripts[] = { REFUSES(MSEC), REFUSES(MSEC), UP(MSEC), UP(MSEC) };
	const struct result *result = RUN(scripts, "-e", "-a", "peer.example:5000");

	(void)state;
	assert_each(result, "refused connected connected");
	assert_tried(1, "10.1.1.2:5000");
	assert_tried(2, "10.1.2.2:5000");
	assert_tried(3, "10.1.3.2:5000");
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(result->each[i].host, "peer.example");
	assert_int_equal(*lookups, 1);
	assert_closes(2);
}

static void no_route_to_one(void **state)
{
	const struct fake_script scripts[] = { UP(MSEC), UP(MSEC), SILENT };
	const struct result *result;

	(void)state;
	fake_host.no_route[0] = "10.1.2.2";
	result = RUN(scripts, TWO);
	assert_each(result, "connected unreachable");
	assert_int_equal(result->each[1].error, ENETUNREACH);
	assert_string_equal(said_alone(&result->each[1]).text, "this host has no route to it");
	assert_in_range(bench.took_us, MSEC, 2 * MSEC);
	assert_closes(2);
}

/* --- What is tried, and what is not ----------------------------------------------------------- */

/* It is alone already: what the whole says is what it says. */
static void one_address(void **state)
{
	const struct fake_script scripts[] = { REFUSES(MSEC) };
	const struct result *result = RUN(scripts, "-e", "-a", "10.1.1.2:5000");

	(void)state;
	assert_int_equal(fake_stack_count(), 1);
	assert_each(result, "refused");
	assert_int_equal(result->each[0].error, ECONNREFUSED);
	assert_int_equal(result->each[0].connect_us, MSEC);
	assert_string_equal(said_alone(&result->each[0]).text, said_reason(result).text);
	assert_closes(0);
}

/* The whole says once what keeps all of them from being tried. */
static void nothing_to_try(void **state)
{
	const struct fake_script unsupported[] = { { .open_error = EPROTONOSUPPORT } };
	const struct result *result;

	(void)state;
	prepare(ARGS(TWO), NULL, NULL, 0);
	result = run();
	assert_int_equal(result->word, RESULT_UNSUPPORTED);
	assert_each(result, "");
	take_down();

	result = RUN(unsupported, TWO);
	assert_int_equal(result->word, RESULT_UNSUPPORTED);
	assert_each(result, "");
	take_down();

	prepare(ARGS("-e", "-a", "gone.example:5000"), &fake_stack, NULL, 0);
	result = run();
	assert_int_equal(result->word, RESULT_UNRESOLVED);
	assert_each(result, "");
	take_down();

	prepare(ARGS(TWO, "-b", "gone.example"), &fake_stack, NULL, 0);
	result = run();
	assert_int_equal(result->word, RESULT_UNRESOLVED);
	assert_each(result, "");
	take_down();

	prepare(ARGS("-e", "-a", "any.example:5000"), &fake_stack, NULL, 0);
	result = run();
	assert_int_equal(result->status, STATUS_UNRESOLVED);
	assert_each(result, "");
}

/* A port that the user wants to leave from is the whole's: it cannot be bound twice. */
static void a_fixed_local_port(void **state)
{
	const struct fake_script scripts[] = { { .open_error = EADDRINUSE,
						 .fault = { .call = "sctp_bindx", .binds = true } },
					       REFUSES(MSEC),
					       UP(MSEC) };
	const struct result *result = RUN(scripts, TWO, "-b", "10.1.1.1:7000", "-b", "10.1.2.1");
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	assert_int_equal(result->error, EADDRINUSE);
	assert_non_null(strstr(said_hint(result).text, "ss -Sanp"));
	assert_each(result, "refused connected");
	for (size_t i = 0; i < 2; i++) {
		const struct stack_config *config = &fake_stack_record(i)->config;

		assert_int_equal(config->local_count, 2);
		assert_string_equal(address_text(&config->local[0], text), "10.1.1.1:0");
		assert_string_equal(address_text(&config->local[1], text), "10.1.2.1:0");
	}
	assert_closes(1);
}

static void options_of_a_single(void **state)
{
	const struct fake_script scripts[] = { UP(MSEC), UP(MSEC), UP(MSEC) };
	const struct stack_config *config;

	(void)state;
	RUN(scripts, TWO, "-m", "-O", "7", "-I", "8", "-u", "9899", "--init-attempts", "3");
	config = &fake_stack_record(2)->config;
	assert_int_equal(config->style, STACK_ONE_TO_MANY);
	assert_int_equal(config->out_streams, 7);
	assert_int_equal(config->max_in_streams, 8);
	assert_int_equal(config->udp.remote, 9899);
	assert_int_equal(config->init_attempts, 3);
	assert_int_equal(config->rto_initial_ms, 240);
	assert_int_equal(fake_stack_record(0)->config.rto_initial_ms, 240);
	take_down();
	RUN(scripts, TWO, "--rto-initial", "40ms");
	assert_int_equal(fake_stack_record(1)->config.rto_initial_ms, 40);
}

/* --- In turn --------------------------------------------------------------------------------- */

static void after_a_blocking_call(void **state)
{
	const struct fake_script scripts[] = { UP(300 * MSEC), REFUSES(MSEC), UP(400 * MSEC) };
	const struct result *result = RUN(scripts, TWO, "-B", "--no-probe");

	(void)state;
	assert_int_equal(result->word, RESULT_CONNECTED);
	assert_true(result->blocking);
	assert_each(result, "refused connected");
	assert_true(fake_stack_record(0)->blocking);
	for (size_t i = 1; i <= 2; i++) {
		assert_false(fake_stack_record(i)->blocking);
		assert_int_equal(fake_stack_record(i)->opened_us,
				 fake_stack_record(0)->connected_us + 300 * MSEC);
	}
	assert_int_equal(bench.took_us, 700 * MSEC);
	assert_closes(2);
}

/* What counts is what they say when the waiting is over; -w is for each of them then. */
static void after_the_last_try(void **state)
{
	const struct fake_script scripts[] = { REFUSES(MSEC), REFUSES(MSEC), UP(MSEC), UP(2 * MSEC),
					       SILENT };
	const struct result *result = RUN(scripts, TWO, "-W", "10s", "-w", "1s", "--no-probe");

	(void)state;
	assert_int_equal(result->word, RESULT_CONNECTED);
	assert_int_equal(result->tries, 3);
	assert_each(result, "connected timeout");
	assert_int_equal(fake_stack_count(), 5);
	assert_int_equal(bench.took_us, 2 * (MSEC + 250 * MSEC) + MSEC + SEC);
	assert_closes(2);
}

/* --- Signals --------------------------------------------------------------------------------- */

static void a_signal_tells_what_is_known(void **state)
{
	const struct fake_script scripts[] = { SILENT, UP(MSEC), REFUSES(MSEC), SILENT };
	const struct fake_script unheard[] = { SILENT, REFUSES(MSEC), SILENT };
	const struct result *result;

	(void)state;
	prepare(ARGS(THREE), &fake_stack, scripts, ARRAY_SIZE(scripts));
	fake_loop_signal(70 * MSEC, SIGINT);
	result = run();
	assert_int_equal(result->status, STATUS_SIGNAL + SIGINT);
	assert_each(result, "connected refused failed");
	assert_int_equal(result->each[2].error, EINTR);
	assert_string_equal(said_alone(&result->each[2]).text,
			    "ended by SIGINT after 70.0 ms, with no answer until then");
	assert_string_equal(said_hint(result).text,
			    "10.1.1.2 alone accepts: leave out 10.1.2.2, which refuses");
	assert_int_equal(bench.took_us, 70 * MSEC);
	assert_closes(1);
	take_down();

	/* One that was not heard out may accept after all. */
	prepare(ARGS(TWO), &fake_stack, unheard, ARRAY_SIZE(unheard));
	fake_loop_signal(70 * MSEC, SIGINT);
	result = run();
	assert_each(result, "refused failed");
	assert_string_equal(said_hint(result).text, "");
}

static void a_signal_before_their_turn(void **state)
{
	const struct fake_script scripts[] = { SILENT };
	const struct result *result;

	(void)state;
	prepare(ARGS(TWO, "-B"), &fake_stack, scripts, 1);
	fake_loop_signal(70 * MSEC, SIGTERM);
	result = run();
	assert_int_equal(result->status, STATUS_SIGNAL + SIGTERM);
	assert_each(result, "");
	assert_string_equal(said_hint(result).text, "");
	assert_int_equal(fake_stack_count(), 1);
	assert_closes(0);
}

static void a_signal_in_their_turn(void **state)
{
	const struct fake_script scripts[] = { UP(MSEC), SILENT, UP(MSEC) };
	const struct result *result;

	(void)state;
	prepare(ARGS(TWO, "-B", "--no-probe"), &fake_stack, scripts, ARRAY_SIZE(scripts));
	fake_loop_signal(70 * MSEC, SIGTERM);
	result = run();
	assert_int_equal(result->status, STATUS_SIGNAL + SIGTERM);
	assert_int_equal(result->signal, SIGTERM);
	assert_non_null(strstr(said_reason(result).text, "while addresses were tried alone"));
	assert_each(result, "failed connected");
	assert_closes(2);
}

/* --- Hints ----------------------------------------------------------------------------------- */

static void every_hint(void **state)
{
	const struct {
		struct fake_script scripts[4];
		const char *hint;
	} cases[] = {
		{ { REFUSES(MSEC), UP(MSEC), REFUSES(MSEC), UP(MSEC) },
		  "10.1.1.2 and 10.1.3.2 alone accept: leave out 10.1.2.2, which refuses" },
		{ { REFUSES(MSEC), REFUSES(MSEC), SILENT, UP(MSEC) },
		  "10.1.3.2 alone accepts: leave out 10.1.1.2, which refuses" },
		{ { REFUSES(MSEC), REFUSES(MSEC), REFUSES(MSEC), UP(MSEC) },
		  "10.1.3.2 alone accepts: leave out 10.1.1.2 and 10.1.2.2, which refuse" },
		{ { SILENT, SILENT, SILENT, UP(MSEC) },
		  "10.1.3.2 alone accepts: leave out the others" },
		{ { SILENT, UP(MSEC), SILENT, UP(MSEC) },
		  "10.1.1.2 and 10.1.3.2 alone accept: leave out the other" },
		{ { REFUSES(MSEC), UP(MSEC), UP(MSEC), UP(MSEC) },
		  "every address accepts when tried alone: the failure may have been temporary" },
		{ { { EVENTS(AT(MSEC, .type = EVENT_UP),
			     AT(2 * MSEC, .type = EVENT_LOST, .error = ECONNRESET)) },
		    UP(MSEC),
		    UP(MSEC),
		    UP(MSEC) },
		  "the peer's log says why" },
		{ { REFUSES(MSEC), REFUSES(MSEC), REFUSES(MSEC), REFUSES(MSEC) },
		  "no address accepts when tried alone" },
		{ { SILENT, SILENT, SILENT, REFUSES(MSEC) },
		  "no address accepts when tried alone" },
		{ { SILENT, SILENT, SILENT, SILENT }, "nothing more is known" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct result *result;

		bench.hold_us = 10 * MSEC;
		result = RUN(cases[i].scripts, THREE);
		if (strncmp(said_hint(result).text, cases[i].hint, strlen(cases[i].hint)) != 0)
			fail_msg("case %zu: '%s', expected '%s'", i, said_hint(result).text,
				 cases[i].hint);
		close_all();
		take_down();
	}
}

/* --- What is told meanwhile ------------------------------------------------------------------ */

static const char *stderr_of_run(bool verbose)
{
	const struct fake_script scripts[] = { REFUSES(MSEC), SILENT, UP(700 * MSEC) };

	prepare(ARGS(TWO, "-w", "900ms"), &fake_stack, scripts, ARRAY_SIZE(scripts));
	bench.timeline.verbose = verbose;
	bench.timeline.progress = !verbose;
	fake_stderr_begin();
	run();
	close_all();
	take_down();
	return fake_stderr_end();
}

static void the_timeline_says_of_which(void **state)
{
	static const char *const parts[] = {
		" ms  event CANT_STR_ASSOC, association 3, ECONNREFUSED\n",
		" ms  10.1.2.2 alone: event COMM_UP, association 3\n",
		" ms  10.1.1.2 alone: timeout, ETIMEDOUT\n",
	};
	const char *text = stderr_of_run(true);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (!strstr(text, parts[i]))
			fail_msg("no '%s' in %s", parts[i], text);
}

static void the_progress_line(void **state)
{
	static const char clear[] = "\r\033[K";
	const char *text = stderr_of_run(false);

	(void)state;
	assert_non_null(strstr(text, "\rwaiting for 2 more ..."));
	assert_non_null(strstr(text, "\rwaiting for 1 more ..."));
	assert_true(strlen(text) > strlen(clear));
	assert_string_equal(text + strlen(text) - strlen(clear), clear);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_refuses_and_one_accepts),
		TEST(as_long_as_the_slowest),
		TEST(the_whole_is_probed),
		TEST(they_stay_until_all_may_be_accepted),
		TEST(a_hundred),
		TEST(a_name_with_several_addresses),
		TEST(no_route_to_one),
		TEST(one_address),
		TEST(nothing_to_try),
		TEST(a_fixed_local_port),
		TEST(options_of_a_single),
		TEST(after_a_blocking_call),
		TEST(after_the_last_try),
		TEST(a_signal_tells_what_is_known),
		TEST(a_signal_before_their_turn),
		TEST(a_signal_in_their_turn),
		TEST(every_hint),
		TEST(the_timeline_says_of_which),
		TEST(the_progress_line),
	};

	lookups = mmap(NULL, sizeof(*lookups), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	return cmocka_run_group_tests_name("each", tests, NULL, NULL);
}
