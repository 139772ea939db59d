/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* What getopt_long() returns for a long option without a short one: the table index above this. */
#define LONG_ONLY 0x100

#define DEFAULT_TIMEOUT_US       (5 * (int64_t)USEC_PER_SEC)
#define DEFAULT_PROBE_TIMEOUT_US (1 * (int64_t)USEC_PER_SEC)
#define DEFAULT_REQUIRE          1
#define DEFAULT_INTERVAL_US      (1 * (int64_t)USEC_PER_SEC)
#define INTERVAL_MIN_US          (10 * USEC_PER_MSEC)

enum mode {
	MODE_CONNECT = 1 << 0,
	MODE_LISTEN = 1 << 1,
	MODE_BOTH = MODE_CONNECT | MODE_LISTEN,
};

enum row {
	ROW_ADDRESS,
	ROW_PORT,
	ROW_BIND,
	ROW_IPV4,
	ROW_IPV6,
	ROW_NONBLOCK,
	ROW_BLOCKING,
	ROW_ONE_TO_MANY,
	ROW_TIMEOUT,
	ROW_WAIT,
	ROW_INIT_ATTEMPTS,
	ROW_INIT_TIMEOUT,
	ROW_RTO_INITIAL,
	ROW_OSTREAMS,
	ROW_ISTREAMS,
	ROW_STACK,
	ROW_UDP_ENCAPS,
	ROW_NO_PROBE,
	ROW_PROBE_TIMEOUT,
	ROW_REQUIRE,
	ROW_NO_WITNESS,
	ROW_EACH,
	ROW_MONITOR,
	ROW_INTERVAL,
	ROW_LISTEN,
	ROW_COUNT,
	ROW_JSON,
	ROW_QUIET,
	ROW_VERBOSE,
	ROW_COLOR,
	ROW_EXPLAIN,
	ROW_LIST,
	ROW_HELP,
	ROW_VERSION,
	ROWS,
};

struct option_row {
	char letter; /* or 0 */
	const char *name;
	const char *argument; /* its name in the help, or NULL; "[...]": it may be left out */
	enum mode modes;
	const char *section; /* in the help; NULL: the one of the row before */
	const char *help;    /* lines separated by \n */
};

static const struct option_row rows[ROWS] = {
	[ROW_ADDRESS] = { 'a', "address", "HOST[:PORT]", MODE_CONNECT, "Addresses",
			  "an address of the peer, or a name: all it\n"
			  "resolves to; repeat it for more" },
	[ROW_PORT] = { 'p', "port", "PORT", MODE_BOTH, NULL,
		       "the port where HOST names none: a number, or\n"
		       "a service such as diameter, m3ua, s1ap, ngap" },
	[ROW_BIND] = { 'b', "bind", "HOST[:PORT]", MODE_BOTH, NULL,
		       "a local address; repeat it for more" },
	[ROW_IPV4] = { '4', "ipv4", NULL, MODE_BOTH, NULL, "only the IPv4 addresses of a name" },
	[ROW_IPV6] = { '6', "ipv6", NULL, MODE_BOTH, NULL, "only the IPv6 addresses of a name" },

	[ROW_NONBLOCK] = { 'n', "nonblock", NULL, MODE_CONNECT, "Connecting",
			   "non-blocking connect, then poll (the default)" },
	[ROW_BLOCKING] = { 'B', "blocking", NULL, MODE_CONNECT, NULL, "the blocking call instead" },
	[ROW_ONE_TO_MANY] = { 'm', "one-to-many", NULL, MODE_CONNECT, NULL,
			      "a SOCK_SEQPACKET socket, not SOCK_STREAM" },
	[ROW_TIMEOUT] = { 'w', "timeout", "TIME", MODE_CONNECT, NULL,
			  "give up when it is not up by then (5s)" },
	[ROW_WAIT] = { 'W', "wait", "TIME", MODE_CONNECT, NULL,
		       "try again until it is up or TIME has passed" },
	[ROW_INIT_ATTEMPTS] = { 0, "init-attempts", "N", MODE_CONNECT, NULL,
				"INIT retransmissions, all addresses together" },
	[ROW_INIT_TIMEOUT] = { 0, "init-timeout", "TIME", MODE_CONNECT, NULL,
			       "the longest wait for the answer to one INIT" },
	[ROW_RTO_INITIAL] = { 0, "rto-initial", "TIME", MODE_CONNECT, NULL,
			      "the wait before the next address is tried\n"
			      "(250ms where there are several)" },
	[ROW_OSTREAMS] = { 'O', "ostreams", "N", MODE_BOTH, NULL, "outgoing streams to ask for" },
	[ROW_ISTREAMS] = { 'I', "istreams", "N", MODE_BOTH, NULL, "incoming streams to allow" },
	[ROW_STACK] = { 's', "stack", "NAME", MODE_BOTH, NULL,
			"auto, or a stack that --version lists (auto)" },
	[ROW_UDP_ENCAPS] = { 'u', "udp-encaps", "[LOCAL:]REMOTE", MODE_BOTH, NULL,
			     "in UDP datagrams to that port (RFC 6951);\n"
			     "with --listen: the port to listen on" },

	[ROW_NO_PROBE] = { 0, "no-probe", NULL, MODE_CONNECT, "Looking at the paths",
			   "send no heartbeat on the paths" },
	[ROW_PROBE_TIMEOUT] = { 0, "probe-timeout", "TIME", MODE_CONNECT, NULL,
				"how long a path may take to answer one (1s)" },
	[ROW_REQUIRE] = { 'R', "require", "N|all", MODE_CONNECT, NULL,
			  "how many paths must answer for exit status 0\n"
			  "(1)" },
	[ROW_NO_WITNESS] = { 0, "no-witness", NULL, MODE_CONNECT, NULL,
			     "do not watch the own packets on the wire,\n"
			     "which CAP_NET_RAW allows" },
	[ROW_EACH] = { 'e', "each", NULL, MODE_CONNECT, NULL,
		       "also try every address alone, side by side" },

	[ROW_MONITOR] = { 'M', "monitor", "[TIME]", MODE_CONNECT, "Monitoring",
			  "stay connected, tell every change of a path,\n"
			  "for that long, or until ^C" },
	[ROW_INTERVAL] = { 0, "interval", "TIME", MODE_CONNECT, NULL,
			   "from one heartbeat on a path to the next (1s)" },

	[ROW_LISTEN] = { 'l', "listen", NULL, MODE_LISTEN, "Listening",
			 "be the peer: accept, report, echo" },
	[ROW_COUNT] = { 0, "count", "N", MODE_BOTH, NULL,
			"end after N associations; with --monitor:\n"
			"after N heartbeats on every path" },

	[ROW_JSON] = { 'j', "json", NULL, MODE_BOTH, "Output", "one JSON object per line" },
	[ROW_QUIET] = { 'q', "quiet", NULL, MODE_BOTH, NULL,
			"nothing on stdout: the exit status says it" },
	[ROW_VERBOSE] = { 'v', "verbose", NULL, MODE_BOTH, NULL,
			  "every step on stderr, with milliseconds" },
	[ROW_COLOR] = { 0, "color", "WHEN", MODE_BOTH, NULL, "auto, always or never (auto)" },
	[ROW_EXPLAIN] = { 0, "explain", "NAME", MODE_BOTH, NULL,
			  "what an errno, a result or a verdict means,\n"
			  "its usual causes, and what to check" },
	[ROW_LIST] = { 0, "list", "WHAT", MODE_BOTH, NULL,
		       "options, services or names, one on a line:\n"
		       "what completions ask for" },
	[ROW_HELP] = { 'h', "help", NULL, MODE_BOTH, NULL, "this text" },
	[ROW_VERSION] = { 'V', "version", NULL, MODE_BOTH, NULL,
			  "the version, and the stacks built in" },
};

/* One run of getopt_long(). */
struct parser {
	struct options *options;
	struct message *why;
	bool given[ROWS];
	bool stray_time;  /* the option at hand may have meant the next word as its TIME */
	char spelled[32]; /* the option at hand as the user wrote it: "-w" or "--timeout" */
};

/* Is its argument written as "[TIME]"? */
static bool is_optional(const struct option_row *row)
{
	size_t length = row->argument ? strlen(row->argument) : 0;

	return length && row->argument[0] == '[' && row->argument[length - 1] == ']';
}

static enum row row_of_value(int value)
{
	if (value >= LONG_ONLY)
		return value - LONG_ONLY;
	for (size_t i = 0; i < ROWS; i++)
		if (value && rows[i].letter == value)
			return i;
	return ROWS;
}

/* "-w/--timeout" or "--count". */
static const char *row_text(enum row row, char *buf, size_t size)
{
	if (rows[row].letter)
		snprintf(buf, size, "-%c/--%s", rows[row].letter, rows[row].name);
	else
		snprintf(buf, size, "--%s", rows[row].name);
	return buf;
}

/* Of the name of the option's argument: "an N", "an N|all", "a TIME". */
static const char *article(enum row row)
{
	const char *name = rows[row].argument;

	return name[0] == 'N' && (!name[1] || name[1] == '|') ? "an" : "a";
}

/* --- What getopt_long() could not make sense of ----------------------------------------------- */

/* Longer than every name in the table; what is written longer than this is like none of them. */
#define NAME_ROOM 32

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters to change, insert, drop or swap; both shorter than NAME_ROOM. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t d[NAME_ROOM][NAME_ROOM];

	for (size_t i = 0; i <= a_length; i++) {
		for (size_t j = 0; j <= b_length; j++) {
			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			d[i][j] = min(min(d[i - 1][j], d[i][j - 1]) + 1,
				      d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = min(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[a_length][b_length];
}

/* The option name closest to what was written, or NULL when none is close. */
static const char *near_miss(const char *written, size_t length)
{
	const char *best = NULL;
	size_t best_distance = length < 6 ? 2 : 3;

	if (length < 3 || length >= NAME_ROOM)
		return NULL;
	for (size_t i = 0; i < ROWS; i++) {
		size_t d = distance(written, length, rows[i].name, strlen(rows[i].name));

		if (d < best_distance) {
			best = rows[i].name;
			best_distance = d;
		}
	}
	return best;
}

static int unknown_long(struct parser *p, const char *token)
{
	const char *written = token + 2;
	size_t length = strcspn(written, "=");
	char shown[PRINTABLE_MAX];
	char matches[256] = "";
	size_t used = 0, count = 0;
	const char *near;

	for (size_t i = 0; i < ROWS; i++) {
		if (strncmp(rows[i].name, written, length) != 0)
			continue;
		used += snprintf(matches + used, sizeof(matches) - used, "%s--%s",
				 count++ ? ", " : "", rows[i].name);
		if (used >= sizeof(matches))
			break;
	}
	printable(token, shown, sizeof(shown));
	if (length && count > 1)
		return message_set(p->why, STATUS_USAGE, "option '%s' is ambiguous: %s", shown,
				   matches);
	near = near_miss(written, length);
	if (near)
		return message_set(p->why, STATUS_USAGE, "unknown option '%s': did you mean --%s?",
				   shown, near);
	return message_set(p->why, STATUS_USAGE, "unknown option '%s': see sctp-connect --help",
			   shown);
}

/* After '?' from getopt_long(); value is its optopt. */
static int bad_option(struct parser *p, const char *token, int value)
{
	char letter[] = { '-', (char)value, '\0' };
	char shown[PRINTABLE_MAX];
	enum row row = row_of_value(value);

	if (!value)
		return unknown_long(p, token);
	if (row != ROWS)
		return message_set(p->why, STATUS_USAGE, "option '--%s' takes no value: '%s'",
				   rows[row].name, printable(token, shown, sizeof(shown)));
	return message_set(p->why, STATUS_USAGE, "unknown option '%s': see sctp-connect --help",
			   printable(letter, shown, sizeof(shown)));
}

/* --- Values ----------------------------------------------------------------------------------- */

static int take_number(struct parser *p, const char *text, uint64_t max, uint64_t *value)
{
	char shown[PRINTABLE_MAX];

	if (parse_number(text, 1, max, value))
		return STATUS_OK;
	return message_set(p->why, STATUS_USAGE, "%s %s: not a number from 1 to %llu", p->spelled,
			   printable(text, shown, sizeof(shown)), (unsigned long long)max);
}

static int take_uint16(struct parser *p, const char *text, uint16_t *value)
{
	uint64_t number;
	int status = take_number(p, text, UINT16_MAX, &number);

	if (!status)
		*value = (uint16_t)number;
	return status;
}

static int take_time_us(struct parser *p, const char *text, int64_t *us)
{
	char shown[PRINTABLE_MAX];

	printable(text, shown, sizeof(shown));
	if (!parse_time_us(text, us))
		return message_set(
			p->why, STATUS_USAGE,
			"%s %s: not a time: a number with ms, s or m, such as 500ms, at most 24 hours",
			p->spelled, shown);
	if (*us < USEC_PER_MSEC)
		return message_set(p->why, STATUS_USAGE, "%s %s: too short: at least 1ms",
				   p->spelled, shown);
	return STATUS_OK;
}

/* The stack takes whole milliseconds here. */
static int take_time_ms(struct parser *p, const char *text, uint32_t *ms)
{
	char shown[PRINTABLE_MAX];
	int64_t us;
	int status = take_time_us(p, text, &us);

	if (status)
		return status;
	if (us % USEC_PER_MSEC)
		return message_set(p->why, STATUS_USAGE, "%s %s: not in whole milliseconds",
				   p->spelled, printable(text, shown, sizeof(shown)));
	*ms = (uint32_t)(us / USEC_PER_MSEC);
	return STATUS_OK;
}

static int take_interval(struct parser *p, const char *text)
{
	char shown[PRINTABLE_MAX];
	int status = take_time_us(p, text, &p->options->interval_us);

	if (!status && p->options->interval_us < INTERVAL_MIN_US)
		return message_set(p->why, STATUS_USAGE, "%s %s: too short: at least 10ms",
				   p->spelled, printable(text, shown, sizeof(shown)));
	return status;
}

static int take_stack(struct parser *p, const char *text)
{
	char shown[PRINTABLE_MAX];
	char names[128] = "auto";

	if (!strcmp(text, "auto")) {
		p->options->stack = NULL;
		return STATUS_OK;
	}
	p->options->stack = stack_find(text);
	if (p->options->stack)
		return STATUS_OK;
	if (!strcmp(text, "usrsctp"))
		return message_set(p->why, STATUS_USAGE,
				   "%s usrsctp: this build has no usrsctp stack", p->spelled);
	for (size_t i = 0; stacks[i]; i++) {
		size_t used = strlen(names);

		snprintf(names + used, sizeof(names) - used, ", %s", stacks[i]->name);
	}
	return message_set(p->why, STATUS_USAGE, "%s %s: no such stack: this build has %s",
			   p->spelled, printable(text, shown, sizeof(shown)), names);
}

/* "REMOTE" or "LOCAL:REMOTE"; with --listen "LOCAL", which check_together() puts right. */
static int take_encaps(struct parser *p, const char *text)
{
	struct stack_encaps *udp = &p->options->udp;
	const char *colon = strchr(text, ':');
	char local[sizeof("65535")] = "";
	char shown[PRINTABLE_MAX];
	uint64_t from = 0, to;

	if (colon && (size_t)(colon - text) < sizeof(local))
		memcpy(local, text, (size_t)(colon - text));
	if (!parse_number(colon ? colon + 1 : text, 1, UINT16_MAX, &to) ||
	    (colon && !parse_number(local, 1, UINT16_MAX, &from)))
		return message_set(p->why, STATUS_USAGE,
				   "%s %s: not a UDP port from 1 to 65535, nor two as LOCAL:REMOTE",
				   p->spelled, printable(text, shown, sizeof(shown)));
	*udp = (struct stack_encaps){ .local = (uint16_t)from, .remote = (uint16_t)to };
	return STATUS_OK;
}

static int take_require(struct parser *p, const char *text)
{
	char shown[PRINTABLE_MAX];

	p->options->require = REQUIRE_ALL;
	if (!strcmp(text, "all") || parse_number(text, 1, UINT16_MAX, &p->options->require))
		return STATUS_OK;
	return message_set(p->why, STATUS_USAGE, "%s %s: not a number from 1 to 65535, nor all",
			   p->spelled, printable(text, shown, sizeof(shown)));
}

static int take_color(struct parser *p, const char *text)
{
	static const char *const names[] = {
		[COLOR_AUTO] = "auto",
		[COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};
	char shown[PRINTABLE_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(text, names[i])) {
			p->options->color = (enum color)i;
			return STATUS_OK;
		}
	}
	return message_set(p->why, STATUS_USAGE, "%s %s: not one of auto, always, never",
			   p->spelled, printable(text, shown, sizeof(shown)));
}

static int take(struct parser *p, enum row row, const char *argument)
{
	struct options *o = p->options;

	if (argument && !*argument && is_optional(&rows[row]))
		return message_set(p->why, STATUS_USAGE,
				   "%s=: nothing stands behind the =", p->spelled);
	if (argument && !*argument)
		return message_set(p->why, STATUS_USAGE, "%s needs %s %s, not an empty string",
				   p->spelled, article(row), rows[row].argument);
	p->given[row] = true;
	switch (row) {
	case ROW_ADDRESS:
		o->addresses[o->address_count++] = argument;
		break;
	case ROW_PORT:
		o->port = argument;
		break;
	case ROW_BIND:
		o->binds[o->bind_count++] = argument;
		break;
	case ROW_IPV4:
		o->family = AF_INET;
		break;
	case ROW_IPV6:
		o->family = AF_INET6;
		break;
	case ROW_NONBLOCK:
		o->blocking = false;
		break;
	case ROW_BLOCKING:
		o->blocking = true;
		break;
	case ROW_ONE_TO_MANY:
		o->style = STACK_ONE_TO_MANY;
		break;
	case ROW_TIMEOUT:
		return take_time_us(p, argument, &o->timeout_us);
	case ROW_WAIT:
		return take_time_us(p, argument, &o->wait_us);
	case ROW_INIT_ATTEMPTS:
		return take_uint16(p, argument, &o->init_attempts);
	case ROW_INIT_TIMEOUT:
		return take_time_ms(p, argument, &o->init_timeout_ms);
	case ROW_RTO_INITIAL:
		return take_time_ms(p, argument, &o->rto_initial_ms);
	case ROW_OSTREAMS:
		return take_uint16(p, argument, &o->out_streams);
	case ROW_ISTREAMS:
		return take_uint16(p, argument, &o->in_streams);
	case ROW_STACK:
		return take_stack(p, argument);
	case ROW_UDP_ENCAPS:
		return take_encaps(p, argument);
	case ROW_NO_PROBE:
		o->no_probe = true;
		break;
	case ROW_NO_WITNESS:
		o->no_witness = true;
		break;
	case ROW_PROBE_TIMEOUT:
		return take_time_us(p, argument, &o->probe_timeout_us);
	case ROW_REQUIRE:
		return take_require(p, argument);
	case ROW_EACH:
		o->each = true;
		break;
	case ROW_MONITOR:
		o->monitor = true;
		o->monitor_us = 0;
		return argument ? take_time_us(p, argument, &o->monitor_us) : STATUS_OK;
	case ROW_INTERVAL:
		return take_interval(p, argument);
	case ROW_LISTEN:
		o->action = ACTION_LISTEN;
		break;
	case ROW_COUNT:
		return take_number(p, argument, UINT64_C(1) << 63, &o->count);
	case ROW_JSON:
		o->format = FORMAT_JSON;
		break;
	case ROW_QUIET:
		o->quiet = true;
		break;
	case ROW_VERBOSE:
		o->verbose = true;
		break;
	case ROW_COLOR:
		return take_color(p, argument);
	case ROW_EXPLAIN:
		o->explain = argument;
		break;
	case ROW_LIST:
		o->list = argument;
		o->action = ACTION_LIST;
		break;
	case ROW_HELP:
		o->action = ACTION_HELP;
		break;
	case ROW_VERSION:
		o->action = ACTION_VERSION;
		break;
	case ROWS:
		break;
	}
	return STATUS_OK;
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
	return message_set(p->why, STATUS_USAGE,
			   "unexpected argument '%s': addresses are given with -a",
			   printable(argument, shown, sizeof(shown)));
}

/* What can only be judged once all options are known. */
static int check_together(struct parser *p)
{
	struct options *o = p->options;
	enum mode mode = o->action == ACTION_LISTEN ? MODE_LISTEN : MODE_CONNECT;
	char text[64];

	for (size_t i = 0; i < ROWS; i++) {
		if (!p->given[i] || rows[i].modes & mode)
			continue;
		return message_set(p->why, STATUS_USAGE,
				   mode == MODE_LISTEN ? "%s does not go with --listen"
						       : "%s goes only with --listen",
				   row_text((enum row)i, text, sizeof(text)));
	}
	if (p->given[ROW_IPV4] && p->given[ROW_IPV6])
		return message_set(p->why, STATUS_USAGE, "-4/--ipv4 does not go with -6/--ipv6");
	if (o->no_probe && (p->given[ROW_REQUIRE] || p->given[ROW_PROBE_TIMEOUT]))
		return message_set(p->why, STATUS_USAGE, "%s does not go with --no-probe",
				   row_text(p->given[ROW_REQUIRE] ? ROW_REQUIRE : ROW_PROBE_TIMEOUT,
					    text, sizeof(text)));
	if (o->monitor && o->no_probe)
		return message_set(p->why, STATUS_USAGE,
				   "-M/--monitor does not go with --no-probe");
	if (mode == MODE_CONNECT && !o->monitor && p->given[ROW_INTERVAL])
		return message_set(p->why, STATUS_USAGE, "--interval goes only with --monitor");
	if (mode == MODE_CONNECT && !o->monitor && p->given[ROW_COUNT])
		return message_set(p->why, STATUS_USAGE,
				   "--count goes only with --monitor or --listen");
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
				"-u/--udp-encaps %u:%u: with --listen it is one port, the "
				"one to listen on",
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
		const struct option_row *r = &rows[i];

		longs[i].name = r->name;
		longs[i].has_arg = !r->argument     ? no_argument
				   : is_optional(r) ? optional_argument
						    : required_argument;
		longs[i].val = r->letter ? r->letter : LONG_ONLY + (int)i;
		if (!r->letter)
			continue;
		*letters++ = r->letter;
		if (r->argument)
			*letters++ = ':';
		if (is_optional(r))
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
		enum row row;
		int status;

		if (value == -1)
			break;
		if (value == 1)
			return unexpected(p, optarg);
		if (value == '?')
			return bad_option(p, token, optopt);
		row = row_of_value(value == ':' ? optopt : value);
		if (index >= 0 || (value == ':' && !strncmp(token, "--", 2)))
			snprintf(p->spelled, sizeof(p->spelled), "--%s", rows[row].name);
		else
			snprintf(p->spelled, sizeof(p->spelled), "-%c", rows[row].letter);
		if (value == ':')
			return message_set(p->why, STATUS_USAGE, "option '%s' needs %s %s",
					   p->spelled, article(row), rows[row].argument);
		p->stray_time = row == ROW_MONITOR && !optarg;
		status = take(p, row, rows[row].argument ? optarg : NULL);
		if (status || row == ROW_LIST || row == ROW_HELP || row == ROW_VERSION)
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

/* --- Help ------------------------------------------------------------------------------------- */

/* Longer than every head, such as "  -a, --address HOST[:PORT]". */
#define HEAD_ROOM 64

/* Returns its length. */
static int head_text(const struct option_row *r, char *buf, size_t size)
{
	char letter[] = "    ";

	if (r->letter) {
		letter[0] = '-';
		letter[1] = r->letter;
		letter[2] = ',';
	}
	if (is_optional(r))
		return snprintf(buf, size, "  %s--%s[=%s", letter, r->name, r->argument + 1);
	return snprintf(buf, size, "  %s--%s%s%s", letter, r->name, r->argument ? " " : "",
			r->argument ? r->argument : "");
}

static void print_option(FILE *out, const struct option_row *r, int column)
{
	char head[HEAD_ROOM];
	const char *line = r->help;

	head_text(r, head, sizeof(head));
	fprintf(out, "%-*s", column, head);
	for (;;) {
		size_t length = strcspn(line, "\n");

		fprintf(out, "%.*s\n", (int)length, line);
		if (!line[length])
			break;
		line += length + 1;
		fprintf(out, "%*s", column, "");
	}
}

void options_print_list(FILE *out)
{
	static const char *const modes[] = {
		[MODE_CONNECT] = "connect",
		[MODE_LISTEN] = "listen",
		[MODE_BOTH] = "both",
	};

	for (const struct option_row *r = rows; r < rows + ROWS; r++) {
		if (r->letter)
			fprintf(out, "-%c", r->letter);
		else
			fputc('-', out);
		fprintf(out, "\t--%s\t%s\t%s\t", r->name, r->argument ? r->argument : "-",
			modes[r->modes]);
		for (const char *c = r->help; *c; c++)
			fputc(*c == '\n' ? ' ' : *c, out);
		fputc('\n', out);
	}
}

void options_print_help(FILE *out)
{
	char head[HEAD_ROOM];
	int column = 0;

	fputs("Usage: sctp-connect [OPTION]... -a HOST[:PORT] [-a HOST[:PORT]]...\n"
	      "       sctp-connect --listen [OPTION]... -b HOST[:PORT] [-b HOST[:PORT]]...\n\n"
	      "Opens an SCTP association with all given addresses of a peer at once, and tells\n"
	      "what is true of the association and of every path.\n",
	      out);
	for (size_t i = 0; i < ROWS; i++) {
		int length = head_text(&rows[i], head, sizeof(head));

		if (length + 2 > column)
			column = length + 2;
	}
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].section)
			fprintf(out, "\n%s:\n", rows[i].section);
		print_option(out, &rows[i], column);
	}
	fputs("\nTIME is a number with ms, s (the default) or m: 500ms, 1.5, 2m.\n\n"
	      "Exit status:\n"
	      "  0      connected, and as many paths verified as --require asks for\n"
	      "  1      not connected: refused, aborted or unreachable; or lost while monitored\n"
	      "  2      bad usage, nothing tried\n"
	      "  3      a name could not be resolved\n"
	      "  4      no answer in time\n"
	      "  5      degraded: connected, but too few paths verified\n"
	      "  6      this host could not try: no SCTP, no permission, no such local address\n"
	      "  128+N  ended by signal N\n\n"
	      "Examples:\n"
	      "  sctp-connect -a 10.1.1.2:5000 -a 10.1.2.2\n"
	      "  sctp-connect --monitor -p m3ua -a 10.1.1.2 -a 10.1.2.2\n"
	      "  sctp-connect --wait 60s --quiet -p s1ap -a mme.example.net\n",
	      out);
}
