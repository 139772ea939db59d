/* SPDX-License-Identifier: MIT */
#include "diagnose/parts.h"

#include <errno.h>
#include <string.h>

#include "base/names.h"
#include "diagnose/words.h"

static const char *soft_error_words(int error, enum neighbour neighbour)
{
	switch (error) {
	case EHOSTUNREACH:
		if (neighbour == NEIGHBOUR_THERE)
			return "ICMP says host unreachable, prohibited, or too many hops";
		return "the host does not answer on its link (ARP or ND), or ICMP says host "
		       "unreachable, prohibited, or too many hops";
	case ENETUNREACH:
		return "ICMP says network unreachable or prohibited";
	case ECONNREFUSED:
		return "ICMP says port unreachable";
	case EACCES:
		return "ICMPv6 says administratively prohibited";
	case ENOPROTOOPT:
		return "ICMP says protocol unreachable";
	default:
		return "the network reported an error";
	}
}

/* The position of the address whose ABORT the witness saw; order_count: of none. */
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
 * The address whose turn it was; what has no route did not answer. Once every address has had its
 * turn the stack begins again, and nothing tells whose answer it was: order_count.
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

static void mark_refusing(struct result *result, const struct evidence *evidence, size_t who)
{
	const char *answer = evidence->error == ENOPROTOOPT  ? "answered ICMP protocol unreachable"
			     : result->error == ECONNABORTED ? "its answer breaks the protocol"
							     : "answered ABORT";
	struct path_result *path = diagnose_nth(result, evidence, who);
	char text[ADDRESS_TEXT_MAX];

	path->verdict = VERDICT_REFUSED;
	path->note.text[0] = '\0';
	if (evidence->order_count == 1)
		return;
	message_set(&path->note, 0, "%s", answer);
	if (evidence->ledger) {
		struct sighting finding;

		finding_of_init(evidence->ledger, &path->path.address, true, evidence->state,
				evidence->now_us, &finding);
		if (finding.kind == PROOF_ABORTED)
			path->note = finding.note;
	}
	if (!result->hint.text[0])
		message_set(
			&result->hint, 0,
			"one refusing address ends the whole call, whatever the others would say: try "
			"without %s",
			address_host_text(&path->path.address, text));
}

/* Who aborted, and why. */
struct abort_seen {
	bool here;   /* this end did, because of what the peer answered */
	bool there;  /* for certain: the stack, or the witness, has seen the peer's ABORT */
	bool cookie; /* that answers the COOKIE-ECHO */
	struct cause cause;
};

static struct abort_seen look_at_abort(struct result *result, const struct evidence *evidence)
{
	size_t seen = saw_abort(result, evidence);
	struct abort_seen a = { .there = evidence->aborted, .cause = evidence->cause };

	if (seen < evidence->order_count) {
		const union address *peer = &diagnose_nth(result, evidence, seen)->path.address;
		const struct ledger_path *path = ledger_find(evidence->ledger, peer);

		a.there = true;
		a.cookie = path->init_acks.count;
		if (path->abort_cause.code)
			a.cause = path->abort_cause;
		return a;
	}
	a.here = evidence->error == ECONNABORTED;
	if (evidence->ledger && evidence->ledger->aborts_sent.count) {
		a.here = true;
		a.cause = evidence->ledger->abort_sent_cause;
	}
	return a;
}

static void say_refused(struct result *result, const struct evidence *evidence,
			const struct abort_seen *a)
{
	unsigned port = address_port(&diagnose_nth(result, evidence, 0)->path.address);
	const char *hint = diagnose_cause_hint(a->cause.code);
	char words[CAUSE_WORDS_MAX] = "";

	if (a->cause.code)
		cause_words(&a->cause, words);
	if (hint)
		message_set(&result->hint, 0, "%s", hint);
	if (evidence->error == ENOPROTOOPT)
		message_set(&result->reason, 0,
			    "the host answered ICMP protocol unreachable: it has no SCTP");
	else if (a->here)
		message_set(&result->reason, 0,
			    "the host's answer to INIT breaks the protocol: this end aborted%s%s",
			    words[0] ? ": " : "", words);
	/* What net/sctp/sm_statefuns.c sctp_sf_do_5_1C_ack() says of its own ABORT. */
	else if (a->cause.code == CAUSE_INVALID_PARAMETER && !a->there)
		message_set(&result->reason, 0,
			    "the host answered ABORT, or this end aborted because its answer "
			    "breaks the protocol: %s",
			    words);
	else if (a->cookie && a->cause.code)
		message_set(&result->reason, 0,
			    "the host answered the INIT, and the COOKIE-ECHO with ABORT: %s",
			    words);
	else if (a->cookie)
		message_set(
			&result->reason, 0,
			"the host answered the INIT, and the COOKIE-ECHO with ABORT: its queue is "
			"full, or it takes no association from here");
	else if (a->cause.code)
		message_set(&result->reason, 0, "the host answered ABORT: %s", words);
	else
		message_set(
			&result->reason, 0,
			"the host answered ABORT: no endpoint listens on port %u, or its queue is "
			"full%s",
			port,
			result->style == STACK_ONE_TO_MANY && !a->there
				? " (or ICMP: it has no SCTP; a one-to-many socket is not told "
				  "which)"
				: "");
}

void diagnose_refused(struct result *result, const struct evidence *evidence)
{
	struct abort_seen a = look_at_abort(result, evidence);
	size_t who = who_refused(result, evidence);

	diagnose_set(result, RESULT_REFUSED, a.here ? ECONNABORTED : evidence->error,
		     STATUS_NOT_CONNECTED);
	say_refused(result, evidence, &a);
	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = diagnose_nth(result, evidence, i);

		if (who == evidence->order_count)
			diagnose_set_path(path, VERDICT_TRIED,
					  "one of the addresses tried refused");
		else if (i < who)
			diagnose_set_path(
				path, VERDICT_SILENT,
				"no answer to INIT by the time the next address was tried");
		else if (i > who)
			diagnose_set_path(
				path, VERDICT_UNTRIED,
				"not tried: an answer of another address had ended the attempt");
	}
	diagnose_mark_unreachable(result, evidence);
	if (who < evidence->order_count)
		mark_refusing(result, evidence, who);
	else if (!result->hint.text[0])
		message_set(
			&result->hint, 0,
			"one refusing address ends the whole call, whatever the others would say: "
			"try each alone");
}

static const char no_answer[] = "no answer to INIT";

/* What the witness adds to an address that did not answer as it should. */
static void mark_finding(struct result *result, struct path_result *path,
			 const struct sighting *finding)
{
	if (finding->note.text[0])
		path->note = finding->note;
	if (finding->hint && (finding->kind != PROOF_SILENT || !result->hint.text[0]))
		message_set(&result->hint, 0, "%s", finding->hint);
	switch (finding->kind) {
	case PROOF_ICMP:
		path->verdict = VERDICT_UNREACHABLE;
		path->icmp_error = finding->error;
		break;
	case PROOF_ABORTED:
		path->verdict = VERDICT_REFUSED;
		break;
	case PROOF_NOT_TAKEN:
	case PROOF_COOKIE_SILENT:
	case PROOF_COOKIE_ERROR:
	case PROOF_COOKIE_NOT_TAKEN:
	case PROOF_ANSWERED:
	case PROOF_ELSEWHERE:
	case PROOF_BAD_CHECKSUM:
	case PROOF_WRONG_TAG:
		path->verdict = VERDICT_TRIED;
		break;
	case PROOF_NOT_TRIED:
		if (path->verdict == VERDICT_TRIED)
			diagnose_set_path(path, VERDICT_UNTRIED,
					  "not tried: another address had answered the INIT");
		break;
	default:
		break;
	}
}

/* Of all of them, the first with a reason of its own is the result's. */
static void mark_findings(struct result *result, const struct evidence *evidence)
{
	/* Once one has answered, no other gets its turn. */
	size_t surely = evidence->state == ASSOC_COOKIE_ECHOED ? 0
							       : diagnose_tried_surely(evidence);

	for (size_t i = evidence->order_count; evidence->ledger && i-- > 0;) {
		struct path_result *path = diagnose_nth(result, evidence, i);
		struct sighting finding;

		finding_of_init(evidence->ledger, &path->path.address, i < surely, evidence->state,
				evidence->now_us, &finding);
		mark_finding(result, path, &finding);
	}
}

size_t diagnose_mark_unanswered(struct result *result, const struct evidence *evidence)
{
	size_t maybe = diagnose_tried_maybe(evidence), surely = diagnose_tried_surely(evidence);

	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = diagnose_nth(result, evidence, i);

		if (evidence->state == ASSOC_COOKIE_ECHOED) {
			diagnose_set_path(
				path, VERDICT_TRIED,
				evidence->order_count == 1
					? "answered the INIT, but no COOKIE-ACK got through"
					: "one of the addresses tried has answered the INIT");
		} else if (i < surely) {
			diagnose_set_path(path, VERDICT_SILENT, no_answer);
		} else {
			diagnose_set_path(path, VERDICT_UNTRIED,
					  i < maybe ? "its turn came only as the time ran out"
						    : "the attempt ended before its turn");
		}
	}
	mark_findings(result, evidence);
	return diagnose_mark_unreachable(result, evidence);
}

void diagnose_unreachable(struct result *result, const struct evidence *evidence)
{
	struct path_result *first = diagnose_nth(result, evidence, 0);
	bool routeless = true;

	for (size_t i = 0; i < evidence->order_count; i++)
		routeless &= diagnose_nth(result, evidence, i)->route_error != 0;
	diagnose_set(result, RESULT_UNREACHABLE,
		     first->route_error  ? first->route_error
		     : first->icmp_error ? first->icmp_error
					 : EHOSTUNREACH,
		     STATUS_NOT_CONNECTED);
	if (evidence->order_count == 1) {
		result->reason = first->note;
		first->note.text[0] = '\0';
	} else {
		message_set(&result->reason, 0, "%s",
			    routeless ? "this host has no route to any of the addresses"
				      : "none of the addresses can be reached");
	}
	if (first->route_error == ENETDOWN)
		message_set(&result->hint, 0, DIAGNOSE_LINK_HINT, first->link);
	else if (routeless)
		message_set(&result->hint, 0,
			    "ip route get ADDRESS shows what the kernel would do");
	else if (diagnose_is_silent(first->neighbour) || !first->icmp_error)
		message_set(&result->hint, 0, DIAGNOSE_NEIGHBOUR_HINT);
}

/* One address, and the network has said that it cannot be reached. */
static void diagnose_soft_error(struct result *result, const struct evidence *evidence)
{
	int error = evidence->soft_errors[evidence->soft_error_count - 1];
	struct path_result *path = diagnose_nth(result, evidence, 0);

	result->hint.text[0] = '\0';
	diagnose_set(result, RESULT_UNREACHABLE, error, STATUS_NOT_CONNECTED);
	diagnose_set_path(path, VERDICT_UNREACHABLE, "");
	message_set(&result->reason, 0, "%s", soft_error_words(error, path->neighbour));
	message_set(&result->hint, 0, "%s",
		    error == ECONNREFUSED
			    ? finding_port_hint(evidence->encapsulated)
			    : "tcpdump -ni any 'sctp or icmp or icmp6 or arp' shows who says so");
}

/* What is known about a silence, best first, and what to look at. */
static void explain_silence(struct result *result, const struct evidence *evidence)
{
	const struct path_result *obstructed = NULL;
	char text[ADDRESS_TEXT_MAX];
	int soft_error = evidence->soft_error_count ? evidence->soft_errors[0] : 0;
	const char *hint =
		evidence->encapsulated
			? "nothing more is known: the host may be down, nobody may take "
			  "that UDP port, or a filter on the way may drop it; tcpdump -ni "
			  "any udp on both ends shows how far the INIT comes"
			: "nothing more is known: the host may be down, or a filter on the "
			  "way may drop SCTP (IP protocol 132); tcpdump -ni any sctp on "
			  "both ends shows how far the INIT comes";

	for (size_t i = evidence->order_count; i-- > 0;)
		if (diagnose_nth(result, evidence, i)->icmp_error)
			obstructed = diagnose_nth(result, evidence, i);
	if (evidence->state == ASSOC_COOKIE_ECHOED) {
		message_set(&result->reason, 0,
			    "the peer answered the INIT, but no COOKIE-ACK got through within "
			    "%.0f ms",
			    MS(evidence->elapsed_us));
		hint = "a filter on the way may let INIT pass and no more, or drop the larger "
		       "COOKIE-ECHO (path MTU), or the peer's accept queue is full, which not every "
		       "stack says: tcpdump -ni any sctp on both ends";
	} else if (evidence->checksum_errors) {
		message_set(&result->reason, 0,
			    "no answer to INIT that could be used: %llu packet%s with a bad SCTP "
			    "checksum came in meanwhile",
			    (unsigned long long)evidence->checksum_errors,
			    evidence->checksum_errors == 1 ? "" : "s");
		hint = "something on the way changes packets and not their CRC32c, or a card does "
		       "not finish it: ethtool -K DEVICE tx-checksum-sctp off at the peer";
	} else if (obstructed) {
		message_set(&result->reason, 0, "no answer to INIT, and of %s: %s",
			    address_host_text(&obstructed->path.address, text),
			    obstructed->note.text);
	} else if (soft_error) {
		message_set(&result->reason, 0,
			    "no answer to INIT, and %s said of at least one address: %s",
			    errno_name(soft_error),
			    soft_error_words(soft_error, NEIGHBOUR_UNKNOWN));
	} else if (evidence->ended) {
		message_set(&result->reason, 0, "no answer to any INIT, and no attempt is left");
	} else {
		message_set(&result->reason, 0, "no answer to INIT within %.0f ms",
			    MS(evidence->timeout_us));
	}
	if (!result->hint.text[0])
		message_set(&result->hint, 0, "%s", hint);
}

static void hint_more_time(struct result *result, const struct evidence *evidence)
{
	size_t count = evidence->order_count;

	if (diagnose_tried_surely(evidence) == count)
		return;
	if (evidence->ended)
		message_set(
			&result->hint, 0,
			"--init-attempts counts over all addresses together: each of the %zu has "
			"its turn from --init-attempts %zu on",
			count, count - 1);
	else
		message_set(&result->hint, 0,
			    "each address has its turn after %.0f ms: %zu of them need at least -w "
			    "%.0fms",
			    MS(evidence->t1_us), count,
			    MS(evidence->t1_us + evidence->t1_us / 8) * (double)count);
}

static bool all_noted_alike(struct result *result, const struct evidence *evidence)
{
	const char *first = diagnose_nth(result, evidence, 0)->note.text;

	for (size_t i = 1; i < evidence->order_count; i++)
		if (strcmp(diagnose_nth(result, evidence, i)->note.text, first) != 0)
			return false;
	return true;
}

/* An ERROR instead of the COOKIE-ACK is an answer, too. */
static bool refuses_cookies(struct result *result, const struct evidence *evidence)
{
	for (size_t i = 0; evidence->ledger && i < evidence->order_count; i++) {
		struct path_result *path = diagnose_nth(result, evidence, i);
		struct sighting finding;

		finding_of_init(evidence->ledger, &path->path.address, true, evidence->state,
				evidence->now_us, &finding);
		if (finding.kind != PROOF_COOKIE_ERROR)
			continue;
		diagnose_set(result, RESULT_REFUSED, ECONNREFUSED, STATUS_NOT_CONNECTED);
		path->verdict = VERDICT_REFUSED;
		message_set(&result->reason, 0, "the host %s", finding.note.text);
		message_set(&result->hint, 0, "%s", finding.hint);
		if (evidence->order_count == 1)
			path->note.text[0] = '\0';
		return true;
	}
	return false;
}

void diagnose_silence(struct result *result, const struct evidence *evidence)
{
	struct path_result *first = diagnose_nth(result, evidence, 0);

	size_t unreachable = diagnose_mark_unanswered(result, evidence);

	/* The stack may not have been told, because the ICMP quoted too little of the INIT. */
	if (evidence->order_count == 1 && first->icmp_error == ENOPROTOOPT &&
	    !evidence->encapsulated) {
		struct evidence refusal = *evidence;

		refusal.error = ENOPROTOOPT;
		diagnose_refused(result, &refusal);
		return;
	}
	if (unreachable == evidence->order_count) {
		diagnose_unreachable(result, evidence);
		return;
	}
	if (refuses_cookies(result, evidence))
		return;
	if (evidence->order_count == 1 && evidence->soft_error_count) {
		diagnose_soft_error(result, evidence);
		return;
	}
	diagnose_set(result, RESULT_TIMEOUT, ETIMEDOUT, STATUS_TIMEOUT);
	explain_silence(result, evidence);
	hint_more_time(result, evidence);
	if (strcmp(first->note.text, no_answer) != 0 && all_noted_alike(result, evidence) &&
	    (evidence->state != ASSOC_COOKIE_ECHOED || evidence->order_count == 1))
		result->reason = first->note;
	if (evidence->order_count == 1)
		first->note.text[0] = '\0';
}
