/* SPDX-License-Identifier: MIT */
#include "diagnose/parts.h"
#include "witness/ledger_query.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <string.h>

static const struct ledger_icmp *first_error(const struct ledger_path *path)
{
	for (size_t i = 0; i < path->icmp_count; i++)
		if (path->icmps[i].error)
			return &path->icmps[i];
	return NULL;
}

static bool is_prohibition(bool v6, uint8_t code)
{
	if (v6)
		return code == ICMP6_DST_UNREACH_ADMIN || code > ICMP6_DST_UNREACH_NOPORT;
	return code == ICMP_NET_ANO || code == ICMP_HOST_ANO ||
	       (code >= ICMP_PKT_FILTERED && code <= ICMP_PREC_CUTOFF);
}

/* Where this host is the peer, too, it has what a peer has: no SCTP, or no such UDP port. */
static bool is_of_peer(const struct ledger_icmp *icmp, const union address *peer)
{
	return address_equal(&icmp->router, peer) &&
	       (icmp->error == ENOPROTOOPT || icmp->protocol == IPPROTO_UDP);
}

static enum finding_code code_of_icmp(const struct ledger_icmp *icmp, const union address *peer)
{
	bool v6 = peer->sa.sa_family == AF_INET6;

	if (icmp->this_host && !is_of_peer(icmp, peer))
		return FINDING_ICMP_THIS_HOST;
	if (icmp->type == (v6 ? ICMP6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED))
		return FINDING_ICMP_TIME_EXCEEDED;
	if (icmp->error == ENOPROTOOPT)
		return icmp->protocol == IPPROTO_SCTP ? FINDING_NO_SCTP : FINDING_ICMP_NOT_ACCEPTED;
	if (icmp->type != (v6 ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH))
		return FINDING_ICMP_NOT_ACCEPTED;
	if (icmp->code == (v6 ? ICMP6_DST_UNREACH_NOPORT : ICMP_PORT_UNREACH))
		return FINDING_ICMP_PORT_UNREACHABLE;
	if (is_prohibition(v6, icmp->code))
		return FINDING_ICMP_PROHIBITED;
	return FINDING_ICMP_UNREACHABLE;
}

static void take_icmp(const struct ledger_path *path, struct finding *finding)
{
	const struct ledger_icmp *icmp = first_error(path);
	bool v6 = path->address.sa.sa_family == AF_INET6;

	finding->code = code_of_icmp(icmp, &path->address);
	finding->error = icmp->error;
	finding->other = icmp->router;
	finding->icmp = (struct finding_icmp){
		.known = true, .v6 = v6, .type = icmp->type, .code = icmp->code
	};
	if (icmp->protocol == IPPROTO_UDP)
		finding->flags |= FINDING_UDP;
	if (path->cookies.count && !(finding->flags & FINDING_UP))
		finding->flags |= FINDING_COOKIE;
}

static void take_abort(const struct ledger_path *path, struct finding *finding)
{
	finding->cause = path->abort_cause;
	finding->code = path->abort_cause.code  ? FINDING_REFUSED_WITH_CAUSE
			: path->init_acks.count ? FINDING_QUEUE_FULL_OR_UNWANTED
						: FINDING_NO_ENDPOINT_OR_QUEUE_FULL;
	if (path->init_acks.count)
		finding->flags |= FINDING_COOKIE;
}

static void take_dropped(const struct ledger_path *path, struct finding *finding, uint8_t chunk)
{
	finding->code = FINDING_OWN_INPUT_FILTER;
	finding->chunk = chunk;
	if (!ledger_returns_elsewhere(path))
		return;
	memcpy(finding->link, path->init_way.interface, sizeof(finding->link));
	memcpy(finding->other_link, path->init_ack_way.interface, sizeof(finding->other_link));
}

/* No COOKIE-ECHO: the stack has the INIT-ACK, or does not have it, or it is not known. */
static void take_stopped(const struct ledger_path *path, enum stack_assoc_state state,
			 struct finding *finding)
{
	if (state == ASSOC_COOKIE_WAIT) {
		take_dropped(path, finding, CHUNK_INIT_ACK);
		return;
	}
	finding->code = state == ASSOC_COOKIE_ECHOED ? FINDING_OWN_OUTPUT_FILTER
						     : FINDING_OWN_FILTER;
	finding->chunk = CHUNK_COOKIE_ECHO;
}

/* What left may have been such that the peer cannot take it. */
static void take_silent(const struct ledger_path *path, struct finding *finding)
{
	finding->code = FINDING_SILENT;
	if (path->init_way.tunnel) {
		finding->flags |= FINDING_TUNNEL;
		memcpy(finding->link, path->init_way.interface, sizeof(finding->link));
	}
	if (path->bad_sent.count == path->sent.count) {
		finding->code = FINDING_BAD_CHECKSUM_SENT;
		finding->chunk = CHUNK_INIT;
	} else if (path->init_fragments.count) {
		finding->code = FINDING_INIT_IN_FRAGMENTS;
	}
}

/* What is from another port is of another program, if this end's INIT was seen as it is. */
static bool may_have_other_port(const struct ledger *ledger, uint8_t chunk)
{
	for (size_t i = 0; chunk != CHUNK_INIT && i < ledger->path_count; i++)
		if (ledger->paths[i].inits.count)
			return false;
	return ledger->from_other_port.count > 0;
}

/* It was sent, and did not pass as what it was. Damage hides which chunk it was, and whose. */
static void take_unseen(const struct ledger *ledger, const struct ledger_path *path, uint8_t chunk,
			struct finding *finding)
{
	bool damaged = ledger->damaged.count || path->bad_sent.count;

	finding->code = damaged                              ? FINDING_BAD_CHECKSUM_SENT
			: ledger->translated.count           ? FINDING_TRANSLATED
			: may_have_other_port(ledger, chunk) ? FINDING_NOT_SEEN
							     : FINDING_OWN_OUTPUT_FILTER;
	finding->chunk = chunk;
	if (finding->code == FINDING_TRANSLATED)
		finding->other = ledger->translated_to;
	if (finding->code == FINDING_NOT_SEEN)
		finding->other_port = ledger->other_port;
}

static enum proof prove(const struct evidence *evidence, const struct ledger_path *path,
			bool turn_came)
{
	enum proof proof = judge(evidence->ledger, path, evidence->now_us);

	if (proof == PROOF_NOT_TRIED && turn_came)
		return PROOF_NEVER_LEFT;
	/* The packets alone show it only with the next COOKIE-ECHO. */
	if (proof == PROOF_UP && evidence->report.pending_state == ASSOC_COOKIE_ECHOED)
		return PROOF_COOKIE_NOT_TAKEN;
	return proof;
}

struct finding diagnose_seen_init(const struct evidence *evidence, const union address *peer,
				  bool turn_came, enum proof *proof)
{
	const struct ledger_path *path = evidence->ledger ? ledger_find(evidence->ledger, peer)
							  : NULL;
	struct finding finding = { .basis = BASIS_WITNESS,
				   .address = *peer,
				   .port = address_port(peer) };

	*proof = path ? prove(evidence, path, turn_came) : PROOF_UNKNOWN;
	switch (*proof) {
	case PROOF_NEVER_LEFT:
		take_unseen(evidence->ledger, path, CHUNK_INIT, &finding);
		break;
	case PROOF_SILENT:
		take_silent(path, &finding);
		break;
	case PROOF_ICMP:
		take_icmp(path, &finding);
		break;
	case PROOF_BAD_CHECKSUM:
		finding.code = FINDING_BAD_CHECKSUM;
		break;
	case PROOF_WRONG_TAG:
		finding.code = FINDING_WRONG_TAG;
		break;
	case PROOF_ELSEWHERE:
		finding.code = FINDING_ANSWERED_ELSEWHERE;
		finding.other = path->init_ack_from;
		break;
	case PROOF_OTHER_PORT:
		finding.code = FINDING_OTHER_PORT;
		finding.other_port = path->odd_port;
		break;
	case PROOF_ABORTED:
		take_abort(path, &finding);
		break;
	case PROOF_ANSWERED:
		finding.code = FINDING_ANSWERED_INIT;
		break;
	case PROOF_NOT_TAKEN:
		take_stopped(path, evidence->report.pending_state, &finding);
		break;
	case PROOF_COOKIE_SILENT:
		finding.code = FINDING_COOKIE_SILENT;
		break;
	case PROOF_COOKIE_ERROR:
		finding.code = path->error_cause.code == CAUSE_STALE_COOKIE ? FINDING_STALE_COOKIE
									    : FINDING_COOKIE_ERROR;
		finding.cause = path->error_cause;
		break;
	case PROOF_COOKIE_NOT_TAKEN:
		take_dropped(path, &finding, CHUNK_COOKIE_ACK);
		break;
	case PROOF_UNKNOWN:
	case PROOF_NOT_TRIED:
	case PROOF_UP:
		break;
	}
	return finding;
}

struct finding diagnose_seen_heartbeat(const struct ledger *ledger, const union address *peer,
				       bool answered)
{
	const struct ledger_path *path = ledger ? ledger_find(ledger, peer) : NULL;
	const struct ledger_heartbeat *heartbeat = ledger_newest_answered(path);
	struct finding finding = { .basis = BASIS_WITNESS, .address = *peer, .flags = FINDING_UP };

	if (!path)
		return finding;
	if (heartbeat && !answered) {
		finding.code = FINDING_OWN_INPUT_FILTER;
		finding.chunk = CHUNK_HEARTBEAT_ACK;
	} else if (heartbeat && !address_equal(&heartbeat->from, &path->address)) {
		finding.code = FINDING_ANSWERED_ELSEWHERE;
		finding.other = heartbeat->from;
	} else if (heartbeat && strcmp(heartbeat->in, heartbeat->out) != 0) {
		finding.code = FINDING_RETURNS_ELSEWHERE;
		memcpy(finding.link, heartbeat->out, sizeof(finding.link));
		memcpy(finding.other_link, heartbeat->in, sizeof(finding.other_link));
	} else if (answered || heartbeat) {
		return finding;
	} else if (!path->heartbeats.count && path->changed.count) {
		finding.code = FINDING_TRANSLATED;
		finding.chunk = CHUNK_HEARTBEAT;
		finding.other_port = path->changed_port;
	} else if (!path->heartbeats.count && !ledger->lost) {
		take_unseen(ledger, path, CHUNK_HEARTBEAT, &finding);
	} else if (path->odd_heartbeat_acks.count && path->heartbeats.count &&
		   !path->changed.count && !ledger->lost) {
		finding.code = FINDING_HEARTBEAT_ALTERED;
	} else if (first_error(path)) {
		take_icmp(path, &finding);
	} else if (path->bad_checksums.count) {
		finding.code = FINDING_BAD_CHECKSUM;
	} else if (path->heartbeats.count && path->bad_sent.count == path->sent.count) {
		finding.code = FINDING_BAD_CHECKSUM_SENT;
		finding.chunk = CHUNK_HEARTBEAT;
	}
	return finding;
}

bool diagnose_seen_to_leave(const struct ledger *ledger, const union address *peer)
{
	const struct ledger_path *path = ledger ? ledger_find(ledger, peer) : NULL;

	return path && path->heartbeats.count;
}

bool diagnose_seen_to_arrive(const struct ledger *ledger, const union address *peer)
{
	const struct ledger_path *path = ledger ? ledger_find(ledger, peer) : NULL;

	return path && path->received.count > path->init_acks.count + path->cookie_acks.count;
}
