/* SPDX-License-Identifier: MIT */
/*
 * One attempt with evidence that is made by hand, for the tests of diagnose/. A table of cases says
 * what the engine knew, and what is to be said of it; or else packets come from fake_wire.h. Tests
 * are linked with FAKE_LOCAL (Makefile).
 */
#ifndef FAKE_EVIDENCE_H
#define FAKE_EVIDENCE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>

#include "base/util.h"
#include "diagnose/diagnose.h"
#include "fake_stack.h"
#include "fake_wire.h"

#define PATHS_MAX   5
#define PORT        5000
#define SEC         ((int64_t)USEC_PER_SEC)
#define T1_US       (250 * MSEC)
#define DEADLINE_US (5 * SEC)

/* A result before diagnose(), and what it points to. */
struct diagnosis {
	struct result result;
	struct path_result paths[PATHS_MAX];
	size_t order[PATHS_MAX];
	struct evidence evidence;
	struct message said;
};
extern struct diagnosis diagnosis;

/* What is said of it. */
const char *diagnosis_reason(void);
const char *diagnosis_hint(void);
const char *diagnosis_note(size_t i);
/* part: NULL if there is to be no text. */
void assert_text(const char *text, const char *part);
void assert_verdicts(const char *expected);
/* The exit status that goes with each word. */
void assert_status_fits(enum phase phase);

/* --- A table of cases ------------------------------------------------------------------------- */

/* One address of the request, in the user's order; the call had them in the order of the array. */
struct asked {
	const char *host; /* NULL ends the list */
	int route_error;
	bool link_down, link_dummy;
	bool this_host; /* the route ends on this host */
	bool outside;   /* not in the association; only for PHASE_UP */
};

struct evidence_case {
	const char *name;
	enum finding_code cause; /* of the result */
	struct evidence evidence;
	struct asked asked[PATHS_MAX + 1];
	enum stack_style style;
	int signal;
	bool unknown; /* PHASE_UP: the association was gone before it could be looked at */

	enum result_word word;
	int error;
	int status;
	const char *verdicts;
	const char *reason; /* a part of it; NULL: it is empty */
	const char *hint;   /* the same */
	const char *note;   /* of the last path, the same */
};

void diagnosis_prepare(const struct evidence_case *k);
void diagnosis_check(const struct evidence_case *cases, size_t count);

#define UNPACK(...) __VA_ARGS__
#define CASE(text, code, proof, hosts, ...)                                \
	{                                                                  \
		.name = text, .cause = code, .evidence = { UNPACK proof }, \
		.asked = { UNPACK hosts }, __VA_ARGS__                     \
	}
#define EXPECT(verdict_list, reason_part, hint_part) \
	.verdicts = verdict_list, .reason = reason_part, .hint = hint_part
#define AS(result_word, number, exit_status) \
	.word = result_word, .error = number, .status = exit_status

#define GOOD(text)           \
	{                    \
		.host = text \
	}
#define ROUTELESS(text, n)                     \
	{                                      \
		.host = text, .route_error = n \
	}
#define OUTSIDE(text)                         \
	{                                     \
		.host = text, .outside = true \
	}

#define A GOOD("127.0.0.1")
#define B GOOD("127.0.0.2")
#define C GOOD("127.0.0.3")

#define AFTER(us) .elapsed_us = us, .t1_us = T1_US

#define SILENCE .phase = PHASE_PENDING
#define REFUSAL .phase = PHASE_PENDING, .ended = true, .error = ECONNREFUSED
#define CALL(n) \
	.phase = PHASE_CALL, .error = n, .fault = { .call = "sctp_connectx", .connects = true }
#define OPEN(n) .phase = PHASE_OPEN, .error = n, .fault.call = "socket"
#define SOFT(...)                              \
	.report.soft_errors = { __VA_ARGS__ }, \
	.report.soft_error_count = sizeof((int[]){ __VA_ARGS__ }) / sizeof(int)

#define CONNECTED      AS(RESULT_CONNECTED, 0, STATUS_OK)
#define TIMED_OUT      AS(RESULT_TIMEOUT, ETIMEDOUT, STATUS_TIMEOUT)
#define REFUSED        AS(RESULT_REFUSED, ECONNREFUSED, STATUS_NOT_CONNECTED)
#define UNREACHABLE(n) AS(RESULT_UNREACHABLE, n, STATUS_NOT_CONNECTED)
#define HOST(n)        AS(RESULT_FAILED, n, STATUS_HOST)

/* --- Packets ---------------------------------------------------------------------------------- */

/* An attempt with the first count of 10.1.1.2, 10.1.2.2 and 10.1.3.2, and the ledger of wire. */
void diagnosis_on_wire(size_t count);
/* By what the wire has carried until now. */
void diagnosis_now(void);
/* The same; reason and hint are parts. */
void diagnosis_expect(enum finding_code code, const char *reason, const char *hint);
/* Set-ups and the tear-down for cmocka. */
int diagnosis_one(void **state);
int diagnosis_two(void **state);
int diagnosis_three(void **state);
int diagnosis_stop(void **state);

#define WITH_ONE(test)   cmocka_unit_test_setup_teardown(test, diagnosis_one, diagnosis_stop)
#define WITH_TWO(test)   cmocka_unit_test_setup_teardown(test, diagnosis_two, diagnosis_stop)
#define WITH_THREE(test) cmocka_unit_test_setup_teardown(test, diagnosis_three, diagnosis_stop)

#endif
