/* SPDX-License-Identifier: MIT */
#include "diagnose.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <unistd.h>

#include "explain.h"

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

int route_error(const union address *peer)
{
	int fd = socket(peer->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int error = 0;

	if (fd < 0)
		return 0; /* it could not be asked: that is no evidence */
	if (connect(fd, &peer->sa, address_length(peer)) < 0)
		error = errno;
	close(fd);
	return error;
}

/* RFC 9260 section 3.3.10, RFC 5061 section 4.3, RFC 4895 section 5. */
static const char *cause_name(uint16_t cause)
{
	static const struct {
		uint16_t code;
		const char *name;
	} causes[] = {
		{ 1, "Invalid Stream Identifier" },
		{ 2, "Missing Mandatory Parameter" },
		{ 3, "Stale Cookie" },
		{ 4, "Out of Resource" },
		{ 5, "Unresolvable Address" },
		{ 6, "Unrecognized Chunk Type" },
		{ 7, "Invalid Mandatory Parameter" },
		{ 8, "Unrecognized Parameters" },
		{ 9, "No User Data" },
		{ 10, "Cookie Received While Shutting Down" },
		{ 11, "Restart of an Association with New Addresses" },
		{ 12, "User-Initiated Abort" },
		{ 13, "Protocol Violation" },
		{ 0xa0, "Request to Delete Last Remaining IP Address" },
		{ 0xa1, "Operation Refused Due to Resource Shortage" },
		{ 0xa2, "Request to Delete Source IP Address" },
		{ 0xa3, "Association Aborted Due to Illegal ASCONF-ACK" },
		{ 0xa4, "Request Refused - No Authorization" },
		{ 0x105, "Unsupported HMAC Identifier" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		if (causes[i].code == cause)
			return causes[i].name;
	return "a cause that no RFC names";
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

static const char *soft_error_words(int error)
{
	switch (error) {
	case EHOSTUNREACH:
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

/* What the routing table said is more than that nothing came back. Returns of how many. */
static size_t mark_routeless(struct result *result, const struct evidence *evidence)
{
	size_t count = 0;

	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = nth_tried(result, evidence, i);

		if (!path->route_error)
			continue;
		set_path(path, VERDICT_UNREACHABLE, route_words(path->route_error));
		count++;
	}
	return count;
}

static void diagnose_no_stack(struct result *result, const struct evidence *evidence)
{
	set(result, RESULT_UNSUPPORTED, evidence->error, STATUS_HOST);
	message_set(&result->reason, 0, "this host's kernel has no SCTP");
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

/*
 * The address whose turn it was; what has no route did not answer. Once every address has had its
 * turn the stack begins again, and nothing tells whose answer it was: order_count.
 */
static size_t who_refused(struct result *result, const struct evidence *evidence)
{
	size_t current = tried_maybe(evidence) - 1;

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
	message_set(&result->hint, 0,
		    "one refusing address ends the whole call, whatever the others would say: try "
		    "without %s",
		    address_host_text(&path->path.address, text));
}

static void diagnose_refused(struct result *result, const struct evidence *evidence)
{
	size_t who = who_refused(result, evidence);
	unsigned port = address_port(&nth_tried(result, evidence, 0)->path.address);

	set(result, RESULT_REFUSED, evidence->error, STATUS_NOT_CONNECTED);
	if (evidence->error == ENOPROTOOPT)
		message_set(&result->reason, 0,
			    "the host answered ICMP protocol unreachable: it has no SCTP");
	else if (evidence->error == ECONNABORTED)
		message_set(&result->reason, 0,
			    "the host's answer to INIT breaks the protocol: this end aborted");
	else
		message_set(
			&result->reason, 0,
			"the host answered ABORT: no endpoint listens on port %u, or its queue is "
			"full%s",
			port,
			result->style == STACK_ONE_TO_MANY && !evidence->aborted
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
	mark_routeless(result, evidence);
	if (who < evidence->order_count)
		mark_refusing(result, evidence, who);
	else
		message_set(
			&result->hint, 0,
			"one refusing address ends the whole call, whatever the others would say: "
			"try each alone");
}

/* Of an attempt that ended without any answer. Returns how many addresses have no route. */
static size_t mark_unanswered(struct result *result, const struct evidence *evidence)
{
	size_t maybe = tried_maybe(evidence), surely = tried_surely(evidence);

	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = nth_tried(result, evidence, i);

		if (i < surely) {
			set_path(path, VERDICT_SILENT, "no answer to INIT");
		} else {
			set_path(path, VERDICT_UNTRIED,
				 i < maybe ? "its turn came only as the time ran out"
					   : "the attempt ended before its turn");
		}
	}
	return mark_routeless(result, evidence);
}

static void diagnose_no_route(struct result *result, const struct evidence *evidence)
{
	int error = nth_tried(result, evidence, 0)->route_error;

	set(result, RESULT_UNREACHABLE, error, STATUS_NOT_CONNECTED);
	message_set(&result->reason, 0, "%s",
		    evidence->order_count == 1 ? route_words(error)
					       : "this host has no route to any of the addresses");
	if (evidence->order_count == 1)
		nth_tried(result, evidence, 0)->note.text[0] = '\0';
	message_set(&result->hint, 0, "ip route get ADDRESS shows what the kernel would do");
}

/* Nothing came back, as far as SCTP is told. What else is known decides the word. */
static void diagnose_silence(struct result *result, const struct evidence *evidence)
{
	size_t surely = tried_surely(evidence);

	if (mark_unanswered(result, evidence) == evidence->order_count) {
		diagnose_no_route(result, evidence);
		return;
	}
	if (evidence->order_count == 1 && evidence->soft_error_count) {
		int error = evidence->soft_errors[evidence->soft_error_count - 1];

		set(result, RESULT_UNREACHABLE, error, STATUS_NOT_CONNECTED);
		set_path(nth_tried(result, evidence, 0), VERDICT_UNREACHABLE, "");
		message_set(&result->reason, 0, "%s", soft_error_words(error));
		message_set(&result->hint, 0,
			    "tcpdump -ni any 'sctp or icmp or icmp6 or arp' shows who says so");
		return;
	}

	set(result, RESULT_TIMEOUT, ETIMEDOUT, STATUS_TIMEOUT);
	if (evidence->soft_error_count)
		message_set(&result->reason, 0,
			    "no answer to INIT, and %s said of at least one address: %s",
			    errno_name(evidence->soft_errors[0]),
			    soft_error_words(evidence->soft_errors[0]));
	else if (evidence->ended)
		message_set(&result->reason, 0, "no answer to any INIT, and no attempt is left");
	else
		message_set(&result->reason, 0, "no answer to INIT within %.0f ms",
			    MS(evidence->timeout_us));
	if (evidence->order_count == 1)
		nth_tried(result, evidence, 0)->note.text[0] = '\0';
	if (surely < evidence->order_count && evidence->ended)
		message_set(
			&result->hint, 0,
			"--init-attempts counts over all addresses together: each of the %zu has "
			"its turn from --init-attempts %zu on",
			evidence->order_count, evidence->order_count - 1);
	else if (surely < evidence->order_count)
		message_set(&result->hint, 0,
			    "each address has its turn after %.0f ms: %zu of them need at least -w "
			    "%.0fms",
			    MS(evidence->t1_us), evidence->order_count,
			    MS(evidence->t1_us + evidence->t1_us / 8) *
				    (double)evidence->order_count);
	else
		message_set(
			&result->hint, 0,
			"nothing more is known: the host may be down, or a filter on the way may "
			"drop SCTP (IP protocol 132); tcpdump -ni any sctp on both ends shows how "
			"far the INIT comes");
}

static void diagnose_call(struct result *result, const struct evidence *evidence)
{
	const struct explanation *row = explain_errno(evidence->error);
	char text[ADDRESS_TEXT_MAX];

	mark_untried(result, evidence, 0, "");
	if (mark_routeless(result, evidence) == evidence->order_count && evidence->order_count) {
		diagnose_no_route(result, evidence);
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

static void diagnose_up(struct result *result, const struct evidence *evidence)
{
	const struct explanation *row = explain_errno(evidence->error);
	const struct path_result *answered = nth_tried(result, evidence, evidence->answered);
	char first[ADDRESS_TEXT_MAX], text[ADDRESS_TEXT_MAX];

	set(result, RESULT_CONNECTED, 0, STATUS_OK);
	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = nth_tried(result, evidence, i);

		if (!result->association.known)
			path->verdict =
				VERDICT_UNVERIFIED; /* it was over before it was looked at */
		else if (!path->in_association)
			note_rejected(result, evidence, path);
		else if (i < evidence->answered)
			message_set(&path->note, 0,
				    "did not answer the INIT in its turn of %.0f ms",
				    MS(evidence->t1_us));
	}
	if (evidence->answered)
		message_set(&result->hint, 0,
			    "%s did not answer the INIT: the association came up over %s",
			    address_host_text(&nth_tried(result, evidence, 0)->path.address, first),
			    address_host_text(&answered->path.address, text));
	if (evidence->error == ECONNRESET) {
		set(result, RESULT_ABORTED, ECONNRESET, STATUS_NOT_CONNECTED);
		message_set(&result->reason, 0,
			    "the peer aborted the association as soon as it was up");
		if (evidence->cause)
			message_set(&result->reason, 0,
				    "the peer aborted the association as soon as it was up: %s "
				    "(cause %u)",
				    cause_name(evidence->cause), evidence->cause);
		message_set(&result->hint, 0,
			    "the peer's log says why; its application may not know "
			    "this host's addresses");
	} else if (evidence->error) {
		set(result, RESULT_ABORTED, evidence->error, STATUS_NOT_CONNECTED);
		message_set(&result->reason, 0, "the association was lost as soon as it was up: %s",
			    row ? row->meaning : strerror(evidence->error));
		message_set(&result->hint, 0, "sctp-connect --explain %s",
			    errno_name(evidence->error));
	} else if (!result->association.known) {
		message_set(&result->reason, 0,
			    "established, and closed again by the peer at once");
	}
}

void diagnose(struct result *result, const struct evidence *evidence)
{
	if (result->signal) {
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
