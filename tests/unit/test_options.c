/* SPDX-License-Identifier: MIT */
/* options.c: the command line and --help. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "option_parser.h"
#include "options.h"

#define ARGUMENTS_MAX 32

/* One command line, split at spaces; "''" stands for an empty argument. */
struct line {
	char copy[1024];
	char *argv[ARGUMENTS_MAX];
	int argc;
	struct options options;
	struct message why;
	int status;
};

static void parse(struct line *l, const char *text)
{
	memset(l, 0, sizeof(*l));
	assert_true(strlen(text) < sizeof(l->copy));
	strcpy(l->copy, text);
	l->argv[l->argc++] = (char[]){ "sctp-connect" };
	for (char *word = strtok(l->copy, " "); word; word = strtok(NULL, " ")) {
		assert_true(l->argc < ARGUMENTS_MAX - 1);
		l->argv[l->argc++] = strcmp(word, "''") ? word : word + 2;
	}
	l->status = options_parse(&l->options, l->argc, l->argv, &l->why);
}

static void expect_error(const char *text, const char *why)
{
	struct line l;

	parse(&l, text);
	if (l.status != STATUS_USAGE || strcmp(l.why.text, why) != 0)
		fail_msg("'%s': status %d, '%s', expected '%s'", text, l.status, l.why.text, why);
	options_free(&l.options);
}

/* The options are the caller's to free. */
static struct options expect_ok(const char *text)
{
	struct line l;

	parse(&l, text);
	if (l.status != STATUS_OK)
		fail_msg("'%s': status %d, '%s'", text, l.status, l.why.text);
	return l.options;
}

static void test_defaults(void **state)
{
	struct options o = expect_ok("-a host:5000");

	(void)state;
	assert_int_equal(o.action, ACTION_CONNECT);
	assert_int_equal(o.address_count, 1);
	assert_int_equal(o.bind_count, 0);
	assert_null(o.port);
	assert_int_equal(o.family, AF_UNSPEC);
	assert_null(o.stack);
	assert_int_equal(o.style, STACK_ONE_TO_ONE);
	assert_false(o.blocking);
	assert_int_equal(o.timeout_us, 5 * USEC_PER_SEC);
	assert_int_equal(o.wait_us, 0);
	assert_int_equal(o.init_attempts, 0);
	assert_int_equal(o.init_timeout_ms, 0);
	assert_int_equal(o.rto_initial_ms, 0);
	assert_int_equal(o.out_streams, 0);
	assert_int_equal(o.in_streams, 0);
	assert_false(o.no_probe);
	assert_int_equal(o.probe_timeout_us, USEC_PER_SEC);
	assert_int_equal(o.require, 1);
	assert_int_equal(o.count, 0);
	assert_int_equal(o.format, FORMAT_TEXT);
	assert_false(o.quiet);
	assert_false(o.verbose);
	assert_int_equal(o.color, COLOR_AUTO);
	assert_null(o.explain);
	options_free(&o);
	assert_null(o.addresses);
	assert_null(o.binds);
}

static void test_addresses_in_order(void **state)
{
	struct line l;

	(void)state;
	parse(&l, "-a one -b three -atwo --address three --address=four --bind=five -p 36412");
	assert_int_equal(l.status, STATUS_OK);
	assert_int_equal(l.options.address_count, 4);
	assert_string_equal(l.options.addresses[0], "one");
	assert_string_equal(l.options.addresses[1], "two");
	assert_string_equal(l.options.addresses[2], "three");
	assert_string_equal(l.options.addresses[3], "four");
	assert_int_equal(l.options.bind_count, 2);
	assert_string_equal(l.options.binds[0], "three");
	assert_string_equal(l.options.binds[1], "five");
	assert_string_equal(l.options.port, "36412");
	options_free(&l.options);
}

static void test_connect_options(void **state)
{
	struct options o =
		expect_ok("-a h -4 -B -m -w 500ms -W 2m --init-attempts 3 "
			  "--init-timeout 1.5 --rto-initial 20ms -O 65535 -I 1 -s kernel "
			  "--probe-timeout 300ms -R 65535 -j -q -v --color never");

	(void)state;
	assert_int_equal(o.family, AF_INET);
	assert_true(o.blocking);
	assert_int_equal(o.style, STACK_ONE_TO_MANY);
	assert_int_equal(o.timeout_us, 500 * USEC_PER_MSEC);
	assert_int_equal(o.wait_us, 120 * (int64_t)USEC_PER_SEC);
	assert_int_equal(o.init_attempts, 3);
	assert_int_equal(o.init_timeout_ms, 1500);
	assert_int_equal(o.rto_initial_ms, 20);
	assert_int_equal(o.out_streams, 65535);
	assert_int_equal(o.in_streams, 1);
	assert_false(o.no_probe);
	assert_int_equal(o.probe_timeout_us, 300 * USEC_PER_MSEC);
	assert_int_equal(o.require, 65535);
	assert_ptr_equal(o.stack, stack_find("kernel"));
	assert_true(o.format == FORMAT_JSON && o.quiet && o.verbose);
	assert_int_equal(o.color, COLOR_NEVER);
	options_free(&o);
}

static void test_long_forms(void **state)
{
	struct options o = expect_ok("--address h --port 1 --ipv6 --nonblock --one-to-many "
				     "--timeout 1ms --wait 1ms --ostreams 2 --istreams 3 "
				     "--stack auto --require=all --json --quiet --verbose "
				     "--color=always");

	(void)state;
	assert_int_equal(o.family, AF_INET6);
	assert_int_equal(o.timeout_us, USEC_PER_MSEC);
	assert_int_equal(o.wait_us, USEC_PER_MSEC);
	assert_int_equal(o.out_streams, 2);
	assert_int_equal(o.in_streams, 3);
	assert_true(o.require == REQUIRE_ALL);
	assert_null(o.stack);
	assert_int_equal(o.color, COLOR_ALWAYS);
	options_free(&o);
}

static void test_last_one_wins(void **state)
{
	struct options o = expect_ok("-a h -n -B");

	(void)state;
	assert_true(o.blocking);
	options_free(&o);
	o = expect_ok("-a h -B -n");
	assert_false(o.blocking);
	options_free(&o);
	o = expect_ok("-a h -s kernel -s auto -w 1 -w 2 -p 3 -p 4 -4 -4");
	assert_null(o.stack);
	assert_int_equal(o.timeout_us, 2 * USEC_PER_SEC);
	assert_string_equal(o.port, "4");
	options_free(&o);
}

static void test_abbreviations_and_clusters(void **state)
{
	struct options o = expect_ok("--addr h --verb --js --col always --ti 1 --");

	(void)state;
	assert_true(o.verbose && o.format == FORMAT_JSON);
	assert_int_equal(o.color, COLOR_ALWAYS);
	options_free(&o);
	o = expect_ok("-jqva h");
	assert_true(o.format == FORMAT_JSON && o.quiet && o.verbose);
	assert_int_equal(o.address_count, 1);
	options_free(&o);
}

static void test_listen(void **state)
{
	struct options o = expect_ok("--listen -b 127.0.0.1 -b ::1 --count 9223372036854775808");

	(void)state;
	assert_int_equal(o.action, ACTION_LISTEN);
	assert_int_equal(o.bind_count, 2);
	assert_true(o.count == UINT64_C(1) << 63);
	options_free(&o);
	o = expect_ok("-l -p diameter -4 -O 1 -I 1 -s kernel -j -q -v --color auto");
	assert_int_equal(o.action, ACTION_LISTEN);
	assert_string_equal(o.port, "diameter");
	options_free(&o);
}

static void test_actions(void **state)
{
	static const struct {
		const char *text;
		enum action action;
	} lines[] = {
		{ "--help", ACTION_HELP },
		{ "-h", ACTION_HELP },
		{ "-l -h", ACTION_HELP },
		{ "-4 -6 --help", ACTION_HELP },
		{ "--help --bogus", ACTION_HELP },
		{ "--explain timeout --help", ACTION_HELP },
		{ "-V", ACTION_VERSION },
		{ "--version", ACTION_VERSION },
		{ "--count 3 --version", ACTION_VERSION },
		{ "--explain ECONNREFUSED", ACTION_EXPLAIN },
		{ "--explain ECONNREFUSED -l", ACTION_EXPLAIN },
		{ "-j --explain 111 -w 3", ACTION_EXPLAIN },
		{ "--list services", ACTION_LIST },
		{ "--list services -l -a", ACTION_LIST },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct options o = expect_ok(lines[i].text);

		if (o.action != lines[i].action)
			fail_msg("'%s': action %d", lines[i].text, o.action);
		options_free(&o);
	}
}

static void test_unknown_options(void **state)
{
	(void)state;
	expect_error("--foo", "unknown option '--foo': see sctp-connect --help");
	expect_error("-a h --nonsense 3", "unknown option '--nonsense': see sctp-connect --help");
	expect_error("--no-prob=1", "option '--no-probe' takes no value: '--no-prob=1'");
	expect_error("--noprobe", "unknown option '--noprobe': did you mean --no-probe?");
	expect_error("-x", "unknown option '-x': see sctp-connect --help");
	expect_error("-jyx", "unknown option '-y': see sctp-connect --help");
	expect_error("-:", "unknown option '-:': see sctp-connect --help");
	expect_error("--=x", "unknown option '--=x': see sctp-connect --help");
	expect_error("-\xff", "unknown option '-?': see sctp-connect --help");
	expect_error("--\x1b[2J", "unknown option '--?[2J': see sctp-connect --help");
	expect_error("--jsn", "unknown option '--jsn': did you mean --json?");
	expect_error("--josn", "unknown option '--josn': did you mean --json?");
	expect_error("--adress=h:1", "unknown option '--adress=h:1': did you mean --address?");
	expect_error("--init-atempts 3",
		     "unknown option '--init-atempts': did you mean --init-attempts?");
	expect_error("--host", "unknown option '--host': see sctp-connect --help");
	expect_error("--this-is-longer-than-any-option-name-could-ever-be",
		     "unknown option '--this-is-longer-than-any-option-name-could-ever-be': "
		     "see sctp-connect --help");
}

static void test_ambiguous_options(void **state)
{
	(void)state;
	expect_error("--init", "option '--init' is ambiguous: --init-attempts, --init-timeout");
	expect_error("--ver", "option '--ver' is ambiguous: --verbose, --version");
	expect_error("--ipv", "option '--ipv' is ambiguous: --ipv4, --ipv6");
}

static void test_missing_arguments(void **state)
{
	(void)state;
	expect_error("-a", "option '-a' needs a HOST[:PORT]");
	expect_error("-jw", "option '-w' needs a TIME");
	expect_error("--timeout", "option '--timeout' needs a TIME");
	expect_error("-a h --count", "option '--count' needs an N");
	expect_error("-a ''", "-a needs a HOST[:PORT], not an empty string");
	expect_error("--timeout=", "--timeout needs a TIME, not an empty string");
	expect_error("--explain ''", "--explain needs a NAME, not an empty string");
	expect_error("-p ''", "-p needs a PORT, not an empty string");
	expect_error("--json=yes", "option '--json' takes no value: '--json=yes'");
}

static void test_stray_arguments(void **state)
{
	(void)state;
	expect_error("10.0.0.1", "unexpected argument '10.0.0.1': give addresses with -a");
	expect_error("-a h x --json", "unexpected argument 'x': give addresses with -a");
	expect_error("x --bogus", "unexpected argument 'x': give addresses with -a");
	expect_error("-a h -- -j", "unexpected argument '-j': give addresses with -a");
	expect_error("-a h -", "unexpected argument '-': give addresses with -a");
	expect_error("-a h ''", "unexpected argument '': give addresses with -a");
}

static void test_times(void **state)
{
	static const char *const options[] = { "-w",
					       "--timeout",
					       "-W",
					       "--wait",
					       "--init-timeout",
					       "--rto-initial",
					       "--probe-timeout" };
	static const char *const wrong[] = { "abc", "5h", "-1", "+1", "1e3", "0x10", "1ms2", "ms" };
	char text[128], why[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(wrong); j++) {
			snprintf(text, sizeof(text), "-a h %s %s", options[i], wrong[j]);
			snprintf(why, sizeof(why),
				 "%s %s: not a time: a number with ms, s or m, such as 500ms, at "
				 "most 24 hours",
				 options[i], wrong[j]);
			expect_error(text, why);
		}
		snprintf(text, sizeof(text), "%s 0", options[i]);
		snprintf(why, sizeof(why), "%s 0: too short: at least 1ms", options[i]);
		expect_error(text, why);
		snprintf(text, sizeof(text), "%s 0.9ms", options[i]);
		snprintf(why, sizeof(why), "%s 0.9ms: too short: at least 1ms", options[i]);
		expect_error(text, why);
	}
	expect_error("--rto-initial 1.5ms",
		     "--rto-initial 1.5ms: not a whole number of milliseconds");
	expect_error("--init-timeout 1.0001",
		     "--init-timeout 1.0001: not a whole number of milliseconds");
}

static void test_time_bounds(void **state)
{
	struct options o = expect_ok("-a h -w 1ms --init-timeout 1440m --rto-initial 1ms -W 1.5ms");

	(void)state;
	assert_int_equal(o.timeout_us, 1000);
	assert_int_equal(o.wait_us, 1500);
	assert_int_equal(o.init_timeout_ms, 24 * 60 * 60 * 1000);
	assert_int_equal(o.rto_initial_ms, 1);
	options_free(&o);
	expect_error("--rto-initial 1441m",
		     "--rto-initial 1441m: not a time: a number with ms, s or m, such as 500ms, at "
		     "most 24 hours");
}

static void test_numbers(void **state)
{
	static const char *const options[] = { "-O", "--ostreams", "-I", "--istreams",
					       "--init-attempts" };
	static const char *const wrong[] = { "0",   "65536", "-1", "+1",
					     "1.0", "0x1",   "x",  "99999999999999999999999" };
	char text[128], why[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(wrong); j++) {
			snprintf(text, sizeof(text), "-a h %s %s", options[i], wrong[j]);
			snprintf(why, sizeof(why), "%s %s: not a number from 1 to 65535",
				 options[i], wrong[j]);
			expect_error(text, why);
		}
	}
	expect_error("-l --count 0", "--count 0: not a number from 1 to 9223372036854775808");
	expect_error("-l --count 9223372036854775809",
		     "--count 9223372036854775809: not a number from 1 to 9223372036854775808");
}

static void test_require(void **state)
{
	static const char *const wrong[] = { "0",  "65536", "-1",   "1.0", "0x1",
					     "al", "ALL",   "all,", "x",   "99999999999999999999" };
	char text[64], why[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		snprintf(text, sizeof(text), "-a h -R %s", wrong[i]);
		snprintf(why, sizeof(why), "-R %s: neither a number from 1 to 65535 nor all",
			 wrong[i]);
		expect_error(text, why);
	}
	expect_error("-R ''", "-R needs an N|all, not an empty string");
	expect_error("--require", "option '--require' needs an N|all");
	expect_error("-a h:1 --no-witness --pcap f", "--pcap cannot be used with --no-witness");
	expect_error("-a h:1 --snaplen 64", "--snaplen can only be used with --pcap");
	expect_error("-a h:1 --pcap ''", "--pcap needs a FILE, not an empty string");
	expect_error("-a h:1 --pcap -", "--pcap -: packets go to a file, not to standard output");
	expect_error("-a h:1 --pcap /no/f --metrics /no/f",
		     "--metrics: that is the file of --pcap, too");
	expect_error("-T / --pcap /.", "--pcap: that is the file of --targets, too");
	expect_error("-T / --metrics //", "--metrics: that is the file of --targets, too");
	expect_error("-l -p 9 --pcap f", "--pcap cannot be used with --listen");
	expect_error("-a h:1 --pcap f --snaplen 0", "--snaplen 0: not a number from 1 to 65535");
	expect_error("--show -a h", "-a/--address cannot be used with --show");
	expect_error("--show -l", "-l/--listen cannot be used with --show");
	expect_error("-l --show", "-l/--listen cannot be used with --show");
	expect_error("--show --pcap f", "--pcap cannot be used with --show");
	expect_error("--show --count 2",
		     "--count can only be used with --show if --monitor is given");
	expect_error("-a h --no-probe -R 2", "-R/--require cannot be used with --no-probe");
	expect_error("-a h -R 1 --no-probe", "-R/--require cannot be used with --no-probe");
	expect_error("-a h --probe-timeout 1 --no-probe",
		     "--probe-timeout cannot be used with --no-probe");
}

static void test_no_probe(void **state)
{
	struct options o = expect_ok("-a h --no-probe");

	(void)state;
	assert_true(o.no_probe);
	options_free(&o);
}

static void test_words(void **state)
{
	(void)state;
	expect_error("--color yes", "--color yes: not one of auto, always, never");
	expect_error("--color ALWAYS", "--color ALWAYS: not one of auto, always, never");
	if (!stack_find("usrsctp"))
		expect_error("-s usrsctp", "-s usrsctp: this build has no usrsctp stack");
	if (!stacks[1])
		expect_error("--stack tcp",
			     "--stack tcp: no such stack: this build has auto, kernel");
}

static void test_udp_encaps(void **state)
{
	static const char *const wrong[] = { "0",     "65536",   "x",          "9899:", ":9899",
					     "1:2:3", "0:1",     "-1",         "+1",    "1 ",
					     "1:0",   "1:65536", "65536:1",    "0x10",  "1:x",
					     "x:1",   "::",      "000000001:1" };
	char text[64], why[128];
	struct line l;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		if (strchr(wrong[i], ' '))
			continue;
		snprintf(text, sizeof(text), "-a h:1 -u %s", wrong[i]);
		snprintf(why, sizeof(why),
			 "-u %s: neither a UDP port from 1 to 65535 nor LOCAL:REMOTE", wrong[i]);
		expect_error(text, why);
	}
	expect_error("-l -p 1 -u 1:2",
		     "-u/--udp-encaps 1:2: with --listen, give one port: the one to listen on");
	parse(&l, "-a h:1 -u 9899");
	assert_int_equal(l.status, STATUS_OK);
	assert_int_equal(l.options.udp.local, 0);
	assert_int_equal(l.options.udp.remote, 9899);
	options_free(&l.options);
	parse(&l, "-a h:1 --udp-encaps=65535:1");
	assert_int_equal(l.status, STATUS_OK);
	assert_int_equal(l.options.udp.local, 65535);
	assert_int_equal(l.options.udp.remote, 1);
	options_free(&l.options);
	parse(&l, "-u 9899 -l -p 1");
	assert_int_equal(l.status, STATUS_OK);
	assert_int_equal(l.options.udp.local, 9899);
	assert_int_equal(l.options.udp.remote, 0);
	options_free(&l.options);
}

static void test_each(void **state)
{
	struct options o = expect_ok("-a h");

	(void)state;
	assert_false(o.each);
	options_free(&o);
	o = expect_ok("-a h -e");
	assert_true(o.each);
	options_free(&o);
	o = expect_ok("-a h --each");
	assert_true(o.each);
	options_free(&o);
	expect_error("-l -p 1 -e", "-e/--each cannot be used with --listen");
}

static void test_targets(void **state)
{
	struct options o = expect_ok("-T list -P 50 --rate 200 -p 3868 -w 700ms");

	(void)state;
	assert_string_equal(o.targets, "list");
	assert_int_equal(o.parallel, 50);
	assert_int_equal(o.rate, 200);
	options_free(&o);
	o = expect_ok("--targets -");
	assert_int_equal(o.parallel, 1000);
	assert_int_equal(o.rate, 0);
	options_free(&o);
	expect_error("-a h:1 -P 5", "-P/--parallel can only be used with --targets");
	expect_error("-a h:1 --rate 5", "--rate can only be used with --targets");
	expect_error("-T list -a h:1", "-a/--address cannot be used with --targets");
	expect_error("-T list -B", "-B/--blocking cannot be used with --targets");
	expect_error("-l -p 1 -T list", "-T/--targets cannot be used with --listen");
	expect_error("-T list -P 0", "-P 0: not a number from 1 to 9223372036854775808");
}

static void test_monitor(void **state)
{
	static const struct {
		const char *text;
		int64_t monitor_us, interval_us;
		uint64_t count;
	} cases[] = {
		{ "-a h -M", 0, USEC_PER_SEC, 0 },
		{ "-a h -M30s --interval 10ms", 30 * (int64_t)USEC_PER_SEC, 10 * USEC_PER_MSEC, 0 },
		{ "-qM1.5 -a h --count 7", 3 * (int64_t)USEC_PER_SEC / 2, USEC_PER_SEC, 7 },
		{ "--monitor=2m -a h", 120 * (int64_t)USEC_PER_SEC, USEC_PER_SEC, 0 },
		{ "-M30s -a h --monitor", 0, USEC_PER_SEC, 0 },
	};
	const char *separate = "unexpected argument '30s': a time for --monitor is written without "
			       "a space: --monitor=30s or -M30s";
	struct options o = expect_ok("-a h");

	(void)state;
	assert_false(o.monitor);
	assert_int_equal(o.interval_us, USEC_PER_SEC);
	options_free(&o);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		o = expect_ok(cases[i].text);
		assert_true(o.monitor);
		assert_int_equal(o.monitor_us, cases[i].monitor_us);
		assert_int_equal(o.interval_us, cases[i].interval_us);
		assert_int_equal(o.count, cases[i].count);
		options_free(&o);
	}
	expect_error("-a h -M 30s", separate);
	expect_error("--monitor 30s -a h", separate);
	expect_error("-a h -M -q 30s", "unexpected argument '30s': give addresses with -a");
	expect_error("-a h -M3 30s", "unexpected argument '30s': give addresses with -a");
	expect_error("-a h --monitor=", "--monitor=: a time is missing after \"=\"");
	expect_error("-a h --monitor=x",
		     "--monitor x: not a time: a number with ms, s or m, such as 500ms, at most 24 "
		     "hours");
	expect_error("-a h -M --interval 9ms", "--interval 9ms: too short: at least 10ms");
	expect_error("-a h -M --interval", "option '--interval' needs a TIME");
}

static void test_options_of_the_other_mode(void **state)
{
	static const struct {
		const char *option;
		const char *shown;
	} connecting[] = {
		{ "-a h", "-a/--address" },
		{ "-n", "-n/--nonblock" },
		{ "-B", "-B/--blocking" },
		{ "-m", "-m/--one-to-many" },
		{ "-W 1", "-W/--wait" },
		{ "--init-attempts 1", "--init-attempts" },
		{ "--init-timeout 1", "--init-timeout" },
		{ "--rto-initial 1", "--rto-initial" },
		{ "--no-probe", "--no-probe" },
		{ "--probe-timeout 1", "--probe-timeout" },
		{ "-R all", "-R/--require" },
	};
	char text[128], why[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(connecting); i++) {
		snprintf(text, sizeof(text), "%s -b ::1 --listen", connecting[i].option);
		snprintf(why, sizeof(why), "%s cannot be used with --listen", connecting[i].shown);
		expect_error(text, why);
	}
	expect_error("-b ::1 -l -M", "-M/--monitor cannot be used with --listen");
	expect_error("-b ::1 -l --interval 1", "--interval cannot be used with --listen");
	expect_error("-a h --count 3", "--count can only be used with --monitor or --listen");
	expect_error("-a h --interval 3", "--interval can only be used with --monitor");
	expect_error("-a h -M --no-probe", "-M/--monitor cannot be used with --no-probe");
}

static void test_what_is_missing(void **state)
{
	(void)state;
	expect_error("", "no peer address: give at least one -a HOST:PORT");
	expect_error("-j -p 3", "no peer address: give at least one -a HOST:PORT");
	expect_error("--listen", "--listen needs a local address or a port: give -b or -p");
	expect_error("-a h -4 -6", "-4/--ipv4 cannot be used with -6/--ipv6");
	expect_error("-l -p 1 -6 -4", "-4/--ipv4 cannot be used with -6/--ipv6");
}

static void test_no_arguments_at_all(void **state)
{
	char *argv[] = { NULL };
	struct options o;
	struct message why;

	(void)state;
	assert_int_equal(options_parse(&o, 0, argv, &why), STATUS_USAGE);
	options_free(&o);
}

/* The token is cut, the rest of the message is not. */
static void test_long_tokens(void **state)
{
	char text[900] = "-a h -w ";
	struct line l;

	(void)state;
	memset(text + strlen(text), '7', sizeof(text) - strlen(text) - 1);
	parse(&l, text);
	assert_int_equal(l.status, STATUS_USAGE);
	assert_non_null(strstr(l.why.text, "777...: not a time: "));
	assert_true(strlen(l.why.text) < 200);
	options_free(&l.options);
}

static char *help_text(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	options_print_help(out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_parameters(void **state)
{
	static const struct {
		const char *argument;
		enum stack_parameter parameter;
		uint32_t value;
	} good[] = {
		{ "RTO.Min=1", PARAMETER_RTO_MIN, 1000 },
		{ "rto.max=1500ms", PARAMETER_RTO_MAX, 1500 },
		{ "RTO.INITIAL=0.3", PARAMETER_RTO_INITIAL, 300 },
		{ "Path.Max.Retrans=65535", PARAMETER_PATH_MAX_RETRANS, 65535 },
		{ "association.max.retrans=1", PARAMETER_ASSOCIATION_MAX_RETRANS, 1 },
		{ "HB.interval=2m", PARAMETER_HB_INTERVAL, 120000 },
		{ "PotentiallyFailed.Max.Retrans=0", PARAMETER_PF_MAX_RETRANS, 0 },
		{ "SACK.Delay=500ms", PARAMETER_SACK_DELAY, 500 },
		{ "Max.Burst=4", PARAMETER_MAX_BURST, 4 },
		{ "dscp=63", PARAMETER_DSCP, 63 },
	};
	struct options o;

	(void)state;
	assert_int_equal(ARRAY_SIZE(good), PARAMETER_COUNT);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		char line[128];

		snprintf(line, sizeof(line), "-a h:1 -o %s", good[i].argument);
		o = expect_ok(line);
		assert_int_equal(o.parameters.known, 1 << good[i].parameter);
		assert_int_equal(o.parameters.value[good[i].parameter], good[i].value);
		options_free(&o);
	}
	o = expect_ok("-l -p 9 --option dscp=1 -o rto.initial=1 -o dscp=2");
	assert_int_equal(o.parameters.known, 1 << PARAMETER_DSCP | 1 << PARAMETER_RTO_INITIAL);
	assert_int_equal(o.parameters.value[PARAMETER_DSCP], 2);
	assert_int_equal(o.rto_initial_ms, 1000);
	options_free(&o);

	expect_error("-o RTO=1",
		     "-o RTO=1: no such parameter: there are RTO.Initial, RTO.Min, RTO.Max, "
		     "Path.Max.Retrans, Association.Max.Retrans, HB.interval, "
		     "PotentiallyFailed.Max.Retrans, SACK.Delay, Max.Burst, DSCP");
	expect_error("-o dscp", "-o dscp: a value is missing: DSCP=...");
	expect_error("-o dscp=", "-o dscp=: a value is missing: DSCP=...");
	expect_error("-o dscp=64", "-o dscp=64: not a number from 0 to 63");
	expect_error("-o dscp=1x", "-o dscp=1x: not a number from 0 to 63");
	expect_error("-o Max.Burst=0", "-o Max.Burst=0: not a number from 1 to 65535");
	expect_error("-o SACK.Delay=501ms",
		     "-o SACK.Delay=501ms: not a time in whole milliseconds from 1ms to 500ms");
	expect_error("-o RTO.Min=0.1ms",
		     "-o RTO.Min=0.1ms: not a time in whole milliseconds from 1ms to 24 hours");
	expect_error("-a h:1 -o rto.min=2 -o rto.max=1",
		     "-o RTO.Min=2000ms: larger than RTO.Max=1000ms");
	expect_error("-a h:1 -o rto.initial=2 -o rto.max=1",
		     "-o RTO.Initial=2000ms: larger than RTO.Max=1000ms");
	expect_error("-a h:1 --rto-initial 2 -o rto.initial=1",
		     "--rto-initial cannot be used with -o RTO.Initial: they are the same");
	expect_error("-a h:1 --rto-initial 2s -o RTO.Max=1s",
		     "--rto-initial 2000ms: larger than RTO.Max=1000ms");
}

static void test_help_layout(void **state)
{
	char *text = help_text();
	const char *usage =
		"Usage: sctp-connect [OPTION]... -a HOST[:PORT] [-a HOST[:PORT]]...\n"
		"       sctp-connect [OPTION]... --targets FILE\n"
		"       sctp-connect --listen [OPTION]... -b HOST[:PORT] [-b HOST[:PORT]]...\n"
		"       sctp-connect --show [OPTION]...\n\n";
	size_t column = 0;
	bool in_options = false;

	(void)state;
	assert_int_equal(strncmp(text, usage, strlen(usage)), 0);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		const char *help;

		if (strlen(line) > 80)
			fail_msg("wider than 80: '%s'", line);
		if (line[0] != ' ')
			in_options = strncmp(line, "Exit status", 11) != 0 &&
				     strncmp(line, "Examples", 8) != 0;
		/* Every explanation begins in one column, two spaces or more after the head. */
		if (!in_options || strncmp(line, "  ", 2) != 0)
			continue;
		if (line[2] == '-' || !strncmp(line, "      --", 8)) {
			help = strstr(line + 6, "  ");
			assert_non_null(help);
			help += strspn(help, " ");
		} else {
			help = line + strspn(line, " ");
			if (!strncmp(help, "sctp-connect", 12))
				continue;
		}
		if (!column)
			column = (size_t)(help - line);
		if (column != (size_t)(help - line))
			fail_msg("not in column %zu: '%s'", column, line);
	}
	assert_true(column > 0);
	free(text);
}

static void test_messages(void **state)
{
	static const char content[] = "of\0a file";
	char path[] = "/tmp/test_options.XXXXXX", line[64];
	int fd = mkstemp(path);
	struct options o;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, sizeof(content)), sizeof(content));
	snprintf(line, sizeof(line), "-a h:1 --send @%s", path);
	o = expect_ok(line);
	assert_int_equal(o.sends[0].length, sizeof(content));
	assert_memory_equal(o.sends[0].bytes, content, sizeof(content));
	options_free(&o);
	close(fd);
	unlink(path);

	o = expect_ok(
		"-a h:1 --send text --send hex:00fF10 --stream 65534 --ppid NGAP --unordered");
	assert_int_equal(o.send_count, 2);
	assert_int_equal(o.sends[0].length, 4);
	assert_memory_equal(o.sends[0].bytes, "text", 4);
	assert_int_equal(o.sends[1].length, 3);
	assert_memory_equal(o.sends[1].bytes, "\0\xff\x10", 3);
	assert_int_equal(o.stream, 65534);
	assert_int_equal(o.ppid, 60);
	assert_true(o.unordered);
	assert_int_equal(o.expect, 1);
	assert_int_equal(o.reply_timeout_us, 2 * USEC_PER_SEC);
	options_free(&o);
	o = expect_ok("-a h:1 --send x --expect 0 --ppid 4294967295");
	assert_int_equal(o.expect, 0);
	assert_int_equal(o.ppid, UINT32_MAX);
	options_free(&o);
	o = expect_ok("-a h:1 --expect 65535 --reply-timeout 1ms");
	assert_int_equal(o.expect, 65535);
	options_free(&o);

	expect_error("-a h:1 --send @/no/such/file",
		     "--send @/no/such/file: cannot read the file: No such file or directory");
	expect_error("-a h:1 --send @/tmp", "--send @/tmp: cannot read the file: Is a directory");
	expect_error("-a h:1 --send @/dev/null",
		     "--send @/dev/null: empty, and SCTP has no empty messages");
	expect_error("-a h:1 --send @/dev/zero", "--send @/dev/zero: longer than 16 MiB");
	expect_error("-a h:1 --send hex:", "--send hex:: empty, and SCTP has no empty messages");
	expect_error("-a h:1 --send hex:0", "--send hex:0: not pairs of hex digits");
	expect_error("-a h:1 --send hex:0g", "--send hex:0g: not pairs of hex digits");
	expect_error("-a h:1 --send \x1b]0;x\x07 --stream -1",
		     "--stream -1: not a number from 0 to 65534");
	expect_error("-a h:1 --send x --stream 65535",
		     "--stream 65535: not a number from 0 to 65534");
	expect_error("-a h:1 --expect 65536", "--expect 65536: not a number from 0 to 65535");
	expect_error("-a h:1 --send x --ppid ngapp",
		     "--ppid ngapp: neither a number from 0 to 4294967295 nor one of IANA's names: "
		     "diameter, m3ua, s1ap, ngap, ...");
	expect_error("-a h:1 --send x --ppid 4294967296",
		     "--ppid 4294967296: neither a number from 0 to 4294967295 nor one of IANA's "
		     "names: diameter, m3ua, s1ap, ngap, ...");
	expect_error("-a h:1 --stream 1", "--stream can only be used with --send or --relay");
	expect_error("-a h:1 --expect 1 --ppid 1",
		     "--ppid can only be used with --send or --relay");
	expect_error("-a h:1 --unordered", "--unordered can only be used with --send or --relay");
	expect_error("-a h:1 --expect 0 --reply-timeout 1s",
		     "--reply-timeout can only be used with --send or --expect");
	o = expect_ok("-l -p 1 --reply a --reply hex:4142 --close-after 1s --abort-after 2s:a:b");
	assert_int_equal(o.drill, DRILL_REPLY);
	assert_int_equal(o.reply.length, 2);
	assert_memory_equal(o.reply.bytes, "AB", 2);
	assert_int_equal(o.close_after_us, USEC_PER_SEC);
	assert_int_equal(o.abort_after_us, 2 * USEC_PER_SEC);
	assert_string_equal(o.abort_text, "a:b");
	options_free(&o);
	o = expect_ok("-l -p 1 --reply a --silent --abort-after 2s:");
	assert_int_equal(o.drill, DRILL_SILENT);
	assert_null(o.abort_text);
	options_free(&o);
	expect_error(
		"-l -p 1 --abort-after x:y",
		"--abort-after x: not a time: a number with ms, s or m, such as 500ms, at most "
		"24 hours");
	expect_error("-l -p 1 --abort-after :y",
		     "--abort-after :y: a time is missing before \":\"");
	o = expect_ok("-a h:1 --relay --lines --stream 1");
	assert_true(o.relay && o.lines && o.no_probe);
	options_free(&o);
	o = expect_ok("--show --metrics f");
	options_free(&o);
	o = expect_ok("-l -p 1 --relay --ppid 3");
	assert_int_equal(o.drill, DRILL_RELAY);
	assert_int_equal(o.count, 1);
	options_free(&o);
	expect_error("-a h:1 --lines", "--lines can only be used with --relay");
	expect_error("-a h:1 --relay --send x", "--send cannot be used with --relay");
	expect_error("-a h:1 --relay --metrics -", "--metrics cannot be used with --relay");
	expect_error("-a h:1 --relay -M", "-M/--monitor cannot be used with --relay");
	expect_error("-l -p 1 --relay --silent", "--silent cannot be used with --relay");
	expect_error("-l -p 1 --relay --count 2", "--count cannot be used with --relay");
	expect_error("-a h:1 --relay --reply-timeout 1",
		     "--reply-timeout cannot be used with --relay");
	expect_error("-a h:1 --silent", "--silent can only be used with --listen");
	expect_error("-l -p 1 --hold 1",
		     "--hold can only be used with --listen if --relay is given");
	expect_error("-l -p 1 --send x", "--send cannot be used with --listen");
}

/* Every option of the help is understood: at most its argument or its mode is wrong. */
static void test_help_lists_what_is_parsed(void **state)
{
	char *text = help_text();
	char *save = NULL;
	int found = 0;

	(void)state;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		struct line l;
		char option[64];
		const char *name = strstr(line, "--");

		if (line[0] != ' ' || !name || name - line != 6)
			continue;
		snprintf(option, sizeof(option), "%.*s", (int)strcspn(name, " ["), name);
		parse(&l, option);
		assert_null(strstr(l.why.text, "unknown"));
		options_free(&l.options);
		if (line[2] == '-') {
			snprintf(option, sizeof(option), "%.2s", line + 2);
			parse(&l, option);
			assert_null(strstr(l.why.text, "unknown"));
			options_free(&l.options);
		}
		found++;
	}
	assert_int_equal(found, ROWS);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_addresses_in_order),
		cmocka_unit_test(test_connect_options),
		cmocka_unit_test(test_long_forms),
		cmocka_unit_test(test_last_one_wins),
		cmocka_unit_test(test_abbreviations_and_clusters),
		cmocka_unit_test(test_listen),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_unknown_options),
		cmocka_unit_test(test_ambiguous_options),
		cmocka_unit_test(test_missing_arguments),
		cmocka_unit_test(test_stray_arguments),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_time_bounds),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_require),
		cmocka_unit_test(test_no_probe),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_udp_encaps),
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_monitor),
		cmocka_unit_test(test_options_of_the_other_mode),
		cmocka_unit_test(test_what_is_missing),
		cmocka_unit_test(test_no_arguments_at_all),
		cmocka_unit_test(test_long_tokens),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_help_layout),
		cmocka_unit_test(test_help_lists_what_is_parsed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
