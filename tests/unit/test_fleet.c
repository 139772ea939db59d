/* SPDX-License-Identifier: MIT */
/* fleet.c against scripted stacks: the scripts are for the endpoints in the order of the calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/loop.h"
#include "engine/fleet.h"
#include "fake_host.h"
#include "fake_loop.h"
#include "fake_output.h"
#include "fake_scripts.h"
#include "options.h"

#define NO_DESCRIPTOR                \
	{                            \
		.open_error = EMFILE \
	}

#define TARGETS_MAX 300

static struct {
	char names[TARGETS_MAX][24];
	struct fleet_target targets[TARGETS_MAX];
	struct options kinds[TARGETS_MAX]; /* of each target */
	struct options options;            /* of the command line */
	struct timeline timeline;
	int64_t begun_us, took_us;
	bool shared;        /* endpoints */
	bool same_address;  /* all targets have it */
	size_t on_one_host; /* so many of the targets, the first ones */
	int write_error;
	char *out;
	size_t most_open; /* endpoints at the same time */
	size_t room;      /* for so many descriptors; 0: for any number */
	size_t no_room;   /* so often there was none */
	size_t may_share; /* so many of the targets, the first ones; 0: all */
} bench;

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < TARGETS_MAX; i++) {
		target_free(&bench.targets[i].peer);
		options_free(&bench.kinds[i]);
	}
	options_free(&bench.options);
	free(bench.out);
	memset(&bench, 0, sizeof(bench));
	memset(&fake_host, 0, sizeof(fake_host));
	fake_stack_reset(NULL, 0);
	return 0;
}

static int setup(void **state)
{
	teardown(state);
	fake_loop_reset();
	return 0;
}

static void parse(struct options *options, const char *const args[], char *address)
{
	char *argv[16] = { (char[]){ "sctp-connect" } };
	struct message why = { "" };
	int argc = 1;

	while (*args)
		argv[argc++] = (char *)(uintptr_t)*args++;
	argv[argc++] = address ? (char[]){ "-a" } : (char[]){ "-T" };
	argv[argc++] = address ? address : (char[]){ "list" };
	if (options_parse(options, argc, argv, &why) != STATUS_OK)
		fail_msg("%s", why.text);
	options->hold_us = 0;
	options->no_probe = !options->monitor;
	options->no_witness = true;
	options->one_to_one = !bench.shared;
}

static int open_counted(struct stack_endpoint **endpoint, const struct stack_config *config,
			struct stack_fault *fault)
{
	int rc;

	if (bench.room && fake_stack_descriptor_count() >= bench.room) {
		bench.no_room++;
		*fault = (struct stack_fault){ .call = "socket" };
		return -EMFILE;
	}
	rc = fake_stack.open(endpoint, config, fault);
	bench.most_open = MAX(bench.most_open, fake_stack_open_count());
	return rc;
}

/* count targets, all with these options; those of all targets were put into bench.options. */
static int run(const struct fake_script *scripts, size_t script_count, size_t count,
	       const char *const args[])
{
	static char addresses[TARGETS_MAX][32];
	struct reporter reporter = { .out = fake_output_open(), .write_error = &bench.write_error };
	struct stack stack = fake_stack;
	struct message why = { "" };
	int status;

	stack.open = open_counted;
	for (size_t i = 0; i < count; i++) {
		struct fleet_target *t = &bench.targets[i];

		snprintf(bench.names[i], sizeof(bench.names[i]), "t%zu", i);
		if (i < bench.on_one_host)
			snprintf(addresses[i], sizeof(addresses[i]), "10.2.0.1:%zu", 5000 + i);
		else if (bench.same_address)
			snprintf(addresses[i], sizeof(addresses[i]), "10.2.0.1:5000");
		else
			snprintf(addresses[i], sizeof(addresses[i]), "10.1.%zu.%zu:5000", i / 250,
				 1 + i % 250);
		t->name = bench.names[i];
		t->options = &bench.kinds[i];
		parse(t->options, args, addresses[i]);
		t->options->one_to_one |= bench.may_share && i >= bench.may_share;
		assert_int_equal(settings_peer(t->options, &t->peer, &why), STATUS_OK);
	}
	fake_stack_reset(scripts, script_count);
	bench.options.quiet = false;
	bench.begun_us = loop_now_us();
	status = fleet_run(&(struct fleet_config){ .stack = &stack,
						   .options = &bench.options,
						   .targets = bench.targets,
						   .count = count,
						   .reporter = &reporter,
						   .timeline = &bench.timeline });
	bench.took_us = loop_now_us() - bench.begun_us;
	bench.out = fake_output_close(reporter.out);
	assert_int_equal(fake_stack_open_count(), 0);
	return status;
}

#define ARGS(...)                ((const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })
#define OF_ALL(...)              parse(&bench.options, ARGS(__VA_ARGS__), NULL)
#define RUN(scripts, count, ...) run(scripts, ARRAY_SIZE(scripts), count, ARGS(__VA_ARGS__))

/* When the n-th call was made. */
static int64_t called_us(size_t n)
{
	return fake_stack_record(n)->connected_us - bench.begun_us;
}

static void assert_last_line(const char *expected)
{
	size_t length = strlen(bench.out), from = length - 1;

	while (from && bench.out[from - 1] != '\n')
		from--;
	assert_string_equal(bench.out + from, expected);
}

static void as_long_as_the_slowest(void **state)
{
	const struct fake_script scripts[] = { UP(2 * MSEC), REFUSES(MSEC), SILENT };

	(void)state;
	OF_ALL();
	assert_int_equal(RUN(scripts, 3, "-w", "700ms"), STATUS_NOT_CONNECTED);
	assert_int_equal(bench.took_us, 700 * MSEC);
	assert_int_equal(strncmp(bench.out, "t1  refused    ECONNREFUSED     1.0 ms", 38), 0);
	assert_non_null(strstr(bench.out, "\nt0  connected  1 path           2.0 ms\n"
					  "t2  timeout    ETIMEDOUT        700.0 ms"));
	assert_last_line("3 targets in 700.0 ms: 1 connected, 1 refused, 1 timeout\n");
	/* The one that came up was closed long before. */
	assert_int_equal(fake_stack_record(0)->shutdown_us - bench.begun_us, 2 * MSEC);
}

static void so_many_at_a_time(void **state)
{
	const struct fake_script scripts[] = { SILENT, REFUSES(100 * MSEC), SILENT, SILENT };

	(void)state;
	OF_ALL("-P", "2");
	assert_int_equal(RUN(scripts, 4, "-w", "700ms"), STATUS_NOT_CONNECTED);
	assert_int_equal(called_us(1), 0);
	assert_int_equal(called_us(2), 100 * MSEC);
	assert_int_equal(called_us(3), 700 * MSEC);
	assert_int_equal(bench.took_us, 1400 * MSEC);
}

static void so_many_a_second(void **state)
{
	const struct fake_script scripts[] = { REFUSES(MSEC), REFUSES(MSEC), REFUSES(MSEC) };

	(void)state;
	OF_ALL("--rate", "10");
	assert_int_equal(RUN(scripts, 3), STATUS_NOT_CONNECTED);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(called_us(i), (int64_t)i * 100 * MSEC);
}

/* The one for which there was no descriptor has its turn again, and fewer run from then on. */
static void a_shortage(void **state)
{
	const struct fake_script scripts[] = { UP(100 * MSEC), UP(200 * MSEC), NO_DESCRIPTOR,
					       UP(MSEC), UP(MSEC) };

	(void)state;
	OF_ALL();
	assert_int_equal(RUN(scripts, 4), STATUS_OK);
	assert_last_line("4 targets in 210.0 ms: 4 connected\n");
	/* Not before another one is shut: that was closed 10 ms after it had come up. */
	assert_int_equal(called_us(3), 11 * MSEC);
}

/* Nothing else runs, so it would be no better later. */
static void a_lack(void **state)
{
	const struct fake_script scripts[] = { NO_DESCRIPTOR, UP(MSEC) };

	(void)state;
	OF_ALL("-P", "1");
	assert_int_equal(RUN(scripts, 2), STATUS_HOST);
	assert_non_null(strstr(bench.out, "t0  failed     EMFILE"));
	assert_last_line("2 targets in 11.0 ms: 1 connected, 1 failed\n");
}

static void a_signal(void **state)
{
	const struct fake_script scripts[] = { UP(MSEC), SILENT, SILENT };

	(void)state;
	OF_ALL("-P", "2");
	fake_loop_signal(50 * MSEC, SIGINT);
	assert_int_equal(RUN(scripts, 5), STATUS_SIGNAL + SIGINT);
	assert_int_equal(bench.took_us, 50 * MSEC);
	assert_non_null(strstr(bench.out, "t1  failed     SIGINT"));
	assert_last_line("5 targets in 50.0 ms: 1 connected, 2 interrupted, 2 not tried\n");
}

/* --each: the addresses of one target are tried alone, while others go on. */
static void each_of_them(void **state)
{
	const struct fake_script scripts[] = { REFUSES(MSEC), REFUSES(MSEC), REFUSES(MSEC),
					       UP(MSEC),      UP(MSEC),      UP(MSEC) };

	(void)state;
	OF_ALL();
	assert_int_equal(RUN(scripts, 2, "-e", "-a", "10.2.0.1"), STATUS_NOT_CONNECTED);
	assert_int_equal(fake_stack_count(), 6);
	assert_last_line("2 targets in 11.0 ms: 1 connected, 1 refused\n");
}

/* However many: the silent ones cost one time-out together. */
static void many(void **state)
{
	static struct fake_script scripts[TARGETS_MAX]; /* all silent */

	(void)state;
	OF_ALL();
	assert_int_equal(RUN(scripts, TARGETS_MAX, "-w", "700ms"), STATUS_NOT_CONNECTED);
	assert_int_equal(bench.took_us, 700 * MSEC);
	assert_last_line("300 targets in 700.0 ms: 300 timeout\n");
}

/* After so many calls it reads what they have brought, before it makes more. */
static void in_bursts(void **state)
{
	static struct fake_script scripts[TARGETS_MAX];
	const struct fake_script refuses = REFUSES(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++)
		scripts[i] = refuses;
	OF_ALL();
	assert_int_equal(RUN(scripts, TARGETS_MAX), STATUS_NOT_CONNECTED);
	assert_in_range(bench.most_open, 50, 100);
	assert_last_line("300 targets in 0.0 ms: 300 refused\n");
}

/* One host gets 32 at once, and then 16 a millisecond, whether they have answers or not. */
static void one_host(void **state)
{
	static struct fake_script scripts[70]; /* all silent but two */

	(void)state;
	scripts[0] = (struct fake_script)REFUSES(10 * MSEC);
	scripts[1] = (struct fake_script)UP(20 * MSEC);
	bench.on_one_host = ARRAY_SIZE(scripts) - 1;
	OF_ALL();
	assert_int_equal(RUN(scripts, ARRAY_SIZE(scripts), "-w", "700ms"), STATUS_NOT_CONNECTED);
	/* The last one has another host, and comes at once. */
	assert_int_equal(called_us(31), 0);
	assert_int_equal(called_us(32), 0);
	assert_int_equal(fake_stack_record(32)->peers[0].v4.sin_addr.s_addr, htonl(0x0a010046));
	for (size_t i = 33; i < ARRAY_SIZE(scripts); i++)
		assert_in_range(called_us(i), (i - 32) * 125 / 2, (i - 32) * 125 / 2 + 600);
	assert_in_range(bench.took_us, 702 * MSEC, 703 * MSEC);
}

/* Each answer lets another one begin, however many came before. */
static void one_host_that_answers(void **state)
{
	static struct fake_script scripts[TARGETS_MAX];
	const struct fake_script refuses = REFUSES(10);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++)
		scripts[i] = refuses;
	bench.on_one_host = ARRAY_SIZE(scripts);
	OF_ALL();
	assert_int_equal(RUN(scripts, ARRAY_SIZE(scripts)), STATUS_NOT_CONNECTED);
	assert_int_equal(called_us(31), 0);
	assert_int_equal(called_us(32), 10);
	assert_int_equal(called_us(TARGETS_MAX - 1), TARGETS_MAX / 32 * 10);
}

/* Those that wait for their host were not tried. */
static void a_signal_while_they_wait(void **state)
{
	static struct fake_script scripts[40]; /* all silent */

	(void)state;
	bench.on_one_host = ARRAY_SIZE(scripts);
	OF_ALL();
	fake_loop_signal(3 * MSEC / 10, SIGINT);
	assert_int_equal(RUN(scripts, ARRAY_SIZE(scripts)), STATUS_SIGNAL + SIGINT);
	assert_last_line("40 targets in 0.3 ms: 32 interrupted, 8 not tried\n");
}

/*
 * --monitor: one that is lost comes back, after a pause, and each change is a line with its name.
 */
static void lost_and_back(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(AT(MSEC, .type = EVENT_UP),
			 AT(1500 * MSEC, .type = EVENT_LOST, .error = ECONNRESET)) },
		UP(MSEC),
	};

	(void)state;
	OF_ALL("-M4s");
	assert_int_equal(RUN(scripts, 1, "-M4s"), STATUS_NOT_CONNECTED);
	assert_int_equal(fake_stack_count(), 2);
	assert_in_range(called_us(1), 1500 * MSEC + 750 * MSEC, 1500 * MSEC + 1250 * MSEC);
	assert_int_equal(strncmp(bench.out, "t0  connected", 13), 0);
	assert_non_null(strstr(bench.out, "  t0  lost"));
	assert_non_null(strstr(bench.out, "\nt0  connected"));
	assert_non_null(strstr(bench.out, "\nt0  end "));
	/* From then on it is monitored for that time. */
	assert_in_range(bench.took_us, called_us(1) + 4000 * MSEC, called_us(1) + 4050 * MSEC);
	assert_non_null(strstr(bench.out, " s: 1 connected\n"));
}

/* The pauses double, and the same result is not told again. */
static void refused_again_and_again(void **state)
{
	const struct fake_script scripts[] = { REFUSES(MSEC), REFUSES(MSEC), REFUSES(MSEC),
					       UP(MSEC) };
	const char *line;

	(void)state;
	OF_ALL("-M10s");
	assert_int_equal(RUN(scripts, 1, "-M10s"), STATUS_NOT_CONNECTED);
	assert_in_range(called_us(1), 750 * MSEC, 1260 * MSEC);
	assert_in_range(called_us(2) - called_us(1), 1500 * MSEC, 2510 * MSEC);
	assert_in_range(called_us(3) - called_us(2), 3000 * MSEC, 5010 * MSEC);
	line = strstr(bench.out, "t0  refused");
	assert_non_null(line);
	assert_null(strstr(line + 1, "t0  refused"));
	assert_non_null(strstr(line, "\nt0  connected"));
}

/* ^C is the usual end: the status is that of the targets. */
static void monitor_until_signal(void **state)
{
	const struct fake_script scripts[] = { UP(MSEC), UP(MSEC) };

	(void)state;
	OF_ALL("-M");
	fake_loop_signal(2500 * MSEC, SIGINT);
	assert_int_equal(RUN(scripts, 2, "-M"), STATUS_OK);
	assert_last_line("2 targets in 2.5 s: 2 connected\n");
}

/* --- Shared endpoints ------------------------------------------------------------------------- */

#define ABORTED_BY_PEER(us)                                                                  \
	{                                                                                    \
		EVENTS(AT(us, .type = EVENT_FAILED, .error = ECONNREFUSED, .aborted = true)) \
	}

/* One for all with the same options. */
static void one_endpoint_for_many(void **state)
{
	const struct fake_script up = UP(2 * MSEC), refuses = ABORTED_BY_PEER(MSEC);
	static struct fake_script scripts[100];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++)
		scripts[i] = i % 3 ? up : refuses;
	bench.shared = true;
	OF_ALL();
	assert_int_equal(RUN(scripts, ARRAY_SIZE(scripts)), STATUS_NOT_CONNECTED);
	assert_int_equal(fake_stack_count(), ARRAY_SIZE(scripts));
	assert_int_equal(fake_stack_shared_count(), 1);
	assert_int_equal(fake_stack_record(1)->shutdowns, 1);
	assert_false(fake_stack_record(1)->aborted);
	assert_last_line("100 targets in 12.0 ms: 66 connected, 34 refused\n");
}

/* The stack does not say that it was an ABORT: an endpoint of its own shows what it was. */
static void a_second_look(void **state)
{
	const struct fake_script scripts[] = {
		REFUSES(MSEC),
		UP(2 * MSEC),
		{ EVENTS(AT(MSEC, .type = EVENT_FAILED, .error = ENOPROTOOPT)) },
	};

	(void)state;
	bench.shared = true;
	OF_ALL();
	assert_int_equal(RUN(scripts, 2), STATUS_NOT_CONNECTED);
	assert_int_equal(fake_stack_count(), 3);
	assert_int_equal(called_us(2), MSEC);
	assert_int_equal(fake_stack_record(2)->config.style, STACK_ONE_TO_ONE);
	assert_non_null(strstr(bench.out, "t0  refused    ENOPROTOOPT      2.0 ms"));
}

/* And when it is not up, though packets may have come: two targets may be one peer's, or an event
 * was lost. */
static void no_association(int64_t received, bool again)
{
	const struct fake_script scripts[] = {
		{ .pending_state = ASSOC_COOKIE_WAIT, .received = received },
		{ .pending_state = ASSOC_COOKIE_ECHOED, .received = 1 },
		{ .pending_state = ASSOC_ESTABLISHED,
		  .received = 2,
		  CLOSING(AT(MSEC, .type = EVENT_CLOSED)) },
		UP(MSEC),
	};

	bench.shared = true;
	OF_ALL();
	assert_int_equal(RUN(scripts, 3, "-w", "3s"), STATUS_NOT_CONNECTED);
	assert_int_equal(fake_stack_count(), 3 + again);
	assert_true(fake_stack_record(0)->aborted);
	assert_non_null(strstr(bench.out, "t1  timeout"));
	if (!again) {
		assert_non_null(strstr(bench.out, "t0  timeout"));
		assert_last_line("3 targets in 3.0 s: 1 connected, 2 timeout\n");
		return;
	}
	assert_in_range(called_us(3), 500 * MSEC, 550 * MSEC);
	assert_int_equal(fake_stack_record(3)->peers[0].v4.sin_addr.s_addr,
			 fake_stack_record(0)->peers[0].v4.sin_addr.s_addr);
	assert_last_line("3 targets in 3.0 s: 2 connected, 1 timeout\n");
}

static void an_answer_without_an_association(void **state)
{
	(void)state;
	no_association(1, true);
}

static void silence_that_is_not_certain(void **state)
{
	(void)state;
	no_association(-1, true);
}

static void silence(void **state)
{
	(void)state;
	no_association(0, false);
}

/* They have one address. */
static void some_cannot_share(void **state)
{
	const struct fake_script scripts[] = { UP(MSEC), UP(MSEC), UP(MSEC), UP(MSEC) };
	union address *second;

	(void)state;
	bench.shared = true;
	OF_ALL();
	bench.same_address = true;
	assert_int_equal(RUN(scripts, 4), STATUS_OK);
	second = fake_stack_record(1)->peers;
	assert_int_equal(second->v4.sin_addr.s_addr,
			 fake_stack_record(0)->peers->v4.sin_addr.s_addr);
	assert_int_equal(fake_stack_shared_count(), 4);
}

/*
 * Endpoints that were shared and are not needed any more make room for those of one target each:
 * as many run at a time as this host has room for, and few are begun in vain.
 */
static void idle_endpoints_make_room(void **state)
{
	static struct fake_script scripts[TARGETS_MAX];
	const struct fake_script up = UP(10 * MSEC);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++)
		scripts[i] = up;
	bench.shared = bench.same_address = true;
	bench.may_share = bench.room = 40;
	OF_ALL();
	assert_int_equal(RUN(scripts, TARGETS_MAX), STATUS_OK);
	assert_in_range(bench.no_room, 1, TARGETS_MAX / 3);
	assert_in_range(bench.took_us, 0, TARGETS_MAX / 20 * 20 * MSEC);
}

/* --monitor on one endpoint: each gets its own events. */
static void monitored_together(void **state)
{
	const struct fake_script scripts[] = {
		UP(MSEC),
		{ EVENTS(AT(MSEC, .type = EVENT_UP),
			 AT(1500 * MSEC, .type = EVENT_LOST, .error = ECONNRESET)) },
		UP(MSEC),
	};

	(void)state;
	bench.shared = true;
	OF_ALL("-M");
	fake_loop_signal(4000 * MSEC, SIGINT);
	assert_int_equal(RUN(scripts, 2, "-M"), STATUS_NOT_CONNECTED);
	assert_int_equal(fake_stack_shared_count(), 1);
	assert_int_equal(fake_stack_count(), 3);
	assert_non_null(strstr(bench.out, "  t1  lost"));
	assert_null(strstr(bench.out, "  t0  lost"));
	assert_last_line("2 targets in 4.0 s: 2 connected\n");
}

#define fleet_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		fleet_test(as_long_as_the_slowest),
		fleet_test(so_many_at_a_time),
		fleet_test(so_many_a_second),
		fleet_test(a_shortage),
		fleet_test(a_lack),
		fleet_test(a_signal),
		fleet_test(each_of_them),
		fleet_test(many),
		fleet_test(in_bursts),
		fleet_test(one_host),
		fleet_test(one_host_that_answers),
		fleet_test(a_signal_while_they_wait),
		fleet_test(lost_and_back),
		fleet_test(refused_again_and_again),
		fleet_test(monitor_until_signal),
		fleet_test(one_endpoint_for_many),
		fleet_test(a_second_look),
		fleet_test(an_answer_without_an_association),
		fleet_test(silence_that_is_not_certain),
		fleet_test(silence),
		fleet_test(some_cannot_share),
		fleet_test(idle_endpoints_make_room),
		fleet_test(monitored_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
