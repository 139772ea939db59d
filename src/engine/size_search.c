/* SPDX-License-Identifier: MIT */
#include "engine/size_search.h"

#include <sys/param.h>

#include "base/clock.h"
#include "base/util.h"

/*
 * So many packets of a size are lost before the size counts as lost; more on a path that loses
 * smaller packets, too.
 */
#define TRIES       3
#define TRIES_LOSSY 6
/* The peer answers small padded packets if it answers any; it has so many chances. */
#define TRIES_SMALL 2

/* How long an answer may take: three round trips, but not much more than one where that is long. */
#define PATIENCE         3
#define PATIENCE_MIN_US  (50 * USEC_PER_MSEC)
#define PATIENCE_MORE_US (100 * USEC_PER_MSEC)
/* How long an answer may take when that to a later packet is there. */
#define OVERTAKEN_MIN_US (5 * USEC_PER_MSEC)
#define OVERTAKEN_MAX_US (20 * USEC_PER_MSEC)
/* The time between two packets of the same size, so that one gap does not take both. */
#define PAUSE_US (50 * USEC_PER_MSEC)

/* --- One packet ------------------------------------------------------------------------------- */

static int64_t patience_us(const struct size_search *s)
{
	int64_t most = MIN(PATIENCE * s->round_trip_us, s->round_trip_us + PATIENCE_MORE_US);

	return MAX(most, PATIENCE_MIN_US);
}

/* Until when it may be answered, given the answers that are there. */
static int64_t deadline_us(const struct size_search *s, size_t i)
{
	int64_t deadline = s->packets[i].sent_us + patience_us(s);
	int64_t grace = MIN(MAX(s->round_trip_us / 2, OVERTAKEN_MIN_US), OVERTAKEN_MAX_US);

	for (size_t j = i + 1; j < s->count && !s->packets[i].patient; j++)
		if (s->packets[j].answered_us)
			deadline = MIN(deadline, s->packets[j].answered_us + grace);
	return deadline;
}

static bool is_pending(const struct size_search *s, size_t i, int64_t now_us)
{
	return !s->packets[i].answered_us && now_us < deadline_us(s, i);
}

static bool is_late(const struct size_search *s, size_t i, int64_t now_us)
{
	return !s->packets[i].answered_us && now_us >= deadline_us(s, i);
}

/* Was the path still there? Something that was sent after it has been answered. */
static bool was_followed(const struct size_search *s, size_t i)
{
	for (size_t j = i + 1; j < s->count; j++)
		if (s->packets[j].answered_us)
			return true;
	return false;
}

/* --- One size --------------------------------------------------------------------------------- */

static uint32_t largest_passed(const struct size_search *s)
{
	uint32_t most = 0;

	for (size_t i = 0; i < s->count; i++)
		if (s->packets[i].answered_us)
			most = MAX(most, s->packets[i].size);
	return most;
}

/* The smallest that was not answered, maybe by chance, and above all that were. 0: none. */
static uint32_t smallest_late(const struct size_search *s, int64_t now_us)
{
	uint32_t least = 0, passed = largest_passed(s);

	for (size_t i = 0; i < s->count; i++) {
		uint32_t size = s->packets[i].size;

		if (size > passed && size <= s->full && (!least || size < least) &&
		    is_late(s, i, now_us))
			least = size;
	}
	return least;
}

static unsigned tries(const struct size_search *s, int64_t now_us)
{
	uint32_t passed = largest_passed(s);

	for (size_t i = 0; i < s->count; i++)
		if (s->packets[i].size <= passed && is_late(s, i, now_us))
			return TRIES_LOSSY;
	return TRIES;
}

/*
 * Are there enough packets of that size that are lost, or (pending) may still turn out to be? The
 * last one had time, after all sizes were tried.
 */
static bool is_enough(const struct size_search *s, uint32_t size, bool pending, int64_t now_us)
{
	unsigned count = 0;
	bool patient = false;

	for (size_t i = 0; i < s->count; i++) {
		if (s->packets[i].size != size)
			continue;
		if (s->packets[i].answered_us)
			return false;
		if ((is_late(s, i, now_us) && was_followed(s, i)) ||
		    (pending && is_pending(s, i, now_us))) {
			count++;
			patient |= i > 0 && s->packets[i].patient;
		}
	}
	return count >= tries(s, now_us) && patient;
}

static bool is_lost(const struct size_search *s, uint32_t size, int64_t now_us)
{
	return is_enough(s, size, false, now_us);
}

static unsigned count_late(const struct size_search *s, uint32_t size, int64_t now_us)
{
	unsigned count = 0;

	for (size_t i = 0; i < s->count; i++)
		count += s->packets[i].size == size && is_late(s, i, now_us);
	return count;
}

static bool was_asked(const struct size_search *s, uint32_t size)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->packets[i].size == size)
			return true;
	return false;
}

/* --- What to ask ------------------------------------------------------------------------------ */

void size_search_set_full(struct size_search *s, uint32_t full)
{
	s->full = full / PACKET_SIZE_STEP * PACKET_SIZE_STEP;
}

/* Sizes between the two, and then the lower one, which is known to pass. The largest goes first. */
static size_t spread(uint32_t low, uint32_t high, size_t n, uint32_t sizes[SIZE_SEARCH_BURST])
{
	size_t parts = SIZE_SEARCH_BURST - n;

	for (size_t part = parts - 1; part > 0; part--) {
		uint32_t size = low + (uint32_t)((high - low) * part / parts);

		size = size / PACKET_SIZE_STEP * PACKET_SIZE_STEP;
		if (size > low && size < (n ? MIN(high, sizes[n - 1]) : high))
			sizes[n++] = size;
	}
	sizes[n++] = low;
	return n;
}

/* The next burst, when all answers to the last one are there, or late. */
static size_t choose(const struct size_search *s, uint32_t high, int64_t now_us,
		     uint32_t sizes[SIZE_SEARCH_BURST])
{
	uint32_t low = MAX(largest_passed(s), SIZE_SEARCH_SMALL);
	size_t n = 0;

	if (!is_enough(s, s->full, true, now_us))
		sizes[n++] = s->full;
	/* If it answers none, those between would say no more. */
	if (!largest_passed(s) && was_asked(s, SIZE_SEARCH_SMALL)) {
		sizes[n++] = SIZE_SEARCH_SMALL;
		return n;
	}
	if (high != s->full && !is_enough(s, high, true, now_us))
		sizes[n++] = high;
	if (high - low > PACKET_SIZE_STEP)
		return spread(low, high, n, sizes);
	if (n)
		sizes[n++] = low;
	return n;
}

/* Are the largest that passed and the smallest that did not neighbours? */
static bool is_narrow(const struct size_search *s, uint32_t high)
{
	return high <= MAX(largest_passed(s), SIZE_SEARCH_SMALL) + PACKET_SIZE_STEP;
}

/* When it makes sense to look again; LOOP_FOREVER: no answer is outstanding. */
static int64_t next_deadline_us(const struct size_search *s, bool patient, int64_t now_us)
{
	int64_t next = LOOP_FOREVER;

	for (size_t i = 0; i < s->count; i++)
		if (is_pending(s, i, now_us) && (patient || !s->packets[i].patient))
			next = MIN(next, deadline_us(s, i));
	return next;
}

size_t size_search_next(struct size_search *s, int64_t now_us, uint32_t sizes[SIZE_SEARCH_BURST],
			int64_t *wake_us)
{
	uint32_t high = smallest_late(s, now_us), passed = largest_passed(s);
	int64_t any_us = next_deadline_us(s, true, now_us);
	int64_t pause_us = s->count ? s->packets[s->count - 1].sent_us + PAUSE_US : 0;
	size_t n;

	*wake_us = LOOP_FOREVER;
	if (s->over || !s->full)
		return 0;
	if (!was_asked(s, s->full) && s->count < SIZE_SEARCH_PACKETS) {
		sizes[0] = s->full;
		return 1;
	}
	if (passed >= s->full ||
	    (!passed && count_late(s, SIZE_SEARCH_SMALL, now_us) >= TRIES_SMALL)) {
		s->over = true;
		return 0;
	}
	/* While answers are outstanding, only more packets of the same sizes are of use. */
	*wake_us = next_deadline_us(s, !high || !is_narrow(s, high), now_us);
	if (*wake_us != LOOP_FOREVER)
		return 0;
	*wake_us = any_us;
	if (high && s->count + SIZE_SEARCH_BURST <= SIZE_SEARCH_PACKETS) {
		n = choose(s, high, now_us, sizes);
		if (n && (!is_narrow(s, high) || now_us >= pause_us))
			return n;
		if (n)
			*wake_us = MIN(any_us, pause_us);
	}
	s->over = *wake_us == LOOP_FOREVER;
	return 0;
}

void size_search_sent(struct size_search *s, uint32_t size, uint64_t id, int64_t now_us)
{
	uint32_t high = smallest_late(s, now_us);

	s->packets[s->count] = (struct size_packet){
		.size = size,
		.patient = !s->count || (high && is_narrow(s, high)),
		.id = id,
		.sent_us = now_us,
	};
	s->count++;
}

void size_search_answered(struct size_search *s, size_t i, int64_t now_us)
{
	if (!s->packets[i].answered_us)
		s->packets[i].answered_us = now_us;
}

/* --- What came of it -------------------------------------------------------------------------- */

struct packet_sizes size_search_result(const struct size_search *s, int64_t now_us)
{
	struct packet_sizes result = { .passed = largest_passed(s) };

	if (s->full && result.passed >= s->full) {
		result.big = BIG_PACKETS_PASS;
	} else if (s->full && result.passed && is_lost(s, s->full, now_us)) {
		result.big = BIG_PACKETS_LOST;
		result.lost = s->full;
		for (size_t i = 0; i < s->count; i++)
			if (s->packets[i].size > result.passed &&
			    s->packets[i].size < result.lost &&
			    is_lost(s, s->packets[i].size, now_us))
				result.lost = s->packets[i].size;
	}
	return result;
}
