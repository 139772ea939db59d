/* SPDX-License-Identifier: MIT */
/* heartbeat.c alone: heartbeats, how a stack reacts to their answers, and what the probe sees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/timeline.h"
#include "fake_loop.h"
#include "fake_stack.h"
#include "base/loop.h"
#include "engine/heartbeat.h"
#include "engine/rto_step.h"

#define MSEC ((int64_t)USEC_PER_MSEC)
#define SEC  ((int64_t)USEC_PER_SEC)

#define PATHS   3
#define NEVER   FAKE_NEVER
#define AGAIN   (500 * MSEC) /* when connection.c asks a second time, by default */
#define TIMEOUT SEC

/* What heartbeat.h promises of its looks, and the shortest time between two of them. */
#define SLACK_US(rtt_us) MAX((rtt_us) / 30, 250)

#define HEARTBEATS(...)                                                             \
	.heartbeats = (const struct fake_heartbeat[]){ __VA_ARGS__ },               \
	.heartbeat_count = sizeof((const struct fake_heartbeat[]){ __VA_ARGS__ }) / \
			   sizeof(struct fake_heartbeat)

/* --- An association, and a probe of it ------------------------------------------------------- */

static const union address peers[PATHS] = { FAKE_V4(0x7f000001, 5000), FAKE_V4(0x7f000002, 5000),
					    FAKE_V4(0x7f000003, 5000) };
static struct stack_endpoint *endpoint;
static struct timeline timeline;

static struct probe *start(const struct fake_script *script, size_t count)
{
	const struct stack_config config = { .local = NULL };
	struct path_result paths[PATHS] = { 0 };
	struct association association = { .paths = paths, .path_count = count };
	struct stack_fault fault;
	struct stack_assoc *assoc;

	fake_loop_reset();
	fake_stack_reset(script, 1);
	assert_int_equal(fake_stack.open(&endpoint, &config, &fault), 0);
	assert_int_equal(fake_stack.connect(endpoint, peers, MAX(count, 1), false, &assoc), 0);
	assert_int_equal(fake_stack.status(assoc, &association.status), 0);
	for (size_t i = 0; i < count; i++) {
		paths[i].path.address = peers[i];
		paths[i].in_association = true;
	}
	return probe_new(&fake_stack, assoc, &association, &timeline);
}

static void pass(int64_t us)
{
	fake_loop_block(loop_now_us() + us);
}

static void ask_waiting(struct probe *p)
{
	bool *ask = xcalloc(p->count + 1, sizeof(*ask));

	probe_look(p);
	for (size_t i = 0; i < p->count; i++)
		ask[i] = p->paths[i].missed;
	probe_ask(p, ask);
	free(ask);
}

/* As connection.c does it. Returns when it was over, since the start. */
static int64_t probe(struct probe *p, int64_t again_us, int64_t timeout_us)
{
	int64_t start_us = loop_now_us(), at_us = start_us, next_us;

	probe_ask_all(p);
	while (probe_look(p) && at_us < start_us + timeout_us) {
		if (at_us >= start_us + again_us) {
			again_us = LOOP_FOREVER - start_us;
			ask_waiting(p);
		}
		next_us = MIN(probe_next_look_us(p), start_us + again_us);
		assert_true(next_us > at_us);
		fake_loop_block(MIN(next_us, start_us + timeout_us));
		at_us = loop_now_us();
	}
	return at_us - start_us;
}

static void finish(struct probe *p)
{
	uint32_t own_ms = p->rto_min_ms;

	probe_free(p);
	assert_int_equal(fake_stack_record(0)->rto_min_ms, own_ms);
	fake_stack.close(endpoint, true);
	fake_stack_reset(NULL, 0);
}

/* --- One round, and a second heartbeat for those who have not answered ----------------------- */

struct expected {
	unsigned sent;
	unsigned answered;
	int64_t rtt_us;
	unsigned lost;
};

struct round {
	const char *name;
	struct fake_script script;
	struct expected expected[PATHS];
	int64_t took_us;
};

#define QUICK                        \
	{                            \
		1, 1, FAKE_RTT_US, 0 \
	}

static const struct round rounds[] = {
	{ "all answer", { .assoc = 7 }, { QUICK, QUICK, QUICK }, FAKE_RTT_US },
	{ "each in its own time",
	  { HEARTBEATS({ 0, 0, 30 * MSEC, 0 }, { 1, 0, 300 * MSEC, 0 }) },
	  { { 1, 1, 30 * MSEC, 0 }, { 1, 1, 300 * MSEC, 0 }, QUICK },
	  300 * MSEC },
	{ "one is silent",
	  { HEARTBEATS({ 1, 0, NEVER, 0 }) },
	  { QUICK, { 2, 0, 0, 0 }, QUICK },
	  TIMEOUT },
	{ "all are silent",
	  { HEARTBEATS({ 0, 0, NEVER, 0 }, { 1, 0, NEVER, 0 }, { 2, 0, NEVER, 0 }) },
	  { { 2, 0, 0, 0 }, { 2, 0, 0, 0 }, { 2, 0, 0, 0 } },
	  TIMEOUT },
	{ "the first is lost, the second is answered",
	  { HEARTBEATS({ 0, 1, NEVER, 0 }, { 0, 2, 40 * MSEC, 0 }) },
	  { { 2, 1, 40 * MSEC, 1 }, QUICK, QUICK },
	  AGAIN + 40 * MSEC },
	{ "the answer to the first comes after the second was sent",
	  { HEARTBEATS({ 0, 1, 700 * MSEC, 0 }, { 0, 2, 700 * MSEC, 0 }) },
	  { { 2, 1, 700 * MSEC, 0 }, QUICK, QUICK },
	  700 * MSEC },
	{ "just after",
	  { HEARTBEATS({ 0, 0, AGAIN + 1, 0 }) },
	  { { 2, 1, AGAIN + 1, 0 }, QUICK, QUICK },
	  AGAIN + 1 },
	{ "just before, nothing more is sent",
	  { HEARTBEATS({ 0, 0, AGAIN - 1, 0 }) },
	  { { 1, 1, AGAIN - 1, 0 }, QUICK, QUICK },
	  AGAIN },
	{ "in the last microsecond",
	  { HEARTBEATS({ 0, 0, TIMEOUT, 0 }) },
	  { { 2, 1, TIMEOUT, 0 }, QUICK, QUICK },
	  TIMEOUT },
	{ "a microsecond late",
	  { HEARTBEATS({ 0, 0, TIMEOUT + 1, 0 }) },
	  { { 2, 0, 0, 0 }, QUICK, QUICK },
	  TIMEOUT },
	{ "the second is answered in the last microsecond",
	  { HEARTBEATS({ 0, 1, NEVER, 0 }, { 0, 2, TIMEOUT - AGAIN, 0 }) },
	  { { 2, 1, TIMEOUT - AGAIN, 1 }, QUICK, QUICK },
	  TIMEOUT },
	{ "the stack does not send it",
	  { HEARTBEATS({ 1, 0, 0, EINVAL }) },
	  { QUICK, { 0, 0, 0, 0 }, QUICK },
	  FAKE_RTT_US },
	{ "the stack sends none",
	  { HEARTBEATS({ 0, 0, 0, EINVAL }, { 1, 0, 0, EINVAL }, { 2, 0, 0, EINVAL }) },
	  { { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, { 0, 0, 0, 0 } },
	  0 },
	{ "the stack does not send the second",
	  { HEARTBEATS({ 0, 1, NEVER, 0 }, { 0, 2, 0, EINVAL }) },
	  { { 1, 0, 0, 0 }, QUICK, QUICK },
	  TIMEOUT },
	{ "at once",
	  { HEARTBEATS({ 0, 0, 0, 0 }) },
	  { { 1, 1, 1, 0 }, QUICK, QUICK },
	  FAKE_RTT_US },
};

static void assert_about(int64_t value_us, int64_t expected_us)
{
	if (value_us < expected_us || value_us > expected_us + SLACK_US(expected_us))
		fail_msg("%lld us, expected %lld", (long long)value_us, (long long)expected_us);
}

static void check_path(const struct probe_path *path, const struct expected *expected)
{
	assert_int_equal(path->sent, expected->sent);
	assert_int_equal(path->answered, expected->answered);
	assert_int_equal(path->missed, expected->answered ? 0 : expected->sent);
	assert_int_equal(path->lost, expected->lost);
	assert_about(path->rtt_us, expected->rtt_us);
}

static void one_round(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rounds); i++) {
		/*
		 * What --rto-initial may have left: far, at RTO.Min, at half of it, at twice that.
		 */
		static const uint32_t rtos[] = { 3000, 1000, 500, 2000, 250 };

		for (size_t j = 0; j < ARRAY_SIZE(rtos); j++) {
			struct fake_script script = rounds[i].script;
			struct probe *p;
			int64_t took_us;

			print_message("  %s, RTO %u ms\n", rounds[i].name, rtos[j]);
			script.rto_ms = rtos[j];
			p = start(&script, PATHS);
			took_us = probe(p, AGAIN, TIMEOUT);
			for (size_t n = 0; n < PATHS; n++)
				check_path(&p->paths[n], &rounds[i].expected[n]);
			if (rounds[i].took_us == TIMEOUT)
				assert_int_equal(took_us, TIMEOUT);
			else
				assert_about(took_us, rounds[i].took_us);
			finish(p);
		}
	}
}

/* --- RTO.Min --------------------------------------------------------------------------------- */

/* What the report has is not what the probe has made of it. */
static void check_own_rto(const struct probe *p, uint32_t rto_ms)
{
	struct stack_path path;

	p->stack->path(p->assoc, &p->paths[0].address, &path);
	assert_int_equal(rto_own(p, &p->paths[0], path.rto_ms),
			 MIN(MAX(rto_ms, p->rto_min_ms), p->rto_max_ms));
}

/* Whatever the RTO was, an answer is seen, and nothing else is taken for one. */
static void every_rto_up_to(uint32_t rto_max_ms)
{
	static const struct {
		struct fake_heartbeat how[2];
		size_t count;
		unsigned answered;
		uint32_t rto_ms; /* that comes of it, if RTO.Min is not above it */
	} ways[] = {
		{ { { 0, 0, FAKE_RTT_US, 0 } }, 1, 1, 0 },
		{ { { 0, 0, 20 * MSEC, 0 } }, 1, 1, 0 },
		{ { { 0, 1, NEVER, 0 }, { 0, 2, FAKE_RTT_US, 0 } }, 2, 1, 0 },
		{ { { 0, 0, 400 * MSEC, 0 } }, 1, 1, 1200 },
		{ { { 0, 1, NEVER, 0 }, { 0, 2, 400 * MSEC, 0 } }, 2, 1, 1200 },
		{ { { 0, 0, NEVER, 0 } }, 1, 0, 0 },
	};

	for (uint32_t rto_ms = 1; rto_ms <= 4200; rto_ms++) {
		for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
			const struct fake_script script = {
				.heartbeats = ways[i].how,
				.heartbeat_count = ways[i].count,
				.rto_ms = rto_ms,
				.rto_max_ms = rto_max_ms,
			};
			struct probe *p = start(&script, 1);

			probe(p, AGAIN, TIMEOUT);
			if (p->paths[0].answered != ways[i].answered)
				fail_msg("RTO %u of %u ms, way %zu: %u answered", rto_ms,
					 rto_max_ms, i, p->paths[0].answered);
			if (ways[i].answered)
				check_own_rto(p, ways[i].rto_ms);
			finish(p);
		}
	}
}

static void every_rto(void **state)
{
	(void)state;
	every_rto_up_to(0);
}

/* A back-off ends there. RTO.Min may be as high, and RTO.Initial higher. */
static void every_rto_with_a_maximum(void **state)
{
	(void)state;
	every_rto_up_to(1000);
	every_rto_up_to(1010);
	every_rto_up_to(1500);
	every_rto_up_to(2000);
	every_rto_up_to(4000);
}

/* Where the least that is measured is more than RTO.Min, and than RTO.Max. */
static void a_low_rto(void **state)
{
	static const uint32_t limits[][2] = {
		{ 1, 2 },   { 1, 4 },    { 4, 8 },   { 1, 20 },   { 1, 50 },    { 60, 60 },
		{ 1, 100 }, { 50, 300 }, { 1, 900 }, { 1, 1000 }, { 1, 60000 }, { 40, 60000 }
	};
	static const uint32_t rtos[] = { 3000, 240, 100, 60, 16, 4, 2 };
	static const struct fake_heartbeat how[] = { { 1, 1, NEVER, 0 }, { 2, 0, NEVER, 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(limits) * ARRAY_SIZE(rtos); i++) {
		const uint32_t *limit = limits[i / ARRAY_SIZE(rtos)];
		const struct fake_script script = {
			.heartbeats = how,
			.heartbeat_count = ARRAY_SIZE(how),
			.rto_ms = rtos[i % ARRAY_SIZE(rtos)],
			.rto_min_ms = limit[0],
			.rto_max_ms = limit[1],
		};
		struct probe *p = start(&script, PATHS);

		print_message("  %u to %u ms, RTO %u ms\n", limit[0], limit[1], script.rto_ms);
		for (unsigned n = 1; n <= 6; n++) {
			probe(p, AGAIN, TIMEOUT);
			assert_int_equal(p->paths[0].answered, n);
			assert_int_equal(p->paths[0].missed, 0);
			assert_int_equal(p->paths[1].answered, n);
			assert_int_equal(p->paths[2].answered, 0);
		}
		finish(p);
	}
}

/* What suits one path must suit the others. */
static void rtos_of_their_own(void **state)
{
	static const uint32_t rtos[][PATHS] = {
		{ 520, 510, 500 },   { 500, 510, 520 },   { 1000, 520, 530 },   { 260, 255, 1000 },
		{ 2000, 1000, 500 }, { 1020, 1000, 980 }, { 3000, 1500, 1000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rtos); i++) {
		struct stack_path paths[PATHS];
		struct fake_script script = { .paths = paths, .path_count = PATHS };

		for (unsigned lost = 0; lost <= 1; lost++) {
			const struct fake_heartbeat first[] = { { 0, 1, NEVER, 0 },
								{ 1, 1, NEVER, 0 },
								{ 2, 1, NEVER, 0 } };
			struct probe *p;

			for (size_t n = 0; n < PATHS; n++)
				paths[n] = (struct stack_path){ .address = peers[n],
								.state = PATH_ACTIVE,
								.rto_ms = rtos[i][n] };
			script.heartbeats = first;
			script.heartbeat_count = lost ? PATHS : 0;
			p = start(&script, PATHS);
			probe(p, AGAIN, TIMEOUT);
			for (size_t n = 0; n < PATHS; n++)
				check_path(&p->paths[n],
					   &(struct expected){ 1 + lost, 1, FAKE_RTT_US, lost });
			finish(p);
		}
	}
}

static void rto_min_is_moved_only_where_it_must_be(void **state)
{
	static const struct {
		uint32_t rto_ms;
		bool moved;
	} cases[] = {
		{ 3000, false }, { 1000, true }, { 500, true }, { 250, false }, { 1500, false }
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fake_script script = { .rto_ms = cases[i].rto_ms };
		struct probe *p = start(&script, PATHS);

		probe_ask_all(p);
		assert_int_equal(fake_stack_record(0)->rto_min_ms != FAKE_RTO_MIN_MS,
				 cases[i].moved);
		assert_int_equal(p->moved, cases[i].moved);
		finish(p); /* asserts that it is back, also in the middle of the probe */
	}
}

/* --- Paths that the peer has not confirmed --------------------------------------------------- */

static void unconfirmed(void **state)
{
	static const struct stack_path paths[] = {
		{ .address = FAKE_V4(0x7f000001, 5000), .state = PATH_UNCONFIRMED },
		{ .address = FAKE_V4(0x7f000002, 5000), .state = PATH_UNCONFIRMED },
		{ .address = FAKE_V4(0x7f000003, 5000), .state = PATH_ACTIVE },
	};
	const struct fake_script script = {
		.paths = paths,
		.path_count = ARRAY_SIZE(paths),
		HEARTBEATS({ 0, 0, 30 * MSEC, 0 }, { 1, 0, NEVER, 0 }),
	};
	struct probe *p = start(&script, PATHS);

	(void)state;
	assert_int_equal(probe(p, AGAIN, TIMEOUT), TIMEOUT);
	check_path(&p->paths[0], &(struct expected){ 1, 1, 30 * MSEC, 0 });
	assert_int_equal(p->paths[0].then.state, PATH_ACTIVE);
	check_path(&p->paths[1], &(struct expected){ 2, 0, 0, 0 });
	assert_int_equal(p->paths[1].then.state, PATH_UNCONFIRMED);
	check_path(&p->paths[2], &(struct expected)QUICK);
	finish(p);
}

/* --- Many rounds, as for a path that is watched ---------------------------------------------- */

#define ROUNDS  12
#define RETURNS 7 /* the heartbeat from which on path 2 answers */
#define STEADY  (30 * MSEC)

/*
 * Every answer is seen, though the RTO has long been at its least, and one path backs off beside.
 */
static void many_rounds(void **state)
{
	const struct fake_script script = {
		HEARTBEATS({ 0, 0, STEADY, 0 }, { 1, 0, NEVER, 0 }, { 2, 1, NEVER, 0 },
			   { 2, 2, NEVER, 0 }, { 2, 3, NEVER, 0 }, { 2, 4, NEVER, 0 },
			   { 2, 5, NEVER, 0 }, { 2, 6, NEVER, 0 }),
	};
	struct probe *p = start(&script, PATHS);

	(void)state;
	for (unsigned n = 1; n <= ROUNDS; n++) {
		unsigned back = n < RETURNS ? 0 : n - RETURNS + 1;

		probe(p, LOOP_FOREVER / 2, SEC);
		assert_int_equal(p->paths[0].sent, n);
		assert_int_equal(p->paths[0].answered, n);
		assert_about(p->paths[0].rtt_us, STEADY);
		assert_int_equal(p->paths[1].answered, 0);
		assert_int_equal(p->paths[1].missed, n);
		assert_int_equal(p->paths[2].sent, n);
		assert_int_equal(p->paths[2].answered, back);
		assert_int_equal(p->paths[2].missed, back ? 0 : n);
		if (back)
			assert_about(p->paths[2].rtt_us, FAKE_RTT_US);
		/* Neither what backs off nor the number of rounds drives it up. */
		if (n > RETURNS)
			assert_in_range(fake_stack_record(0)->rto_min_ms, FAKE_RTO_MIN_MS,
					FAKE_RTO_MIN_MS + 100);
	}
	finish(p);
}

/* A path that slows down, then is fast again: each round trip is its own, not the mean. */
static void round_trips_change(void **state)
{
	static const int64_t after_us[] = { 10 * MSEC, 200 * MSEC, 10 * MSEC, 90 * MSEC, 400 };
	const struct fake_script script = {
		HEARTBEATS({ 0, 1, after_us[0], 0 }, { 0, 2, after_us[1], 0 },
			   { 0, 3, after_us[2], 0 }, { 0, 4, after_us[3], 0 },
			   { 0, 5, after_us[4], 0 }),
	};
	struct probe *p = start(&script, 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(after_us); i++) {
		assert_about(probe(p, AGAIN, TIMEOUT), after_us[i]);
		assert_about(p->paths[0].rtt_us, after_us[i]);
		pass(300 * MSEC);
	}
	finish(p);
}

/*
 * The stack keeps a mean of what it has measured; which heartbeat was answered is seen all the
 * same.
 */
static void late_after_quick(void **state)
{
	const struct fake_script script = {
		HEARTBEATS({ 0, 1, 10 * MSEC, 0 }, { 0, 2, 700 * MSEC, 0 }, { 0, 3, NEVER, 0 },
			   { 0, 4, NEVER, 0 }, { 0, 5, 10 * MSEC, 0 }),
	};
	static const struct expected expected[] = { { 1, 1, 10 * MSEC, 0 },
						    { 3, 2, 700 * MSEC, 0 },
						    { 5, 3, 10 * MSEC, 1 } };
	struct probe *p = start(&script, 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		probe(p, AGAIN, TIMEOUT);
		check_path(&p->paths[0], &expected[i]);
	}
	finish(p);
}

/* Only what is lost for certain, where the program or the peer had to wait for the processor. */
static void lost_or_late(void **state)
{
	static const struct {
		const char *name;
		struct fake_heartbeat how[3];
		int64_t asleep_until_us; /* from when the second was sent */
		unsigned answered, lost;
	} cases[] = {
		{ "the first is lost", { { 0, 1, NEVER, 0 }, { 0, 2, 10 * MSEC, 0 } }, 0, 1, 1 },
		{ "and there is no look for a long time",
		  { { 0, 1, NEVER, 0 }, { 0, 2, 10 * MSEC, 0 } },
		  AGAIN + 300 * MSEC,
		  1,
		  1 },
		{ "the first is late",
		  { { 0, 1, AGAIN + MSEC, 0 }, { 0, 2, 10 * MSEC, 0 } },
		  0,
		  1,
		  0 },
		{ "the answers to both come together",
		  { { 0, 1, AGAIN + 5 * MSEC, 0 }, { 0, 2, 5 * MSEC, 0 } },
		  AGAIN + 30 * MSEC,
		  1,
		  0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fake_script script = { .heartbeats = cases[i].how,
						    .heartbeat_count = 2 };
		struct probe *p = start(&script, 1);
		int64_t start_us = loop_now_us();

		print_message("  %s\n", cases[i].name);
		probe_ask_all(p);
		fake_loop_block(start_us + AGAIN);
		ask_waiting(p);
		fake_loop_block(MAX(start_us + cases[i].asleep_until_us, loop_now_us()));
		while (probe_look(p) && loop_now_us() < start_us + TIMEOUT)
			fake_loop_block(probe_next_look_us(p));
		assert_int_equal(p->paths[0].answered, cases[i].answered);
		assert_int_equal(p->paths[0].lost, cases[i].lost);
		finish(p);
	}
}

/* --- Looking --------------------------------------------------------------------------------- */

static void nothing_to_wait_for(void **state)
{
	const struct fake_script script = { .assoc = 7 };
	struct probe *p = start(&script, PATHS);

	(void)state;
	assert_int_equal(probe_look(p), 0);
	assert_true(probe_next_look_us(p) == LOOP_FOREVER);
	ask_waiting(p); /* no path waits, so none is asked */
	assert_int_equal(fake_stack_record(0)->heartbeats, 0);
	finish(p);
	p = start(&script, 0);
	assert_int_equal(probe(p, AGAIN, TIMEOUT), 0);
	finish(p);
	probe_free(NULL);
}

/* Often at first, then less and less, but never more than 20 ms apart. */
static void looks_do_not_cost_much(void **state)
{
	const struct fake_script script = { HEARTBEATS({ 0, 0, NEVER, 0 }) };
	struct probe *p = start(&script, 1);
	int64_t at_us, previous_us = loop_now_us(), sent_us = previous_us;
	unsigned looks = 0;

	(void)state;
	probe_ask_all(p);
	while (loop_now_us() < sent_us + 2 * SEC) {
		at_us = probe_next_look_us(p);
		assert_in_range(at_us - previous_us, 250, 20 * MSEC);
		assert_true(at_us - previous_us <= SLACK_US(previous_us - sent_us));
		fake_loop_block(at_us);
		assert_int_equal(probe_look(p), 1);
		previous_us = at_us;
		looks++;
	}
	assert_in_range(looks, 100, 300);
	finish(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_round),
		cmocka_unit_test(every_rto),
		cmocka_unit_test(every_rto_with_a_maximum),
		cmocka_unit_test(a_low_rto),
		cmocka_unit_test(rtos_of_their_own),
		cmocka_unit_test(rto_min_is_moved_only_where_it_must_be),
		cmocka_unit_test(unconfirmed),
		cmocka_unit_test(many_rounds),
		cmocka_unit_test(round_trips_change),
		cmocka_unit_test(late_after_quick),
		cmocka_unit_test(lost_or_late),
		cmocka_unit_test(nothing_to_wait_for),
		cmocka_unit_test(looks_do_not_cost_much),
	};

	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
