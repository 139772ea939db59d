/* SPDX-License-Identifier: MIT */
/* diagnose.c: the end of each phase, signals, and what holds whatever the errno. */
#include "fake_evidence.h"

#define ERRNOS 140 /* beyond the last one of Linux, EHWPOISON */

static const struct message no_interface = { "no interface" };

static const struct evidence_case cases[] = {
	/* --- No attempt --- */
	CASE("a zone that does not exist", FINDING_NONE,
	     (.phase = PHASE_RESOLVE, .status = STATUS_USAGE, .usage = &no_interface), (),
	     AS(RESULT_FAILED, 0, STATUS_USAGE), EXPECT("", NULL, NULL)),

	/* --- A call that failed --- */
	CASE("in the middle of an attempt", FINDING_CALL_FAILED,
	     (.phase = PHASE_FAULT, .error = EIO, .fault.call = "recvmsg", AFTER(T1_US + 1)),
	     (A, B, C), HOST(EIO),
	     EXPECT("tried untried untried", "recvmsg: EIO", "--explain EIO")),

	/* --- Signals --- */
	CASE("SIGINT while pending", FINDING_INTERRUPTED, (SILENCE, AFTER(T1_US)), (A, B),
	     .signal = SIGINT, AS(RESULT_FAILED, EINTR, 130),
	     EXPECT("silent untried", "SIGINT after 250.0 ms", NULL),
	     .note = "ended as its turn came"),
	CASE("SIGTERM while pending, no route to one", FINDING_INTERRUPTED,
	     (SILENCE, AFTER(DEADLINE_US)), (A, ROUTELESS("127.0.0.2", ENETUNREACH)),
	     .signal = SIGTERM, AS(RESULT_FAILED, EINTR, 143),
	     EXPECT("silent unreachable", "SIGTERM after 5000.0 ms", NULL), .note = "no route"),
	CASE("a signal is not hidden by what came with it", FINDING_INTERRUPTED,
	     (REFUSAL, AFTER(MSEC)), (A), .signal = SIGHUP, AS(RESULT_FAILED, EINTR, 129),
	     EXPECT("silent", "SIGHUP after 1.0 ms", NULL), .note = "no answer to INIT"),
};

static void every_case(void **state)
{
	(void)state;
	diagnosis_check(cases, ARRAY_SIZE(cases));
}

static void check_any(enum phase phase, int error, bool ended, size_t count)
{
	struct evidence_case k = {
		.evidence = { .phase = phase,
			      .error = error,
			      .ended = ended,
			      .fault = { .call = "sctp_bindx",
					 .binds = true,
					 .connects = phase == PHASE_CALL },
			      AFTER(DEADLINE_US) },
		.asked = { A, B, C },
	};

	k.asked[count].host = NULL;
	diagnosis_prepare(&k);
	diagnose(&diagnosis.result, &diagnosis.evidence);
	assert_status_fits(phase);
	if (diagnosis.result.word == RESULT_CONNECTED) {
		assert_int_equal(phase, PHASE_UP);
		assert_int_equal(error, 0);
		return;
	}
	assert_true(diagnosis_reason()[0]);
	assert_true(diagnosis.result.error);
	/* Where the host has answered and there is no other to try, the reason says all. */
	if (diagnosis.result.word != RESULT_REFUSED || count > 1)
		assert_true(diagnosis_hint()[0]);
	for (size_t i = 0; i < count; i++) {
		if (phase == PHASE_UP)
			assert_int_equal(diagnosis.paths[i].verdict, VERDICT_UNVERIFIED);
		else
			assert_in_range(diagnosis.paths[i].verdict, VERDICT_REFUSED,
					VERDICT_UNTRIED);
	}
}

static void every_phase_and_errno(void **state)
{
	(void)state;
	for (size_t count = 1; count <= 3; count++) {
		for (int error = 1; error < ERRNOS; error++) {
			check_any(PHASE_STACK, error, false, count);
			check_any(PHASE_OPEN, error, false, count);
			check_any(PHASE_CALL, error, false, count);
			check_any(PHASE_PENDING, error, true, count);
			check_any(PHASE_UP, error, false, count);
		}
		check_any(PHASE_PENDING, 0, false, count);
		check_any(PHASE_UP, 0, false, count);
	}
}

/* An address that this host could not put into the call keeps its verdict and its note. */
static void what_was_not_in_the_call_stays(void **state)
{
	static const struct evidence_case ends[] = {
		CASE("", FINDING_NONE, (SILENCE, AFTER(DEADLINE_US)), (A, B, C)),
		CASE("", FINDING_NONE, (REFUSAL, AFTER(MSEC)), (A, B, C)),
		CASE("", FINDING_NONE, (CALL(EAGAIN)), (A, B, C)),
		CASE("", FINDING_NONE, (CALL(ENETUNREACH)), (A, B, C)),
		CASE("", FINDING_NONE, (OPEN(EMFILE)), (A, B, C)),
		CASE("", FINDING_NONE, (.phase = PHASE_UP), (A, OUTSIDE("127.0.0.2"), C)),
		CASE("", FINDING_NONE, (.phase = PHASE_UP), (A, B, C), .unknown = true),
		CASE("", FINDING_NONE, (SILENCE), (A, B, C), .signal = SIGINT),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		diagnosis_prepare(&ends[i]);
		diagnosis.paths[1].verdict = VERDICT_EXCLUDED;
		diagnosis.paths[1].cause = (struct finding){ .code = FINDING_NO_IPV6 };
		diagnosis.order[1] = 2;
		diagnosis.evidence.order_count = 2;
		diagnose(&diagnosis.result, &diagnosis.evidence);
		assert_int_equal(diagnosis.paths[1].verdict, VERDICT_EXCLUDED);
		assert_int_equal(diagnosis.paths[1].cause.code, FINDING_NO_IPV6);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(every_phase_and_errno),
		cmocka_unit_test(what_was_not_in_the_call_stays),
	};

	return cmocka_run_group_tests_name("diagnose", tests, NULL, NULL);
}
