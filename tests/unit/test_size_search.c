/* SPDX-License-Identifier: MIT */
/* The search of the size that gets through, on a simulated path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <sys/param.h>

#include "base/clock.h"
#include "base/util.h"
#include "engine/size_search.h"

/* One path: which packets it drops, and when the answers of the others arrive. */
struct path {
	uint32_t limit; /* larger ones are lost */
	int64_t rtt_us;
	unsigned lossy;    /* so many of 100 are lost by chance */
	int64_t dies_us;   /* from then on everything is lost; 0: never */
	bool answers_none; /* the peer knows no padded packets */
	uint64_t seed;
};

static bool passes(struct path *path, const struct size_packet *packet)
{
	path->seed = path->seed * 6364136223846793005u + 1442695040888963407u;
	return packet->size <= path->limit && !path->answers_none &&
	       (!path->dies_us || packet->sent_us < path->dies_us) &&
	       (path->seed >> 33) % 100 >= path->lossy;
}

struct outcome {
	struct packet_sizes sizes;
	int64_t took_us;
	size_t packets, rounds;
};

/* Until it is over, or for 10 s. */
static struct outcome search_path(struct path path, uint32_t full)
{
	struct size_search search = { .round_trip_us = path.rtt_us };
	int64_t arrives_us[SIZE_SEARCH_PACKETS] = { 0 }, now_us = 1000000;
	const int64_t start_us = now_us;
	struct outcome outcome = { 0 };

	if (path.dies_us)
		path.dies_us += start_us;
	size_search_set_full(&search, full);
	while (!search.over && now_us < start_us + 10 * USEC_PER_SEC) {
		uint32_t sizes[SIZE_SEARCH_BURST];
		int64_t wake_us;
		size_t count = size_search_next(&search, now_us, sizes, &wake_us);

		outcome.rounds += count > 0;
		for (size_t i = 0; i < count; i++) {
			size_t n = search.count;

			assert_true(n < SIZE_SEARCH_PACKETS);
			assert_int_equal(sizes[i] % PACKET_SIZE_STEP, 0);
			size_search_sent(&search, sizes[i], n, now_us);
			if (passes(&path, &search.packets[n]))
				arrives_us[n] = now_us + path.rtt_us;
		}
		if (count)
			continue;
		assert_true(search.over || wake_us > now_us);
		for (size_t i = 0; i < search.count; i++)
			if (arrives_us[i] > now_us)
				wake_us = MIN(wake_us, arrives_us[i]);
		now_us = search.over ? now_us : wake_us;
		for (size_t i = 0; i < search.count; i++)
			if (arrives_us[i] && arrives_us[i] <= now_us)
				size_search_answered(&search, i, arrives_us[i]);
	}
	assert_true(search.over);
	outcome.sizes = size_search_result(&search, now_us);
	outcome.took_us = now_us - start_us;
	outcome.packets = search.count;
	return outcome;
}

static void a_path_that_takes_all_gets_one_packet(void **state)
{
	struct outcome o = search_path((struct path){ .limit = 1500, .rtt_us = 1000 }, 1500);

	(void)state;
	assert_int_equal(o.sizes.big, BIG_PACKETS_PASS);
	assert_int_equal(o.sizes.passed, 1500);
	assert_int_equal(o.packets, 1);
	assert_int_equal(o.took_us, 1000);
	/* SCTP has no packets of 1499 bytes. */
	o = search_path((struct path){ .limit = 1499, .rtt_us = 1000 }, 1499);
	assert_int_equal(o.sizes.big, BIG_PACKETS_PASS);
	assert_int_equal(o.sizes.passed, 1496);
}

static void every_size_is_found(void **state)
{
	static const uint32_t fulls[] = { 1280, 1500, 9000 };
	static const int64_t rtts[] = { 100, 20000, 100000 };

	(void)state;
	for (size_t i = 0; i < 9; i++) {
		uint32_t full = fulls[i % 3];
		int64_t rtt_us = rtts[i / 3];

		for (uint32_t limit = SIZE_SEARCH_SMALL; limit < full; limit++) {
			struct outcome o = search_path(
				(struct path){ .limit = limit, .rtt_us = rtt_us }, full);

			assert_int_equal(o.sizes.big, BIG_PACKETS_LOST);
			assert_int_equal(o.sizes.passed, limit / 4 * 4);
			assert_int_equal(o.sizes.lost, limit / 4 * 4 + 4);
			assert_in_range(o.packets, 5, 45);
			/* Five round trips, and three times the wait for an answer. */
			assert_in_range(o.took_us, 100000,
					rtt_us < 20000 ? 250000 : 5 * rtt_us + 600000);
		}
	}
}

static void chance_is_not_size(void **state)
{
	unsigned lost = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 3000; seed++) {
		struct path path = { .limit = seed % 2 ? 1500 : 1400,
				     .rtt_us = 5000,
				     .lossy = seed % 30,
				     .seed = seed };
		struct outcome o = search_path(path, 1500);

		assert_true(o.sizes.passed <= path.limit);
		if (path.limit == 1400)
			assert_int_not_equal(o.sizes.big, BIG_PACKETS_PASS);
		lost += path.limit == 1500 && o.sizes.big == BIG_PACKETS_LOST;
		if (o.sizes.big == BIG_PACKETS_LOST && path.limit == 1400)
			lost += o.sizes.lost <= 1400;
	}
	/* Six in a row get lost by chance, now and then. */
	assert_in_range(lost, 0, 3);
}

static void a_path_that_dies_lost_no_sizes(void **state)
{
	(void)state;
	for (int64_t at_us = 1; at_us < 400000; at_us += 1000) {
		struct path path = { .limit = 1500, .rtt_us = 3000, .dies_us = at_us };
		struct outcome o = search_path(path, 1500);

		assert_int_not_equal(o.sizes.big, BIG_PACKETS_LOST);
		path.limit = 1400;
		o = search_path(path, 1500);
		assert_int_not_equal(o.sizes.big, BIG_PACKETS_PASS);
		if (o.sizes.big == BIG_PACKETS_LOST)
			assert_true(o.sizes.lost > 1400);
	}
}

static void a_peer_without_padded_packets_gets_few(void **state)
{
	struct outcome o = search_path(
		(struct path){ .limit = 1500, .rtt_us = 1000, .answers_none = true }, 1500);

	(void)state;
	assert_int_equal(o.sizes.big, BIG_PACKETS_UNKNOWN);
	assert_int_equal(o.sizes.passed, 0);
	assert_in_range(o.packets, 3, SIZE_SEARCH_BURST + 3);
	assert_in_range(o.took_us, 100000, 200000);
}

/* ICMP says 1400. It may be true, or not. */
static void another_full_size_goes_first(void **state)
{
	struct size_search search = { .round_trip_us = 1000 };
	uint32_t sizes[SIZE_SEARCH_BURST];
	int64_t wake_us;

	(void)state;
	size_search_set_full(&search, 1500);
	assert_int_equal(size_search_next(&search, 1000, sizes, &wake_us), 1);
	assert_int_equal(sizes[0], 1500);
	size_search_sent(&search, 1500, 1, 1000);
	assert_int_equal(size_search_next(&search, 1100, sizes, &wake_us), 0);
	assert_true(wake_us > 1100 && wake_us != LOOP_FOREVER);
	size_search_set_full(&search, 1400);
	assert_int_equal(size_search_next(&search, 1200, sizes, &wake_us), 1);
	assert_int_equal(sizes[0], 1400);
	size_search_sent(&search, 1400, 2, 1200);
	assert_int_equal(size_search_result(&search, 1200).big, BIG_PACKETS_UNKNOWN);
	size_search_answered(&search, 1, 1300);
	assert_int_equal(size_search_next(&search, 1300, sizes, &wake_us), 0);
	assert_true(search.over);
	assert_int_equal(size_search_result(&search, 1300).big, BIG_PACKETS_PASS);
	assert_int_equal(size_search_result(&search, 1300).passed, 1400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_that_takes_all_gets_one_packet),
		cmocka_unit_test(every_size_is_found),
		cmocka_unit_test(chance_is_not_size),
		cmocka_unit_test(a_path_that_dies_lost_no_sizes),
		cmocka_unit_test(a_peer_without_padded_packets_gets_few),
		cmocka_unit_test(another_full_size_goes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
