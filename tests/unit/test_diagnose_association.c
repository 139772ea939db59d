/* SPDX-License-Identifier: MIT */
/* association.c: the association came up. */
#include "fake_evidence.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#define CLOSED AS(RESULT_CLOSED, 0, STATUS_NOT_CONNECTED)

static const struct evidence_case cases[] = {
	/* --- What the network or the routing table said --- */
	CASE("up, and restarted", FINDING_RESTARTED_BY_PEER, (.phase = PHASE_UP, .restarted = true),
	     (A), CONNECTED,
	     EXPECT("unverified", "peer restarted the association", "program or host restarted")),

	/* --- Up --- */
	CASE("up", FINDING_NONE, (.phase = PHASE_UP), (A), CONNECTED,
	     EXPECT("unverified", NULL, NULL)),
	CASE("up, the second answered", FINDING_NONE,
	     (.phase = PHASE_UP, .answered = 1, .t1_us = T1_US), (A, B), CONNECTED,
	     EXPECT("unverified unverified", NULL,
		    "127.0.0.1 did not answer the INIT in its turn: the association came up over 127.0.0.2")),
	CASE("up, one is not the peer's", FINDING_NONE, (.phase = PHASE_UP),
	     (A, OUTSIDE("127.0.0.2")), CONNECTED,
	     EXPECT("unverified rejected", NULL, "127.0.0.2: --each tries it alone"),
	     .note = "not an address of this peer, or another endpoint listens on it"),
	CASE("up, a wider scope is not the peer's", FINDING_NONE, (.phase = PHASE_UP),
	     (GOOD("10.1.1.2"), OUTSIDE("8.8.8.8")), CONNECTED,
	     EXPECT("unverified rejected", NULL, "8.8.8.8: --each tries it alone"),
	     .note = "not an address of this peer, or another endpoint listens on it"),
	CASE("up, a narrower scope was left out", FINDING_NONE, (.phase = PHASE_UP),
	     (GOOD("fd01::1"), OUTSIDE("10.1.1.2")), CONNECTED,
	     EXPECT("unverified rejected", NULL, NULL),
	     .note = "it is private, and stacks leave such addresses out when the INIT goes to a "
		     "global address (fd01::1)"),
	CASE("up, loopback was left out", FINDING_NONE, (.phase = PHASE_UP),
	     (GOOD("10.1.1.2"), OUTSIDE("127.0.0.1")), CONNECTED,
	     EXPECT("unverified rejected", NULL, NULL), .note = "it is loopback"),
	CASE("up, and gone before it was looked at", FINDING_CLOSED_BY_PEER,
	     (.phase = PHASE_UP, .closed = true), (A, B), .unknown = true, CLOSED,
	     EXPECT("unverified unverified", "closed by the peer after 0.0 ms: a proxy", NULL)),
	CASE("up, and aborted", FINDING_ABORTED_BY_PEER, (.phase = PHASE_UP, .error = ECONNRESET),
	     (A), AS(RESULT_ABORTED, ECONNRESET, STATUS_NOT_CONNECTED),
	     EXPECT("unverified",
		    "ABORT from an address of the peer ended the association as soon as it was up",
		    "peer's log")),
	CASE("up, and aborted with a cause", FINDING_ABORTED_BY_PEER,
	     (.phase = PHASE_UP, .error = ECONNRESET, .cause = { .code = 13 }), (A),
	     .unknown = true, AS(RESULT_ABORTED, ECONNRESET, STATUS_NOT_CONNECTED),
	     EXPECT("unverified", "protocol violation (cause 13)", "comes from the peer")),
	CASE("up, and aborted with a cause of RFC 4895", FINDING_ABORTED_BY_PEER,
	     (.phase = PHASE_UP, .error = ECONNRESET, .cause = { .code = 0x105 }), (A),
	     AS(RESULT_ABORTED, ECONNRESET, STATUS_NOT_CONNECTED),
	     EXPECT("unverified", "unsupported HMAC (cause 261)", "net.sctp.auth_enable")),
	CASE("up, and aborted with an unknown cause", FINDING_ABORTED_BY_PEER,
	     (.phase = PHASE_UP, .error = ECONNRESET, .cause = { .code = 777 }), (A),
	     AS(RESULT_ABORTED, ECONNRESET, STATUS_NOT_CONNECTED),
	     EXPECT("unverified", "no RFC names (cause 777)", "peer's log")),
	CASE("up, and lost in silence", FINDING_PEER_SILENT,
	     (.phase = PHASE_UP, .error = ETIMEDOUT), (A),
	     AS(RESULT_ABORTED, ETIMEDOUT, STATUS_NOT_CONNECTED),
	     EXPECT("unverified", "lost as soon as it was up", "--explain peer-silent")),
};

static void every_case(void **state)
{
	(void)state;
	diagnosis_check(cases, ARRAY_SIZE(cases));
}

static void who_did_not_answer_the_init(void **state)
{
	const struct evidence_case k = {
		.evidence = { .phase = PHASE_UP, .answered = 1, .t1_us = T1_US },
		.asked = { A, B, C },
	};

	(void)state;
	diagnosis_prepare(&k);
	diagnose(&diagnosis.result, &diagnosis.evidence);
	assert_text(diagnosis_note(0), "did not answer the INIT in its turn of 250 ms");
	assert_text(diagnosis_note(1), NULL);
	assert_text(diagnosis_note(2), NULL);
	assert_text(diagnosis_hint(), "in its turn: the association came up over 127.0.0.2");

	/* Nobody has seen which one it was, and the first may have answered late. */
	diagnosis_prepare(&k);
	diagnosis.paths[0].rtt_us = T1_US;
	diagnose(&diagnosis.result, &diagnosis.evidence);
	assert_text(diagnosis_note(0), "did not answer the INIT in its turn of 250 ms");
	assert_null(strstr(diagnosis_hint(), "came up over"));
	diagnosis_prepare(&k);
	diagnosis.paths[0].rtt_us = T1_US;
	diagnosis.evidence.saw_answer = true;
	diagnose(&diagnosis.result, &diagnosis.evidence);
	assert_text(diagnosis_hint(), "the association came up over 127.0.0.2");
}

static void every_cause_has_a_name(void **state)
{
	static const uint16_t causes[] = { 1,  2,  3,  4,    5,    6,    7,    8,    9,    10,
					   11, 12, 13, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0x105 };
	struct evidence_case k = { .evidence = { .phase = PHASE_UP, .error = ECONNRESET },
				   .asked = { A } };
	char number[32];
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
		k.evidence.cause.code = causes[i];
		diagnosis_prepare(&k);
		diagnose(&diagnosis.result, &diagnosis.evidence);
		snprintf(number, sizeof(number), "(cause %u)", causes[i]);
		assert_text(diagnosis_reason(), number);
		assert_null(strstr(diagnosis_reason(), "no RFC names"));
	}
}

/* --- Every path was asked -------------------------------------------------------------------- */

#define PROBE_US SEC

/* One path of the association, and what the probe saw of it. */
struct seen {
	const char *host; /* NULL ends the list */
	unsigned heartbeats;
	unsigned answered;
	unsigned lost;
	int64_t rtt_us;
	enum stack_path_state state;
	int route_error;
	enum neighbour neighbour;
	const char *hop; /* NULL: the address itself */
	bool learned;
	bool outside;
	int base;         /* the link that it uses: c and that number; 0: not known */
	int64_t queue_us; /* on c2 */

	enum verdict verdict;
	const char *note; /* a part of it; NULL: it is empty */
};

struct probe_case {
	const char *name;
	enum finding_code cause;
	struct evidence evidence;
	struct seen seen[PATHS_MAX + 1];
	int signal;
	enum result_word word;
	int status;
	const char *reason;
	const char *hint;
};

#define SEEN(text, code, proof, paths, ...)                                                   \
	{                                                                                     \
		.name = text, .cause = code, .evidence = { .phase = PHASE_UP, UNPACK proof }, \
		.seen = { UNPACK paths }, __VA_ARGS__                                         \
	}
#define ASKED(n) .probed = true, .probe_timeout_us = PROBE_US, .require = n
#define ANSWERS(text)                                                         \
	{                                                                     \
		.host = text, .heartbeats = 1, .answered = 1, .rtt_us = MSEC, \
		.state = PATH_ACTIVE, .verdict = VERDICT_VERIFIED             \
	}
#define USES(text, link, ...)                                                                \
	{                                                                                    \
		.host = text, .heartbeats = 1, .answered = 1, .rtt_us = 41 * MSEC,           \
		.state = PATH_ACTIVE, .verdict = VERDICT_VERIFIED, .base = link, __VA_ARGS__ \
	}
#define DEAD(text, ...)                                                                       \
	{                                                                                     \
		.host = text, .heartbeats = 2, .state = PATH_ACTIVE, .verdict = VERDICT_DEAD, \
		__VA_ARGS__                                                                   \
	}
#define NO_ANSWER .note = "no heartbeat answer in 1000 ms"
#define OK        .word = RESULT_CONNECTED, .status = STATUS_OK
#define AGAIN     .word = RESULT_CLOSED, .status = STATUS_NOT_CONNECTED, .reason = "closed by the peer"
#define FEW       .word = RESULT_DEGRADED, .status = STATUS_DEGRADED
#define CHECK_IT  "no answer arrived on that path in time: check routing, filters and NAT on it"

static const struct probe_case probe_cases[] = {
	SEEN("all answer", FINDING_NONE, (ASKED(2)), (ANSWERS("127.0.0.1"), ANSWERS("127.0.0.2")),
	     OK),
	SEEN("all answer, all are required", FINDING_NONE, (ASKED(REQUIRE_ALL)),
	     (ANSWERS("127.0.0.1"), ANSWERS("127.0.0.2")), OK),
	SEEN("one is dead", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"), DEAD("127.0.0.2", NO_ANSWER)), OK,
	     .hint = "127.0.0.2: listed by the peer, but " CHECK_IT),
	SEEN("one is dead, two are required", FINDING_TOO_FEW_VERIFIED, (ASKED(2)),
	     (ANSWERS("127.0.0.1"), DEAD("127.0.0.2", NO_ANSWER)), FEW,
	     .reason = "1 of 2 addresses verified, 2 are required", .hint = CHECK_IT),
	SEEN("one is dead, all are required", FINDING_TOO_FEW_VERIFIED, (ASKED(REQUIRE_ALL)),
	     (DEAD("127.0.0.1", NO_ANSWER), ANSWERS("127.0.0.2")), FEW,
	     .reason = "1 of 2 addresses verified, all are required", .hint = CHECK_IT),
	SEEN("both use one link, two are required", FINDING_TOO_FEW_LINKS, (ASKED(2), .links = 2),
	     (USES("127.0.0.1", 1), USES("127.0.0.2", 1)), FEW,
	     .reason = "verified paths use 1 link (c1), 2 are required",
	     .hint = "ip route get 127.0.0.2 shows the link"),
	SEEN("each uses its own link", FINDING_NONE, (ASKED(2), .links = 2),
	     (USES("127.0.0.1", 1), USES("127.0.0.2", 2)), OK),
	SEEN("two links, three are required", FINDING_TOO_FEW_LINKS, (ASKED(1), .links = 3),
	     (USES("127.0.0.1", 1), USES("127.0.0.2", 2)), FEW,
	     .reason = "verified paths use 2 links, 3 are required", .hint = "shows the link"),
	SEEN("a link that is not known does not count", FINDING_TOO_FEW_LINKS,
	     (ASKED(1), .links = 2), (USES("127.0.0.1", 1), USES("127.0.0.2", 0)), FEW,
	     .reason = "verified paths use 1 link", .hint = "shows the link"),
	SEEN("too few paths come before too few links", FINDING_TOO_FEW_VERIFIED,
	     (ASKED(2), .links = 2), (USES("127.0.0.1", 1), DEAD("127.0.0.2", NO_ANSWER)), FEW,
	     .reason = "1 of 2 addresses verified", .hint = CHECK_IT),
	SEEN("a queue of this host", FINDING_NONE, (ASKED(1)),
	     (USES("127.0.0.1", 2, .queue_us = 40100,
		   .note = "40.1 ms of it in this host's own queue on c2")),
	     OK),
	SEEN("more are required than there are", FINDING_TOO_FEW_VERIFIED, (ASKED(3)),
	     (ANSWERS("127.0.0.1")), FEW, .reason = "1 of 1 addresses verified, 3 are required"),
	SEEN("all are dead", FINDING_NO_PATH_ANSWERS, (ASKED(1)),
	     (DEAD("127.0.0.1", NO_ANSWER), DEAD("127.0.0.2", NO_ANSWER)), FEW,
	     .reason = "no path answers a heartbeat", .hint = "tcpdump"),
	SEEN("two are dead", FINDING_NONE, (ASKED(1)),
	     (DEAD("127.0.0.1", NO_ANSWER), ANSWERS("127.0.0.2"), DEAD("127.0.0.3", NO_ANSWER)), OK,
	     .hint = "127.0.0.1 and 1 more: listed by the peer, but no answer arrived on those"),
	SEEN("dead for want of a route", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"), DEAD("127.0.0.2", .route_error = ENETUNREACH,
					 .neighbour = NEIGHBOUR_SILENT, .note = "no route")),
	     OK, .hint = "ip route get 127.0.0.2"),
	SEEN("dead, as its link has no carrier", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"),
	      DEAD("127.0.0.2", .route_error = ENETDOWN, .note = "has no carrier")),
	     OK, .hint = "ip link show"),
	SEEN("dead, and no room for the neighbour", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"), DEAD("127.0.0.2", .neighbour = NEIGHBOUR_NO_ROOM,
					 .note = "this host's table of neighbours is full, and the "
						 "host is not in it")),
	     OK, .hint = "gc_thresh3"),
	SEEN("dead, and no host on the link", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"), DEAD("127.0.0.2", .neighbour = NEIGHBOUR_SILENT,
					 .note = "no answer from the host to ARP on its link")),
	     OK, .hint = "ip neigh"),
	SEEN("dead, and no router on the link", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"),
	      DEAD("10.9.9.9", .neighbour = NEIGHBOUR_SILENT, .hop = "10.1.1.254",
		   .note = "no answer from the router 10.1.1.254 to ARP on its link")),
	     OK, .hint = "ip neigh"),
	SEEN("dead, though the next hop is there", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"), DEAD("127.0.0.2", .neighbour = NEIGHBOUR_THERE, NO_ANSWER)), OK,
	     .hint = CHECK_IT),
	SEEN("never confirmed", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"),
	      { .host = "127.0.0.7",
		.heartbeats = 2,
		.state = PATH_UNCONFIRMED,
		.learned = true,
		.verdict = VERDICT_DEAD,
		.note = "no heartbeat answer in 1000 ms, so it was never confirmed" }),
	     OK, .hint = CHECK_IT),
	SEEN("dead, and had not answered the INIT", FINDING_NONE,
	     (ASKED(1), .answered = 1, .t1_us = T1_US),
	     (DEAD("127.0.0.1", .note = "answered neither the INIT nor a heartbeat in 1000 ms"),
	      ANSWERS("127.0.0.2")),
	     OK, .hint = CHECK_IT),
	SEEN("alive, though it had not answered the INIT", FINDING_NONE,
	     (ASKED(1), .answered = 1, .t1_us = T1_US),
	     ({ .host = "127.0.0.1",
		.heartbeats = 1,
		.answered = 1,
		.rtt_us = MSEC,
		.verdict = VERDICT_VERIFIED,
		.note = "did not answer the INIT in its turn" },
	      ANSWERS("127.0.0.2")),
	     OK, .hint = "127.0.0.1 did not answer the INIT"),
	SEEN("one heartbeat was lost", FINDING_NONE, (ASKED(1)),
	     ({ .host = "127.0.0.1",
		.heartbeats = 4,
		.answered = 1,
		.lost = 3,
		.verdict = VERDICT_VERIFIED,
		.note = "lost 3 of 4 heartbeats" }),
	     OK),
	SEEN("none was lost, two are on their way", FINDING_NONE, (ASKED(1)),
	     ({ .host = "127.0.0.1", .heartbeats = 3, .answered = 1, .verdict = VERDICT_VERIFIED }),
	     OK),
	SEEN("the peer restarted before it answered", FINDING_RESTARTED_BY_PEER,
	     (.restarted = true, ASKED(1)),
	     ({ .host = "127.0.0.1",
		.heartbeats = 2,
		.answered = 1,
		.lost = 1,
		.verdict = VERDICT_VERIFIED }),
	     OK, .reason = "the peer restarted the association",
	     .hint = "program or host restarted"),
	SEEN("one could not be asked", FINDING_TOO_FEW_VERIFIED, (ASKED(2)),
	     (ANSWERS("127.0.0.1"), { .host = "127.0.0.2", .verdict = VERDICT_UNVERIFIED }), FEW,
	     .reason = "1 of 2 addresses verified, 2 are required"),
	SEEN("one is not the peer's", FINDING_TOO_FEW_VERIFIED, (ASKED(REQUIRE_ALL)),
	     (ANSWERS("127.0.0.1"), { .host = "127.0.0.2",
				      .outside = true,
				      .verdict = VERDICT_REJECTED,
				      .note = "not an address of" }),
	     FEW, .reason = "1 of 2 addresses verified, all are required",
	     .hint = "--each tries it alone"),
	SEEN("no path was to be asked", FINDING_NONE, (.require = 0),
	     ({ .host = "127.0.0.1", .verdict = VERDICT_UNVERIFIED }), OK),
	SEEN("closed in the middle", FINDING_CLOSED_BY_PEER,
	     (.require = 1, .closed = true, .probe_timeout_us = PROBE_US),
	     (ANSWERS("127.0.0.1"), { .host = "127.0.0.2",
				      .heartbeats = 1,
				      .verdict = VERDICT_UNVERIFIED,
				      .note = "the probe ended before a heartbeat was answered" }),
	     AGAIN),
	SEEN("closed before an answer", FINDING_CLOSED_BY_PEER, (.require = 1, .closed = true),
	     ({ .host = "127.0.0.1", .heartbeats = 1, .verdict = VERDICT_VERIFIED }), AGAIN),
	SEEN("closed, and no path was to be asked", FINDING_CLOSED_BY_PEER,
	     (.require = 0, .closed = true),
	     ({ .host = "127.0.0.1", .verdict = VERDICT_UNVERIFIED }), AGAIN),
	SEEN("a signal", FINDING_INTERRUPTED, (.require = 2, .probe_timeout_us = PROBE_US),
	     (ANSWERS("127.0.0.1"), { .host = "127.0.0.2",
				      .heartbeats = 2,
				      .verdict = VERDICT_UNVERIFIED,
				      .note = "the probe ended before a heartbeat was answered" }),
	     .signal = SIGTERM, .word = RESULT_CONNECTED, .status = 143,
	     .reason = "ended by SIGTERM before every path had answered a heartbeat"),
};

static void prepare_probe(const struct probe_case *k)
{
	struct association *a = &diagnosis.result.association;

	memset(&diagnosis, 0, sizeof(diagnosis));
	diagnosis.evidence = k->evidence;
	diagnosis.evidence.order = diagnosis.order;
	diagnosis.result.signal = k->signal;
	a->paths = diagnosis.paths;
	a->known = true;
	for (size_t i = 0; k->seen[i].host; i++) {
		const struct seen *seen = &k->seen[i];
		struct path_result *path = &diagnosis.paths[a->path_count++];

		assert_true(address_from_text(&path->path.address, seen->host));
		path->path.state = seen->state;
		path->requested = !seen->learned;
		path->in_association = !seen->outside;
		path->heartbeats = seen->heartbeats;
		path->answered = seen->answered;
		path->lost = seen->lost;
		path->rtt_us = seen->rtt_us;
		path->route_error = seen->route_error;
		path->neighbour = seen->neighbour;
		path->route.base = seen->base;
		if (seen->base)
			snprintf(path->route.base_name, IF_NAMESIZE, "c%d", seen->base);
		path->queue_us = seen->queue_us;
		strcpy(path->queue_link, "c2");
		assert_true(address_from_text(&path->hop, seen->hop ? seen->hop : seen->host));
		if (!seen->learned)
			diagnosis.order[diagnosis.evidence.order_count++] = i;
	}
}

static void every_probe(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(probe_cases); i++) {
		const struct probe_case *k = &probe_cases[i];
		print_message("  %s\n", k->name);
		prepare_probe(k);
		diagnose(&diagnosis.result, &diagnosis.evidence);
		assert_string_equal(finding_name(diagnosis.result.cause.code),
				    finding_name(k->cause));
		assert_string_equal(result_name(diagnosis.result.word), result_name(k->word));
		assert_int_equal(diagnosis.result.status, k->status);
		assert_int_equal(diagnosis.result.error, 0);
		assert_text(diagnosis_reason(), k->reason);
		assert_text(diagnosis_hint(), k->hint);
		for (size_t j = 0; j < diagnosis.result.association.path_count; j++) {
			assert_string_equal(verdict_name(diagnosis.paths[j].verdict),
					    verdict_name(k->seen[j].verdict));
			assert_text(diagnosis_note(j), k->seen[j].note);
		}
	}
}

static void lost_while_probing(void **state)
{
	struct probe_case k = {
		.evidence = { .phase = PHASE_UP,
			      .error = ECONNRESET,
			      .cause = { .code = 12 },
			      .require = 1,
			      .up_for_us = 300 * MSEC },
		.seen = { ANSWERS("127.0.0.1"), { .host = "127.0.0.2", .heartbeats = 2 } },
	};

	(void)state;
	prepare_probe(&k);
	diagnose(&diagnosis.result, &diagnosis.evidence);
	assert_int_equal(diagnosis.result.word, RESULT_ABORTED);
	assert_int_equal(diagnosis.result.status, STATUS_NOT_CONNECTED);
	assert_text(diagnosis_reason(), "aborted the association 300.0 ms after it was up: user");
	assert_verdicts("verified unverified");
	assert_int_equal(diagnosis.paths[0].cause.code, FINDING_NONE);
	assert_int_equal(diagnosis.paths[1].cause.code, FINDING_NO_TIME_FOR_HEARTBEAT);
	/* Gone before it was looked at is not closed in peace. */
	k.evidence.closed = true;
	k.seen[0].answered = 0;
	prepare_probe(&k);
	diagnose(&diagnosis.result, &diagnosis.evidence);
	assert_verdicts("unverified unverified");
	k.evidence.error = ETIMEDOUT;
	prepare_probe(&k);
	diagnose(&diagnosis.result, &diagnosis.evidence);
	assert_int_equal(diagnosis.result.error, ETIMEDOUT);
	assert_text(diagnosis_reason(), "the association was lost 300.0 ms after it was up");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(who_did_not_answer_the_init),
		cmocka_unit_test(every_cause_has_a_name),
		cmocka_unit_test(every_probe),
		cmocka_unit_test(lost_while_probing),
	};

	return cmocka_run_group_tests_name("association", tests, NULL, NULL);
}
