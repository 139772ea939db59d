/* SPDX-License-Identifier: MIT */
/* The associations of --show. */
#include "report/json.h"

#include <assert.h>

#include "base/names.h"
#include "base/util.h"
#include "report/json_parts.h"

static json_t *paths_of(const struct table_assoc *a)
{
	json_t *array = json_array();

	for (size_t i = 0; i < a->path_count; i++) {
		const struct table_path *path = &a->paths[i];
		json_t *json = address_object(&path->address);

		put_key(&json, "state", path_state_json(path->state));
		put_key(&json, "primary", json_boolean(path->primary));
		put_key(&json, "rto_ms", path->rto_ms ? json_integer(path->rto_ms) : json_null());
		append_item(&array, json);
	}
	return array;
}

static void put_assoc(json_t **json, const struct show_event *event)
{
	const struct table_assoc *a = event->assoc;
	bool known = event->owner && event->owner->pid;

	put_key(json, "association_id", json_integer(a->id));
	put_key(json, "state", json_string(assoc_state_name(a->state)));
	put_key(json, "style", json_string(style_name(a->style)));
	put_key(json, "streams_out", json_integer(a->out_streams));
	put_key(json, "streams_in", json_integer(a->in_streams));
	put_key(json, "pid", known ? json_integer(event->owner->pid) : json_null());
	put_key(json, "program", any_string(known ? event->owner->program : NULL));
	put_key(json, "uid", json_integer(a->uid));
	put_key(json, "local", address_array(a->local, a->local_count));
	put_key(json, "paths", paths_of(a));
}

void report_json_show_event(const struct reporter *reporter, const struct show_event *event)
{
	static const char *const names[] = {
		[SHOW_PRESENT] = "present", [SHOW_NEW] = "new",   [SHOW_CHANGED] = "changed",
		[SHOW_GONE] = "gone",       [SHOW_END] = "shown",
	};
	static_assert(ARRAY_SIZE(names) == SHOW_EVENT_COUNT, "an event without a name");
	json_t *json = record_object();

	put_key(&json, "schema", json_integer(REPORT_SCHEMA));
	put_key(&json, "event", json_string(names[event->type]));
	put_key(&json, "time_unix_ms", milliseconds(event->wall_us));
	put_key(&json, "stack", json_string("kernel"));
	if (event->type == SHOW_END) {
		put_key(&json, "associations", json_integer((json_int_t)event->associations));
		put_key(&json, "degraded", json_integer((json_int_t)event->degraded));
		put_key(&json, "complete", json_boolean(!event->more));
		put_key(&json, "signal", any_string(signal_name(event->signal)));
		put_key(&json, "exit_status", json_integer(event->status));
	} else {
		put_assoc(&json, event);
	}
	emit_object(reporter, json);
}
