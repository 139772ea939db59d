/* SPDX-License-Identifier: MIT */
#include "engine/verify.h"

#include <stdlib.h>
#include <sys/param.h>

#include "base/clock.h"
#include "engine/big_packets.h"
#include "engine/round_trip.h"
#include "engine/rto_step.h"
#include "witness/ledger_query.h"

/* The time-out has so many steps, and so many heartbeats at most. */
#define STEPS 4
/* How many failures the stack's own heartbeats may add meanwhile. */
#define STRIKES_SPARE 2
/* A tick that comes so late is not from the loop. */
#define LATE_US (20 * USEC_PER_MSEC)

void verify_begin(struct verify *verify, const struct plan *plan, const struct attempt *attempt,
		  const struct watch *watch, const struct association *association,
		  int64_t timeout_us, int64_t hold_us, int64_t handshake_us)
{
	*verify = (struct verify){
		.plan = plan,
		.attempt = attempt,
		.watch = watch,
		.association = association,
		.timeout_us = timeout_us,
		.deadline_us = loop_now_us() + timeout_us,
		.step_us = timeout_us / STEPS,
		.hold_until_us = attempt->up_us + hold_us,
		.handshake_us = handshake_us,
		.restart_asked = attempt->restarted,
	};
	verify->next_us = loop_now_us(); /* all may already have answered */
	if (!timeout_us)
		return;
	verify->probe = probe_new(attempt->stack, attempt->assoc, association, attempt->timeline);
	probe_know(verify->probe, association);
	verify->ways = xcalloc(verify->probe->count, sizeof(*verify->ways));
	probe_ask_all(verify->probe);
}

void verify_free(struct verify *verify)
{
	for (size_t i = 0; verify->probe && i < verify->probe->count; i++)
		big_packets_free(&verify->probe->paths[i].big);
	probe_free(verify->probe);
	free(verify->ways);
	*verify = (struct verify){ 0 };
}

static size_t count_waiting(const struct verify *verify)
{
	size_t waiting = 0;

	for (size_t i = 0; verify->probe && i < verify->probe->count; i++)
		waiting += verify->probe->paths[i].missed > 0;
	return waiting;
}

void verify_show_progress(const struct verify *verify, int64_t now_us)
{
	size_t waiting = count_waiting(verify);

	if (waiting && now_us - verify->attempt->up_us >= TIMELINE_PROGRESS_AFTER_US)
		timeline_progress(verify->attempt->timeline,
				  "waiting for %zu path%s to answer a heartbeat ...", waiting,
				  waiting == 1 ? "" : "s");
}

/* --- Asking again ---------------------------------------------------------------------------- */

/* The last step only waits for the last answer. */
static int64_t next_ask_us(const struct verify *verify)
{
	if (verify->asked + 1 >= STEPS)
		return LOOP_FOREVER;
	return verify->attempt->up_us + verify->late_us + (verify->asked + 1) * verify->step_us;
}

static int64_t slowest_us(const struct verify *verify)
{
	int64_t slowest = verify->handshake_us;

	for (size_t i = 0; i < verify->probe->count; i++)
		slowest = MAX(slowest, verify->probe->paths[i].rtt_us);
	return slowest;
}

/*
 * all: every path that has not answered. Otherwise only where the answer is overdue, to tell a path
 * that loses packets from a dead one:
 * - not where round trips are as long as a step;
 * - not where a stack may take no other answer than that to the newest one, as usrsctp does to
 *   confirm an address;
 * - not so often that it ends the association, because each counts as a failure of that, too.
 */
static void ask_silent(struct verify *verify, bool all)
{
	struct probe *probe = verify->probe;
	bool *ask = xcalloc(probe->count + 1, sizeof(*ask));
	bool often = 2 * slowest_us(verify) < verify->step_us &&
		     verify->strikes + 2 * count_waiting(verify) + STRIKES_SPARE <
			     verify->association->status.max_retrans;

	for (size_t i = 0; i < probe->count; i++) {
		const struct probe_path *path = &probe->paths[i];

		ask[i] = path->missed && (all || (often && path->then.state != PATH_UNCONFIRMED));
		verify->strikes += ask[i];
	}
	probe_ask(probe, ask);
	free(ask);
}

/*
 * False: it is not the time for it. A peer that has restarted does not answer heartbeats that came
 * before.
 */
static bool ask_again(struct verify *verify, int64_t now_us)
{
	bool restarted = verify->attempt->restarted && !verify->restart_asked;

	if (!count_waiting(verify) || (!restarted && now_us < next_ask_us(verify)))
		return false;
	verify->restart_asked |= restarted;
	ask_silent(verify, restarted || ++verify->asked == STEPS / 2);
	return true;
}

/* --- Until when ------------------------------------------------------------------------------ */

/* Did the newest heartbeat to that address cause an ICMP error? */
static bool drew_icmp(const struct verify *verify, const union address *address)
{
	const struct watch *watch = verify->watch;
	const struct ledger_path *path = watch_path(watch, address);

	for (size_t i = 0; path && i < path->icmp_count; i++)
		if (path->icmps[i].error && path->heartbeats.count &&
		    path->icmps[i].seen.last_us >= path->heartbeats.last_us)
			return true;
	return false;
}

/* On a short path the answer has arrived by then, without the cost of a route look-up. */
static void look_for_routes(struct verify *verify, int64_t now_us)
{
	const struct probe *probe = verify->probe;
	struct routes *routes;

	if (verify->ways_known || !count_waiting(verify) ||
	    now_us - verify->attempt->up_us < gather_first_look_us(verify->attempt))
		return;
	verify->ways_known = true;
	routes = routes_now();
	for (size_t i = 0; i < probe->count; i++)
		if (probe->paths[i].missed)
			way_look_for_route(&verify->ways[i], routes, &probe->paths[i].address,
					   verify->plan);
}

/*
 * An address that has not answered the INIT either has been silent since then, and that time
 * counts. But half of the time is for the heartbeats, because one INIT may get lost. Anything that
 * the witness has seen arrive from it shows that it is only slow.
 */
static int64_t path_deadline_us(const struct verify *verify, const struct probe_path *asked)
{
	const struct watch *watch = verify->watch;
	const struct ledger_path *path = watch_path(watch, &asked->address);
	int64_t half_us = verify->attempt->up_us + verify->timeout_us / 2;

	if (!path || watch->ledger->lost || !path->inits.count || path->received.count ||
	    asked->then.state == PATH_UNCONFIRMED)
		return verify->deadline_us;
	return MIN(verify->deadline_us,
		   MAX(path->inits.first_us + verify->timeout_us, half_us) + verify->late_us);
}

/* Can any of the paths that have not answered still answer? If so, *wake_us: until when. */
static bool any_hopeful(const struct verify *verify, int64_t now_us, int64_t *wake_us)
{
	const struct probe *probe = verify->probe;
	bool hopeful = false;

	for (size_t i = 0; i < probe->count; i++) {
		const struct path_result *path = &verify->association->paths[probe->paths[i].index];

		if (!probe->paths[i].missed || verify->ways[i].route_error || path->route_error ||
		    drew_icmp(verify, &probe->paths[i].address))
			continue;
		if (now_us >= path_deadline_us(verify, &probe->paths[i]))
			continue;
		hopeful = true;
		*wake_us = MIN(*wake_us, path_deadline_us(verify, &probe->paths[i]));
	}
	return hopeful;
}

/* Sends large packets, and tells whether one may still be answered. */
static bool tick_big_packets(struct verify *verify, int64_t *wake_us)
{
	struct probe *probe = verify->probe;
	bool waits = false;

	for (size_t i = 0; verify->watch->view && i < probe->count; i++)
		waits |= big_packets_tick(&probe->paths[i].big, &probe->paths[i],
					  verify->watch->ledger, verify->attempt->timeline,
					  wake_us);
	return waits;
}

/* True: no path can answer any more. */
static bool tick_paths(struct verify *verify, int64_t now_us)
{
	int64_t wake_us = LOOP_FOREVER;
	bool large, hopeful;

	probe_look(verify->probe);
	large = tick_big_packets(verify, &wake_us);
	look_for_routes(verify, now_us);
	hopeful = any_hopeful(verify, now_us, &wake_us);
	if (now_us >= verify->deadline_us || (!large && !hopeful))
		return true;
	if (ask_again(verify, now_us)) {
		verify->next_us = now_us; /* all may already have answered */
		return false;
	}
	wake_us = MIN(wake_us, probe_next_look_us(verify->probe));
	verify->next_us = MIN(MIN(wake_us, next_ask_us(verify)), verify->deadline_us);
	return false;
}

static void note_late(struct verify *verify, int64_t now_us)
{
	int64_t late_us = now_us - verify->next_us;

	if (late_us < LATE_US)
		return;
	late_us = MIN(late_us, verify->timeout_us - verify->late_us);
	verify->late_us += late_us;
	verify->deadline_us += late_us;
}

bool verify_tick(struct verify *verify, int64_t now_us)
{
	if (verify->probe && !verify->over) {
		note_late(verify, now_us);
		verify->over = tick_paths(verify, now_us);
		verify->over_us = now_us;
		if (!verify->over)
			return false;
	}
	verify->next_us = verify->hold_until_us;
	return now_us >= verify->hold_until_us;
}

void verify_hold_no_longer(struct verify *verify)
{
	verify->hold_until_us = 0;
}

/* --- What came of it ------------------------------------------------------------------------- */

/*
 * The stack's measurements show it; the witness also where several answers came together. But it
 * sees answers that this host's filter then drops.
 */
static unsigned lost(const struct verify *verify, const struct probe_path *asked)
{
	const struct watch *watch = verify->watch;
	unsigned seen;

	if (!watch->view || watch->ledger->lost)
		return asked->lost;
	seen = ledger_heartbeats_lost(watch->ledger, &asked->address);
	return MAX(round_trip_lost(watch->ledger, asked), MIN(seen, asked->sent - asked->answered));
}

/* Of the heartbeats to it. */
static enum leaving leaving_of(const struct watch *watch, const union address *address)
{
	const struct ledger_path *path = watch_path(watch, address);

	if (path && path->heartbeats.count)
		return LEAVING_SEEN;
	return path && !watch->ledger->lost ? LEAVING_NONE : LEAVING_UNKNOWN;
}

static void tell_path(const struct verify *verify, const struct probe_path *asked,
		      struct path_result *path)
{
	const struct attempt *attempt = verify->attempt;
	union address address = path->path.address;
	bool primary = path->path.primary;
	struct way way = { .soft_error = path->soft_error };

	path->rtt_us = asked->rtt_us;
	if (verify->watch->view && asked->answered)
		round_trip_measure(verify->watch->ledger, asked, path);
	path->heartbeats = asked->sent;
	path->answered = asked->answered;
	path->lost = lost(verify, asked);
	path->ask_call = asked->call;
	path->ask_error = asked->call ? asked->error : 0;
	path->sizes = asked->big.result;
	if (probe_is_fresh(asked, loop_now_us()))
		path->path = asked->then;
	else
		attempt->stack->path(attempt->assoc, &address, &path->path);
	path->path.address = address;
	path->path.primary = primary;
	path->path.rto_ms = rto_own(verify->probe, asked, path->path.rto_ms);
	if (asked->answered)
		return;
	way_look_for_hop(&way, &address, verify->plan, leaving_of(verify->watch, &address));
	if (asked->sent)
		way_look_for_unsent(&way, &address, attempt->stack, attempt->assoc);
	way_look_for_departure(&way, &address,
			       &(struct way_flow){ .stack = attempt->stack,
						   .endpoint = attempt->endpoint,
						   .udp = attempt->udp,
						   .source = plan_source(verify->plan, &address) });
	way_look_for_return(&way, &address, verify->watch);
	way_tell(&way, path);
}

void verify_tell(const struct verify *verify, struct path_result *paths)
{
	for (size_t i = 0; verify->probe && i < verify->probe->count; i++)
		tell_path(verify, &verify->probe->paths[i], &paths[verify->probe->paths[i].index]);
}
