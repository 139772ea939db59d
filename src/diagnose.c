/* SPDX-License-Identifier: MIT */
#include "diagnose.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/param.h>

#include "chunk.h"
#include "explain.h"
#include "finding.h"
#include "options.h"

#define MS(us) ((double)(us) / USEC_PER_MSEC)

void evidence_add_soft_error(struct evidence *evidence, int error)
{
	if (!error || evidence->soft_error_count == EVIDENCE_ERRORS_MAX)
		return;
	for (size_t i = 0; i < evidence->soft_error_count; i++)
		if (evidence->soft_errors[i] == error)
			return;
	evidence->soft_errors[evidence->soft_error_count++] = error;
}

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
	default:
		return "the routing table gives no way to it";
	}
}

static const char *soft_error_words(int error, enum neighbour neighbour)
{
	switch (error) {
	case EHOSTUNREACH:
		if (neighbour == NEIGHBOUR_THERE)
			return "a router answered ICMP host unreachable or prohibited";
		return "the host does not answer on its link (ARP or ND), or a router answered ICMP "
		       "host unreachable or prohibited";
	case ENETUNREACH:
		return "a router answered ICMP network unreachable";
	case ECONNREFUSED:
		return "the host answered ICMP port unreachable";
	case EACCES:
		return "a router answered ICMPv6 administratively prohibited";
	case ENOPROTOOPT:
		return "the host answered ICMP protocol unreachable";
	default:
		return "the network reported an error";
	}
}

static bool is_silent(enum neighbour neighbour)
{
	return neighbour == NEIGHBOUR_SILENT || neighbour == NEIGHBOUR_ASKED;
}

/* Nobody has answered on the link. */
static void note_neighbour(const struct path_result *path, struct message *note)
{
	const char *protocol = path->hop.sa.sa_family == AF_INET ? "ARP" : "neighbour discovery";
	char text[ADDRESS_TEXT_MAX];

	if (address_equal(&path->hop, &path->path.address))
		message_set(note, 0, "the host does not answer %s on its link", protocol);
	else
		message_set(note, 0, "the router %s does not answer %s on its link",
			    address_host_text(&path->hop, text), protocol);
}

static struct path_result *nth_tried(struct result *result, const struct evidence *evidence,
				     size_t position)
{
	return &result->association.paths[evidence->order[position]];
}

/*
 * The stack sends its INIT to one address after the other, t1_us apart; timers never fire early but
 * up to an eighth late. So at elapsed_us the INIT has certainly gone to the first tried_surely()
 * addresses, and certainly not to those beyond the first tried_maybe().
 */
static size_t tried_maybe(const struct evidence *evidence)
{
	if (evidence->order_count <= 1 || evidence->t1_us <= 0)
		return evidence->order_count;
	return MIN(evidence->order_count, (size_t)(evidence->elapsed_us / evidence->t1_us) + 1);
}

static size_t tried_surely(const struct evidence *evidence)
{
	struct evidence late = *evidence;

	late.t1_us += late.t1_us / 8;
	return tried_maybe(&late);
}

static void set(struct result *result, enum result_word word, int error, int status)
{
	result->word = word;
	result->error = error;
	result->status = status;
}

static void set_path(struct path_result *path, enum verdict verdict, const char *note)
{
	path->verdict = verdict;
	message_set(&path->note, 0, "%s", note);
}

/* The addresses from this position of the call on: their turn did not come. */
static void mark_untried(struct result *result, const struct evidence *evidence, size_t from,
			 const char *note)
{
	for (size_t i = from; i < evidence->order_count; i++)
		set_path(nth_tried(result, evidence, i), VERDICT_UNTRIED, note);
}

/* What this host knows is more than that nothing came back. Returns of how many. */
static size_t mark_unreachable(struct result *result, const struct evidence *evidence)
{
	size_t count = 0;

	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = nth_tried(result, evidence, i);

		if (path->route_error)
			set_path(path, VERDICT_UNREACHABLE, route_words(path->route_error));
		else if (is_silent(path->neighbour) && path->verdict != VERDICT_UNTRIED) {
			path->verdict = VERDICT_UNREACHABLE;
			note_neighbour(path, &path->note);
		}
		count += path->verdict == VERDICT_UNREACHABLE;
	}
	return count;
}

static void diagnose_no_stack(struct result *result, const struct evidence *evidence)
{
	struct message block;

	set(result, RESULT_UNSUPPORTED, evidence->error, STATUS_HOST);
	message_set(&result->reason, 0, "this host's kernel has no SCTP");
	if (module_blocked("sctp", &block)) {
		message_set(&result->hint, 0, "the module may not be loaded here: %s", block.text);
		return;
	}
	message_set(&result->hint, 0,
		    "as root: modprobe sctp (a blacklist in /etc/modprobe.d, or a kernel package "
		    "without extra modules, may be why it is not there)");
}

/* The first socket call that failed, in words that name what it was about. */
static void diagnose_open(struct result *result, const struct evidence *evidence)
{
	char text[ADDRESS_TEXT_MAX];
	const struct explanation *row = explain_errno(evidence->error);
	const union address *local = &evidence->fault.address;
	const char *where = "the address after -b";
	bool binding = !strcmp(evidence->fault.call, "sctp_bindx") ||
		       !strcmp(evidence->fault.call, "listen");

	set(result, RESULT_FAILED, evidence->error, STATUS_HOST);
	if (local->sa.sa_family)
		where = address_port(local) ? address_text(local, text)
					    : address_host_text(local, text);
	if (evidence->fault.why.text[0]) {
		result->reason = evidence->fault.why;
		result->hint = evidence->fault.hint;
	} else if (evidence->error == EPROTONOSUPPORT || evidence->error == ESOCKTNOSUPPORT) {
		diagnose_no_stack(result, evidence);
	} else if (binding && evidence->error == EADDRINUSE && local->sa.sa_family &&
		   !address_port(local)) {
		message_set(&result->reason, 0, "no local port is free");
		message_set(&result->hint, 0, "sysctl net.ipv4.ip_local_port_range");
	} else if (binding && evidence->error == EADDRINUSE) {
		message_set(&result->reason, 0, "%s: the port is in use on this host", where);
		message_set(&result->hint, 0, "ss -Sanp shows who has it; port 0 takes a free one");
	} else if (binding && evidence->error == EADDRNOTAVAIL) {
		message_set(&result->reason, 0, "%s is not an address of this host", where);
		message_set(&result->hint, 0, "ip addr shows the addresses of this host");
	} else if (binding && evidence->error == EACCES) {
		message_set(&result->reason, 0, "%s: ports below 1024 need CAP_NET_BIND_SERVICE",
			    where);
		message_set(&result->hint, 0,
			    "use a port from 1024 on, run as root, or see sysctl "
			    "net.ipv4.ip_unprivileged_port_start");
	} else if (binding && evidence->error == EINVAL) {
		message_set(&result->reason, 0, "%s cannot be bound together with the others",
			    where);
		message_set(&result->hint, 0, "a wildcard address (0.0.0.0 or ::) is given alone");
	} else if (evidence->error == EAFNOSUPPORT && !strcmp(evidence->fault.call, "bind")) {
		message_set(&result->reason, 0,
			    "none of the -b addresses is of the family of the peer's addresses");
		message_set(&result->hint, 0,
			    "give a local address of the same family, or no -b at all");
	} else if (evidence->error == EAFNOSUPPORT) {
		message_set(&result->reason, 0, "this host has no IPv6, and what is left needs it");
		message_set(&result->hint, 0,
			    "sysctl net.ipv6.conf.all.disable_ipv6, and ipv6.disable= on the "
			    "kernel's command line");
	} else {
		message_set(&result->reason, 0, "%s: %s: %s", evidence->fault.call,
			    errno_name(evidence->error),
			    row ? row->meaning : strerror(evidence->error));
		message_set(&result->hint, 0, "sctp-connect --explain %s",
			    errno_name(evidence->error));
	}
}

/* The position of the address whose ABORT the witness saw; order_count: of none. */
static size_t saw_abort(struct result *result, const struct evidence *evidence)
{
	for (size_t i = 0; evidence->wire && i < evidence->order_count; i++) {
		const struct wire_path *path =
			wire_find(evidence->wire, &nth_tried(result, evidence, i)->path.address);

		if (path && path->inits.count && path->aborts.count)
			return i;
	}
	return evidence->order_count;
}

static bool answered_init(struct result *result, const struct evidence *evidence, size_t position)
{
	const struct path_result *tried = nth_tried(result, evidence, position);
	const struct wire_path *path = wire_find(evidence->wire, &tried->path.address);

	return path && path->init_acks.count;
}

/*
 * The address whose turn it was; what has no route did not answer. Once every address has had its
 * turn the stack begins again, and nothing tells whose answer it was: order_count.
 */
static size_t who_refused(struct result *result, const struct evidence *evidence)
{
	size_t current = tried_maybe(evidence) - 1;
	size_t seen = saw_abort(result, evidence);

	if (seen < evidence->order_count)
		return seen;
	if (evidence->order_count > 1 &&
	    evidence->elapsed_us >= (int64_t)evidence->order_count * evidence->t1_us)
		return evidence->order_count;
	while (current > 0 && nth_tried(result, evidence, current)->route_error)
		current--;
	return current;
}

static void mark_refusing(struct result *result, const struct evidence *evidence, size_t who)
{
	const char *answer = evidence->error == ENOPROTOOPT ? "answered ICMP protocol unreachable"
			     : evidence->error == ECONNABORTED ? "its answer breaks the protocol"
							       : "answered ABORT";
	struct path_result *path = nth_tried(result, evidence, who);
	char text[ADDRESS_TEXT_MAX];

	path->verdict = VERDICT_REFUSED;
	path->note.text[0] = '\0';
	if (evidence->order_count == 1)
		return;
	message_set(&path->note, 0, "%s", answer);
	if (evidence->wire) {
		struct finding finding;

		finding_of_init(evidence->wire, &path->path.address, true, evidence->now_us,
				&finding);
		if (finding.kind == WIRE_ABORTED)
			path->note = finding.note;
	}
	message_set(&result->hint, 0,
		    "one refusing address ends the whole call, whatever the others would say: try "
		    "without %s",
		    address_host_text(&path->path.address, text));
}

static void diagnose_refused(struct result *result, const struct evidence *evidence)
{
	size_t who = who_refused(result, evidence);
	unsigned port = address_port(&nth_tried(result, evidence, 0)->path.address);
	size_t seen = saw_abort(result, evidence);
	bool aborted = seen < evidence->order_count;

	set(result, RESULT_REFUSED, evidence->error, STATUS_NOT_CONNECTED);
	if (evidence->error == ENOPROTOOPT)
		message_set(&result->reason, 0,
			    "the host answered ICMP protocol unreachable: it has no SCTP");
	else if (evidence->error == ECONNABORTED)
		message_set(&result->reason, 0,
			    "the host's answer to INIT breaks the protocol: this end aborted");
	else if (aborted && answered_init(result, evidence, seen))
		message_set(
			&result->reason, 0,
			"the host answered the INIT, and the COOKIE-ECHO with ABORT: its queue is "
			"full, or it takes no association from here");
	else
		message_set(
			&result->reason, 0,
			"the host answered ABORT: no endpoint listens on port %u, or its queue is "
			"full%s",
			port,
			result->style == STACK_ONE_TO_MANY && !evidence->aborted && !aborted
				? " (or ICMP: it has no SCTP; a one-to-many socket is not told "
				  "which)"
				: "");
	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = nth_tried(result, evidence, i);

		if (who == evidence->order_count)
			set_path(path, VERDICT_TRIED, "one of the addresses tried refused");
		else if (i < who)
			set_path(path, VERDICT_SILENT,
				 "no answer to INIT by the time the next address was tried");
		else if (i > who)
			set_path(path, VERDICT_UNTRIED,
				 "not tried: an answer of another address had ended the attempt");
	}
	mark_unreachable(result, evidence);
	if (who < evidence->order_count)
		mark_refusing(result, evidence, who);
	else
		message_set(
			&result->hint, 0,
			"one refusing address ends the whole call, whatever the others would say: "
			"try each alone");
}

static const char no_answer[] = "no answer to INIT";

/* What the witness adds to an address that did not answer as it should. */
static void mark_finding(struct result *result, struct path_result *path,
			 const struct finding *finding)
{
	if (finding->note.text[0])
		path->note = finding->note;
	if (finding->hint && (finding->kind != WIRE_SILENT || !result->hint.text[0]))
		message_set(&result->hint, 0, "%s", finding->hint);
	switch (finding->kind) {
	case WIRE_ICMP:
		path->verdict = VERDICT_UNREACHABLE;
		path->icmp_error = finding->error;
		break;
	case WIRE_ABORTED:
		path->verdict = VERDICT_REFUSED;
		break;
	case WIRE_NOT_TAKEN:
	case WIRE_COOKIE_SILENT:
	case WIRE_COOKIE_NOT_TAKEN:
	case WIRE_ANSWERED:
	case WIRE_ELSEWHERE:
	case WIRE_BAD_CHECKSUM:
		path->verdict = VERDICT_TRIED;
		break;
	default:
		break;
	}
}

/* Of all of them, the first with a reason of its own is the result's. */
static void mark_findings(struct result *result, const struct evidence *evidence)
{
	size_t surely = tried_surely(evidence);

	for (size_t i = evidence->order_count; evidence->wire && i-- > 0;) {
		struct path_result *path = nth_tried(result, evidence, i);
		struct finding finding;

		finding_of_init(evidence->wire, &path->path.address, i < surely, evidence->now_us,
				&finding);
		mark_finding(result, path, &finding);
	}
}

/* Of an attempt that ended without any answer. Returns how many addresses cannot be reached. */
static size_t mark_unanswered(struct result *result, const struct evidence *evidence)
{
	size_t maybe = tried_maybe(evidence), surely = tried_surely(evidence);

	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = nth_tried(result, evidence, i);

		if (evidence->state == ASSOC_COOKIE_ECHOED) {
			set_path(path, VERDICT_TRIED,
				 evidence->order_count == 1
					 ? "answered the INIT, but not the COOKIE-ECHO"
					 : "one of the addresses tried has answered the INIT");
		} else if (i < surely) {
			set_path(path, VERDICT_SILENT, no_answer);
		} else {
			set_path(path, VERDICT_UNTRIED,
				 i < maybe ? "its turn came only as the time ran out"
					   : "the attempt ended before its turn");
		}
	}
	mark_findings(result, evidence);
	return mark_unreachable(result, evidence);
}

/* No address can be reached, as the routing table or the link says. */
static void diagnose_unreachable(struct result *result, const struct evidence *evidence)
{
	struct path_result *first = nth_tried(result, evidence, 0);
	bool routeless = true;

	for (size_t i = 0; i < evidence->order_count; i++)
		routeless &= nth_tried(result, evidence, i)->route_error != 0;
	set(result, RESULT_UNREACHABLE,
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
	if (routeless)
		message_set(&result->hint, 0,
			    "ip route get ADDRESS shows what the kernel would do");
	else if (is_silent(first->neighbour) || !first->icmp_error)
		message_set(&result->hint, 0,
			    "ip neigh shows what the link says: is the address right, the host up, "
			    "the prefix length right?");
	else if (!result->hint.text[0])
		message_set(&result->hint, 0,
			    "whoever sent the ICMP has no way on, or a rule against it: its routes "
			    "and filters say which");
}

/* One address, and the network has said that it cannot be reached. */
static void diagnose_soft_error(struct result *result, const struct evidence *evidence)
{
	int error = evidence->soft_errors[evidence->soft_error_count - 1];
	struct path_result *path = nth_tried(result, evidence, 0);

	result->hint.text[0] = '\0';
	set(result, RESULT_UNREACHABLE, error, STATUS_NOT_CONNECTED);
	set_path(path, VERDICT_UNREACHABLE, "");
	message_set(&result->reason, 0, "%s", soft_error_words(error, path->neighbour));
	message_set(&result->hint, 0,
		    "tcpdump -ni any 'sctp or icmp or icmp6 or arp' shows who says so");
}

/* What is known about a silence, best first, and what to look at. */
static void explain_silence(struct result *result, const struct evidence *evidence)
{
	const struct path_result *obstructed = NULL;
	char text[ADDRESS_TEXT_MAX];
	int soft_error = evidence->soft_error_count ? evidence->soft_errors[0] : 0;

	for (size_t i = evidence->order_count; i-- > 0;)
		if (nth_tried(result, evidence, i)->icmp_error)
			obstructed = nth_tried(result, evidence, i);
	if (!result->hint.text[0])
		message_set(&result->hint, 0,
			    "nothing more is known: the host may be down, or a filter on the way "
			    "may drop SCTP (IP protocol 132); tcpdump -ni any sctp on both ends "
			    "shows how far the INIT comes");
	if (evidence->state == ASSOC_COOKIE_ECHOED) {
		message_set(&result->reason, 0,
			    "the peer answered the INIT, but not the COOKIE-ECHO after it, within "
			    "%.0f ms",
			    MS(evidence->elapsed_us));
		message_set(&result->hint, 0,
			    "a filter on the way may let INIT pass and no more, or drop the larger "
			    "COOKIE-ECHO (path MTU): tcpdump -ni any sctp on both ends");
	} else if (evidence->checksum_errors) {
		message_set(&result->reason, 0,
			    "no answer to INIT that could be used: %llu packet%s with a bad SCTP "
			    "checksum came in meanwhile",
			    (unsigned long long)evidence->checksum_errors,
			    evidence->checksum_errors == 1 ? "" : "s");
		message_set(
			&result->hint, 0,
			"something on the way changes packets and not their CRC32c, or a card "
			"does not finish it: ethtool -K DEVICE tx-checksum-sctp off at the peer");
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
}

static void hint_more_time(struct result *result, const struct evidence *evidence)
{
	size_t count = evidence->order_count;

	if (tried_surely(evidence) == count)
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
	const char *first = nth_tried(result, evidence, 0)->note.text;

	for (size_t i = 1; i < evidence->order_count; i++)
		if (strcmp(nth_tried(result, evidence, i)->note.text, first) != 0)
			return false;
	return true;
}

/* Nothing came back, as far as SCTP is told. What else is known decides the word. */
static void diagnose_silence(struct result *result, const struct evidence *evidence)
{
	struct path_result *first = nth_tried(result, evidence, 0);

	if (mark_unanswered(result, evidence) == evidence->order_count) {
		diagnose_unreachable(result, evidence);
		return;
	}
	if (evidence->order_count == 1 && evidence->soft_error_count) {
		diagnose_soft_error(result, evidence);
		return;
	}
	set(result, RESULT_TIMEOUT, ETIMEDOUT, STATUS_TIMEOUT);
	explain_silence(result, evidence);
	hint_more_time(result, evidence);
	if (strcmp(first->note.text, no_answer) != 0 && all_noted_alike(result, evidence))
		result->reason = first->note;
	if (evidence->order_count == 1)
		first->note.text[0] = '\0';
}

static void diagnose_call(struct result *result, const struct evidence *evidence)
{
	const struct explanation *row = explain_errno(evidence->error);
	char text[ADDRESS_TEXT_MAX];

	mark_untried(result, evidence, 0, "");
	if (mark_unreachable(result, evidence) == evidence->order_count && evidence->order_count) {
		diagnose_unreachable(result, evidence);
		return;
	}
	set(result, RESULT_FAILED, evidence->error, STATUS_HOST);
	if (evidence->error == ENETUNREACH)
		/* Not about routes: net/sctp/bind_addr.c sctp_bind_addr_copy found none. */
		message_set(&result->reason, 0,
			    "this host has, or -b leaves, no local address whose scope reaches %s, "
			    "the first of the call",
			    address_host_text(&nth_tried(result, evidence, 0)->path.address, text));
	else if (evidence->error == EAGAIN)
		message_set(&result->reason, 0,
			    "no local port is free (sysctl net.ipv4.ip_local_port_range)");
	else
		message_set(&result->reason, 0, "the kernel did not take the call: %s",
			    row ? row->meaning : strerror(evidence->error));
	message_set(&result->hint, 0, "sctp-connect --explain %s", errno_name(evidence->error));
}

static void note_rejected(struct result *result, const struct evidence *evidence,
			  struct path_result *path)
{
	const struct path_result *answered = nth_tried(result, evidence, evidence->answered);
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
		if (path->heartbeats > path->answered &&
		    path->rtt_us < evidence->probe_timeout_us / 2)
			message_set(&path->note, 0, "lost %u of %u heartbeats",
				    path->heartbeats - path->answered, path->heartbeats);
		return;
	}
	if (!evidence->probed)
		return;
	path->verdict = VERDICT_DEAD;
	if (path->route_error)
		message_set(&path->note, 0, "%s", route_words(path->route_error));
	else if (is_silent(path->neighbour))
		note_neighbour(path, &path->note);
	else if (path->path.state == PATH_UNCONFIRMED)
		message_set(&path->note, 0,
			    "no heartbeat answer in %.0f ms, so it was never confirmed",
			    MS(evidence->probe_timeout_us));
	else
		message_set(&path->note, 0, "%s in %.0f ms", init ? init : "no heartbeat answer",
			    MS(evidence->probe_timeout_us));
}

/* What the witness adds to a path that was asked; what this host knows of it goes first. */
static void add_finding(struct result *result, const struct evidence *evidence,
			struct path_result *path)
{
	bool dead = path->verdict == VERDICT_DEAD;
	struct finding finding;

	if (path->route_error || is_silent(path->neighbour) || path->verdict == VERDICT_UNVERIFIED)
		return;
	finding_of_heartbeat(evidence->wire, &path->path.address, !dead, &finding);
	if (finding.note.text[0] && (dead || !path->note.text[0]))
		path->note = finding.note;
	path->icmp_error = finding.error;
	if (dead && finding.hint && !result->hint.text[0])
		message_set(&result->hint, 0, "%s", finding.hint);
}

static void judge_paths(struct result *result, const struct evidence *evidence)
{
	struct association *a = &result->association;

	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = nth_tried(result, evidence, i);

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
		if (evidence->wire)
			add_finding(result, evidence, path);
	}
	/* The handshake was a round trip, and is all that there was time for. */
	if ((a->known || evidence->order_count == 1) && evidence->closed && evidence->require) {
		struct path_result *path = nth_tried(result, evidence, evidence->answered);

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

/* What to check about the paths that do not work. */
static void hint_paths(struct result *result, const struct evidence *evidence)
{
	const struct path_result *first = NULL;
	size_t dead = count_verdict(&result->association, VERDICT_DEAD, &first);
	char others[32] = "", one[ADDRESS_TEXT_MAX], text[ADDRESS_TEXT_MAX];

	if (result->hint.text[0])
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
		message_set(&result->hint, 0,
			    "%s did not answer the INIT: the association came up over %s",
			    address_host_text(&nth_tried(result, evidence, 0)->path.address, one),
			    address_host_text(
				    &nth_tried(result, evidence, evidence->answered)->path.address,
				    text));
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
	set(result, RESULT_DEGRADED, 0, STATUS_DEGRADED);
	if (dead && !verified) {
		message_set(&result->reason, 0,
			    "no path answers a heartbeat: the peer does not answer any, or it has "
			    "gone since the handshake");
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
	const char *name = cause_name(evidence->cause);
	char when[48] = "as soon as it was up";

	if (evidence->up_for_us >= USEC_PER_MSEC)
		snprintf(when, sizeof(when), "%.1f ms after it was up", MS(evidence->up_for_us));
	set(result, RESULT_ABORTED, evidence->error, STATUS_NOT_CONNECTED);
	if (evidence->error != ECONNRESET) {
		message_set(&result->reason, 0, "the association was lost %s: %s", when,
			    row ? row->meaning : strerror(evidence->error));
		message_set(&result->hint, 0, "sctp-connect --explain %s",
			    errno_name(evidence->error));
		return;
	}
	if (evidence->cause)
		message_set(&result->reason, 0,
			    "the peer aborted the association %s: %s (cause %u)", when,
			    name ? name : "a cause that no RFC names", evidence->cause);
	else
		message_set(&result->reason, 0, "the peer aborted the association %s", when);
	message_set(&result->hint, 0,
		    "the peer's log says why; its application may not know this host's addresses");
}

static void diagnose_up(struct result *result, const struct evidence *evidence)
{
	set(result, RESULT_CONNECTED, 0, STATUS_OK);
	judge_paths(result, evidence);
	hint_paths(result, evidence);
	if (evidence->error) {
		diagnose_lost(result, evidence);
	} else if (result->signal) {
		result->status = STATUS_SIGNAL + result->signal;
		message_set(&result->reason, 0,
			    "ended by SIG%s before every path had answered a heartbeat",
			    sigabbrev_np(result->signal));
	} else {
		if (!result->association.known)
			message_set(&result->reason, 0,
				    "established, and closed again by the peer at once");
		diagnose_required(result, evidence);
	}
}

void diagnose(struct result *result, const struct evidence *evidence)
{
	if (result->signal && evidence->phase != PHASE_UP) {
		set(result, RESULT_FAILED, EINTR, STATUS_SIGNAL + result->signal);
		message_set(&result->reason, 0,
			    "ended by SIG%s after %.1f ms, with no answer until then",
			    sigabbrev_np(result->signal), MS(evidence->elapsed_us));
		if (evidence->phase == PHASE_PENDING)
			mark_unanswered(result, evidence);
		else
			mark_untried(result, evidence, 0, "");
		return;
	}
	switch (evidence->phase) {
	case PHASE_STACK:
		diagnose_no_stack(result, evidence);
		break;
	case PHASE_RESOLVE:
		set(result,
		    evidence->status == STATUS_UNRESOLVED ? RESULT_UNRESOLVED : RESULT_FAILED, 0,
		    evidence->status);
		result->reason = evidence->failed;
		break;
	case PHASE_OPEN:
		diagnose_open(result, evidence);
		mark_untried(result, evidence, 0, "");
		break;
	case PHASE_CALL:
		diagnose_call(result, evidence);
		break;
	case PHASE_PENDING:
		if (evidence->ended && evidence->error != ETIMEDOUT)
			diagnose_refused(result, evidence);
		else
			diagnose_silence(result, evidence);
		break;
	case PHASE_UP:
		diagnose_up(result, evidence);
		break;
	}
}
