/* SPDX-License-Identifier: MIT */
#include "diagnose/parts.h"

#include <errno.h>
#include <stdio.h>

#include "diagnose/endpoint.h"
#include "diagnose/failed_call.h"

/* RFC 9260 section 3.3.2: the least receive window. */
#define RWND_LEAST 1500

/* --- An answer has ended it ------------------------------------------------------------------ */

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
	size_t current = diagnose_tried_maybe(evidence) - 1;
	size_t seen = saw_abort(result, evidence);

	if (seen < evidence->order_count)
		return seen;
	if (evidence->order_count > 1 &&
	    evidence->elapsed_us >= (int64_t)evidence->order_count * evidence->t1_us)
		return evidence->order_count;
	while (current > 0 && diagnose_nth(result, evidence, current)->route_error)
		current--;
	return current;
}

/* Which end aborted, and why. */
struct abort_seen {
	bool here;   /* this end, because of the peer's answer */
	bool twice;  /* an INIT-ACK came after it, and was not the stack's that sent it */
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
		a.twice = path->init_acks.count && !path->cookies.count &&
			  path->aborts.first_us <= path->init_acks.first_us;
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
	const char *flaw = flaw_of(&ledger->peer);

	finding->basis = BASIS_WITNESS;
	finding->code = FINDING_INIT_ACK_INVALID;
	if (flaw)
		snprintf(finding->detail, sizeof(finding->detail), "%s", flaw);
	else if (init_offers_asconf_alone(&ledger->peer))
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
	if (finding.code == FINDING_ABORTED_HERE && evidence->ledger && evidence->ledger->has_peer)
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
	if (evidence->ledger && evidence->ledger->translated.count) {
		finding.other = evidence->ledger->translated_to;
		finding.port = address_port(&finding.other);
	}
	return finding;
}

static void mark_by_packets(struct result *result, const struct evidence *evidence,
			    size_t position);

/* Its INIT alone had been sent when the socket reported an error, and packets do not say more. */
static void mark_by_soft_error(struct path_result *path)
{
	if (!path->soft_error || path->cause.basis == BASIS_WITNESS)
		return;
	path->verdict = VERDICT_UNREACHABLE;
	path->icmp_error = path->soft_error;
	path->cause = diagnose_soft(path->soft_error, path->neighbour);
	path->cause.address = path->path.address;
}

void diagnose_refused(struct result *result, const struct evidence *evidence, int error)
{
	size_t who = who_refused(result, evidence);
	const struct finding cause = refusal(result, evidence, who, error);

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
			mark_by_packets(result, evidence, i);
		mark_by_soft_error(path);
	}
	diagnose_mark_unreachable(result, evidence);
	if (who < evidence->order_count) {
		diagnose_nth(result, evidence, who)->verdict = VERDICT_REFUSED;
		diagnose_nth(result, evidence, who)->cause = cause;
	}
	diagnose_conclude(result, cause.error, &cause);
}

/* --- No answer, as far as the stack knows: of each address ------------------------------------ */

/* The verdict by the elapsed time alone. */
static void mark_by_time(struct result *result, const struct evidence *evidence, size_t position)
{
	struct path_result *path = diagnose_nth(result, evidence, position);
	bool several = evidence->order_count > 1;

	if (evidence->report.pending_state == ASSOC_COOKIE_ECHOED)
		diagnose_set_path(path, VERDICT_TRIED,
				  several ? FINDING_ONE_HAS_ANSWERED : FINDING_NO_COOKIE_ACK,
				  BASIS_STACK);
	else if (position < diagnose_tried_surely(evidence))
		diagnose_set_path(path, VERDICT_SILENT, FINDING_NO_ANSWER, BASIS_TIME);
	else
		diagnose_set_path(path, VERDICT_UNTRIED,
				  position < diagnose_tried_maybe(evidence) ? FINDING_UNTRIED_LATE
									    : FINDING_UNTRIED_ENDED,
				  BASIS_TIME);
}

/* The verdict by the packets, or the existing one if they add nothing. */
static enum verdict verdict_of(enum proof proof, enum verdict verdict)
{
	switch (proof) {
	case PROOF_ICMP:
		return VERDICT_UNREACHABLE;
	case PROOF_ABORTED:
		return VERDICT_REFUSED;
	case PROOF_NOT_TAKEN:
	case PROOF_COOKIE_SILENT:
	case PROOF_COOKIE_ERROR:
	case PROOF_COOKIE_NOT_TAKEN:
	case PROOF_ANSWERED:
	case PROOF_OTHER_PORT:
	case PROOF_ELSEWHERE:
	case PROOF_BAD_CHECKSUM:
	case PROOF_WRONG_TAG:
		return VERDICT_TRIED;
	default:
		return verdict;
	}
}

/*
 * Has its turn come for certain? The stack of a busy host may be late, so once an INIT has left,
 * only a later one proves it. Until then the time does: the first one leaves at once.
 */
static bool turn_came(struct result *result, const struct evidence *evidence, size_t position)
{
	bool any = false;

	/* Once one address has answered, no other gets its turn. */
	if (evidence->report.pending_state == ASSOC_COOKIE_ECHOED)
		return false;
	for (size_t i = 0; evidence->ledger && i < evidence->order_count; i++) {
		const struct ledger_path *path = ledger_find(
			evidence->ledger, &diagnose_nth(result, evidence, i)->path.address);

		if (!path || !path->inits.count)
			continue;
		if (i > position)
			return true;
		any = true;
	}
	return !any && position < diagnose_tried_surely(evidence);
}

static void mark_by_packets(struct result *result, const struct evidence *evidence, size_t position)
{
	struct path_result *path = diagnose_nth(result, evidence, position);
	enum proof proof;
	const struct finding seen = diagnose_seen_init(
		evidence, &path->path.address, turn_came(result, evidence, position), &proof);

	if (proof == PROOF_NOT_TRIED && path->verdict == VERDICT_TRIED)
		diagnose_set_path(path, VERDICT_UNTRIED, FINDING_UNTRIED_ANSWERED, BASIS_WITNESS);
	if (!seen.code || (proof == PROOF_SILENT && path->verdict != VERDICT_SILENT))
		return;
	path->verdict = verdict_of(proof, path->verdict);
	path->cause = seen;
	if (proof == PROOF_ICMP)
		path->icmp_error = seen.error;
}

/* Was the INIT not sent, because of an error? Not if packets show that it was. */
static void mark_unsent(const struct evidence *evidence, struct path_result *path)
{
	bool cookie = evidence->report.pending_state == ASSOC_COOKIE_ECHOED;
	const struct finding unsent =
		diagnose_unasked(path, cookie ? CHUNK_COOKIE_ECHO : CHUNK_INIT);

	if (!unsent.code ||
	    (path->cause.basis == BASIS_WITNESS && path->cause.code != FINDING_OWN_OUTPUT_FILTER &&
	     path->cause.code != FINDING_OWN_FILTER))
		return;
	path->cause = unsent;
	if (unsent.code == FINDING_CALL_FAILED && !cookie)
		path->verdict = VERDICT_UNTRIED;
}

static void mark_by_host(const struct evidence *evidence, struct path_result *path)
{
	bool cookie = evidence->report.pending_state == ASSOC_COOKIE_ECHOED;

	diagnose_host(path, cookie ? CHUNK_COOKIE_ECHO : CHUNK_INIT, &path->cause);
}

/* Parameters for all sentences about an unanswered attempt. */
static void add_circumstances(const struct evidence *evidence, struct finding *finding)
{
	bool untried = finding->code == FINDING_UNTRIED_LATE ||
		       finding->code == FINDING_UNTRIED_ENDED;

	if (evidence->ended)
		finding->flags |= FINDING_ENDED;
	if (evidence->encapsulated)
		finding->flags |= FINDING_UDP;
	if (evidence->order_count > 1)
		finding->flags |= FINDING_SEVERAL;
	finding->local_port = evidence->local_port;
	finding->paths = untried ? evidence->order_count : 0;
	finding->time_us = untried                                  ? evidence->t1_us
			   : finding->code == FINDING_NO_COOKIE_ACK ? evidence->elapsed_us
								    : evidence->timeout_us;
}

size_t diagnose_mark_unanswered(struct result *result, const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->order_count; i++) {
		mark_by_time(result, evidence, i);
		mark_by_packets(result, evidence, i);
		mark_by_soft_error(diagnose_nth(result, evidence, i));
		mark_unsent(evidence, diagnose_nth(result, evidence, i));
		mark_by_host(evidence, diagnose_nth(result, evidence, i));
		add_circumstances(evidence, &diagnose_nth(result, evidence, i)->cause);
	}
	return diagnose_mark_unreachable(result, evidence);
}

/* --- And of the attempt ----------------------------------------------------------------------- */

/* No address of -b can be used, or answers to them may not come back. */
static struct finding source_finding(const struct evidence *evidence)
{
	struct finding finding = finding_of_local(&evidence->source);

	address_set_port(&finding.address, 0);
	if (finding.code != FINDING_NOT_LOCAL && finding.code != FINDING_LOCAL_LINK_DOWN)
		return finding;
	finding.code = finding.code == FINDING_NOT_LOCAL ? FINDING_SOURCE_NOT_LOCAL
							 : FINDING_SOURCE_LINK_DOWN;
	finding.other = finding.address;
	finding.address.sa.sa_family = AF_UNSPEC;
	add_circumstances(evidence, &finding);
	return finding;
}

/* One address, and an ICMP error that reports it as unreachable. */
static void diagnose_soft_error(struct result *result, const struct evidence *evidence)
{
	const struct result_evidence *report = &evidence->report;
	int error = report->soft_errors[report->soft_error_count - 1];
	struct path_result *path = diagnose_nth(result, evidence, 0);
	struct finding cause = diagnose_soft(error, path->neighbour);

	add_circumstances(evidence, &cause);
	cause.address = path->path.address;
	path->verdict = VERDICT_UNREACHABLE;
	path->cause = cause;
	diagnose_conclude(result, error, &cause);
}

/*
 * Can the cause of one address stand for an attempt in which others were silent? Not if it is about
 * the route to that address: it is beside the address, and the others had a route.
 */
static bool speaks_for_all(enum finding_code code)
{
	return code > FINDING_NO_ADDRESS_REACHABLE && code < FINDING_MTU_BLACK_HOLE;
}

/* The more important of two; a is the current one. */
static void prefer(struct finding *a, const struct finding *b)
{
	if (finding_goes_first(b, a))
		*a = *b;
}

/* The most important of all that is known about an attempt without an answer. */
static struct finding why_silent(struct result *result, const struct evidence *evidence)
{
	const struct result_evidence *report = &evidence->report;
	struct finding cause = { .code = FINDING_NO_ANSWER, .basis = BASIS_TIME };
	struct finding other = { .basis = BASIS_STACK };

	add_circumstances(evidence, &cause);
	for (size_t i = 0; i < evidence->order_count; i++) {
		struct finding of_one = diagnose_nth(result, evidence, i)->cause;

		if (speaks_for_all(of_one.code) && !diagnose_all_say(result, evidence, &of_one))
			of_one.flags |= FINDING_PARTIAL;
		if (speaks_for_all(of_one.code) || of_one.code == FINDING_SILENT)
			prefer(&cause, &of_one);
	}
	if (report->pending_state == ASSOC_COOKIE_ECHOED) {
		other.code = FINDING_NO_COOKIE_ACK;
		add_circumstances(evidence, &other);
		prefer(&cause, &other);
	}
	if (evidence->source.state != LOCAL_USABLE) {
		other = source_finding(evidence);
		prefer(&cause, &other);
	}
	if (report->checksum_errors) {
		other = (struct finding){ .code = FINDING_BAD_CHECKSUM, .basis = BASIS_COUNTER };
		other.packets = report->checksum_errors;
		prefer(&cause, &other);
	}
	if (report->soft_error_count) {
		other = diagnose_soft(report->soft_errors[0], NEIGHBOUR_UNKNOWN);
		add_circumstances(evidence, &other);
		other.flags |= FINDING_PARTIAL;
		prefer(&cause, &other);
	}
	return cause;
}

static void diagnose_timeout(struct result *result, const struct evidence *evidence)
{
	const struct finding cause = why_silent(result, evidence);
	const struct finding untried = diagnose_first_cause(&result->association, VERDICT_UNTRIED);

	diagnose_conclude(result, ETIMEDOUT, &cause);
	/* If nothing more is known, more time may help, or it is known which turn did not come. */
	if (cause.code >= FINDING_SILENT && untried.code)
		result->advice = untried;
}

/* An ERROR instead of the COOKIE-ACK is an answer, too. */
static bool refuses_cookies(struct result *result, const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = diagnose_nth(result, evidence, i);

		if (path->cause.code != FINDING_STALE_COOKIE &&
		    path->cause.code != FINDING_COOKIE_ERROR)
			continue;
		path->verdict = VERDICT_REFUSED;
		diagnose_conclude(result, ECONNREFUSED, &path->cause);
		return true;
	}
	return false;
}

/* A call on this host failed, so nothing can be said about the peer. */
static bool could_not_send(struct result *result, const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->order_count; i++) {
		const struct path_result *path = diagnose_nth(result, evidence, i);

		if (path->cause.code != FINDING_CALL_FAILED)
			continue;
		diagnose_conclude(result, path->cause.error, &path->cause);
		return true;
	}
	return false;
}

void diagnose_silence(struct result *result, const struct evidence *evidence)
{
	size_t unreachable = diagnose_mark_unanswered(result, evidence);
	const struct path_result *first = diagnose_nth(result, evidence, 0);

	/* The stack may not have seen the ICMP error, because it quoted too little of the INIT. */
	if (evidence->order_count == 1 && first->cause.code == FINDING_NO_SCTP)
		diagnose_refused(result, evidence, ENOPROTOOPT);
	else if (unreachable == evidence->order_count)
		diagnose_unreachable(result, evidence);
	else if (refuses_cookies(result, evidence) || could_not_send(result, evidence))
		return;
	else if (evidence->order_count == 1 && evidence->report.soft_error_count)
		diagnose_soft_error(result, evidence);
	else
		diagnose_timeout(result, evidence);
}
