/* SPDX-License-Identifier: MIT */
/* sctp-connect: opens multihomed SCTP associations and tells the truth about them. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "connect.h"
#include "explain.h"
#include "listen.h"
#include "loop.h"
#include "options.h"
#include "report.h"
#include "stack.h"
#include "target.h"

static void print_version(FILE *out)
{
	fprintf(out, "sctp-connect %s\n", VERSION);
	for (size_t i = 0; stacks[i]; i++)
		fprintf(out, "stack %s: %s, %s\n", stacks[i]->name, stacks[i]->description,
			stacks[i]->version());
}

static int connect_target(const struct options *options, struct target *peer, struct target *local,
			  const struct reporter *reporter, struct timeline *timeline)
{
	int stack_error = 0, status, written;
	const struct stack *stack = options->stack ? options->stack : stack_choose(&stack_error);
	struct connection *connection =
		connection_new(stack, stack_error, options, peer, local, timeline);

	connection_run(&connection, 1);
	status = connection_result(connection)->status;
	if (status == STATUS_USAGE)
		warn("%s", connection_result(connection)->reason.text);
	else
		report_result(reporter, connection_result(connection));
	written = report_finish(reporter);
	connection_close(&connection, 1);
	connection_free(connection);
	return status == STATUS_OK ? written : status;
}

static int listen_target(const struct options *options, struct target *local,
			 const struct reporter *reporter, struct timeline *timeline)
{
	int stack_error = 0;
	const struct stack *stack = options->stack ? options->stack : stack_choose(&stack_error);
	int status = listen_run(stack, stack_error, options, local, reporter, timeline);
	int written = report_finish(reporter);

	return status == STATUS_OK ? written : status;
}

/* The modes that talk to the network. */
static int run(const struct options *options, const struct reporter *reporter, struct message *why)
{
	struct timeline timeline = {
		.start_us = loop_now_us(),
		.verbose = options->verbose,
		.progress = !options->verbose && !options->quiet && isatty(STDERR_FILENO),
	};
	struct target peer = { 0 }, local = { 0 };
	int status = target_parse_local(&local, options, why);

	if (status == STATUS_OK && options->action == ACTION_CONNECT)
		status = target_parse_peer(&peer, options, why);
	if (status != STATUS_OK)
		warn("%s", why->text);
	else if (options->action == ACTION_LISTEN)
		status = listen_target(options, &local, reporter, &timeline);
	else
		status = connect_target(options, &peer, &local, reporter, &timeline);
	target_free(&peer);
	target_free(&local);
	return status;
}

int main(int argc, char *argv[])
{
	int write_error = 0;
	struct reporter reporter = { .out = stdout, .write_error = &write_error };
	struct options options;
	struct message why = { "" };
	int status = options_parse(&options, argc, argv, &why);

	if (status != STATUS_OK) {
		warn("%s", why.text);
		options_free(&options);
		return status;
	}
	switch (options.action) {
	case ACTION_HELP:
		options_print_help(stdout);
		status = report_finish(&reporter);
		break;
	case ACTION_VERSION:
		print_version(stdout);
		status = report_finish(&reporter);
		break;
	case ACTION_EXPLAIN:
		status = explain_print(stdout, options.explain, &why);
		if (status != STATUS_OK)
			warn("%s", why.text);
		else
			status = report_finish(&reporter);
		break;
	default:
		reporter.hints = stderr;
		reporter.json = options.json;
		reporter.quiet = options.quiet;
		reporter.color = report_wants_color(options.color, stdout);
		loop_catch_signals();
		status = run(&options, &reporter, &why);
	}
	options_free(&options);
	return status;
}
