/* SPDX-License-Identifier: MIT */
/* The command line: one table makes getopt_long's arguments, --help, and struct options. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "stack/stack.h"
#include "base/util.h"

enum action {
	ACTION_CONNECT,
	ACTION_LISTEN,
	ACTION_EXPLAIN,
	ACTION_HELP,
	ACTION_VERSION,
};

/* -R all: every address of the report. */
#define REQUIRE_ALL UINT64_MAX

enum color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

/* Strings point into argv. Zero means "not given" where the comment names no other default. */
struct options {
	enum action action;

	const char **addresses; /* -a, in order; owned */
	size_t address_count;
	const char **binds; /* -b, in order; owned */
	size_t bind_count;
	const char *port; /* -p */
	int family;       /* AF_UNSPEC, or AF_INET after -4, AF_INET6 after -6 */

	const struct stack *stack; /* --stack; NULL: auto */
	struct stack_encaps udp;   /* -u */
	enum stack_style style;
	bool blocking;
	int64_t timeout_us; /* default 5 s */
	int64_t wait_us;
	uint16_t init_attempts;
	uint32_t init_timeout_ms;
	uint32_t rto_initial_ms;
	uint16_t out_streams;
	uint16_t in_streams;

	bool no_witness;
	bool no_probe;
	int64_t probe_timeout_us; /* default 1 s */
	uint64_t require;         /* default 1; REQUIRE_ALL */
	bool each;

	bool monitor;        /* -M */
	int64_t monitor_us;  /* its TIME */
	int64_t interval_us; /* default 1 s */

	uint64_t count; /* --listen: associations until it ends; --monitor: rounds */

	bool json;
	bool quiet;
	bool verbose;
	enum color color;
	const char *explain;
};

/*
 * Fills *options from the command line. Returns STATUS_OK or STATUS_USAGE with one line in why that
 * names the offending token; nothing is printed. options_free() either way.
 */
int options_parse(struct options *options, int argc, char *argv[], struct message *why);
void options_free(struct options *options);

void options_print_help(FILE *out);

#endif
