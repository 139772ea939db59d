/* SPDX-License-Identifier: MIT */
/* sctp-connect: opens multihomed SCTP associations and tells the truth about them. */
#include <unistd.h>

#include "connect.h"
#include "explain.h"
#include "listen.h"
#include "loop.h"
#include "options.h"
#include "report.h"
#include "stack.h"
#include "target.h"

static int connect_and_report(const struct stack *stack, int stack_error,
			      const struct options *options, struct target *peer,
			      struct target *local, const struct reporter *reporter,
			      struct timeline *timeline)
{
	struct connection *connection =
		connection_new(stack, stack_error, options, peer, local, timeline);
	int status;

	connection_run(&connection, 1);
	status = connection_result(connection)->status;
	if (status == STATUS_USAGE)
		warn("%s", connection_result(connection)->reason.text);
	else
		report_result(reporter, connection_result(connection));
	connection_close(&connection, 1);
	connection_free(connection);
	return status;
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
	int status = target_parse_local(&local, options, why), stack_error = 0;
	const struct stack *stack = options->stack;

	if (status == STATUS_OK && options->action == ACTION_CONNECT)
		status = target_parse_peer(&peer, options, why);
	if (status != STATUS_OK) {
		warn("%s", why->text);
	} else {
		stack = stack ? stack : stack_choose(&options->udp, &stack_error, why);
		if (why->text[0] && !options->quiet)
			warn("%s", why->text);
		status = options->action == ACTION_LISTEN
				 ? listen_run(stack, stack_error, options, &local, reporter,
					      &timeline)
				 : connect_and_report(stack, stack_error, options, &peer, &local,
						      reporter, &timeline);
		if (report_finish(reporter) != STATUS_OK && status == STATUS_OK)
			status = STATUS_HOST;
		if (stack && stack->finish)
			stack->finish();
	}
	target_free(&peer);
	target_free(&local);
	return status;
}

static int print(const struct options *options, const struct reporter *reporter,
		 struct message *why)
{
	int status = STATUS_OK;

	if (options->action == ACTION_HELP) {
		options_print_help(stdout);
	} else if (options->action == ACTION_VERSION) {
		printf("sctp-connect %s\n", VERSION);
		stack_print_versions(stdout);
	} else {
		status = explain_print(stdout, options->explain, why);
	}
	if (status != STATUS_OK)
		warn("%s", why->text);
	return status == STATUS_OK ? report_finish(reporter) : status;
}

int main(int argc, char *argv[])
{
	int write_error = 0;
	struct reporter reporter = { .out = stdout, .hints = stderr, .write_error = &write_error };
	struct message why = { "" };
	struct options options;
	int status;

	keep_standard_descriptors();
	status = options_parse(&options, argc, argv, &why);
	if (status != STATUS_OK) {
		warn("%s", why.text);
	} else if (options.action == ACTION_CONNECT || options.action == ACTION_LISTEN) {
		reporter.json = options.json;
		reporter.quiet = options.quiet;
		reporter.color = report_wants_color(options.color, stdout);
		loop_catch_signals();
		status = run(&options, &reporter, &why);
	} else {
		status = print(&options, &reporter, &why);
	}
	options_free(&options);
	return status;
}
