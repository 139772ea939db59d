/* SPDX-License-Identifier: MIT */
/* verify.c: an association is up, and its paths are asked while it is held. */
#include "bench.h"

struct probing {
	const char *name;
	const char *args[ARGS_MAX];
	struct fake_script script;
	enum result_word word;
	int error;
	int status;
	const char *verdicts;
	int64_t probe_us;   /* at most a thirtieth more, but at a time-out */
	const char *reason; /* a part of it; NULL: it is empty */
	const char *hint;
	const char *note; /* of the last path, the same */
	const char *no_route;
	int64_t signal_us; /* after the association is up; 0: none */
};

#define TRY_ALONE "127.0.0.2: --each tries it alone"
#define PROBING(text, arguments, behaviour, expectation, ...)                               \
	{                                                                                   \
		.name = text, .args = { UNPACK arguments }, .script = { UNPACK behaviour }, \
		UNPACK expectation, __VA_ARGS__                                             \
	}
#define EXPECT(result, list, us, why, what, remark) \
	result, .verdicts = list, .probe_us = us, .reason = why, .hint = what, .note = remark
#define AS(result_word, number, exit_status) \
	.word = result_word, .error = number, .status = exit_status
#define IS_CONNECTED   AS(RESULT_CONNECTED, 0, STATUS_OK)
#define IS_DEGRADED    AS(RESULT_DEGRADED, 0, STATUS_DEGRADED)
#define IS_CLOSED      AS(RESULT_CLOSED, 0, STATUS_NOT_CONNECTED)
#define IS_ABORTED     AS(RESULT_ABORTED, ECONNRESET, STATUS_NOT_CONNECTED)
#define SECOND_IS_DEAD "127.0.0.2: listed by the peer, but no answer arrived on that path"
#define NO_TIME        "the probe ended before a heartbeat was answered"

static const struct probing probings[] = {
	PROBING("all answer", (THREE), (EVENTS(UP(UP_US))),
		(EXPECT(IS_CONNECTED, "verified verified verified", FAKE_RTT_US, NULL, NULL,
			NULL))),
	PROBING("all answer at once", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 0, 0, 0, 0 }, { 1, 0, 0, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", 0, NULL, NULL, NULL))),
	PROBING("each in its own time", (TWO, "-R", "all"),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 0, 200 * MSEC, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", 200 * MSEC, NULL, NULL, NULL))),
	PROBING("one is dead", (TWO), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(IS_CONNECTED, "verified dead", PROBE_US, NULL, SECOND_IS_DEAD,
			"no heartbeat answer in 1000 ms"))),
	PROBING("one is dead, and no route leads to it", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(IS_CONNECTED, "verified dead", FAKE_RTT_US, NULL, "ip route get 127.0.0.2",
			"no route")),
		.no_route = "127.0.0.2"),
	PROBING("two are dead", (FOUR), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1), SILENT(3))),
		(EXPECT(IS_CONNECTED, "verified dead verified dead", PROBE_US, NULL,
			"127.0.0.2 and 1 more: listed by the peer",
			"no heartbeat answer in 1000 ms"))),
	PROBING("the only one is dead", (ONE), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0))),
		(EXPECT(IS_DEGRADED, "dead", PROBE_US, "no path answers a heartbeat", "--no-probe",
			"no heartbeat answer"))),
	PROBING("all are dead", (TWO), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0), SILENT(1))),
		(EXPECT(IS_DEGRADED, "dead dead", PROBE_US, "no path answers a heartbeat",
			"--no-probe", "no heartbeat answer"))),
	PROBING("the first answered neither INIT nor heartbeat", ("-a", "127.0.0.2:5000", ONE),
		(.answered = 1, EVENTS(UP(300 * MSEC)), HEARTBEATS(SILENT(0))),
		(EXPECT(IS_CONNECTED, "dead verified", PROBE_US, NULL, SECOND_IS_DEAD, NULL))),
	PROBING("the first did not answer the INIT, but does the heartbeat", (TWO),
		(.answered = 1, EVENTS(UP(300 * MSEC))),
		(EXPECT(IS_CONNECTED, "verified verified", FAKE_RTT_US, NULL,
			"127.0.0.1 did not answer the INIT in its turn: the association came up over 127.0.0.2",
			NULL))),
	PROBING("--probe-timeout", (TWO, "--probe-timeout", "3s"),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(IS_CONNECTED, "verified dead", 3 * SEC, NULL, SECOND_IS_DEAD,
			"no heartbeat answer in 3000 ms"))),
	PROBING("--probe-timeout, as short as can be", (ONE, "--probe-timeout", "1ms"),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0))),
		(EXPECT(IS_DEGRADED, "dead", MSEC, "no path answers a heartbeat", "--no-probe",
			"no heartbeat answer in 1 ms"))),
	PROBING("in the last microsecond", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 0, PROBE_US, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", PROBE_US, NULL, NULL, NULL))),
	PROBING("a microsecond late", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 0, PROBE_US + 1, 0 })),
		(EXPECT(IS_CONNECTED, "verified dead", PROBE_US, NULL, SECOND_IS_DEAD,
			"no heartbeat answer in 1000 ms"))),
	PROBING("the first heartbeat is answered after the second was sent", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 0, 700 * MSEC, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", 700 * MSEC, NULL, NULL, NULL))),
	PROBING("only the second heartbeat is answered", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 1, FAKE_NEVER, 0 }, { 1, 2, 20 * MSEC, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", PROBE_US / 4 + 20 * MSEC, NULL, NULL,
			"lost 1 of 2 heartbeats"))),
	PROBING("only the second heartbeat, quick, and RTO.Initial is that of several", (TWO),
		(.rto_ms = 250, EVENTS(UP(UP_US)), HEARTBEATS({ 1, 1, FAKE_NEVER, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", PROBE_US / 4 + FAKE_RTT_US, NULL, NULL,
			"lost 1 of 2 heartbeats"))),
	PROBING("only the second heartbeat, and that at once", (TWO),
		(.rto_ms = 250, EVENTS(UP(UP_US)),
		 HEARTBEATS({ 0, 1, FAKE_NEVER, 0 }, { 0, 2, 0, 0 }, { 1, 1, FAKE_NEVER, 0 },
			    { 1, 2, 0, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", PROBE_US / 4, NULL, NULL,
			"lost 1 of 2 heartbeats"))),
	PROBING("only the last heartbeat is answered", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 1, FAKE_NEVER, 0 }, { 1, 2, FAKE_NEVER, 0 },
					       { 1, 3, FAKE_NEVER, 0 }, { 1, 4, 20 * MSEC, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", 3 * PROBE_US / 4 + 20 * MSEC, NULL, NULL,
			"lost 3 of 4 heartbeats"))),
	PROBING("the peer restarts, and silent paths are asked at once", (TWO),
		(EVENTS(UP(UP_US), AT(UP_US + 40 * MSEC, .type = EVENT_RESTART)),
		 HEARTBEATS({ 1, 1, FAKE_NEVER, 0 }, { 1, 2, 20 * MSEC, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", 60 * MSEC,
			"the peer restarted the association", "restarted", NULL))),
	PROBING("the peer restarts, and a path stays silent", (TWO),
		(EVENTS(UP(UP_US), AT(UP_US + 40 * MSEC, .type = EVENT_RESTART)),
		 HEARTBEATS(SILENT(1))),
		(EXPECT(IS_CONNECTED, "verified dead", PROBE_US,
			"the peer restarted the association", "restarted",
			"no heartbeat answer in 1000 ms"))),
	PROBING("where another path takes long, it is asked again at half time only", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 0, 0, 200 * MSEC, 0 }, { 1, 1, FAKE_NEVER, 0 },
					       { 1, 2, 20 * MSEC, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", PROBE_US / 2 + 20 * MSEC, NULL, NULL,
			"lost 1 of 2 heartbeats"))),
	PROBING("a learned path is asked again at half time only", (ONE),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 1, FAKE_NEVER, 0 }, { 1, 2, 20 * MSEC, 0 }),
		 PATHS({ .address = V4(127, 0, 0, 1), .state = PATH_ACTIVE, .primary = true },
		       { .address = V4(127, 0, 0, 7), .state = PATH_UNCONFIRMED })),
		(EXPECT(IS_CONNECTED, "verified verified", PROBE_US / 2 + 20 * MSEC, NULL, NULL,
			"lost 1 of 2 heartbeats"))),
	PROBING("the RTO is at its least from the start",
		(TWO, "--rto-initial", "1000ms", "-R", "all"), (.rto_ms = 1000, EVENTS(UP(UP_US))),
		(EXPECT(IS_CONNECTED, "verified verified", FAKE_RTT_US, NULL, NULL, NULL))),
	PROBING("the RTO is at half of it, and one is dead",
		(THREE, "--rto-initial", "500ms", "-R", "2"),
		(.rto_ms = 500, EVENTS(UP(UP_US)), HEARTBEATS(SILENT(2))),
		(EXPECT(IS_CONNECTED, "verified verified dead", PROBE_US, NULL,
			"127.0.0.3: listed by the peer", "no heartbeat answer in 1000 ms"))),
	PROBING("a learned path is confirmed by its answer", (ONE),
		(EVENTS(UP(UP_US)),
		 PATHS({ .address = V4(127, 0, 0, 1), .state = PATH_ACTIVE, .primary = true },
		       { .address = V4(127, 0, 0, 7), .state = PATH_UNCONFIRMED })),
		(EXPECT(IS_CONNECTED, "verified verified", FAKE_RTT_US, NULL, NULL, NULL))),
	PROBING("a learned path is never confirmed", (ONE),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1)),
		 PATHS({ .address = V4(127, 0, 0, 1), .state = PATH_ACTIVE, .primary = true },
		       { .address = V4(127, 0, 0, 7), .state = PATH_UNCONFIRMED })),
		(EXPECT(IS_CONNECTED, "verified dead", PROBE_US, NULL,
			"127.0.0.7: listed by the peer", "so it was never confirmed"))),
	PROBING("one cannot be asked", (TWO), (EVENTS(UP(UP_US)), HEARTBEATS({ 1, 0, 0, EINVAL })),
		(EXPECT(IS_CONNECTED, "verified unverified", FAKE_RTT_US, NULL, NULL,
			"setsockopt(SCTP_PEER_ADDR_PARAMS): EINVAL"))),
	PROBING("what asks one is not sent", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1)), UNSENT(EIO, V4(127, 0, 0, 2))),
		(EXPECT(IS_CONNECTED, "verified unverified", PROBE_US, NULL, NULL,
			"sendmsg: EIO: "))),
	PROBING("what asks one is not sent, and it is required", (TWO, "-R", "all"),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1)), UNSENT(EIO, V4(127, 0, 0, 2))),
		(EXPECT(AS(RESULT_FAILED, EIO, STATUS_HOST), "verified unverified", PROBE_US,
			"sendmsg: EIO: ", "--explain EIO", NULL))),
	PROBING("what asks one is dropped by a filter of this host", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1)), UNSENT(EPERM, V4(127, 0, 0, 2))),
		(EXPECT(IS_CONNECTED, "verified dead", PROBE_US, NULL, "nft list ruleset",
			"no heartbeat left this host"))),
	PROBING("none can be asked", (TWO),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 0, 0, 0, EPERM }, { 1, 0, 0, EPERM })),
		(EXPECT(AS(RESULT_FAILED, EPERM, STATUS_HOST), "unverified unverified", 0,
			"setsockopt(SCTP_PEER_ADDR_PARAMS): EPERM", "denied", NULL))),
	PROBING("no answer can be seen", (TWO), (EVENTS(UP(UP_US)), .path_error = EPERM),
		(EXPECT(AS(RESULT_FAILED, EPERM, STATUS_HOST), "unverified unverified", 0,
			"getsockopt(SCTP_GET_PEER_ADDR_INFO): EPERM", "denied", NULL))),
	PROBING("one cannot be asked, and is required", (TWO, "-R", "all"),
		(EVENTS(UP(UP_US)), HEARTBEATS({ 1, 0, 0, ENOBUFS })),
		(EXPECT(AS(RESULT_FAILED, ENOBUFS, STATUS_HOST), "verified unverified", FAKE_RTT_US,
			"setsockopt(SCTP_PEER_ADDR_PARAMS): ENOBUFS", "--explain ENOBUFS", NULL))),
	PROBING("one cannot be asked, and another one is dead", (TWO, "-R", "all"),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0), { 1, 0, 0, ENOBUFS })),
		(EXPECT(AS(RESULT_FAILED, ENOBUFS, STATUS_HOST), "unverified unverified", PROBE_US,
			"setsockopt(SCTP_PEER_ADDR_PARAMS): ENOBUFS", "--explain ENOBUFS", NULL))),

	/* --- How many are required --- */
	PROBING("-R 2 of 3", (THREE, "-R", "2"), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(IS_CONNECTED, "verified dead verified", PROBE_US, NULL, SECOND_IS_DEAD,
			NULL))),
	PROBING("-R 3 of 3", (THREE, "-R", "3"), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(IS_DEGRADED, "verified dead verified", PROBE_US,
			"2 of 3 addresses verified, 3 are required", SECOND_IS_DEAD, NULL))),
	PROBING("-R all", (THREE, "-R", "all"), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(IS_DEGRADED, "verified dead verified", PROBE_US,
			"2 of 3 addresses verified, all are required", SECOND_IS_DEAD, NULL))),
	PROBING("-R all, and one is not the peer's", (TWO, "-R", "all"),
		(EVENTS(UP(UP_US)), PATHS({ .address = V4(127, 0, 0, 1), .primary = true })),
		(EXPECT(IS_DEGRADED, "verified rejected", FAKE_RTT_US,
			"1 of 2 addresses verified, all are required", TRY_ALONE,
			"not an address of this peer, or another endpoint listens on it"))),
	PROBING("-R 1, and one is not the peer's", (TWO),
		(EVENTS(UP(UP_US)), PATHS({ .address = V4(127, 0, 0, 1), .primary = true })),
		(EXPECT(IS_CONNECTED, "verified rejected", FAKE_RTT_US, NULL, TRY_ALONE,
			"not an address of this peer, or another endpoint listens on it"))),
	PROBING("-R all, and a learned one is dead", (ONE, "-R", "all"),
		(EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1)),
		 PATHS({ .address = V4(127, 0, 0, 1), .state = PATH_ACTIVE, .primary = true },
		       { .address = V4(127, 0, 0, 7), .state = PATH_UNCONFIRMED })),
		(EXPECT(IS_DEGRADED, "verified dead", PROBE_US,
			"1 of 2 addresses verified, all are required",
			"127.0.0.7: listed by the peer", "never confirmed"))),
	PROBING("-R 2, and a learned one makes it", (ONE, "-R", "2"),
		(EVENTS(UP(UP_US)),
		 PATHS({ .address = V4(127, 0, 0, 1), .state = PATH_ACTIVE, .primary = true },
		       { .address = V4(127, 0, 0, 7), .state = PATH_UNCONFIRMED })),
		(EXPECT(IS_CONNECTED, "verified verified", FAKE_RTT_US, NULL, NULL, NULL))),
	PROBING("-R more than there are", (TWO, "-R", "3"), (EVENTS(UP(UP_US))),
		(EXPECT(IS_DEGRADED, "verified verified", FAKE_RTT_US,
			"2 of 2 addresses verified, 3 are required", NULL, NULL))),

	/* --- The association ends meanwhile --- */
	PROBING("lost", (TWO),
		(EVENTS(UP(UP_US), LOST(UP_US + 300 * MSEC, ECONNRESET, 12)),
		 HEARTBEATS(SILENT(1))),
		(EXPECT(IS_ABORTED, "verified unverified", 300 * MSEC,
			"the peer aborted the association 300.0 ms after it was up: "
			"user-initiated abort (cause 12)",
			"peer's log", NO_TIME))),
	PROBING("given up by the stack", (TWO),
		(EVENTS(UP(UP_US), LOST(UP_US + 300 * MSEC, ETIMEDOUT, 0)),
		 HEARTBEATS(SILENT(0), SILENT(1))),
		(EXPECT(AS(RESULT_ABORTED, ETIMEDOUT, STATUS_NOT_CONNECTED),
			"unverified unverified", 300 * MSEC,
			"the association was lost 300.0 ms after it was up",
			"--explain peer-silent", NO_TIME))),
	PROBING("lost at once", (ONE), (EVENTS(UP(UP_US), LOST(UP_US, ECONNRESET, 0))),
		(EXPECT(IS_ABORTED, "unverified", 0, "as soon as it was up", "peer's log",
			NO_TIME))),
	PROBING("closed by the peer", (TWO),
		(EVENTS(UP(UP_US), SHUTDOWN(UP_US + 300 * MSEC)), HEARTBEATS(SILENT(1))),
		(EXPECT(IS_CLOSED, "verified unverified", 300 * MSEC,
			"closed by the peer after 300.0 ms: a proxy", NULL, NO_TIME))),
	PROBING("closed by the peer before a heartbeat was answered", (ONE),
		(EVENTS(UP(UP_US), SHUTDOWN(UP_US + 100)), HEARTBEATS(SILENT(0))),
		(EXPECT(IS_CLOSED, "verified", 100, "closed by the peer after 0.1 ms", NULL,
			NULL))),
	PROBING("closed by the peer at once", (TWO),
		(EVENTS(UP(UP_US), SHUTDOWN(UP_US)), .answered = 1),
		(EXPECT(IS_CLOSED, "unverified verified", 0, "closed by the peer",
			"127.0.0.1 did not answer", NULL))),
	PROBING("closed by the peer at once, -R all", (TWO, "-R", "all"),
		(EVENTS(UP(UP_US), SHUTDOWN(UP_US))),
		(EXPECT(IS_CLOSED, "verified unverified", 0, "closed by the peer", NULL, NO_TIME))),
	PROBING("gone while it is asked, which no heartbeat shows", (TWO),
		(.path_error = ENOTCONN, EVENTS(UP(UP_US), LOST(UP_US + 100, ECONNRESET, 12))),
		(EXPECT(IS_ABORTED, "unverified unverified", 100, "aborted the association",
			"peer's log", NO_TIME))),
	PROBING("closed and gone before it was looked at", (TWO),
		(.status_error = ENOTCONN, .shutdown_error = ENOTCONN,
		 EVENTS(UP(UP_US), SHUTDOWN(UP_US), CLOSED(UP_US))),
		(EXPECT(IS_CLOSED, "unverified unverified", 0, "closed by the peer", NULL,
			NO_TIME))),
	PROBING("SIGINT", (TWO), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(AS(RESULT_CONNECTED, 0, 130), "verified unverified", 300 * MSEC,
			"ended by SIGINT before every path had answered", NULL, NO_TIME)),
		.signal_us = 300 * MSEC),
	PROBING("SIGINT, -R all", (TWO, "-R", "all"), (EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1))),
		(EXPECT(AS(RESULT_CONNECTED, 0, 130), "verified unverified", 700 * MSEC,
			"ended by SIGINT before every path had answered", NULL, NO_TIME)),
		.signal_us = 700 * MSEC),

	/* --- What has nothing to do with it --- */
	PROBING("paths flap meanwhile", (TWO),
		(EVENTS(UP(UP_US), PATH(UP_US + 1, PATH_INACTIVE), PATH(UP_US + 2, PATH_ACTIVE)),
		 HEARTBEATS(SILENT(1))),
		(EXPECT(IS_CONNECTED, "verified dead", PROBE_US, NULL, SECOND_IS_DEAD,
			"no heartbeat answer in 1000 ms"))),
	PROBING("another association is lost", (TWO),
		(EVENTS(UP(UP_US), AT(UP_US + 100, .type = EVENT_LOST, .assoc = STRANGER,
				      .error = ECONNRESET)),
		 HEARTBEATS({ 1, 0, 30 * MSEC, 0 })),
		(EXPECT(IS_CONNECTED, "verified verified", 30 * MSEC, NULL, NULL, NULL))),
};

static void check_probing(const struct probing *k, bool blocking)
{
	const struct association *a;
	const struct result *result;
	bool up, timed_out = k->probe_us % SEC == 0 || k->signal_us;

	print_message("  %s%s\n", k->name, blocking ? ", blocking" : "");
	setup(NULL);
	host.probing = true;
	fake_host.no_route[0] = k->no_route;
	if (k->signal_us)
		fake_loop_signal(UP_US + k->signal_us, SIGINT);
	result = run_args(k->args, blocking, &k->script, 1);
	a = &result->association;
	up = k->word == RESULT_CONNECTED || k->word == RESULT_DEGRADED;

	assert_result(result, k->word, k->error, k->status);
	assert_paths(result, k->verdicts);
	assert_int_equal(result->connect_us, k->script.events[0].at_us);
	assert_in_range(result->probe_us, k->probe_us,
			timed_out ? k->probe_us : k->probe_us + MAX(k->probe_us / 30, 250));
	assert_int_equal(benches[0].took_us, result->connect_us + result->probe_us);
	assert_message(said_reason(result), k->reason);
	assert_message(said_hint(result), k->hint);
	assert_message(said_note(&a->paths[a->path_count - 1]), k->note);
	assert_int_equal(result->signal, k->signal_us ? SIGINT : 0);
	for (size_t i = 0; i < a->path_count; i++) {
		const struct path_result *path = &a->paths[i];
		bool restarted = result->cause.code == FINDING_RESTARTED_BY_PEER;

		assert_int_equal(path->rtt_us > 0, path->answered > 0);
		assert_in_range(path->heartbeats, path->answered, restarted ? 5 : 4);
		assert_true(path->answered == 0 || path->verdict == VERDICT_VERIFIED);
	}

	/*
	 * What was changed for the probe is as it was; the association stands until it is closed.
	 */
	assert_int_equal(fake_stack_record(0)->rto_min_ms, FAKE_RTO_MIN_MS);
	assert_int_equal(fake_stack_open_count(), up);
	close_bench();
	assert_int_equal(fake_stack_record(0)->shutdowns, up);
	teardown(NULL);
	bench_count = 0;
}

static void every_probe(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(probings); i++)
		for (int blocking = 0; blocking <= 1; blocking++)
			check_probing(&probings[i], blocking);
}

#define ALL_TAKE(us)                                       \
	{ 0, 1, us, 0 }, { 0, 2, us, 0 }, { 0, 3, us, 0 }, \
	{                                                  \
		0, 4, us, 0                                \
	}

/* Which heartbeat an answer belongs to decides its round trip. */
static void the_round_trip_is_that_of_its_heartbeat(void **state)
{
	static const struct {
		struct fake_heartbeat how[4];
		int64_t rtt_us;
	} cases[] = {
		{ { ALL_TAKE(30 * MSEC) }, 30 * MSEC },
		/* So long that the next ones are on their way by then. */
		{ { ALL_TAKE(300 * MSEC) }, 300 * MSEC },
		{ { ALL_TAKE(700 * MSEC) }, 700 * MSEC },
		{ { ALL_TAKE(900 * MSEC) }, 900 * MSEC },
		{ { { 0, 1, FAKE_NEVER, 0 }, { 0, 2, 200 * MSEC, 0 } }, 200 * MSEC },
		{ { { 0, 1, FAKE_NEVER, 0 }, { 0, 2, 300 * MSEC, 0 }, { 0, 3, 300 * MSEC, 0 } },
		  300 * MSEC },
		{ { { 0, 1, FAKE_NEVER, 0 },
		    { 0, 2, FAKE_NEVER, 0 },
		    { 0, 3, FAKE_NEVER, 0 },
		    { 0, 4, 200 * MSEC, 0 } },
		  200 * MSEC },
	};

	(void)state;
	host.probing = true;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t told = cases[i].how[2].nth ? cases[i].how[3].nth ? 4 : 3 : 2;
		const struct fake_script scripts[] = {
			{ EVENTS(UP(UP_US)), .heartbeats = cases[i].how, .heartbeat_count = told },
		};
		const struct result *result = RUN(scripts, ONE);

		assert_in_range(result->association.paths[0].rtt_us, cases[i].rtt_us,
				cases[i].rtt_us + MAX(cases[i].rtt_us / 30, 250));
		/* What the stack knows after it, not before. */
		assert_in_range(result->association.paths[0].path.srtt_us,
				cases[i].rtt_us - cases[i].rtt_us % MSEC, cases[i].rtt_us);
		assert_true(result->association.paths[0].path.primary);
		close_bench(); /* the script ends here */
	}
}

static void no_probe_sends_nothing(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0)) } };
	const struct result *result = RUN(scripts, TWO);

	(void)state;
	assert_result(result, CONNECTED);
	assert_paths(result, "unverified unverified");
	assert_int_equal(fake_stack_record(0)->heartbeats, 0);
	assert_int_equal(result->probe_us, 0);
	assert_int_equal(benches[0].took_us, UP_US);
	close_bench();
}

/* So long it must stay up; the time that the paths take counts. */
static void it_is_held(void **state)
{
	const struct fake_script quick[] = { { EVENTS(UP(UP_US)) } };
	const struct fake_script slow[] = { { EVENTS(UP(UP_US)), HEARTBEATS(SILENT(1)) } };
	const struct result *result;

	(void)state;
	host.hold_us = 200 * MSEC;
	result = RUN(quick, TWO);
	assert_result(result, CONNECTED);
	assert_paths(result, "unverified unverified");
	assert_int_equal(NEWEST.took_us, UP_US + 200 * MSEC);
	assert_int_equal(result->probe_us, 0);
	assert_int_equal(fake_stack_record(0)->heartbeats, 0);

	host.probing = true;
	result = RUN(quick, TWO);
	assert_result(result, CONNECTED);
	assert_paths(result, "verified verified");
	assert_int_equal(NEWEST.took_us, UP_US + 200 * MSEC);
	assert_in_range(result->probe_us, FAKE_RTT_US, FAKE_RTT_US + 250);

	result = RUN(slow, TWO);
	assert_result(result, CONNECTED);
	assert_int_equal(NEWEST.took_us, UP_US + PROBE_US);
	close_bench();
}

static void a_signal_while_it_is_held(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(UP_US)) } };
	const struct result *result;

	(void)state;
	host.hold_us = 200 * MSEC;
	for (int probing = 0; probing <= 1; probing++) {
		host.probing = probing;
		fake_loop_signal(UP_US + 150 * MSEC, SIGINT);
		result = RUN(scripts, TWO);
		assert_result(result, RESULT_CONNECTED, 0, 130);
		assert_contains(said_reason(result).text,
				"SIGINT before the association had stayed up for --hold");
		close_bench();
	}
}

static void closed_while_it_is_held(void **state)
{
	const struct fake_script closed = { EVENTS(UP(UP_US), SHUTDOWN(UP_US + 150 * MSEC)) };
	const struct fake_script aborted = { EVENTS(UP(UP_US),
						    LOST(UP_US + 150 * MSEC, ECONNRESET, 12)) };
	const struct fake_script stays = { EVENTS(UP(UP_US), SHUTDOWN(UP_US + 201 * MSEC)) };
	const struct fake_script scripts[] = { closed, aborted, stays };
	const struct result *result;

	(void)state;
	host.probing = true;
	host.hold_us = 200 * MSEC;
	result = run_args(ARGS(TWO), false, &closed, 1);
	assert_result(result, CLOSED_AGAIN);
	assert_paths(result, "verified verified");
	assert_contains(said_reason(result).text, "closed by the peer after 150.0 ms");
	assert_int_equal(NEWEST.took_us, UP_US + 150 * MSEC);
	assert_int_equal(fake_stack_open_count(), 0);
	assert_false(fake_stack_record(0)->aborted);

	result = run_args(ARGS(TWO), false, &aborted, 1);
	assert_result(result, ABORTED);
	assert_contains(said_reason(result).text, "150.0 ms after it was up");

	/* Both are worth another try. */
	result = RUN(scripts, TWO, "-W", "10s");
	assert_result(result, CONNECTED);
	assert_int_equal(result->tries, 3);
	close_bench();
}

/* One of several waits for a heartbeat while another still waits for its INIT-ACK. */
static void probes_beside_others(void **state)
{
	const struct fake_script scripts[] = {
		{ EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0)), CLOSING(CLOSED(0)) },
		{ EVENTS(UP(700 * MSEC)), CLOSING(CLOSED(0)) },
		{ EVENTS(FAILED(MSEC, ECONNREFUSED)) },
	};
	struct connection *list[3];

	(void)state;
	host.probing = true;
	fake_stack_reset(scripts, ARRAY_SIZE(scripts));
	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		list[i] = prepare(ARGS(ONE), false, &fake_stack, 0)->connection;
	run_connections(list, ARRAY_SIZE(list), &benches[0].timeline);
	assert_result(connection_result(list[0]), DEGRADED);
	assert_int_equal(connection_result(list[0])->probe_us, PROBE_US);
	assert_result(connection_result(list[1]), CONNECTED);
	assert_int_equal(connection_result(list[1])->connect_us, 700 * MSEC);
	assert_paths(connection_result(list[1]), "verified");
	assert_result(connection_result(list[2]), REFUSED);
	close_connections(list, ARRAY_SIZE(list), &benches[0].timeline);
	assert_int_equal(fake_stack_open_count(), 0);
}

/* A second of waiting for a path is some hundred looks, and no spinning. */
static void a_dead_path_costs_little(void **state)
{
	const struct fake_script scripts[] = { { EVENTS(UP(UP_US)), HEARTBEATS(SILENT(0)) } };

	(void)state;
	host.probing = true;
	RUN(scripts, ONE);
	assert_in_range(fake_loop_waits(), 100, 800);
	assert_int_equal(fake_stack_record(0)->heartbeats, 4);
	close_bench();
}

/* What stood still cannot answer either. So the paths have that time, too, but not for ever. */
static void a_host_that_stands_still(void **state)
{
	static const struct {
		struct fake_heartbeat first;
		int64_t still_us;
		const char *verdict;
		int64_t least_us, most_us;
	} cases[] = {
		{ { 0, 1, FAKE_NEVER, 0 }, PROBE_US, "verified", PROBE_US, 3 * PROBE_US / 2 },
		{ { 0, 1, 3 * PROBE_US / 2, 0 }, PROBE_US, "verified", PROBE_US, 3 * PROBE_US / 2 },
		{ SILENT(0), PROBE_US / 2, "dead", 3 * PROBE_US / 2, 3 * PROBE_US / 2 },
		{ SILENT(0), 10 * PROBE_US, "dead", 10 * PROBE_US, 11 * PROBE_US },
	};

	(void)state;
	host.probing = true;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fake_script scripts[] = {
			{ EVENTS(UP(UP_US)), .heartbeats = &cases[i].first, .heartbeat_count = 1 }
		};
		const struct result *result;

		fake_loop_stand_still(UP_US + PROBE_US / 10, cases[i].still_us);
		result = RUN(scripts, ONE);
		assert_paths(result, cases[i].verdict);
		assert_in_range(fake_stack_record(0)->heartbeats, 1, 4);
		assert_in_range(result->probe_us, cases[i].least_us, cases[i].most_us);
		close_bench();
	}
}

/* Each heartbeat before an answer is a failure, which must not add up to the end of all. */
static void asking_again_ends_nothing(void **state)
{
	static const struct {
		uint16_t max_retrans;
		size_t silent;
		unsigned heartbeats;
	} cases[] = {
		{ 10, 1, 4 }, { 10, 2, 2 * 3 }, { 10, 3, 3 * 3 }, { 10, 4, 4 * 2 },
		{ 4, 1, 2 },  { 5, 1, 3 },      { 7, 1, 4 },      { 1, 1, 2 },
	};
	static const char *const hosts[] = { "-a", "127.0.0.1:9", "-a", "127.0.0.2",
					     "-a", "127.0.0.3",   "-a", "127.0.0.4" };

	(void)state;
	host.probing = true;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fake_script scripts[] = { {
			EVENTS(UP(UP_US)),
			HEARTBEATS(SILENT(0), SILENT(1), SILENT(2), SILENT(3)),
			.assoc = 7,
			.status = { .id = 7,
				    .state = ASSOC_ESTABLISHED,
				    .max_retrans = cases[i].max_retrans },
		} };
		const char *args[ARRAY_SIZE(hosts) + 1] = { NULL };

		for (size_t n = 0; n < 2 * cases[i].silent; n++)
			args[n] = hosts[n];
		run_args(args, false, scripts, 1);
		assert_int_equal(fake_stack_record(0)->heartbeats, cases[i].heartbeats);
		close_bench();
	}
}

/* Nothing is sent to an address that both hosts have; but the peer may be this host. */
static void addresses_of_this_host(void **state)
{
	const struct fake_script scripts[] = {
		{ PATHS({ .address = V4(127, 0, 0, 1), .primary = true },
			{ .address = V4(127, 0, 0, 7) }),
		  EVENTS(UP(UP_US)) },
	};

	(void)state;
	for (int itself = 0; itself < 2; itself++) {
		const struct path_result *learned;
		const struct result *result;

		setup(NULL);
		host.probing = true;
		fake_host.own[0] = "127.0.0.7";
		fake_host.own[1] = itself ? "127.0.0.1" : NULL;
		result = RUN(scripts, ONE);
		learned = &result->association.paths[1];
		assert_result(result, CONNECTED);
		assert_paths(result, itself ? "verified verified" : "verified unverified");
		assert_int_equal(learned->cause.code, itself ? FINDING_NONE : FINDING_OWN_ADDRESS);
		assert_int_equal(learned->heartbeats, itself);
		assert_int_equal(fake_stack_record(0)->heartbeats, 1 + itself);
		assert_int_equal(fake_stack_record(0)->without_heartbeats, !itself);
		close_bench();
	}
}

/* The peer lists a link-local address. The stack would send a heartbeat over any link. */
static void a_learned_link_local_address(void **state)
{
	static struct stack_path paths[] = {
		{ .address = V4(127, 0, 0, 1), .primary = true },
		{ .address.v6 = { .sin6_family = AF_INET6,
				  .sin6_addr.s6_addr = { 0xfe, 0x80, [15] = 2 } } },
	};
	const struct fake_script scripts[] = {
		{ .paths = paths, .path_count = ARRAY_SIZE(paths), EVENTS(UP(UP_US)) },
	};
	const struct result *result;

	(void)state;
	host.probing = true;
	result = RUN(scripts, ONE);
	assert_result(result, CONNECTED);
	assert_int_equal(result->association.paths[0].verdict, VERDICT_VERIFIED);
	assert_int_equal(result->association.paths[1].verdict, VERDICT_UNVERIFIED);
	assert_int_equal(result->association.paths[1].cause.code, FINDING_LINK_NOT_KNOWN);
	assert_int_equal(fake_stack_record(0)->heartbeats, 1);
	assert_int_equal(fake_stack_record(0)->without_heartbeats, 1);
}

/*
 * The peer lists very many: only the first 8 that were not asked for, so that others are not hit.
 */
static void too_many_learned_addresses(void **state)
{
	static struct stack_path paths[14];
	const struct fake_script scripts[] = {
		{ .paths = paths, .path_count = ARRAY_SIZE(paths), EVENTS(UP(UP_US)) },
	};
	const struct result *result;
	size_t surplus = 0;

	(void)state;
	paths[0] = (struct stack_path){ .address = V4(127, 0, 0, 1), .primary = true };
	for (size_t i = 1; i < ARRAY_SIZE(paths); i++) {
		paths[i] = (struct stack_path){ .address = V4(192, 0, 2, 0) };
		paths[i].address.v4.sin_addr.s_addr = htonl(0xc0000200u + (uint32_t)i);
	}
	host.probing = true;
	result = RUN(scripts, ONE);
	assert_result(result, CONNECTED);
	for (size_t i = 0; i < result->association.path_count; i++) {
		const struct path_result *path = &result->association.paths[i];

		surplus += path->cause.code == FINDING_TOO_MANY_LISTED;
		assert_int_equal(path->verdict, path->cause.code == FINDING_TOO_MANY_LISTED
							? VERDICT_UNVERIFIED
							: VERDICT_VERIFIED);
	}
	assert_int_equal(surplus, 5);
	assert_int_equal(fake_stack_record(0)->heartbeats, 9);
	assert_int_equal(fake_stack_record(0)->without_heartbeats, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_probe),
		TEST(the_round_trip_is_that_of_its_heartbeat),
		TEST(no_probe_sends_nothing),
		TEST(it_is_held),
		TEST(a_signal_while_it_is_held),
		TEST(closed_while_it_is_held),
		TEST(probes_beside_others),
		TEST(a_dead_path_costs_little),
		TEST(a_host_that_stands_still),
		TEST(asking_again_ends_nothing),
		TEST(addresses_of_this_host),
		TEST(a_learned_link_local_address),
		TEST(too_many_learned_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
