/* SPDX-License-Identifier: MIT */
/* Not known is null. */
#include "report/json.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/util.h"
#include "report/words.h"

/* Digits that are exact for every time: 24 hours to the microsecond take 11. */
#define TIME_DIGITS 15

/*
 * Both take the value's reference. Without memory *object and *array become NULL, and so does what
 * they are put into: the end is no text at all, never an object with a key missing.
 */
static void put(json_t **object, const char *key, json_t *value)
{
	if (!*object) {
		json_decref(value);
	} else if (json_object_set_new(*object, key, value) != 0) {
		json_decref(*object);
		*object = NULL;
	}
}

static void append(json_t **array, json_t *value)
{
	if (!*array) {
		json_decref(value);
	} else if (json_array_append_new(*array, value) != 0) {
		json_decref(*array);
		*array = NULL;
	}
}

/* Of the sequence of UTF-8 at s; 0: it is none (RFC 3629: overlong, a surrogate, too large). */
static size_t utf8_length(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = *s < 0x80       ? 1
			: *s >> 5 == 6  ? 2
			: *s >> 4 == 14 ? 3
			: *s >> 3 == 30 ? 4
					: 0;
	uint32_t code = *s & (length > 1 ? 0x7fu >> length : 0x7fu);

	for (size_t n = 1; n < length; n++) {
		if (s[n] >> 6 != 2)
			return 0;
		code = code << 6 | (s[n] & 0x3f);
	}
	if (length > 1 && (code < least[length] || code > 0x10ffff || code >> 11 == 0x1b))
		return 0;
	return length;
}

/* Names may hold any byte and jansson takes UTF-8 only: each byte that is none becomes '?'. */
static json_t *any_string(const char *text)
{
	json_t *json = text ? json_string(text) : json_null();
	char *clean, *at;

	if (json)
		return json;
	clean = at = xstrdup(text);
	while (*at) {
		size_t length = utf8_length((const unsigned char *)at);

		if (!length)
			*at = '?';
		at += length ? length : 1;
	}
	json = json_string(clean);
	free(clean);
	return json;
}

/* A sentence or null. */
static json_t *sentence(const char *text)
{
	return any_string(text && *text ? text : NULL);
}

static json_t *error_name(int error)
{
	return any_string(error ? errno_name(error) : NULL);
}

static json_t *positive(int64_t value)
{
	return value > 0 ? json_integer(value) : json_null();
}

static json_t *milliseconds(int64_t us)
{
	return json_real((double)us / USEC_PER_MSEC);
}

/* 0 is how a time says that there was nothing to measure. */
static json_t *measured(int64_t us)
{
	return us > 0 ? milliseconds(us) : json_null();
}

static void put_error(json_t **json, int error)
{
	put(json, "errno", error_name(error));
	put(json, "errno_number", positive(error));
}

static void put_address(json_t **json, const union address *a)
{
	char buf[ADDRESS_TEXT_MAX];

	put(json, "address", any_string(address_host_text(a, buf)));
	put(json, "port", json_integer(address_port(a)));
}

static json_t *address_object(const union address *a)
{
	json_t *json = json_object();

	put_address(&json, a);
	return json;
}

static json_t *address_array(const union address *list, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		append(&array, address_object(&list[i]));
	return array;
}

static json_t *extension_array(unsigned extensions)
{
	json_t *array = json_array();

	for (unsigned bit = 1; bit && bit <= extensions; bit <<= 1) {
		const char *name = extensions & bit ? extension_name(bit) : NULL;

		if (name)
			append(&array, json_string(name));
	}
	return array;
}

static json_t *association_object(const struct association *a)
{
	const struct stack_status *status = &a->status;
	json_t *json;

	if (!a->known)
		return json_null();
	json = json_object();
	put(&json, "id", json_integer(status->id));
	put(&json, "state", json_string(assoc_state_name(status->state)));
	put(&json, "streams_out", json_integer(status->out_streams));
	put(&json, "streams_in", json_integer(status->in_streams));
	put(&json, "peer_rwnd", json_integer(status->peer_rwnd));
	put(&json, "extensions", extension_array(status->extensions));
	return json;
}

static json_t *state_name(enum stack_path_state state)
{
	return any_string(state == PATH_UNKNOWN ? NULL : path_state_name(state));
}

static json_t *seen_object(const struct path_seen *seen)
{
	json_t *json = json_object();

	put(&json, "inits_sent", json_integer(seen->inits));
	put(&json, "init_acks", json_integer(seen->init_acks));
	put(&json, "cookie_echoes_sent", json_integer(seen->cookie_echoes));
	put(&json, "cookie_acks", json_integer(seen->cookie_acks));
	put(&json, "aborts", json_integer(seen->aborts));
	put(&json, "heartbeats_sent", json_integer(seen->heartbeats));
	put(&json, "heartbeat_acks", json_integer(seen->heartbeat_acks));
	put(&json, "icmp_errors", json_integer(seen->icmp_errors));
	put(&json, "bad_checksums", json_integer(seen->bad_checksums));
	return json;
}

/* A host without port; null where it is not known. */
static json_t *host_or_null(const union address *a)
{
	char buf[ADDRESS_TEXT_MAX];

	return any_string(a->sa.sa_family ? address_host_text(a, buf) : NULL);
}

static void put_known(json_t **object, const char *key, json_t *value, bool known)
{
	if (known)
		put(object, key, value);
	else
		json_decref(value);
}

static json_t *abort_object(const struct cause *cause)
{
	json_t *json = json_object();

	put(&json, "code", json_integer(cause->code));
	put(&json, "name", any_string(cause_name(cause->code)));
	put(&json, "text", sentence(cause->text));
	return json;
}

static json_t *icmp_object(const struct finding_icmp *icmp)
{
	json_t *json = json_object();

	put(&json, "version", json_integer(icmp->v6 ? 6 : 4));
	put(&json, "type", json_integer(icmp->type));
	put(&json, "code", json_integer(icmp->code));
	return json;
}

/* The code, and those of its parameters that it has. null: nothing was found. */
static json_t *cause_object(const struct finding *f)
{
	json_t *json;

	if (!f->code)
		return json_null();
	json = json_object();
	put(&json, "code", json_string(finding_name(f->code)));
	put_known(&json, "evidence", json_string(finding_basis_name(f->basis)), f->basis);
	put_known(&json, "address", host_or_null(&f->address), f->address.sa.sa_family);
	put_known(&json, "other_address", host_or_null(&f->other), f->other.sa.sa_family);
	put_known(&json, "call", any_string(f->call), f->call && f->code == FINDING_CALL_FAILED);
	put_known(&json, "errno", error_name(f->error), f->error);
	put_known(&json, "signal", any_string(signal_name(f->signal)), f->signal);
	put_known(&json, "link", any_string(f->link), f->link[0]);
	put_known(&json, "return_link", any_string(f->other_link), f->other_link[0]);
	put_known(&json, "port", json_integer(f->port), f->port);
	put_known(&json, "port_set", json_integer(f->other_port), f->other_port);
	put_known(&json, "abort_cause", abort_object(&f->cause), f->cause.code);
	put_known(&json, "icmp", icmp_object(&f->icmp), f->icmp.known);
	put_known(&json, "chunk", any_string(chunk_name(f->chunk)), f->chunk);
	put_known(&json, "bytes", json_integer(f->bytes), f->bytes);
	put_known(&json, "time_ms", milliseconds(f->time_us), f->time_us > 0);
	put_known(&json, "packets", json_integer((json_int_t)f->packets), f->packets);
	put_known(&json, "heartbeats_lost", json_integer(f->lost), f->sent);
	put_known(&json, "heartbeats_sent", json_integer(f->sent), f->sent);
	put_known(&json, "paths_verified", json_integer((json_int_t)f->verified),
		  f->code == FINDING_TOO_FEW_VERIFIED);
	put_known(&json, "paths", json_integer((json_int_t)f->paths), f->paths);
	put_known(&json, "threads_started", json_integer(f->started), f->expected);
	put_known(&json, "threads_expected", json_integer(f->expected), f->expected);
	put_known(&json, "name", any_string(f->name), f->name[0]);
	put_known(&json, "detail", any_string(f->detail), f->detail[0]);
	put_known(&json, "others_silent", json_true(), f->flags & FINDING_PARTIAL);
	return json;
}

static json_t *path_object(const struct path_result *p, bool witness)
{
	static const struct stack_path outside = { .state = PATH_UNKNOWN };
	const struct stack_path *facts = p->in_association ? &p->path : &outside;
	json_t *json = address_object(&p->path.address);
	struct message note;

	put(&json, "host", any_string(p->host));
	put(&json, "requested", json_boolean(p->requested));
	put(&json, "verdict", json_string(verdict_name(p->verdict)));
	put(&json, "state", state_name(facts->state));
	put(&json, "primary", json_boolean(facts->primary));
	put(&json, "rtt_ms", measured(p->rtt_us));
	put(&json, "srtt_ms", measured(facts->srtt_us));
	put(&json, "rto_ms", positive(facts->rto_ms));
	put(&json, "cwnd", positive(facts->cwnd));
	put(&json, "mtu", positive(facts->mtu));
	put(&json, "mtu_verified",
	    p->big_packets ? json_boolean(p->big_packets == BIG_PACKETS_PASS) : json_null());
	put(&json, "heartbeats_sent", json_integer(p->heartbeats));
	put(&json, "heartbeats_answered", json_integer(p->answered));
	put(&json, "route_error", error_name(p->route_error));
	put(&json, "note", sentence(words_note(&p->cause, &note)));
	put(&json, "cause", cause_object(&p->cause));
	put(&json, "wire", witness ? seen_object(&p->seen) : json_null());
	return json;
}

static json_t *path_array(const struct association *a, bool witness)
{
	json_t *array = json_array();

	for (size_t i = 0; i < a->path_count; i++)
		append(&array, path_object(&a->paths[i], witness));
	return array;
}

static json_t *single_object(const struct single_result *single)
{
	json_t *json = address_object(&single->address);
	struct message reason;

	put(&json, "host", any_string(single->host));
	put(&json, "result", json_string(result_name(single->word)));
	put_error(&json, single->error);
	put(&json, "reason", sentence(words_reason(&single->cause, &reason)));
	put(&json, "cause", cause_object(&single->cause));
	put(&json, "time_ms", measured(single->connect_us));
	return json;
}

/* Not asked for is another thing than none. */
static json_t *each_array(const struct result *result)
{
	json_t *array = result->each ? json_array() : json_null();

	for (size_t i = 0; i < result->each_count; i++)
		append(&array, single_object(&result->each[i]));
	return array;
}

static json_t *times_object(const struct result *result)
{
	json_t *json = json_object();

	put(&json, "resolve", measured(result->resolve_us));
	put(&json, "connect", measured(result->connect_us));
	put(&json, "probe", measured(result->probe_us));
	return json;
}

static json_t *evidence_object(const struct result_evidence *e)
{
	json_t *json = json_object(), *errors = json_array();
	bool pending = e->pending_state != ASSOC_CLOSED;

	for (size_t i = 0; i < e->soft_error_count; i++)
		append(&errors, error_name(e->soft_errors[i]));
	put(&json, "soft_errors", errors);
	put(&json, "pending_state",
	    any_string(pending ? assoc_state_name(e->pending_state) : NULL));
	put(&json, "checksum_errors", json_integer((json_int_t)e->checksum_errors));
	put(&json, "witness", json_boolean(e->witness));
	put(&json, "witness_lost", json_integer((json_int_t)e->witness_lost));
	return json;
}

static json_t *order_object(const struct result *result)
{
	json_t *json = json_object();

	put(&json, "reordered", json_boolean(result->reordered));
	put(&json, "primary_set", json_boolean(result->primary_set));
	return json;
}

/* Takes the reference. */
static void emit(const struct reporter *reporter, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(TIME_DIGITS));
	size_t length = text ? strlen(text) : 0;

	json_decref(json);
	/* The newline takes the place of the NUL, so that both go out in one write. */
	if (text)
		text[length] = '\n';
	reporter_emit(reporter, text, length + 1);
	free(text);
}

void report_json_result(const struct reporter *reporter, const struct result *result)
{
	const struct association *a = &result->association;
	const struct target *target = result->target;
	json_t *json = json_object();
	struct message m;

	put(&json, "schema", json_integer(REPORT_SCHEMA));
	put(&json, "target", any_string(target ? target->name : NULL));
	put(&json, "result", json_string(result_name(result->word)));
	put(&json, "exit_status", json_integer(result->status));
	put(&json, "signal", any_string(signal_name(result->signal)));
	put_error(&json, result->error);
	put(&json, "reason", sentence(words_result_reason(result, &m)));
	put(&json, "hint", sentence(words_result_hint(result, &m)));
	put(&json, "cause", cause_object(&result->cause));
	put(&json, "stack", any_string(result->stack));
	put(&json, "mode", json_string(result->blocking ? "blocking" : "nonblocking"));
	put(&json, "style", json_string(style_name(result->style)));
	put(&json, "tries", json_integer(result->tries));
	put(&json, "association", association_object(a));
	put(&json, "time_ms", times_object(result));
	put(&json, "order", order_object(result));
	put(&json, "evidence", evidence_object(&result->evidence));
	put(&json, "local", address_array(a->local, a->local_count));
	put(&json, "paths", path_array(a, result->evidence.witness));
	put(&json, "each", each_array(result));
	emit(reporter, json);
}

static void put_association(json_t **json, const struct listen_event *event)
{
	const struct association *a = event->association;

	put(json, "from", address_object(&event->from));
	put(json, "association", association_object(a));
	put(json, "local", address_array(a->local, a->local_count));
	put(json, "paths", path_array(a, false));
}

static void put_path(json_t **json, const struct listen_event *event)
{
	put_address(json, &event->path);
	put(json, "state", state_name(event->path_state));
}

static void put_echoed(json_t **json, const struct listen_event *event)
{
	struct message m;

	put(json, "reason", sentence(words_note(&event->cause, &m)));
	put(json, "cause", cause_object(&event->cause));
	put(json, "messages", json_integer((json_int_t)event->messages));
	put(json, "bytes", json_integer((json_int_t)event->bytes));
}

void report_json_listen_event(const struct reporter *reporter, const struct listen_event *event)
{
	static const char *const names[] = {
		[LISTEN_READY] = "listening", [LISTEN_UP] = "up",   [LISTEN_PATH] = "path",
		[LISTEN_DOWN] = "down",       [LISTEN_END] = "end",
	};
	static_assert(ARRAY_SIZE(names) == LISTEN_EVENT_COUNT, "an event without a name");
	json_t *json = json_object();

	put(&json, "schema", json_integer(REPORT_SCHEMA));
	put(&json, "event", json_string(names[event->type]));
	put(&json, "time_ms", milliseconds(event->time_us));
	put(&json, "stack", any_string(event->stack));
	if (event->type == LISTEN_UP || event->type == LISTEN_PATH || event->type == LISTEN_DOWN)
		put(&json, "association_id", json_integer(event->assoc));

	switch (event->type) {
	case LISTEN_READY:
		put(&json, "local", address_array(event->local, event->local_count));
		break;
	case LISTEN_UP:
		put_association(&json, event);
		break;
	case LISTEN_PATH:
		put_path(&json, event);
		break;
	case LISTEN_DOWN:
		put(&json, "graceful", json_boolean(event->graceful));
		put_error(&json, event->error);
		put_echoed(&json, event);
		break;
	case LISTEN_END:
		put(&json, "associations", json_integer((json_int_t)event->associations));
		put_echoed(&json, event);
		break;
	case LISTEN_EVENT_COUNT:
		break;
	}
	emit(reporter, json);
}

/* --- --monitor -------------------------------------------------------------------------------- */

static void put_state(json_t **json, const struct monitor_path *path)
{
	put_address(json, &path->address);
	put(json, "verdict", json_string(verdict_name(path->verdict)));
	put(json, "state", state_name(path->state));
	put(json, "primary", json_boolean(path->primary));
}

/* Of one round: its answer, or null where none came, or none yet. */
static json_t *round_array(const struct monitor *m)
{
	json_t *array = json_array();

	for (size_t i = 0; i < m->path_count; i++) {
		const struct monitor_path *path = &m->paths[i];
		json_t *json = json_object();

		put_state(&json, path);
		put(&json, "rtt_ms", measured(path->history[m->rounds % MONITOR_HISTORY]));
		append(&array, json);
	}
	return array;
}

static json_t *total_array(const struct monitor *m)
{
	json_t *array = json_array();

	for (size_t i = 0; i < m->path_count; i++) {
		const struct monitor_path *path = &m->paths[i];
		int64_t answered = (int64_t)path->answered;
		json_t *json = json_object();

		put_state(&json, path);
		put(&json, "heartbeats_sent", json_integer((json_int_t)path->sent));
		put(&json, "heartbeats_answered", json_integer((json_int_t)path->answered));
		put(&json, "rtt_min_ms", measured(path->rtt_min_us));
		put(&json, "rtt_avg_ms", measured(answered ? path->rtt_sum_us / answered : 0));
		put(&json, "rtt_max_ms", measured(path->rtt_max_us));
		put(&json, "times_dead", json_integer(path->times_dead));
		put(&json, "dead_ms", milliseconds(path->dead_us));
		append(&array, json);
	}
	return array;
}

static json_t *address_or_null(const union address *a)
{
	return a->sa.sa_family ? address_object(a) : json_null();
}

static void put_move(json_t **json, const struct monitor_event *event)
{
	put(json, "from", address_or_null(&event->from));
	put(json, "to", address_or_null(&event->to));
}

static void put_change(json_t **json, const struct monitor_event *event)
{
	const struct monitor_path *path = event->path;

	put_state(json, path);
	put(json, "rtt_ms", measured(path->verdict == VERDICT_DEAD ? 0 : path->rtt_us));
	put(json, "new_verdict", json_boolean(event->new_verdict));
	put(json, "new_state", json_boolean(event->new_state));
	put(json, "took_ms", measured(event->took_us));
	put(json, "cause", cause_object(&event->cause));
}

void report_json_monitor_event(const struct reporter *reporter, const struct monitor_event *event)
{
	static const char *const names[] = {
		[MONITOR_PATH] = "path",         [MONITOR_ROUND] = "round",
		[MONITOR_PRIMARY] = "primary",   [MONITOR_RESTART] = "restart",
		[MONITOR_DOWN] = "down",         [MONITOR_END] = "end",
		[MONITOR_FAILOVER] = "failover",
	};
	static_assert(ARRAY_SIZE(names) == MONITOR_EVENT_COUNT, "an event without a name");
	const struct monitor *m = event->monitor;
	json_t *json = json_object();
	struct message note;

	put(&json, "schema", json_integer(REPORT_SCHEMA));
	put(&json, "event", json_string(names[event->type]));
	put(&json, "time_ms", milliseconds(event->time_us));
	put(&json, "time_unix_ms", milliseconds(event->wall_us));
	put(&json, "stack", any_string(m->stack));
	put(&json, "association_id", json_integer(m->assoc));
	put(&json, "round", json_integer((json_int_t)m->rounds));
	switch (event->type) {
	case MONITOR_PATH:
		put_change(&json, event);
		break;
	case MONITOR_ROUND:
		put(&json, "paths", round_array(m));
		break;
	case MONITOR_PRIMARY:
		put_move(&json, event);
		break;
	case MONITOR_FAILOVER:
		put(&json, "failed_over", json_boolean(m->failed_over));
		put_move(&json, event);
		break;
	case MONITOR_RESTART:
		break;
	case MONITOR_DOWN:
		put(&json, "graceful", json_boolean(event->graceful));
		put_error(&json, event->error);
		put(&json, "reason", sentence(words_note(&event->cause, &note)));
		put(&json, "cause", cause_object(&event->cause));
		break;
	case MONITOR_END:
		put(&json, "reason", sentence(words_note(&event->cause, &note)));
		put(&json, "cause", cause_object(&event->cause));
		put(&json, "signal", any_string(signal_name(m->signal)));
		put(&json, "exit_status", json_integer(m->status));
		put(&json, "degraded_ms", milliseconds(m->short_us));
		put(&json, "paths", total_array(m));
		break;
	case MONITOR_EVENT_COUNT:
		break;
	}
	emit(reporter, json);
}
