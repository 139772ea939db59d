/* SPDX-License-Identifier: MIT */
/* sctp-connect: opens multihomed SCTP associations and tells the truth about them. */
#include <unistd.h>

#include "base/timeline.h"
#include "engine/connection.h"
#include "engine/each.h"
#include "engine/listen.h"
#include "base/loop.h"
#include "engine/monitor.h"
#include "engine/run.h"
#include "inform.h"
#include "options.h"
#include "report/report.h"
#include "stack/stack.h"
#include "target/target.h"

/* An association that the peer has ended again by then is told as that. */
static int monitor(const struct stack *stack, const struct options *options,
		   struct connection *connection, const struct reporter *reporter,
		   struct timeline *timeline)
{
	const struct monitor_config config = {
		.stack = stack,
		.endpoint = connection_endpoint(connection),
		.options = options,
		.result = connection_result(connection),
		.reporter = reporter,
		.timeline = timeline,
		.watch = connection_watch(connection),
		.closed = connection_is_gone(connection),
	};
	bool gone;
	int status = monitor_run(&config, &gone);

	if (gone)
		connection_gone(connection);
	return status;
}

static int connect_and_report(const struct stack *stack, int stack_error,
			      const struct options *options, struct target *peer,
			      struct target *local, const struct reporter *reporter,
			      struct timeline *timeline)
{
	struct connection *connection =
		connection_new(stack, stack_error, options, peer, local, timeline);
	const struct result *result = connection_result(connection);
	struct each *each = NULL;
	int status;

	if (options->each) {
		each = each_new(connection, stack, options, peer, local, timeline);
		each_run(each);
		result = each_result(each);
	} else {
		run_connections(&connection, 1, timeline);
	}
	status = result->status;
	if (status == STATUS_USAGE)
		warn("%s", result->reason.text);
	else
		report_result(reporter, result);
	each_close(each);
	if (options->monitor && connection_endpoint(connection))
		status = monitor(stack, options, connection, reporter, timeline);
	close_connections(&connection, 1, timeline);
	each_free(each);
	connection_free(connection);
	return status;
}

/* The modes that talk to the network. */
static int run(const struct options *options, const struct reporter *reporter, struct message *why)
{
	struct timeline timeline = {
		.start_us = loop_now_us(),
		.verbose = options->verbose,
		.unicode = options->verbose && locale_is_utf8(),
		.progress = !options->verbose && !options->quiet && isatty(STDERR_FILENO),
	};
	struct target peer = { 0 }, local = { 0 };
	int status = settings_local(options, &local, why), stack_error = 0;
	const struct stack *stack = options->stack;

	if (status == STATUS_OK && options->action == ACTION_CONNECT)
		status = settings_peer(options, &peer, why);
	if (status != STATUS_OK) {
		warn("%s", why->text);
	} else {
		stack = stack ? stack : stack_choose(&options->udp, &stack_error, why);
		if (why->text[0] && !options->quiet)
			warn("%s", why->text);
		status =
			options->action == ACTION_LISTEN
				? listen_run(&(struct listen_config){ stack, stack_error, options,
								      &local, reporter, &timeline })
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
		reporter.format = options.format;
		reporter.quiet = options.quiet;
		reporter.color = reporter_wants_color(options.color, stdout);
		loop_catch_signals();
		status = run(&options, &reporter, &why);
	} else {
		status = inform_print(&reporter, &options, &why);
		if (status != STATUS_OK)
			warn("%s", why.text);
		else
			status = report_finish(&reporter);
	}
	options_free(&options);
	return status;
}
