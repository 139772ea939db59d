/* SPDX-License-Identifier: MIT */
/* connection.c against scripted stacks: signals, --wait, floods, closing, on a fake clock. */
#include "bench.h"
#include "fake_output.h"

#define FLOOD 10000

/* --- --hold ---------------------------------------------------------------------------------- */

/* Some servers exit if the client is gone when they accept. A second signal is obeyed at once. */
static void a_signal_does_not_close_it_early(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(UP_US)), CLOSING(CLOSED(10 * MSEC)) } };
	const struct fake_script shut[] = { { EVENTS(UP(UP_US), SHUTDOWN(UP_US + 90 * MSEC)) } };
	const struct {
		int64_t hold_us, again_us, shut_us;
	} cases[] = {
		{ 200 * MSEC, 0, UP_US + 200 * MSEC },
		{ 100 * MSEC, 0, UP_US + 100 * MSEC },
		{ 10 * SEC, 0, UP_US + 200 * MSEC },
		{ 10 * SEC, 70 * MSEC, UP_US + 120 * MSEC },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		host.hold_us = cases[i].hold_us;
		fake_loop_signal(UP_US + 50 * MSEC, SIGINT);
		assert_result(RUN(scripts, ONE), RESULT_CONNECTED, 0, 130);
		assert_int_equal(NEWEST.took_us, UP_US + 50 * MSEC);
		if (cases[i].again_us)
			fake_loop_signal(cases[i].again_us, SIGINT);
		close_bench();
		assert_int_equal(fake_stack_record(0)->shutdown_us - NEWEST.begun_us,
				 cases[i].shut_us);
		assert_false(fake_stack_record(0)->aborted);
	}

	/* The peer has accepted it, and closes it meanwhile. */
	fake_loop_signal(UP_US + 50 * MSEC, SIGINT);
	assert_result(RUN(shut, ONE), RESULT_CONNECTED, 0, 130);
	close_bench();
	assert_int_equal(fake_stack_record(0)->closed_us - NEWEST.begun_us, UP_US + 90 * MSEC);
	assert_int_equal(fake_stack_record(0)->shutdowns, 0);
}

/* The COOKIE-ECHO has left, so the peer may just have accepted it. */
static void an_attempt_in_cookie_echoed_is_not_aborted_at_once(void **state)
{
	const int64_t over_us = 300 * MSEC;
	const struct fake_script pending = { .pending_state = ASSOC_COOKIE_ECHOED };
	const struct fake_script late = { .pending_state = ASSOC_COOKIE_ECHOED,
					  EVENTS(UP(over_us + 10 * MSEC)),
					  CLOSING(CLOSED(10 * MSEC)) };
	const struct fake_script refused = { .pending_state = ASSOC_COOKIE_ECHOED,
					     EVENTS(FAILED(over_us + 10 * MSEC, ECONNREFUSED)) };
	const struct fake_script waits = { .pending_state = ASSOC_COOKIE_WAIT };
	const struct {
		const struct fake_script *script;
		int64_t hold_us, signal_us, end_us;
		bool aborted;
	} cases[] = {
		{ &pending, 200 * MSEC, 0, over_us + 200 * MSEC, true },
		{ &pending, 200 * MSEC, 150 * MSEC, 350 * MSEC, true },
		{ &pending, 10 * SEC, 0, over_us + 200 * MSEC, true },
		{ &pending, 0, 0, over_us, true },
		{ &waits, 200 * MSEC, 0, over_us, true },
		{ &late, 200 * MSEC, 0, over_us + 210 * MSEC, false },
		{ &refused, 200 * MSEC, 0, over_us + 10 * MSEC, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fake_record *r;

		host.hold_us = cases[i].hold_us;
		if (cases[i].signal_us)
			fake_loop_signal(cases[i].signal_us, SIGINT);
		run_args(ARGS(ONE, "-w", "300ms"), i % 2, cases[i].script, 1);
		assert_int_equal(NEWEST.took_us, cases[i].signal_us ?: over_us);
		close_bench();
		r = fake_stack_record(0);
		assert_int_equal(r->closed_us - NEWEST.begun_us, cases[i].end_us);
		assert_int_equal(r->aborted, cases[i].aborted);
	}
}

/* Nor before the next try of --wait; a signal between the two does not wait for that one. */
static void an_attempt_in_cookie_echoed_before_the_next_try(void **state)
{
	const struct fake_script scripts[] = { { .pending_state = ASSOC_COOKIE_ECHOED },
					       { EVENTS(UP(UP_US)) } };
	const struct fake_record *r;

	(void)state;
	host.hold_us = 200 * MSEC;
	assert_result(RUN(scripts, ONE, "-w", "300ms", "-W", "10s"), CONNECTED);
	r = fake_stack_record(0);
	assert_true(r->closed_us - NEWEST.begun_us >= 500 * MSEC);
	assert_true(r->closed_us <= fake_stack_record(1)->opened_us);
	close_bench();

	fake_loop_signal(310 * MSEC, SIGINT);
	assert_int_equal(RUN(scripts, ONE, "-w", "300ms", "-W", "10s")->signal, SIGINT);
	close_bench();
	r = fake_stack_record(0);
	assert_int_equal(r->closed_us - NEWEST.begun_us, 500 * MSEC);
	assert_true(r->aborted);
}

/* For the monitor, which tells how it ended. */
static void kept_for_the_monitor(void **state)
{
	const struct fake_script ends[] = {
		{ EVENTS(UP(UP_US), SHUTDOWN(UP_US + 150 * MSEC)) },
		{ EVENTS(UP(UP_US), LOST(UP_US + 150 * MSEC, ECONNRESET, 12)) },
		{ EVENTS(UP(UP_US), LOST(UP_US, ECONNRESET, 12)), .status_error = ENOTCONN },
	};

	(void)state;
	host.probing = true;
	host.hold_us = 200 * MSEC;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		const struct result *result = run_args(ARGS(TWO, "-M"), false, &ends[i], 1);

		assert_int_equal(result->word, i ? RESULT_ABORTED : RESULT_CLOSED);
		assert_non_null(connection_assoc(NEWEST.connection));
		close_bench();
		assert_int_equal(fake_stack_open_count(), 0);

		run_args(ARGS(TWO), false, &ends[i], 1);
		assert_null(connection_assoc(NEWEST.connection));
		close_bench();
	}
}

/* --- An address that cannot be reached costs no timer ---------------------------------------- */

static void assert_first_peer(size_t call, const char *address)
{
	char text[ADDRESS_TEXT_MAX];

	assert_string_equal(address_host_text(&fake_stack_record(call)->peers[0], text), address);
}

static void the_next_address_is_asked_at_once(void **state)
{
	const struct fake_script scripts[] = {
		{ SOFT_ERRORS({ 5 * MSEC, EHOSTUNREACH }) },
		{ EVENTS(UP(MSEC)), CLOSING(CLOSED(0)) },
	};
	const struct result *result = RUN(scripts, TWO);

	(void)state;
	assert_result(result, CONNECTED);
	assert_in_range(result->connect_us, 6 * MSEC, 7 * MSEC);
	assert_false(result->reordered || result->primary_set);
	assert_first_peer(0, "127.0.0.1");
	assert_first_peer(1, "127.0.0.2");
	assert_int_equal(fake_stack_record(1)->peer_count, 2);
	assert_aborted_until(1);
}

static void so_it_is_without_a_route(void **state)
{
	const struct fake_script scripts[] = { { 0 }, { EVENTS(UP(MSEC)), CLOSING(CLOSED(0)) } };
	const struct result *result;

	(void)state;
	fake_host.no_route[0] = "127.0.0.1";
	fake_host.no_route[1] = "127.0.0.2";
	fake_host.route_error = ENETUNREACH;
	result = RUN(scripts, THREE);
	assert_result(result, CONNECTED);
	assert_in_range(result->connect_us, 2 * MSEC, 3 * MSEC);
	assert_first_peer(1, "127.0.0.3");
}

static void none_can_be_reached(void **state)
{
	const struct fake_script scripts[] = {
		{ SOFT_ERRORS({ 5 * MSEC, EHOSTUNREACH }) },
		{ SOFT_ERRORS({ 5 * MSEC, EHOSTUNREACH }) },
		{ SOFT_ERRORS({ 5 * MSEC, EHOSTUNREACH }) },
	};
	const struct result *result = RUN(scripts, THREE);

	(void)state;
	assert_result(result, UNREACHABLE);
	assert_paths(result, "unreachable unreachable unreachable");
	assert_in_range(result->connect_us, 15 * MSEC, 20 * MSEC);
}

static void the_time_is_that_of_all_calls(void **state)
{
	const struct fake_script scripts[] = { { SOFT_ERRORS({ 100 * MSEC, EHOSTUNREACH }) },
					       { 0 } };
	const struct result *result = RUN(scripts, TWO, "-w", "400ms");

	(void)state;
	assert_result(result, TIMED_OUT);
	assert_int_equal(result->connect_us, 400 * MSEC);
	assert_paths(result, "unreachable silent");
}

/* The user asks for something that another call would not keep. */
static void some_calls_are_not_made_again(void **state)
{
	const struct fake_script scripts[] = { { SOFT_ERRORS({ 5 * MSEC, EHOSTUNREACH }),
						 EVENTS(UP(260 * MSEC)), .answered = 1,
						 CLOSING(CLOSED(0)) } };

	(void)state;
	assert_int_equal(RUN(scripts, TWO, "--init-attempts", "5")->connect_us, 260 * MSEC);
	assert_int_equal(RUN(scripts, TWO, "-b", "127.0.0.1:7000")->connect_us, 260 * MSEC);
	assert_int_equal(RUN_BLOCKING(scripts, TWO)->connect_us, 260 * MSEC);
	/* With the global address first, this end would not list its private ones. */
	assert_int_equal(RUN(scripts, "-a", "127.0.0.1:5000", "-a", "10.1.1.1")->connect_us,
			 260 * MSEC);
}

/* --- Signals --------------------------------------------------------------------------------- */

static void a_signal_while_pending(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(2 * SEC)) } };

	(void)state;
	for (int blocking = 0; blocking <= 1; blocking++) {
		const struct result *result;

		fake_loop_signal(SEC, blocking ? SIGTERM : SIGINT);
		result = run_args(ARGS(TWO), blocking, scripts, 1);
		assert_result(result, RESULT_FAILED, EINTR, blocking ? 143 : 130);
		assert_int_equal(result->signal, blocking ? SIGTERM : SIGINT);
		assert_paths(result, "silent silent");
		assert_contains(said_reason(result).text, blocking ? "SIGTERM" : "SIGINT");
		assert_int_equal(result->connect_us, SEC);
		assert_int_equal(NEWEST.took_us, SEC);
		assert_int_equal(fake_stack_count(), 1);
		assert_aborted_until(1);
		assert_int_equal(fake_stack_open_count(), 0);
		close_bench();
	}
}

static void a_signal_while_names_are_looked_up(void **state)
{
	const struct fake_script scripts[] = { { 0 } };
	const struct result *result;

	(void)state;
	fake_loop_signal(0, SIGINT);
	result = RUN(scripts, "-a", "late.example:5000", "-W", "10s");
	assert_result(result, RESULT_FAILED, EINTR, 130);
	assert_int_equal(result->signal, SIGINT);
	assert_contains(said_reason(result).text, "SIGINT while names were looked up");
	assert_int_equal(fake_stack_count(), 0);
}

/* It keeps what the last try found out, and says that it was waiting. */
static void a_signal_between_two_tries(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
	};
	const struct result *result;

	(void)state;
	fake_loop_signal(400 * MSEC, SIGINT);
	result = RUN(scripts, ONE, "-W", "10s");
	assert_result(result, RESULT_FAILED, EINTR, 130);
	assert_int_equal(result->tries, 2);
	assert_int_equal(benches[0].took_us, 400 * MSEC);
	assert_paths(result, "refused");
	assert_contains(said_reason(result).text, "SIGINT");
	assert_contains(said_reason(result).text, "answered ABORT");
	assert_int_equal(result->connect_us, MSEC);
	assert_aborted_until(2);
	close_bench();
}

/* It ends those that wait, not the one that is up. */
static void a_signal_with_one_up_and_one_pending(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(UP(MSEC)), CLOSING(CLOSED(5 * MSEC)) },
		{ 0 },
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
	};
	struct connection *list[3];

	(void)state;
	fake_stack_reset(scripts, ARRAY_SIZE(scripts));
	list[0] = prepare(ARGS(ONE), false, &fake_stack, 0)->connection;
	list[1] = prepare(ARGS(ONE), false, &fake_stack, 0)->connection;
	list[2] = prepare(ARGS(ONE, "-W", "1m"), false, &fake_stack, 0)->connection;
	fake_loop_signal(100 * MSEC, SIGHUP);
	run_connections(list, 3, &benches[0].timeline);
	assert_result(connection_result(list[0]), CONNECTED);
	assert_result(connection_result(list[1]), RESULT_FAILED, EINTR, 129);
	assert_result(connection_result(list[2]), RESULT_FAILED, EINTR, 129);
	close_connections(list, 3, &benches[0].timeline);
	assert_int_equal(fake_stack_open_count(), 0);
	assert_false(fake_stack_record(0)->aborted);
	assert_true(fake_stack_record(1)->aborted);
}

/* --- A wait that fails ----------------------------------------------------------------------- */

static void a_wait_that_fails(void **state)
{
	const struct fake_script silent[] = { { 0 } };
	const struct fake_script up[] = { { EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1)) } };
	const struct result *result;

	(void)state;
	fake_loop_fail(300 * MSEC, EPERM);
	result = RUN(silent, THREE);
	assert_result(result, RESULT_FAILED, EPERM, STATUS_HOST);
	assert_contains(said_reason(result).text, "ppoll: EPERM");
	assert_paths(result, "tried tried untried");
	assert_int_equal(fake_stack_open_count(), 0);
	close_bench();

	fake_loop_reset();
	fake_loop_fail(300 * MSEC, ENOMEM);
	host.probing = true;
	result = RUN(up, TWO);
	assert_result(result, RESULT_FAILED, ENOMEM, STATUS_HOST);
	assert_contains(said_reason(result).text, "ppoll: ENOMEM");
	assert_paths(result, "verified unverified");
	assert_true(result->association.known);
	assert_int_equal(fake_stack_open_count(), 0);
}

/* --- --wait ---------------------------------------------------------------------------------- */

static void tries_until_it_is_up(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(FAILED(400, ECONNREFUSED)) },
		{ EVENTS(UP(MSEC), LOST(MSEC, ECONNRESET, 12)) },
		{ SOFT_ERRORS({ MSEC, EHOSTUNREACH }), EVENTS(FAILED(2 * MSEC, ECONNREFUSED)) },
		{ EVENTS(UP(MSEC)), CLOSING(CLOSED(0)) },
	};

	(void)state;
	for (int blocking = 0; blocking <= 1; blocking++) {
		const struct result *result =
			run_args(ARGS(TWO, "-W", "10s", "--rto-initial", "1ms"), blocking, scripts,
				 ARRAY_SIZE(scripts));

		assert_result(result, CONNECTED);
		assert_int_equal(result->tries, 4);
		assert_int_equal(result->connect_us, MSEC);
		assert_int_equal(NEWEST.took_us, 400 + MSEC + 2 * MSEC + MSEC + 3 * 250 * MSEC);
		/* Nothing of the tries before is left in it. */
		assert_paths(result, "unverified unverified");
		assert_string_equal(said_reason(result).text, "");
		assert_string_equal(said_hint(result).text, "");
		assert_aborted_until(3);
		assert_int_equal(fake_stack_open_count(), 1);
		close_bench();
		assert_int_equal(fake_stack_open_count(), 0);
		assert_false(fake_stack_record(3)->aborted);
	}
}

/* Tries at 0, 251, 502 and 753 ms; the next would begin after the end. */
static void wait_runs_out(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
	};
	const struct result *result = RUN(scripts, ONE, "-W", "1s");

	(void)state;
	assert_result(result, REFUSED);
	assert_int_equal(result->tries, 4);
	assert_int_equal(benches[0].took_us, 754 * MSEC);
	assert_aborted_until(4);
	assert_int_equal(fake_stack_open_count(), 0);
}

static void a_try_lasts_no_longer_than_wait(void **state)
{
	const struct fake_script scripts[] = { { 0 }, { 0 } };

	(void)state;
	for (int blocking = 0; blocking <= 1; blocking++) {
		const struct result *result = run_args(ARGS(ONE, "-W", "6s"), blocking, scripts, 2);

		assert_result(result, TIMED_OUT);
		assert_int_equal(result->tries, 2);
		assert_int_equal(result->connect_us, 750 * MSEC);
		assert_contains(said_reason(result).text, "within 750 ms");
		assert_int_equal(NEWEST.took_us, 6 * SEC);
		result = run_args(ARGS(ONE, "-W", "300ms"), blocking, scripts, 2);
		assert_result(result, TIMED_OUT);
		assert_int_equal(result->tries, 1);
		assert_int_equal(result->connect_us, 300 * MSEC);
		assert_int_equal(fake_stack_open_count(), 0);
	}
}

static void a_name_that_comes_late(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(MSEC)) } };
	const struct result *result;

	(void)state;
	host.resolves_us = loop_now_us() + 400 * MSEC;
	result = RUN(scripts, "-a", "late.example:5000", "-W", "10s");
	assert_result(result, CONNECTED);
	assert_int_equal(result->tries, 3);
	assert_string_equal(result->association.paths[0].host, "late.example");
	close_bench();

	host.resolves_us = LOOP_FOREVER;
	result = RUN(scripts, "-a", "late.example:5000");
	assert_result(result, RESULT_UNRESOLVED, 0, STATUS_UNRESOLVED);
	assert_contains(said_reason(result).text, "late.example: no such name");
	assert_int_equal(result->association.path_count, 0);
	assert_int_equal(fake_stack_count(), 0);
}

/* Where there is no name, nothing is taken from --timeout, however slow the machine is. */
static void addresses_take_no_time(void **state)
{
	const struct fake_script scripts[] = { { 0 } };

	(void)state;
	fake_loop_looks_take(MSEC);
	assert_contains(said_reason(RUN(scripts, ONE, "-w", "123ms")).text, "within 123 ms");
}

/* What is told of names without an answer is the time that they had, on a slow machine, too. */
static void a_name_that_does_not_come(void **state)
{
	struct timeline timeline = { .start_us = loop_now_us() };
	const char *args[] = { "late.example" };
	struct message why = { "" };
	struct target peer, local = { 0 };
	struct resolve resolve;

	(void)state;
	assert_int_equal(target_parse_peer(&peer, args, 1, "5000", &why), STATUS_OK);
	fake_loop_looks_take(7 * MSEC);
	resolve_begin(&resolve, resolver_new(), &peer, &local, AF_UNSPEC, 200 * MSEC, &timeline);
	resolve_end(&resolve); /* nothing was read */
	assert_int_equal(resolve.status, STATUS_UNRESOLVED);
	assert_int_equal(resolve_fault(&resolve)->fault, UNRESOLVED_LATE);
	assert_int_equal(resolve_fault(&resolve)->waited_us, 200 * MSEC);
	target_free(&peer);
	fake_loop_reset();
}

/* From half of the time on, what is there is enough; the order stays. */
static void names_that_do_not_come(void **state)
{
	static const struct {
		const char *args[ARGS_MAX];
		enum result_word word;
		int64_t begins_us; /* the call */
		const char *left_out, *first;
	} cases[] = {
		{ { "-a", "silent-1.example:5000", "-a", "127.0.0.1", "-a", "silent-2.example" },
		  RESULT_CONNECTED,
		  500 * MSEC,
		  "silent-1.example, silent-2.example: no answer from the name server within 500 "
		  "ms, so only the other addresses were tried",
		  "127.0.0.1:5000" },
		{ { "-a", "silent-1.example:5000", "-a", "127.0.0.1", "-R", "all" },
		  RESULT_DEGRADED,
		  500 * MSEC,
		  "silent-1.example: no answer from the name server within 500 ms, so only the "
		  "other addresses were tried",
		  "127.0.0.1:5000" },
		{ { "-a", "silent-1.example:5000" }, RESULT_UNRESOLVED, 0, "", NULL },
		{ { "-a", "127.0.0.1:5000", "-b", "silent-1.example" },
		  RESULT_UNRESOLVED,
		  0,
		  "",
		  NULL },
	};
	const struct fake_script script = { EVENTS(UP(UP_US)) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *args[ARGS_MAX] = { "-w", "1s" };
		const struct result *result;
		struct message note;
		int64_t begun_us;

		memcpy(args + 2, cases[i].args, sizeof(args) - 2 * sizeof(*args));
		setup(NULL);
		fake_loop_is_quiet();
		host.probing = true;
		begun_us = loop_now_us();
		result = run_args(args, false, &script, 1);
		assert_int_equal(result->word, cases[i].word);
		assert_string_equal(words_note(finding_kept(result->left_out), &note),
				    cases[i].left_out);
		if (cases[i].first) {
			char text[ADDRESS_TEXT_MAX];

			assert_string_equal(address_text(&fake_stack_record(0)->peers[0], text),
					    cases[i].first);
			assert_int_equal(fake_stack_record(0)->connected_us - begun_us,
					 cases[i].begins_us);
			assert_int_equal(result->resolve_us, cases[i].begins_us);
		} else {
			assert_int_equal(NEWEST.took_us, SEC);
		}
		close_bench();
	}
}

static void a_name_that_comes_late_and_no_stack(void **state)
{
	const struct result *result;

	(void)state;
	host.resolves_us = loop_now_us() + 400 * MSEC;
	result = run(prepare(ARGS("-a", "late.example:5000", "-W", "10s"), false, NULL,
			     EPROTONOSUPPORT));
	assert_result(result, RESULT_UNSUPPORTED, EPROTONOSUPPORT, STATUS_HOST);
}

/* --- Many events, many connections ----------------------------------------------------------- */

static struct fake_event *flood(int64_t interval_us, struct fake_event last)
{
	struct fake_event *events = xcalloc(FLOOD + 1, sizeof(*events));

	for (size_t i = 0; i < FLOOD; i++)
		events[i] = (struct fake_event)PATH((int64_t)i * interval_us,
						    i % 2 ? PATH_ACTIVE : PATH_INACTIVE);
	events[FLOOD] = last;
	return events;
}

static void a_flood_in_one_batch(void **state)
{
	struct fake_script scripts[1] = { { .event_count = FLOOD + 1 } };
	struct fake_event *events = flood(0, (struct fake_event)UP(0));

	(void)state;
	scripts[0].events = events;
	for (int blocking = 0; blocking <= 1; blocking++) {
		fake_loop_reset();
		assert_result(run_args(ARGS(TWO), blocking, scripts, 1), CONNECTED);
		assert_int_equal(NEWEST.took_us, 0);
		/* In between, a signal would have been seen. */
		assert_in_range(fake_loop_waits(), FLOOD / 100, FLOOD / 10);
	}
	free(events);
}

/* One event each millisecond for ten seconds: the deadline and the soft errors have their time. */
static void a_flood_does_not_hold_up_the_deadline(void **state)
{
	struct fake_script scripts[2] = { { .event_count = FLOOD + 1,
					    SOFT_ERRORS({ 100 * MSEC, EHOSTUNREACH }) } };
	struct fake_event *events = flood(MSEC, (struct fake_event)UP(FLOOD * MSEC));
	const struct result *result;

	(void)state;
	scripts[0].events = events;
	result = RUN(scripts, TWO);
	assert_result(result, TIMED_OUT);
	assert_int_equal(result->connect_us, TIMEOUT_US);
	assert_contains(said_reason(result).text, "ICMP says host unreachable");
	result = RUN(scripts, ONE);
	assert_result(result, UNREACHABLE);
	assert_in_range(result->connect_us, 100 * MSEC, 110 * MSEC); /* a tenth late at most */
	free(events);
}

/* One in a flood does not keep the others waiting. */
static void a_flood_beside_another(void **state)
{
	struct fake_script scripts[2] = { { .event_count = FLOOD + 1 },
					  { EVENTS(UP(3 * SEC)), CLOSING(CLOSED(0)) } };
	struct fake_event *events = flood(MSEC, (struct fake_event)UP(FLOOD * MSEC));
	struct connection *list[2];

	(void)state;
	scripts[0].events = events;
	fake_stack_reset(scripts, 2);
	list[0] = prepare(ARGS(ONE), false, &fake_stack, 0)->connection;
	list[1] = prepare(ARGS(ONE), false, &fake_stack, 0)->connection;
	run_connections(list, 2, &benches[0].timeline);
	assert_result(connection_result(list[0]), TIMED_OUT);
	assert_result(connection_result(list[1]), CONNECTED);
	assert_int_equal(connection_result(list[1])->connect_us, 3 * SEC);
	close_connections(list, 2, &benches[0].timeline);
	assert_int_equal(fake_stack_open_count(), 0);
	free(events);
}

static void each_of_fifty_has_its_own_outcome(void **state)
{
	const struct {
		struct fake_script script;
		enum result_word word;
		int64_t connect_us;
	} kinds[] = {
		{ { .assoc = 11, EVENTS(UP(2 * MSEC)), CLOSING(CLOSED(10 * MSEC)) },
		  RESULT_CONNECTED,
		  2 * MSEC },
		{ { EVENTS(FAILED(MSEC, ECONNREFUSED)) }, RESULT_REFUSED, MSEC },
		{ { 0 }, RESULT_TIMEOUT, TIMEOUT_US },
		{ { SOFT_ERRORS({ MSEC, EHOSTUNREACH }) }, RESULT_UNREACHABLE, MSEC },
		{ { EVENTS(UP(3 * SEC), LOST(3 * SEC, ECONNRESET, 12)) }, RESULT_ABORTED, 3 * SEC },
		{ { .open_error = EMFILE }, RESULT_FAILED, 0 },
		{ { .connect_error = EAGAIN }, RESULT_FAILED, 0 },
		{ { .assoc = 12, EVENTS(UP(TIMEOUT_US - 1)), CLOSING(CLOSED(10 * MSEC)) },
		  RESULT_CONNECTED,
		  TIMEOUT_US - 1 },
	};
	struct fake_script scripts[SEVERAL];
	struct connection *list[SEVERAL];
	char host_text[SEVERAL][32];
	int64_t begun_us = loop_now_us();
	size_t up = 0;

	(void)state;
	for (size_t i = 0; i < SEVERAL; i++)
		scripts[i] = kinds[i % ARRAY_SIZE(kinds)].script;
	fake_stack_reset(scripts, SEVERAL);
	for (size_t i = 0; i < SEVERAL; i++) {
		snprintf(host_text[i], sizeof(host_text[i]), "127.0.1.%zu:5000", i + 1);
		list[i] = prepare(ARGS("-a", host_text[i]), false, &fake_stack, 0)->connection;
	}
	run_connections(list, SEVERAL, &benches[0].timeline);
	assert_int_equal(loop_now_us() - begun_us, TIMEOUT_US);
	for (size_t i = 0; i < SEVERAL; i++) {
		const struct result *result = connection_result(list[i]);

		assert_string_equal(result_name(result->word),
				    result_name(kinds[i % ARRAY_SIZE(kinds)].word));
		assert_int_equal(result->connect_us, kinds[i % ARRAY_SIZE(kinds)].connect_us);
		assert_ptr_equal(result->target, &benches[i].peer);
		up += result->word == RESULT_CONNECTED;
		if (result->word == RESULT_CONNECTED)
			assert_int_equal(result->association.status.id,
					 kinds[i % ARRAY_SIZE(kinds)].script.assoc);
	}
	assert_int_equal(fake_stack_open_count(), up);

	/* They close side by side. */
	begun_us = loop_now_us();
	close_connections(list, SEVERAL, &benches[0].timeline);
	assert_int_equal(loop_now_us() - begun_us, 10 * MSEC);
	assert_int_equal(fake_stack_open_count(), 0);
	for (size_t i = 0; i < fake_stack_count(); i++)
		assert_int_equal(fake_stack_record(i)->aborted, !fake_stack_record(i)->shutdowns);
}

/* --- Closing --------------------------------------------------------------------------------- */

struct closing_case {
	const char *name;
	struct fake_script script;
	int64_t signal_us; /* or 0 */
	int64_t took_us;
	bool aborted;
};

static void every_way_to_close(void **state)
{
	const struct closing_case cases[] = {
		{ "gracefully",
		  { EVENTS(UP(0)), CLOSING(CLOSED(23 * MSEC)) },
		  0,
		  23 * MSEC,
		  false },
		{ "in the last microsecond",
		  { EVENTS(UP(0)), CLOSING(CLOSED(SEC - 1)) },
		  0,
		  SEC - 1,
		  false },
		{ "no end to it", { EVENTS(UP(0)) }, 0, SEC, true },
		{ "too late", { EVENTS(UP(0)), CLOSING(CLOSED(SEC + 1)) }, 0, SEC, true },
		{ "the peer begins to close as well",
		  { EVENTS(UP(0)), CLOSING(SHUTDOWN(MSEC)) },
		  0,
		  MSEC,
		  false },
		{ "lost meanwhile",
		  { EVENTS(UP(0)), CLOSING(LOST(MSEC, ECONNRESET, 12)) },
		  0,
		  MSEC,
		  false },
		{ "gone before, and nothing says so",
		  { .shutdown_error = ENOTCONN, EVENTS(UP(0)) },
		  0,
		  0,
		  false },
		{ "SHUTDOWN cannot be sent",
		  { .shutdown_error = EPERM, EVENTS(UP(0)) },
		  0,
		  0,
		  true },
		{ "the peer was first",
		  { EVENTS(UP(0), SHUTDOWN(5)), CLOSING(CLOSED(MSEC)) },
		  0,
		  5,
		  false },
		{ "another association closes",
		  { EVENTS(UP(0)),
		    CLOSING(AT(MSEC, .type = EVENT_CLOSED, .assoc = STRANGER), CLOSED(2 * MSEC)) },
		  0,
		  2 * MSEC,
		  false },
		{ "data and path changes first",
		  { EVENTS(UP(0)), CLOSING(AT(MSEC, .type = EVENT_DATA, .data = "abc", .length = 3),
					   PATH(MSEC, PATH_INACTIVE), PATH(2 * MSEC, PATH_ACTIVE),
					   CLOSED(3 * MSEC)) },
		  0,
		  3 * MSEC,
		  false },
		{ "a signal meanwhile",
		  { EVENTS(UP(0)), CLOSING(CLOSED(900 * MSEC)) },
		  100 * MSEC,
		  100 * MSEC,
		  true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct closing_case *k = &cases[i];
		int64_t begun_us;

		print_message("  %s\n", k->name);
		setup(NULL);
		assert_result(run_args(ARGS(ONE), false, &k->script, 1), CONNECTED);
		if (k->signal_us)
			fake_loop_signal(k->signal_us, SIGINT);
		begun_us = loop_now_us();
		close_bench();
		assert_int_equal(loop_now_us() - begun_us, k->took_us);
		assert_int_equal(fake_stack_record(0)->shutdowns, 1);
		assert_int_equal(fake_stack_record(0)->aborted, k->aborted);
		assert_int_equal(connection_unanswered_us(NEWEST.connection),
				 k->aborted && k->took_us == SEC ? SEC : 0);
		close_bench(); /* twice does no harm */
		teardown(NULL);
		bench_count = 0;
	}
}

/* The peer aborts it after the result stands, while that is being printed. */
static void lost_after_the_result(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(UP(0), LOST(MSEC, ECONNRESET, 12)) },
	};
	int64_t begun_us = loop_now_us();

	(void)state;
	assert_result(RUN(scripts, ONE), CONNECTED);
	close_bench();
	assert_int_equal(loop_now_us() - begun_us, MSEC);
	assert_false(fake_stack_record(0)->aborted);
}

/* Freed without close_connections(), nothing is left at the peer. */
static void free_without_close(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(0)) } };

	(void)state;
	assert_result(RUN(scripts, ONE), CONNECTED);
	connection_free(benches[0].connection);
	benches[0].connection = NULL;
	assert_int_equal(fake_stack_open_count(), 0);
	assert_true(fake_stack_record(0)->aborted);
	connection_free(NULL);
	run_connections(NULL, 0, &benches[0].timeline);
	close_connections(NULL, 0, &benches[0].timeline);
}

/* --- What is told meanwhile ------------------------------------------------------------------ */

static const char *stderr_of_run(const struct fake_script *script, bool blocking, bool verbose)
{
	struct bench *b;

	fake_stack_reset(script, 1);
	b = prepare(ARGS("-a", "8.8.8.8:5000", "-a", "10.1.1.2"), blocking, &fake_stack, 0);
	b->timeline.verbose = verbose;
	b->timeline.progress = !verbose;
	fake_stderr_begin();
	run(b);
	close_connections(&b->connection, 1, &benches[0].timeline);
	return fake_stderr_end();
}

static void the_timeline(void **state)
{
	const struct fake_script script = {
		SOFT_ERRORS({ 300 * MSEC, EHOSTUNREACH }),
		EVENTS(PATH(MSEC, PATH_INACTIVE), UP(400 * MSEC)),
	};
	static const char *const parts[] = {
		"addresses reordered",
		"sctp_connectx, 2 addresses, non-blocking, one-to-one",
		"address 1 of the call: 10.1.1.2:5000",
		"address 2 of the call: 8.8.8.8:5000",
		"PEER_ADDR_CHANGE",
		"SO_ERROR while waiting: EHOSTUNREACH",
		"  400.0 ms  event COMM_UP, association 3",
		"primary set to the first -a, 8.8.8.8: done",
		"closing: SHUTDOWN",
		" 1400.0 ms  closing: no answer to SHUTDOWN, so ABORT",
	};
	const char *text = stderr_of_run(&script, false, true);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		assert_contains(text, parts[i]);
}

/* What is waited for is shown after half a second, and taken away. */
static void the_progress_line(void **state)
{
	const struct fake_script fast = { EVENTS(UP(400 * MSEC)) };
	const struct fake_script slow = { EVENTS(UP(700 * MSEC)) };
	static const char line[] = "waiting for an answer from 10.1.1.2:5000 and 1 more ...";
	static const char clear[] = "\r\033[K";
	const char *text = stderr_of_run(&fast, false, false);

	(void)state;
	assert_string_equal(text, "");
	for (int blocking = 0; blocking <= 1; blocking++) {
		text = stderr_of_run(&slow, blocking, false);
		assert_contains(text, line);
		assert_true(strlen(text) > strlen(clear));
		assert_string_equal(text + strlen(text) - strlen(clear), clear);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_signal_does_not_close_it_early),
		TEST(an_attempt_in_cookie_echoed_is_not_aborted_at_once),
		TEST(an_attempt_in_cookie_echoed_before_the_next_try),
		TEST(kept_for_the_monitor),
		TEST(the_next_address_is_asked_at_once),
		TEST(so_it_is_without_a_route),
		TEST(none_can_be_reached),
		TEST(the_time_is_that_of_all_calls),
		TEST(some_calls_are_not_made_again),
		TEST(a_signal_while_pending),
		TEST(a_signal_while_names_are_looked_up),
		TEST(a_signal_between_two_tries),
		TEST(a_signal_with_one_up_and_one_pending),
		TEST(a_wait_that_fails),
		TEST(tries_until_it_is_up),
		TEST(wait_runs_out),
		TEST(a_try_lasts_no_longer_than_wait),
		TEST(a_name_that_comes_late),
		TEST(addresses_take_no_time),
		TEST(a_name_that_does_not_come),
		TEST(names_that_do_not_come),
		TEST(a_name_that_comes_late_and_no_stack),
		TEST(a_flood_in_one_batch),
		TEST(a_flood_does_not_hold_up_the_deadline),
		TEST(a_flood_beside_another),
		TEST(each_of_fifty_has_its_own_outcome),
		TEST(every_way_to_close),
		TEST(lost_after_the_result),
		TEST(free_without_close),
		TEST(the_timeline),
		TEST(the_progress_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
