/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "option_rows.h"

/* What getopt_long() returns for a long option without a short one: the table index above this. */
#define LONG_ONLY 0x100

#define DEFAULT_TIMEOUT_US       (5 * (int64_t)USEC_PER_SEC)
#define DEFAULT_PROBE_TIMEOUT_US (1 * (int64_t)USEC_PER_SEC)
#define DEFAULT_HOLD_US          (200 * (int64_t)USEC_PER_MSEC)
#define DEFAULT_REQUIRE          1
#define DEFAULT_INTERVAL_US      (1 * (int64_t)USEC_PER_SEC)

#define TO(member_name) offsetof(struct options, member_name)

const struct option_row option_rows[ROWS] = {
	[ROW_ADDRESS] = { 'a', "address", "HOST[:PORT]", MODE_CONNECT, take_address, TO(addresses),
			  "Addresses",
			  "an address of the peer, or a name: all its\n"
			  "addresses; can be repeated" },
	[ROW_PORT] = { 'p', "port", "PORT", MODE_BOTH, take_text, TO(port), NULL,
		       "the port, where HOST has none: a number, or\n"
		       "a service such as diameter, m3ua, s1ap, ngap" },
	[ROW_BIND] = { 'b', "bind", "HOST[:PORT]", MODE_BOTH, take_bind, TO(binds), NULL,
		       "a local address; can be repeated" },
	[ROW_IPV4] = { '4', "ipv4", NULL, MODE_BOTH, take_constant, TO(family), NULL,
		       "use only the IPv4 addresses of a name", .constant = AF_INET },
	[ROW_IPV6] = { '6', "ipv6", NULL, MODE_BOTH, take_constant, TO(family), NULL,
		       "use only the IPv6 addresses of a name", .constant = AF_INET6 },

	[ROW_NONBLOCK] = { 'n', "nonblock", NULL, MODE_CONNECT, take_false, TO(blocking),
			   "Connecting", "non-blocking connect, then poll (default)" },
	[ROW_BLOCKING] = { 'B', "blocking", NULL, MODE_CONNECT, take_true, TO(blocking), NULL,
			   "make the blocking call instead" },
	[ROW_ONE_TO_MANY] = { 'm', "one-to-many", NULL, MODE_CONNECT, take_constant, TO(style),
			      NULL, "use a SOCK_SEQPACKET socket, not SOCK_STREAM",
			      .constant = STACK_ONE_TO_MANY },
	[ROW_TIMEOUT] = { 'w', "timeout", "TIME", MODE_CONNECT, take_time_us, TO(timeout_us), NULL,
			  "give up if not connected within TIME\n"
			  "(default 5s)" },
	[ROW_WAIT] = { 'W', "wait", "TIME", MODE_CONNECT, take_time_us, TO(wait_us), NULL,
		       "retry until connected, or until TIME is over" },
	[ROW_HOLD] = { 0, "hold", "TIME", MODE_CONNECT, take_hold, TO(hold_us), NULL,
		       "how long the association must stay up to be\n"
		       "connected; 0: do not wait (default 200ms)" },
	[ROW_INIT_ATTEMPTS] = { 0, "init-attempts", "N", MODE_CONNECT, take_uint16,
				TO(init_attempts), NULL,
				"INIT retransmissions, over all addresses" },
	[ROW_INIT_TIMEOUT] = { 0, "init-timeout", "TIME", MODE_CONNECT, take_time_ms,
			       TO(init_timeout_ms), NULL,
			       "the longest wait for the answer to one INIT" },
	[ROW_RTO_INITIAL] = { 0, "rto-initial", "TIME", MODE_CONNECT, take_time_ms,
			      TO(rto_initial_ms), NULL,
			      "the wait before the next address is tried\n"
			      "(default 250ms if there are several)" },
	[ROW_OSTREAMS] = { 'O', "ostreams", "N", MODE_BOTH, take_uint16, TO(out_streams), NULL,
			   "outgoing streams to ask for" },
	[ROW_ISTREAMS] = { 'I', "istreams", "N", MODE_BOTH, take_uint16, TO(in_streams), NULL,
			   "incoming streams to allow" },
	[ROW_STACK] = { 's', "stack", "NAME", MODE_BOTH, take_stack, TO(stack), NULL,
			"auto, or a stack that --version lists\n"
			"(default auto)" },
	[ROW_UDP_ENCAPS] = { 'u', "udp-encaps", "[LOCAL:]REMOTE", MODE_BOTH, take_encaps, TO(udp),
			     NULL,
			     "encapsulate in UDP to this port (RFC 6951);\n"
			     "with --listen: the port to listen on" },

	[ROW_NO_PROBE] = { 0, "no-probe", NULL, MODE_CONNECT, take_true, TO(no_probe),
			   "Looking at the paths", "send no heartbeats to verify the paths" },
	[ROW_PROBE_TIMEOUT] = { 0, "probe-timeout", "TIME", MODE_CONNECT, take_time_us,
				TO(probe_timeout_us), NULL,
				"how long to wait for the answer of a path\n"
				"(default 1s)" },
	[ROW_REQUIRE] = { 'R', "require", "N|all", MODE_CONNECT, take_require, TO(require), NULL,
			  "how many paths must answer for exit status 0\n"
			  "(default 1)" },
	[ROW_NO_WITNESS] = { 0, "no-witness", NULL, MODE_CONNECT, take_true, TO(no_witness), NULL,
			     "do not capture this association's packets\n"
			     "(capturing them needs CAP_NET_RAW)" },
	[ROW_EACH] = { 'e', "each", NULL, MODE_CONNECT, take_true, TO(each), NULL,
		       "also try each address alone, at the same time" },

	[ROW_MONITOR] = { 'M', "monitor", "[TIME]", MODE_CONNECT, take_monitor, TO(monitor_us),
			  "Monitoring",
			  "stay connected and report every change of a\n"
			  "path, for TIME or until ^C" },
	[ROW_INTERVAL] = { 0, "interval", "TIME", MODE_CONNECT, take_interval, TO(interval_us),
			   NULL,
			   "the time between two heartbeats on a path\n"
			   "(default 1s)" },

	[ROW_LISTEN] = { 'l', "listen", NULL, MODE_LISTEN, take_constant, TO(action), "Listening",
			 "be the peer: accept, report, echo", .constant = ACTION_LISTEN },
	[ROW_COUNT] = { 0, "count", "N", MODE_BOTH, take_number, TO(count), NULL,
			"end after N associations; with --monitor:\n"
			"after N heartbeats on every path" },

	[ROW_JSON] = { 'j', "json", NULL, MODE_BOTH, take_constant, TO(format), "Output",
		       "print one JSON object per line", .constant = FORMAT_JSON },
	[ROW_QUIET] = { 'q', "quiet", NULL, MODE_BOTH, take_true, TO(quiet), NULL,
			"print nothing on stdout: see the exit status" },
	[ROW_VERBOSE] = { 'v', "verbose", NULL, MODE_BOTH, take_true, TO(verbose), NULL,
			  "report every step on stderr, with its time" },
	[ROW_COLOR] = { 0, "color", "WHEN", MODE_BOTH, take_color, TO(color), NULL,
			"auto, always or never (default auto)" },
	[ROW_EXPLAIN] = { 0, "explain", "NAME", MODE_BOTH, take_text, TO(explain), NULL,
			  "explain an errno, a result or a verdict: its\n"
			  "usual causes, and what to check" },
	[ROW_LIST] = { 0, "list", "WHAT", MODE_BOTH, take_list, TO(list), NULL,
		       "print options, services or names, one per\n"
		       "line, for shell completions" },
	[ROW_HELP] = { 'h', "help", NULL, MODE_BOTH, take_constant, TO(action), NULL,
		       "print this text", .constant = ACTION_HELP },
	[ROW_VERSION] = { 'V', "version", NULL, MODE_BOTH, take_constant, TO(action), NULL,
			  "print the version, and the stacks built in",
			  .constant = ACTION_VERSION },
};

bool option_is_optional(const struct option_row *row)
{
	size_t length = row->argument ? strlen(row->argument) : 0;

	return length && row->argument[0] == '[' && row->argument[length - 1] == ']';
}

enum row option_row_of_value(int value)
{
	if (value >= LONG_ONLY)
		return value - LONG_ONLY;
	for (size_t i = 0; i < ROWS; i++)
		if (value && option_rows[i].letter == value)
			return i;
	return ROWS;
}

/* "-w/--timeout" or "--count". */
static const char *row_text(enum row row, char *buf, size_t size)
{
	if (option_rows[row].letter)
		snprintf(buf, size, "-%c/--%s", option_rows[row].letter, option_rows[row].name);
	else
		snprintf(buf, size, "--%s", option_rows[row].name);
	return buf;
}

/* --- The whole command line ------------------------------------------------------------------- */

static int unexpected(struct parser *p, const char *argument)
{
	char shown[PRINTABLE_MAX];

	if (p->stray_time)
		return message_set(p->why, STATUS_USAGE,
				   "unexpected argument '%s': a time for --monitor is written "
				   "without a space: --monitor=30s or -M30s",
				   printable(argument, shown, sizeof(shown)));
	return message_set(p->why, STATUS_USAGE, "unexpected argument '%s': give addresses with -a",
			   printable(argument, shown, sizeof(shown)));
}

/* What can only be judged once all options are known. */
static int check_together(struct parser *p)
{
	struct options *o = p->options;
	enum mode mode = o->action == ACTION_LISTEN ? MODE_LISTEN : MODE_CONNECT;
	char text[64];

	for (size_t i = 0; i < ROWS; i++) {
		if (!p->given[i] || option_rows[i].modes & mode)
			continue;
		return message_set(p->why, STATUS_USAGE,
				   mode == MODE_LISTEN ? "%s cannot be used with --listen"
						       : "%s can only be used with --listen",
				   row_text((enum row)i, text, sizeof(text)));
	}
	if (p->given[ROW_IPV4] && p->given[ROW_IPV6])
		return message_set(p->why, STATUS_USAGE, "-4/--ipv4 cannot be used with -6/--ipv6");
	if (o->no_probe && (p->given[ROW_REQUIRE] || p->given[ROW_PROBE_TIMEOUT]))
		return message_set(p->why, STATUS_USAGE, "%s cannot be used with --no-probe",
				   row_text(p->given[ROW_REQUIRE] ? ROW_REQUIRE : ROW_PROBE_TIMEOUT,
					    text, sizeof(text)));
	if (o->monitor && o->no_probe)
		return message_set(p->why, STATUS_USAGE,
				   "-M/--monitor cannot be used with --no-probe");
	if (mode == MODE_CONNECT && !o->monitor && p->given[ROW_INTERVAL])
		return message_set(p->why, STATUS_USAGE,
				   "--interval can only be used with --monitor");
	if (mode == MODE_CONNECT && !o->monitor && p->given[ROW_COUNT])
		return message_set(p->why, STATUS_USAGE,
				   "--count can only be used with --monitor or --listen");
	if (mode == MODE_CONNECT && !o->address_count)
		return message_set(p->why, STATUS_USAGE,
				   "no peer address: give at least one -a HOST:PORT");
	if (mode == MODE_LISTEN && !o->bind_count && !o->port)
		return message_set(p->why, STATUS_USAGE,
				   "--listen needs a local address or a port: give -b or -p");
	if (mode == MODE_LISTEN && p->given[ROW_UDP_ENCAPS]) {
		if (o->udp.local)
			return message_set(
				p->why, STATUS_USAGE,
				"-u/--udp-encaps %u:%u: with --listen, give one port: the one to listen on",
				o->udp.local, o->udp.remote);
		o->udp = (struct stack_encaps){ .local = o->udp.remote };
	}
	return STATUS_OK;
}

/*
 * The leading '-' makes getopt_long() hand over non-options where they stand (as 1) and never
 * reorder argv; the ':' after it makes it tell a missing argument (':') from an unknown option.
 */
static void fill_getopt(char *letters, struct option *longs)
{
	*letters++ = '-';
	*letters++ = ':';
	for (size_t i = 0; i < ROWS; i++) {
		const struct option_row *r = &option_rows[i];

		longs[i].name = r->name;
		longs[i].has_arg = !r->argument            ? no_argument
				   : option_is_optional(r) ? optional_argument
							   : required_argument;
		longs[i].val = r->letter ? r->letter : LONG_ONLY + (int)i;
		if (!r->letter)
			continue;
		*letters++ = r->letter;
		if (r->argument)
			*letters++ = ':';
		if (option_is_optional(r))
			*letters++ = ':';
	}
	*letters = '\0';
}

static int parse_all(struct parser *p, int argc, char *argv[])
{
	char letters[2 + 3 * ROWS + 1];
	struct option longs[ROWS + 1] = { 0 };

	fill_getopt(letters, longs);
	opterr = 0;
	optind = 0; /* glibc and musl: begin afresh */
	for (;;) {
		int index = -1;
		int value = getopt_long(argc, argv, letters, longs, &index);
		const char *token = optind > 0 && optind <= argc ? argv[optind - 1] : "";
		int status;

		if (value == -1)
			break;
		if (value == 1)
			return unexpected(p, optarg);
		if (value == '?')
			return option_unknown(p, token, optopt);
		p->row = option_row_of_value(value == ':' ? optopt : value);
		if (index >= 0 || (value == ':' && !strncmp(token, "--", 2)))
			snprintf(p->spelled, sizeof(p->spelled), "--%s", option_rows[p->row].name);
		else
			snprintf(p->spelled, sizeof(p->spelled), "-%c", option_rows[p->row].letter);
		if (value == ':')
			return message_set(p->why, STATUS_USAGE, "option '%s' needs %s %s",
					   p->spelled, option_article(p->row),
					   option_rows[p->row].argument);
		p->stray_time = p->row == ROW_MONITOR && !optarg;
		status = option_take(p, option_rows[p->row].argument ? optarg : NULL);
		if (status || p->row == ROW_LIST || p->row == ROW_HELP || p->row == ROW_VERSION)
			return status;
	}
	if (optind < argc)
		return unexpected(p, argv[optind]);
	if (p->options->explain) {
		p->options->action = ACTION_EXPLAIN;
		return STATUS_OK;
	}
	return check_together(p);
}

int options_parse(struct options *options, int argc, char *argv[], struct message *why)
{
	struct parser p = { .options = options, .why = why };

	*options = (struct options){
		.action = ACTION_CONNECT,
		.family = AF_UNSPEC,
		.style = STACK_ONE_TO_ONE,
		.timeout_us = DEFAULT_TIMEOUT_US,
		.hold_us = DEFAULT_HOLD_US,
		.probe_timeout_us = DEFAULT_PROBE_TIMEOUT_US,
		.require = DEFAULT_REQUIRE,
		.interval_us = DEFAULT_INTERVAL_US,
	};
	/* Room for whatever argv holds: each of its strings gives at most one address. */
	options->addresses = xcalloc((size_t)argc + 1, sizeof(*options->addresses));
	options->binds = xcalloc((size_t)argc + 1, sizeof(*options->binds));
	return parse_all(&p, argc, argv);
}

void options_free(struct options *options)
{
	free(options->addresses);
	free(options->binds);
	options->addresses = NULL;
	options->binds = NULL;
}
