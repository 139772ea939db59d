/* SPDX-License-Identifier: MIT */
#include "report/json_parts.h"

#include <assert.h>
#include <stdlib.h>

#include "base/names.h"
#include "base/util.h"
#include "report/words.h"

/* Enough digits for every time: 24 hours to the microsecond take 11. */
#define TIME_DIGITS 15

/* A record of a few paths; a longer one is made twice. */
#define RECORD_ROOM 8192

void put_key(json_t **object, const char *key, json_t *value)
{
	if (!*object) {
		json_decref(value);
	} else if (json_object_set_new(*object, key, value) != 0) {
		json_decref(*object);
		*object = NULL;
	}
}

void append_item(json_t **array, json_t *value)
{
	if (!*array) {
		json_decref(value);
	} else if (json_array_append_new(*array, value) != 0) {
		json_decref(*array);
		*array = NULL;
	}
}

/*
 * The length of the UTF-8 sequence at s; 0: it is not valid (RFC 3629: overlong, a surrogate, too
 * large).
 */
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

json_t *any_string(const char *text)
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

json_t *sentence(const char *text)
{
	return any_string(text && *text ? text : NULL);
}

json_t *error_name(int error)
{
	return any_string(error ? errno_name(error) : NULL);
}

static json_t *positive(int64_t value)
{
	return value > 0 ? json_integer(value) : json_null();
}

json_t *milliseconds(int64_t us)
{
	return json_real((double)us / USEC_PER_MSEC);
}

json_t *measured(int64_t us)
{
	return us > 0 ? milliseconds(us) : json_null();
}

void put_name(json_t **json, const struct target *target)
{
	if (target && target->known_as)
		put_key(json, "name", any_string(target->known_as));
}

void put_error(json_t **json, int error)
{
	put_key(json, "errno", error_name(error));
	put_key(json, "errno_number", positive(error));
}

void put_address(json_t **json, const union address *a)
{
	char buf[ADDRESS_TEXT_MAX];

	put_key(json, "address", any_string(address_host_text(a, buf)));
	put_key(json, "port", json_integer(address_port(a)));
}

json_t *address_object(const union address *a)
{
	json_t *json = json_object();

	put_address(&json, a);
	return json;
}

json_t *address_array(const union address *list, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		append_item(&array, address_object(&list[i]));
	return array;
}

static json_t *extension_array(unsigned extensions)
{
	json_t *array = json_array();

	for (unsigned bit = 1; bit && bit <= extensions; bit <<= 1) {
		const char *name = extensions & bit ? extension_name(bit) : NULL;

		if (name)
			append_item(&array, json_string(name));
	}
	return array;
}

/* null: not read. */
static json_t *parameters_object(const struct stack_parameters *in_force)
{
	json_t *json;

	if (!in_force->known)
		return json_null();
	json = json_object();
	for (enum stack_parameter p = 0; p < PARAMETER_COUNT; p++)
		put_key(&json, parameter_kind(p)->key,
			parameter_is_known(in_force, p) ? json_integer(in_force->value[p])
							: json_null());
	return json;
}

static json_t *changed_array(const struct association *a)
{
	json_t *array = json_array();

	for (enum stack_parameter p = 0; p < PARAMETER_COUNT; p++)
		if (parameter_changed(&a->asked, &a->in_force, p))
			append_item(&array, json_string(parameter_kind(p)->name));
	return array;
}

json_t *association_object(const struct association *a)
{
	const struct stack_status *status = &a->status;
	json_t *json;

	if (!a->known)
		return json_null();
	json = json_object();
	put_key(&json, "id", json_integer(status->id));
	put_key(&json, "state", json_string(assoc_state_name(status->state)));
	put_key(&json, "streams_out", json_integer(status->out_streams));
	put_key(&json, "streams_in", json_integer(status->in_streams));
	put_key(&json, "peer_rwnd", json_integer(status->peer_rwnd));
	put_key(&json, "extensions", extension_array(status->extensions));
	put_key(&json, "parameters", parameters_object(&a->in_force));
	put_key(&json, "parameters_changed", changed_array(a));
	return json;
}

json_t *path_state_json(enum stack_path_state state)
{
	return any_string(state == PATH_UNKNOWN ? NULL : path_state_name(state));
}

static json_t *seen_object(const struct path_seen *seen)
{
	json_t *json = json_object();

	put_key(&json, "inits_sent", json_integer(seen->inits));
	put_key(&json, "init_acks", json_integer(seen->init_acks));
	put_key(&json, "cookie_echoes_sent", json_integer(seen->cookie_echoes));
	put_key(&json, "cookie_acks", json_integer(seen->cookie_acks));
	put_key(&json, "aborts", json_integer(seen->aborts));
	put_key(&json, "heartbeats_sent", json_integer(seen->heartbeats));
	put_key(&json, "heartbeat_acks", json_integer(seen->heartbeat_acks));
	put_key(&json, "icmp_errors", json_integer(seen->icmp_errors));
	put_key(&json, "bad_checksums", json_integer(seen->bad_checksums));
	return json;
}

/* An address without port; null: not known. */
static json_t *host_or_null(const union address *a)
{
	char buf[ADDRESS_TEXT_MAX];

	return any_string(a->sa.sa_family ? address_host_text(a, buf) : NULL);
}

static void put_known(json_t **object, const char *key, json_t *value, bool known)
{
	if (known)
		put_key(object, key, value);
	else
		json_decref(value);
}

static json_t *abort_object(const struct cause *cause)
{
	json_t *json = json_object();

	put_key(&json, "code", json_integer(cause->code));
	put_key(&json, "name", any_string(cause_name(cause->code)));
	put_key(&json, "text", sentence(cause->text));
	return json;
}

static json_t *icmp_object(const struct finding_icmp *icmp)
{
	json_t *json = json_object();

	put_key(&json, "version", json_integer(icmp->v6 ? 6 : 4));
	put_key(&json, "type", json_integer(icmp->type));
	put_key(&json, "code", json_integer(icmp->code));
	return json;
}

/* Where the words name it, too. */
static bool tells_call(const struct finding *f)
{
	return f->call &&
	       (finding_is_failed_call(f) || f->code == FINDING_LOOKUP_FAILED ||
		f->code == FINDING_USRSCTP_THREADS || f->code == FINDING_USRSCTP_ADDRESSES ||
		f->code == FINDING_NOT_SEEN || f->code == FINDING_OWN_OUTPUT_FILTER);
}

json_t *cause_object(const struct finding *f)
{
	json_t *json;

	if (!f->code)
		return json_null();
	json = json_object();
	put_key(&json, "code", json_string(finding_name(f->code)));
	put_known(&json, "evidence", json_string(finding_basis_name(f->basis)), f->basis);
	put_known(&json, "address", host_or_null(&f->address), f->address.sa.sa_family);
	put_known(&json, "other_address", host_or_null(&f->other), f->other.sa.sa_family);
	put_known(&json, "call", any_string(f->call), tells_call(f));
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
	put_known(&json, "bytes_passed", json_integer(f->passed), f->passed);
	put_known(&json, "time_ms", milliseconds(f->time_us), f->time_us > 0);
	put_known(&json, "packets", json_integer((json_int_t)f->packets), f->packets);
	put_known(&json, "heartbeats_lost", json_integer(f->lost), f->sent);
	put_known(&json, "heartbeats_sent", json_integer(f->sent), f->sent);
	put_known(&json, "paths_verified", json_integer((json_int_t)f->verified),
		  f->code == FINDING_TOO_FEW_VERIFIED);
	put_known(&json, "paths", json_integer((json_int_t)f->paths), f->paths);
	put_known(&json, "links", json_integer((json_int_t)f->links), f->links);
	put_known(&json, "threads_started", json_integer(f->started), f->expected);
	put_known(&json, "threads_expected", json_integer(f->expected), f->expected);
	put_known(&json, "stream", json_integer(f->stream), f->code == FINDING_NO_SUCH_STREAM);
	put_known(&json, "streams", json_integer(f->streams), f->code == FINDING_NO_SUCH_STREAM);
	put_known(&json, "send_buffer", json_integer(f->room), f->room);
	put_known(&json, "messages", json_integer((json_int_t)f->messages), f->messages);
	put_known(&json, "messages_sent", json_integer((json_int_t)f->messages_sent), f->messages);
	put_known(&json, "replies_expected", json_integer((json_int_t)f->awaited), f->awaited);
	put_known(&json, "replies", json_integer((json_int_t)f->replies), f->awaited);
	put_known(&json, "acknowledged", json_true(), f->flags & FINDING_ACKNOWLEDGED);
	put_known(&json, "name", any_string(f->name), f->name[0]);
	put_known(&json, "detail", any_string(f->detail), f->detail[0]);
	put_known(&json, "others_silent", json_true(), f->flags & FINDING_PARTIAL);
	return json;
}

static json_t *doubts(unsigned doubts)
{
	static const char *const names[] = { "xdp", "set-neighbour", "other-route", "no-arp" };
	static_assert(1 << ARRAY_SIZE(names) == DOUBT_END, "a doubt without a name");
	json_t *json = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (doubts & 1u << i)
			json_array_append_new(json, json_string(names[i]));
	return json;
}

static json_t *route_object(const struct path_route *route)
{
	json_t *json;

	if (!route->link[0] && !route->source.sa.sa_family)
		return json_null();
	json = json_object();
	put_key(&json, "link", sentence(route->link));
	put_key(&json, "gateway", host_or_null(&route->gateway));
	put_key(&json, "source", host_or_null(&route->source));
	put_known(&json, "doubts", doubts(route->doubts), route->doubts);
	return json;
}

/* Of a path that has none of its own but is not verified: what is true of all. */
static const struct finding *path_cause(const struct path_result *p, const struct finding *of_all)
{
	return p->cause.code || p->verdict == VERDICT_VERIFIED || !of_all ? &p->cause : of_all;
}

static json_t *path_object(const struct path_result *p, bool witness, const struct finding *of_all)
{
	static const struct stack_path outside = { .state = PATH_UNKNOWN };
	const struct stack_path *facts = p->in_association ? &p->path : &outside;
	json_t *json = address_object(&p->path.address);
	struct message note;

	put_key(&json, "host", any_string(p->host));
	put_key(&json, "requested", json_boolean(p->requested));
	put_key(&json, "verdict", json_string(verdict_name(p->verdict)));
	put_key(&json, "state", path_state_json(facts->state));
	put_key(&json, "primary", json_boolean(facts->primary));
	put_key(&json, "rtt_ms", measured(p->rtt_us));
	put_key(&json, "srtt_ms", measured(facts->srtt_us));
	put_key(&json, "rto_ms", positive(facts->rto_ms));
	put_key(&json, "cwnd", positive(facts->cwnd));
	put_key(&json, "mtu", positive(facts->mtu));
	put_key(&json, "mtu_verified",
		p->sizes.big ? json_boolean(p->sizes.big == BIG_PACKETS_PASS) : json_null());
	put_key(&json, "mtu_passed", positive(p->sizes.passed));
	put_key(&json, "heartbeats_sent", json_integer(p->heartbeats));
	put_key(&json, "heartbeats_answered", json_integer(p->answered));
	put_key(&json, "route_error", error_name(p->route_error));
	put_key(&json, "route", route_object(&p->route));
	put_key(&json, "note", sentence(words_note(&p->cause, &note)));
	put_key(&json, "cause", cause_object(path_cause(p, of_all)));
	put_key(&json, "wire", witness ? seen_object(&p->seen) : json_null());
	return json;
}

json_t *path_array(const struct association *a, bool witness, const struct finding *of_all)
{
	json_t *array = json_array();

	for (size_t i = 0; i < a->path_count; i++)
		append_item(&array, path_object(&a->paths[i], witness, of_all));
	return array;
}

/* All keys are this program's own, so that nobody can choose them to have the same hash. */
json_t *record_object(void)
{
	json_object_seed(1);
	return json_object();
}

void emit_object(const struct reporter *reporter, json_t *json)
{
	const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(TIME_DIGITS);
	char *text = xmalloc(RECORD_ROOM);
	size_t length = json_dumpb(json, text, RECORD_ROOM, flags);

	if (length >= RECORD_ROOM) {
		text = xreallocarray(text, length + 1, 1);
		length = json_dumpb(json, text, length, flags);
	}
	json_decref(json);
	/* The newline is written with the rest. */
	text[length] = '\n';
	reporter_emit(reporter, length ? text : NULL, length + 1);
	free(text);
}
