/* SPDX-License-Identifier: MIT */
/* monitor.c against scripted stacks: cuts, returns, losses, slow paths, on a fake clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/timeline.h"
#include "fake_host.h"
#include "fake_loop.h"
#include "fake_output.h"
#include "fake_stack.h"
#include "base/loop.h"
#include "engine/monitor.h"

#define MSEC ((int64_t)USEC_PER_MSEC)
#define SEC  ((int64_t)USEC_PER_SEC)

#define PATHS     3
#define LINES_MAX 2000
#define NEVER     FAKE_NEVER
#define FLOOD     10000

#define HEARTBEATS(...)                                                             \
	.heartbeats = (const struct fake_heartbeat[]){ __VA_ARGS__ },               \
	.heartbeat_count = sizeof((const struct fake_heartbeat[]){ __VA_ARGS__ }) / \
			   sizeof(struct fake_heartbeat)
#define ADDRESSES(us)                                            \
	{                                                        \
		.at_us = us, .event = {.type = EVENT_ADDRESSES } \
	}
#define EVENT(us, ...)                                                                      \
	.events = (const struct fake_event[]){ { .at_us = us, .event = { __VA_ARGS__ } } }, \
	.event_count = 1

static const union address peers[PATHS] = { FAKE_V4(0x0a010102, 5000), FAKE_V4(0x0a010202, 5000),
					    FAKE_V4(0x0a010302, 5000) };

/* --- A stack whose paths' states and primary change by the clock ------------------------------ */

#define RTO_MAX_MS 60000

static struct {
	int64_t begin_us;
	int64_t state_us[2]; /* a path, the first one, is in this state from then till then */
	enum stack_path_state state;
	size_t state_path;
	int64_t primary_us; /* the second path is primary from then on; 0: never */
	int64_t removed_us; /* the peer has no second path from then on; 0: it always has it */
	int64_t added_us;   /* the third path is there from then on; 0: always */
	unsigned looks;     /* at any path */
	unsigned calls; /* of the system, as each of these functions is one on the kernel's stack */
} world;

/* All tests are run with a stack that asks all paths in one call, and with one that does not. */
static bool asks_all;

static int64_t elapsed_us(void)
{
	return loop_now_us() - world.begin_us;
}

static int world_path(struct stack_assoc *assoc, const union address *peer, struct stack_path *path)
{
	int rc = fake_stack.path(assoc, peer, path);

	world.looks++;
	world.calls++;
	/* As net/sctp/socket.c says of an address that it does not know. */
	if (world.removed_us && elapsed_us() >= world.removed_us && address_equal(peer, &peers[1]))
		return -EINVAL;
	if (address_equal(peer, &peers[world.state_path]) && elapsed_us() >= world.state_us[0] &&
	    elapsed_us() < world.state_us[1])
		path->state = world.state;
	path->rto_ms = MIN(path->rto_ms, RTO_MAX_MS);
	return rc;
}

static int world_paths(struct stack_assoc *assoc, const struct stack_path *primary,
		       struct stack_path **list)
{
	int count = fake_stack.paths(assoc, primary, list);

	world.calls += (unsigned)count + 1;
	if (world.primary_us && elapsed_us() >= world.primary_us) {
		(*list)[0].primary = false;
		(*list)[1].primary = true;
	}
	if (world.added_us && elapsed_us() < world.added_us)
		count--;
	if (world.removed_us && elapsed_us() >= world.removed_us) {
		memmove(&(*list)[1], &(*list)[2], (size_t)(count - 2) * sizeof(**list));
		count--;
	}
	return count;
}

static int world_heartbeat(struct stack_assoc *assoc, const union address *peer)
{
	world.calls++;
	return fake_stack.heartbeat(assoc, peer);
}

static int world_set_rto(struct stack_assoc *assoc, uint32_t min_ms, uint32_t max_ms)
{
	world.calls++;
	return fake_stack.set_rto(assoc, min_ms, max_ms);
}

/* --- One run of the monitor ------------------------------------------------------------------ */

struct run {
	struct options options;
	bool asked_twice; /* the second path, by the connect: the second answer is still to come */
	bool surplus;     /* the third path is one of too many that the peer has listed */
	struct result ended; /* before the monitor begins; unless it is all zeros */
	bool full;           /* nothing can be written */
	bool unread; /* and it saw answers on the second path, which the stack does not take */
	bool silent; /* there is a witness, which sees nothing */
	bool deaf;   /* and it is read, but something hides all that arrives */
	int status;
	bool gone;
	int64_t took_us;
	char *text;
	unsigned heartbeats;
	char *lines[LINES_MAX];
	size_t count;
};

static struct options defaults(void)
{
	return (struct options){
		.monitor = true, .interval_us = SEC, .probe_timeout_us = SEC, .require = 1
	};
}

/* What the probe of the connect has found. */
static int64_t first_rtt_us(const struct fake_script *script, size_t path)
{
	for (size_t i = 0; i < script->heartbeat_count; i++) {
		const struct fake_heartbeat *h = &script->heartbeats[i];

		if (h->path == path && h->nth <= 1 && h->after_us > 0)
			return h->after_us;
	}
	return FAKE_RTT_US;
}

static void see_answer(struct ledger_path *path)
{
	path->heartbeats = (struct ledger_count){ .count = 1, .last_us = INT64_MAX };
	path->heartbeat[0] = (struct ledger_heartbeat){ .sent_us = INT64_MAX,
							.answered = true,
							.from = path->address };
}

static void run(struct run *r, const struct fake_script *script, bool json)
{
	const struct stack_config config = { .local = NULL };
	struct stack stack = fake_stack;
	struct path_result paths[PATHS] = { 0 };
	struct result result = r->ended;
	struct timeline timeline = { .start_us = loop_now_us() };
	int write_error = 0;
	struct reporter reporter = { .format = json ? FORMAT_JSON : FORMAT_TEXT,
				     .write_error = &write_error };
	struct stack_endpoint *endpoint;
	struct stack_fault fault;
	/* One that is not read any more, and was not asked for in vain. */
	struct watch watch = { .failed = true };
	struct ledger ledger = { 0 };
	struct stack_assoc *assoc;

	stack.path = world_path;
	stack.paths = world_paths;
	stack.heartbeat = world_heartbeat;
	stack.set_rto = world_set_rto;
	stack.asks_all = asks_all;
	fake_stack_reset(script, 1);
	assert_int_equal(stack.open(&endpoint, &config, &fault), 0);
	assert_int_equal(stack.connect(endpoint, peers, PATHS, false, &assoc), 0);
	result.association = (struct association){ .known = true, .paths = paths };
	assert_int_equal(stack.status(assoc, &result.association.status), 0);
	for (size_t i = 0; i < PATHS; i++)
		paths[result.association.path_count++] = (struct path_result){
			.path = { .address = peers[i], .state = PATH_ACTIVE, .primary = i == 0 },
			.in_association = true,
			.verdict = VERDICT_VERIFIED,
			.rtt_us = first_rtt_us(script, i)
		};
	paths[2].surplus = r->surplus;
	if (r->asked_twice) {
		assert_int_equal(stack.heartbeat(assoc, &peers[1]), 0);
		fake_loop_block(loop_now_us() + 100 * MSEC);
		paths[1].heartbeats = 2;
		paths[1].answered = 1;
	}
	world.begin_us = loop_now_us();
	if (r->silent) {
		watch.view = (struct view *)&watch;
		watch.ledger = &ledger;
		ledger_init(watch.ledger, peers, PATHS, loop_now_us());
		watch.failed = !r->deaf;
		watch.listens = timeline.verbose = r->deaf;
		if (r->unread)
			see_answer(ledger_path_at(watch.ledger, &peers[1]));
	}
	reporter.out = r->full ? fopen("/dev/full", "w") : fake_output_open();
	r->status = monitor_run(&(struct monitor_config){ .stack = &stack,
							  .assoc = assoc,
							  .options = &r->options,
							  .result = &result,
							  .reporter = &reporter,
							  .timeline = &timeline,
							  .watch = &watch },
				&r->gone);
	r->took_us = loop_now_us() - world.begin_us;
	ledger_free(&ledger);
	if (r->full)
		fclose(reporter.out);
	else
		r->text = fake_output_close(reporter.out);
	r->heartbeats = fake_stack_record(0)->heartbeats;
	assert_int_equal(fake_stack_record(0)->rto_min_ms, FAKE_RTO_MIN_MS);
	stack.close(endpoint, true);
	r->count = 0;
	for (char *line = r->text ? strtok(r->text, "\n") : NULL; line; line = strtok(NULL, "\n")) {
		assert_true(r->count < LINES_MAX);
		r->lines[r->count++] = line;
	}
}

static void reset(struct run *r)
{
	fake_loop_reset();
	fake_host = (struct fake_host){ 0 };
	memset(&world, 0, sizeof(world));
	*r = (struct run){ .options = defaults() };
}

static void done(struct run *r)
{
	free(r->text);
	fake_stack_reset(NULL, 0);
}

#define expect(r, n, text)                                                           \
	do {                                                                         \
		if ((n) >= (r)->count || strcmp((r)->lines[n], text) != 0)           \
			fail_msg("line %d is '%s', not '%s'", (int)(n),              \
				 (n) < (r)->count ? (r)->lines[n] : "(none)", text); \
	} while (0)

#define expect_has(r, n, part)                                                       \
	do {                                                                         \
		if ((n) >= (r)->count || !strstr((r)->lines[n], part))               \
			fail_msg("line %d is '%s', without '%s'", (int)(n),          \
				 (n) < (r)->count ? (r)->lines[n] : "(none)", part); \
	} while (0)

#define DAY "2026-11-21 04:00:"

/* --- Rounds ---------------------------------------------------------------------------------- */

static void so_many_rounds(void **state)
{
	const struct fake_script script = { .assoc = 7 };
	struct run r;

	(void)state;
	reset(&r);
	r.options.count = 3;
	run(&r, &script, false);
	assert_int_equal(r.status, STATUS_OK);
	assert_int_equal(r.heartbeats, 3 * PATHS);
	assert_int_equal(r.count, 1 + PATHS);
	expect(&r, 0, "end        3 rounds in 2.0 s: reached --count rounds");
	expect(&r, 1,
	       "  10.1.1.2:5000  verified    3 sent, 3 answered, 0 % lost, "
	       "rtt min/avg/max 0.4/0.4/0.4 ms  primary");
	expect(&r, 3,
	       "  10.1.3.2:5000  verified    3 sent, 3 answered, 0 % lost, "
	       "rtt min/avg/max 0.4/0.4/0.4 ms");
	assert_false(r.gone);
	done(&r);
}

static void for_so_long(void **state)
{
	const struct fake_script script = { .assoc = 7 };
	struct run r;

	(void)state;
	reset(&r);
	r.options.monitor_us = 2500 * MSEC;
	run(&r, &script, false);
	assert_int_equal(r.status, STATUS_OK);
	assert_int_equal(r.took_us, 2500 * MSEC);
	expect(&r, 0, "end        3 rounds in 2.5 s: monitoring time elapsed");
	done(&r);
}

static void until_a_signal(void **state)
{
	static const struct {
		int number, status;
		const char *line;
	} cases[] = {
		{ SIGINT, STATUS_OK, "end        2 rounds in 1.5 s: ended by SIGINT" },
		{ SIGTERM, 143, "end        2 rounds in 1.5 s: ended by SIGTERM" },
		{ SIGHUP, 129, "end        2 rounds in 1.5 s: ended by SIGHUP" },
	};
	const struct fake_script script = { .assoc = 7 };
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		reset(&r);
		fake_loop_signal(1500 * MSEC, cases[i].number);
		run(&r, &script, false);
		assert_int_equal(r.status, cases[i].status);
		expect(&r, 0, cases[i].line);
		done(&r);
	}
}

/* What was sent in the last moment is not lost. */
static void a_heartbeat_on_its_way_is_not_counted(void **state)
{
	const struct fake_script script = { HEARTBEATS({ 2, 0, 300 * MSEC, 0 }) };
	struct run r;

	(void)state;
	reset(&r);
	r.options.monitor_us = 2200 * MSEC;
	run(&r, &script, false);
	expect_has(&r, 1, "3 sent, 3 answered");
	expect_has(&r, 3, "2 sent, 2 answered, 0 % lost");
	done(&r);
}

/* An answer shows as a new RTO only: it must be a new one each time. */
static void every_answer_is_seen(void **state)
{
	static const int64_t intervals[] = { 200 * MSEC, SEC };
	const struct fake_script script = { HEARTBEATS({ 0, 0, 30 * MSEC, 0 },
						       { 1, 0, 450 * MSEC, 0 }) };
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(intervals); i++) {
		reset(&r);
		r.options.interval_us = intervals[i];
		r.options.monitor_us = 300 * intervals[i] - 1;
		run(&r, &script, false);
		assert_int_equal(r.count, 1 + PATHS);
		expect_has(&r, 0, "300 rounds");
		expect_has(&r, 1, "300 sent, 300 answered, 0 % lost, rtt min/avg/max 30.");
		expect_has(&r, 2,
			   i ? "300 sent, 300 answered, 0 % lost, rtt min/avg/max 45"
			     : "100 sent, 100 answered, 0 % lost, rtt min/avg/max 45");
		expect_has(&r, 3, "300 sent, 300 answered, 0 % lost");
		done(&r);
	}
}

/* --- Paths that fail ------------------------------------------------------------------------- */

/* The third round, at 2 s, is the first that is not answered; so the path was cut after 1 s. */
static void a_cut_and_the_return(void **state)
{
	const struct fake_script script = { HEARTBEATS({ 1, 3, NEVER, 0 }, { 1, 4, NEVER, 0 },
						       { 1, 5, NEVER, 0 }, { 1, 6, NEVER, 0 }) };
	struct run r;

	(void)state;
	for (uint64_t require = 1; require <= PATHS; require++) {
		reset(&r);
		r.options.count = 10;
		r.options.require = require;
		run(&r, &script, false);
		/* 2 s, again after a half, then every second: 2.0 2.5 3.5 4.5 5.5 */
		assert_int_equal(r.status, require == PATHS ? STATUS_DEGRADED : STATUS_OK);
		expect(&r, 0,
		       DAY "03.000  10.1.2.2:5000  dead        no heartbeat answer in 1.0 s");
		expect(&r, 1,
		       DAY "05.500  10.1.2.2:5000  verified    rtt 0.5 ms, was dead for 3.5 s");
		expect(&r, 2,
		       require == PATHS ? "end        10 rounds in 9.0 s: reached --count rounds; "
					  "fewer than 3 paths verified for 2.5 s"
					: "end        10 rounds in 9.0 s: reached --count rounds");
		expect_has(&r, 4, "11 sent, 7 answered, 36.4 % lost");
		expect_has(&r, 4, "dead for 3.5 s");
		expect_has(&r, 3, "10 sent, 10 answered");
		done(&r);
	}
}

static void require_all(void **state)
{
	const struct fake_script script = { HEARTBEATS({ 1, 3, NEVER, 0 }, { 1, 4, NEVER, 0 }) };
	struct run r;

	(void)state;
	reset(&r);
	r.options.count = 6;
	r.options.require = REQUIRE_ALL;
	run(&r, &script, false);
	assert_int_equal(r.status, STATUS_DEGRADED);
	done(&r);
}

static void one_lost_heartbeat_is_no_death(void **state)
{
	const struct fake_script script = { HEARTBEATS({ 0, 2, NEVER, 0 }, { 1, 4, NEVER, 0 }) };
	struct run r;

	(void)state;
	reset(&r);
	r.options.count = 6;
	r.options.require = PATHS;
	run(&r, &script, false);
	assert_int_equal(r.status, STATUS_OK);
	assert_int_equal(r.count, 1 + PATHS);
	expect_has(&r, 1, "7 sent, 6 answered, 14.3 % lost");
	expect_has(&r, 2, "7 sent, 6 answered, 14.3 % lost");
	expect_has(&r, 3, "6 sent, 6 answered, 0 % lost");
	done(&r);
}

/* For each round and path: one before it is asked, and a few when the answer is near. */
static void quiet_paths_cost_little(void **state)
{
	struct fake_heartbeat how[PATHS];
	struct fake_script script = { .heartbeats = how, .heartbeat_count = PATHS };
	struct run r;

	(void)state;
	for (size_t i = 0; i < PATHS; i++)
		how[i] = (struct fake_heartbeat){ .path = i, .after_us = 20 * MSEC };
	reset(&r);
	r.options.count = 10;
	run(&r, &script, false);
	expect_has(&r, 1, "10 sent, 10 answered, 0 % lost, rtt min/avg/max 20");
	assert_in_range(world.looks, 10 * PATHS, 10 * PATHS * 5);
	assert_in_range(fake_loop_waits(), 10, 10 * 5);
	done(&r);
}

/* The answer to an older heartbeat is none to the next one, which is lost. */
static void an_answer_that_comes_after_a_newer_one(void **state)
{
	const struct fake_script script = { HEARTBEATS(
		{ 1, 10, 900 * MSEC, 0 }, { 1, 11, 100 * MSEC, 0 }, { 1, 12, FAKE_NEVER, 0 }) };
	struct run r;

	(void)state;
	reset(&r);
	r.options.count = 20;
	run(&r, &script, false);
	expect_has(&r, 1, "20 sent, 20 answered");
	expect_has(&r, 2, "22 sent, 20 answered");
	done(&r);
}

/* As few calls for each heartbeat as may be, and its answer is seen all the same. */
static void heartbeats_in_one_call(void **state)
{
	const struct fake_script well = { HEARTBEATS({ 0, 0, 0, 0 }, { 1, 0, 0, 0 },
						     { 2, 0, 0, 0 }) };
	const struct fake_script lossy = { HEARTBEATS({ 0, 0, 0, 0 }, { 1, 0, 0, 0 },
						      { 2, 0, 0, 0 }, { 1, 50, FAKE_NEVER, 0 }) };
	struct run r;

	(void)state;
	reset(&r);
	r.options.count = 100;
	run(&r, &well, false);
	assert_int_equal(r.heartbeats, 100 * PATHS);
	if (asks_all)
		assert_in_range(world.calls, 0, 100 * (PATHS + 2) + 40);
	assert_int_equal(fake_stack_record(0)->without_heartbeats, asks_all);
	done(&r);

	/* One that is not answered is found by asking that path alone. */
	reset(&r);
	r.options.count = 100;
	run(&r, &lossy, false);
	expect_has(&r, 1, "100 sent, 100 answered");
	expect_has(&r, 2, "101 sent, 100 answered");
	if (asks_all)
		assert_in_range(world.calls, 0, 100 * (PATHS + 2) + 150);
	done(&r);

	/* What is sent is measured, too, and who sets HB.Interval wants the stack's own. */
	for (int i = 0; i < 3; i++) {
		reset(&r);
		r.options.count = 3;
		r.options.send_count = i == 0;
		if (i == 1)
			parameter_set(&r.options.parameters, PARAMETER_HB_INTERVAL, 1000);
		if (i == 2)
			r.options.interval_us = 60 * SEC;
		run(&r, &well, false);
		assert_int_equal(fake_stack_record(0)->without_heartbeats, 0);
		done(&r);
	}
}

/* For each path that answers, or does not: ten looks a second at one that is dead. */
static void a_dead_path_costs_little(void **state)
{
	struct fake_heartbeat how[PATHS];
	struct fake_script script = { .heartbeats = how, .heartbeat_count = PATHS };
	unsigned looks = 0, waits = 0;
	struct run r;

	(void)state;
	for (size_t i = 0; i < PATHS; i++)
		how[i] = (struct fake_heartbeat){ .path = i,
						  .after_us = i == 1 ? NEVER : 20 * MSEC };
	for (unsigned rounds = 10; rounds <= 110; rounds += 100) {
		reset(&r);
		r.options.count = rounds;
		run(&r, &script, false);
		expect_has(&r, 0, "10.1.2.2:5000  dead");
		done(&r);
		looks = world.looks - looks;
		waits = (unsigned)fake_loop_waits() - waits;
	}
	assert_in_range(looks, 100 * 10, 100 * (2 * 5 + 20));
	assert_in_range(waits, 100 * 10, 100 * 18);
}

/* Its RTO doubles up to RTO.Max, which is no doubling any more, and is no answer. */
static void dead_for_long(void **state)
{
	struct fake_heartbeat lost[14];
	struct fake_script script = { .heartbeats = lost, .heartbeat_count = ARRAY_SIZE(lost) };
	struct run r;

	(void)state;
	for (unsigned n = 0; n < ARRAY_SIZE(lost); n++)
		lost[n] = (struct fake_heartbeat){ .path = 2, .nth = n + 2, .after_us = NEVER };
	reset(&r);
	r.options.count = 20;
	run(&r, &script, false);
	assert_int_equal(r.count, 3 + PATHS);
	expect(&r, 0, DAY "02.000  10.1.3.2:5000  dead        no heartbeat answer in 1.0 s");
	expect(&r, 1, DAY "14.500  10.1.3.2:5000  verified    rtt 0.4 ms, was dead for 13.5 s");
	expect_has(&r, 5, "21 sent, 7 answered");
	done(&r);
}

static void flaps(void **state)
{
	struct fake_heartbeat lost[8];
	struct fake_script script = { .heartbeats = lost, .heartbeat_count = ARRAY_SIZE(lost) };
	struct run r;

	(void)state;
	/* 1 answer, 2 losses, 1 answer, 2 losses, ... */
	for (unsigned n = 0; n < ARRAY_SIZE(lost); n++)
		lost[n] = (struct fake_heartbeat){ .path = 0,
						   .nth = 2 + 3 * (n / 2) + n % 2,
						   .after_us = NEVER };
	reset(&r);
	r.options.count = 20;
	run(&r, &script, false);
	for (size_t n = 0; n < 8; n++)
		expect_has(&r, n, n % 2 ? "verified    rtt" : "dead        no");
	expect_has(&r, 9, "dead for 6.0 s (4 times)  primary");
	done(&r);
}

static void all_paths_die(void **state)
{
	const struct fake_script script = { HEARTBEATS({ 0, 0, NEVER, 0 }, { 1, 0, NEVER, 0 },
						       { 2, 0, NEVER, 0 }) };
	struct run r;

	(void)state;
	reset(&r);
	r.options.count = 5;
	run(&r, &script, false);
	assert_int_equal(r.status, STATUS_DEGRADED);
	expect_has(&r, 3, "5 rounds in 5.0 s");
	expect_has(&r, 3, "; no path verified for 4.0 s");
	expect_has(&r, 4, "  10.1.1.2:5000  dead");
	expect_has(&r, 4, " 0 answered, 100 % lost, dead for 5.0 s  primary");
	done(&r);
}

#define DEAD DAY "01.000  10.1.2.2:5000  dead        no heartbeat answer in 1.0 s"

/* What this host knows of the way goes before what was seen, or not seen, on the wire. */
static void why_a_path_is_dead(void **state)
{
	static const struct {
		struct fake_host host;
		bool silent;
		const char *line;
	} cases[] = {
		{ { .silent = { NULL } }, false, DEAD },
		{ { .no_route = { "10.1.2.2" }, .route_error = EACCES },
		  true,
		  DEAD ": this host's route to it is of type prohibit" },
		{ { .silent = { "10.1.2.2" } },
		  true,
		  DEAD ": no answer from the host to ARP on its link" },
		{ { .silent = { "10.1.3.2" } }, true, DEAD ": no heartbeat left this host" },
	};
	const struct fake_script script = { HEARTBEATS({ 1, 0, NEVER, 0 }) };
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		reset(&r);
		fake_host = cases[i].host;
		r.silent = cases[i].silent;
		r.options.monitor_us = 2500 * MSEC;
		run(&r, &script, false);
		expect(&r, 0, cases[i].line);
		done(&r);
	}
}

/* A busy host may take an answer late: that is not told as its filter before it had its time. */
static void an_answer_that_is_not_taken(void **state)
{
	const struct fake_script script = { HEARTBEATS({ 1, 0, NEVER, 0 }) };
	const struct fake_script late = { HEARTBEATS({ 1, 1, NEVER, 0 }, { 1, 2, 400 * MSEC, 0 }) };
	struct run r;

	(void)state;
	reset(&r);
	r.silent = r.unread = true;
	r.options.interval_us = 300 * MSEC;
	r.options.monitor_us = 2500 * MSEC;
	run(&r, &script, false);
	expect(&r, 0,
	       DEAD ": the heartbeat's answer arrived, but was dropped before this host's "
		    "SCTP saw it");
	done(&r);

	reset(&r);
	r.silent = r.unread = true;
	r.options.interval_us = 300 * MSEC;
	r.options.monitor_us = 2500 * MSEC;
	run(&r, &late, false);
	expect_has(&r, 0, "end ");
	done(&r);

	/* Nor if the stack changes the path's state in the same moment. */
	for (int64_t from_us = 0; from_us < 900 * MSEC; from_us += 5 * MSEC) {
		reset(&r);
		r.silent = r.unread = true;
		r.options.interval_us = 300 * MSEC;
		r.options.monitor_us = 2500 * MSEC;
		world.state = PATH_POTENTIALLY_FAILED;
		world.state_path = 1;
		world.state_us[0] = from_us;
		world.state_us[1] = INT64_MAX;
		run(&r, &late, false);
		expect_has(&r, 0, "potentially failed");
		assert_null(strstr(r.text, "dropped"));
		done(&r);
	}
}

/* IPsec hides the answers. The first one is looked for late, and no other. */
static void answers_that_the_witness_does_not_see(void **state)
{
	const struct fake_script script = { HEARTBEATS(
		{ 0, 0, 20 * MSEC, 0 }, { 1, 0, 20 * MSEC, 0 }, { 2, 0, 20 * MSEC, 0 }) };
	struct run r;
	double max;

	(void)state;
	reset(&r);
	r.silent = r.deaf = true;
	r.options.count = 8;
	run(&r, &script, false);
	assert_int_equal(r.status, STATUS_OK);
	for (size_t i = 1; i <= PATHS; i++) {
		expect_has(&r, i, "8 sent, 8 answered");
		assert_int_equal(
			sscanf(strstr(r.lines[i], "max "), "max %*[0-9.]/%*[0-9.]/%lf ms", &max),
			1);
		assert_in_range((int)max, 20, 50);
	}
	done(&r);
}

/* The third round's and those after it are not answered, and it is known why. */
static void a_heartbeat_that_is_not_sent(void **state)
{
	const struct {
		int error;
		const char *verdict;
	} cases[] = {
		{ EIO, "unverified  sendmsg: EIO: " },
		{ EPERM, "dead        no heartbeat answer in 1.0 s: no heartbeat left this host" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_heartbeat lost[14];
		struct fake_script script = { .heartbeats = lost,
					      .heartbeat_count = ARRAY_SIZE(lost) };
		struct run r;

		for (unsigned n = 0; n < ARRAY_SIZE(lost); n++)
			lost[n] = (struct fake_heartbeat){ .path = 1,
							   .nth = n + 3,
							   .after_us = NEVER };
		script.send_error = cases[i].error;
		address_from_text(&script.send_error_to, "10.1.2.2");
		reset(&r);
		r.options.monitor_us = 4500 * MSEC;
		r.options.require = PATHS;
		run(&r, &script, false);
		assert_int_equal(r.status, STATUS_DEGRADED);
		expect_has(&r, 0, "10.1.2.2:5000");
		expect_has(&r, 0, cases[i].verdict);
		/* Told once. */
		expect_has(&r, 1, "rounds in 4.5 s");
		done(&r);
	}
}

/* The stack gives it up, but this end has sent nothing for long. */
static void lost_because_nothing_is_sent(void **state)
{
	const struct fake_script script = {
		EVENT(1500 * MSEC, .type = EVENT_LOST, .error = ETIMEDOUT), .send_error = EIO,
		.send_error_to = { .sa.sa_family = AF_UNSPEC }
	};
	struct run r;

	(void)state;
	reset(&r);
	run(&r, &script, false);
	assert_int_equal(r.status, STATUS_NOT_CONNECTED);
	expect_has(&r, 0, "sendmsg: EIO: ");
	done(&r);
}

/* The stack says so to the next call, before the event is read: that is no fault of a path. */
static void lost_before_it_is_known(void **state)
{
	const struct fake_script script = {
		EVENT(1100 * MSEC, .type = EVENT_LOST, .error = ECONNRESET),
		HEARTBEATS({ 0, 2, 0, ENOTCONN }, { 1, 2, 0, ENOTCONN }, { 2, 2, 0, ENOTCONN })
	};
	struct run r;

	(void)state;
	reset(&r);
	run(&r, &script, false);
	assert_int_equal(r.status, STATUS_NOT_CONNECTED);
	expect_has(&r, 0, "lost  association 3, ECONNRESET: ended by an ABORT");
	done(&r);
}

static void a_heartbeat_that_cannot_be_sent(void **state)
{
	const struct fake_script script = { HEARTBEATS({ 1, 3, 0, EHOSTUNREACH }) };
	struct run r;

	(void)state;
	reset(&r);
	r.options.monitor_us = 2900 * MSEC;
	run(&r, &script, false);
	/* The call that asks all does not tell, but that which asks again does. */
	expect_has(&r, 0,
		   asks_all ? DAY "02.500  10.1.2.2:5000  unverified  setsockopt("
			    : DAY "02.000  10.1.2.2:5000  unverified  setsockopt(");
	expect_has(&r, 0, "): EHOSTUNREACH");
	expect_has(&r, 3, "10.1.2.2:5000  unverified  ");
	expect_has(&r, 3, asks_all ? "3 sent, 2 answered" : "2 sent, 2 answered");
	assert_int_equal(r.status, STATUS_OK);
	done(&r);

	/* It is asked again in each round, and told once. */
	reset(&r);
	r.options.require = REQUIRE_ALL;
	r.options.monitor_us = 3500 * MSEC;
	run(&r, &script, false);
	expect_has(&r, 1, "end        4 rounds in 3.5 s");
	assert_int_equal(r.status, STATUS_DEGRADED);
	done(&r);
}

/* --- Paths that are slow --------------------------------------------------------------------- */

static void slower_than_the_interval(void **state)
{
	static const struct {
		int64_t interval_us, rtt_us;
	} cases[] = {
		{ 200 * MSEC, 300 * MSEC }, { 200 * MSEC, 900 * MSEC }, { 10 * MSEC, 45 * MSEC },
		{ SEC, 700 * MSEC },        { SEC, 990 * MSEC },
	};
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_script script = { HEARTBEATS({ 1, 0, cases[i].rtt_us, 0 }) };

		reset(&r);
		r.options.interval_us = cases[i].interval_us;
		r.options.monitor_us = 100 * cases[i].interval_us;
		r.options.require = PATHS;
		run(&r, &script, true);
		assert_int_equal(r.status, STATUS_OK);
		expect_has(&r, r.count - 1, "\"times_dead\":0,\"dead_ms\":0.0}]}");
		done(&r);
	}
}

/* The answer to a heartbeat of before is not taken for that to the first one here. */
static void asked_twice(void **state)
{
	const struct fake_script script = { HEARTBEATS({ 1, 0, 300 * MSEC, 0 }) };
	struct run r;

	(void)state;
	reset(&r);
	r.asked_twice = true;
	r.options.interval_us = 200 * MSEC;
	r.options.monitor_us = 3 * SEC;
	run(&r, &script, false);
	expect_has(&r, 2, " 0 % lost, rtt min/avg/max 30");
	done(&r);
}

static void becomes_slow(void **state)
{
	struct fake_heartbeat slow[50];
	struct fake_script script = { .heartbeats = slow, .heartbeat_count = ARRAY_SIZE(slow) };
	struct run r;

	(void)state;
	for (unsigned n = 0; n < ARRAY_SIZE(slow); n++)
		slow[n] =
			(struct fake_heartbeat){ .path = 1, .nth = n + 4, .after_us = 300 * MSEC };
	reset(&r);
	r.options.interval_us = 200 * MSEC;
	r.options.monitor_us = 9 * SEC;
	run(&r, &script, false);
	/* At most once it is taken for dead. */
	assert_in_range(r.count, 1 + PATHS, 3 + PATHS);
	expect_has(&r, r.count - 2, "  10.1.2.2:5000  verified");
	done(&r);
}

static void the_way_back_to_a_slow_path(void **state)
{
	struct fake_heartbeat how[60];
	struct fake_script script = { .heartbeats = how, .heartbeat_count = ARRAY_SIZE(how) };
	struct run r;

	(void)state;
	for (unsigned n = 0; n < ARRAY_SIZE(how); n++)
		how[n] = (struct fake_heartbeat){
			.path = 1, .nth = n + 1, .after_us = n >= 5 && n < 10 ? NEVER : 300 * MSEC
		};
	reset(&r);
	r.options.interval_us = 200 * MSEC;
	r.options.monitor_us = 15 * SEC;
	run(&r, &script, false);
	assert_int_equal(r.count, 3 + PATHS);
	expect_has(&r, 0, "dead");
	expect_has(&r, 1, "verified    rtt 31");
	done(&r);
}

/* --- The association ------------------------------------------------------------------------- */

static void the_peer_ends_it(void **state)
{
	static const struct {
		struct stack_event event;
		const char *line, *end;
		bool gone;
	} cases[] = {
		{ { .type = EVENT_SHUTDOWN },
		  "closed  association 3: closed by the peer",
		  "in 2.5 s: closed by the peer",
		  true },
		{ { .type = EVENT_CLOSED },
		  "closed  association 3: closed by the peer",
		  "in 2.5 s: closed by the peer",
		  true },
		{ { .type = EVENT_LOST, .error = ECONNRESET },
		  "lost  association 3, ECONNRESET: ended by an ABORT",
		  "in 2.5 s: ended by an ABORT",
		  true },
		{ { .type = EVENT_LOST,
		    .error = ECONNRESET,
		    .cause = { .code = 12, .text = "go away" } },
		  "lost  association 3, ECONNRESET: aborted by the peer: user-initiated abort go away",
		  "in 2.5 s: aborted by the peer: user-initiated abort go away",
		  true },
		{ { .type = EVENT_LOST, .error = ECONNABORTED },
		  "lost  association 3, ECONNABORTED: aborted by this end: the peer broke the "
		  "protocol",
		  "in 2.5 s: aborted by this end",
		  true },
		{ { .type = EVENT_LOST, .error = ECONNABORTED, .cause = { .code = 9 } },
		  "lost  association 3, ECONNABORTED: aborted by this end: the peer broke the "
		  "protocol: no user data",
		  "in 2.5 s: aborted by this end: the peer broke the protocol: no user data",
		  true },
		{ { .type = EVENT_LOST, .error = ETIMEDOUT },
		  "lost  association 3, ETIMEDOUT: the peer does not answer any more",
		  "in 2.5 s: the peer does not answer any more",
		  true },
		{ { .type = EVENT_RESTART },
		  "restarted  association 3: the peer restarted the association",
		  "monitoring time elapsed",
		  false },
	};
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fake_event event = { .at_us = 2500 * MSEC, .event = cases[i].event };
		const struct fake_script script = { .events = &event, .event_count = 1 };

		reset(&r);
		r.options.monitor_us = 4500 * MSEC;
		run(&r, &script, false);
		assert_int_equal(r.status, STATUS_NOT_CONNECTED);
		expect_has(&r, 0, DAY "02.500  ");
		expect_has(&r, 0, cases[i].line);
		expect_has(&r, 1, cases[i].end);
		assert_int_equal(r.gone, cases[i].gone);
		assert_int_equal(r.took_us, cases[i].gone ? 2500 * MSEC : 4500 * MSEC);
		done(&r);
	}
}

/* No event will report it, and no path is asked. */
static void ended_before_it_begins(void **state)
{
	static const struct {
		struct result result;
		const char *line, *end;
	} cases[] = {
		{ { .word = RESULT_CLOSED, .cause = { .code = FINDING_CLOSED_BY_PEER } },
		  DAY "00.000  closed  association 7: closed by the peer",
		  "end        0 rounds in 0.0 ms: closed by the peer" },
		{ { .word = RESULT_ABORTED,
		    .error = ECONNRESET,
		    .cause = { .code = FINDING_ABORTED_BY_PEER,
			       .cause = { .code = 12, .text = "bye" } } },
		  DAY "00.000  lost  association 7, ECONNRESET: aborted by the peer: "
		      "user-initiated abort bye",
		  "end        0 rounds in 0.0 ms: aborted by the peer: user-initiated abort bye" },
	};
	const struct fake_script script = { .assoc = 7 };
	struct run r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		reset(&r);
		r.ended = cases[i].result;
		run(&r, &script, false);
		assert_int_equal(r.status, STATUS_NOT_CONNECTED);
		assert_true(r.gone);
		assert_int_equal(r.took_us, 0);
		assert_int_equal(r.heartbeats, 0);
		expect(&r, 0, cases[i].line);
		expect(&r, 1, cases[i].end);
		done(&r);
	}
}

/* A peer that floods, and what must be done in time even so. */
static void floods_of_data(void **state)
{
	static struct fake_event flood[FLOOD];
	const struct fake_script script = { .assoc = 7, .events = flood, .event_count = FLOOD };
	struct run r;

	(void)state;
	for (size_t i = 0; i < FLOOD; i++)
		flood[i].event =
			(struct stack_event){ .type = EVENT_DATA, .data = "x", .length = 1 };
	reset(&r);
	fake_loop_signal(0, SIGTERM);
	run(&r, &script, false);
	assert_int_equal(r.status, STATUS_SIGNAL + SIGTERM);
	assert_int_equal(r.heartbeats, 0);
	done(&r);

	reset(&r);
	r.options.count = 1;
	run(&r, &script, false);
	assert_int_equal(r.status, STATUS_OK);
	assert_true(r.took_us <= MSEC);
	/* The first round has begun long before all of it was read. */
	assert_in_range(fake_loop_waits(), FLOOD / 1000, FLOOD);
	done(&r);
}

static void nothing_can_be_written(void **state)
{
	const struct fake_script script = { .assoc = 7 };
	struct run r;

	(void)state;
	reset(&r);
	r.full = true;
	run(&r, &script, true);
	assert_int_equal(r.status, STATUS_HOST);
	assert_false(r.gone);
	assert_true(r.took_us < SEC);
	done(&r);
}

static void the_wait_fails(void **state)
{
	const struct fake_script script = { .assoc = 7 };
	struct run r;

	(void)state;
	reset(&r);
	fake_loop_fail(10 * MSEC, EPERM);
	run(&r, &script, false);
	assert_int_equal(r.status, STATUS_HOST);
	assert_false(r.gone);
	expect(&r, 0,
	       "end        1 round in 10.0 ms: ppoll: EPERM: a security module or a sandbox of "
	       "this host forbids it");
	done(&r);
}

static void of_another_association(void **state)
{
	const struct fake_script script = { EVENT(SEC, .type = EVENT_LOST,
						  .assoc = &fake_stranger) };
	struct run r;

	(void)state;
	reset(&r);
	r.options.count = 3;
	run(&r, &script, false);
	assert_int_equal(r.status, STATUS_OK);
	assert_int_equal(r.count, 1 + PATHS);
	done(&r);
}

static void another_primary(void **state)
{
	const struct fake_event news = ADDRESSES(2500 * MSEC);
	const struct fake_script script = { .assoc = 7, .events = &news, .event_count = 1 };
	struct run r;

	(void)state;
	reset(&r);
	r.options.count = 5;
	world.primary_us = 2500 * MSEC;
	run(&r, &script, false);
	expect(&r, 0, DAY "03.000  primary is now 10.1.2.2:5000, was 10.1.1.2:5000");
	expect_has(&r, 3,
		   "  10.1.2.2:5000  verified    5 sent, 5 answered, 0 % lost, rtt "
		   "min/avg/max 0.4/0.4/0.4 ms  primary");
	assert_null(strstr(r.lines[2], "primary"));
	done(&r);
}

static void fail_over(void **state)
{
	const struct fake_script script = { .assoc = 7 };
	struct run r;

	(void)state;
	reset(&r);
	r.options.count = 6;
	world.state = PATH_POTENTIALLY_FAILED;
	world.state_us[0] = 1500 * MSEC;
	world.state_us[1] = 3500 * MSEC;
	run(&r, &script, false);
	expect_has(&r, 0, "10.1.1.2:5000  verified    the stack says potentially failed  primary");
	expect_has(&r, 1, "failover: data uses another path than the primary, 10.1.1.2:5000");
	expect_has(&r, 2, "10.1.1.2:5000  verified    the stack says active  primary");
	expect_has(&r, 3, "failover ended: data uses the primary again, 10.1.1.2:5000");
	done(&r);
}

static void addresses_come_and_go(void **state)
{
	const struct fake_event news[] = { ADDRESSES(2500 * MSEC), ADDRESSES(4500 * MSEC) };
	const struct fake_script script = { .assoc = 7, .events = news, .event_count = 2 };
	struct run r;

	(void)state;
	reset(&r);
	r.options.count = 6;
	r.options.require = REQUIRE_ALL;
	world.added_us = 2500 * MSEC;
	world.removed_us = 4500 * MSEC;
	run(&r, &script, false);
	/* All three were there when the monitor began. */
	expect(&r, 0,
	       DAY "00.000  10.1.3.2:5000  removed by the peer: 1 sent, 1 answered, 0 % lost, "
		   "rtt min/avg/max 0.4/0.4/0.4 ms");
	expect(&r, 1, DAY "03.000  10.1.3.2:5000  added by the peer");
	expect_has(&r, 2, "10.1.3.2:5000  verified    rtt");
	expect_has(&r, 3, "10.1.2.2:5000  removed by the peer: ");
	expect_has(&r, 4, "end        6 rounds");
	expect_has(&r, 5, "10.1.1.2:5000  verified    6 sent, 6 answered");
	expect_has(&r, 6, "10.1.3.2:5000  verified    2 sent, 2 answered");
	assert_int_equal(r.count, 7);
	assert_int_equal(r.status, STATUS_OK);
	done(&r);
}

/* The event was lost, or the kernel sends none. */
static void an_address_that_no_event_tells_of(void **state)
{
	const struct fake_script script = { .assoc = 7 };
	struct run r;

	(void)state;
	reset(&r);
	r.options.count = 60;
	world.added_us = 2500 * MSEC;
	run(&r, &script, false);
	expect_has(&r, 0, "10.1.3.2:5000  removed by the peer");
	expect(&r, 1,
	       asks_all ? DAY "31.000  10.1.3.2:5000  added by the peer"
			: DAY "03.000  10.1.3.2:5000  added by the peer");
	done(&r);
}

/* The stack knows no address that the peer has just removed: that is no fault of the path. */
static void an_address_goes_while_it_is_asked(void **state)
{
	const struct fake_script script = { .assoc = 7, HEARTBEATS({ 1, 3, FAKE_NEVER, 0 }) };
	struct run r;

	(void)state;
	reset(&r);
	r.options.count = 4;
	r.options.require = REQUIRE_ALL;
	world.removed_us = 2100 * MSEC;
	run(&r, &script, false);
	expect_has(&r, 0, "10.1.2.2:5000  removed by the peer: ");
	expect_has(&r, 1, "end        4 rounds");
	assert_int_equal(r.status, STATUS_OK);
	done(&r);
}

/* It was not asked by the connection, and the monitor does not ask it either. */
static void what_is_too_much_is_left_alone(void **state)
{
	const struct fake_script script = { .assoc = 7 };
	struct run r;

	(void)state;
	reset(&r);
	r.options.count = 3;
	r.surplus = true;
	run(&r, &script, false);
	expect_has(&r, 0, "end        3 rounds");
	expect_has(&r, 1, "10.1.1.2:5000  verified    3 sent, 3 answered");
	expect_has(&r, 2, "10.1.2.2:5000  verified    3 sent, 3 answered");
	assert_int_equal(r.count, 3);
	assert_int_equal(r.heartbeats, 6);
	done(&r);
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void a_line_for_every_round(void **state)
{
	const struct fake_script script = { HEARTBEATS({ 1, 2, NEVER, 0 }, { 1, 3, NEVER, 0 }) };
	struct run r;

	(void)state;
	reset(&r);
	r.options.count = 4;
	run(&r, &script, true);
	assert_int_equal(r.count, 7);
	expect_has(&r, 0, "\"event\":\"round\"");
	expect_has(&r, 0, "\"round\":1,");
	expect_has(&r, 1, "\"event\":\"path\"");
	expect_has(&r, 1,
		   "\"round\":2,\"address\":\"10.1.2.2\",\"port\":5000,\"verdict\":\"dead\"");
	expect_has(&r, 1,
		   "\"rtt_ms\":null,\"new_verdict\":true,\"new_state\":false,"
		   "\"took_ms\":1000.0,\"cause\":{\"code\":\"heartbeat-unanswered\",");
	expect_has(&r, 2, "\"round\":2,\"paths\":[{\"address\":\"10.1.1.2\"");
	expect_has(&r, 2,
		   "\"address\":\"10.1.2.2\",\"port\":5000,\"verdict\":\"dead\",\"state\":"
		   "\"active\",\"primary\":false,\"rtt_ms\":null}");
	expect_has(&r, 3, "\"event\":\"path\"");
	expect_has(&r, 3, "\"verdict\":\"verified\"");
	expect_has(&r, 6, "\"event\":\"end\"");
	expect_has(&r, 6, "\"exit_status\":0,");
	done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(so_many_rounds),
		cmocka_unit_test(for_so_long),
		cmocka_unit_test(until_a_signal),
		cmocka_unit_test(a_heartbeat_on_its_way_is_not_counted),
		cmocka_unit_test(every_answer_is_seen),
		cmocka_unit_test(a_cut_and_the_return),
		cmocka_unit_test(require_all),
		cmocka_unit_test(one_lost_heartbeat_is_no_death),
		cmocka_unit_test(quiet_paths_cost_little),
		cmocka_unit_test(an_answer_that_comes_after_a_newer_one),
		cmocka_unit_test(heartbeats_in_one_call),
		cmocka_unit_test(a_dead_path_costs_little),
		cmocka_unit_test(dead_for_long),
		cmocka_unit_test(flaps),
		cmocka_unit_test(all_paths_die),
		cmocka_unit_test(why_a_path_is_dead),
		cmocka_unit_test(an_answer_that_is_not_taken),
		cmocka_unit_test(answers_that_the_witness_does_not_see),
		cmocka_unit_test(lost_before_it_is_known),
		cmocka_unit_test(a_heartbeat_that_cannot_be_sent),
		cmocka_unit_test(a_heartbeat_that_is_not_sent),
		cmocka_unit_test(lost_because_nothing_is_sent),
		cmocka_unit_test(slower_than_the_interval),
		cmocka_unit_test(asked_twice),
		cmocka_unit_test(becomes_slow),
		cmocka_unit_test(the_way_back_to_a_slow_path),
		cmocka_unit_test(the_peer_ends_it),
		cmocka_unit_test(ended_before_it_begins),
		cmocka_unit_test(floods_of_data),
		cmocka_unit_test(nothing_can_be_written),
		cmocka_unit_test(the_wait_fails),
		cmocka_unit_test(of_another_association),
		cmocka_unit_test(another_primary),
		cmocka_unit_test(fail_over),
		cmocka_unit_test(addresses_come_and_go),
		cmocka_unit_test(an_address_that_no_event_tells_of),
		cmocka_unit_test(an_address_goes_while_it_is_asked),
		cmocka_unit_test(what_is_too_much_is_left_alone),
		cmocka_unit_test(a_line_for_every_round),
	};

	int failed;

	setenv("TZ", "UTC0", 1);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	asks_all = true;
	return failed + cmocka_run_group_tests_name("a stack that asks all", tests, NULL, NULL);
}
