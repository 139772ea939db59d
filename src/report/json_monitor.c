/* SPDX-License-Identifier: MIT */
/* The events of --monitor. */
#include "report/json.h"

#include <assert.h>

#include "base/names.h"
#include "base/util.h"
#include "report/json_parts.h"
#include "report/words.h"

static void put_state(json_t **json, const struct monitor_path *path)
{
	put_address(json, &path->address);
	put_key(json, "verdict", json_string(verdict_name(path->verdict)));
	put_key(json, "state", path_state_json(path->state));
	put_key(json, "primary", json_boolean(path->primary));
}

/* The round trip in one round; null if no answer has arrived. */
static json_t *round_array(const struct monitor *m)
{
	json_t *array = json_array();

	for (size_t i = 0; i < m->path_count; i++) {
		const struct monitor_path *path = &m->paths[i];
		json_t *json = json_object();

		put_state(&json, path);
		put_key(&json, "rtt_ms", measured(path->history[m->rounds % MONITOR_HISTORY]));
		append_item(&array, json);
	}
	return array;
}

static void put_total(json_t **json, const struct monitor_path *path)
{
	int64_t answered = (int64_t)path->answered;

	put_key(json, "heartbeats_sent", json_integer((json_int_t)path->sent));
	put_key(json, "heartbeats_answered", json_integer((json_int_t)path->answered));
	put_key(json, "rtt_min_ms", measured(path->rtt_min_us));
	put_key(json, "rtt_avg_ms", measured(answered ? path->rtt_sum_us / answered : 0));
	put_key(json, "rtt_max_ms", measured(path->rtt_max_us));
	put_key(json, "times_dead", json_integer(path->times_dead));
	put_key(json, "dead_ms", milliseconds(path->dead_us));
}

static json_t *total_array(const struct monitor *m)
{
	json_t *array = json_array();

	for (size_t i = 0; i < m->path_count; i++) {
		json_t *json = json_object();

		put_state(&json, &m->paths[i]);
		put_total(&json, &m->paths[i]);
		append_item(&array, json);
	}
	return array;
}

static json_t *address_or_null(const union address *a)
{
	return a->sa.sa_family ? address_object(a) : json_null();
}

static void put_move(json_t **json, const struct monitor_event *event)
{
	put_key(json, "from", address_or_null(&event->from));
	put_key(json, "to", address_or_null(&event->to));
}

static void put_change(json_t **json, const struct monitor_event *event)
{
	const struct monitor_path *path = event->path;

	put_state(json, path);
	put_key(json, "rtt_ms", measured(path->verdict == VERDICT_DEAD ? 0 : path->rtt_us));
	put_key(json, "new_verdict", json_boolean(event->new_verdict));
	put_key(json, "new_state", json_boolean(event->new_state));
	put_key(json, "took_ms", measured(event->took_us));
	put_key(json, "cause", cause_object(&event->cause));
}

static void put_why(json_t **json, const struct monitor_event *event)
{
	struct message note;

	put_key(json, "reason", sentence(words_note(&event->cause, &note)));
	put_key(json, "cause", cause_object(&event->cause));
}

/* What every event has. */
static json_t *new_event(const struct monitor_event *event)
{
	static const char *const names[] = {
		[MONITOR_PATH] = "path",         [MONITOR_ROUND] = "round",
		[MONITOR_PRIMARY] = "primary",   [MONITOR_RESTART] = "restart",
		[MONITOR_DOWN] = "down",         [MONITOR_END] = "end",
		[MONITOR_FAILOVER] = "failover", [MONITOR_ADDED] = "added",
		[MONITOR_REMOVED] = "removed",
	};
	static_assert(ARRAY_SIZE(names) == MONITOR_EVENT_COUNT, "an event without a name");
	const struct monitor *m = event->monitor;
	json_t *json = record_object();

	put_key(&json, "schema", json_integer(REPORT_SCHEMA));
	put_key(&json, "event", json_string(names[event->type]));
	put_name(&json, m->result->target);
	put_key(&json, "time_ms", milliseconds(event->time_us));
	put_key(&json, "time_unix_ms", milliseconds(event->wall_us));
	put_key(&json, "stack", any_string(m->stack));
	put_key(&json, "association_id", json_integer(m->assoc));
	put_key(&json, "round", json_integer((json_int_t)m->rounds));
	return json;
}

void report_json_monitor_event(const struct reporter *reporter, const struct monitor_event *event)
{
	const struct monitor *m = event->monitor;
	json_t *json = new_event(event);

	switch (event->type) {
	case MONITOR_PATH:
		put_change(&json, event);
		break;
	case MONITOR_ADDED:
		put_state(&json, event->path);
		break;
	case MONITOR_REMOVED:
		put_address(&json, &event->path->address);
		put_total(&json, event->path);
		break;
	case MONITOR_ROUND:
		put_key(&json, "paths", round_array(m));
		break;
	case MONITOR_PRIMARY:
		put_move(&json, event);
		break;
	case MONITOR_FAILOVER:
		put_key(&json, "failed_over", json_boolean(m->failed_over));
		put_move(&json, event);
		break;
	case MONITOR_DOWN:
		put_key(&json, "graceful", json_boolean(event->graceful));
		put_error(&json, event->error);
		put_why(&json, event);
		break;
	case MONITOR_END:
		put_why(&json, event);
		put_key(&json, "signal", any_string(signal_name(m->signal)));
		put_key(&json, "exit_status", json_integer(m->status));
		put_key(&json, "degraded_ms", milliseconds(m->short_us));
		put_key(&json, "links",
			m->links ? json_integer((json_int_t)m->links) : json_null());
		put_key(&json, "paths", total_array(m));
		break;
	case MONITOR_RESTART:
	case MONITOR_EVENT_COUNT:
		break;
	}
	emit_object(reporter, json);
}
