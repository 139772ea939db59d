/* SPDX-License-Identifier: MIT */
#include "engine/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/clock.h"
#include "base/names.h"
#include "host/sysctl.h"
#include "witness/judge.h"
#include "witness/ledger_query.h"

/* The next look comes after this part of the elapsed time. One of many targets looks less often. */
#define LOOK_PART(many)   ((many) ? 2 : 10)
#define LOOK_MAX_US(many) (((many) ? 200 : 50) * USEC_PER_MSEC)

/* A neighbour look-up asks the kernel twice for each address. */
#define NEIGHBOURS_MAX      64
#define NEIGHBOURS_PAUSE_US (20 * USEC_PER_MSEC)

#define COOKIE_ERRORS_MAX 3

/* Each move is a call from another port, with another tag, all of which the witness keeps. */
#define MOVES_MAX (LEDGER_TAGS_MAX - 1)

/* --- Looking --------------------------------------------------------------------------------- */

void gather_begin(struct gather *gather, const struct plan *plan, const struct attempt *attempt,
		  const struct watch *watch)
{
	*gather = (struct gather){ .plan = plan, .attempt = attempt, .watch = watch };
	gather->ways = xcalloc(plan->count + 1, sizeof(*gather->ways));
}

void gather_free(struct gather *gather)
{
	free(gather->ways);
	*gather = (struct gather){ 0 };
}

/*
 * Reading the counter costs more than a handshake, so it is not read before each attempt. Errors in
 * the first millisecond are missed; those after the next INIT are counted. A witness sees all.
 */
void gather_sample_checksums(struct gather *gather)
{
	if (gather->checksums_sampled || gather->watch->view)
		return;
	gather->checksums_sampled = true;
	gather->checksums_before = gather->attempt->stack->checksum_errors();
}

static void look_for_route(struct gather *gather, size_t position)
{
	const union address *address = &gather->plan->addresses[position];
	struct way *way = &gather->ways[position];
	char text[ADDRESS_TEXT_MAX];

	if (way->looked_up)
		return;
	way->looked_up = true;
	way_look_for_route(way, routes_now(), address, gather->plan);
	if (way->route_error)
		timeline_note(gather->attempt->timeline, "route look-up for %s: %s",
			      address_host_text(address, text), errno_name(way->route_error));
}

/* How many addresses the stack may have asked in this call. */
static size_t asked_at_most(const struct gather *gather)
{
	const struct attempt *attempt = gather->attempt;

	if (!attempt->started_us || attempt->t1_us <= 0)
		return 1;
	return 1 + (size_t)((loop_now_us() - attempt->started_us) / attempt->t1_us);
}

/*
 * A reason for silence that only the routing table shows. With many addresses, those are looked up
 * that had their turn, and those before the first that has a route.
 */
void gather_look_for_routes(struct gather *gather)
{
	size_t count = gather->plan->count;
	size_t due = count <= GATHER_ROUTES_MAX ? count : asked_at_most(gather);
	bool open = false;

	for (size_t i = 0; i < count && (i < due || !open); i++) {
		look_for_route(gather, i);
		open |= !gather->ways[i].route_error;
	}
}

static void remember_soft_error(struct gather *gather, int error)
{
	for (size_t i = 0; i < gather->soft_error_count; i++)
		if (gather->soft_errors[i] == error)
			return;
	if (gather->soft_error_count < RESULT_SOFT_ERRORS_MAX)
		gather->soft_errors[gather->soft_error_count++] = error;
}

/* Has the stack asked only the first address? An eighth is for timers that fire early. */
static bool only_first_was_asked(const struct gather *gather, int64_t now_us)
{
	const struct attempt *attempt = gather->attempt;

	return gather->plan->count > 1 &&
	       now_us - attempt->started_us < attempt->t1_us - attempt->t1_us / 8;
}

static void sample_soft_error(struct gather *gather)
{
	const struct attempt *attempt = gather->attempt;
	int error = attempt->assoc ? attempt->stack->soft_error(attempt->assoc) : 0;

	gather->unclear |= error < 0;
	if (error <= 0 && pool_shares(&attempt->user) && gather->watch->view)
		error = ledger_icmp_error(gather->watch->ledger, attempt->started_us);
	if (error <= 0)
		return;
	timeline_note(attempt->timeline, "SO_ERROR while waiting: %s", errno_name(error));
	remember_soft_error(gather, error);
	if (only_first_was_asked(gather, loop_now_us()))
		gather->ways[0].soft_error = error;
}

/* Timers fire up to an eighth late. */
static bool all_had_their_turn(const struct gather *gather, int64_t now_us)
{
	const struct attempt *attempt = gather->attempt;
	int64_t turns_us =
		attempt->t1_us * ((int64_t)gather->plan->count - 1 - (int64_t)gather->plan->moved);

	return now_us - attempt->started_us >= turns_us + turns_us / 8;
}

/*
 * Neighbours decide only if the network has reported an error in this attempt, and only after each
 * address has certainly had its turn. Before that, the neighbour state may be old.
 */
static bool neighbours_matter(const struct gather *gather, int64_t now_us)
{
	const struct ledger *ledger = gather->watch->ledger;

	return (gather->soft_error_count || (ledger && ledger->has_icmp)) &&
	       all_had_their_turn(gather, now_us);
}

static bool drew_icmp(const struct gather *gather, size_t position, int64_t now_us)
{
	const struct ledger *ledger = gather->watch->ledger;
	const struct ledger_path *path =
		watch_path(gather->watch, &gather->plan->addresses[position]);

	return path && judge(ledger, path, now_us) == PROOF_ICMP;
}

/* Stops at the first address that may still answer. */
static void look_for_silent_neighbours(struct gather *gather, int64_t now_us)
{
	const struct plan *plan = gather->plan;
	struct routes *routes;

	gather->neighbours_us = now_us;
	routes = routes_now();
	for (size_t i = 0; i < plan->count && plan->count <= NEIGHBOURS_MAX; i++) {
		struct way *way = &gather->ways[i];

		if (way->route_error || way->soft_error || drew_icmp(gather, i, now_us))
			continue;
		way_look_for_neighbour(way, routes, &plan->addresses[i], plan);
		if (way->neighbour != NEIGHBOUR_SILENT)
			break;
	}
}

void gather_look(struct gather *gather, int64_t now_us)
{
	int64_t since_us = now_us - gather->attempt->started_us;
	bool many = gather->attempt->pool;

	gather_sample_checksums(gather);
	gather_look_for_routes(gather);
	sample_soft_error(gather);
	if (neighbours_matter(gather, now_us) &&
	    (!gather->neighbours_us || now_us >= gather->neighbours_us + NEIGHBOURS_PAUSE_US))
		look_for_silent_neighbours(gather, now_us);
	gather->next_us = now_us + MIN(MAX(since_us / LOOK_PART(many), GATHER_FIRST_LOOK_US),
				       LOOK_MAX_US(many));
}

/* --- The next address ------------------------------------------------------------------------ */

static bool is_out_of_reach(const struct gather *gather, size_t position, int64_t now_us)
{
	const struct way *way = &gather->ways[position];

	return way->route_error || way->soft_error || drew_icmp(gather, position, now_us);
}

/*
 * Not across scopes: the scope of the first address of the call decides which addresses this end
 * lists (plan.c).
 */
bool gather_may_move_on(const struct gather *gather, int64_t now_us)
{
	const struct plan *plan = gather->plan;

	return only_first_was_asked(gather, now_us) && plan->moved + 1 < plan->count &&
	       plan->moved < MOVES_MAX && is_out_of_reach(gather, 0, now_us) &&
	       address_scope(&plan->addresses[0]) == address_scope(&plan->addresses[1]);
}

void gather_move_on(struct gather *gather, struct plan *plan)
{
	const int64_t now_us = loop_now_us();
	char text[ADDRESS_TEXT_MAX];

	do {
		struct way first = gather->ways[0];

		timeline_note(gather->attempt->timeline, "%s is out of reach: on to the next",
			      address_host_text(&plan->addresses[0], text));
		memmove(gather->ways, gather->ways + 1, (plan->count - 1) * sizeof(first));
		gather->ways[plan->count - 1] = first;
		plan_move_first(plan);
	} while (gather->ways[0].route_error && gather_may_move_on(gather, now_us));
	gather->neighbours_us = 0;
}

/* --- When to give up ------------------------------------------------------------------------- */

static bool time_is_up(const struct gather *gather, int64_t now_us)
{
	return gather->attempt->started_us && now_us >= attempt_deadline_us(gather->attempt);
}

static bool no_route_at_all(const struct gather *gather, int64_t now_us)
{
	(void)now_us;
	for (size_t i = 0; i < gather->plan->count; i++)
		if (!gather->ways[i].route_error)
			return false;
	return true;
}

/* With one address an ICMP error is final, as it is for TCP in SYN-SENT. */
static bool only_one_unreachable(const struct gather *gather, int64_t now_us)
{
	(void)now_us;
	return gather->plan->count == 1 && gather->soft_error_count;
}

/*
 * The network has reported every address as unreachable, at least one of them in this attempt. What
 * ends the attempt for one then ends it for all.
 */
static bool all_obstructed(const struct gather *gather, int64_t now_us)
{
	bool said_now = gather->soft_error_count > 0;

	if (!gather->neighbours_us || gather->plan->count > NEIGHBOURS_MAX)
		return false;
	for (size_t i = 0; i < gather->plan->count; i++) {
		const struct way *way = &gather->ways[i];

		if (way->route_error)
			continue;
		if (way->soft_error || drew_icmp(gather, i, now_us))
			said_now = true;
		else if (way->neighbour != NEIGHBOUR_SILENT)
			return false;
	}
	return said_now;
}

/*
 * Linux restarts the handshake on every ERROR that answers a COOKIE-ECHO, without delay, and does
 * not count it as an attempt: thousands of INITs a second.
 */
static bool cookies_refused(const struct gather *gather, int64_t now_us)
{
	(void)now_us;
	if (!gather->watch->ledger || !gather->watch->ledger->has_errors)
		return false;
	for (size_t i = 0; i < gather->plan->count; i++) {
		const struct ledger_path *path =
			watch_path(gather->watch, &gather->plan->addresses[i]);

		if (path && path->errors.count >= COOKIE_ERRORS_MAX && !path->cookie_acks.count)
			return true;
	}
	return false;
}

/* The first rule that applies is the one that -v shows. */
static const struct {
	bool (*holds)(const struct gather *gather, int64_t now_us);
	const char *why;
} rules[] = {
	{ time_is_up, "the time is over" },
	{ no_route_at_all, "no address has a route" },
	{ only_one_unreachable, "the only address cannot be reached" },
	{ all_obstructed, "no address can be reached" },
	{ cookies_refused, "the peer refuses every COOKIE-ECHO" },
};

const char *gather_give_up(const struct gather *gather, int64_t now_us)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (rules[i].holds(gather, now_us))
			return rules[i].why;
	return NULL;
}

/* --- The end --------------------------------------------------------------------------------- */

static void look_for_departures(struct gather *gather)
{
	const struct plan *plan = gather->plan;
	const struct attempt *attempt = gather->attempt;
	struct way_flow flow = { .stack = attempt->stack,
				 .endpoint = attempt->endpoint,
				 .udp = attempt->udp };

	if (!attempt->endpoint || plan->count > NEIGHBOURS_MAX)
		return;
	for (size_t i = 0; i < plan->count; i++) {
		flow.source = plan_source(plan, &plan->addresses[i]);
		if (!gather->ways[i].route_error)
			way_look_for_departure(&gather->ways[i], &plan->addresses[i], &flow);
		way_look_for_return(&gather->ways[i], &plan->addresses[i], gather->watch);
	}
}

static struct asconf_settings read_asconf(const struct attempt *attempt)
{
	struct asconf_settings settings = { false, false };
	bool noauth;

	if (!attempt->stack->in_kernel || !sysctl_number("net/sctp/addip_enable", 0))
		return settings;
	noauth = sysctl_number("net/sctp/addip_noauth_enable", 0);
	settings.refuses = !noauth;
	settings.offers = noauth && !sysctl_number("net/sctp/auth_enable", 0);
	return settings;
}

/* Of the INIT to one address. */
static enum leaving leaving_of(const struct gather *gather, size_t position)
{
	const struct watch *watch = gather->watch;
	const struct ledger_path *path = watch_path(watch, &gather->plan->addresses[position]);

	if (path && path->inits.count)
		return LEAVING_SEEN;
	return path && !watch->ledger->lost && all_had_their_turn(gather, loop_now_us())
		       ? LEAVING_NONE
		       : LEAVING_UNKNOWN;
}

/*
 * Has the witness seen INITs leave as they were meant, and nothing come back? Then the stack waits
 * for the first answer. It is not asked, because that takes long where many end at the same time.
 */
static bool saw_only_inits(const struct watch *watch)
{
	const struct ledger *ledger = watch->ledger;
	bool inits = false;

	if (!watch->view || ledger->lost || ledger->translated.count ||
	    ledger->from_other_port.count)
		return false;
	for (size_t i = 0; i < ledger->path_count; i++) {
		const struct ledger_path *path = &ledger->paths[i];

		if (path->received.count || path->strays.count || path->bad_checksums.count ||
		    path->odd_acks.count)
			return false;
		inits |= path->inits.count > 0;
	}
	return inits;
}

enum stack_assoc_state gather_state(const struct gather *gather)
{
	const struct attempt *attempt = gather->attempt;

	if (!attempt->assoc)
		return ASSOC_CLOSED;
	return attempt->outcome == ATTEMPT_WAITING && saw_only_inits(gather->watch)
		       ? ASSOC_COOKIE_WAIT
		       : attempt->stack->pending_state(attempt->assoc);
}

void gather_end(struct gather *gather, bool answered)
{
	const struct attempt *attempt = gather->attempt;
	const struct watch *watch = gather->watch;
	struct routes *routes;

	sample_soft_error(gather);
	if (answered)
		gather->asconf = read_asconf(attempt);
	if (!answered) {
		gather_look_for_routes(gather);
		look_for_departures(gather);
		gather->source = plan_look_up_sources(gather->plan);
	}
	gather->state = gather_state(gather);
	if (gather->checksums_sampled) {
		int64_t now = attempt->stack->checksum_errors();

		if (now >= 0 && gather->checksums_before >= 0)
			gather->checksum_errors = (uint64_t)(now - gather->checksums_before);
	}
	for (size_t i = 0; watch->view && i < watch->ledger->path_count; i++)
		gather->checksum_errors += watch->ledger->paths[i].bad_checksums.count;
	routes = routes_now();
	for (size_t i = 0; i < gather->plan->count; i++) {
		const union address *address = &gather->plan->addresses[i];
		struct way *way = &gather->ways[i];

		way_look_for_unsent(way, address, attempt->stack, attempt->assoc);
		way_conclude(way, routes, address, leaving_of(gather, i));
		if (gather->plan->count <= NEIGHBOURS_MAX)
			way_look_for_neighbour(way, routes, address, gather->plan);
	}
}

void gather_tell(const struct gather *gather, struct path_result *paths)
{
	for (size_t i = 0; gather->ways && i < gather->plan->count; i++)
		way_tell(&gather->ways[i], &paths[gather->plan->requested[i]]);
}
