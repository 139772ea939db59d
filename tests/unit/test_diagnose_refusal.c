/* SPDX-License-Identifier: MIT */
/* refusal.c: attempts that an answer has ended. */
#include "fake_evidence.h"

#include <string.h>

static const struct evidence_case cases[] = {
	CASE("refused for want of room", FINDING_REFUSED_WITH_CAUSE,
	     (REFUSAL, .cause = { .code = 4 }), (A), REFUSED,
	     EXPECT("refused", "answered ABORT: out of resource", "out of resources")),
	CASE("refused with a text", FINDING_REFUSED_WITH_CAUSE,
	     (REFUSAL, AFTER(1000), .cause = { .code = 13, .text = "\"no AUTH\"" },
	      .aborted = true),
	     (A, B), REFUSED,
	     EXPECT("refused untried", "answered ABORT: protocol violation \"no AUTH\"",
		    "comes from the peer")),
	CASE("refused, or aborted from here", FINDING_ABORTED_THERE_OR_HERE,
	     (REFUSAL, .cause = { .code = 7 }), (A), REFUSED,
	     EXPECT("refused", "or this end aborted", "do not agree")),
	CASE("refused because of a parameter", FINDING_REFUSED_WITH_CAUSE,
	     (REFUSAL, .cause = { .code = 7 }, .aborted = true), (A), REFUSED,
	     EXPECT("refused", "answered ABORT: invalid mandatory", "do not agree")),
	CASE("refused", FINDING_NO_ENDPOINT_OR_QUEUE_FULL, (REFUSAL, .elapsed_us = 400), (A),
	     REFUSED, EXPECT("refused", "no endpoint listens on port 5000", NULL)),
	CASE("refused, one-to-many", FINDING_NO_ENDPOINT_OR_NO_SCTP, (REFUSAL), (A),
	     .style = STACK_ONE_TO_MANY, REFUSED,
	     EXPECT("refused", "one-to-many socket does not show which", NULL)),
	CASE("no SCTP at the peer", FINDING_NO_SCTP, (SILENCE, .ended = true, .error = ENOPROTOOPT),
	     (A), AS(RESULT_REFUSED, ENOPROTOOPT, STATUS_NOT_CONNECTED),
	     EXPECT("refused", "it has no SCTP", NULL)),
	CASE("the first of several refuses", FINDING_NO_ENDPOINT_OR_QUEUE_FULL,
	     (REFUSAL, AFTER(T1_US - 10 * MSEC - 1)), (A, B, C), REFUSED,
	     EXPECT("refused untried untried", "answered ABORT", "try without 127.0.0.1"),
	     .note = "another address had ended"),
	CASE("the next turn may have begun early", FINDING_NO_ENDPOINT_OR_QUEUE_FULL,
	     (REFUSAL, AFTER(T1_US - 1)), (A, B, C), REFUSED,
	     EXPECT("tried tried tried", "answered ABORT", "retry with each alone"),
	     .note = "one of the addresses tried refused"),
	CASE("the second", FINDING_NO_ENDPOINT_OR_QUEUE_FULL, (REFUSAL, AFTER(T1_US)), (A, B, C),
	     REFUSED, EXPECT("silent refused untried", "answered ABORT", "try without 127.0.0.2"),
	     .note = "another address had ended"),
	CASE("the last", FINDING_NO_ENDPOINT_OR_QUEUE_FULL, (REFUSAL, AFTER(2 * T1_US + 1)),
	     (A, B, C), REFUSED,
	     EXPECT("silent silent refused", "answered ABORT", "try without 127.0.0.3"),
	     .note = "answered ABORT"),
	CASE("in the second round it is not known which", FINDING_NO_ENDPOINT_OR_QUEUE_FULL,
	     (REFUSAL, AFTER(3 * T1_US)), (A, B, C), REFUSED,
	     EXPECT("tried tried tried", "answered ABORT", "retry with each alone"),
	     .note = "one of the addresses tried refused"),
	CASE("no SCTP at the last", FINDING_NO_SCTP,
	     (SILENCE, .ended = true, .error = ENOPROTOOPT, AFTER(T1_US + 1)), (A, B),
	     AS(RESULT_REFUSED, ENOPROTOOPT, STATUS_NOT_CONNECTED),
	     EXPECT("silent refused", "protocol unreachable", "try without 127.0.0.2"),
	     .note = "protocol unreachable"),
	CASE("the second refuses, the first has no route", FINDING_NO_ENDPOINT_OR_QUEUE_FULL,
	     (REFUSAL, AFTER(T1_US + 1)), (ROUTELESS("127.0.0.1", ENETUNREACH), B), REFUSED,
	     EXPECT("unreachable refused", "answered ABORT", "try without 127.0.0.2"),
	     .note = "answered ABORT"),
	CASE("what has no route does not refuse", FINDING_NO_ENDPOINT_OR_QUEUE_FULL,
	     (REFUSAL, AFTER(2 * T1_US + 1)),
	     (A, ROUTELESS("127.0.0.2", EACCES), ROUTELESS("127.0.0.3", ENETUNREACH)), REFUSED,
	     EXPECT("refused unreachable unreachable", "answered ABORT", "try without 127.0.0.1"),
	     .note = "no route"),
};

static void every_case(void **state)
{
	(void)state;
	diagnosis_check(cases, ARRAY_SIZE(cases));
}

/* --- What the witness saw -------------------------------------------------------------------- */

/* The parts of an INIT-ACK; window 0: the usual one. */
struct init_ack {
	uint32_t tag, window;
	uint16_t streams;
	bool no_cookie, host_name;
	const char *extensions;
};

static void take_init_ack_of(const struct init_ack *part)
{
	struct fake_ends ends = wire_ends_in("10.1.1.2");
	uint8_t *value;

	fake_packet(&wire.packet, &ends, OUR_TAG);
	fake_init(&wire.packet, CHUNK_INIT_ACK, part->tag, part->streams, part->streams);
	value = wire.packet.bytes + wire.packet.chunk + 4;
	value[4] = value[5] = 0;
	value[6] = (uint8_t)(part->window >> 8);
	value[7] = (uint8_t)part->window;
	if (part->host_name)
		fake_parameter(&wire.packet, 11, "peer", 5);
	if (part->extensions)
		fake_parameter(&wire.packet, 0x8008, part->extensions, strlen(part->extensions));
	if (!part->no_cookie)
		fake_parameter(&wire.packet, 7, "cookie", 6);
	fake_finish(&wire.packet);
	wire_pass_as(1, false);
}

static void an_init_ack_that_is_refused(void **state)
{
	static const struct {
		struct init_ack part;
		enum finding_code code;
		const char *reason, *hint;
	} answers[] = {
		{ { .tag = 0, .window = 65535, .streams = 10 },
		  FINDING_INIT_ACK_INVALID,
		  "its initiate tag is 0",
		  "peer's SCTP" },
		{ { .tag = 7, .window = 1499, .streams = 10 },
		  FINDING_INIT_ACK_INVALID,
		  "(a_rwnd) is less than 1500",
		  "peer's SCTP" },
		{ { .tag = 7, .window = 1500, .streams = 0 },
		  FINDING_INIT_ACK_INVALID,
		  "it allows no streams",
		  "peer's SCTP" },
		{ { .tag = 7, .window = 1500, .streams = 10, .host_name = true },
		  FINDING_INIT_ACK_INVALID,
		  "a host name",
		  "peer's" },
		{ { .tag = 7, .window = 1500, .streams = 10, .no_cookie = true },
		  FINDING_INIT_ACK_INVALID,
		  "no state cookie",
		  "peer's" },
		{ { .tag = 7, .window = 1500, .streams = 10, .extensions = "\xc1\x80" },
		  FINDING_ASCONF_WITHOUT_AUTH,
		  "ASCONF without AUTH",
		  "auth_enable" },
		{ { .tag = 7, .window = 1500, .streams = 10, .extensions = "\xc1\x80\x0f" },
		  FINDING_ABORTED_HERE,
		  "breaks the protocol",
		  "peer's" },
	};

	(void)state;
	wire_send_init("10.1.1.2", 1);
	diagnosis.evidence.ended = true;
	/* The kernel says no more than that about its own refusal. */
	diagnosis.evidence.error = ECONNREFUSED;
	diagnosis.evidence.cause.code = CAUSE_OUT_OF_RESOURCE;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		take_init_ack_of(&answers[i].part);
		diagnosis_expect(answers[i].code, answers[i].reason, answers[i].hint);
		assert_int_equal(diagnosis.result.error, ECONNABORTED);
	}
	/* What was not seen may have been an ABORT. */
	wire.ledger.lost = 1;
	diagnosis_expect(FINDING_REFUSED_WITH_CAUSE, "out of resource", "");
	diagnosis.evidence.asconf.refuses = true;
	diagnosis_expect(FINDING_RESOURCE_OR_ASCONF, "out of resource; or this host's", "net.sctp");
	diagnosis.evidence.ledger = NULL;
	diagnosis_expect(FINDING_RESOURCE_OR_ASCONF, "out of resource; or this host's", "net.sctp");
}

static void two_answers_to_one_init(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_take_chunk("10.1.1.2", CHUNK_ABORT, 0, OUR_TAG, "");
	diagnosis.evidence.ended = true;
	diagnosis.evidence.error = ECONNREFUSED;
	diagnosis_expect(FINDING_NO_ENDPOINT_OR_QUEUE_FULL, "no endpoint listens on port 5000", "");
	diagnosis.evidence.asconf.offers = true;
	diagnosis_expect(FINDING_NO_ENDPOINT_OR_QUEUE_FULL, "takes no ASCONF without AUTH", "");
	wire_after(1);
	wire_take_init_ack("10.1.1.2", 1);
	diagnosis_expect(FINDING_TWO_STACKS, "answered INIT-ACK, and ABORT: two SCTP stacks",
			 "has a listener on the port");
}

static void two_answers_to_one_cookie(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_take_init_ack("10.1.1.2", 1);
	wire_send_chunk("10.1.1.2", CHUNK_COOKIE_ECHO, "");
	wire_after(1);
	wire_take_chunk("10.1.1.2", CHUNK_ABORT, CHUNK_FLAG_T, PEER_TAG, "");
	diagnosis.evidence.ended = true;
	diagnosis.evidence.error = ECONNREFUSED;
	diagnosis_expect(FINDING_QUEUE_FULL_OR_UNWANTED, "the COOKIE-ECHO with ABORT", "");
	wire_take_chunk("10.1.1.2", CHUNK_COOKIE_ACK, 0, OUR_TAG, "");
	diagnosis_expect(FINDING_TWO_STACKS, "answered INIT-ACK, and ABORT: two SCTP stacks",
			 "has a listener on the port");
	/* It may be the answer to a heartbeat. */
	wire_send_chunk("10.1.1.2", CHUNK_HEARTBEAT, "01234567");
	diagnosis_expect(FINDING_QUEUE_FULL_OR_UNWANTED, "the COOKIE-ECHO with ABORT", "");
}

static void an_abort_of_the_cookie(void **state)
{
	(void)state;
	wire_send_init("10.1.1.2", 1);
	wire_take_init_ack("10.1.1.2", 1);
	wire_send_chunk("10.1.1.2", CHUNK_COOKIE_ECHO, "cookie");
	wire_take_chunk("10.1.1.2", CHUNK_ABORT, 0, OUR_TAG, "");
	diagnosis.evidence.ended = true;
	diagnosis.evidence.error = ECONNREFUSED;
	diagnosis_expect(FINDING_QUEUE_FULL_OR_UNWANTED, "the COOKIE-ECHO with ABORT", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),      WITH_ONE(an_init_ack_that_is_refused),
		WITH_ONE(two_answers_to_one_init), WITH_ONE(two_answers_to_one_cookie),
		WITH_ONE(an_abort_of_the_cookie),
	};

	return cmocka_run_group_tests_name("refusal", tests, NULL, NULL);
}
