/* SPDX-License-Identifier: MIT */
#include "engine/monitor_parts.h"

#include <stdlib.h>
#include <sys/param.h>

#include "diagnose/ending.h"
#include "diagnose/failed_call.h"
#include "engine/gather.h"
#include "engine/round_trip.h"
#include "witness/ledger_query.h"

/* HB.Interval of the stacks: with a longer interval, theirs are needed, too. */
#define OWN_INTERVAL_US (30 * USEC_PER_SEC)

/* The least time until a path is asked again, however short the interval and the round trip are. */
#define PATIENCE_MIN_US (50 * USEC_PER_MSEC)

/* A path that is dead is asked so much earlier (this part of the interval), if others are asked. */
#define EARLY_PART 16

/* With each answer, the longest recent round trip shrinks by this part. */
#define SLOW_PART 8

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
	return MAX(MIN(value, most), least);
}

/* --- How long a path may take ---------------------------------------------------------------- */

static int64_t patience_max_us(const struct monitoring *r)
{
	return MAX(r->options->interval_us, r->options->probe_timeout_us);
}

/* The time until a path is asked again: not before the answer can have arrived (stack.h). */
static int64_t patience_us(const struct monitoring *r, const struct monitor_path *path)
{
	int64_t least = MAX(r->options->interval_us / 2, PATIENCE_MIN_US);

	if (!path->slow_us)
		return MAX(patience_max_us(r), least);
	return clamp(2 * path->slow_us, least, MAX(patience_max_us(r), least));
}

/*
 * Longer each time, because the path may have become slow, and only the newest heartbeat's answer
 * counts.
 */
static int64_t next_ask_us(const struct monitoring *r, size_t i)
{
	const struct probe_path *asked = &r->probe->paths[i];
	int64_t pause = patience_us(r, &r->m.paths[i]);

	for (unsigned n = 1; n < asked->missed && pause < patience_max_us(r); n++)
		pause = MIN(2 * pause, patience_max_us(r));
	return asked->sent_us + pause;
}

static int64_t dead_at_us(const struct monitoring *r, size_t i)
{
	return r->probe->paths[i].first_us +
	       MAX(r->options->interval_us, patience_us(r, &r->m.paths[i]));
}

/* --- What is seen of one path ---------------------------------------------------------------- */

static void set_round(struct monitoring *r, struct monitor_path *path, int64_t value)
{
	path->history[r->m.rounds % MONITOR_HISTORY] = (int32_t)MIN(value, INT32_MAX);
}

/* A route may change. Without a witness the first one counts. */
static void look_for_links(struct monitoring *r)
{
	for (size_t i = 0; i < r->m.path_count; i++) {
		const struct ledger_path *seen = watch_path(r->watch, &r->m.paths[i].address);

		if (seen && seen->sent_way.base)
			r->m.paths[i].base = seen->sent_way.base;
	}
}

static void count_links(struct monitoring *r)
{
	int *links = xcalloc(r->m.path_count + 1, sizeof(*links));

	look_for_links(r);
	for (size_t i = 0; i < r->m.path_count; i++)
		if (r->m.paths[i].verdict == VERDICT_VERIFIED)
			links[i] = r->m.paths[i].base;
	r->m.links = count_different(links, r->m.path_count);
	free(links);
}

void monitor_count_short(struct monitoring *r, int64_t now)
{
	size_t alive = 0, judged = 0;

	count_links(r);
	for (size_t i = 0; i < r->m.path_count; i++) {
		alive += r->m.paths[i].verdict == VERDICT_VERIFIED;
		judged += !r->m.paths[i].added || r->m.paths[i].verdict != VERDICT_UNVERIFIED;
	}
	if (r->options->require == REQUIRE_ALL)
		r->m.required = judged;
	if (r->short_since_us)
		r->m.short_us += now - r->short_since_us;
	r->short_since_us = alive < r->m.required || r->m.links < r->m.links_required ? now : 0;
	if (r->short_since_us && !r->m.was_short) {
		r->m.was_short = true;
		if (r->m.status == STATUS_OK)
			r->m.status = STATUS_DEGRADED;
	}
}

static void take_state(struct monitoring *r, size_t i, struct monitor_event *event)
{
	enum stack_path_state state = r->probe->paths[i].then.state;

	if (state == PATH_UNKNOWN || state == r->m.paths[i].state)
		return;
	r->m.paths[i].state = state;
	event->new_state = true;
}

/* The witness is more exact. */
static int64_t round_trip_us(const struct monitoring *r, size_t i)
{
	const struct probe_path *asked = &r->probe->paths[i];
	struct path_result path = { .path.address = asked->address, .rtt_us = asked->rtt_us };

	if (r->watch->view)
		round_trip_measure(r->watch->ledger, asked, &path);
	return path.rtt_us;
}

static void take_answer(struct monitoring *r, size_t i, int64_t now, struct monitor_event *event)
{
	struct monitor_path *path = &r->m.paths[i];
	int64_t rtt_us = round_trip_us(r, i);

	path->rtt_us = rtt_us;
	path->rtt_sum_us += rtt_us;
	path->rtt_max_us = MAX(path->rtt_max_us, rtt_us);
	path->rtt_min_us = path->rtt_min_us ? MIN(path->rtt_min_us, rtt_us) : rtt_us;
	path->slow_us = MAX(rtt_us, path->slow_us - path->slow_us / SLOW_PART);
	set_round(r, path, rtt_us);
	if (path->verdict == VERDICT_VERIFIED)
		return;
	event->new_verdict = true;
	event->took_us = path->verdict == VERDICT_DEAD ? now - path->dead_since_us : 0;
	path->dead_us += event->took_us;
	path->verdict = VERDICT_VERIFIED;
	monitor_count_short(r, now);
}

/* Why no answer came. */
static struct finding why_dead(const struct monitoring *r, size_t i, int64_t waited_us)
{
	const struct probe_path *asked = &r->probe->paths[i];
	struct path_result known = { .path.address = asked->address };
	const struct association *a = &r->m.result->association;
	const struct plan plan = { .sources = a->local,
				   .source_count = a->local_count,
				   .udp = encapsulated(&r->options->udp) };
	struct way way = { .route_error = 0 };
	struct ledger_path seen;
	struct ledger since;

	way_look_for_hop(&way, &asked->address, &plan, LEAVING_SEEN);
	way_look_for_unsent(&way, &asked->address, r->stack, r->assoc);
	way_look_for_departure(&way, &asked->address,
			       &(struct way_flow){ .stack = r->stack,
						   .endpoint = r->endpoint,
						   .udp = r->options->udp });
	if (r->watch->view)
		watch_catch_up(r->watch);
	way_look_for_return(&way, &asked->address, r->watch);
	way_tell(&way, &known);
	if (!r->watch->view)
		return diagnose_dead_path(&known, NULL, waited_us);
	ledger_since(r->watch->ledger, &asked->address, asked->first_us, &since, &seen);
	return diagnose_dead_path(&known, &since, waited_us);
}

/*
 * An answer arrived that the stack has not processed. It may still do so if this host is busy, so
 * the path has the time of a slow path.
 */
static bool is_late(const struct monitoring *r, struct monitor_path *path,
		    const struct finding *cause)
{
	if (cause->code != FINDING_OWN_INPUT_FILTER || path->slow_us >= patience_max_us(r))
		return false;
	path->slow_us = patience_max_us(r);
	return true;
}

static void take_death(struct monitoring *r, size_t i, int64_t now, struct monitor_event *event)
{
	struct monitor_path *path = &r->m.paths[i];

	event->new_verdict = true;
	path->dead_since_us = r->probe->paths[i].first_us;
	event->took_us = now - path->dead_since_us;
	path->verdict = VERDICT_DEAD;
	path->times_dead++;
	set_round(r, path, ROUND_LOST);
	monitor_count_short(r, now);
}

/* A call on this host failed, which says nothing about the path. */
static void take_unsent(struct monitoring *r, size_t i, int64_t now, struct monitor_event *event)
{
	probe_forget(r->probe, i);
	if (r->m.paths[i].verdict == VERDICT_UNVERIFIED)
		return;
	event->new_verdict = true;
	r->m.paths[i].verdict = VERDICT_UNVERIFIED;
	monitor_count_short(r, now);
}

static void take_unasked(struct monitoring *r, size_t i, int64_t now, struct monitor_event *event)
{
	event->cause = diagnose_failed_call(r->probe->paths[i].call, r->probe->paths[i].error);
	take_unsent(r, i, now, event);
}

static void take_silence(struct monitoring *r, size_t i, int64_t now, struct monitor_event *event)
{
	const struct finding cause = why_dead(r, i, now - r->probe->paths[i].first_us);

	if (finding_is_failed_call(&cause))
		take_unsent(r, i, now, event);
	else if (is_late(r, &r->m.paths[i], &cause))
		return;
	else
		take_death(r, i, now, event);
	event->cause = cause;
}

/* Reports the changes of path i since the last look. */
static void look_at(struct monitoring *r, size_t i, int64_t now)
{
	const struct probe_path *asked = &r->probe->paths[i];
	struct monitor_path *path = &r->m.paths[i];
	struct monitor_event event = { .type = MONITOR_PATH, .path = path };
	bool answered = asked->answered > path->answered;
	bool young = asked->missed && now < next_ask_us(r, i);

	path->answered = asked->answered;
	path->sent = asked->sent - (young ? 1 : 0);
	take_state(r, i, &event);
	if (answered)
		take_answer(r, i, now, &event);
	else if (asked->call && path->verdict == VERDICT_VERIFIED)
		take_unasked(r, i, now, &event);
	else if (path->verdict != VERDICT_DEAD && asked->missed && now >= dead_at_us(r, i))
		take_silence(r, i, now, &event);
	if (event.new_verdict || event.new_state)
		monitor_tell(r, &event);
}

void monitor_judge(struct monitoring *r, int64_t now)
{
	for (size_t i = 0; i < r->m.path_count; i++)
		look_at(r, i, now);
}

int64_t monitor_paths_next_us(const struct monitoring *r)
{
	int64_t next = probe_next_look_us(r->probe);

	for (size_t i = 0; i < r->m.path_count; i++) {
		if (!r->probe->paths[i].missed)
			continue;
		next = MIN(next, next_ask_us(r, i));
		if (r->m.paths[i].verdict != VERDICT_DEAD)
			next = MIN(next, dead_at_us(r, i));
	}
	return next;
}

void monitor_take_over(struct monitoring *r)
{
	const struct options *o = r->options;

	if (o->interval_us <= OWN_INTERVAL_US && !o->send_count &&
	    !parameter_is_known(&o->parameters, PARAMETER_HB_INTERVAL))
		probe_take_over(r->probe);
}

/* --- Rounds ---------------------------------------------------------------------------------- */

bool monitor_waits(const struct monitoring *r, bool dead_too)
{
	for (size_t i = 0; i < r->m.path_count; i++)
		if (r->probe->paths[i].missed &&
		    (dead_too || r->m.paths[i].verdict != VERDICT_DEAD))
			return true;
	return false;
}

void monitor_close_round(struct monitoring *r)
{
	r->round_open = false;
	if (r->m.links_required)
		monitor_count_short(r, r->m.now_us);
	for (size_t i = 0; i < r->m.path_count; i++) {
		struct monitor_path *path = &r->m.paths[i];
		bool lost = path->verdict == VERDICT_DEAD || r->probe->paths[i].missed > 1;

		if (path->history[r->m.rounds % MONITOR_HISTORY] == ROUND_NOTHING && lost)
			set_round(r, path, ROUND_LOST);
	}
}

void monitor_open_round(struct monitoring *r, int64_t now)
{
	r->m.rounds++;
	r->round_open = true;
	for (size_t i = 0; i < r->m.path_count; i++)
		set_round(r, &r->m.paths[i], ROUND_NOTHING);
	r->round_us += r->options->interval_us;
	/* After a stop (^Z), rounds that were missed are not made up for. */
	if (r->round_us <= now)
		r->round_us = now + r->options->interval_us;
}

/* Packets that the witness has seen arrive. */
static unsigned heard(const struct monitoring *r)
{
	const struct ledger *ledger = r->watch->ledger;
	unsigned count = 0;

	for (size_t i = 0; ledger && i < ledger->path_count; i++)
		count += ledger->paths[i].received.count;
	return count;
}

static unsigned answers(const struct probe *probe)
{
	unsigned count = 0;

	for (size_t i = 0; i < probe->count; i++)
		count += probe->paths[i].answered;
	return count;
}

void monitor_look(struct monitoring *r, int64_t now)
{
	const struct watch *watch = r->watch;
	bool silence = watch->view && !r->deaf && !watch->failed && !watch->ledger->lost &&
		       heard(r) == r->heard;
	unsigned before = answers(r->probe);

	if (silence && probe_is_early(r->probe, now))
		return;
	probe_look(r->probe);
	/* IPsec, for one, hides what arrives from the witness. */
	r->deaf |= silence && answers(r->probe) != before;
}

/* all: every path that does not wait for an answer, and what would be asked a moment later. */
static bool is_its_turn(const struct monitoring *r, size_t i, int64_t now, bool all)
{
	const struct probe_path *path = &r->probe->paths[i];
	int64_t early_us = 0;

	if (!path->missed)
		return all && now >= path->stray_us;
	if (all && r->m.paths[i].verdict == VERDICT_DEAD)
		early_us = r->options->interval_us / EARLY_PART;
	return now + early_us >= next_ask_us(r, i);
}

bool monitor_ask(struct monitoring *r, int64_t now, bool all)
{
	bool *which = xcalloc(r->m.path_count + 1, sizeof(*which));
	bool any = false, unsent = false;

	for (size_t i = 0; i < r->m.path_count; i++) {
		which[i] = is_its_turn(r, i, now, all);
		any |= which[i];
	}
	if (any) {
		r->heard = heard(r);
		probe_ask(r->probe, which);
	}
	for (size_t i = 0; i < r->m.path_count; i++)
		unsent |= which[i] && r->probe->paths[i].error;
	free(which);
	return !unsent;
}
