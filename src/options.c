/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/user_file.h"
#include "option_parameter.h"
#include "option_rows.h"
#include "option_typos.h"
#include "option_values.h"

/* getopt_long() returns this plus the table index for a long option without a short one. */
#define LONG_ONLY 0x100

#define DEFAULT_TIMEOUT_US       (5 * (int64_t)USEC_PER_SEC)
#define DEFAULT_PROBE_TIMEOUT_US (1 * (int64_t)USEC_PER_SEC)
#define DEFAULT_HOLD_US          (200 * (int64_t)USEC_PER_MSEC)
#define DEFAULT_REQUIRE          1
#define DEFAULT_PARALLEL         1000
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

#define NOT_WITH_TARGETS  "cannot be used with --targets"
#define NOT_WITH_NO_PROBE "cannot be used with --no-probe"

/* These are not of one target, so they cannot be on a line of --targets. */
static const bool of_all_targets[ROWS] = {
	[ROW_STACK] = true,   [ROW_TARGETS] = true, [ROW_PARALLEL] = true, [ROW_RATE] = true,
	[ROW_LISTEN] = true,  [ROW_COUNT] = true,   [ROW_JSON] = true,     [ROW_QUIET] = true,
	[ROW_VERBOSE] = true, [ROW_COLOR] = true,   [ROW_EXPLAIN] = true,  [ROW_LIST] = true,
	[ROW_HELP] = true,    [ROW_VERSION] = true, [ROW_PCAP] = true,     [ROW_SNAPLEN] = true,
	[ROW_METRICS] = true, [ROW_SHOW] = true,    [ROW_MONITOR] = true,  [ROW_NO_SANDBOX] = true,
};

/* These cannot be used with --targets. */
static const bool of_one_target_alone[ROWS] = {
	[ROW_BLOCKING] = true, [ROW_SEND] = true,  [ROW_EXPECT] = true,
	[ROW_RELAY] = true,    [ROW_LINES] = true, [ROW_REPLY_TIMEOUT] = true,
	[ROW_STREAM] = true,   [ROW_PPID] = true,  [ROW_UNORDERED] = true,
};

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

static int refuse(struct parser *p, enum row row, const char *why)
{
	char text[64];

	return message_set(p->why, STATUS_USAGE, "%s %s", row_text(row, text, sizeof(text)), why);
}

/* The first of these rows that was given is refused. */
static int refuse_any(struct parser *p, const enum row *rows, size_t count, const char *why)
{
	for (size_t i = 0; i < count; i++)
		if (p->given[rows[i]])
			return refuse(p, rows[i], why);
	return STATUS_OK;
}

/* --show asks the kernel, and no peer. */
static int check_show(struct parser *p)
{
	static const bool allowed[ROWS] = {
		[ROW_SHOW] = true,  [ROW_MONITOR] = true,    [ROW_INTERVAL] = true,
		[ROW_COUNT] = true, [ROW_JSON] = true,       [ROW_QUIET] = true,
		[ROW_COLOR] = true, [ROW_NO_SANDBOX] = true, [ROW_METRICS] = true,
	};
	static const enum row of_the_monitor[] = { ROW_COUNT, ROW_INTERVAL };

	for (size_t i = 0; i < ROWS; i++)
		if (p->given[i] && !allowed[i])
			return refuse(p, (enum row)i, "cannot be used with --show");
	return p->options->monitor
		       ? STATUS_OK
		       : refuse_any(p, of_the_monitor, ARRAY_SIZE(of_the_monitor),
				    "can only be used with --show if --monitor is given");
}

static int check_mode(struct parser *p, enum mode mode)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (!p->given[i] || option_rows[i].modes & mode)
			continue;
		return refuse(p, (enum row)i,
			      mode == MODE_LISTEN ? "cannot be used with --listen"
						  : "can only be used with --listen");
	}
	return STATUS_OK;
}

static int check_targets(struct parser *p)
{
	static const enum row with_targets[] = { ROW_PARALLEL, ROW_RATE, ROW_ONE_TO_ONE };

	if (!p->options->targets)
		return refuse_any(p, with_targets, ARRAY_SIZE(with_targets),
				  "can only be used with --targets");
	for (size_t i = 0; i < ROWS; i++)
		if (p->given[i] && (of_one_target_alone[i] || i == ROW_ADDRESS))
			return refuse(p, (enum row)i, NOT_WITH_TARGETS);
	return STATUS_OK;
}

static int check_monitor(struct parser *p, enum mode mode)
{
	const struct options *o = p->options;

	if (o->monitor && o->no_probe)
		return refuse(p, ROW_MONITOR, NOT_WITH_NO_PROBE);
	if (mode == MODE_CONNECT && !o->monitor && p->given[ROW_INTERVAL])
		return refuse(p, ROW_INTERVAL, "can only be used with --monitor");
	if (mode == MODE_CONNECT && !o->monitor && p->given[ROW_COUNT])
		return refuse(p, ROW_COUNT, "can only be used with --monitor or --listen");
	return STATUS_OK;
}

static int check_relay(struct parser *p)
{
	static const enum row not_with_relay[] = {
		ROW_SEND,          ROW_EXPECT,  ROW_MONITOR, ROW_EACH,          ROW_REQUIRE,
		ROW_LINKS,         ROW_REPLY,   ROW_DISCARD, ROW_SILENT,        ROW_ECHO,
		ROW_PROBE_TIMEOUT, ROW_METRICS, ROW_COUNT,   ROW_REPLY_TIMEOUT,
	};
	struct options *o = p->options;

	/* Data goes at once. And a listener has one standard input. */
	o->no_probe = true;
	if (o->action == ACTION_LISTEN)
		o->count = 1;
	/*
	 * RFC 7829 section 3: after its first time-out, a path is left for another one. Without
	 * that, which is what usrsctp does by itself, six time-outs must pass: a minute.
	 */
	if (!parameter_is_known(&o->parameters, PARAMETER_PF_MAX_RETRANS))
		parameter_set(&o->parameters, PARAMETER_PF_MAX_RETRANS, 0);
	return refuse_any(p, not_with_relay, ARRAY_SIZE(not_with_relay),
			  "cannot be used with --relay");
}

/* What is sent, and what is awaited. */
static int check_messages(struct parser *p)
{
	static const enum row of_what_is_sent[] = { ROW_STREAM, ROW_PPID, ROW_UNORDERED };
	struct options *o = p->options;

	if (o->lines && !o->relay)
		return refuse(p, ROW_LINES, "can only be used with --relay");
	if (o->relay)
		return check_relay(p);
	if (p->given[ROW_REPLY_TIMEOUT] && !o->send_count && !o->expect)
		return refuse(p, ROW_REPLY_TIMEOUT, "can only be used with --send or --expect");
	if (!o->send_count)
		return refuse_any(p, of_what_is_sent, ARRAY_SIZE(of_what_is_sent),
				  "can only be used with --send or --relay");
	if (!p->given[ROW_EXPECT])
		o->expect = 1;
	return STATUS_OK;
}

/* What the program writes must not take the place of what it reads, or writes, too. */
static int check_files(struct parser *p)
{
	static const enum row rows[] = { ROW_TARGETS, ROW_PCAP, ROW_METRICS };
	const char *const names[] = { p->options->targets, p->options->pcap, p->options->metrics };

	if (p->options->pcap && !strcmp(p->options->pcap, "-"))
		return message_set(p->why, STATUS_USAGE,
				   "--pcap -: packets go to a file, not to standard output");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		for (size_t j = 0; j < i; j++)
			if (names[i] && names[j] && user_file_same(names[i], names[j]))
				return message_set(
					p->why, STATUS_USAGE, "--%s: that is the file of --%s, too",
					option_rows[rows[i]].name, option_rows[rows[j]].name);
	return STATUS_OK;
}

static int check_capture(struct parser *p)
{
	if (p->options->pcap && p->options->no_witness)
		return refuse(p, ROW_PCAP, "cannot be used with --no-witness");
	if (p->options->snaplen && !p->options->pcap)
		return refuse(p, ROW_SNAPLEN, "can only be used with --pcap");
	return check_files(p);
}

static int check_listen(struct parser *p)
{
	struct options *o = p->options;

	if (!o->bind_count && !o->port)
		return message_set(p->why, STATUS_USAGE,
				   "--listen needs a local address or a port: give -b or -p");
	if (p->given[ROW_HOLD] && !o->relay)
		return refuse(p, ROW_HOLD, "can only be used with --listen if --relay is given");
	if (!p->given[ROW_UDP_ENCAPS])
		return STATUS_OK;
	if (o->udp.local)
		return message_set(
			p->why, STATUS_USAGE,
			"-u/--udp-encaps %u:%u: with --listen, give one port: the one to listen on",
			o->udp.local, o->udp.remote);
	o->udp = (struct stack_encaps){ .local = o->udp.remote };
	return STATUS_OK;
}

/* Checks that need all options of the command line or of a line. */
static int check_together(struct parser *p)
{
	static const enum row of_the_probe[] = { ROW_REQUIRE, ROW_LINKS, ROW_PROBE_TIMEOUT };
	const struct options *o = p->options;
	enum mode mode = o->action == ACTION_LISTEN ? MODE_LISTEN : MODE_CONNECT;
	int status;

	if (p->given[ROW_SHOW])
		return check_show(p);
	status = check_mode(p, mode);
	if (!status && p->given[ROW_IPV4] && p->given[ROW_IPV6])
		status = refuse(p, ROW_IPV4, "cannot be used with -6/--ipv6");
	if (!status && o->no_probe)
		status = refuse_any(p, of_the_probe, ARRAY_SIZE(of_the_probe), NOT_WITH_NO_PROBE);
	if (!status)
		status = check_monitor(p, mode);
	if (!status && !p->line)
		status = check_targets(p);
	if (!status && mode == MODE_CONNECT && !o->address_count && (p->line || !o->targets))
		return message_set(p->why, STATUS_USAGE,
				   p->line ? "it has no address"
					   : "no peer address: give at least one -a HOST:PORT");
	if (!status && mode == MODE_LISTEN)
		status = check_listen(p);
	if (!status)
		status = check_messages(p);
	if (!status)
		status = check_capture(p);
	return status ? status : check_parameters(p);
}

/*
 * The leading '-' makes getopt_long() hand over non-options where they stand (as 1) and never
 * reorder argv; the ':' after it makes it tell a missing argument (':') from an unknown option.
 */
void option_grammar_fill(struct option_grammar *grammar)
{
	struct option *longs = grammar->longs;
	char *letters = grammar->letters;

	*grammar = (struct option_grammar){ 0 };
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

	if (p->line && of_one_target_alone[p->row])
		return refuse(p, p->row, NOT_WITH_TARGETS);
	if (p->line && of_all_targets[p->row])
		return refuse(p, p->row, "is for all targets: give it on the command line");
	if (argument && !*argument && option_is_optional(row))
		return message_set(p->why, STATUS_USAGE, "%s=: a time is missing after \"=\"",
				   p->spelled);
	if (argument && !*argument)
		return message_set(p->why, STATUS_USAGE, "%s needs %s %s, not an empty string",
				   p->spelled, article(p->row), row->argument);
	p->given[p->row] = true;
	return row->take(p, argument, (char *)p->options + row->member);
}

/* A word without an option: on a line of --targets an address. */
static int take_word(struct parser *p, const char *word)
{
	if (!p->line)
		return unexpected(p, word);
	p->given[ROW_ADDRESS] = true;
	return take_address(p, word, &p->options->addresses);
}

static int take_option(struct parser *p, int value, int index, const char *token)
{
	p->row = row_of_value(value == ':' || value == '?' ? optopt : value);
	if (value == '?')
		return option_unknown(p, token, optopt);
	if (index >= 0 || (value == ':' && !strncmp(token, "--", 2)))
		snprintf(p->spelled, sizeof(p->spelled), "--%s", option_rows[p->row].name);
	else
		memcpy(p->spelled, (char[]){ '-', option_rows[p->row].letter, '\0' }, 3);
	if (value == ':')
		return message_set(p->why, STATUS_USAGE, "option '%s' needs %s %s", p->spelled,
				   article(p->row), option_rows[p->row].argument);
	p->stray_time = p->row == ROW_MONITOR && !optarg;
	p->done = p->row == ROW_LIST || p->row == ROW_HELP || p->row == ROW_VERSION;
	return take(p, option_rows[p->row].argument ? optarg : NULL);
}

int option_parse_words(struct parser *p, const struct option_grammar *grammar, int argc,
		       char *argv[])
{
	int status = STATUS_OK;

	opterr = 0;
	optind = 0; /* glibc and musl: start again */
	while (!status && !p->done) {
		int index = -1;
		int value = getopt_long(argc, argv, grammar->letters, grammar->longs, &index);

		if (value == -1)
			break;
		if (value == 1)
			status = take_word(p, optarg);
		else
			status = take_option(p, value, index,
					     optind > 0 && optind <= argc ? argv[optind - 1] : "");
	}
	for (; !status && !p->done && optind < argc; optind++)
		status = take_word(p, argv[optind]);
	if (status || p->done)
		return status;
	if (p->options->explain) {
		p->options->action = ACTION_EXPLAIN;
		return STATUS_OK;
	}
	return check_together(p);
}

/* For the lines of --targets, which are checked together with the command line. */
static void keep_given(const struct parser *p)
{
	static_assert(ROWS <= 64, "struct options has a bit for each row");
	for (size_t i = 0; i < ROWS; i++)
		p->options->given |= (uint64_t)p->given[i] << i;
}

int options_parse(struct options *options, int argc, char *argv[], struct message *why)
{
	struct parser p = { .rows = option_rows, .options = options, .why = why };
	struct option_grammar grammar;
	int status;

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
		.parallel = DEFAULT_PARALLEL,
	};
	/* Room for whatever argv holds: each of its strings gives at most one of them. */
	options->addresses = xcalloc((size_t)argc + 1, sizeof(*options->addresses));
	options->binds = xcalloc((size_t)argc + 1, sizeof(*options->binds));
	options->sends = xcalloc((size_t)argc + 1, sizeof(*options->sends));
	option_grammar_fill(&grammar);
	status = option_parse_words(&p, &grammar, argc, argv);
	keep_given(&p);
	return status;
}

void options_free(struct options *options)
{
	for (size_t i = 0; i < options->send_count; i++)
		free(options->sends[i].bytes);
	free(options->sends);
	free(options->reply.bytes);
	free(options->addresses);
	free(options->binds);
	options->sends = NULL;
	options->reply.bytes = NULL;
	options->send_count = 0;
	options->addresses = NULL;
	options->binds = NULL;
}
