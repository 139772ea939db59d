/* SPDX-License-Identifier: MIT */
#include "engine/settle.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/names.h"
#include "diagnose/diagnose.h"
#include "diagnose/failed_call.h"
#include "engine/announced.h"
#include "engine/comments.h"
#include "engine/path_routes.h"
#include "engine/snapshot.h"
#include "witness/ledger_query.h"

/* The evidence of a try without an association, and of one that is up. */
static void look_for_the_last_time(struct trial *t, struct trial_end end, struct result *result)
{
	watch_catch_up(&t->watch);
	if (end.phase == PHASE_UP || (end.phase == PHASE_FAULT && t->attempt.up_us)) {
		if (t->verify.probe)
			result->probe_us = (t->verify.over ? t->verify.over_us : loop_now_us()) -
					   t->attempt.up_us;
		verify_tell(&t->verify, result->association.paths);
		return;
	}
	if (t->attempt.begun_us)
		result->connect_us = (t->attempt.ended_us ? t->attempt.ended_us : loop_now_us()) -
				     t->attempt.begun_us;
	if (t->gather.plan && !result->signal && end.phase != PHASE_FAULT)
		gather_end(&t->gather, end.error == ECONNREFUSED || end.error == ENOPROTOOPT);
	gather_tell(&t->gather, result->association.paths);
}

static void fill_evidence(const struct trial *t, struct trial_end end,
			  const struct options *options, const struct result *result,
			  struct evidence *e)
{
	const struct attempt *attempt = &t->attempt;

	*e = (struct evidence){
		.phase = end.phase,
		.status = t->resolve.status,
		.usage = t->resolve.failed,
		.unresolved = resolve_fault(&t->resolve),
		.fault = attempt->fault,
		.error = end.error,
		.cause = attempt->cause,
		.aborted = attempt->aborted,
		.ended = attempt->outcome == ATTEMPT_FAILED,
		.report = { .witness = t->watch.view != NULL,
			    .witness_lost = t->watch.ledger ? t->watch.ledger->lost : 0,
			    .soft_error_count = t->gather.soft_error_count,
			    .pending_state = t->gather.state,
			    .checksum_errors = t->gather.checksum_errors },
		.source = t->gather.source,
		.ledger = t->watch.ledger,
		.now_us = loop_now_us(),
		.elapsed_us = result->connect_us - (attempt->started_us - attempt->begun_us),
		.moved = t->plan.moved,
		.t1_us = attempt->t1_us,
		.order = t->plan.requested,
		.order_count = t->plan.count,
		.answered = t->answered,
		.saw_answer = t->saw_answer,
		.timeout_us = attempt->timeout_us,
		.up_for_us = attempt->up_us ? loop_now_us() - attempt->up_us : 0,
		.closed = attempt->closing,
		.exchanged = options->relay ||
			     (result->exchange.end == EXCHANGE_DONE && !options->monitor),
		.restarted = attempt->restarted,
		.local_port = t->plan.source_count ? address_port(&t->plan.sources[0]) : 0,
		.asconf = t->gather.asconf,
		.encapsulated = encapsulated(&options->udp),
		.probed = t->verify.over,
		.probe_timeout_us = t->verify.timeout_us,
		.require = options->no_probe ? 0 : options->require,
		.names_left_out = t->resolve.late,
		.links = options->no_probe ? 0 : options->links,
	};
	if (end.call)
		e->fault = (struct stack_fault){ .call = end.call };
	memcpy(e->report.soft_errors, t->gather.soft_errors, sizeof(e->report.soft_errors));
}

/* For the report, because the witness may be closed by then. */
static void count_packets(const struct evidence *e, struct association *a)
{
	for (size_t i = 0; e->ledger && i < a->path_count; i++)
		ledger_counts(e->ledger, &a->paths[i].path.address, &a->paths[i].seen);
}

/*
 * Does the text tell its route, or may the monitor need it? Of an association that is up, the text
 * tells those of paths whose heartbeats had no answer.
 */
static bool is_route_told(const struct options *options, const struct path_result *path,
			  struct trial_end end)
{
	return !path->answered &&
	       (end.phase != PHASE_UP || options->monitor || path->ask_call || path->heartbeats);
}

/*
 * Of which paths the report, or --links, needs the route. The text tells none of an address that
 * was not tried, and the line of one of many targets tells none at all.
 */
static enum path_routes routes_wanted(const struct options *options, const struct result *result,
				      struct trial_end end)
{
	const struct association *a = &result->association;
	bool many = end.phase != PHASE_UP && a->path_count > GATHER_ROUTES_MAX;
	bool brief = options->quiet || (result->target->known_as && !options->monitor);
	size_t answered = 0, told = 0;

	if (options->no_routes)
		return PATH_ROUTES_NONE;
	if (options->verbose || options->metrics ||
	    (options->format == FORMAT_JSON && !options->quiet))
		return PATH_ROUTES_ALL;
	for (size_t i = 0; i < a->path_count; i++) {
		answered += a->paths[i].answered > 0;
		told += is_route_told(options, &a->paths[i], end);
	}
	if (told && brief && !options->links)
		return PATH_ROUTES_NONE;
	if (told)
		return many ? PATH_ROUTES_KNOWN : PATH_ROUTES_ALL;
	return options->links || (answered > 1 && !brief) ? PATH_ROUTES_ANSWERED : PATH_ROUTES_NONE;
}

/* Too few paths answered, and a call that failed on this host kept others from being asked. */
static struct trial_end heed_unsent(const struct options *options, const struct result *result,
				    struct trial_end end)
{
	const struct association *a = &result->association;
	uint64_t answered = 0, required = options->require;
	struct finding unasked;

	for (size_t i = 0; i < a->path_count; i++)
		answered += a->paths[i].answered > 0;
	if (required == REQUIRE_ALL)
		required = a->path_count;
	for (size_t i = 0; i < a->path_count && answered < required; i++) {
		if (a->paths[i].answered)
			continue;
		unasked = diagnose_unasked(&a->paths[i], CHUNK_HEARTBEAT);
		if (finding_is_failed_call(&unasked))
			return (struct trial_end){ true, PHASE_FAULT, unasked.error, unasked.call };
	}
	return end;
}

/* The addresses of this end, for those who need them. */
static void take_local(const struct attempt *attempt, struct association *a)
{
	if (attempt->assoc && a->known && !a->local_count)
		(void)snapshot_take_local(attempt->stack, attempt->assoc, a);
}

/* What of this host matters for the association, or for why there is none. */
static void look_at_host(struct trial *t, struct trial_end end, const struct options *options,
			 struct timeline *timeline, struct result *result)
{
	struct association *a = &result->association;
	enum path_routes routes = routes_wanted(options, result, end);
	bool announced = end.phase == PHASE_UP && !t->plan.source_count && !options->quiet &&
			 announced_matters(a);

	if (announced || options->monitor || routes != PATH_ROUTES_NONE)
		take_local(&t->attempt, a);
	if (t->attempt.started_us)
		path_routes_fill(routes, &t->gather, a, timeline);
	if (announced)
		announced_find(a, timeline);
}

void trial_settle(struct trial *t, struct trial_end end, const struct options *options,
		  struct timeline *timeline, struct result *result)
{
	struct evidence evidence;

	timeline_clear(timeline);
	result->resolve_us = t->resolve.took_us;
	if (t->attempt.stack)
		result->style = t->attempt.style;
	exchange_end(&t->exchange);
	look_for_the_last_time(t, end, result);
	if (end.phase == PHASE_UP && t->attempt.outcome == ATTEMPT_UP && !result->signal)
		end = heed_unsent(options, result, end);
	look_at_host(t, end, options, timeline, result);
	fill_evidence(t, end, options, result, &evidence);
	diagnose(result, &evidence);
	comment_on_result(&t->watch, result);
	count_packets(&evidence, &result->association);
	verify_free(&t->verify);
	timeline_note(timeline, "%s%s%s", result_name(result->word), result->error ? ", " : "",
		      result->error ? errno_name(result->error) : "");
}
