/* SPDX-License-Identifier: MIT */
#include "work.h"

#include <sys/param.h>
#include <unistd.h>

#include "base/broker.h"
#include "base/clock.h"
#include "base/names.h"
#include "base/privilege.h"
#include "base/timeline.h"
#include "confine.h"
#include "connect.h"
#include "diagnose/endpoint.h"
#include "engine/fleet.h"
#include "engine/listen.h"
#include "engine/show.h"
#include "host/local.h"
#include "host/routes.h"
#include "pcap.h"
#include "report/metrics.h"
#include "report/report.h"
#include "report/words.h"
#include "stack/stack.h"
#include "target/target.h"
#include "target_file.h"
#include "witness/witnesses.h"

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

/* From here on the routes that are asked for are those that this stack takes. */
static void ask_for_routes_of(const struct stack *stack)
{
	if (stack && stack->in_kernel)
		routes_ask_as_root();
	else if (stack)
		routes_ask_with_own_headers();
	if (stack && stack->no_link_local)
		routes_ask_without_link_local();
}

/* The modes that use the network. */
struct work {
	const struct options *options;
	const struct reporter *reporter;
	struct target_list many;   /* --targets */
	struct target peer, local; /* without it */
	struct timeline timeline;
};

static int read_targets(struct work *w, struct message *why)
{
	const struct options *options = w->options;
	int status;

	if (options->targets)
		return target_list_read(&w->many, options, why);
	status = settings_local(options, &w->local, why);
	if (!status && options->action == ACTION_CONNECT)
		status = settings_peer(options, &w->peer, why);
	return status;
}

/* Last, so that bad usage leaves the file as it was. Each target has options of its own. */
static int open_witnesses(struct work *w, struct options *options, struct message *why)
{
	int status;

	status = pcap_open(options, why);
	options->witnesses = witnesses_new();
	for (size_t i = 0; i < w->many.count; i++) {
		w->many.targets[i].options->capture = options->capture;
		w->many.targets[i].options->witnesses = options->witnesses;
	}
	return status;
}

static bool has_names(const struct work *w)
{
	bool names = target_has_names(&w->peer) || target_has_names(&w->local);

	for (size_t i = 0; !names && i < w->many.count; i++)
		names = target_has_names(&w->many.targets[i].peer) ||
			target_has_names(&w->many.targets[i].local);
	return names;
}

static bool has_udp(const struct work *w)
{
	bool udp = encapsulated(&w->options->udp);

	for (size_t i = 0; !udp && i < w->many.count; i++)
		udp = encapsulated(&w->many.targets[i].options->udp);
	return udp;
}

/* Without 0, which is any. */
static uint16_t lower_port(uint16_t a, uint16_t b)
{
	return !a || (b && b < a) ? b : a;
}

/* Does anyone need CAP_NET_BIND_SERVICE? */
static bool has_low_ports(const struct work *w)
{
	uint16_t lowest = 0;

	for (size_t i = 0; i <= w->many.count; i++) {
		const struct options *options = i ? w->many.targets[i - 1].options : w->options;
		const struct target *local = i ? &w->many.targets[i - 1].local : &w->local;

		lowest = lower_port(lower_port(lowest, local->port), options->udp.local);
	}
	return lowest && lowest < local_unprivileged_port();
}

static int run(struct work *w, const struct stack *stack, int stack_error)
{
	const struct options *options = w->options;

	if (options->action == ACTION_LISTEN)
		return listen_run(&(struct listen_config){ stack, stack_error, options, &w->local,
							   w->reporter, &w->timeline });
	if (options->targets)
		return fleet_run(&(struct fleet_config){ stack, stack_error, options,
							 w->many.targets, w->many.count,
							 w->reporter, &w->timeline });
	return connect_run(&(struct connect_config){ stack, stack_error, options, &w->peer,
						     &w->local, w->reporter, &w->timeline });
}

/* Returns the exit status. */
static int use_network(struct options *options, struct reporter *reporter)
{
	struct work w = { .options = options, .reporter = reporter };
	const struct stack *stack = options->stack;
	struct message why = { "" };
	int status, rc, stack_error = 0;

	w.timeline = (struct timeline){
		.start_us = loop_now_us(),
		.verbose = options->verbose,
		.unicode = options->verbose && locale_is_utf8(),
		.progress = !options->verbose && !options->quiet && isatty(STDERR_FILENO),
	};
	/* A signal ends the program while it reads, because nothing is open yet. */
	status = read_targets(&w, &why);
	rc = status == STATUS_OK ? loop_catch_signals() : 0;
	if (rc < 0)
		status = message_set(&why, STATUS_HOST, "sigaction: %s", errno_name(-rc));
	if (status == STATUS_OK)
		status = open_witnesses(&w, options, &why);
	if (status == STATUS_OK && !stack)
		stack = choose_stack(options, &stack_error);
	ask_for_routes_of(stack);
	if (status == STATUS_OK)
		status = confine(&(struct confined){ options, stack, has_names(&w), has_udp(&w),
						     has_low_ports(&w) },
				 &w.timeline, &why);
	if (status != STATUS_OK) {
		warn("%s", why.text);
	} else {
		if (options->metrics)
			reporter->metrics = metrics_new(options->metrics, MAX(w.many.count, 1));
		status = run(&w, stack, stack_error);
		if (report_finish(reporter) != STATUS_OK && status == STATUS_OK)
			status = STATUS_HOST;
		if (stack && stack->finish)
			stack->finish();
	}
	witnesses_free(options->witnesses);
	options->witnesses = NULL;
	metrics_free(reporter->metrics);
	target_free(&w.peer);
	target_free(&w.local);
	target_list_free(&w.many);
	return status;
}

/* The kernel is asked, and no peer. */
static int show(const struct options *options, const struct reporter *reporter)
{
	struct timeline quiet = { .verbose = false };
	int rc = loop_catch_signals(), status;
	struct message why = { "" };

	status = rc < 0 ? message_set(&why, STATUS_HOST, "sigaction: %s", errno_name(-rc))
			: confine(&(struct confined){ .options = options }, &quiet, &why);
	if (status != STATUS_OK) {
		warn("%s", why.text);
		return status;
	}
	status = show_run(options, reporter);
	return report_finish(reporter) != STATUS_OK && status == STATUS_OK ? STATUS_HOST : status;
}

int work(struct options *options, struct reporter *reporter)
{
	int status;

	/* What a peer sends could let its user have them, whole. */
	if (options->no_sandbox && privilege_is_borrowed()) {
		warn("--no-sandbox is only for users who have this program's capabilities themselves");
		options->no_sandbox = false;
	}
	if (options->action == ACTION_SHOW)
		return show(options, reporter);
	status = pcap_close(options, use_network(options, reporter));
	broker_finish();
	return status;
}
