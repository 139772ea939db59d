/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "diagnose/ending.h"
#include "diagnose/failed_call.h"
#include "diagnose/parts.h"
#include "host/bridge.h"

/* --- Each path -------------------------------------------------------------------------------- */

static void mark_rejected(struct result *result, const struct evidence *evidence,
			  struct path_result *path)
{
	const union address *answered =
		&diagnose_nth(result, evidence, evidence->answered)->path.address;
	bool narrower = address_scope(&path->path.address) < address_scope(answered);

	diagnose_set_path(path, VERDICT_REJECTED,
			  narrower ? FINDING_LEFT_OUT_BY_SCOPE : FINDING_NOT_LISTED, BASIS_STACK);
	if (narrower)
		path->cause.other = *answered;
}

/*
 * The stack's primary address need not be the one that answered, if an INIT-ACK came after its
 * turn: has a path before it so long a round trip?
 */
static bool may_have_answered_late(struct result *result, const struct evidence *evidence)
{
	for (size_t i = 0; !evidence->saw_answer && i < evidence->answered; i++)
		if (diagnose_nth(result, evidence, i)->rtt_us >=
		    evidence->t1_us - evidence->t1_us / 8)
			return true;
	return false;
}

/* Its turn was over before another address answered the INIT. */
static struct finding init_unanswered(struct result *result, const struct evidence *evidence,
				      size_t position)
{
	struct finding finding = {
		.code = FINDING_INIT_UNANSWERED,
		.basis = BASIS_TIME,
		.flags = FINDING_UP,
		.address = diagnose_nth(result, evidence, position)->path.address,
		.time_us = evidence->t1_us,
	};

	if (!may_have_answered_late(result, evidence))
		finding.other = diagnose_nth(result, evidence, evidence->answered)->path.address;
	return finding;
}

/* A path that answers: what else is there to say? */
static void mark_verified(const struct evidence *evidence, struct path_result *path)
{
	path->verdict = VERDICT_VERIFIED;
	if (path->sizes.big == BIG_PACKETS_LOST) {
		path->cause = (struct finding){ .code = FINDING_MTU_BLACK_HOLE,
						.basis = BASIS_WITNESS,
						.bytes = path->sizes.lost,
						.passed = path->sizes.passed };
	} else if (path->lost && !evidence->restarted) {
		path->cause = (struct finding){ .code = FINDING_HEARTBEATS_LOST,
						.basis = BASIS_HEARTBEATS,
						.lost = path->lost,
						.sent = path->heartbeats };
	} else if (!path->cause.code) {
		path->cause = diagnose_seen_heartbeat(evidence->ledger, &path->path.address, true);
	}
	if (!path->cause.code && path->queue_us) {
		path->cause = (struct finding){ .code = FINDING_OWN_QUEUE_DELAY,
						.basis = BASIS_WITNESS,
						.time_us = path->queue_us };
		memcpy(path->cause.link, path->queue_link, sizeof(path->cause.link));
	}
	path->cause.address = path->path.address;
}

/* An address that the peer has listed, without being asked, and that has no answer or no route. */
static void mark_bridge(struct path_result *path)
{
	const char *bridge = path->requested ? NULL : bridge_usual(&path->path.address);
	struct finding finding = { .code = FINDING_BRIDGE_ADDRESS,
				   .basis = path->cause.basis,
				   .error = path->cause.error,
				   .address = path->path.address };

	switch (path->cause.code) {
	case FINDING_HEARTBEAT_UNANSWERED:
	case FINDING_NO_ROUTE:
	case FINDING_NEIGHBOUR_SILENT:
	case FINDING_ICMP_UNREACHABLE:
	case FINDING_ICMP_OR_NEIGHBOUR:
	case FINDING_ICMP_UNSPECIFIED:
		break;
	default:
		return;
	}
	if (!bridge)
		return;
	snprintf(finding.detail, sizeof(finding.detail), "%s", bridge);
	path->cause = finding;
}

/* A path that had its time and did not answer, or that could not be asked. */
static void mark_unanswered(const struct evidence *evidence, struct path_result *path)
{
	struct finding unanswered = { .code = FINDING_HEARTBEAT_UNANSWERED,
				      .basis = BASIS_HEARTBEATS,
				      .address = path->path.address,
				      .time_us = evidence->probe_timeout_us };
	struct finding unsent = diagnose_unasked(path, CHUNK_HEARTBEAT);
	struct finding why = diagnose_way(path);

	if (finding_is_failed_call(&unsent)) {
		path->verdict = VERDICT_UNVERIFIED;
		path->cause = unsent;
		return;
	}
	if (path->path.state == PATH_UNCONFIRMED)
		unanswered.flags |= FINDING_UNCONFIRMED;
	else if (path->cause.code == FINDING_INIT_UNANSWERED)
		unanswered.flags |= FINDING_NO_INIT;
	if (diagnose_seen_to_arrive(evidence->ledger, &path->path.address))
		unanswered.flags |= FINDING_HEARD;
	if (!why.code) {
		why = diagnose_seen_heartbeat(evidence->ledger, &path->path.address, false);
		path->icmp_error = why.error;
	}
	diagnose_take_unsent(&unsent, &why);
	if (!why.code && path->soft_error) {
		why = diagnose_soft(path->soft_error, path->neighbour);
		why.address = path->path.address;
	}
	diagnose_host(
		path,
		diagnose_seen_to_leave(evidence->ledger, &path->path.address) ? 0 : CHUNK_HEARTBEAT,
		&why);
	path->verdict = VERDICT_DEAD;
	path->cause = why.code ? why : unanswered;
	mark_bridge(path);
}

static void mark_untested(struct path_result *path, enum finding_code why, enum finding_basis basis)
{
	diagnose_set_path(path, VERDICT_UNVERIFIED, why, basis);
	path->cause.address = path->path.address;
}

/* The association or the program ended before every path had its time. */
static void judge_untested(struct result *result, const struct evidence *evidence)
{
	struct association *a = &result->association;

	/* The handshake was a round trip, and the peer closes in peace. */
	if ((a->known || evidence->order_count == 1) && evidence->closed && !evidence->error)
		diagnose_nth(result, evidence, evidence->answered)->verdict = VERDICT_VERIFIED;
	for (size_t i = 0; i < a->path_count; i++)
		if (a->paths[i].verdict == VERDICT_UNVERIFIED && !a->paths[i].cause.code)
			diagnose_set_path(&a->paths[i], VERDICT_UNVERIFIED,
					  FINDING_NO_TIME_FOR_HEARTBEAT, BASIS_STACK);
}

static void judge_paths(struct result *result, const struct evidence *evidence)
{
	struct association *a = &result->association;

	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = diagnose_nth(result, evidence, i);

		if (!a->known)
			path->verdict =
				VERDICT_UNVERIFIED; /* the probe was over before it was looked at */
		else if (!path->in_association)
			mark_rejected(result, evidence, path);
		else if (i < evidence->answered)
			path->cause = init_unanswered(result, evidence, i);
	}
	for (size_t i = 0; i < a->path_count; i++) {
		struct path_result *path = &a->paths[i];

		if (path->own)
			mark_untested(path, FINDING_OWN_ADDRESS, BASIS_SYSTEM);
		else if (path->zoneless)
			mark_untested(path, FINDING_LINK_NOT_KNOWN, BASIS_STACK);
		else if (path->surplus)
			mark_untested(path, FINDING_TOO_MANY_LISTED, BASIS_STACK);
		else if (path->answered)
			mark_verified(evidence, path);
		else if (path->ask_call || (path->heartbeats && evidence->probed))
			mark_unanswered(evidence, path);
	}
	if (evidence->require && !evidence->probed)
		judge_untested(result, evidence);
}

/* --- All of them ------------------------------------------------------------------------------ */

static size_t count_verdict(const struct association *a, enum verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < a->path_count; i++)
		count += a->paths[i].verdict == verdict;
	return count;
}

/* What to check first, of the paths that do not work. Or none. */
static struct finding about_dead(const struct association *a)
{
	struct finding first = diagnose_first_cause(a, VERDICT_DEAD);
	size_t dead = count_verdict(a, VERDICT_DEAD);

	if (first.code != FINDING_HEARTBEAT_UNANSWERED)
		return first;
	if (dead == a->path_count)
		return (struct finding){ .code = FINDING_NONE };
	first.others = dead - 1;
	return first;
}

static const struct finding *find_cause(const struct association *a, enum finding_code code)
{
	for (size_t i = 0; i < a->path_count; i++)
		if (a->paths[i].cause.code == code)
			return &a->paths[i].cause;
	return NULL;
}

/*
 * The same if all work: a path that loses large packets, an address that both hosts have, or one
 * that did not answer the INIT.
 */
static struct finding about_slow(struct result *result, const struct evidence *evidence)
{
	const struct association *a = &result->association;
	const struct finding *about = find_cause(a, FINDING_MTU_BLACK_HOLE);

	if (!about)
		about = find_cause(a, FINDING_OWN_ADDRESS);
	if (about)
		return *about;
	if (evidence->answered)
		return init_unanswered(result, evidence, 0);
	about = find_cause(a, FINDING_NOT_LISTED);
	if (about)
		return *about;
	return (struct finding){ .code = FINDING_NONE };
}

/* The cause that every silent path has in common; or none. */
static struct finding why_all_dead(const struct association *a)
{
	struct finding why = diagnose_first_cause(a, VERDICT_DEAD);

	for (size_t i = 0; i < a->path_count; i++)
		if (a->paths[i].verdict == VERDICT_DEAD && !finding_same(&a->paths[i].cause, &why))
			why.code = FINDING_NONE;
	if (why.code == FINDING_HEARTBEAT_UNANSWERED)
		why.code = FINDING_NONE;
	why.flags |= FINDING_EVERY_PATH;
	return why;
}

/* Enough paths are verified, but they leave by too few links. */
static void diagnose_links(struct result *result, const struct evidence *evidence)
{
	const struct association *a = &result->association;
	struct finding few = { .code = FINDING_TOO_FEW_LINKS,
			       .basis = BASIS_ROUTES,
			       .links = result->links,
			       .required = evidence->links };

	for (size_t i = 0; i < a->path_count; i++) {
		const struct path_result *path = &a->paths[i];

		if (path->verdict != VERDICT_VERIFIED)
			continue;
		few.address = path->path.address;
		if (result->links == 1 && path->route.base)
			memcpy(few.link, path->route.base_name, sizeof(few.link));
	}
	diagnose_conclude(result, 0, &few);
}

/* "10.1.3.2, 172.17.0.1": which addresses -R all counts beside those of the user. */
static void name_learned(const struct association *a, struct finding *few)
{
	char text[ADDRESS_TEXT_MAX];
	size_t used = 0;

	for (size_t i = 0; i < a->path_count; i++) {
		if (a->paths[i].requested)
			continue;
		address_host_text(&a->paths[i].path.address, text);
		if (used + strlen(text) + sizeof(", ...") > sizeof(few->name)) {
			snprintf(few->name + used, sizeof(few->name) - used, ", ...");
			return;
		}
		used += (size_t)snprintf(few->name + used, sizeof(few->name) - used, "%s%s",
					 used ? ", " : "", text);
	}
}

/* Connected, but too few paths are verified. */
static void diagnose_few(struct result *result, const struct evidence *evidence, size_t verified)
{
	const struct association *a = &result->association;
	const struct finding advice = *finding_kept(result->advice);
	struct finding few = { .code = FINDING_TOO_FEW_VERIFIED,
			       .basis = BASIS_HEARTBEATS,
			       .verified = verified,
			       .paths = a->path_count + evidence->names_left_out,
			       .required = evidence->require };
	struct finding dead = why_all_dead(a);

	if (evidence->require == REQUIRE_ALL)
		name_learned(a, &few);
	if (few.verified || !count_verdict(a, VERDICT_DEAD)) {
		diagnose_conclude(result, 0, &few);
		finding_keep(&result->advice, &advice);
		return;
	}
	if (!dead.code)
		dead = (struct finding){ .code = FINDING_NO_PATH_ANSWERS,
					 .basis = BASIS_HEARTBEATS };
	diagnose_conclude(result, 0, &dead);
}

/* Connected, but are enough paths verified, and do they leave by enough links? */
static void diagnose_required(struct result *result, const struct evidence *evidence)
{
	const struct association *a = &result->association;
	uint64_t required = evidence->require == REQUIRE_ALL
				    ? a->path_count + evidence->names_left_out
				    : evidence->require;
	/* It was closed before it was looked at: one path works, but it is not known which. */
	size_t verified = a->known ? count_verdict(a, VERDICT_VERIFIED) : 1;

	if (verified < required)
		diagnose_few(result, evidence, verified);
	else if (result->links < evidence->links)
		diagnose_links(result, evidence);
}

/* --- The association -------------------------------------------------------------------------- */

static void diagnose_lost(struct result *result, const struct evidence *evidence)
{
	struct finding cause = diagnose_loss(evidence->error, &evidence->cause, evidence->ledger);

	cause.time_us = evidence->up_for_us;
	diagnose_end_of_exchange(result, &cause);
	diagnose_conclude(result, cause.error, &cause);
	result->word = RESULT_ABORTED;
}

/* If there is nothing else to say. */
static void diagnose_announced(struct result *result)
{
	const struct association *a = &result->association;
	struct finding finding;

	if (!a->announced.count || result->cause.code)
		return;
	finding = (struct finding){ .code = FINDING_BRIDGE_ANNOUNCED,
				    .basis = BASIS_SYSTEM,
				    .address = a->announced.address,
				    .others = a->announced.count - 1 };
	memcpy(finding.link, a->announced.bridge, sizeof(finding.link));
	result->cause = finding;
	if (!result->advice)
		finding_keep(&result->advice, &finding);
}

void diagnose_up(struct result *result, const struct evidence *evidence)
{
	unsigned held = evidence->probed || !evidence->require ? FINDING_HELD : 0;
	struct finding about;

	diagnose_conclude(result, 0, &finding_none);
	result->status = STATUS_OK;
	judge_paths(result, evidence);
	result->links = association_links(&result->association);
	about = count_verdict(&result->association, VERDICT_DEAD) ? about_dead(&result->association)
								  : about_slow(result, evidence);
	finding_keep(&result->advice, &about);
	if (evidence->error) {
		diagnose_lost(result, evidence);
	} else if (result->signal) {
		result->status = STATUS_SIGNAL + result->signal;
		result->cause = (struct finding){ .code = FINDING_INTERRUPTED,
						  .basis = BASIS_CALL,
						  .flags = FINDING_UP | held,
						  .signal = result->signal };
	} else if (evidence->closed && !evidence->exchanged) {
		struct finding cause = { .code = FINDING_CLOSED_BY_PEER,
					 .basis = BASIS_STACK,
					 .flags = FINDING_UP,
					 .time_us = evidence->up_for_us };

		diagnose_end_of_exchange(result, &cause);
		diagnose_conclude(result, 0, &cause);
		if (about.code)
			finding_keep(&result->advice, &about);
	} else {
		if (evidence->restarted) {
			result->cause = (struct finding){ .code = FINDING_RESTARTED_BY_PEER,
							  .basis = BASIS_STACK,
							  .flags = FINDING_UP };
			finding_keep(&result->advice, &result->cause);
		}
		diagnose_announced(result);
		diagnose_required(result, evidence);
		diagnose_exchange(result);
	}
}
