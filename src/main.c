/* SPDX-License-Identifier: MIT */
/* sctp-connect: opens multihomed SCTP associations, and tells the truth about every path. */
#include <unistd.h>

#include "diagnose/endpoint.h"
#include "base/loop.h"
#include "base/names.h"
#include "base/timeline.h"
#include "connect.h"
#include "engine/listen.h"
#include "inform.h"
#include "options.h"
#include "pcap.h"
#include "report/report.h"
#include "report/words.h"
#include "stack/stack.h"
#include "target/target.h"

/* The best stack that can be used here. A line on stderr says so if it is not the first choice. */
static const struct stack *choose_stack(const struct options *options, int *error)
{
	struct stack_fault fault;
	const struct stack *stack = stack_choose(&options->udp, error, &fault);
	struct finding why;
	struct message reason;

	if (*error && stack && !options->quiet) {
		why = finding_of_fault(&fault, *error);
		warn("%s: using %s instead", words_reason(&why, &reason), stack->name);
	}
	return stack;
}

/* The modes that use the network. */
static int run(const struct options *options, const struct reporter *reporter, struct message *why)
{
	struct timeline timeline = {
		.start_us = loop_now_us(),
		.verbose = options->verbose,
		.unicode = options->verbose && locale_is_utf8(),
		.progress = !options->verbose && !options->quiet && isatty(STDERR_FILENO),
	};
	struct target peer = { 0 }, local = { 0 };
	int rc = loop_catch_signals(), stack_error = 0;
	int status = rc < 0 ? message_set(why, STATUS_HOST, "sigaction: %s", errno_name(-rc))
			    : settings_local(options, &local, why);
	const struct stack *stack = options->stack;

	if (status == STATUS_OK && options->action == ACTION_CONNECT)
		status = settings_peer(options, &peer, why);
	if (status != STATUS_OK) {
		warn("%s", why->text);
	} else {
		stack = stack ? stack : choose_stack(options, &stack_error);
		status =
			options->action == ACTION_LISTEN
				? listen_run(&(struct listen_config){ stack, stack_error, options,
								      &local, reporter, &timeline })
				: connect_run(&(struct connect_config){ stack, stack_error, options,
									&peer, &local, reporter,
									&timeline });
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
		status = pcap_open(&options, &why);
		if (status != STATUS_OK)
			warn("%s", why.text);
		else
			status = pcap_close(&options, run(&options, &reporter, &why));
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
