/* SPDX-License-Identifier: MIT */
#include "engine/monitor.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/names.h"
#include "report/table.h"
#include "base/loop.h"
#include "engine/heartbeat.h"

/* Nobody is asked again sooner, however short the interval and the way are. */
#define PATIENCE_MIN_US (50 * USEC_PER_MSEC)

/* The longest of the newest round trips is forgotten by this part with each answer. */
#define SLOW_PART 8

struct run {
	struct monitor m;
	const struct stack *stack;
	struct stack_endpoint *endpoint; /* not owned */
	const struct options *options;
	const struct reporter *reporter;
	struct timeline *timeline;
	struct probe *probe; /* its paths are in the order of m.paths */
	struct live *live;   /* NULL: no table */
	int64_t round_us;    /* when the next round begins */
	int64_t until_us;
	bool round_open; /* it has begun, and is not told yet */
	int64_t short_since_us;
	bool ended;
	const char *reason;
};

static void tell(struct run *r, struct monitor_event *event)
{
	event->time_us = loop_now_us() - r->timeline->start_us;
	event->wall_us = loop_wall_us();
	event->monitor = &r->m;
	if (event->type != MONITOR_ROUND)
		live_clear(r->live);
	report_monitor_event(r->reporter, event);
	live_changed(r->live);
}

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
	return MAX(MIN(value, most), least);
}

/* --- How long a path may take ---------------------------------------------------------------- */

static int64_t patience_max_us(const struct run *r)
{
	return MAX(r->options->interval_us, r->options->probe_timeout_us);
}

/* Until it is asked again: an answer that is on its way must not be overtaken (stack.h). */
static int64_t patience_us(const struct run *r, const struct monitor_path *path)
{
	int64_t least = MAX(r->options->interval_us / 2, PATIENCE_MIN_US);

	if (!path->slow_us)
		return MAX(patience_max_us(r), least);
	return clamp(2 * path->slow_us, least, MAX(patience_max_us(r), least));
}

/* Each time longer, because it may have become slow: only the newest heartbeat's answer counts. */
static int64_t next_ask_us(const struct run *r, size_t i)
{
	const struct probe_path *asked = &r->probe->paths[i];
	int64_t pause = patience_us(r, &r->m.paths[i]);

	for (unsigned n = 1; n < asked->missed && pause < patience_max_us(r); n++)
		pause = MIN(2 * pause, patience_max_us(r));
	return asked->sent_us + pause;
}

static int64_t dead_at_us(const struct run *r, size_t i)
{
	return r->probe->paths[i].first_us +
	       MAX(r->options->interval_us, patience_us(r, &r->m.paths[i]));
}

/* --- What is seen of one path ---------------------------------------------------------------- */

static void set_round(struct run *r, struct monitor_path *path, int64_t value)
{
	path->history[r->m.rounds % MONITOR_HISTORY] = (int32_t)MIN(value, INT32_MAX);
}

static void count_short(struct run *r, int64_t now)
{
	size_t alive = 0;

	for (size_t i = 0; i < r->m.path_count; i++)
		alive += r->m.paths[i].verdict == VERDICT_VERIFIED;
	if (r->short_since_us)
		r->m.short_us += now - r->short_since_us;
	r->short_since_us = alive < r->m.required ? now : 0;
	if (r->short_since_us && !r->m.was_short) {
		r->m.was_short = true;
		if (r->m.status == STATUS_OK)
			r->m.status = STATUS_DEGRADED;
	}
}

static void take_state(struct run *r, size_t i, struct monitor_event *event)
{
	enum stack_path_state state = r->probe->paths[i].then.state;

	if (state == PATH_UNKNOWN || state == r->m.paths[i].state)
		return;
	r->m.paths[i].state = state;
	event->new_state = true;
}

static void take_answer(struct run *r, size_t i, int64_t now, struct monitor_event *event)
{
	struct monitor_path *path = &r->m.paths[i];
	int64_t rtt_us = r->probe->paths[i].rtt_us;

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
	count_short(r, now);
}

static void take_death(struct run *r, size_t i, int64_t now, struct monitor_event *event)
{
	struct monitor_path *path = &r->m.paths[i];

	event->new_verdict = true;
	path->dead_since_us = r->probe->paths[i].missed ? r->probe->paths[i].first_us : now;
	event->took_us = now - path->dead_since_us;
	path->verdict = VERDICT_DEAD;
	path->times_dead++;
	set_round(r, path, ROUND_LOST);
	count_short(r, now);
}

/* What there is to tell of path i since the last look. */
static void look_at(struct run *r, size_t i, int64_t now)
{
	struct probe_path *asked = &r->probe->paths[i];
	struct monitor_path *path = &r->m.paths[i];
	struct monitor_event event = { .type = MONITOR_PATH, .path = path };
	bool answered = asked->answered > path->answered;
	bool young = asked->missed && now < next_ask_us(r, i);

	path->answered = asked->answered;
	path->sent = asked->sent - (young ? 1 : 0);
	take_state(r, i, &event);
	if (answered)
		take_answer(r, i, now, &event);
	else if (path->verdict != VERDICT_DEAD &&
		 (asked->error || (asked->missed && now >= dead_at_us(r, i))))
		take_death(r, i, now, &event);
	if (event.new_verdict || event.new_state)
		tell(r, &event);
}

/* --- The association ------------------------------------------------------------------------- */

/* Which is primary is the stack's to say; the peer may change it too (RFC 5061). */
static void look_for_primary(struct run *r)
{
	struct monitor_event event = { .type = MONITOR_PRIMARY };
	struct stack_path *list = NULL;
	int count = r->stack->paths(r->endpoint, r->m.assoc, &list);

	for (int n = 0; n < count; n++)
		if (list[n].primary)
			event.to = list[n].address;
	free(list);
	for (size_t i = 0; i < r->m.path_count; i++)
		if (r->m.paths[i].primary)
			event.from = r->m.paths[i].address;
	if (count <= 0 || !event.to.sa.sa_family || address_equal(&event.from, &event.to))
		return;
	for (size_t i = 0; i < r->m.path_count; i++)
		r->m.paths[i].primary = address_equal(&r->m.paths[i].address, &event.to);
	tell(r, &event);
}

/*
 * While the primary is potentially failed or inactive and another path is active, the stack sends
 * over that, and over the primary again when it is active again (RFC 7829 section 5; net/sctp's
 * sctp_select_active_and_retran_path). SCTP_STATUS goes on to name the primary all the while.
 */
static void look_for_failover(struct run *r)
{
	struct monitor_event event = { .type = MONITOR_FAILOVER };
	const struct monitor_path *primary = NULL;
	bool failed_over = false;
	size_t others = 0;

	for (size_t i = 0; i < r->m.path_count; i++) {
		const struct monitor_path *path = &r->m.paths[i];

		if (path->primary)
			primary = path;
		else if (path->state == PATH_ACTIVE && !others++)
			event.to = path->address;
	}
	if (primary)
		failed_over = others && (primary->state == PATH_POTENTIALLY_FAILED ||
					 primary->state == PATH_INACTIVE);
	if (!primary || failed_over == r->m.failed_over)
		return;
	r->m.failed_over = failed_over;
	event.from = primary->address;
	if (!failed_over)
		event.to = primary->address;
	else if (others > 1)
		event.to = (union address){ 0 };
	tell(r, &event);
}

static void end(struct run *r, const char *reason)
{
	r->ended = true;
	r->reason = reason;
}

static const char *loss(int error)
{
	if (error == ECONNRESET || error == ECONNABORTED)
		return "aborted by the peer";
	return error == ETIMEDOUT ? "the peer does not answer any more" : "";
}

static void go_down(struct run *r, bool graceful, int error)
{
	if (r->ended)
		return;
	r->m.lost = true;
	r->m.status = STATUS_NOT_CONNECTED;
	tell(r, &(struct monitor_event){ .type = MONITOR_DOWN,
					 .graceful = graceful,
					 .error = error,
					 .reason = graceful ? "closed by the peer" : loss(error) });
	end(r, graceful ? "the peer has closed the association" : "the association was lost");
}

static void handle_events(struct run *r, bool *gone)
{
	struct stack_event event;

	while (r->stack->next_event(r->endpoint, &event)) {
		if (event.assoc && event.assoc != r->m.assoc)
			continue;
		switch (event.type) {
		case EVENT_RESTART:
			r->m.lost = true;
			r->m.status = STATUS_NOT_CONNECTED;
			timeline_note(r->timeline, "event RESTART");
			tell(r, &(struct monitor_event){ .type = MONITOR_RESTART });
			break;
		case EVENT_LOST:
		case EVENT_FAILED:
			timeline_note(r->timeline, "event COMM_LOST, %s", errno_name(event.error));
			*gone = true;
			go_down(r, false, event.error);
			break;
		case EVENT_SHUTDOWN:
		case EVENT_CLOSED:
			timeline_note(r->timeline, "event %s",
				      event.type == EVENT_CLOSED ? "SHUTDOWN_COMP"
								 : "SHUTDOWN_EVENT");
			*gone = true;
			go_down(r, true, 0);
			break;
		default:
			break; /* a change of a path is seen by looking, data is not for us */
		}
	}
}

/* --- Rounds ---------------------------------------------------------------------------------- */

static bool any_waits(const struct run *r, bool dead_too)
{
	for (size_t i = 0; i < r->m.path_count; i++)
		if (r->probe->paths[i].missed &&
		    (dead_too || r->m.paths[i].verdict != VERDICT_DEAD))
			return true;
	return false;
}

static void close_round(struct run *r)
{
	if (!r->round_open)
		return;
	r->round_open = false;
	for (size_t i = 0; i < r->m.path_count; i++) {
		struct monitor_path *path = &r->m.paths[i];
		bool lost = path->verdict == VERDICT_DEAD || r->probe->paths[i].missed > 1;

		if (path->history[r->m.rounds % MONITOR_HISTORY] == ROUND_NOTHING && lost)
			set_round(r, path, ROUND_LOST);
	}
	look_for_primary(r);
	tell(r, &(struct monitor_event){ .type = MONITOR_ROUND });
}

static void open_round(struct run *r, int64_t now)
{
	r->m.rounds++;
	r->round_open = true;
	for (size_t i = 0; i < r->m.path_count; i++)
		set_round(r, &r->m.paths[i], ROUND_NOTHING);
	r->round_us += r->options->interval_us;
	/* After a stop (^Z) those that were left out are not made up for. */
	if (r->round_us <= now)
		r->round_us = now + r->options->interval_us;
}

static void ask(struct run *r, int64_t now, bool all)
{
	bool *which = xcalloc(r->m.path_count + 1, sizeof(*which));
	bool any = false;

	for (size_t i = 0; i < r->m.path_count; i++) {
		const struct probe_path *path = &r->probe->paths[i];

		which[i] = path->missed ? now >= next_ask_us(r, i) : all && now >= path->stray_us;
		any |= which[i];
	}
	if (any)
		probe_ask(r->probe, which);
	free(which);
}

static bool last_round(const struct run *r)
{
	return r->options->count && r->m.rounds >= r->options->count;
}

static void tick(struct run *r, int64_t now)
{
	bool next = now >= r->round_us;

	r->m.now_us = now;
	probe_look(r->probe);
	for (size_t i = 0; i < r->m.path_count; i++)
		look_at(r, i, now);
	if (r->round_open && (next || !any_waits(r, true)))
		close_round(r);
	if (last_round(r) && !r->round_open && !any_waits(r, false)) {
		end(r, "as many rounds as --count says");
		return;
	}
	if (now >= r->until_us) {
		end(r, "its time is over");
		return;
	}
	if (next && !last_round(r))
		open_round(r, now);
	ask(r, now, next && r->round_open);
	for (size_t i = 0; i < r->m.path_count; i++)
		look_at(r, i, now);
	look_for_failover(r);
}

static int64_t wake_us(const struct run *r)
{
	int64_t wake = MIN(probe_next_look_us(r->probe), r->until_us);

	if (!last_round(r) || r->round_open)
		wake = MIN(wake, r->round_us);
	for (size_t i = 0; i < r->m.path_count; i++) {
		if (!r->probe->paths[i].missed)
			continue;
		wake = MIN(wake, next_ask_us(r, i));
		if (r->m.paths[i].verdict != VERDICT_DEAD)
			wake = MIN(wake, dead_at_us(r, i));
	}
	return MIN(wake, live_next_us(r->live));
}

/* --- From the beginning to the end ----------------------------------------------------------- */

/* The paths of the association, as the connect has left them. */
static void take_paths(struct run *r, const struct association *a)
{
	r->probe = probe_new(r->stack, r->endpoint, a, r->timeline);
	r->m.path_count = r->probe->count;
	r->m.paths = xcalloc(r->m.path_count + 1, sizeof(*r->m.paths));
	for (size_t i = 0; i < r->m.path_count; i++) {
		const struct path_result *from = &a->paths[r->probe->paths[i].index];

		r->m.paths[i] = (struct monitor_path){
			.address = from->path.address,
			.host = from->host,
			.verdict = from->verdict,
			.state = from->path.state,
			.primary = from->path.primary,
			.slow_us = from->rtt_us,
			.dead_since_us = r->m.began_us,
		};
		/* What the connect has asked twice may be answered twice. */
		if (from->answered < from->heartbeats)
			r->probe->paths[i].stray_us = r->m.began_us + from->rtt_us;
	}
}

static void take_signal(struct run *r, int error)
{
	r->m.signal = loop_take_signal();
	if (!r->m.signal) {
		r->m.status = STATUS_HOST;
		end(r, errno_name(error));
		return;
	}
	/* ^C is how a monitor is ended: what it has seen stands. */
	if (r->m.signal != SIGINT)
		r->m.status = STATUS_SIGNAL + r->m.signal;
	end(r, "ended by a signal");
}

static void finish(struct run *r)
{
	int64_t now = loop_now_us();

	r->m.now_us = now;
	count_short(r, now);
	for (size_t i = 0; i < r->m.path_count; i++) {
		struct monitor_path *path = &r->m.paths[i];

		if (path->verdict == VERDICT_DEAD)
			path->dead_us += now - path->dead_since_us;
	}
	live_end(r->live);
	r->live = NULL;
	tell(r, &(struct monitor_event){ .type = MONITOR_END, .reason = r->reason });
}

int monitor_run(const struct stack *stack, struct stack_endpoint *endpoint,
		const struct options *options, const struct result *result,
		const struct reporter *reporter, struct timeline *timeline, bool *gone)
{
	int64_t now = loop_now_us();
	const struct association *a = &result->association;
	struct run r = {
		.m = { .result = result,
		       .stack = stack->name,
		       .assoc = a->status.id,
		       .began_us = now,
		       .now_us = now,
		       .status = result->status },
		.stack = stack,
		.endpoint = endpoint,
		.options = options,
		.reporter = reporter,
		.timeline = timeline,
		.round_us = now,
		.until_us = options->monitor_us ? now + options->monitor_us : LOOP_FOREVER,
	};

	*gone = false;
	take_paths(&r, a);
	r.m.required = options->require == REQUIRE_ALL ? a->path_count : options->require;
	count_short(&r, now);
	r.live = live_start(reporter, !options->verbose, &r.m);
	while (!r.ended) {
		struct pollfd fd;
		int rc;

		tick(&r, loop_now_us());
		if (r.ended)
			break;
		r.m.now_us = loop_now_us();
		live_draw(r.live);
		fd = stack->pollfd(endpoint);
		rc = loop_wait(&fd, 1, wake_us(&r));
		if (rc < 0)
			take_signal(&r, -rc);
		else
			live_take_signals(r.live);
		if (rc > 0)
			handle_events(&r, gone);
	}
	finish(&r);
	probe_free(r.probe);
	free(r.m.paths);
	return r.m.status;
}
