/* SPDX-License-Identifier: MIT */
#include "engine/heartbeat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/clock.h"
#include "base/names.h"
#include "engine/rto_step.h"

/* The time between two looks: this part of the time since the newest heartbeat. */
#define LOOK_PART   30
#define LOOK_MIN_US 250
#define LOOK_MAX_US (20 * USEC_PER_MSEC)
#define RECENT_US   (1 * USEC_PER_MSEC) /* until then, a look need not be repeated */
/*
 * In calm: the first look comes so much before the answer is expected. After twice that time, or
 * if none is expected at any time, looks are rarer; and a path that misses more heartbeats than
 * that has few.
 */
#define CALM_EARLY_PART  16
#define CALM_LATE_PART   10
#define CALM_MISSED_MAX  1
#define CALM_LOOK_MIN_US 50
#define CALM_LOOK_MAX_US (100 * USEC_PER_MSEC)
/* An answer that was already there at the first look may have been there for long. */
#define CALM_SHRINK_PART 3
/* A longer delay is not from scheduling. */
#define LOOK_LATE_US (100 * USEC_PER_MSEC)

struct probe *probe_new(const struct stack *stack, struct stack_assoc *assoc,
			const struct association *association, struct timeline *timeline)
{
	struct probe *probe = xcalloc(1, sizeof(*probe));

	probe->stack = stack;
	probe->assoc = assoc;
	probe->rto_min_ms = association->status.rto_min_ms;
	probe->rto_now_ms = association->status.rto_min_ms;
	probe->rto_max_ms = association->status.rto_max_ms ? association->status.rto_max_ms
							   : UINT32_MAX;
	probe->rto_max_now_ms = probe->rto_max_ms;
	probe->timeline = timeline;
	probe->paths = xcalloc(association->path_count, sizeof(*probe->paths));
	for (size_t i = 0; i < association->path_count; i++) {
		const struct path_result *path = &association->paths[i];

		if (!path->in_association || path->own || path->zoneless || path->surplus)
			continue;
		probe->paths[probe->count++] = (struct probe_path){
			.address = path->path.address,
			.index = i,
			.measured_ms = probe->rto_min_ms,
		};
	}
	return probe;
}

void probe_know(struct probe *probe, const struct association *association)
{
	for (size_t i = 0; i < probe->count; i++) {
		struct probe_path *path = &probe->paths[i];

		path->then = association->paths[path->index].path;
		path->fresh = path->then.state != PATH_UNKNOWN;
	}
}

void probe_inherit(struct probe *probe, const struct association *association, int64_t now_us)
{
	for (size_t i = 0; i < probe->count; i++) {
		struct probe_path *path = &probe->paths[i];
		const struct path_result *from = &association->paths[path->index];

		path->expected_us = from->rtt_us;
		path->dead = from->verdict == VERDICT_DEAD;
		if (from->answered)
			path->measured_ms = MAX(from->path.rto_ms, probe->rto_min_ms);
		/* A path that was asked twice may answer twice. */
		if (from->answered < from->heartbeats)
			path->stray_us = now_us + from->rtt_us;
	}
}

void probe_know_states(struct probe *probe, const struct stack_path *list, size_t count)
{
	for (size_t i = 0; i < probe->count; i++) {
		struct probe_path *path = &probe->paths[i];

		for (size_t n = 0; n < count && !path->missed && !path->fresh; n++) {
			if (!address_equal(&list[n].address, &path->address))
				continue;
			path->then = list[n];
			path->fresh = path->then.state != PATH_UNKNOWN;
		}
	}
}

void probe_take_over(struct probe *probe)
{
	probe->alone = probe->stack->asks_all &&
		       probe->stack->no_heartbeats(probe->assoc, NULL) == 0;
}

void probe_doubt(struct probe *probe)
{
	for (size_t i = 0; i < probe->count; i++)
		probe->paths[i].sure = false;
}

void probe_set_whole(struct probe *probe, bool whole)
{
	probe->whole = whole;
}

void probe_free(struct probe *probe)
{
	if (!probe)
		return;
	rto_set(probe, probe->rto_min_ms, probe->rto_max_ms);
	free(probe->paths);
	free(probe);
}

/* --- Asking and looking ----------------------------------------------------------------------- */

/*
 * True if the stack made a measurement, or the peer confirmed the address. Without a measurement
 * the RTO only rises: a back-off doubles it, up to RTO.Max, or sets it to twice RTO.Min if usrsctp
 * has measured nothing yet. A back-off changes the state, but never to active.
 */
static bool has_answered(const struct probe *probe, const struct stack_path *then,
			 const struct stack_path *now)
{
	if (now->state == PATH_ACTIVE && then->state != PATH_ACTIVE && then->state != PATH_UNKNOWN)
		return true;
	if (now->srtt_us != then->srtt_us)
		return true;
	if (rto_close_to(now->rto_ms, then->rto_ms))
		return false;
	/* RTO.Initial may be above RTO.Max, and a back-off then lowers it. */
	if (then->rto_ms > probe->rto_max_now_ms &&
	    rto_close_to(now->rto_ms, probe->rto_max_now_ms))
		return false;
	return now->rto_ms < then->rto_ms || rto_close_to(now->rto_ms, probe->rto_now_ms);
}

/* The RTO after the next answer, if that is like this one. */
static void note_measured(const struct probe *probe, struct probe_path *path, uint32_t rto_ms)
{
	if (probe->rto_now_ms <= probe->rto_min_ms || rto_ms > probe->rto_now_ms + RTO_STEP_MS / 2)
		path->measured_ms = MAX(rto_ms, probe->rto_now_ms);
	else
		path->measured_ms = MIN(path->measured_ms, rto_ms);
}

/* before: how many heartbeats were sent after the one that is answered. */
static void take_answer(struct probe_path *path, size_t before)
{
	size_t at = (path->missed - 1 - before) % PROBE_KEPT;

	path->answer.number = path->sent - 1 - (unsigned)before;
	path->answer.asked_us = path->asked_us[at];
	path->answer.left_us = path->left_us[at];
	path->answer.none_us = path->looked_us;
}

/*
 * The round trip that the stack has measured: in its coarse steps, with an eighth of the new value
 * (RFC 9260 section 6.3.1, C3), or all of it the first time.
 */
static int64_t measured(const struct probe_path *path, const struct stack_path *now)
{
	if (!path->then.srtt_us)
		return now->srtt_us;
	return path->then.srtt_us + 8 * (now->srtt_us - path->then.srtt_us);
}

/* When heartbeat n since the last answer was sent, counted back from the newest. */
static int64_t asked_us(const struct probe_path *path, size_t n)
{
	return path->asked_us[(path->missed - 1 - n) % PROBE_KEPT];
}

/*
 * It may be the answer to an earlier heartbeat than the newest. The stack's measurement shows
 * which.
 */
static int64_t round_trip(struct probe_path *path, int64_t measured_us, int64_t at_us)
{
	int64_t nearest_us = at_us - path->sent_us, newest_us = nearest_us;

	take_answer(path, 0);
	for (size_t n = 1; n < PROBE_KEPT && n < path->missed; n++) {
		int64_t us = at_us - asked_us(path, n);

		if (llabs(us - measured_us) >= llabs(nearest_us - measured_us))
			continue;
		nearest_us = us;
		take_answer(path, n);
	}
	if (nearest_us != newest_us)
		return nearest_us;
	/*
	 * There was no look for a long time, because the program was stopped: trust the stack's
	 * value.
	 */
	if (at_us - path->looked_us > LOOK_LATE_US + newest_us / 4)
		newest_us = MIN(MAX(measured_us, path->looked_us - path->sent_us), newest_us);
	return MAX(newest_us, 1);
}

/*
 * How many heartbeats are lost: those before the answered one. The answer has arrived since the
 * last look, and belongs to the oldest heartbeat from which the measured time leads there. None
 * does if several late answers have arrived since then, because the stack shows only their mean.
 */
static unsigned lost_before(const struct probe_path *path, int64_t measured_us, int64_t at_us)
{
	const int64_t coarse_us = RTO_STEP_MS * USEC_PER_MSEC;

	for (size_t n = MIN(path->missed, PROBE_KEPT); n > 0; n--) {
		int64_t arrived_us = asked_us(path, n - 1) + measured_us;

		if (arrived_us > path->looked_us - coarse_us && arrived_us < at_us + coarse_us)
			return path->missed - (unsigned)n;
	}
	return 0;
}

static const char *fault_of(const struct probe *probe)
{
	return probe->stack->fault(probe->stack->endpoint(probe->assoc))->call;
}

/* False: then it is not known whether a heartbeat was answered, which is no silence of the path. */
static bool read_state(struct probe *probe, struct probe_path *path, struct stack_path *state)
{
	int rc = probe->stack->path(probe->assoc, &path->address, state);

	if (rc < 0 || path->blind) {
		path->error = -rc;
		path->call = rc < 0 && rc != -ENOTCONN ? fault_of(probe) : NULL;
	}
	path->blind = rc < 0;
	return rc == 0;
}

/* The time in which the next answer is expected. */
static int64_t expected(const struct probe_path *path)
{
	bool unseen = path->missed == 1 && path->looked_us <= path->left_us[0];

	return path->rtt_us - (unseen ? path->rtt_us / CALM_SHRINK_PART : 0);
}

/* now_us: not later than now. */
static void look(struct probe *probe, struct probe_path *path, int64_t now_us)
{
	char text[ADDRESS_TEXT_MAX];
	struct stack_path now;

	if (!read_state(probe, path, &now))
		return;
	if (has_answered(probe, &path->then, &now)) {
		int64_t measured_us = measured(path, &now), at_us = loop_now_us();

		note_measured(probe, path, now.rto_ms);
		path->rtt_us = round_trip(path, measured_us, at_us);
		path->expected_us = expected(path);
		path->lost += lost_before(path, measured_us, at_us);
		if (path->missed > 1)
			path->stray_us = path->sent_us + path->rtt_us;
		path->sure = path->missed == 1;
		path->missed = 0;
		path->dead = false;
		path->answered++;
		if (probe->timeline->verbose)
			timeline_note(probe->timeline, "HEARTBEAT-ACK from %s, rtt %.1f ms",
				      address_host_text(&path->address, text), MS(path->rtt_us));
	}
	path->then = now;
	path->looked_us = now_us;
}

/* It was asked at sent_us, and the call returned rc at left_us. */
static void note_asked(struct probe *probe, struct probe_path *path, int64_t sent_us,
		       int64_t left_us, int rc)
{
	char text[ADDRESS_TEXT_MAX];

	path->sent_us = sent_us;
	path->looked_us = sent_us;
	path->blind = false;
	path->sure = false;
	path->error = -rc;
	path->call = rc < 0 && rc != -ENOTCONN ? fault_of(probe) : NULL;
	if (probe->timeline->verbose)
		timeline_note(probe->timeline, "HEARTBEAT to %s%s%s",
			      address_host_text(&path->address, text), rc < 0 ? ": " : "",
			      rc < 0 ? errno_name(-rc) : "");
	if (rc < 0)
		return;
	if (!path->missed)
		path->first_us = path->sent_us;
	path->left_us[path->missed % PROBE_KEPT] = left_us;
	path->asked_us[path->missed++ % PROBE_KEPT] = path->sent_us;
	path->sent++;
	/* On a short path the answer is already there. */
	if (!probe->calm || path->expected_us < LOOK_MIN_US)
		look(probe, path, left_us);
	/*
	 * Nor will it be seen. If the association has just ended, the event that says so is next.
	 */
	if (path->blind && path->call && path->sent == 1)
		path->missed = 0;
}

static void ask_one(struct probe *probe, struct probe_path *path)
{
	int64_t sent_us = loop_now_us();
	int rc = probe->stack->heartbeat(probe->assoc, &path->address);

	note_asked(probe, path, sent_us, loop_now_us(), rc);
}

/* False: then each is asked for itself. */
static bool ask_together(struct probe *probe, const bool *ask)
{
	int64_t sent_us = loop_now_us(), left_us;

	for (size_t i = 0; i < probe->count; i++)
		if (!ask[i] || !probe->paths[i].sure)
			return false;
	if (!probe->alone || !probe->whole || probe->count < 2 ||
	    probe->stack->heartbeat(probe->assoc, NULL) < 0)
		return false;
	left_us = loop_now_us();
	for (size_t i = 0; i < probe->count; i++)
		note_asked(probe, &probe->paths[i], sent_us, left_us, 0);
	return true;
}

void probe_ask(struct probe *probe, const bool *ask)
{
	int64_t now = loop_now_us();

	for (size_t i = 0; i < probe->count; i++) {
		struct probe_path *path = &probe->paths[i];

		if (path->missed && now - path->looked_us > RECENT_US)
			look(probe, path, now); /* so that an answer does not go unseen */
		else if (!path->missed && ask[i] && !path->fresh && !(probe->alone && path->sure))
			read_state(probe, path, &path->then);
		path->fresh = false;
	}
	rto_choose(probe, ask);
	if (ask_together(probe, ask))
		return;
	for (size_t i = 0; i < probe->count; i++)
		if (ask[i] && (!probe->paths[i].blind || probe->paths[i].missed))
			ask_one(probe, &probe->paths[i]);
}

void probe_ask_all(struct probe *probe)
{
	bool *ask = xcalloc(probe->count + 1, sizeof(*ask));

	for (size_t i = 0; i < probe->count; i++)
		ask[i] = true;
	probe_ask(probe, ask);
	free(ask);
}

static bool is_given_up(const struct probe_path *path)
{
	return path->dead || path->missed > CALM_MISSED_MAX;
}

bool probe_is_early(const struct probe *probe, int64_t now_us)
{
	for (size_t i = 0; i < probe->count; i++) {
		const struct probe_path *path = &probe->paths[i];
		bool rare = is_given_up(path);
		int64_t age_us = now_us - (rare ? path->looked_us : path->sent_us);

		if (path->missed && age_us >= (rare ? CALM_LOOK_MAX_US : 2 * path->expected_us))
			return false;
	}
	return probe->calm;
}

size_t probe_look(struct probe *probe)
{
	int64_t now = loop_now_us();
	size_t waiting = 0;

	for (size_t i = 0; i < probe->count; i++) {
		if (probe->paths[i].missed)
			look(probe, &probe->paths[i], now);
		waiting += probe->paths[i].missed > 0;
	}
	return waiting;
}

bool probe_is_fresh(const struct probe_path *path, int64_t now_us)
{
	return path->looked_us && !path->blind && now_us - path->looked_us <= RECENT_US;
}

bool probe_is_blind(const struct probe *probe)
{
	for (size_t i = 0; i < probe->count; i++)
		if (probe->paths[i].blind)
			return true;
	return false;
}

void probe_add(struct probe *probe, const union address *address)
{
	probe->paths = xreallocarray(probe->paths, probe->count + 1, sizeof(*probe->paths));
	probe->paths[probe->count++] =
		(struct probe_path){ .address = *address, .measured_ms = probe->rto_min_ms };
}

void probe_remove(struct probe *probe, size_t i)
{
	probe->count--;
	memmove(&probe->paths[i], &probe->paths[i + 1], (probe->count - i) * sizeof(*probe->paths));
}

void probe_forget(struct probe *probe, size_t i)
{
	probe->paths[i].missed = 0;
}

static int64_t calm_pause_us(const struct probe_path *path, int64_t age_us)
{
	const int64_t expected_us = path->expected_us;
	bool given_up = is_given_up(path);
	int64_t first_us = given_up ? expected_us + expected_us / LOOK_PART
				    : expected_us - expected_us / CALM_EARLY_PART;
	int64_t least_us = LOOK_MIN_US;

	if (age_us < first_us)
		return first_us - age_us;
	if (given_up)
		return CALM_LOOK_MAX_US;
	if (expected_us)
		least_us = MIN(MAX(expected_us / LOOK_PART, CALM_LOOK_MIN_US), LOOK_MIN_US);
	age_us /= age_us > 2 * expected_us ? CALM_LATE_PART : LOOK_PART;
	return MIN(MAX(age_us, least_us), CALM_LOOK_MAX_US);
}

/* How long until the next look. */
static int64_t pause_us(const struct probe *probe, const struct probe_path *path, int64_t now_us)
{
	int64_t age_us = now_us - path->sent_us;

	if (probe->calm)
		return calm_pause_us(path, age_us);
	return MIN(MAX(age_us / LOOK_PART, LOOK_MIN_US), LOOK_MAX_US);
}

int64_t probe_next_look_us(const struct probe *probe)
{
	int64_t now = loop_now_us(), next = LOOP_FOREVER;

	for (size_t i = 0; i < probe->count; i++)
		if (probe->paths[i].missed)
			next = MIN(next, now + pause_us(probe, &probe->paths[i], now));
	return next;
}
