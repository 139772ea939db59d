/* SPDX-License-Identifier: MIT */
/* text_result.c and text_paths.c: exactly what is printed for a result. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "fake_report.h"
#include "report/text.h"

static void assert_result(struct fixture *f, const char *out, const char *hints)
{
	report_result(&f->capture.reporter, &f->result);
	assert_printed(f, out, hints);
}

static void text_connected(void **state)
{
	struct fixture *f = *state;

	make_three_paths(f);
	assert_result(
		f,
		"connected  association 3, streams 10 out 10 in, 22.7 ms"
		" (kernel, nonblocking)\n"
		"  10.1.1.2:5000  unverified  rto 250 ms   mtu 1500  primary\n"
		"  10.1.2.2:5000  unverified  rto 250 ms   mtu 1500\n"
		"  10.1.3.2:5000  unverified  rto 1000 ms  mtu 1500\n"
		"  10.9.9.9:5000  rejected    not an address of this peer, or another endpoint listens on it\n"
		"  from 10.1.1.1, 10.1.2.1 port 40312; peer rwnd 106496;"
		" extensions PR-SCTP, RE-CONFIG\n",
		"");
}

static void text_degraded(void **state)
{
	struct fixture *f = *state;
	struct path_result *p;

	make_up(f);
	f->result.word = RESULT_DEGRADED;
	set_reason(
		f,
		FOUND(.code = FINDING_TOO_FEW_VERIFIED, .verified = 1, .paths = 2, .required = 2),
		FOUND(.code = FINDING_LINK_DOWN, .link = "eth0"));
	p = add_live_path(f, "10.1.1.2", 5000);
	p->verdict = VERDICT_VERIFIED;
	p->path.srtt_us = 28000;
	p->rtt_us = 28412;
	p = add_live_path(f, "10.1.2.2", 5000);
	p->verdict = VERDICT_DEAD;
	p->path.primary = true;
	p->path.state = PATH_POTENTIALLY_FAILED;
	set_note(p, FOUND(.code = FINDING_HEARTBEAT_UNANSWERED, .time_us = 1000000));
	assert_result(f,
		      "degraded   association 3, streams 10 out 10 in, 22.7 ms"
		      " (kernel, nonblocking)\n"
		      "  10.1.1.2:5000  verified  rtt 28.4 ms  rto 250 ms  mtu 1500\n"
		      "  10.1.2.2:5000  dead      no heartbeat answer in 1000 ms  primary"
		      "  potentially failed\n",
		      "sctp-connect: 1 of 2 addresses verified, 2 are required\n"
		      "sctp-connect: ip link show eth0; check its cable, and the switch or host "
		      "at the other end\n");
}

/* What the table says of an address is not said once more. */
static void text_each(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 410);
	make_each(f);
	set_reason(f, REFUSAL, FOUND(.code = FINDING_SOME_ACCEPT_ALONE));
	set_note(add_path(f, "10.1.1.2", 5000, VERDICT_REFUSED), REFUSAL);
	set_note(add_path(f, "10.1.2.2", 5000, VERDICT_UNTRIED),
		 FOUND(.code = FINDING_UNTRIED_ANSWERED));
	assert_result(
		f,
		"refused    ECONNREFUSED after 0.4 ms (kernel, nonblocking)\n"
		"  10.1.1.2:5000  refused  answered ABORT\n"
		"  10.1.2.2:5000  untried  not tried: another address had answered the INIT\n"
		"each alone:\n"
		"  10.1.1.2:5000                refused      ECONNREFUSED after 0.4 ms"
		"  the host answered ABORT: no endpoint listens on port 9, or its queue is full\n"
		"  10.1.2.2:5000 (mme.example)  connected    in 1.1 ms\n"
		"  [fd01::2]:5000               failed       EMFILE                   "
		"  socket: EMFILE: this process may not open more file descriptors\n"
		"  10.1.4.2:5000                unreachable  after 20.1 ms            "
		"  this host has no route to it\n",
		"sctp-connect: 10.1.2.2 alone accepts: leave out 10.1.1.2, which refuses\n");
}

/* With one address, or none, there is nothing to add. */
static void text_each_of_one(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 410);
	make_each(f);
	f->result.each_count = 1;
	set_reason(f, REFUSAL, REFUSAL);
	add_path(f, "10.1.1.2", 5000, VERDICT_REFUSED);
	assert_result(
		f,
		"refused    ECONNREFUSED after 0.4 ms (kernel, nonblocking)\n"
		"  10.1.1.2:5000  refused  the host answered ABORT: no endpoint listens on port 9, or its queue is full\n",
		"");
}

static void text_each_color(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 410);
	make_each(f);
	f->result.each_count = 2;
	f->capture.reporter.color = true;
	assert_result(
		f,
		"\033[31mrefused\033[0m    ECONNREFUSED after 0.4 ms (kernel, nonblocking)\n"
		"each alone:\n"
		"  10.1.1.2:5000                \033[31mrefused\033[0m    ECONNREFUSED after "
		"0.4 ms  the host answered ABORT: no endpoint listens on port 9, or its queue is full\n"
		"  10.1.2.2:5000 (mme.example)  \033[32mconnected\033[0m  in 1.1 ms\n",
		"");
}

static void text_learned(void **state)
{
	struct fixture *f = *state;
	struct path_result *p;

	make_up(f);
	p = add_live_path(f, "10.1.1.2", 5000);
	p->path.primary = true;
	p->path.srtt_us = 28400;
	p = add_live_path(f, "10.1.2.2", 5000);
	p->path.state = PATH_UNCONFIRMED;
	p->requested = false;
	p = add_live_path(f, "10.1.3.2", 5000);
	p->path.state = PATH_INACTIVE;
	p->path.srtt_us = 31000;
	set_note(p, FOUND(.code = FINDING_NO_ROUTE));
	assert_result(f,
		      "connected  association 3, streams 10 out 10 in, 22.7 ms"
		      " (kernel, nonblocking)\n"
		      "  10.1.1.2:5000  unverified  srtt 28.4 ms  rto 250 ms  mtu 1500  primary\n"
		      "  10.1.2.2:5000  unverified                rto 250 ms  mtu 1500  unconfirmed"
		      "  learned\n"
		      "  10.1.3.2:5000  unverified  srtt 31 ms    rto 250 ms  mtu 1500  inactive"
		      "  this host has no route to it\n",
		      "");
}

struct leaving {
	int index, base;
	const char *link, *base_name, *gateway;
};

static void set_route(struct path_result *path, const struct leaving *leaving)
{
	struct path_route *route = &path->route;

	path->verdict = VERDICT_VERIFIED;
	route->index = leaving->index;
	route->base = leaving->base;
	strcpy(route->link, leaving->link);
	strcpy(route->base_name, leaving->base_name);
	if (leaving->gateway)
		route->gateway = make_address(leaving->gateway, 0);
}

/* What is shared, of three verified paths. */
static void expect_shared(struct fixture *f, const struct leaving leaving[3], size_t links,
			  const char *lines)
{
	char expected[1024], *table;

	make_three_paths(f);
	for (size_t i = 0; i < 3; i++)
		set_route(&f->paths[i], &leaving[i]);
	assert_int_equal(association_links(&f->result.association), links);
	report_result(&f->capture.reporter, &f->result);
	table = strstr(read_back(&f->capture), "RE-CONFIG\n");
	assert_non_null(table);
	snprintf(expected, sizeof(expected), "RE-CONFIG\n%s", lines);
	assert_string_equal(table, expected);
}

#define SHARED(name, links, lines, ...)                                   \
	static void name(void **state)                                    \
	{                                                                 \
		static const struct leaving leaving[3] = { __VA_ARGS__ }; \
                                                                          \
		expect_shared(*state, leaving, links, lines);             \
	}

SHARED(text_one_link, 1, "  one link: all 3 verified paths use c1 via 10.1.1.254\n",
       { 5, 5, "c1", "c1", "10.1.1.254" }, { 5, 5, "c1", "c1", "10.1.1.254" },
       { 5, 5, "c1", "c1", "10.1.1.254" })
SHARED(text_two_links, 2, "  one link: 10.1.1.2 and 10.1.3.2 use c1\n", { 5, 5, "c1", "c1", NULL },
       { 6, 6, "c2", "c2", NULL }, { 5, 5, "c1", "c1", "10.1.1.254" })
SHARED(text_vlans, 1, "  one link: all 3 verified paths use bond0 (bond0.10, bond0.20)\n",
       { 8, 5, "bond0.10", "bond0", NULL }, { 5, 5, "bond0", "bond0", NULL },
       { 9, 5, "bond0.20", "bond0", NULL })
SHARED(text_one_gateway, 3, "  one gateway: 10.1.1.2 and 10.1.2.2 use 10.1.1.254\n",
       { 5, 5, "c1", "c1", "10.1.1.254" }, { 6, 6, "c2", "c2", "10.1.1.254" },
       { 7, 7, "c3", "c3", "10.1.3.254" })
/* Routers on different links may have the same link-local address. */
SHARED(text_link_local_gateways, 3, "", { 5, 5, "c1", "c1", "fe80::1" },
       { 6, 6, "c2", "c2", "fe80::1" }, { 7, 7, "c3", "c3", NULL })
SHARED(text_unknown_links, 1, "", { 5, 5, "c1", "c1", NULL }, { 0, 0, "", "", NULL },
       { 0, 0, "", "", NULL })

static void text_loopback(void **state)
{
	struct fixture *f = *state;
	const struct leaving lo = { 1, 1, "lo", "lo", NULL };

	make_three_paths(f);
	for (size_t i = 0; i < 3; i++) {
		set_route(&f->paths[i], &lo);
		f->paths[i].route.loopback = true;
	}
	report_result(&f->capture.reporter, &f->result);
	assert_null(strstr(read_back(&f->capture), "one link"));
}

static void text_already_closing(void **state)
{
	struct fixture *f = *state;

	make_up(f);
	f->result.association.status.state = ASSOC_SHUTDOWN_RECEIVED;
	assert_result(f,
		      "connected  association 3 (shutdown-received), streams 10 out 10 in,"
		      " 22.7 ms (kernel, nonblocking)\n",
		      "");
}

static void text_already_gone(void **state)
{
	struct fixture *f = *state;

	make_up(f);
	f->result.association.known = false;
	assert_result(f, "connected  in 22.7 ms (kernel, nonblocking)\n", "");
}

static void text_one_to_many_blocking(void **state)
{
	struct fixture *f = *state;

	make_up(f);
	f->result.style = STACK_ONE_TO_MANY;
	f->result.blocking = true;
	f->result.tries = 7;
	assert_result(f,
		      "connected  association 3, streams 10 out 10 in, 22.7 ms"
		      " (kernel, blocking, one-to-many, try 7)\n",
		      "");
}

static void text_ipv6_and_names(void **state)
{
	struct fixture *f = *state;

	make_up(f);
	f->result.stack = "usrsctp";
	add_live_path(f, "fd01:1::2", 5000)->host = "mme.example";
	add_live_path(f, "10.1.1.2", 5000)->host = "m\xc3\xbc\nller";
	add_local(f, "fd01:1::1", 40312);
	assert_result(f,
		      "connected  association 3, streams 10 out 10 in, 22.7 ms"
		      " (usrsctp, nonblocking)\n"
		      "  [fd01:1::2]:5000 (mme.example)  unverified  rto 250 ms  mtu 1500\n"
		      "  10.1.1.2:5000 (m???ller)        unverified  rto 250 ms  mtu 1500\n"
		      "  from fd01:1::1 port 40312; peer rwnd 106496\n",
		      "");
}

static void text_many_local_addresses(void **state)
{
	struct fixture *f = *state;

	make_up(f);
	for (int i = 1; i <= 20; i++) {
		char text[32];

		snprintf(text, sizeof(text), "10.1.1.%d", i);
		add_local(f, text, 40312);
	}
	assert_result(f,
		      "connected  association 3, streams 10 out 10 in, 22.7 ms"
		      " (kernel, nonblocking)\n"
		      "  from 10.1.1.1, 10.1.1.2, 10.1.1.3, 10.1.1.4, 10.1.1.5, 10.1.1.6,"
		      " 10.1.1.7, 10.1.1.8 and 12 more, port 40312; peer rwnd 106496\n",
		      "");
}

static void text_refused(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 360);
	set_reason(f, REFUSAL, REFUSAL);
	add_path(f, "127.0.0.1", 9, VERDICT_REFUSED);
	assert_result(f,
		      "refused    ECONNREFUSED after 0.4 ms (kernel, nonblocking)\n"
		      "  127.0.0.1:9  refused  the host answered ABORT: no endpoint listens on"
		      " port 9, or its queue is full\n",
		      "");
}

/* A sentence that stands beside an address is not said again. */
static void text_never_twice(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_UNREACHABLE, ENETUNREACH, 5000300);
	set_reason(f, FOUND(.code = FINDING_PROHIBITED_ROUTE), FOUND(.code = FINDING_NONE));
	set_note(add_path(f, "10.9.9.9", 9, VERDICT_UNREACHABLE),
		 FOUND(.code = FINDING_PROHIBITED_ROUTE));
	add_path(f, "10.9.9.8", 9, VERDICT_SILENT);
	assert_result(f,
		      "unreachable  ENETUNREACH after 5000.3 ms (kernel, nonblocking)\n"
		      "  10.9.9.9:9  unreachable  this host's route to it is of type prohibit\n"
		      "  10.9.9.8:9  silent\n",
		      "");
}

static void text_timeout(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_TIMEOUT, ETIMEDOUT, 12345678);
	set_reason(f, FOUND(.code = FINDING_SILENT, .time_us = 5000000),
		   FOUND(.code = FINDING_LINK_DOWN, .link = "eth0"));
	set_note(add_path(f, "10.1.1.2", 5000, VERDICT_SILENT), FOUND(.code = FINDING_SILENT));
	add_path(f, "10.1.12.2", 5000, VERDICT_UNTRIED);
	set_note(add_path(f, "fd01::2", 5000, VERDICT_EXCLUDED), FOUND(.code = FINDING_NO_IPV6));
	assert_result(f,
		      "timeout    ETIMEDOUT after 12.3 s (kernel, nonblocking)\n"
		      "  10.1.1.2:5000   silent    no answer to INIT\n"
		      "  10.1.12.2:5000  untried\n"
		      "  [fd01::2]:5000  excluded  this host has no IPv6\n",
		      "sctp-connect: no answer to INIT within 5000 ms\n"
		      "sctp-connect: ip link show eth0; check its cable, and the switch or host "
		      "at the other end\n");
}

static void text_closed(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_CLOSED, 0, 700);
	assert_result(f, "closed     up after 0.7 ms (kernel, nonblocking)\n", "");
}

static void text_aborted(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_ABORTED, ECONNRESET, 700);
	assert_result(f, "aborted    ECONNRESET, up after 0.7 ms (kernel, nonblocking)\n", "");
}

static void text_unresolved(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_UNRESOLVED, 0, 0);
	f->target.name = "mme.example:5000";
	f->result.resolve_us = 12340;
	set_reason(f, FOUND(.code = FINDING_NAME_NOT_FOUND, .name = "mme.example"),
		   FOUND(.code = FINDING_NONE));
	assert_result(f, "unresolved  mme.example:5000 after 12.3 ms\n",
		      "sctp-connect: mme.example: no such name\n");
}

static void text_unsupported(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_UNSUPPORTED, EPROTONOSUPPORT, 0);
	f->result.stack = NULL;
	set_reason(f, FOUND(.code = FINDING_NO_SCTP_HERE),
		   FOUND(.code = FINDING_NO_SCTP_HERE, .detail = "/bin/false"));
	assert_result(f, "unsupported  EPROTONOSUPPORT\n",
		      "sctp-connect: this host's kernel has no SCTP\n"
		      "sctp-connect: the module may not be loaded here: /bin/false\n");
}

static void text_signal(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_FAILED, EINTR, 700200);
	f->result.signal = SIGINT;
	assert_result(f, "failed     SIGINT after 700.2 ms (kernel, nonblocking)\n", "");
}

static void text_color(void **state)
{
	struct fixture *f = *state;
	struct path_result *p;

	make_up(f);
	p = add_live_path(f, "10.1.1.2", 5000);
	p->verdict = VERDICT_VERIFIED;
	add_live_path(f, "10.1.2.2", 5000);
	p = add_live_path(f, "10.1.3.2", 5000);
	p->verdict = VERDICT_DEAD;
	set_note(p, FOUND(.code = FINDING_HEARTBEAT_UNANSWERED, .time_us = 1000));
	f->capture.reporter.color = true;
	assert_result(f,
		      "\033[32mconnected\033[0m  association 3, streams 10 out 10 in, 22.7 ms"
		      " (kernel, nonblocking)\n"
		      "  10.1.1.2:5000  \033[32mverified\033[0m    rto 250 ms  mtu 1500\n"
		      "  10.1.2.2:5000  \033[33munverified\033[0m  rto 250 ms  mtu 1500\n"
		      "  10.1.3.2:5000  \033[31mdead\033[0m        no heartbeat answer in 1 ms\n",
		      "");
}

static void text_color_failure(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 400);
	f->capture.reporter.color = true;
	assert_result(f,
		      "\033[31mrefused\033[0m    ECONNREFUSED after 0.4 ms (kernel, nonblocking)\n",
		      "");
}

static void text_thousand_paths(void **state)
{
	struct fixture *f = *state;
	const char *line;
	size_t lines = 0;

	make_up(f);
	for (int i = 0; i < PATHS_MAX; i++) {
		char text[32];

		snprintf(text, sizeof(text), "10.1.%d.%d", i / 250, i % 250 + 1);
		add_live_path(f, text, 5000);
	}
	report_result(&f->capture.reporter, &f->result);
	for (line = read_back(&f->capture); *line; line = strchr(line, '\n') + 1)
		lines++;
	assert_int_equal(lines, 1 + PATHS_MAX);
	assert_non_null(
		strstr(f->capture.out, "\n  10.1.0.1:5000    unverified  rto 250 ms  mtu 1500\n"));
	assert_non_null(
		strstr(f->capture.out, "\n  10.1.3.250:5000  unverified  rto 250 ms  mtu 1500\n"));
}

#ifdef __SANITIZE_ADDRESS__
/* Else it ends the program itself where memory is short. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}
#endif

/* The status of a child whose memory cannot be limited. */
#define NO_LIMIT 77

/* Where there is no room for a long record, nothing is printed instead of a part of it. */
static void text_without_memory(void **state)
{
	struct fixture *f = *state;
	int status;
	pid_t child;

	make_up(f);
	for (int i = 0; i < PATHS_MAX; i++)
		set_note(add_live_path(f, "10.1.1.2", 5000), REFUSAL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		setrlimit(RLIMIT_AS, &(struct rlimit){ 1, 1 });
		if (mmap(NULL, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
			_exit(NO_LIMIT);
		report_result(&f->capture.reporter, &f->result);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_LIMIT) {
		print_message("memory cannot be limited here, as in qemu-user\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), STATUS_HOST);
	assert_string_equal(read_back(&f->capture), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		report_test(text_connected),
		report_test(text_degraded),
		report_test(text_each),
		report_test(text_each_of_one),
		report_test(text_each_color),
		report_test(text_learned),
		report_test(text_one_link),
		report_test(text_two_links),
		report_test(text_vlans),
		report_test(text_one_gateway),
		report_test(text_link_local_gateways),
		report_test(text_unknown_links),
		report_test(text_loopback),
		report_test(text_already_closing),
		report_test(text_already_gone),
		report_test(text_one_to_many_blocking),
		report_test(text_ipv6_and_names),
		report_test(text_many_local_addresses),
		report_test(text_refused),
		report_test(text_never_twice),
		report_test(text_timeout),
		report_test(text_closed),
		report_test(text_aborted),
		report_test(text_unresolved),
		report_test(text_unsupported),
		report_test(text_signal),
		report_test(text_color),
		report_test(text_color_failure),
		report_test(text_thousand_paths),
		report_test(text_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
