/* SPDX-License-Identifier: MIT */
/* Shared by the files of the command line: a row of the table of options, and the parser. */
#ifndef OPTION_PARSER_H
#define OPTION_PARSER_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"
#include "engine/settings.h"

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
	ROW_HOLD,
	ROW_INIT_ATTEMPTS,
	ROW_INIT_TIMEOUT,
	ROW_RTO_INITIAL,
	ROW_OPTION,
	ROW_OSTREAMS,
	ROW_ISTREAMS,
	ROW_STACK,
	ROW_UDP_ENCAPS,
	ROW_NO_PROBE,
	ROW_PROBE_TIMEOUT,
	ROW_REQUIRE,
	ROW_LINKS,
	ROW_NO_WITNESS,
	ROW_PCAP,
	ROW_SNAPLEN,
	ROW_EACH,
	ROW_TARGETS,
	ROW_PARALLEL,
	ROW_RATE,
	ROW_ONE_TO_ONE,
	ROW_MONITOR,
	ROW_INTERVAL,
	ROW_SEND,
	ROW_EXPECT,
	ROW_REPLY_TIMEOUT,
	ROW_RELAY,
	ROW_LINES,
	ROW_STREAM,
	ROW_PPID,
	ROW_UNORDERED,
	ROW_LISTEN,
	ROW_ECHO,
	ROW_REPLY,
	ROW_DISCARD,
	ROW_SILENT,
	ROW_CLOSE_AFTER,
	ROW_ABORT_AFTER,
	ROW_COUNT,
	ROW_SHOW,
	ROW_METRICS,
	ROW_JSON,
	ROW_QUIET,
	ROW_VERBOSE,
	ROW_COLOR,
	ROW_NO_SANDBOX,
	ROW_EXPLAIN,
	ROW_LIST,
	ROW_HELP,
	ROW_VERSION,
	ROWS,
};

struct parser;

/*
 * Puts the argument of the current option (NULL: it has none) into value, a member of struct
 * options. STATUS_OK, or STATUS_USAGE and p->why.
 */
typedef int option_take_fn(struct parser *p, const char *argument, void *value);

struct option_row {
	char letter; /* or 0 */
	const char *name;
	const char *argument; /* its name in the help, or NULL; "[...]": it may be left out */
	enum mode modes;
	option_take_fn *take;
	size_t member;       /* of struct options, where the value goes */
	const char *section; /* in the help; NULL: the one of the row before */
	const char *help;    /* lines separated by \n */
	int constant;        /* for take_constant() */
};

/* One run of getopt_long(): over the command line, or over a line of --targets. */
struct parser {
	const struct option_row *rows; /* the table: ROWS of them */
	struct options *options;
	struct message *why;
	bool given[ROWS];
	bool line;        /* of --targets: words without an option are addresses */
	enum row row;     /* the current option; ROWS: not in the table */
	char spelled[32]; /* as the user wrote it: "-w" or "--timeout" */
	bool stdin_taken; /* by "@-" */
	bool stray_time;  /* it may have meant the next word as its TIME */
	bool done;        /* the option needs nothing else: --help */
};

/* The table in the form that getopt_long() reads. */
struct option_grammar {
	char letters[2 + 3 * ROWS + 1];
	struct option longs[ROWS + 1];
};
void option_grammar_fill(struct option_grammar *grammar);

/*
 * Takes the words after argv[0], and checks what goes together. STATUS_OK, or STATUS_USAGE and
 * p->why.
 */
int option_parse_words(struct parser *p, const struct option_grammar *grammar, int argc,
		       char *argv[]);

#endif
