/* SPDX-License-Identifier: MIT */
#include "diagnose/parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "report/explain.h"
#include "diagnose/words.h"

static void note_rejected(struct result *result, const struct evidence *evidence,
			  struct path_result *path)
{
	const struct path_result *answered = diagnose_nth(result, evidence, evidence->answered);
	enum address_scope scope = address_scope(&path->path.address);
	char text[ADDRESS_TEXT_MAX];

	path->verdict = VERDICT_REJECTED;
	if (scope < address_scope(&answered->path.address))
		message_set(&path->note, 0,
			    "not listed by the peer: it is %s, and stacks leave such addresses out "
			    "when the INIT goes to a %s one (%s)",
			    address_scope_name(scope),
			    address_scope_name(address_scope(&answered->path.address)),
			    address_host_text(&answered->path.address, text));
	else
		message_set(&path->note, 0, "not an address of this peer");
}

/* A path that was asked and had its time. */
static void judge_path(const struct evidence *evidence, struct path_result *path,
		       bool init_unanswered)
{
	const char *init = init_unanswered ? "answered neither the INIT nor a heartbeat" : NULL;

	if (path->answered) {
		path->verdict = VERDICT_VERIFIED;
		if (path->big_packets == BIG_PACKETS_LOST) {
			message_set(&path->note, 0, "packets of %u bytes get lost",
				    path->asked_mtu);
			return;
		}
		if (path->heartbeats > path->answered && path->rtt_us < evidence->probe_step_us)
			message_set(&path->note, 0, "lost %u of %u heartbeats",
				    path->heartbeats - path->answered, path->heartbeats);
		return;
	}
	if (!evidence->probed)
		return;
	path->verdict = VERDICT_DEAD;
	if (path->route_error)
		diagnose_note_route(path, &path->note);
	else if (diagnose_is_silent(path->neighbour))
		diagnose_note_neighbour(path, &path->note);
	else if (path->path.state == PATH_UNCONFIRMED)
		message_set(&path->note, 0,
			    "no heartbeat answer in %.0f ms, so it was never confirmed",
			    MS(evidence->probe_timeout_us));
	else
		message_set(&path->note, 0, "%s in %.0f ms", init ? init : "no heartbeat answer",
			    MS(evidence->probe_timeout_us));
}

/* What the witness adds to a path that was asked; what this host knows of it goes first. */
static void add_finding(const struct evidence *evidence, struct path_result *path)
{
	bool dead = path->verdict == VERDICT_DEAD;
	struct sighting finding;

	if (path->route_error || diagnose_is_silent(path->neighbour) ||
	    path->verdict == VERDICT_UNVERIFIED)
		return;
	finding_of_heartbeat(evidence->ledger, &path->path.address, !dead, &finding);
	if (finding.note.text[0] && (dead || !path->note.text[0]))
		path->note = finding.note;
	path->icmp_error = finding.error;
}

static void judge_paths(struct result *result, const struct evidence *evidence)
{
	struct association *a = &result->association;

	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = diagnose_nth(result, evidence, i);

		if (!a->known)
			path->verdict =
				VERDICT_UNVERIFIED; /* it was over before it was looked at */
		else if (!path->in_association)
			note_rejected(result, evidence, path);
		else if (i < evidence->answered)
			message_set(&path->note, 0,
				    "did not answer the INIT in its turn of %.0f ms",
				    MS(evidence->t1_us));
	}
	for (size_t i = 0; i < a->path_count; i++) {
		struct path_result *path = &a->paths[i];

		if (!path->heartbeats)
			continue;
		judge_path(evidence, path, path->note.text[0] != '\0');
		if (evidence->ledger)
			add_finding(evidence, path);
	}
	/* The handshake was a round trip, and is all that there was time for. */
	if ((a->known || evidence->order_count == 1) && evidence->closed && evidence->require) {
		struct path_result *path = diagnose_nth(result, evidence, evidence->answered);

		path->verdict = VERDICT_VERIFIED;
		if (!path->answered)
			message_set(&path->note, 0, "answered the INIT; no time for a heartbeat");
	}
}

static size_t count_verdict(const struct association *a, enum verdict verdict,
			    const struct path_result **first)
{
	size_t count = 0;

	for (size_t i = 0; i < a->path_count; i++) {
		if (a->paths[i].verdict != verdict)
			continue;
		if (!count++ && first)
			*first = &a->paths[i];
	}
	return count;
}

/* What to check about one that does not work, as far as it is known why; false: it is not. */
static bool hint_dead(struct result *result, const struct evidence *evidence,
		      const struct path_result *path)
{
	struct sighting finding = { .hint = NULL };
	char text[ADDRESS_TEXT_MAX];

	if (path->route_error == ENETDOWN)
		message_set(&result->hint, 0, DIAGNOSE_LINK_HINT, path->link);
	else if (path->route_error)
		message_set(&result->hint, 0, "ip route get %s shows what the kernel would do",
			    address_host_text(&path->path.address, text));
	else if (diagnose_is_silent(path->neighbour))
		message_set(&result->hint, 0, DIAGNOSE_NEIGHBOUR_HINT);
	else if (evidence->ledger)
		finding_of_heartbeat(evidence->ledger, &path->path.address, false, &finding);
	if (finding.hint)
		message_set(&result->hint, 0, "%s", finding.hint);
	return result->hint.text[0];
}

/* And about the first one that works for small packets only. */
static bool hint_mtu(struct result *result)
{
	char text[ADDRESS_TEXT_MAX];

	for (size_t i = 0; i < result->association.path_count; i++) {
		const struct path_result *path = &result->association.paths[i];

		if (path->big_packets != BIG_PACKETS_LOST)
			continue;
		message_set(
			&result->hint, 0,
			"%s: small packets get through, and large ones get lost on the way, or "
			"their ICMP does (path MTU black hole): tracepath -n shows how far they "
			"come; filters must let ICMP fragmentation needed and ICMPv6 packet too "
			"big pass",
			address_host_text(&path->path.address, text));
		return true;
	}
	return false;
}

/* What to check about the paths that do not work. */
static void hint_paths(struct result *result, const struct evidence *evidence)
{
	const struct path_result *first = NULL;
	size_t dead = count_verdict(&result->association, VERDICT_DEAD, &first);
	char others[32] = "", one[ADDRESS_TEXT_MAX], text[ADDRESS_TEXT_MAX];

	if (dead && hint_dead(result, evidence, first))
		return;
	if (!dead && hint_mtu(result))
		return;
	if (dead > 1)
		snprintf(others, sizeof(others), " and %zu more", dead - 1);
	if (dead && dead < result->association.path_count)
		message_set(
			&result->hint, 0,
			"%s%s: listed by the peer, but nothing comes back on %s: check routing and "
			"filters on %s, there and back",
			address_host_text(&first->path.address, one), others,
			dead > 1 ? "those paths" : "that path", dead > 1 ? "them" : "it");
	else if (!dead && evidence->answered)
		message_set(
			&result->hint, 0,
			"%s did not answer the INIT: the association came up over %s",
			address_host_text(&diagnose_nth(result, evidence, 0)->path.address, one),
			address_host_text(
				&diagnose_nth(result, evidence, evidence->answered)->path.address,
				text));
}

/* What the witness says alike of every path that did not answer, or NULL. */
static const char *why_all_dead(const struct evidence *evidence, const struct association *a)
{
	const char *why = NULL;

	for (size_t i = 0; i < a->path_count; i++) {
		const struct path_result *path = &a->paths[i];
		struct sighting finding;

		if (path->verdict != VERDICT_DEAD)
			continue;
		if (!evidence->ledger)
			return NULL;
		finding_of_heartbeat(evidence->ledger, &path->path.address, false, &finding);
		if (!finding.note.text[0] || strcmp(finding.note.text, path->note.text) != 0 ||
		    (why && strcmp(why, path->note.text) != 0))
			return NULL;
		why = path->note.text;
	}
	return why;
}

/* Connected, but is it enough? */
static void diagnose_required(struct result *result, const struct evidence *evidence)
{
	const struct association *a = &result->association;
	size_t verified = count_verdict(a, VERDICT_VERIFIED, NULL);
	size_t dead = count_verdict(a, VERDICT_DEAD, NULL);
	uint64_t required = evidence->require == REQUIRE_ALL ? a->path_count : evidence->require;

	/* Closed before it was looked at: one path works, though it is not known which. */
	if (!a->known)
		verified = 1;
	if (verified >= required)
		return;
	diagnose_set(result, RESULT_DEGRADED, 0, STATUS_DEGRADED);
	if (dead && !verified) {
		const char *known = why_all_dead(evidence, a);

		message_set(&result->reason, 0, "no path answers a heartbeat: %s",
			    known ? known
				  : "the peer does not answer any, or it has gone since the "
				    "handshake");
		if (known)
			return;
		message_set(&result->hint, 0,
			    "--no-probe is content with the handshake; tcpdump -ni any sctp shows "
			    "whether HB REQ goes out and HB ACK comes back");
	} else if (evidence->require == REQUIRE_ALL) {
		message_set(&result->reason, 0, "%zu of %zu addresses verified, all are required",
			    verified, a->path_count);
	} else {
		message_set(&result->reason, 0, "%zu of %zu addresses verified, %llu %s required",
			    verified, a->path_count, (unsigned long long)evidence->require,
			    evidence->require == 1 ? "is" : "are");
	}
}

static void diagnose_lost(struct result *result, const struct evidence *evidence)
{
	const struct explanation *row = explain_errno(evidence->error);
	struct cause cause = evidence->cause;
	const char *hint = diagnose_cause_hint(cause.code);
	char words[CAUSE_WORDS_MAX], when[48] = "as soon as it was up";

	if (evidence->up_for_us >= USEC_PER_MSEC)
		snprintf(when, sizeof(when), "%.1f ms after it was up", MS(evidence->up_for_us));
	diagnose_set(result, RESULT_ABORTED, evidence->error, STATUS_NOT_CONNECTED);
	if (evidence->error == ECONNABORTED) {
		if (!cause.code && evidence->ledger)
			cause = evidence->ledger->abort_sent_cause;
		message_set(
			&result->reason, 0,
			"this end aborted the association %s, because what the peer sent breaks "
			"the protocol%s%s",
			when, cause.code ? ": " : "", cause.code ? cause_words(&cause, words) : "");
		message_set(&result->hint, 0, "tcpdump -vni any sctp shows what the peer sent");
		return;
	}
	if (evidence->error != ECONNRESET) {
		message_set(&result->reason, 0, "the association was lost %s: %s", when,
			    row ? row->meaning : strerror(evidence->error));
		message_set(&result->hint, 0, "sctp-connect --explain %s",
			    errno_name(evidence->error));
		return;
	}
	if (cause.code)
		message_set(&result->reason, 0,
			    "the peer aborted the association %s: %s (cause %u)", when,
			    cause_words(&cause, words), cause.code);
	else
		message_set(&result->reason, 0, "the peer aborted the association %s", when);
	message_set(&result->hint, 0, "%s", hint ? hint : diagnose_cause_hint(CAUSE_USER_ABORT));
}

void diagnose_up(struct result *result, const struct evidence *evidence)
{
	diagnose_set(result, RESULT_CONNECTED, 0, STATUS_OK);
	judge_paths(result, evidence);
	hint_paths(result, evidence);
	if (evidence->error) {
		diagnose_lost(result, evidence);
	} else if (result->signal) {
		result->status = STATUS_SIGNAL + result->signal;
		message_set(&result->reason, 0,
			    "ended by %s before every path had answered a heartbeat",
			    signal_name(result->signal));
	} else {
		if (!result->association.known)
			message_set(&result->reason, 0,
				    "established, and closed again by the peer at once");
		if (evidence->restarted) {
			message_set(&result->reason, 0,
				    "the peer has begun the association anew since it was up");
			message_set(&result->hint, 0,
				    "its program or host has started again, or two programs there "
				    "use the same port and address");
		}
		diagnose_required(result, evidence);
	}
}
