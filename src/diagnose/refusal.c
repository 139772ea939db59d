/* SPDX-License-Identifier: MIT */
#include "diagnose/parts.h"
#include "witness/ledger_query.h"

#include <errno.h>
#include <stdio.h>

/* RFC 9260 section 3.3.2: the least receive window. */
#define RWND_LEAST 1500

/* The position of the address whose ABORT the witness saw; order_count: none. */
static size_t saw_abort(struct result *result, const struct evidence *evidence)
{
	for (size_t i = 0; evidence->ledger && i < evidence->order_count; i++) {
		const struct ledger_path *path = ledger_find(
			evidence->ledger, &diagnose_nth(result, evidence, i)->path.address);

		if (path && path->inits.count && path->aborts.count)
			return i;
	}
	return evidence->order_count;
}

/*
 * The address whose turn it was; an address without a route did not answer. After every address had
 * its turn, the stack starts again, and it is not known which one answered: order_count.
 */
static size_t who_refused(struct result *result, const struct evidence *evidence)
{
	size_t current = diagnose_current(evidence);
	size_t seen = saw_abort(result, evidence);

	if (seen < evidence->order_count)
		return seen;
	if (evidence->order_count > 1 &&
	    (current == evidence->order_count ||
	     evidence->elapsed_us >= (int64_t)evidence->order_count * evidence->t1_us))
		return evidence->order_count;
	while (current > 0 && diagnose_nth(result, evidence, current)->route_error)
		current--;
	return current;
}

/* Which end aborted, and why. */
struct abort_seen {
	bool here;   /* this end, because of the peer's answer */
	bool twice;  /* another stack at the same address has accepted */
	bool there;  /* certainly the peer: the stack, or the witness, saw its ABORT */
	bool cookie; /* the ABORT answers the COOKIE-ECHO */
	struct cause cause;
};

/*
 * The INIT-ACK arrived and no ABORT did: so this end has refused it, without an ABORT
 * (net/sctp/sm_statefuns.c sctp_sf_do_5_1C_ack()).
 */
static bool init_ack_alone(const struct ledger *ledger)
{
	bool answered = false;

	for (size_t i = 0; i < ledger->path_count; i++) {
		const struct ledger_path *path = &ledger->paths[i];

		answered |= path->init_acks.count > 0;
		if (path->aborts.count || path->strays.count || path->cookies.count)
			return false;
	}
	return answered && !ledger->lost;
}

/* What RFC 9260 section 3.3.3 or a stack forbids. NULL: nothing that is known. */
static const char *flaw_of(const struct init *init)
{
	if (!init->tag)
		return "its initiate tag is 0";
	if (init->rwnd < RWND_LEAST)
		return "its receive window (a_rwnd) is less than 1500 bytes";
	if (!init->out_streams || !init->in_streams)
		return "it allows no streams";
	if (init->host_name)
		return "it gives a host name instead of addresses";
	if (!init->cookie)
		return "it has no state cookie";
	return init->complete ? NULL : "a parameter in it is malformed";
}

static struct abort_seen look_at_abort(struct result *result, const struct evidence *evidence,
				       int error)
{
	size_t seen = saw_abort(result, evidence);
	struct abort_seen a = { .there = evidence->aborted, .cause = evidence->cause };

	if (seen < evidence->order_count) {
		const union address *peer = &diagnose_nth(result, evidence, seen)->path.address;
		const struct ledger_path *path = ledger_find(evidence->ledger, peer);

		a.there = true;
		a.cookie = path->init_acks.count && path->cookies.count;
		a.twice = ledger_answered_twice(evidence->ledger, path);
		if (path->abort_cause.code)
			a.cause = path->abort_cause;
		return a;
	}
	a.here = error == ECONNABORTED;
	if (evidence->ledger && evidence->ledger->aborts_sent.count) {
		a.here = true;
		a.cause = evidence->ledger->abort_sent_cause;
	} else if (evidence->ledger && error == ECONNREFUSED && !a.there) {
		a.here = init_ack_alone(evidence->ledger);
	}
	return a;
}

static enum finding_code code_of_refusal(const struct abort_seen *a, enum stack_style style,
					 int error, bool refuses_asconf)
{
	if (error == ENOPROTOOPT)
		return FINDING_NO_SCTP;
	if (a->twice)
		return FINDING_TWO_STACKS;
	if (a->here)
		return FINDING_ABORTED_HERE;
	if (a->cause.code == CAUSE_OUT_OF_RESOURCE && !a->there && refuses_asconf)
		return FINDING_RESOURCE_OR_ASCONF;
	/* The text of the stack's own ABORT: net/sctp/sm_statefuns.c sctp_sf_do_5_1C_ack(). */
	if (a->cause.code == CAUSE_INVALID_PARAMETER && !a->there)
		return FINDING_ABORTED_THERE_OR_HERE;
	if (a->cause.code)
		return FINDING_REFUSED_WITH_CAUSE;
	if (a->cookie)
		return FINDING_QUEUE_FULL_OR_UNWANTED;
	return style == STACK_ONE_TO_MANY && !a->there ? FINDING_NO_ENDPOINT_OR_NO_SCTP
						       : FINDING_NO_ENDPOINT_OR_QUEUE_FULL;
}

/* This end refused an INIT-ACK that the witness saw. */
static void take_flaw(const struct ledger *ledger, struct finding *finding)
{
	const char *flaw = flaw_of(ledger->peer);

	finding->basis = BASIS_WITNESS;
	finding->code = FINDING_INIT_ACK_INVALID;
	if (flaw)
		snprintf(finding->detail, sizeof(finding->detail), "%s", flaw);
	else if (init_offers_asconf_alone(ledger->peer))
		finding->code = FINDING_ASCONF_WITHOUT_AUTH;
	else
		finding->code = FINDING_ABORTED_HERE;
}

static struct finding refusal(struct result *result, const struct evidence *evidence, size_t who,
			      int error)
{
	struct abort_seen a = look_at_abort(result, evidence, error);
	struct finding finding = { .code = code_of_refusal(&a, result->style, error,
							   evidence->asconf.refuses),
				   .basis = a.there ? BASIS_WITNESS : BASIS_STACK,
				   .error = a.here ? ECONNABORTED : error,
				   .cause = a.cause };

	if (evidence->aborted)
		finding.basis = BASIS_STACK;
	if (finding.code == FINDING_ABORTED_HERE && evidence->ledger && evidence->ledger->peer)
		take_flaw(evidence->ledger, &finding);
	if (a.cookie)
		finding.flags |= FINDING_COOKIE;
	if (evidence->asconf.offers || (evidence->ledger && evidence->ledger->asconf_alone))
		finding.flags |= FINDING_ASCONF;
	if (evidence->order_count > 1)
		finding.flags |= FINDING_SEVERAL;
	if (who < evidence->order_count)
		finding.address = diagnose_nth(result, evidence, who)->path.address;
	finding.port = address_port(&diagnose_nth(result, evidence, 0)->path.address);
	finding.local_port = evidence->local_port;
	if (evidence->ledger && evidence->ledger->translated.count) {
		finding.other = evidence->ledger->translated_to;
		finding.port = address_port(&finding.other);
	}
	return finding;
}

void diagnose_refused(struct result *result, const struct evidence *evidence, int error)
{
	size_t who = who_refused(result, evidence);
	const struct finding cause = refusal(result, evidence, who, error);
	size_t asked = diagnose_asked(result, evidence);

	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = diagnose_nth(result, evidence, i);

		if (who == evidence->order_count)
			diagnose_set_path(path, VERDICT_TRIED, FINDING_ONE_HAS_REFUSED,
					  BASIS_STACK);
		else if (i < who)
			diagnose_set_path(path, VERDICT_SILENT, FINDING_INIT_UNANSWERED,
					  BASIS_TIME);
		else if (i > who)
			diagnose_set_path(path, VERDICT_UNTRIED, FINDING_UNTRIED_REFUSED,
					  BASIS_TIME);
		if (i >= evidence->order_count - evidence->moved)
			diagnose_mark_by_packets(result, evidence, i, asked);
		diagnose_mark_by_soft_error(path);
	}
	diagnose_mark_unreachable(result, evidence);
	if (who < evidence->order_count) {
		diagnose_nth(result, evidence, who)->verdict = VERDICT_REFUSED;
		diagnose_nth(result, evidence, who)->cause = cause;
	}
	diagnose_conclude(result, cause.error, &cause);
}
