/* SPDX-License-Identifier: MIT */
/*
 * endpoint.c: names without addresses, endpoints that cannot be opened, calls that this host
 * refuses.
 */
#include "fake_evidence.h"

#include "diagnose/endpoint.h"
#include "fake_host.h"

#define BINDX(n)                         \
	.phase = PHASE_OPEN, .error = n, \
	.fault = { .call = "sctp_bindx", .binds = true, .address = FAKE_V4(0x7f000008, 80) }

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

	/* --- The endpoint --- */
	CASE("no SCTP, told by socket()", FINDING_NO_SCTP_HERE, (OPEN(EPROTONOSUPPORT)), (A),
	     AS(RESULT_UNSUPPORTED, EPROTONOSUPPORT, STATUS_HOST),
	     EXPECT("untried", "kernel has no SCTP", "modprobe sctp")),
	CASE("no SCTP, one-to-many", FINDING_NO_SCTP_HERE, (OPEN(ESOCKTNOSUPPORT)), (A),
	     AS(RESULT_UNSUPPORTED, ESOCKTNOSUPPORT, STATUS_HOST),
	     EXPECT("untried", "kernel has no SCTP", "modprobe sctp")),
	CASE("no IPv6", FINDING_NO_IPV6, (OPEN(EAFNOSUPPORT), .fault.lack = LACKS_IPV6),
	     (GOOD("fd01::1")), HOST(EAFNOSUPPORT), EXPECT("untried", "no IPv6", "disable_ipv6")),
	CASE("no UDP port left", FINDING_NO_FREE_PORT,
	     (OPEN(EADDRINUSE), .fault.lack = LACKS_ANY_UDP_PORT), (A), HOST(EADDRINUSE),
	     EXPECT("untried", "no local port is free", "ip_local_port_range")),
	CASE("IPv6 that a security module forbids", FINDING_IPV6_FORBIDDEN,
	     (OPEN(EACCES), .fault.lack = LACKS_IPV6), (GOOD("fd01::1")), HOST(EACCES),
	     EXPECT("untried", "forbids IPv6 sockets", "RestrictAddressFamilies")),
	CASE("a family that a sandbox forbids", FINDING_CALL_FORBIDDEN, (OPEN(EAFNOSUPPORT)), (A),
	     HOST(EAFNOSUPPORT),
	     EXPECT("untried", "socket: EAFNOSUPPORT: a security module or a sandbox",
		    "RestrictAddressFamilies")),
	CASE("no descriptors", FINDING_CALL_FAILED, (OPEN(EMFILE)), (A, B), HOST(EMFILE),
	     EXPECT("untried untried", "socket: EMFILE", "--explain EMFILE")),
	CASE("no memory", FINDING_CALL_FAILED, (OPEN(ENOMEM)), (A), HOST(ENOMEM),
	     EXPECT("untried", "socket: ENOMEM", "--explain ENOMEM")),
	CASE("a socket that a seccomp filter forbids", FINDING_CALL_FORBIDDEN, (OPEN(EPERM)), (A),
	     HOST(EPERM), EXPECT("untried", "socket: EPERM: a security module or", "denied")),
	CASE("a socket that AppArmor forbids", FINDING_CALL_FORBIDDEN, (OPEN(EACCES)), (A),
	     HOST(EACCES), EXPECT("untried", "socket: EACCES: a security module or", "denied")),
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
};

static void every_case(void **state)
{
	(void)state;
	fake_host.local_state = LOCAL_ABSENT;
	diagnosis_check(cases, ARRAY_SIZE(cases));
}

/* What this host says of an address that the stack does not bind, and of its port. */
static void what_is_not_bound(void **state)
{
	const struct {
		int error;
		uint16_t port;
		struct fake_host host;
		enum finding_code code;
	} conditions[] = {
		{ EADDRNOTAVAIL, 0, { .local_untold = true }, FINDING_LOCAL_UNTOLD },
		{ EADDRNOTAVAIL, 0, { .local_state = LOCAL_USABLE }, FINDING_CALL_FAILED },
		{ EADDRNOTAVAIL, 0, { .local_state = LOCAL_BY_ROUTE }, FINDING_LOCAL_BY_ROUTE },
		{ EADDRNOTAVAIL, 0, { .local_state = LOCAL_ABSENT }, FINDING_NOT_LOCAL },
		{ EADDRNOTAVAIL, 80, { .local_state = LOCAL_TENTATIVE }, FINDING_LOCAL_TENTATIVE },
		{ EADDRNOTAVAIL, 0, { .local_state = LOCAL_DUPLICATE }, FINDING_LOCAL_DUPLICATE },
		{ EADDRNOTAVAIL,
		  0,
		  { .local_state = LOCAL_ON_OTHER_LINK },
		  FINDING_LOCAL_ON_OTHER_LINK },
		{ EADDRNOTAVAIL, 0, { .local_state = LOCAL_IN_VRF }, FINDING_LOCAL_IN_VRF },
		{ EADDRNOTAVAIL, 0, { .local_state = LOCAL_LINK_DOWN }, FINDING_LOCAL_LINK_DOWN },
		{ EADDRNOTAVAIL,
		  0,
		  { .local_state = LOCAL_IN_VRF, .runs_in = "red" },
		  FINDING_LOCAL_IN_VRF },
		{ EADDRNOTAVAIL,
		  0,
		  { .local_state = LOCAL_OUTSIDE_VRF, .runs_in = "red" },
		  FINDING_LOCAL_OUTSIDE_VRF },
		{ EADDRNOTAVAIL,
		  0,
		  { .local_state = LOCAL_ABSENT, .runs_in = "red" },
		  FINDING_NOT_LOCAL },
		{ EADDRINUSE, 80, { .port_closing = false }, FINDING_BIND_IN_USE },
		{ EADDRINUSE, 80, { .port_closing = true }, FINDING_BIND_CLOSING },
		{ EADDRINUSE, 0, { .port_closing = true }, FINDING_NO_FREE_PORT },
		{ EACCES, 1023, { .unprivileged_port = 1024 }, FINDING_PRIVILEGED_PORT },
		{ EACCES, 1023, { .any_port = true }, FINDING_BIND_FORBIDDEN },
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
		if (conditions[i].code == FINDING_LOCAL_IN_VRF ||
		    conditions[i].code == FINDING_LOCAL_OUTSIDE_VRF)
			assert_string_equal(finding.other_link, "red");
		assert_int_equal(finding.flags & FINDING_INSIDE,
				 conditions[i].code == FINDING_LOCAL_IN_VRF && fake_host.runs_in
					 ? FINDING_INSIDE
					 : 0);
		if (conditions[i].code == FINDING_BIND_CLOSING)
			assert_int_equal(address_port(&finding.other), 5000);
	}
	fake_host = (struct fake_host){ 0 };
}

static void threads_that_a_sandbox_forbids(void **state)
{
	const struct stack_fault fault = { .call = "pthread_create", .lack = LACKS_THREADS };

	(void)state;
	assert_int_equal(finding_of_fault(&fault, EPERM).code, FINDING_CALL_FORBIDDEN);
	assert_int_equal(finding_of_fault(&fault, EAGAIN).code, FINDING_USRSCTP_THREADS);
}

/* A host that has IPv6, and a program that may not open such a socket. */
static void ipv6_that_is_there(void **state)
{
	const struct stack_fault fault = { .call = "socket", .lack = LACKS_IPV6 };

	(void)state;
	assert_int_equal(finding_of_fault(&fault, EAFNOSUPPORT).code, FINDING_NO_IPV6);
	fake_host.ipv6 = true;
	assert_int_equal(finding_of_fault(&fault, EAFNOSUPPORT).code, FINDING_IPV6_FORBIDDEN);
	fake_host = (struct fake_host){ 0 };
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(what_is_not_bound),
		cmocka_unit_test(threads_that_a_sandbox_forbids),
		cmocka_unit_test(ipv6_that_is_there),
	};

	return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
