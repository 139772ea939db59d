/* SPDX-License-Identifier: MIT */
#include "connect.h"

#include <linux/capability.h>
#include <unistd.h>

#include "base/broker.h"
#include "base/privilege.h"
#include "base/util.h"
#include "engine/each.h"
#include "engine/monitor.h"
#include "engine/relay.h"
#include "engine/run.h"
#include "report/report.h"

/* If the peer has already ended the association, the monitor reports that. */
static int monitor(const struct connect_config *config, struct connection *connection)
{
	const struct monitor_config monitored = {
		.stack = config->stack,
		.assoc = connection_assoc(connection),
		.options = config->options,
		.result = connection_result(connection),
		.reporter = config->reporter,
		.timeline = config->timeline,
		.watch = connection_watch(connection),
	};
	bool gone;
	int status = monitor_run(&monitored, &gone);

	if (gone)
		connection_gone(connection);
	return status;
}

static int relay(const struct connect_config *config, struct connection *connection)
{
	const struct relay_config relayed = {
		.stack = config->stack,
		.assoc = connection_assoc(connection),
		.options = config->options,
		.timeline = config->timeline,
		.in = STDIN_FILENO,
		.out = STDOUT_FILENO,
	};
	struct loop *loop = loop_new();
	struct relay *r = relay_start(loop, &relayed);
	int status;

	while (!relay_is_over(r)) {
		int rc = loop_turn(loop);

		if (rc < 0)
			relay_interrupt(r, loop_take_signal(), -rc);
	}
	report_relay_end(config->reporter, relay_end(r));
	status = relay_end(r)->status;
	if (relay_end(r)->gone)
		connection_gone(connection);
	else if (relay_end(r)->cut_off)
		connection_abort(connection);
	relay_free(r);
	loop_free(loop);
	return status;
}

/*
 * After the report, what needs them is open. Only why a path of the monitor is silent still needs
 * one: IPsec's policies are not shown without it. This process has it only if there is no second
 * one.
 */
static void give_up_rights(const struct options *options)
{
	const uint32_t kept = options->monitor ? PRIVILEGE(CAP_NET_ADMIN) : 0;

	if ((!options->monitor && !options->relay) || options->no_sandbox)
		return;
	broker_keep(kept);
	(void)privilege_drop_all_but(kept);
}

int connect_run(const struct connect_config *config)
{
	const struct options *options = config->options;
	struct connection *connection = connection_new(config->stack, config->stack_error, options,
						       config->peer, config->local,
						       config->timeline);
	const struct result *result = connection_result(connection);
	struct each *each = NULL;
	int status;

	if (options->each) {
		each = each_new(connection, config->stack, options, config->peer, config->local,
				config->timeline);
		each_run(each);
		result = each_result(each);
	} else {
		run_connections(&connection, 1, config->timeline);
	}
	status = result->status;
	if (status == STATUS_USAGE)
		warn("%s", result->usage->text);
	else
		report_result(config->reporter, result);
	each_close(each);
	give_up_rights(options);
	if (options->monitor && !result->signal && connection_assoc(connection))
		status = monitor(config, connection);
	if (options->relay && !result->signal && connection_assoc(connection))
		status = relay(config, connection);
	close_connections(&connection, 1, config->timeline);
	/* Otherwise the report has said that the peer, or its paths, do not answer. */
	if (status == STATUS_OK)
		report_unanswered(config->reporter, connection_result(connection),
				  connection_unanswered_us(connection), options->monitor);
	each_free(each);
	connection_free(connection);
	return status;
}
