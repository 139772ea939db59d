/* SPDX-License-Identifier: MIT */
/* What the probe and the witness know of one heartbeat, by hand: how long was the round trip? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "engine/round_trip.h"

#define MSEC     ((int64_t)USEC_PER_MSEC)
#define SEEN_MAX 10

/* A heartbeat as the witness saw it. */
struct seen {
	int64_t sent_us; /* 0 ends the list */
	int64_t rtt_us;  /* 0: not answered */
};

struct round_trip_case {
	const char *name;
	struct seen seen[SEEN_MAX];
	bool inexact;      /* of the first one: the time is that of reading */
	unsigned asked;    /* heartbeats of the probe */
	unsigned number;   /* of the answered one */
	int64_t asked_us;  /* when it was asked for */
	int64_t left_us;   /* when the call returned */
	int64_t none_us;   /* then there was no answer yet */
	int64_t probed_us; /* what the probe has measured */
	int64_t expected_us;
	int64_t queue_us;
};

static const struct round_trip_case cases[] = {
	{ "it left during the call",
	  { { 1010, 400 } },
	  false,
	  1,
	  0,
	  1000,
	  1050,
	  1060,
	  700,
	  400,
	  0 },
	{ "the call took long: a busy host",
	  { { 9 * MSEC, 400 } },
	  false,
	  1,
	  0,
	  1000,
	  9 * MSEC + 10,
	  0,
	  9 * MSEC,
	  400,
	  0 },
	{ "in the queue for 40 ms",
	  { { 41 * MSEC, 400 } },
	  false,
	  1,
	  0,
	  990,
	  1 * MSEC,
	  40 * MSEC,
	  42 * MSEC,
	  40400,
	  40 * MSEC },
	{ "less than half of it in the queue",
	  { { 41 * MSEC, 50 * MSEC } },
	  false,
	  1,
	  0,
	  990,
	  1 * MSEC,
	  0,
	  95 * MSEC,
	  90 * MSEC,
	  0 },
	{ "too short to be named",
	  { { 1800, 100 } },
	  false,
	  1,
	  0,
	  990,
	  1 * MSEC,
	  0,
	  1 * MSEC,
	  900,
	  0 },
	{ "the second one is answered, and both were in the queue",
	  { { 601 * MSEC, 400 }, { 1101 * MSEC, 400 } },
	  false,
	  2,
	  1,
	  500 * MSEC,
	  501 * MSEC,
	  0,
	  601 * MSEC,
	  600 * MSEC + 400,
	  600 * MSEC },
	{ "the stack has sent one, too: the first one that left after the call",
	  { { 500, 300 }, { 41 * MSEC, 400 } },
	  false,
	  1,
	  0,
	  990,
	  1 * MSEC,
	  0,
	  42 * MSEC,
	  40400,
	  40 * MSEC },
	{ "the stack's own one was later",
	  { { 1010, 400 }, { 90 * MSEC, 400 } },
	  false,
	  1,
	  0,
	  1000,
	  1050,
	  0,
	  700,
	  400,
	  0 },
	{ "it waited in a queue of this host after it had arrived",
	  { { 1010, 400 } },
	  false,
	  1,
	  0,
	  1000,
	  1050,
	  39 * MSEC,
	  41 * MSEC,
	  41 * MSEC,
	  0 },
	{ "one of the times is that of reading",
	  { { 41 * MSEC, 400 } },
	  true,
	  1,
	  0,
	  990,
	  1 * MSEC,
	  0,
	  3 * MSEC,
	  3 * MSEC,
	  0 },
	{ "the witness saw no answer", { { 1010, 0 } }, false, 1, 0, 1000, 1050, 0, 700, 700, 0 },
	{ "the witness saw nothing", { { 0, 0 } }, false, 1, 0, 1000, 1050, 0, 700, 700, 0 },
	{ "too many others: nobody knows how long it was in a queue",
	  { { 50 * MSEC, 400 },
	    { 51 * MSEC, 400 },
	    { 52 * MSEC, 400 },
	    { 53 * MSEC, 400 },
	    { 54 * MSEC, 400 },
	    { 55 * MSEC, 400 },
	    { 56 * MSEC, 400 },
	    { 57 * MSEC, 400 },
	    { 58 * MSEC, 400 } },
	  false,
	  1,
	  0,
	  990,
	  1 * MSEC,
	  0,
	  700,
	  400,
	  0 },
};

static void make(const struct round_trip_case *c, struct ledger *ledger, union address *address)
{
	struct ledger_path *path;

	assert_true(address_from_text(address, "10.1.2.2"));
	ledger_init(ledger, address, 1, 0);
	path = ledger_path_at(ledger, address);
	for (size_t i = 0; i < SEEN_MAX && c->seen[i].sent_us; i++) {
		struct ledger_heartbeat *h =
			&path->heartbeat[path->heartbeats.count++ % LEDGER_HEARTBEATS_MAX];

		*h = (struct ledger_heartbeat){ .id = i + 1,
						.sent_us = c->seen[i].sent_us,
						.answered = c->seen[i].rtt_us > 0,
						.rtt_us = c->seen[i].rtt_us,
						.inexact = i == 0 && c->inexact };
		strcpy(h->out, "c2");
	}
}

static void every_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct round_trip_case *c = &cases[i];
		struct probe_path asked = { .sent = c->asked, .answered = 1 };
		struct path_result path = { .rtt_us = c->probed_us };
		struct ledger ledger;

		make(c, &ledger, &path.path.address);
		asked.answer.number = c->number;
		asked.answer.asked_us = c->asked_us;
		asked.answer.left_us = c->left_us;
		asked.answer.none_us = c->none_us;
		round_trip_measure(&ledger, &asked, &path);
		if (path.rtt_us != c->expected_us || path.queue_us != c->queue_us)
			fail_msg("%s: %lld us, %lld in the queue", c->name, (long long)path.rtt_us,
				 (long long)path.queue_us);
		if (path.queue_us)
			assert_string_equal(path.queue_link, "c2");
		ledger_free(&ledger);
	}
}

/* The second of two is said to be answered; the first has an answer, too, which the stack dropped.
 */
static void lost_although_answered(void **state)
{
	const struct round_trip_case two = { .seen = { { 1 * MSEC, 300 }, { 251 * MSEC, 300 } } },
				     one = { .seen = { { 1 * MSEC, 0 }, { 251 * MSEC, 300 } } };
	struct probe_path asked = { .sent = 2, .answered = 1, .lost = 1, .answer.number = 1 };
	struct ledger ledger;

	(void)state;
	make(&two, &ledger, &asked.address);
	asked.answer.none_us = 250 * MSEC;
	assert_int_equal(round_trip_lost(&ledger, &asked), 1);
	/* Nobody had looked since it was sent. */
	asked.answer.none_us = 1 * MSEC;
	assert_int_equal(round_trip_lost(&ledger, &asked), 0);
	ledger_free(&ledger);
	make(&one, &ledger, &asked.address);
	assert_int_equal(round_trip_lost(&ledger, &asked), 1);
	ledger_free(&ledger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(lost_although_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
