/* SPDX-License-Identifier: MIT */
#include "diagnose/parts.h"

#include <errno.h>
#include <sys/param.h>

static const char *route_words(int error)
{
	switch (error) {
	case ENETUNREACH:
		return "this host has no route to it";
	case EHOSTUNREACH:
		return "a route of type unreachable stands in the way";
	case EACCES:
		return "a route of type prohibit stands in the way";
	case EINVAL:
		return "a route of type blackhole stands in the way";
	case EADDRNOTAVAIL:
		return "this host has no address to send from to it (sysctl "
		       "net.ipv6.conf.all.disable_ipv6)";
	default:
		return "the routing table gives no way to it";
	}
}

void diagnose_note_route(const struct path_result *path, struct message *note)
{
	if (path->route_error == ENETDOWN)
		message_set(note, 0, "this host's link to it, %s, has no carrier", path->link);
	else
		message_set(note, 0, "%s", route_words(path->route_error));
}

bool diagnose_is_silent(enum neighbour neighbour)
{
	return neighbour == NEIGHBOUR_SILENT || neighbour == NEIGHBOUR_ASKED;
}

void diagnose_note_neighbour(const struct path_result *path, struct message *note)
{
	const char *protocol = path->hop.sa.sa_family == AF_INET ? "ARP" : "neighbour discovery";
	char text[ADDRESS_TEXT_MAX];

	if (address_equal(&path->hop, &path->path.address))
		message_set(note, 0, "the host does not answer %s on its link", protocol);
	else
		message_set(note, 0, "the router %s does not answer %s on its link",
			    address_host_text(&path->hop, text), protocol);
}

struct path_result *diagnose_nth(struct result *result, const struct evidence *evidence,
				 size_t position)
{
	return &result->association.paths[evidence->order[position]];
}

size_t diagnose_tried_maybe(const struct evidence *evidence)
{
	if (evidence->order_count <= 1 || evidence->t1_us <= 0)
		return evidence->order_count;
	return MIN(evidence->order_count, (size_t)(evidence->elapsed_us / evidence->t1_us) + 1);
}

size_t diagnose_tried_surely(const struct evidence *evidence)
{
	struct evidence late = *evidence;

	late.t1_us += late.t1_us / 8;
	return diagnose_tried_maybe(&late);
}

void diagnose_set(struct result *result, enum result_word word, int error, int status)
{
	result->word = word;
	result->error = error;
	result->status = status;
}

void diagnose_set_path(struct path_result *path, enum verdict verdict, const char *note)
{
	path->verdict = verdict;
	message_set(&path->note, 0, "%s", note);
}

void diagnose_mark_untried(struct result *result, const struct evidence *evidence, size_t from,
			   const char *note)
{
	for (size_t i = from; i < evidence->order_count; i++)
		diagnose_set_path(diagnose_nth(result, evidence, i), VERDICT_UNTRIED, note);
}

size_t diagnose_mark_unreachable(struct result *result, const struct evidence *evidence)
{
	size_t count = 0;

	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = diagnose_nth(result, evidence, i);

		if (path->route_error) {
			path->verdict = VERDICT_UNREACHABLE;
			diagnose_note_route(path, &path->note);
		} else if (diagnose_is_silent(path->neighbour) &&
			   path->verdict != VERDICT_UNTRIED) {
			path->verdict = VERDICT_UNREACHABLE;
			diagnose_note_neighbour(path, &path->note);
		}
		count += path->verdict == VERDICT_UNREACHABLE;
	}
	return count;
}

const char *diagnose_cause_hint(uint16_t code)
{
	switch (code) {
	case CAUSE_OUT_OF_RESOURCE:
		return "the peer has no room: its accept queue, its memory, or what else its log "
		       "says is full";
	case CAUSE_UNRESOLVABLE_ADDRESS:
		return "the peer cannot use an address of this host: -b chooses which ones it is "
		       "told of";
	case CAUSE_INVALID_PARAMETER:
	case CAUSE_MISSING_PARAMETER:
	case CAUSE_UNKNOWN_PARAMETERS:
		return "the two stacks do not go together: --verbose shows what was sent, and -O, "
		       "-I and the net.sctp sysctls change it";
	case CAUSE_SHUTTING_DOWN:
		return "the peer still closes an older association of the same ports: try again, "
		       "or from another port (-b)";
	case CAUSE_NEW_ADDRESSES:
		return "the peer still has an association of the same ports with other addresses: "
		       "let that end, or use another port (-b)";
	case CAUSE_UNSUPPORTED_HMAC:
		return "the peer asks for AUTH in a way that this stack does not offer: sysctl "
		       "net.sctp.auth_enable, on both ends";
	case CAUSE_PROTOCOL_VIOLATION:
		return "what is in quotes, if anything, is the peer's own text; its log may say "
		       "more";
	case CAUSE_USER_ABORT:
		return "the peer's log says why; its application may not know this host's "
		       "addresses";
	default:
		return NULL;
	}
}
