/* SPDX-License-Identifier: MIT */
#include "diagnose/parts.h"

#include <errno.h>
#include <stdio.h>

#include "diagnose/endpoint.h"
#include "diagnose/failed_call.h"

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

/* Was the INIT not sent, because of an error? Not if packets show that it was. */
static void mark_unsent(const struct evidence *evidence, struct path_result *path)
{
	bool cookie = evidence->report.pending_state == ASSOC_COOKIE_ECHOED;
	struct finding unsent;

	if (!path->ask_call && !path->send_error)
		return;
	unsent = diagnose_unasked(path, cookie ? CHUNK_COOKIE_ECHO : CHUNK_INIT);
	if (!unsent.code ||
	    (path->cause.basis == BASIS_WITNESS && path->cause.code != FINDING_OWN_OUTPUT_FILTER &&
	     path->cause.code != FINDING_NOT_SEEN && path->cause.code != FINDING_OWN_FILTER))
		return;
	path->cause = unsent;
	if (finding_is_failed_call(&unsent) && !cookie)
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
	size_t asked = diagnose_asked(result, evidence);

	for (size_t i = 0; i < evidence->order_count; i++) {
		mark_by_time(result, evidence, i);
		diagnose_mark_by_packets(result, evidence, i, asked);
		diagnose_mark_by_soft_error(diagnose_nth(result, evidence, i));
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
		const struct finding *of_one = &diagnose_nth(result, evidence, i)->cause;
		bool for_all = speaks_for_all(of_one->code);

		if ((!for_all && of_one->code != FINDING_SILENT) ||
		    !finding_goes_first(of_one, &cause))
			continue;
		cause = *of_one;
		if (for_all && !diagnose_all_say(result, evidence, of_one))
			cause.flags |= FINDING_PARTIAL;
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

static bool all_are_of_this_host(struct result *result, const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->order_count; i++)
		if (!diagnose_nth(result, evidence, i)->route.loopback)
			return false;
	return evidence->order_count > 0;
}

static void diagnose_timeout(struct result *result, const struct evidence *evidence)
{
	const struct finding untried = diagnose_first_cause(&result->association, VERDICT_UNTRIED);
	struct finding cause = why_silent(result, evidence);

	if (all_are_of_this_host(result, evidence))
		cause.flags |= FINDING_THIS_HOST;
	diagnose_conclude(result, ETIMEDOUT, &cause);
	/* If nothing more is known, more time may help, or it is known which turn did not come. */
	if (cause.code >= FINDING_SILENT && untried.code)
		finding_keep(&result->advice, &untried);
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

		if (!finding_is_failed_call(&path->cause))
			continue;
		diagnose_conclude(result, path->cause.error, &path->cause);
		return true;
	}
	return false;
}

/* The routes of a VRF are not those of a program outside. */
static bool is_the_vrf(struct result *result, const struct evidence *evidence)
{
	enum finding_code code = diagnose_nth(result, evidence, 0)->cause.code;
	struct finding cause;

	if (evidence->source.state != LOCAL_IN_VRF ||
	    (code != FINDING_NO_ROUTE && code != FINDING_NO_SOURCE_ADDRESS))
		return false;
	cause = source_finding(evidence);
	diagnose_conclude(result, EADDRNOTAVAIL, &cause);
	return true;
}

void diagnose_silence(struct result *result, const struct evidence *evidence)
{
	size_t unreachable = diagnose_mark_unanswered(result, evidence);
	const struct path_result *first = diagnose_nth(result, evidence, 0);

	/* The stack may not have seen the ICMP error, because it quoted too little of the INIT. */
	if (evidence->order_count == 1 && first->cause.code == FINDING_NO_SCTP)
		diagnose_refused(result, evidence, ENOPROTOOPT);
	else if (unreachable == evidence->order_count && is_the_vrf(result, evidence))
		return;
	else if (unreachable == evidence->order_count)
		diagnose_unreachable(result, evidence);
	else if (refuses_cookies(result, evidence) || could_not_send(result, evidence))
		return;
	else if (evidence->order_count == 1 && evidence->report.soft_error_count)
		diagnose_soft_error(result, evidence);
	else
		diagnose_timeout(result, evidence);
}
