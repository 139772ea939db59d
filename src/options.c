/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "option_parameter.h"
#include "option_rows.h"
#include "option_typos.h"

/* getopt_long() returns this plus the table index for a long option without a short one. */
#define LONG_ONLY 0x100

#define DEFAULT_TIMEOUT_US       (5 * (int64_t)USEC_PER_SEC)
#define DEFAULT_PROBE_TIMEOUT_US (1 * (int64_t)USEC_PER_SEC)
#define DEFAULT_HOLD_US          (200 * (int64_t)USEC_PER_MSEC)
#define DEFAULT_REQUIRE          1
#define DEFAULT_INTERVAL_US      (1 * (int64_t)USEC_PER_SEC)
#define DEFAULT_REPLY_TIMEOUT_US (2 * (int64_t)USEC_PER_SEC)

/* The row of what getopt_long() returned; ROWS: none. */
static enum row row_of_value(int value)
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

/* What is sent, and what is awaited. */
static int check_messages(struct parser *p)
{
	static const enum row of_what_is_sent[] = { ROW_STREAM, ROW_PPID, ROW_UNORDERED };
	struct options *o = p->options;
	char text[64];

	for (size_t i = 0; !o->send_count && i < ARRAY_SIZE(of_what_is_sent); i++)
		if (p->given[of_what_is_sent[i]])
			return message_set(p->why, STATUS_USAGE, "%s can only be used with --send",
					   row_text(of_what_is_sent[i], text, sizeof(text)));
	if (p->given[ROW_REPLY_TIMEOUT] && !o->send_count && !o->expect)
		return message_set(p->why, STATUS_USAGE,
				   "--reply-timeout can only be used with --send or --expect");
	if (o->send_count && !p->given[ROW_EXPECT])
		o->expect = 1;
	return STATUS_OK;
}

/* Checks that need all options. */
static int check_together(struct parser *p)
{
	static const enum row of_the_probe[] = { ROW_REQUIRE, ROW_LINKS, ROW_PROBE_TIMEOUT };
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
	for (size_t i = 0; o->no_probe && i < ARRAY_SIZE(of_the_probe); i++)
		if (p->given[of_the_probe[i]])
			return message_set(p->why, STATUS_USAGE,
					   "%s cannot be used with --no-probe",
					   row_text(of_the_probe[i], text, sizeof(text)));
	if (o->pcap && o->no_witness)
		return message_set(p->why, STATUS_USAGE, "--pcap cannot be used with --no-witness");
	if (o->snaplen && !o->pcap)
		return message_set(p->why, STATUS_USAGE, "--snaplen can only be used with --pcap");
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
	return check_messages(p) == STATUS_OK ? check_parameters(p) : STATUS_USAGE;
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

/* "a" or "an", before the name of the argument: "an N", "an N|all", "a TIME". */
static const char *article(enum row row)
{
	const char *name = option_rows[row].argument;

	return name[0] == 'N' && (!name[1] || name[1] == '|') ? "an" : "a";
}

/* The argument of the option at hand, by its row; one that is empty is refused. */
static int take(struct parser *p, const char *argument)
{
	const struct option_row *row = &option_rows[p->row];

	if (argument && !*argument && option_is_optional(row))
		return message_set(p->why, STATUS_USAGE, "%s=: a time is missing after \"=\"",
				   p->spelled);
	if (argument && !*argument)
		return message_set(p->why, STATUS_USAGE, "%s needs %s %s, not an empty string",
				   p->spelled, article(p->row), row->argument);
	p->given[p->row] = true;
	return row->take(p, argument, (char *)p->options + row->member);
}

static int parse_all(struct parser *p, int argc, char *argv[])
{
	char letters[2 + 3 * ROWS + 1];
	struct option longs[ROWS + 1] = { 0 };

	fill_getopt(letters, longs);
	opterr = 0;
	optind = 0; /* glibc and musl: start again */
	for (;;) {
		int index = -1;
		int value = getopt_long(argc, argv, letters, longs, &index);
		const char *token = optind > 0 && optind <= argc ? argv[optind - 1] : "";
		int status;

		if (value == -1)
			break;
		if (value == 1)
			return unexpected(p, optarg);
		p->row = row_of_value(value == ':' || value == '?' ? optopt : value);
		if (value == '?')
			return option_unknown(p, token, optopt);
		if (index >= 0 || (value == ':' && !strncmp(token, "--", 2)))
			snprintf(p->spelled, sizeof(p->spelled), "--%s", option_rows[p->row].name);
		else
			snprintf(p->spelled, sizeof(p->spelled), "-%c", option_rows[p->row].letter);
		if (value == ':')
			return message_set(p->why, STATUS_USAGE, "option '%s' needs %s %s",
					   p->spelled, article(p->row),
					   option_rows[p->row].argument);
		p->stray_time = p->row == ROW_MONITOR && !optarg;
		status = take(p, option_rows[p->row].argument ? optarg : NULL);
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
	struct parser p = { .rows = option_rows, .options = options, .why = why };

	*options = (struct options){
		.action = ACTION_CONNECT,
		.family = AF_UNSPEC,
		.style = STACK_ONE_TO_ONE,
		.timeout_us = DEFAULT_TIMEOUT_US,
		.hold_us = DEFAULT_HOLD_US,
		.probe_timeout_us = DEFAULT_PROBE_TIMEOUT_US,
		.require = DEFAULT_REQUIRE,
		.interval_us = DEFAULT_INTERVAL_US,
		.reply_timeout_us = DEFAULT_REPLY_TIMEOUT_US,
	};
	/* Room for whatever argv holds: each of its strings gives at most one of them. */
	options->addresses = xcalloc((size_t)argc + 1, sizeof(*options->addresses));
	options->binds = xcalloc((size_t)argc + 1, sizeof(*options->binds));
	options->sends = xcalloc((size_t)argc + 1, sizeof(*options->sends));
	return parse_all(&p, argc, argv);
}

void options_free(struct options *options)
{
	for (size_t i = 0; i < options->send_count; i++)
		free(options->sends[i].bytes);
	free(options->sends);
	free(options->addresses);
	free(options->binds);
	options->sends = NULL;
	options->send_count = 0;
	options->addresses = NULL;
	options->binds = NULL;
}
