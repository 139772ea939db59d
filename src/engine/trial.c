/* SPDX-License-Identifier: MIT */
#include "engine/trial.h"

#include <errno.h>
#include <sys/param.h>

#include "base/clock.h"
#include "diagnose/endpoint.h"
#include "engine/parameters.h"
#include "engine/snapshot.h"
#include "witness/ledger_query.h"

static const struct trial_end go_on;

static struct trial_end end_with(enum phase phase, int error)
{
	return (struct trial_end){ .ended = true, .phase = phase, .error = error };
}

/* --- From the names to the call -------------------------------------------------------------- */

/* Every requested address gets its line in the report, whatever happens to it. */
static void list_requested(const struct target *peer, struct association *a)
{
	a->path_count = peer->address_count;
	a->paths = xcalloc(MAX(a->path_count, 1), sizeof(*a->paths));
	for (size_t i = 0; i < a->path_count; i++) {
		a->paths[i].path.address = peer->addresses[i].address;
		a->paths[i].host = peer->addresses[i].host;
		a->paths[i].requested = true;
		a->paths[i].verdict = VERDICT_UNTRIED;
	}
}

/* Addresses that the plan leaves out have a cause. */
static void list_excluded(const struct plan *plan, struct result *result)
{
	for (size_t i = 0; plan->excluded && i < plan->requested_count; i++) {
		struct path_result *path = &result->association.paths[i];

		if (!plan->excluded[i].code)
			continue;
		path->verdict = VERDICT_EXCLUDED;
		path->cause = plan->excluded[i];
	}
	result->reordered = plan->reordered;
}

static void note_left_out(const struct unresolved *names, struct result *result)
{
	const struct finding left_out = finding_of_left_out(names);

	finding_keep(&result->left_out, &left_out);
}

struct trial_end trial_open(struct trial *t, const struct stack *stack, int stack_error,
			    const struct options *options, const struct target *peer,
			    const struct target *local, struct timeline *timeline,
			    struct result *result)
{
	int rc;

	if (t->resolve.late)
		note_left_out(resolve_fault(&t->resolve), result);
	list_requested(peer, &result->association);
	plan_make(&t->plan, peer, local, timeline);
	t->plan.udp = encapsulated(&options->udp);
	list_excluded(&t->plan, result);
	if (!stack)
		return end_with(PHASE_STACK, stack_error);
	rc = attempt_open(&t->attempt, stack, options, &t->plan, timeline);
	if (t->attempt.fault.lack == LACKS_IPV6 &&
	    plan_without_ipv6(&t->plan, finding_of_fault(&t->attempt.fault, -rc).code, timeline)) {
		list_excluded(&t->plan, result);
		if (t->plan.count)
			rc = attempt_open(&t->attempt, stack, options, &t->plan, timeline);
	}
	if (rc < 0)
		return end_with(PHASE_OPEN, -rc);
	exchange_prepare(&t->exchange, options, &t->attempt, &result->exchange);
	gather_begin(&t->gather, &t->plan, &t->attempt, &t->watch);
	return go_on;
}

/* The first packet leaves during the call. */
static void start_watch(struct trial *t, const struct options *options, struct timeline *timeline)
{
	struct stack_encaps udp = options->udp;
	const char *call;
	uint16_t bound = 0;

	if (udp.remote)
		(void)t->attempt.stack->ports(t->attempt.endpoint, &bound, &udp.local, &call);
	t->watch.capture = options->capture;
	t->watch.witnesses = options->witnesses;
	if (!options->no_witness)
		watch_start(&t->watch, t->plan.addresses, t->plan.count, t->plan.sources,
			    t->plan.source_count, &udp, !options->quiet || options->verbose,
			    timeline);
}

struct trial_end trial_call(struct trial *t, const struct options *options, int64_t timeout_us,
			    struct timeline *timeline)
{
	int rc;

	/* During a blocking call it cannot see that the call cannot succeed. */
	if (options->blocking)
		gather_look_for_routes(&t->gather);
	if (gather_give_up(&t->gather, loop_now_us()))
		return end_with(PHASE_PENDING, 0);
	start_watch(t, options, timeline);
	if (options->blocking)
		gather_sample_checksums(&t->gather);
	rc = attempt_call(&t->attempt, options, &t->plan, timeout_us);
	/* An association with that address is on the shared endpoint; the peer may have told it. */
	if ((rc == -EISCONN || rc == -EALREADY) && pool_shares(&t->attempt.user) &&
	    pool_take_slot(t->attempt.pool, false))
		rc = attempt_call_alone(&t->attempt, options, &t->plan);
	if (rc < 0)
		return end_with(PHASE_CALL, -rc);
	watch_set_ports(&t->watch, t->attempt.stack, t->attempt.endpoint);
	return go_on;
}

/*
 * --init-attempts counts the INITs of one call. A fixed local port is free again only when the
 * stack has let go of it. And once an INIT-ACK has come, the peer may have an association.
 */
bool trial_may_move_on(const struct trial *t, const struct options *options, int64_t now_us)
{
	bool fixed = t->plan.source_count && address_port(&t->plan.sources[0]);

	return !options->blocking && !options->init_attempts && !fixed &&
	       gather_may_move_on(&t->gather, now_us) && t->attempt.assoc &&
	       t->attempt.stack->pending_state(t->attempt.assoc) != ASSOC_COOKIE_ECHOED;
}

static struct trial_end call_again(struct trial *t, const struct options *options,
				   int (*call)(struct attempt *attempt,
					       const struct options *options,
					       const struct plan *plan))
{
	int rc;

	watch_forget_port(&t->watch);
	rc = call(&t->attempt, options, &t->plan);
	if (rc < 0)
		return end_with(t->attempt.endpoint ? PHASE_CALL : PHASE_OPEN, -rc);
	watch_set_ports(&t->watch, t->attempt.stack, t->attempt.endpoint);
	return go_on;
}

struct trial_end trial_move_on(struct trial *t, const struct options *options)
{
	gather_move_on(&t->gather, &t->plan);
	return call_again(t, options, attempt_call_again);
}

struct trial_end trial_ask_alone(struct trial *t, const struct options *options)
{
	timeline_note(t->attempt.timeline, "asked again, from an endpoint of its own");
	/* Some of what was seen may be another association's, with another address of this peer. */
	watch_listen_no_more(&t->watch);
	watch_stop(&t->watch);
	start_watch(t, options, t->attempt.timeline);
	return call_again(t, options, attempt_call_alone);
}

/* --- The association ------------------------------------------------------------------------- */

/*
 * The call position of the address whose answer to the INIT the stack took, as the witness has seen
 * it. count: no answer was seen.
 */
static size_t seen_to_answer(struct trial *t)
{
	const struct ledger *ledger = t->watch.ledger;
	const struct ledger_path *accepted;

	if (t->plan.count < 2 || !ledger)
		return t->plan.count;
	watch_read(&t->watch);
	accepted = ledger_accepted(ledger);
	return accepted ? plan_position(&t->plan, &ledger_asked(ledger, accepted)->address)
			: t->plan.count;
}

static int take_association(struct trial *t, struct result *result)
{
	const struct attempt *attempt = &t->attempt;
	struct association *a = &result->association;
	int rc = snapshot_take(attempt->stack, attempt->assoc, a);

	if (rc < 0)
		return rc;
	t->answered = seen_to_answer(t);
	t->saw_answer = t->answered < t->plan.count;
	if (!t->saw_answer)
		t->answered = snapshot_answered(a, &t->plan);
	result->primary_set = snapshot_set_primary(attempt->stack, attempt->assoc, &t->plan,
						   t->answered, attempt->timeline);
	return result->primary_set ? snapshot_take(attempt->stack, attempt->assoc, a) : 0;
}

/* A line for each of many targets does not tell them: see take_local(). */
static int take_details(const struct attempt *attempt, const struct options *options,
			struct association *a)
{
	int rc;

	if (options->pool && !options->verbose && options->format != FORMAT_JSON)
		return 0;
	rc = attempt->stack->extensions(attempt->assoc, &a->status.extensions);
	if (rc == 0)
		rc = snapshot_take_local(attempt->stack, attempt->assoc, a);
	a->known = rc == 0;
	return rc;
}

void trial_take_association(struct trial *t, const struct options *options, struct result *result)
{
	struct attempt *attempt = &t->attempt;
	int rc;

	result->connect_us = attempt->up_us - attempt->begun_us;
	gather_tell(&t->gather, result->association.paths);
	result->association.status.id = attempt->stack->id(attempt->assoc);
	rc = take_association(t, result);
	if (rc == 0)
		rc = take_details(attempt, options, &result->association);
	if (rc == 0)
		parameters_read(attempt->stack, attempt->assoc, options, attempt->timeline,
				&result->association);
	if (rc == 0)
		snapshot_find_own(attempt->stack, attempt->assoc, &t->plan.addresses[t->answered],
				  &result->association, attempt->timeline);
	if (rc == 0) {
		snapshot_find_zoneless(attempt->stack, attempt->assoc, &result->association,
				       attempt->timeline);
		snapshot_limit_learned(attempt->stack, attempt->assoc, &result->association,
				       attempt->timeline);
	}
	if (rc == -ENOTCONN) {
		attempt_read(attempt); /* reads how it ended */
		attempt_gone(attempt);
	} else if (rc < 0) {
		attempt_fault(attempt, -rc);
	}
}

void trial_verify(struct trial *t, const struct options *options, const struct result *result)
{
	const struct attempt *attempt = &t->attempt;
	int64_t handshake_us = t->answered == 0 ? (attempt->up_us - attempt->started_us) / 2 : 0;

	verify_begin(&t->verify, &t->plan, &t->attempt, &t->watch, &result->association,
		     options->no_probe ? 0 : options->probe_timeout_us, options->hold_us,
		     handshake_us);
	exchange_begin(&t->exchange, result->association.status.out_streams);
}

bool trial_is_verified(struct trial *t, int64_t now_us, int64_t *wake_us)
{
	bool exchanged = exchange_tick(&t->exchange, now_us), verified;

	if (exchange_answered(&t->exchange))
		verify_hold_no_longer(&t->verify);
	verified = verify_tick(&t->verify, now_us);
	*wake_us = MIN(exchanged ? LOOP_FOREVER : t->exchange.next_us,
		       verified ? LOOP_FOREVER : t->verify.next_us);
	return exchanged && verified;
}

/* --- The end --------------------------------------------------------------------------------- */

bool trial_may_go_better(const struct result *result)
{
	switch (result->word) {
	case RESULT_REFUSED:
	case RESULT_TIMEOUT:
	case RESULT_UNREACHABLE:
	case RESULT_ABORTED:
	case RESULT_UNRESOLVED:
	case RESULT_DEGRADED:
	case RESULT_CLOSED:
		return true;
	default:
		return false;
	}
}

void trial_end_pause(struct result *result)
{
	finding_keep(&result->last, &result->cause);
	result->cause = (struct finding){ .code = FINDING_INTERRUPTED,
					  .basis = BASIS_CALL,
					  .flags = FINDING_RETRY,
					  .signal = result->signal };
	result->word = RESULT_FAILED;
	result->error = EINTR;
	result->status = STATUS_SIGNAL + result->signal;
}

void trial_close(struct trial *t, bool abort)
{
	attempt_close(&t->attempt, abort);
}

void trial_free(struct trial *t)
{
	resolve_free(&t->resolve);
	verify_free(&t->verify);
	watch_stop(&t->watch);
	gather_free(&t->gather);
	attempt_free(&t->attempt);
	plan_free(&t->plan);
	*t = (struct trial){ 0 };
}
