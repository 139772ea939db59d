/* SPDX-License-Identifier: MIT */
#include "engine/comments.h"

#include <stdio.h>

#include "report/words.h"

enum direction {
	IN,
	OUT,
};

enum special {
	ANY = -1, /* any chunk */
	ICMP = -2,
	THAT_CHUNK = -3, /* finding->chunk */
};

/* On which packet a finding rests. says is followed by a colon and the words of the finding. */
static const struct row {
	enum finding_code code;
	enum direction direction;
	int what; /* enum chunk_type or enum special */
	const char *says;
} rows[] = {
	{ FINDING_ASCONF_WITHOUT_AUTH, IN, CHUNK_INIT_ACK, "this host refused this INIT-ACK" },
	{ FINDING_INIT_ACK_INVALID, IN, CHUNK_INIT_ACK, "this host refused this INIT-ACK" },
	{ FINDING_TWO_STACKS, IN, CHUNK_ABORT, "this ABORT refused the INIT" },
	{ FINDING_ABORTED_HERE, OUT, CHUNK_ABORT, "this ABORT ended the association" },
	{ FINDING_ABORTED_BY_STRANGER, IN, CHUNK_ABORT, "this ABORT ended the association" },
	{ FINDING_ABORTED_BY_PEER, IN, CHUNK_ABORT, "this ABORT ended the association" },
	{ FINDING_CLOSED_BY_PEER, IN, CHUNK_SHUTDOWN, "this SHUTDOWN closes the association" },
	{ FINDING_RESTARTED_BY_PEER, IN, CHUNK_INIT, "this INIT restarted the association" },
	{ FINDING_PEER_SILENT, OUT, ANY, "the last packet to the peer" },
	{ FINDING_ASSOCIATION_LOST, OUT, ANY, "the last packet to the peer" },
	{ FINDING_NO_SCTP, IN, ICMP, "this ICMP error refused the INIT" },
	{ FINDING_STALE_COOKIE, IN, CHUNK_ERROR, "this ERROR refused the COOKIE-ECHO" },
	{ FINDING_COOKIE_ERROR, IN, CHUNK_ERROR, "this ERROR refused the COOKIE-ECHO" },
	{ FINDING_REFUSED_WITH_CAUSE, IN, CHUNK_ABORT, "this ABORT refused the association" },
	{ FINDING_ABORTED_THERE_OR_HERE, IN, CHUNK_ABORT, "this ABORT refused the association" },
	{ FINDING_RESOURCE_OR_ASCONF, IN, CHUNK_ABORT, "this ABORT refused the association" },
	{ FINDING_QUEUE_FULL_OR_UNWANTED, IN, CHUNK_ABORT, "this ABORT refused the association" },
	{ FINDING_NO_ENDPOINT_OR_QUEUE_FULL, IN, CHUNK_ABORT,
	  "this ABORT refused the association" },
	{ FINDING_NO_ENDPOINT_OR_NO_SCTP, IN, CHUNK_ABORT, "this ABORT refused the association" },
	{ FINDING_RP_FILTER, IN, THAT_CHUNK, "this packet arrived, and this host dropped it" },
	{ FINDING_OWN_INPUT_FILTER, IN, THAT_CHUNK,
	  "this packet arrived, and this host dropped it" },
	{ FINDING_ANSWERED_ELSEWHERE, IN, CHUNK_INIT_ACK, "this answer came from another address" },
	{ FINDING_OTHER_PORT, IN, CHUNK_INIT_ACK, "this answer came from another port" },
	{ FINDING_WRONG_TAG, IN, ANY, "the tag is not that of this association" },
	{ FINDING_HEARTBEAT_ALTERED, IN, CHUNK_HEARTBEAT_ACK,
	  "its content is not that of the heartbeat" },
	{ FINDING_COOKIE_SILENT, OUT, CHUNK_COOKIE_ECHO, "the last COOKIE-ECHO" },
	{ FINDING_NO_COOKIE_ACK, OUT, CHUNK_COOKIE_ECHO, "the last COOKIE-ECHO" },
	{ FINDING_BAD_CHECKSUM, IN, ANY, "the checksum is wrong" },
	{ FINDING_BAD_CHECKSUM_SENT, OUT, ANY, "the checksum is wrong" },
	{ FINDING_INIT_IN_FRAGMENTS, OUT, CHUNK_INIT, "this INIT left in fragments" },
	{ FINDING_ICMP_THIS_HOST, IN, ICMP, "this ICMP error says why" },
	{ FINDING_ICMP_PROHIBITED, IN, ICMP, "this ICMP error says why" },
	{ FINDING_ICMP_PORT_UNREACHABLE, IN, ICMP, "this ICMP error says why" },
	{ FINDING_ICMP_TIME_EXCEEDED, IN, ICMP, "this ICMP error says why" },
	{ FINDING_ICMP_UNREACHABLE, IN, ICMP, "this ICMP error says why" },
	{ FINDING_ICMP_NOT_ACCEPTED, IN, ICMP, "this ICMP error says why" },
	{ FINDING_ICMP_UNSPECIFIED, IN, ICMP, "this ICMP error says why" },
	{ FINDING_MTU_BLACK_HOLE, OUT, CHUNK_PAD, "large packets like this one are lost" },
	{ FINDING_RETURNS_ELSEWHERE, IN, CHUNK_HEARTBEAT_ACK, "this answer came on another link" },
	{ FINDING_LEFT_OUT_BY_SCOPE, IN, CHUNK_INIT_ACK, "this INIT-ACK lists the addresses" },
	{ FINDING_NOT_LISTED, IN, CHUNK_INIT_ACK, "this INIT-ACK lists the addresses" },
	{ FINDING_OTHER_ENDPOINT, IN, CHUNK_INIT_ACK, "this INIT-ACK lists the addresses" },
	{ FINDING_SILENT, OUT, CHUNK_INIT, "the last INIT to this address" },
	{ FINDING_HEARTBEATS_LOST, OUT, CHUNK_HEARTBEAT, "the last HEARTBEAT to this address" },
	{ FINDING_HEARTBEAT_UNANSWERED, OUT, CHUNK_HEARTBEAT,
	  "the last HEARTBEAT to this address" },
	{ FINDING_INIT_UNANSWERED, OUT, CHUNK_INIT, "the last INIT to this address" },
};

static const struct row *row_of(enum finding_code code)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].code == code)
			return &rows[i];
	return NULL;
}

/* The address that the packet has at the peer's end. NULL: it does not matter. */
static const union address *peer_of(const struct finding *finding, const union address *peer)
{
	switch (finding->code) {
	case FINDING_ANSWERED_ELSEWHERE:
		return &finding->other;
	case FINDING_NOT_LISTED:
	case FINDING_OTHER_ENDPOINT:
	case FINDING_LEFT_OUT_BY_SCOPE:
		return NULL; /* another address has answered */
	default:
		return peer ? peer : &finding->address;
	}
}

static void comment_with(struct watch *watch, const struct finding *finding,
			 const union address *peer, const char *words)
{
	const struct row *row = row_of(finding->code);
	struct capture_wanted wanted = { .reader = watch->reader };
	char text[sizeof(struct message) + 64];

	if (!row)
		return;
	wanted.outgoing = row->direction == OUT;
	wanted.icmp = row->what == ICMP;
	wanted.bad = finding->code == FINDING_BAD_CHECKSUM;
	wanted.chunk = row->what == THAT_CHUNK ? finding->chunk : row->what;
	wanted.peer = peer_of(finding, peer);
	snprintf(text, sizeof(text), "%s%s%s", row->says, *words ? ": " : "", words);
	capture_comment(watch->capture, &wanted, text);
}

void comment_on_finding(struct watch *watch, const struct finding *finding,
			const union address *peer)
{
	struct message words;

	if (watch->capture)
		comment_with(watch, finding, peer, words_note(finding, &words));
}

void comment_on_result(struct watch *watch, const struct result *result)
{
	const struct association *a = &result->association;
	struct message words;

	if (!watch->capture)
		return;
	comment_with(watch, &result->cause, NULL, words_result_reason(result, &words));
	for (size_t i = 0; i < a->path_count; i++)
		comment_on_finding(watch, &a->paths[i].cause, &a->paths[i].path.address);
}
