/* SPDX-License-Identifier: MIT */
/* The events of --listen. */
#include "report/json.h"

#include <assert.h>

#include "base/util.h"
#include "report/json_parts.h"
#include "report/words.h"

static void put_association(json_t **json, const struct listen_event *event)
{
	const struct association *a = event->association;

	put_key(json, "from", address_object(&event->from));
	put_key(json, "association", association_object(a));
	put_key(json, "local", address_array(a->local, a->local_count));
	put_key(json, "paths", path_array(a, false, NULL));
}

static void put_path(json_t **json, const struct listen_event *event)
{
	put_address(json, &event->path);
	put_key(json, "state", path_state_json(event->path_state));
}

static void put_echoed(json_t **json, const struct listen_event *event)
{
	struct message m;

	put_key(json, "reason", sentence(words_note(&event->cause, &m)));
	put_key(json, "cause", cause_object(&event->cause));
	put_key(json, "messages", json_integer((json_int_t)event->echoed.messages));
	put_key(json, "bytes", json_integer((json_int_t)event->echoed.bytes));
	put_key(json, "messages_not_echoed", json_integer((json_int_t)event->not_echoed.messages));
	put_key(json, "bytes_not_echoed", json_integer((json_int_t)event->not_echoed.bytes));
}

static void put_not_echoed(json_t **json, const struct listen_event *event)
{
	put_key(json, "stream", json_integer(event->stream));
	put_key(json, "bytes", json_integer((json_int_t)event->echoed.bytes));
	put_key(json, "more", json_boolean(event->more));
	put_error(json, event->error);
}

void report_json_listen_event(const struct reporter *reporter, const struct listen_event *event)
{
	static const char *const names[] = {
		[LISTEN_READY] = "listening", [LISTEN_UP] = "up",
		[LISTEN_PATH] = "path",       [LISTEN_DOWN] = "down",
		[LISTEN_END] = "end",         [LISTEN_NOT_ECHOED] = "not-echoed",
	};
	static_assert(ARRAY_SIZE(names) == LISTEN_EVENT_COUNT, "an event without a name");
	json_t *json = record_object();

	put_key(&json, "schema", json_integer(REPORT_SCHEMA));
	put_key(&json, "event", json_string(names[event->type]));
	put_key(&json, "time_ms", milliseconds(event->time_us));
	put_key(&json, "stack", any_string(event->stack));
	if (event->type != LISTEN_READY && event->type != LISTEN_END)
		put_key(&json, "association_id", json_integer(event->assoc));

	switch (event->type) {
	case LISTEN_READY:
		put_key(&json, "local", address_array(event->local, event->local_count));
		break;
	case LISTEN_UP:
		put_association(&json, event);
		break;
	case LISTEN_PATH:
		put_path(&json, event);
		break;
	case LISTEN_NOT_ECHOED:
		put_not_echoed(&json, event);
		break;
	case LISTEN_DOWN:
		put_key(&json, "graceful", json_boolean(event->graceful));
		put_error(&json, event->error);
		put_echoed(&json, event);
		break;
	case LISTEN_END:
		put_key(&json, "associations", json_integer((json_int_t)event->associations));
		put_echoed(&json, event);
		break;
	case LISTEN_EVENT_COUNT:
		break;
	}
	emit_object(reporter, json);
}
