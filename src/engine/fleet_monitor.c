/* SPDX-License-Identifier: MIT */
#include "engine/fleet_monitor.h"

#include <sys/param.h>

#include "engine/fleet_table.h"
#include "report/metrics.h"

/*
 * The pause before the next attempt doubles, and varies by a quarter, so that not all come at once.
 */
#define PAUSE_MIN_US (1 * (int64_t)USEC_PER_SEC)
#define PAUSE_MAX_US (60 * (int64_t)USEC_PER_SEC)

void fleet_monitor_prepare(struct fleet *f)
{
	const struct options *o = f->options;
	int64_t lasts_us = o->monitor_us;

	f->monitor.dice = (uint64_t)f->begun_us;
	f->monitor.metrics_us = f->begun_us + o->interval_us;
	if (!lasts_us && o->count && o->count < INT64_MAX / (uint64_t)o->interval_us / 2)
		lasts_us = (int64_t)o->count * o->interval_us;
	f->monitor.until_us = lasts_us ? f->begun_us + lasts_us : LOOP_FOREVER;
}

bool fleet_monitor_begin(struct fleet *f, struct member *m)
{
	const struct fleet_config *config = f->config;
	struct monitor_config monitor = {
		.stack = config->stack,
		.assoc = connection_assoc(m->connection),
		.user = connection_pool_user(m->connection),
		.options = m->target->options,
		.result = connection_result(m->connection),
		.reporter = config->reporter,
		.timeline = &m->timeline,
		.watch = connection_watch(m->connection),
		.ended = fleet_on_change,
		.context = m,
		.live = fleet_table_live(f->table),
	};

	if (!f->options->monitor || f->ending || !monitor.assoc)
		return false;
	m->pause_us = 0;
	f->count.monitored++;
	m->monitoring = monitor_start(f->loop, &monitor);
	if (monitor_ended(m->monitoring))
		fleet_on_change(m);
	return true;
}

bool fleet_monitor_ended(struct fleet *f, struct member *m)
{
	bool gone, closed;

	if (!monitor_ended(m->monitoring))
		return false;
	closed = monitor_closed(m->monitoring);
	m->status = summary_worse(m->status, monitor_finish(m->monitoring, &gone));
	m->monitoring = NULL;
	f->count.monitored--;
	m->over = !gone;
	if (gone) {
		connection_gone(m->connection);
		m->word = closed ? RESULT_CLOSED : RESULT_ABORTED;
		f->count.failed++;
	}
	return true;
}

/* xorshift64: good enough to spread attempts. */
static int64_t roll(struct fleet *f, int64_t below)
{
	f->monitor.dice ^= f->monitor.dice << 13;
	f->monitor.dice ^= f->monitor.dice >> 7;
	f->monitor.dice ^= f->monitor.dice << 17;
	return (int64_t)(f->monitor.dice % (uint64_t)below);
}

static void on_retry(void *context, int64_t now_us)
{
	struct member *m = context;

	(void)now_us;
	m->fleet->count.paused--;
	queue_put(&m->fleet->again, m);
}

void fleet_monitor_retry(struct fleet *f, struct member *m)
{
	int64_t at_us;

	if (!f->options->monitor || f->ending || m->over)
		return;
	m->pause_us = MIN(MAX(2 * m->pause_us, PAUSE_MIN_US), PAUSE_MAX_US);
	at_us = loop_now_us() + m->pause_us * 3 / 4 + roll(f, m->pause_us / 2);
	if (at_us >= f->monitor.until_us)
		return;
	f->count.paused++;
	loop_timer_init(f->loop, &m->retry, on_retry, m);
	loop_timer_set(&m->retry, at_us);
}

int64_t fleet_monitor_tick(struct fleet *f, int64_t now_us)
{
	const struct reporter *reporter = f->config->reporter;

	if (!f->options->monitor || !reporter->metrics)
		return LOOP_FOREVER;
	if (now_us >= f->monitor.metrics_us) {
		(void)metrics_write(reporter->metrics, reporter);
		f->monitor.metrics_us = now_us + f->options->interval_us;
	}
	return f->monitor.metrics_us;
}
