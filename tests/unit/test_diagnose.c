/* SPDX-License-Identifier: MIT */
/* Evidence made by hand, and the findings that follow from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diagnose/diagnose.h"
#include "diagnose/endpoint.h"
#include "fake_host.h"
#include "fake_stack.h"
#include "options.h"
#include "report/words.h"

#define MSEC ((int64_t)USEC_PER_MSEC)
#define SEC  ((int64_t)USEC_PER_SEC)

#define PATHS_MAX   5
#define ERRNOS      140 /* beyond the last one of Linux, EHWPOISON */
#define VERDICTS    256
#define PORT        5000
#define T1_US       (250 * MSEC)
#define DEADLINE_US (5 * SEC)

/* One address of the request, in the user's order; the call had them in the order of the array. */
struct asked {
	const char *host; /* NULL ends the list */
	int route_error;
	bool outside; /* not in the association; only for PHASE_UP */
};

struct evidence_case {
	const char *name;
	enum finding_code cause; /* of the result */
	struct evidence evidence;
	struct asked asked[PATHS_MAX + 1];
	enum stack_style style;
	int signal;
	bool unknown; /* PHASE_UP: the association was gone before it could be looked at */

	enum result_word word;
	int error;
	int status;
	const char *verdicts;
	const char *reason; /* a part of it; NULL: it is empty */
	const char *hint;   /* the same */
	const char *note;   /* of the last path, the same */
};

/* A result before diagnose(), and what it points to. */
struct bench {
	struct result result;
	struct path_result paths[PATHS_MAX];
	size_t order[PATHS_MAX];
	struct evidence evidence;
	struct message said;
};

static const char *reason_of(struct bench *b)
{
	return words_result_reason(&b->result, &b->said);
}

static const char *hint_of(struct bench *b)
{
	return words_result_hint(&b->result, &b->said);
}

static const char *note_of(struct bench *b, size_t i)
{
	return words_note(&b->paths[i].cause, &b->said);
}

static void prepare(struct bench *b, const struct evidence_case *k)
{
	memset(b, 0, sizeof(*b));
	b->evidence = k->evidence;
	b->evidence.order = b->order;
	b->evidence.timeout_us = DEADLINE_US;
	b->result.connect_us = k->evidence.elapsed_us;
	b->result.style = k->style;
	b->result.signal = k->signal;
	b->result.association.paths = b->paths;
	b->result.association.known = k->evidence.phase == PHASE_UP && !k->unknown;
	for (size_t i = 0; k->asked[i].host; i++) {
		struct path_result *path = &b->paths[i];

		assert_true(address_from_text(&path->path.address, k->asked[i].host));
		address_set_port(&path->path.address, PORT);
		path->requested = true;
		path->route_error = k->asked[i].route_error;
		path->in_association = b->result.association.known && !k->asked[i].outside;
		path->verdict = path->in_association ? VERDICT_UNVERIFIED : VERDICT_UNTRIED;
		b->order[i] = i;
		b->evidence.order_count = i + 1;
		b->result.association.path_count = i + 1;
	}
}

static void assert_text(const char *text, const char *part)
{
	if (!part)
		assert_string_equal(text, "");
	else if (!strstr(text, part))
		fail_msg("'%s' is not in '%s'", part, text);
}

static void assert_verdicts(const struct result *result, const char *expected)
{
	char verdicts[VERDICTS] = "";

	for (size_t i = 0; i < result->association.path_count; i++) {
		strcat(verdicts, i ? " " : "");
		strcat(verdicts, verdict_name(result->association.paths[i].verdict));
	}
	assert_string_equal(verdicts, expected);
}

#define UNPACK(...) __VA_ARGS__
#define CASE(text, code, proof, hosts, ...)                                \
	{                                                                  \
		.name = text, .cause = code, .evidence = { UNPACK proof }, \
		.asked = { UNPACK hosts }, __VA_ARGS__                     \
	}
#define EXPECT(verdict_list, reason_part, hint_part) \
	.verdicts = verdict_list, .reason = reason_part, .hint = hint_part
#define AS(result_word, number, exit_status) \
	.word = result_word, .error = number, .status = exit_status

#define GOOD(text)           \
	{                    \
		.host = text \
	}
#define ROUTELESS(text, n)                     \
	{                                      \
		.host = text, .route_error = n \
	}
#define OUTSIDE(text)                         \
	{                                     \
		.host = text, .outside = true \
	}

#define A GOOD("127.0.0.1")
#define B GOOD("127.0.0.2")
#define C GOOD("127.0.0.3")

#define AFTER(us) .elapsed_us = us, .t1_us = T1_US

#define SILENCE .phase = PHASE_PENDING
#define REFUSAL .phase = PHASE_PENDING, .ended = true, .error = ECONNREFUSED
#define CALL(n) \
	.phase = PHASE_CALL, .error = n, .fault = { .call = "sctp_connectx", .connects = true }
#define OPEN(n) .phase = PHASE_OPEN, .error = n, .fault.call = "socket"
#define SOFT(...)                              \
	.report.soft_errors = { __VA_ARGS__ }, \
	.report.soft_error_count = sizeof((int[]){ __VA_ARGS__ }) / sizeof(int)
#define BINDX(n)                         \
	.phase = PHASE_OPEN, .error = n, \
	.fault = { .call = "sctp_bindx", .binds = true, .address = FAKE_V4(0x7f000008, 80) }

#define CONNECTED      AS(RESULT_CONNECTED, 0, STATUS_OK)
#define CLOSED         AS(RESULT_CLOSED, 0, STATUS_NOT_CONNECTED)
#define TIMED_OUT      AS(RESULT_TIMEOUT, ETIMEDOUT, STATUS_TIMEOUT)
#define REFUSED        AS(RESULT_REFUSED, ECONNREFUSED, STATUS_NOT_CONNECTED)
#define UNREACHABLE(n) AS(RESULT_UNREACHABLE, n, STATUS_NOT_CONNECTED)
#define HOST(n)        AS(RESULT_FAILED, n, STATUS_HOST)

static const struct message no_interface = { "no interface" };
static const struct unresolved no_name = { .fault = UNRESOLVED_NO_NAME,
					   .family = AF_INET,
					   .names = "x" };
static const struct unresolved late = { .fault = UNRESOLVED_LATE,
					.names = "x, y",
					.waited_us = 250400 };
static const struct unresolved no_process = {
	.fault = UNRESOLVED_CALL, .names = "x", .call = "fork", .error = EAGAIN
};

static const struct evidence_case cases[] = {
	/* --- No attempt --- */
	CASE("no SCTP", FINDING_NO_SCTP_HERE, (.phase = PHASE_STACK, .error = EPROTONOSUPPORT), (A),
	     AS(RESULT_UNSUPPORTED, EPROTONOSUPPORT, STATUS_HOST),
	     EXPECT("untried", "kernel has no SCTP", "modprobe sctp")),
	CASE("a name that does not resolve", FINDING_NAME_NOT_FOUND,
	     (.phase = PHASE_RESOLVE, .status = STATUS_UNRESOLVED, .unresolved = &no_name), (),
	     AS(RESULT_UNRESOLVED, 0, STATUS_UNRESOLVED),
	     EXPECT("", "x: no such name, or it has no IPv4 address (-4)", NULL)),
	CASE("names without an answer", FINDING_NAME_SERVER_LATE,
	     (.phase = PHASE_RESOLVE, .status = STATUS_UNRESOLVED, .unresolved = &late), (),
	     AS(RESULT_UNRESOLVED, 0, STATUS_UNRESOLVED),
	     EXPECT("", "x, y: no answer from the name server within 250 ms", NULL)),
	CASE("a look-up that this host could not make", FINDING_LOOKUP_FAILED,
	     (.phase = PHASE_RESOLVE, .status = STATUS_UNRESOLVED, .unresolved = &no_process), (),
	     HOST(EAGAIN), EXPECT("", "x: cannot look up the name: fork: E", "--explain EAGAIN")),
	CASE("a zone that does not exist", FINDING_NONE,
	     (.phase = PHASE_RESOLVE, .status = STATUS_USAGE, .usage = &no_interface), (),
	     AS(RESULT_FAILED, 0, STATUS_USAGE), EXPECT("", NULL, NULL)),

	/* --- The endpoint --- */
	CASE("no SCTP, told by socket()", FINDING_NO_SCTP_HERE, (OPEN(EPROTONOSUPPORT)), (A),
	     AS(RESULT_UNSUPPORTED, EPROTONOSUPPORT, STATUS_HOST),
	     EXPECT("untried", "kernel has no SCTP", "modprobe sctp")),
	CASE("no SCTP, one-to-many", FINDING_NO_SCTP_HERE, (OPEN(ESOCKTNOSUPPORT)), (A),
	     AS(RESULT_UNSUPPORTED, ESOCKTNOSUPPORT, STATUS_HOST),
	     EXPECT("untried", "kernel has no SCTP", "modprobe sctp")),
	CASE("no IPv6", FINDING_NO_IPV6, (OPEN(EAFNOSUPPORT), .fault.lack = LACKS_IPV6),
	     (GOOD("fd01::1")), HOST(EAFNOSUPPORT), EXPECT("untried", "no IPv6", "disable_ipv6")),
	CASE("a family that a sandbox forbids", FINDING_CALL_FAILED, (OPEN(EAFNOSUPPORT)), (A),
	     HOST(EAFNOSUPPORT), EXPECT("untried", "socket: E", "--explain EAFNOSUPPORT")),
	CASE("no descriptors", FINDING_CALL_FAILED, (OPEN(EMFILE)), (A, B), HOST(EMFILE),
	     EXPECT("untried untried", "socket: EMFILE", "--explain EMFILE")),
	CASE("no memory", FINDING_CALL_FAILED, (OPEN(ENOMEM)), (A), HOST(ENOMEM),
	     EXPECT("untried", "socket: ENOMEM", "--explain ENOMEM")),
	CASE("no right to a raw option", FINDING_CALL_FAILED, (OPEN(EPERM)), (A), HOST(EPERM),
	     EXPECT("untried", "socket: ", "--explain")),
	CASE("bind: in use", FINDING_BIND_IN_USE, (BINDX(EADDRINUSE)), (A), HOST(EADDRINUSE),
	     EXPECT("untried", "127.0.0.8:80: the port is in use", "ss -Sanp")),
	CASE("bind: not ours", FINDING_NOT_LOCAL, (BINDX(EADDRNOTAVAIL)), (A), HOST(EADDRNOTAVAIL),
	     EXPECT("untried", "127.0.0.8:80 is not an address of this host", "ip addr")),
	CASE("bind: any port, not ours", FINDING_NOT_LOCAL,
	     (.phase = PHASE_OPEN, .error = EADDRNOTAVAIL,
	      .fault = { .call = "sctp_bindx", .binds = true, .address = FAKE_V4(0x7f000008, 0) }),
	     (A), HOST(EADDRNOTAVAIL),
	     EXPECT("untried", "127.0.0.8 is not an address of this host", "ip addr")),
	CASE("bind: a low port", FINDING_PRIVILEGED_PORT, (BINDX(EACCES)), (A), HOST(EACCES),
	     EXPECT("untried", "CAP_NET_BIND_SERVICE", "ip_unprivileged_port_start")),
	CASE("bind: the wildcard and another", FINDING_WILDCARD_NOT_ALONE, (BINDX(EINVAL)), (A),
	     HOST(EINVAL), EXPECT("untried", "cannot be bound together", "must be the only one")),
	CASE("bind: which one is not known", FINDING_BIND_IN_USE,
	     (.phase = PHASE_OPEN, .error = EADDRINUSE,
	      .fault = { .call = "sctp_bindx", .binds = true }),
	     (A), HOST(EADDRINUSE), EXPECT("untried", "the address after -b", "ss -Sanp")),
	CASE("bind: no port left", FINDING_NO_FREE_PORT,
	     (.phase = PHASE_OPEN, .error = EADDRINUSE,
	      .fault = { .call = "sctp_bindx", .binds = true, .address = FAKE_V4(0x7f000008, 0) }),
	     (A), HOST(EADDRINUSE),
	     EXPECT("untried", "no local port is free", "ip_local_port_range")),
	CASE("listen: in use", FINDING_BIND_IN_USE,
	     (.phase = PHASE_OPEN, .error = EADDRINUSE,
	      .fault = { .call = "listen", .binds = true }),
	     (), HOST(EADDRINUSE), EXPECT("", "the port is in use", "ss -Sanp")),

	/* --- The call --- */
	CASE("no port free", FINDING_NO_FREE_PORT, (CALL(EAGAIN)), (A, B), HOST(EAGAIN),
	     EXPECT("untried untried", "no local port is free", "ip_local_port_range")),
	CASE("duplicates, or the port is used to that peer", FINDING_CALL_FAILED,
	     (CALL(EADDRNOTAVAIL)), (A), HOST(EADDRNOTAVAIL),
	     EXPECT("untried", "sctp_connectx: E", "--explain EADDRNOTAVAIL")),
	CASE("not allowed", FINDING_CALL_FAILED, (CALL(EINVAL)), (A), HOST(EINVAL),
	     EXPECT("untried", "sctp_connectx: E", "--explain EINVAL")),
	CASE("a call before it, whatever the routes are", FINDING_CALL_FAILED,
	     (.phase = PHASE_CALL, .error = EAGAIN, .fault.call = "fcntl(F_SETFL)"),
	     (ROUTELESS("127.0.0.1", ENETUNREACH)), HOST(EAGAIN),
	     EXPECT("untried", "fcntl(F_SETFL): E", "--explain EAGAIN")),
	CASE("no local address of the scope", FINDING_SCOPE_TOO_NARROW, (CALL(ENETUNREACH)), (A),
	     HOST(ENETUNREACH),
	     EXPECT("untried", "wide enough scope to reach 127.0.0.1,", "-b chooses")),
	CASE("no route, says the call, and so does the table", FINDING_NO_ROUTE,
	     (CALL(ENETUNREACH)), (ROUTELESS("127.0.0.1", ENETUNREACH)), UNREACHABLE(ENETUNREACH),
	     EXPECT("unreachable", "no route", "ip route get")),
	CASE("no route to any, says the call, and why the table", FINDING_PROHIBITED_ROUTE,
	     (CALL(ENETUNREACH)), (ROUTELESS("127.0.0.1", EACCES), ROUTELESS("127.0.0.2", EACCES)),
	     UNREACHABLE(EACCES),
	     EXPECT("unreachable unreachable", "type prohibit", "ip route get"),
	     .note = "type prohibit"),
	CASE("no route to one only", FINDING_SCOPE_TOO_NARROW, (CALL(ENETUNREACH)),
	     (A, ROUTELESS("127.0.0.2", EACCES)), HOST(ENETUNREACH),
	     EXPECT("untried unreachable", "wide enough scope to reach 127.0.0.1,", "-b chooses"),
	     .note = "type prohibit"),

	/* --- Silence --- */
	CASE("silence of one", FINDING_NO_ANSWER, (SILENCE, .elapsed_us = DEADLINE_US), (A),
	     TIMED_OUT, EXPECT("silent", "no answer to INIT within 5000 ms", "IP protocol 132")),
	CASE("silence of one, given up", FINDING_NO_ANSWER,
	     (SILENCE, .ended = true, .error = ETIMEDOUT, .elapsed_us = 9 * SEC), (A), TIMED_OUT,
	     EXPECT("silent", "no attempt is left", "IP protocol 132")),
	CASE("no turn is missed where there is one, whatever T1", FINDING_NO_ANSWER,
	     (SILENCE, .elapsed_us = 1, .t1_us = SEC), (A), TIMED_OUT,
	     EXPECT("silent", "no answer", "IP protocol 132")),
	CASE("all had their turn", FINDING_NO_ANSWER, (SILENCE, AFTER(DEADLINE_US)), (A, B, C),
	     TIMED_OUT, EXPECT("silent silent silent", "within 5000 ms", "IP protocol 132"),
	     .note = "no answer to INIT"),
	CASE("the last had no turn", FINDING_NO_ANSWER, (SILENCE, AFTER(2 * T1_US - 1)), (A, B, C),
	     TIMED_OUT, EXPECT("silent silent untried", "within 5000 ms", "at least -w 844ms"),
	     .note = "before its turn"),
	CASE("timers may be an eighth late: perhaps", FINDING_NO_ANSWER,
	     (SILENCE, AFTER(T1_US + T1_US / 8 - 1)), (A, B), TIMED_OUT,
	     EXPECT("silent untried", "within 5000 ms", "-w 562ms"),
	     .note = "ended as its turn came"),
	CASE("timers may be an eighth late: surely", FINDING_NO_ANSWER,
	     (SILENCE, AFTER(T1_US + T1_US / 8)), (A, B), TIMED_OUT,
	     EXPECT("silent silent", "within 5000 ms", "IP protocol 132"),
	     .note = "no answer to INIT"),
	CASE("given up before all had a turn", FINDING_NO_ANSWER,
	     (SILENCE, .ended = true, .error = ETIMEDOUT, AFTER(T1_US)), (A, B, C), TIMED_OUT,
	     EXPECT("silent untried untried", "no attempt is left", "--init-attempts 2"),
	     .note = "before its turn"),

	/* --- What the network or the routing table said --- */
	CASE("ARP or ICMP of one", FINDING_ICMP_OR_NEIGHBOUR,
	     (SILENCE, AFTER(MSEC), SOFT(EHOSTUNREACH)), (A), UNREACHABLE(EHOSTUNREACH),
	     EXPECT("unreachable", "ARP or ND", "tcpdump")),
	CASE("ICMP network unreachable", FINDING_ICMP_UNSPECIFIED, (SILENCE, SOFT(ENETUNREACH)),
	     (A), UNREACHABLE(ENETUNREACH),
	     EXPECT("unreachable", "network unreachable", "tcpdump")),
	CASE("ICMP port unreachable", FINDING_ICMP_PORT_UNREACHABLE, (SILENCE, SOFT(ECONNREFUSED)),
	     (A), UNREACHABLE(ECONNREFUSED),
	     EXPECT("unreachable", "port unreachable", "SCTP never sends")),
	CASE("ICMP port unreachable, of UDP", FINDING_ICMP_PORT_UNREACHABLE,
	     (SILENCE, SOFT(ECONNREFUSED), .encapsulated = true), (A), UNREACHABLE(ECONNREFUSED),
	     EXPECT("unreachable", "port unreachable", "net.sctp.udp_port")),
	CASE("silence, in UDP", FINDING_NO_ANSWER, (SILENCE, .encapsulated = true), (A), TIMED_OUT,
	     EXPECT("silent", "no answer to INIT", "nothing there may use that UDP port")),
	CASE("no carrier", FINDING_LINK_DOWN, (SILENCE), (ROUTELESS("127.0.0.1", ENETDOWN)),
	     UNREACHABLE(ENETDOWN),
	     EXPECT("unreachable", "link to it, , has no carrier", "ip link show")),
	CASE("refused for want of room", FINDING_REFUSED_WITH_CAUSE,
	     (REFUSAL, .cause = { .code = 4 }), (A), REFUSED,
	     EXPECT("refused", "answered ABORT: out of resource", "out of resources")),
	CASE("refused with a text", FINDING_REFUSED_WITH_CAUSE,
	     (REFUSAL, AFTER(1000), .cause = { .code = 13, .text = "\"no AUTH\"" },
	      .aborted = true),
	     (A, B), REFUSED,
	     EXPECT("refused untried", "answered ABORT: protocol violation \"no AUTH\"",
		    "comes from the peer")),
	CASE("refused, or aborted from here", FINDING_ABORTED_THERE_OR_HERE,
	     (REFUSAL, .cause = { .code = 7 }), (A), REFUSED,
	     EXPECT("refused", "or this end aborted", "do not agree")),
	CASE("refused because of a parameter", FINDING_REFUSED_WITH_CAUSE,
	     (REFUSAL, .cause = { .code = 7 }, .aborted = true), (A), REFUSED,
	     EXPECT("refused", "answered ABORT: invalid mandatory", "do not agree")),
	CASE("up, and restarted", FINDING_RESTARTED_BY_PEER, (.phase = PHASE_UP, .restarted = true),
	     (A), CONNECTED,
	     EXPECT("unverified", "peer restarted the association", "program or host restarted")),
	CASE("ICMPv6 prohibited", FINDING_ICMP_PROHIBITED, (SILENCE, SOFT(EACCES)), (A),
	     UNREACHABLE(EACCES), EXPECT("unreachable", "administratively prohibited", "tcpdump")),
	CASE("ICMP protocol unreachable, as a soft error", FINDING_ICMP_UNSPECIFIED,
	     (SILENCE, SOFT(ENOPROTOOPT)), (A), UNREACHABLE(ENOPROTOOPT),
	     EXPECT("unreachable", "protocol unreachable", "tcpdump")),
	CASE("a soft error without words", FINDING_ICMP_UNSPECIFIED, (SILENCE, SOFT(EPROTO)), (A),
	     UNREACHABLE(EPROTO), EXPECT("unreachable", "reported an error", "tcpdump")),
	CASE("the newest of two counts", FINDING_ICMP_OR_NEIGHBOUR,
	     (SILENCE, SOFT(ENETUNREACH, EHOSTUNREACH)), (A), UNREACHABLE(EHOSTUNREACH),
	     EXPECT("unreachable", "ARP or ND", "tcpdump")),
	CASE("of several, it is not known whose it is", FINDING_ICMP_OR_NEIGHBOUR,
	     (SILENCE, AFTER(DEADLINE_US), SOFT(EHOSTUNREACH)), (A, B), TIMED_OUT,
	     EXPECT("silent silent", "EHOSTUNREACH for at least one address", "tcpdump"),
	     .note = "no answer to INIT"),
	CASE("no route", FINDING_NO_ROUTE, (SILENCE), (ROUTELESS("127.0.0.1", ENETUNREACH)),
	     UNREACHABLE(ENETUNREACH), EXPECT("unreachable", "no route", "ip route get")),
	CASE("unreachable route", FINDING_UNREACHABLE_ROUTE, (SILENCE),
	     (ROUTELESS("127.0.0.1", EHOSTUNREACH)), UNREACHABLE(EHOSTUNREACH),
	     EXPECT("unreachable", "type unreachable", "ip route get")),
	CASE("prohibit route", FINDING_PROHIBITED_ROUTE, (SILENCE),
	     (ROUTELESS("127.0.0.1", EACCES)), UNREACHABLE(EACCES),
	     EXPECT("unreachable", "type prohibit", "ip route get")),
	CASE("blackhole route", FINDING_BLACKHOLE_ROUTE, (SILENCE),
	     (ROUTELESS("127.0.0.1", EINVAL)), UNREACHABLE(EINVAL),
	     EXPECT("unreachable", "type blackhole", "ip route get")),
	CASE("a route look-up without words", FINDING_ROUTE_UNUSABLE, (SILENCE),
	     (ROUTELESS("127.0.0.1", ENOBUFS)), UNREACHABLE(ENOBUFS),
	     EXPECT("unreachable", "no usable route to it (ENOBUFS)", "ip route get")),
	CASE("no route to any", FINDING_NO_ADDRESS_REACHABLE, (SILENCE, AFTER(MSEC)),
	     (ROUTELESS("127.0.0.1", ENETUNREACH), ROUTELESS("127.0.0.2", EACCES)),
	     UNREACHABLE(ENETUNREACH),
	     EXPECT("unreachable unreachable", "none of the addresses", "ip route get"),
	     .note = "type prohibit"),
	CASE("no route to one, silence of the other", FINDING_NO_ANSWER,
	     (SILENCE, AFTER(DEADLINE_US)), (A, ROUTELESS("127.0.0.2", ENETUNREACH)), TIMED_OUT,
	     EXPECT("silent unreachable", "within 5000 ms", "IP protocol 132"), .note = "no route"),
	CASE("what has no route says so also without a turn", FINDING_NO_ANSWER,
	     (SILENCE, AFTER(MSEC)), (A, B, ROUTELESS("127.0.0.3", ENETUNREACH)), TIMED_OUT,
	     EXPECT("silent untried unreachable", "within 5000 ms", "-w 844ms"),
	     .note = "no route"),

	/* --- Refused --- */
	CASE("refused", FINDING_NO_ENDPOINT_OR_QUEUE_FULL, (REFUSAL, .elapsed_us = 400), (A),
	     REFUSED, EXPECT("refused", "no endpoint listens on port 5000", NULL)),
	CASE("refused, one-to-many", FINDING_NO_ENDPOINT_OR_NO_SCTP, (REFUSAL), (A),
	     .style = STACK_ONE_TO_MANY, REFUSED,
	     EXPECT("refused", "one-to-many socket does not show which", NULL)),
	CASE("no SCTP at the peer", FINDING_NO_SCTP, (SILENCE, .ended = true, .error = ENOPROTOOPT),
	     (A), AS(RESULT_REFUSED, ENOPROTOOPT, STATUS_NOT_CONNECTED),
	     EXPECT("refused", "it has no SCTP", NULL)),
	CASE("the first of several refuses", FINDING_NO_ENDPOINT_OR_QUEUE_FULL,
	     (REFUSAL, AFTER(T1_US - 1)), (A, B, C), REFUSED,
	     EXPECT("refused untried untried", "answered ABORT", "try without 127.0.0.1"),
	     .note = "another address had ended"),
	CASE("the second", FINDING_NO_ENDPOINT_OR_QUEUE_FULL, (REFUSAL, AFTER(T1_US)), (A, B, C),
	     REFUSED, EXPECT("silent refused untried", "answered ABORT", "try without 127.0.0.2"),
	     .note = "another address had ended"),
	CASE("the last", FINDING_NO_ENDPOINT_OR_QUEUE_FULL, (REFUSAL, AFTER(2 * T1_US + 1)),
	     (A, B, C), REFUSED,
	     EXPECT("silent silent refused", "answered ABORT", "try without 127.0.0.3"),
	     .note = "answered ABORT"),
	CASE("in the second round it is not known which", FINDING_NO_ENDPOINT_OR_QUEUE_FULL,
	     (REFUSAL, AFTER(3 * T1_US)), (A, B, C), REFUSED,
	     EXPECT("tried tried tried", "answered ABORT", "retry with each alone"),
	     .note = "one of the addresses tried refused"),
	CASE("no SCTP at the last", FINDING_NO_SCTP,
	     (SILENCE, .ended = true, .error = ENOPROTOOPT, AFTER(T1_US + 1)), (A, B),
	     AS(RESULT_REFUSED, ENOPROTOOPT, STATUS_NOT_CONNECTED),
	     EXPECT("silent refused", "protocol unreachable", "try without 127.0.0.2"),
	     .note = "protocol unreachable"),
	CASE("the second refuses, the first has no route", FINDING_NO_ENDPOINT_OR_QUEUE_FULL,
	     (REFUSAL, AFTER(T1_US + 1)), (ROUTELESS("127.0.0.1", ENETUNREACH), B), REFUSED,
	     EXPECT("unreachable refused", "answered ABORT", "try without 127.0.0.2"),
	     .note = "answered ABORT"),
	CASE("what has no route does not refuse", FINDING_NO_ENDPOINT_OR_QUEUE_FULL,
	     (REFUSAL, AFTER(2 * T1_US + 1)),
	     (A, ROUTELESS("127.0.0.2", EACCES), ROUTELESS("127.0.0.3", ENETUNREACH)), REFUSED,
	     EXPECT("refused unreachable unreachable", "answered ABORT", "try without 127.0.0.1"),
	     .note = "no route"),

	/* --- Up --- */
	CASE("up", FINDING_NONE, (.phase = PHASE_UP), (A), CONNECTED,
	     EXPECT("unverified", NULL, NULL)),
	CASE("up, the second answered", FINDING_NONE,
	     (.phase = PHASE_UP, .answered = 1, .t1_us = T1_US), (A, B), CONNECTED,
	     EXPECT("unverified unverified", NULL,
		    "127.0.0.1 did not answer the INIT: the association came up over 127.0.0.2")),
	CASE("up, one is not the peer's", FINDING_NONE, (.phase = PHASE_UP),
	     (A, OUTSIDE("127.0.0.2")), CONNECTED, EXPECT("unverified rejected", NULL, NULL),
	     .note = "not an address of this peer"),
	CASE("up, a wider scope is not the peer's", FINDING_NONE, (.phase = PHASE_UP),
	     (GOOD("10.1.1.2"), OUTSIDE("8.8.8.8")), CONNECTED,
	     EXPECT("unverified rejected", NULL, NULL), .note = "not an address of this peer"),
	CASE("up, a narrower scope was left out", FINDING_NONE, (.phase = PHASE_UP),
	     (GOOD("fd01::1"), OUTSIDE("10.1.1.2")), CONNECTED,
	     EXPECT("unverified rejected", NULL, NULL),
	     .note = "it is private, and stacks leave such addresses out when the INIT goes to a "
		     "global address (fd01::1)"),
	CASE("up, loopback was left out", FINDING_NONE, (.phase = PHASE_UP),
	     (GOOD("10.1.1.2"), OUTSIDE("127.0.0.1")), CONNECTED,
	     EXPECT("unverified rejected", NULL, NULL), .note = "it is loopback"),
	CASE("up, and gone before it was looked at", FINDING_CLOSED_BY_PEER,
	     (.phase = PHASE_UP, .closed = true), (A, B), .unknown = true, CLOSED,
	     EXPECT("unverified unverified", "closed by the peer after 0.0 ms: a proxy", NULL)),
	CASE("up, and aborted", FINDING_ABORTED_BY_PEER, (.phase = PHASE_UP, .error = ECONNRESET),
	     (A), AS(RESULT_ABORTED, ECONNRESET, STATUS_NOT_CONNECTED),
	     EXPECT("unverified", "aborted the association as soon as it was up", "peer's log")),
	CASE("up, and aborted with a cause", FINDING_ABORTED_BY_PEER,
	     (.phase = PHASE_UP, .error = ECONNRESET, .cause = { .code = 13 }), (A),
	     .unknown = true, AS(RESULT_ABORTED, ECONNRESET, STATUS_NOT_CONNECTED),
	     EXPECT("unverified", "protocol violation (cause 13)", "comes from the peer")),
	CASE("up, and aborted with a cause of RFC 4895", FINDING_ABORTED_BY_PEER,
	     (.phase = PHASE_UP, .error = ECONNRESET, .cause = { .code = 0x105 }), (A),
	     AS(RESULT_ABORTED, ECONNRESET, STATUS_NOT_CONNECTED),
	     EXPECT("unverified", "unsupported HMAC (cause 261)", "net.sctp.auth_enable")),
	CASE("up, and aborted with an unknown cause", FINDING_ABORTED_BY_PEER,
	     (.phase = PHASE_UP, .error = ECONNRESET, .cause = { .code = 777 }), (A),
	     AS(RESULT_ABORTED, ECONNRESET, STATUS_NOT_CONNECTED),
	     EXPECT("unverified", "no RFC names (cause 777)", "peer's log")),
	CASE("up, and lost in silence", FINDING_PEER_SILENT,
	     (.phase = PHASE_UP, .error = ETIMEDOUT), (A),
	     AS(RESULT_ABORTED, ETIMEDOUT, STATUS_NOT_CONNECTED),
	     EXPECT("unverified", "lost as soon as it was up", "--explain ETIMEDOUT")),

	/* --- Signals --- */
	CASE("SIGINT while pending", FINDING_INTERRUPTED, (SILENCE, AFTER(T1_US)), (A, B),
	     .signal = SIGINT, AS(RESULT_FAILED, EINTR, 130),
	     EXPECT("silent untried", "SIGINT after 250.0 ms", NULL),
	     .note = "ended as its turn came"),
	CASE("SIGTERM while pending, no route to one", FINDING_INTERRUPTED,
	     (SILENCE, AFTER(DEADLINE_US)), (A, ROUTELESS("127.0.0.2", ENETUNREACH)),
	     .signal = SIGTERM, AS(RESULT_FAILED, EINTR, 143),
	     EXPECT("silent unreachable", "SIGTERM after 5000.0 ms", NULL), .note = "no route"),
	CASE("a signal is not hidden by what came with it", FINDING_INTERRUPTED,
	     (REFUSAL, AFTER(MSEC)), (A), .signal = SIGHUP, AS(RESULT_FAILED, EINTR, 129),
	     EXPECT("silent", "SIGHUP after 1.0 ms", NULL), .note = "no answer to INIT"),
};

static void every_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct evidence_case *k = &cases[i];
		struct bench b;

		print_message("  %s\n", k->name);
		prepare(&b, k);
		diagnose(&b.result, &b.evidence);
		assert_string_equal(finding_name(b.result.cause.code), finding_name(k->cause));
		assert_string_equal(result_name(b.result.word), result_name(k->word));
		assert_int_equal(b.result.error, k->error);
		assert_int_equal(b.result.status, k->status);
		assert_verdicts(&b.result, k->verdicts);
		assert_text(reason_of(&b), k->reason);
		assert_text(hint_of(&b), k->hint);
		if (k->note)
			assert_text(note_of(&b, b.result.association.path_count - 1), k->note);
	}
}

/* --- Every path was asked -------------------------------------------------------------------- */

#define PROBE_US SEC

/* One path of the association, and what the probe saw of it. */
struct seen {
	const char *host; /* NULL ends the list */
	unsigned heartbeats;
	unsigned answered;
	unsigned lost;
	int64_t rtt_us;
	enum stack_path_state state;
	int route_error;
	enum neighbour neighbour;
	const char *hop; /* NULL: the address itself */
	bool learned;
	bool outside;
	int base;         /* the link that it uses: c and that number; 0: not known */
	int64_t queue_us; /* on c2 */

	enum verdict verdict;
	const char *note; /* a part of it; NULL: it is empty */
};

struct probe_case {
	const char *name;
	enum finding_code cause;
	struct evidence evidence;
	struct seen seen[PATHS_MAX + 1];
	int signal;
	enum result_word word;
	int status;
	const char *reason;
	const char *hint;
};

#define SEEN(text, code, proof, paths, ...)                                                   \
	{                                                                                     \
		.name = text, .cause = code, .evidence = { .phase = PHASE_UP, UNPACK proof }, \
		.seen = { UNPACK paths }, __VA_ARGS__                                         \
	}
#define ASKED(n) .probed = true, .probe_timeout_us = PROBE_US, .require = n
#define ANSWERS(text)                                                         \
	{                                                                     \
		.host = text, .heartbeats = 1, .answered = 1, .rtt_us = MSEC, \
		.state = PATH_ACTIVE, .verdict = VERDICT_VERIFIED             \
	}
#define USES(text, link, ...)                                                                \
	{                                                                                    \
		.host = text, .heartbeats = 1, .answered = 1, .rtt_us = 41 * MSEC,           \
		.state = PATH_ACTIVE, .verdict = VERDICT_VERIFIED, .base = link, __VA_ARGS__ \
	}
#define DEAD(text, ...)                                                                       \
	{                                                                                     \
		.host = text, .heartbeats = 2, .state = PATH_ACTIVE, .verdict = VERDICT_DEAD, \
		__VA_ARGS__                                                                   \
	}
#define NO_ANSWER .note = "no heartbeat answer in 1000 ms"
#define OK        .word = RESULT_CONNECTED, .status = STATUS_OK
#define AGAIN     .word = RESULT_CLOSED, .status = STATUS_NOT_CONNECTED, .reason = "closed by the peer"
#define FEW       .word = RESULT_DEGRADED, .status = STATUS_DEGRADED
#define CHECK_IT  "no answer arrives on that path: check routing and filters on it"

static const struct probe_case probe_cases[] = {
	SEEN("all answer", FINDING_NONE, (ASKED(2)), (ANSWERS("127.0.0.1"), ANSWERS("127.0.0.2")),
	     OK),
	SEEN("all answer, all are required", FINDING_NONE, (ASKED(REQUIRE_ALL)),
	     (ANSWERS("127.0.0.1"), ANSWERS("127.0.0.2")), OK),
	SEEN("one is dead", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"), DEAD("127.0.0.2", NO_ANSWER)), OK,
	     .hint = "127.0.0.2: listed by the peer, but " CHECK_IT),
	SEEN("one is dead, two are required", FINDING_TOO_FEW_VERIFIED, (ASKED(2)),
	     (ANSWERS("127.0.0.1"), DEAD("127.0.0.2", NO_ANSWER)), FEW,
	     .reason = "1 of 2 addresses verified, 2 are required", .hint = CHECK_IT),
	SEEN("one is dead, all are required", FINDING_TOO_FEW_VERIFIED, (ASKED(REQUIRE_ALL)),
	     (DEAD("127.0.0.1", NO_ANSWER), ANSWERS("127.0.0.2")), FEW,
	     .reason = "1 of 2 addresses verified, all are required", .hint = CHECK_IT),
	SEEN("both use one link, two are required", FINDING_TOO_FEW_LINKS, (ASKED(2), .links = 2),
	     (USES("127.0.0.1", 1), USES("127.0.0.2", 1)), FEW,
	     .reason = "verified paths use 1 link (c1), 2 are required",
	     .hint = "ip route get 127.0.0.2 shows the link"),
	SEEN("each uses its own link", FINDING_NONE, (ASKED(2), .links = 2),
	     (USES("127.0.0.1", 1), USES("127.0.0.2", 2)), OK),
	SEEN("two links, three are required", FINDING_TOO_FEW_LINKS, (ASKED(1), .links = 3),
	     (USES("127.0.0.1", 1), USES("127.0.0.2", 2)), FEW,
	     .reason = "verified paths use 2 links, 3 are required", .hint = "shows the link"),
	SEEN("a link that is not known does not count", FINDING_TOO_FEW_LINKS,
	     (ASKED(1), .links = 2), (USES("127.0.0.1", 1), USES("127.0.0.2", 0)), FEW,
	     .reason = "verified paths use 1 link", .hint = "shows the link"),
	SEEN("too few paths come before too few links", FINDING_TOO_FEW_VERIFIED,
	     (ASKED(2), .links = 2), (USES("127.0.0.1", 1), DEAD("127.0.0.2", NO_ANSWER)), FEW,
	     .reason = "1 of 2 addresses verified", .hint = CHECK_IT),
	SEEN("a queue of this host", FINDING_NONE, (ASKED(1)),
	     (USES("127.0.0.1", 2, .queue_us = 40100,
		   .note = "40.1 ms of it in this host's own queue on c2")),
	     OK),
	SEEN("more are required than there are", FINDING_TOO_FEW_VERIFIED, (ASKED(3)),
	     (ANSWERS("127.0.0.1")), FEW, .reason = "1 of 1 addresses verified, 3 are required"),
	SEEN("all are dead", FINDING_NO_PATH_ANSWERS, (ASKED(1)),
	     (DEAD("127.0.0.1", NO_ANSWER), DEAD("127.0.0.2", NO_ANSWER)), FEW,
	     .reason = "no path answers a heartbeat", .hint = "tcpdump"),
	SEEN("two are dead", FINDING_NONE, (ASKED(1)),
	     (DEAD("127.0.0.1", NO_ANSWER), ANSWERS("127.0.0.2"), DEAD("127.0.0.3", NO_ANSWER)), OK,
	     .hint = "127.0.0.1 and 1 more: listed by the peer, but no answer arrives on those"),
	SEEN("dead for want of a route", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"), DEAD("127.0.0.2", .route_error = ENETUNREACH,
					 .neighbour = NEIGHBOUR_SILENT, .note = "no route")),
	     OK, .hint = "ip route get 127.0.0.2"),
	SEEN("dead, as its link has no carrier", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"),
	      DEAD("127.0.0.2", .route_error = ENETDOWN, .note = "has no carrier")),
	     OK, .hint = "ip link show"),
	SEEN("dead, and no host on the link", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"), DEAD("127.0.0.2", .neighbour = NEIGHBOUR_SILENT,
					 .note = "the host does not answer ARP on its link")),
	     OK, .hint = "ip neigh"),
	SEEN("dead, and no router on the link", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"),
	      DEAD("10.9.9.9", .neighbour = NEIGHBOUR_SILENT, .hop = "10.1.1.254",
		   .note = "the router 10.1.1.254 does not answer ARP on its link")),
	     OK, .hint = "ip neigh"),
	SEEN("dead, though the next hop is there", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"), DEAD("127.0.0.2", .neighbour = NEIGHBOUR_THERE, NO_ANSWER)), OK,
	     .hint = CHECK_IT),
	SEEN("never confirmed", FINDING_NONE, (ASKED(1)),
	     (ANSWERS("127.0.0.1"),
	      { .host = "127.0.0.7",
		.heartbeats = 2,
		.state = PATH_UNCONFIRMED,
		.learned = true,
		.verdict = VERDICT_DEAD,
		.note = "no heartbeat answer in 1000 ms, so it was never confirmed" }),
	     OK, .hint = CHECK_IT),
	SEEN("dead, and had not answered the INIT", FINDING_NONE,
	     (ASKED(1), .answered = 1, .t1_us = T1_US),
	     (DEAD("127.0.0.1", .note = "answered neither the INIT nor a heartbeat in 1000 ms"),
	      ANSWERS("127.0.0.2")),
	     OK, .hint = CHECK_IT),
	SEEN("alive, though it had not answered the INIT", FINDING_NONE,
	     (ASKED(1), .answered = 1, .t1_us = T1_US),
	     ({ .host = "127.0.0.1",
		.heartbeats = 1,
		.answered = 1,
		.rtt_us = MSEC,
		.verdict = VERDICT_VERIFIED,
		.note = "did not answer the INIT in its turn" },
	      ANSWERS("127.0.0.2")),
	     OK, .hint = "127.0.0.1 did not answer the INIT"),
	SEEN("one heartbeat was lost", FINDING_NONE, (ASKED(1)),
	     ({ .host = "127.0.0.1",
		.heartbeats = 4,
		.answered = 1,
		.lost = 3,
		.verdict = VERDICT_VERIFIED,
		.note = "lost 3 of 4 heartbeats" }),
	     OK),
	SEEN("none was lost, two are on their way", FINDING_NONE, (ASKED(1)),
	     ({ .host = "127.0.0.1", .heartbeats = 3, .answered = 1, .verdict = VERDICT_VERIFIED }),
	     OK),
	SEEN("the peer restarted before it answered", FINDING_RESTARTED_BY_PEER,
	     (.restarted = true, ASKED(1)),
	     ({ .host = "127.0.0.1",
		.heartbeats = 2,
		.answered = 1,
		.lost = 1,
		.verdict = VERDICT_VERIFIED }),
	     OK, .reason = "the peer restarted the association",
	     .hint = "program or host restarted"),
	SEEN("one could not be asked", FINDING_TOO_FEW_VERIFIED, (ASKED(2)),
	     (ANSWERS("127.0.0.1"), { .host = "127.0.0.2", .verdict = VERDICT_UNVERIFIED }), FEW,
	     .reason = "1 of 2 addresses verified, 2 are required"),
	SEEN("one is not the peer's", FINDING_TOO_FEW_VERIFIED, (ASKED(REQUIRE_ALL)),
	     (ANSWERS("127.0.0.1"), { .host = "127.0.0.2",
				      .outside = true,
				      .verdict = VERDICT_REJECTED,
				      .note = "not an address of" }),
	     FEW, .reason = "1 of 2 addresses verified, all are required"),
	SEEN("no path was to be asked", FINDING_NONE, (.require = 0),
	     ({ .host = "127.0.0.1", .verdict = VERDICT_UNVERIFIED }), OK),
	SEEN("closed in the middle", FINDING_CLOSED_BY_PEER,
	     (.require = 1, .closed = true, .probe_timeout_us = PROBE_US),
	     (ANSWERS("127.0.0.1"), { .host = "127.0.0.2",
				      .heartbeats = 1,
				      .verdict = VERDICT_UNVERIFIED,
				      .note = "no time for a heartbeat" }),
	     AGAIN),
	SEEN("closed before an answer", FINDING_CLOSED_BY_PEER, (.require = 1, .closed = true),
	     ({ .host = "127.0.0.1", .heartbeats = 1, .verdict = VERDICT_VERIFIED }), AGAIN),
	SEEN("closed, and no path was to be asked", FINDING_CLOSED_BY_PEER,
	     (.require = 0, .closed = true),
	     ({ .host = "127.0.0.1", .verdict = VERDICT_UNVERIFIED }), AGAIN),
	SEEN("a signal", FINDING_INTERRUPTED, (.require = 2, .probe_timeout_us = PROBE_US),
	     (ANSWERS("127.0.0.1"), { .host = "127.0.0.2",
				      .heartbeats = 2,
				      .verdict = VERDICT_UNVERIFIED,
				      .note = "no time for a heartbeat" }),
	     .signal = SIGTERM, .word = RESULT_CONNECTED, .status = 143,
	     .reason = "ended by SIGTERM before every path had answered a heartbeat"),
};

static void prepare_probe(struct bench *b, const struct probe_case *k)
{
	struct association *a = &b->result.association;

	memset(b, 0, sizeof(*b));
	b->evidence = k->evidence;
	b->evidence.order = b->order;
	b->result.signal = k->signal;
	a->paths = b->paths;
	a->known = true;
	for (size_t i = 0; k->seen[i].host; i++) {
		const struct seen *seen = &k->seen[i];
		struct path_result *path = &b->paths[a->path_count++];

		assert_true(address_from_text(&path->path.address, seen->host));
		path->path.state = seen->state;
		path->requested = !seen->learned;
		path->in_association = !seen->outside;
		path->heartbeats = seen->heartbeats;
		path->answered = seen->answered;
		path->lost = seen->lost;
		path->rtt_us = seen->rtt_us;
		path->route_error = seen->route_error;
		path->neighbour = seen->neighbour;
		path->route.base = seen->base;
		if (seen->base)
			snprintf(path->route.base_name, IF_NAMESIZE, "c%d", seen->base);
		path->queue_us = seen->queue_us;
		strcpy(path->queue_link, "c2");
		assert_true(address_from_text(&path->hop, seen->hop ? seen->hop : seen->host));
		if (!seen->learned)
			b->order[b->evidence.order_count++] = i;
	}
}

static void every_probe(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(probe_cases); i++) {
		const struct probe_case *k = &probe_cases[i];
		struct bench b;

		print_message("  %s\n", k->name);
		prepare_probe(&b, k);
		diagnose(&b.result, &b.evidence);
		assert_string_equal(finding_name(b.result.cause.code), finding_name(k->cause));
		assert_string_equal(result_name(b.result.word), result_name(k->word));
		assert_int_equal(b.result.status, k->status);
		assert_int_equal(b.result.error, 0);
		assert_text(reason_of(&b), k->reason);
		assert_text(hint_of(&b), k->hint);
		for (size_t j = 0; j < b.result.association.path_count; j++) {
			assert_string_equal(verdict_name(b.paths[j].verdict),
					    verdict_name(k->seen[j].verdict));
			assert_text(note_of(&b, j), k->seen[j].note);
		}
	}
}

static void lost_while_probing(void **state)
{
	struct probe_case k = {
		.evidence = { .phase = PHASE_UP,
			      .error = ECONNRESET,
			      .cause = { .code = 12 },
			      .require = 1,
			      .up_for_us = 300 * MSEC },
		.seen = { ANSWERS("127.0.0.1"), { .host = "127.0.0.2", .heartbeats = 2 } },
	};
	struct bench b;

	(void)state;
	prepare_probe(&b, &k);
	diagnose(&b.result, &b.evidence);
	assert_int_equal(b.result.word, RESULT_ABORTED);
	assert_int_equal(b.result.status, STATUS_NOT_CONNECTED);
	assert_text(reason_of(&b), "aborted the association 300.0 ms after it was up: user");
	assert_verdicts(&b.result, "verified unverified");
	assert_int_equal(b.paths[0].cause.code, FINDING_NONE);
	assert_int_equal(b.paths[1].cause.code, FINDING_NO_TIME_FOR_HEARTBEAT);
	/* Gone before it was looked at is not closed in peace. */
	k.evidence.closed = true;
	k.seen[0].answered = 0;
	prepare_probe(&b, &k);
	diagnose(&b.result, &b.evidence);
	assert_verdicts(&b.result, "unverified unverified");
	k.evidence.error = ETIMEDOUT;
	prepare_probe(&b, &k);
	diagnose(&b.result, &b.evidence);
	assert_int_equal(b.result.error, ETIMEDOUT);
	assert_text(reason_of(&b), "the association was lost 300.0 ms after it was up");
}

/* --- Whatever the errno ---------------------------------------------------------------------- */

/* DESIGN's table of exit statuses. */
static void assert_status_fits(const struct result *result, enum phase phase)
{
	switch (result->word) {
	case RESULT_CONNECTED:
		assert_int_equal(result->status, STATUS_OK);
		break;
	case RESULT_REFUSED:
	case RESULT_UNREACHABLE:
	case RESULT_ABORTED:
		assert_int_equal(result->status, STATUS_NOT_CONNECTED);
		break;
	case RESULT_TIMEOUT:
		assert_int_equal(result->status, STATUS_TIMEOUT);
		break;
	case RESULT_UNSUPPORTED:
	case RESULT_FAILED:
		assert_int_equal(result->status, STATUS_HOST);
		assert_in_range(phase, PHASE_STACK, PHASE_CALL);
		break;
	default:
		fail_msg("%s is not the end of an attempt", result_name(result->word));
	}
}

static void check_any(enum phase phase, int error, bool ended, size_t count)
{
	struct evidence_case k = {
		.evidence = { .phase = phase,
			      .error = error,
			      .ended = ended,
			      .fault = { .call = "sctp_bindx",
					 .binds = true,
					 .connects = phase == PHASE_CALL },
			      AFTER(DEADLINE_US) },
		.asked = { A, B, C },
	};
	struct bench b;

	k.asked[count].host = NULL;
	prepare(&b, &k);
	diagnose(&b.result, &b.evidence);
	assert_status_fits(&b.result, phase);
	if (b.result.word == RESULT_CONNECTED) {
		assert_int_equal(phase, PHASE_UP);
		assert_int_equal(error, 0);
		return;
	}
	assert_true(reason_of(&b)[0]);
	assert_true(b.result.error);
	/* Where the host has answered and there is no other to try, the reason says all. */
	if (b.result.word != RESULT_REFUSED || count > 1)
		assert_true(hint_of(&b)[0]);
	for (size_t i = 0; i < count; i++) {
		if (phase == PHASE_UP)
			assert_int_equal(b.paths[i].verdict, VERDICT_UNVERIFIED);
		else
			assert_in_range(b.paths[i].verdict, VERDICT_REFUSED, VERDICT_UNTRIED);
	}
}

static void every_phase_and_errno(void **state)
{
	(void)state;
	for (size_t count = 1; count <= 3; count++) {
		for (int error = 1; error < ERRNOS; error++) {
			check_any(PHASE_STACK, error, false, count);
			check_any(PHASE_OPEN, error, false, count);
			check_any(PHASE_CALL, error, false, count);
			check_any(PHASE_PENDING, error, true, count);
			check_any(PHASE_UP, error, false, count);
		}
		check_any(PHASE_PENDING, 0, false, count);
		check_any(PHASE_UP, 0, false, count);
	}
}

static void every_soft_and_route_error(void **state)
{
	struct evidence_case k = { .evidence = { .phase = PHASE_PENDING, .elapsed_us = MSEC },
				   .asked = { A } };
	struct bench b;

	(void)state;
	for (int error = 1; error < ERRNOS; error++) {
		k.evidence.report.soft_errors[0] = error;
		k.evidence.report.soft_error_count = 1;
		k.asked[0].route_error = 0;
		prepare(&b, &k);
		diagnose(&b.result, &b.evidence);
		assert_int_equal(b.result.word, RESULT_UNREACHABLE);
		assert_int_equal(b.result.error, error);
		assert_status_fits(&b.result, PHASE_PENDING);
		assert_true(reason_of(&b)[0] && hint_of(&b)[0]);

		k.evidence.report.soft_error_count = 0;
		k.asked[0].route_error = error;
		prepare(&b, &k);
		diagnose(&b.result, &b.evidence);
		assert_int_equal(b.result.word, RESULT_UNREACHABLE);
		assert_int_equal(b.result.error, error);
		assert_status_fits(&b.result, PHASE_PENDING);
		assert_true(reason_of(&b)[0] && hint_of(&b)[0]);
	}
}

static void who_did_not_answer_the_init(void **state)
{
	const struct evidence_case k = {
		.evidence = { .phase = PHASE_UP, .answered = 1, .t1_us = T1_US },
		.asked = { A, B, C },
	};
	struct bench b;

	(void)state;
	prepare(&b, &k);
	diagnose(&b.result, &b.evidence);
	assert_text(note_of(&b, 0), "did not answer the INIT in its turn of 250 ms");
	assert_text(note_of(&b, 1), NULL);
	assert_text(note_of(&b, 2), NULL);
}

static void every_cause_has_a_name(void **state)
{
	static const uint16_t causes[] = { 1,  2,  3,  4,    5,    6,    7,    8,    9,    10,
					   11, 12, 13, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0x105 };
	struct evidence_case k = { .evidence = { .phase = PHASE_UP, .error = ECONNRESET },
				   .asked = { A } };
	char number[32];
	struct bench b;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
		k.evidence.cause.code = causes[i];
		prepare(&b, &k);
		diagnose(&b.result, &b.evidence);
		snprintf(number, sizeof(number), "(cause %u)", causes[i]);
		assert_text(reason_of(&b), number);
		assert_null(strstr(reason_of(&b), "no RFC names"));
	}
}

/* --- The order of the call is not the user's ------------------------------------------------- */

static void verdicts_follow_the_order_of_the_call(void **state)
{
	const struct evidence_case k = { .evidence = { REFUSAL, AFTER(T1_US + 1) },
					 .asked = { A, B, C } };
	struct bench b;

	(void)state;
	prepare(&b, &k);
	b.order[0] = 2;
	b.order[1] = 0;
	b.order[2] = 1;
	diagnose(&b.result, &b.evidence);
	assert_verdicts(&b.result, "refused untried silent");
	assert_text(hint_of(&b), "try without 127.0.0.1");
}

/* Its INIT drew an ICMP error, so the newest call has it last. */
static void an_address_that_was_moved_was_tried(void **state)
{
	struct evidence_case k = { .evidence = { REFUSAL, AFTER(MSEC), .moved = 1 },
				   .asked = { A, B, C } };
	struct bench b;

	(void)state;
	for (int silence = 0; silence <= 1; silence++) {
		prepare(&b, &k);
		b.paths[0].soft_error = EHOSTUNREACH;
		b.order[0] = 1;
		b.order[1] = 2;
		b.order[2] = 0;
		if (silence) {
			b.evidence.ended = false;
			b.evidence.error = 0;
		}
		diagnose(&b.result, &b.evidence);
		assert_verdicts(&b.result, silence ? "unreachable silent untried"
						   : "unreachable refused untried");
		assert_int_equal(b.paths[0].cause.code, FINDING_ICMP_OR_NEIGHBOUR);
		assert_int_equal(b.paths[0].cause.basis, BASIS_SO_ERROR);
	}
}

/* An address that this host could not put into the call keeps its verdict and its note. */
static void what_was_not_in_the_call_stays(void **state)
{
	static const struct evidence_case ends[] = {
		CASE("", FINDING_NONE, (SILENCE, AFTER(DEADLINE_US)), (A, B, C)),
		CASE("", FINDING_NONE, (REFUSAL, AFTER(MSEC)), (A, B, C)),
		CASE("", FINDING_NONE, (CALL(EAGAIN)), (A, B, C)),
		CASE("", FINDING_NONE, (CALL(ENETUNREACH)), (A, B, C)),
		CASE("", FINDING_NONE, (OPEN(EMFILE)), (A, B, C)),
		CASE("", FINDING_NONE, (.phase = PHASE_UP), (A, OUTSIDE("127.0.0.2"), C)),
		CASE("", FINDING_NONE, (.phase = PHASE_UP), (A, B, C), .unknown = true),
		CASE("", FINDING_NONE, (SILENCE), (A, B, C), .signal = SIGINT),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct bench b;

		prepare(&b, &ends[i]);
		b.paths[1].verdict = VERDICT_EXCLUDED;
		b.paths[1].cause = (struct finding){ .code = FINDING_NO_IPV6 };
		b.order[1] = 2;
		b.evidence.order_count = 2;
		diagnose(&b.result, &b.evidence);
		assert_int_equal(b.paths[1].verdict, VERDICT_EXCLUDED);
		assert_int_equal(b.paths[1].cause.code, FINDING_NO_IPV6);
	}
}

/* --- The rest -------------------------------------------------------------------------------- */

/* What this host says of an address that the stack does not bind, and of its port. */
static void what_is_not_bound(void **state)
{
	const struct {
		int error;
		uint16_t port;
		struct fake_host host;
		enum finding_code code;
	} conditions[] = {
		{ EADDRNOTAVAIL, 0, { .local_state = LOCAL_USABLE }, FINDING_NOT_LOCAL },
		{ EADDRNOTAVAIL, 0, { .local_state = LOCAL_ABSENT }, FINDING_NOT_LOCAL },
		{ EADDRNOTAVAIL, 80, { .local_state = LOCAL_TENTATIVE }, FINDING_LOCAL_TENTATIVE },
		{ EADDRNOTAVAIL, 0, { .local_state = LOCAL_DUPLICATE }, FINDING_LOCAL_DUPLICATE },
		{ EADDRNOTAVAIL,
		  0,
		  { .local_state = LOCAL_ON_OTHER_LINK },
		  FINDING_LOCAL_ON_OTHER_LINK },
		{ EADDRNOTAVAIL, 0, { .local_state = LOCAL_IN_VRF }, FINDING_LOCAL_IN_VRF },
		{ EADDRNOTAVAIL, 0, { .local_state = LOCAL_LINK_DOWN }, FINDING_LOCAL_LINK_DOWN },
		{ EADDRINUSE, 80, { .port_closing = false }, FINDING_BIND_IN_USE },
		{ EADDRINUSE, 80, { .port_closing = true }, FINDING_BIND_CLOSING },
		{ EADDRINUSE, 0, { .port_closing = true }, FINDING_NO_FREE_PORT },
		{ EACCES, 1023, { .unprivileged_port = 1024 }, FINDING_PRIVILEGED_PORT },
		{ EACCES, 1024, { .unprivileged_port = 1024 }, FINDING_BIND_FORBIDDEN },
		{ EACCES, 5999, { .unprivileged_port = 6000 }, FINDING_PRIVILEGED_PORT },
		{ EACCES, 0, { .unprivileged_port = 1024 }, FINDING_BIND_FORBIDDEN },
		{ EPERM, 80, { .unprivileged_port = 80 }, FINDING_BIND_FORBIDDEN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++) {
		struct stack_fault fault = { .call = "sctp_bindx",
					     .binds = true,
					     .address = FAKE_V4(0x7f000008, 80) };
		struct finding finding;

		address_set_port(&fault.address, conditions[i].port);
		fake_host = conditions[i].host;
		finding = finding_of_fault(&fault, conditions[i].error);
		assert_string_equal(finding_name(finding.code), finding_name(conditions[i].code));
		assert_int_equal(finding.error, conditions[i].error);
		assert_string_equal(finding.call, "sctp_bindx");
		assert_int_equal(address_port(&finding.address), conditions[i].port);
		if (conditions[i].code == FINDING_LOCAL_IN_VRF)
			assert_string_equal(finding.other_link, "red");
		if (conditions[i].code == FINDING_BIND_CLOSING)
			assert_int_equal(address_port(&finding.other), 5000);
	}
	fake_host = (struct fake_host){ 0 };
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(every_probe),
		cmocka_unit_test(lost_while_probing),
		cmocka_unit_test(every_phase_and_errno),
		cmocka_unit_test(every_soft_and_route_error),
		cmocka_unit_test(who_did_not_answer_the_init),
		cmocka_unit_test(every_cause_has_a_name),
		cmocka_unit_test(verdicts_follow_the_order_of_the_call),
		cmocka_unit_test(an_address_that_was_moved_was_tried),
		cmocka_unit_test(what_was_not_in_the_call_stays),
		cmocka_unit_test(what_is_not_bound),
	};

	return cmocka_run_group_tests_name("diagnose", tests, NULL, NULL);
}
