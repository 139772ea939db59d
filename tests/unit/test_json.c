/* SPDX-License-Identifier: MIT */
/* json.c: exactly what is printed for results and for the events of --listen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "fake_report.h"
#include "report/json.h"

/* Exactly this one line; no hint is printed beside it. */
static void assert_line(struct fixture *f, const char *line)
{
	size_t length = strlen(line);
	const char *out = read_back(&f->capture);

	assert_int_equal(strncmp(out, line, length), 0);
	assert_string_equal(out + length, "\n");
	fflush(f->capture.reporter.hints);
	assert_int_equal(f->capture.hints_length, 0);
	assert_int_equal(f->capture.write_error, 0);
}

static json_t *load(struct fixture *f)
{
	const char *out = read_back(&f->capture);
	const char *end = strchr(out, '\n');
	json_t *json = json_loads(out, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(json);
	assert_non_null(end);
	assert_string_equal(end, "\n");
	return json;
}

static void assert_key(json_t *json, const char *key, const char *expected)
{
	json_t *value = json_object_get(json, key);
	char *text;

	if (!value)
		fail_msg("no key %s", key);
	text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	if (strcmp(text, expected) != 0)
		fail_msg("%s is %s, not %s", key, text, expected);
	free(text);
}

struct key {
	const char *key;
	const char *expected;
};

static void assert_keys(json_t *json, const struct key keys[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_key(json, keys[i].key, keys[i].expected);
	assert_int_equal(json_object_size(json), count);
}

static json_t *json_of_result(struct fixture *f)
{
	f->capture.reporter.format = FORMAT_JSON;
	report_result(&f->capture.reporter, &f->result);
	return load(f);
}

static void json_parameters(void **state)
{
	struct fixture *f = *state;
	struct association *a = &f->result.association;
	const struct key keys[] = {
		{ "rto_initial_ms", "null" },
		{ "rto_min_ms", "504" },
		{ "rto_max_ms", "null" },
		{ "path_max_retrans", "null" },
		{ "association_max_retrans", "null" },
		{ "hb_interval_ms", "null" },
		{ "potentially_failed_max_retrans", "null" },
		{ "sack_delay_ms", "null" },
		{ "max_burst", "null" },
		{ "dscp", "46" },
	};
	json_t *json, *association;

	make_three_paths(f);
	parameter_set(&a->asked, PARAMETER_RTO_MIN, 501);
	parameter_set(&a->asked, PARAMETER_DSCP, 46);
	parameter_set(&a->asked, PARAMETER_SACK_DELAY, 1); /* the stack does not say */
	parameter_set(&a->in_force, PARAMETER_RTO_MIN, 504);
	parameter_set(&a->in_force, PARAMETER_DSCP, 46);
	json = json_of_result(f);
	association = json_object_get(json, "association");
	assert_keys(json_object_get(association, "parameters"), keys, ARRAY_SIZE(keys));
	assert_key(association, "parameters_changed", "[\"RTO.Min\"]");
	json_decref(json);
}

static void json_connected(void **state)
{
	struct fixture *f = *state;
	const struct key keys[] = {
		{ "schema", "2" },
		{ "target", "\"10.1.1.2:5000\"" },
		{ "result", "\"connected\"" },
		{ "exit_status", "0" },
		{ "signal", "null" },
		{ "errno", "null" },
		{ "errno_number", "null" },
		{ "reason", "null" },
		{ "hint", "null" },
		{ "cause", "null" },
		{ "left_out", "null" },
		{ "stack", "\"kernel\"" },
		{ "mode", "\"nonblocking\"" },
		{ "style", "\"one-to-one\"" },
		{ "tries", "1" },
		{ "association", "{\"id\":3,\"state\":\"established\",\"streams_out\":10,"
				 "\"streams_in\":10,\"peer_rwnd\":106496,"
				 "\"extensions\":[\"PR-SCTP\",\"RE-CONFIG\"],"
				 "\"parameters\":null,\"parameters_changed\":[]}" },
		{ "time_ms", "{\"resolve\":0.041,\"connect\":22.68,\"probe\":31.002}" },
		{ "order", "{\"reordered\":true,\"primary_set\":true}" },
		{ "evidence", "{\"soft_errors\":[\"EHOSTUNREACH\"],\"pending_state\":null,"
			      "\"checksum_errors\":0,\"witness\":true,\"witness_lost\":7}" },
		{ "local", "[{\"address\":\"10.1.1.1\",\"port\":40312},"
			   "{\"address\":\"10.1.2.1\",\"port\":40312}]" },
		{ "links", "2" },
		{ "each", "null" },
		{ "exchange", "null" },
	};
	const struct key live[] = {
		{ "address", "\"10.1.1.2\"" },
		{ "port", "5000" },
		{ "host", "\"mme.example\"" },
		{ "requested", "true" },
		{ "verdict", "\"verified\"" },
		{ "state", "\"active\"" },
		{ "primary", "true" },
		{ "rtt_ms", "28.412" },
		{ "srtt_ms", "28.004" },
		{ "rto_ms", "250" },
		{ "cwnd", "4380" },
		{ "mtu", "1500" },
		{ "mtu_verified", "null" },
		{ "mtu_passed", "null" },
		{ "heartbeats_sent", "2" },
		{ "heartbeats_answered", "1" },
		{ "route_error", "null" },
		{ "route", "{\"link\":\"c1\",\"gateway\":\"10.1.1.254\","
			   "\"source\":\"10.1.1.1\"}" },
		{ "note", "null" },
		{ "cause", "null" },
		{ "wire", "{\"inits_sent\":1,\"init_acks\":2,\"cookie_echoes_sent\":3,"
			  "\"cookie_acks\":4,\"aborts\":5,\"heartbeats_sent\":6,"
			  "\"heartbeat_acks\":7,\"icmp_errors\":8,\"bad_checksums\":9}" },
	};
	const struct key outside[] = {
		{ "address", "\"10.9.9.9\"" },
		{ "port", "5000" },
		{ "host", "null" },
		{ "requested", "true" },
		{ "verdict", "\"rejected\"" },
		{ "state", "null" },
		{ "primary", "false" },
		{ "rtt_ms", "null" },
		{ "srtt_ms", "null" },
		{ "rto_ms", "null" },
		{ "cwnd", "null" },
		{ "mtu", "null" },
		{ "mtu_verified", "null" },
		{ "mtu_passed", "null" },
		{ "heartbeats_sent", "0" },
		{ "heartbeats_answered", "0" },
		{ "route_error", "\"ENETUNREACH\"" },
		{ "route", "null" },
		{ "note", "\"not an address of this peer, or another endpoint listens on it\"" },
		{ "cause", "{\"code\":\"not-listed\"}" },
		{ "wire", "{\"inits_sent\":0,\"init_acks\":0,\"cookie_echoes_sent\":0,"
			  "\"cookie_acks\":0,\"aborts\":0,\"heartbeats_sent\":0,"
			  "\"heartbeat_acks\":0,\"icmp_errors\":0,\"bad_checksums\":0}" },
	};
	json_t *json, *paths;

	make_three_paths(f);
	f->result.evidence = (struct result_evidence){ .witness = true,
						       .witness_lost = 7,
						       .soft_errors = { EHOSTUNREACH },
						       .soft_error_count = 1 };
	f->result.links = 2;
	memcpy(f->paths[0].route.link, "c1", 3);
	address_from_text(&f->paths[0].route.gateway, "10.1.1.254");
	address_from_text(&f->paths[0].route.source, "10.1.1.1");
	f->paths[0].seen = (struct path_seen){ .inits = 1,
					       .init_acks = 2,
					       .cookie_echoes = 3,
					       .cookie_acks = 4,
					       .aborts = 5,
					       .heartbeats = 6,
					       .heartbeat_acks = 7,
					       .icmp_errors = 8,
					       .bad_checksums = 9 };
	f->result.reordered = true;
	f->result.primary_set = true;
	f->paths[0].host = "mme.example";
	f->paths[0].path.srtt_us = 28004;
	f->paths[0].verdict = VERDICT_VERIFIED;
	f->paths[0].rtt_us = 28412;
	f->paths[0].heartbeats = 2;
	f->paths[0].answered = 1;
	f->result.probe_us = 31002;
	/* What is left over in a path outside of the association is not shown. */
	f->paths[3].path.state = PATH_ACTIVE;
	f->paths[3].path.rto_ms = 1;
	f->paths[3].route_error = ENETUNREACH;
	json = json_of_result(f);
	paths = json_object_get(json, "paths");
	assert_int_equal(json_array_size(paths), 4);
	assert_keys(json_array_get(paths, 0), live, ARRAY_SIZE(live));
	assert_keys(json_array_get(paths, 3), outside, ARRAY_SIZE(outside));
	json_object_del(json, "paths");
	assert_keys(json, keys, ARRAY_SIZE(keys));
	json_decref(json);
}

static void json_unresolved(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_UNRESOLVED, 0, 0);
	f->target.name = "mme.example";
	f->result.stack = NULL;
	f->result.status = STATUS_UNRESOLVED;
	f->result.blocking = true;
	f->result.style = STACK_ONE_TO_MANY;
	set_reason(f,
		   FOUND(.code = FINDING_NAME_NOT_FOUND, .name = "mme.example",
			 .basis = BASIS_RESOLVER),
		   FOUND(.code = FINDING_LINK_DOWN, .link = "eth0"));
	f->capture.reporter.format = FORMAT_JSON;
	report_result(&f->capture.reporter, &f->result);
	assert_line(f, "{\"schema\":2,\"target\":\"mme.example\",\"result\":\"unresolved\","
		       "\"exit_status\":3,\"signal\":null,\"errno\":null,\"errno_number\":null,"
		       "\"reason\":\"mme.example: no such name\",\"hint\":\"ip link show eth0; "
		       "check its cable, and the switch or host at the other end\","
		       "\"cause\":{\"code\":\"name-not-found\",\"evidence\":\"resolver\","
		       "\"name\":\"mme.example\"},\"left_out\":null,"
		       "\"stack\":null,\"mode\":\"blocking\",\"style\":\"one-to-many\",\"tries\":1,"
		       "\"association\":null,"
		       "\"time_ms\":{\"resolve\":null,\"connect\":null,\"probe\":null},"
		       "\"order\":{\"reordered\":false,\"primary_set\":false},"
		       "\"evidence\":{\"soft_errors\":[],\"pending_state\":null,"
		       "\"checksum_errors\":0,\"witness\":false,\"witness_lost\":0},"
		       "\"local\":[],\"paths\":[],\"links\":null,\"each\":null,\"exchange\":null}");
}

static void json_each(void **state)
{
	struct fixture *f = *state;
	const struct key refused[] = {
		{ "address", "\"10.1.1.2\"" },
		{ "port", "5000" },
		{ "host", "null" },
		{ "result", "\"refused\"" },
		{ "errno", "\"ECONNREFUSED\"" },
		{ "errno_number", "111" },
		{ "reason",
		  "\"the host answered ABORT: no endpoint listens on port 9, or its queue is full\"" },
		{ "cause", "{\"code\":\"no-endpoint-or-queue-full\",\"port\":9}" },
		{ "time_ms", "0.4" },
	};
	const struct key connected[] = {
		{ "address", "\"10.1.2.2\"" }, { "port", "5000" },  { "host", "\"mme.example\"" },
		{ "result", "\"connected\"" }, { "errno", "null" }, { "errno_number", "null" },
		{ "reason", "null" },          { "cause", "null" }, { "time_ms", "1.12" },
	};
	json_t *json, *each;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 410);
	make_each(f);
	json = json_of_result(f);
	each = json_object_get(json, "each");
	assert_int_equal(json_array_size(each), 4);
	assert_keys(json_array_get(each, 0), refused, ARRAY_SIZE(refused));
	assert_keys(json_array_get(each, 1), connected, ARRAY_SIZE(connected));
	assert_key(json_array_get(each, 2), "time_ms", "null");
	json_decref(json);
}

/* Asked for, but none could be tried. */
static void json_each_of_none(void **state)
{
	struct fixture *f = *state;
	json_t *json;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 410);
	make_each(f);
	f->result.each_count = 0;
	json = json_of_result(f);
	assert_key(json, "each", "[]");
	json_decref(json);
}

static void json_signal(void **state)
{
	struct fixture *f = *state;
	json_t *json;

	make_failure(f, RESULT_FAILED, EINTR, 700200);
	f->result.signal = SIGTERM;
	f->result.status = STATUS_SIGNAL + SIGTERM;
	json = json_of_result(f);
	assert_key(json, "signal", "\"SIGTERM\"");
	assert_key(json, "exit_status", "143");
	assert_key(json, "errno", "\"EINTR\"");
	assert_key(json, "errno_number", "4");
	json_decref(json);
}

static void json_ipv6(void **state)
{
	struct fixture *f = *state;
	struct path_result *p;
	json_t *json, *path;

	make_up(f);
	p = add_live_path(f, "fe80::1", 5000);
	p->path.address.v6.sin6_scope_id = 1;
	p->path.state = PATH_UNKNOWN;
	p->path.mtu = 0;
	json = json_of_result(f);
	path = json_array_get(json_object_get(json, "paths"), 0);
	assert_key(path, "address", "\"fe80::1%lo\"");
	assert_key(path, "state", "null");
	assert_key(path, "mtu", "null");
	json_decref(json);
}

/* Bytes that are no UTF-8 (stray, overlong, surrogate, cut short) and controls break nothing. */
static void json_any_bytes(void **state)
{
	struct fixture *f = *state;
	json_t *json;

	make_failure(f, RESULT_FAILED, 0, 0);
	f->target.name = "a\xff\"\n\xc3\xbc\xc0\x80\xed\xa0\x80\xf0\x9f\x99\x82\xe2\x82";
	json = json_of_result(f);
	assert_string_equal(json_string_value(json_object_get(json, "target")),
			    "a?\"\n\xc3\xbc?????\xf0\x9f\x99\x82??");
	json_decref(json);
}

static long allocations; /* of jansson, until the one that fails; below 0: it has */
static long allocated;

static void *scarce_malloc(size_t size)
{
	void *memory = allocations-- == 0 ? NULL : malloc(size);

	allocated += memory != NULL;
	return memory;
}

static void scarce_free(void *memory)
{
	allocated -= memory != NULL;
	free(memory);
}

/* Whichever allocation fails: a whole line, or none and the reporter knows. Nothing leaks. */
static void json_without_memory(void **state)
{
	struct fixture *f = *state;
	long count = 0, lost = 0;

	make_three_paths(f);
	make_each(f);
	f->paths[0].host = "mme.example";
	f->paths[1].host = "not\xff"
			   "utf8";
	f->capture.reporter.format = FORMAT_JSON;
	json_set_alloc_funcs(scarce_malloc, scarce_free);
	do {
		const char *out;

		allocations = count++;
		allocated = 0;
		f->capture.write_error = 0;
		assert_int_equal(ftruncate(fileno(f->capture.reporter.out), 0), 0);
		rewind(f->capture.reporter.out);
		report_result(&f->capture.reporter, &f->result);
		out = read_back(&f->capture);
		lost += !*out;
		assert_int_equal(allocated, 0);
		assert_int_equal(f->capture.write_error, *out ? 0 : ENOMEM);
		if (*out) {
			assert_non_null(strstr(out, "\"10.1.1.2:5000\""));
			assert_non_null(strstr(out, "\"not?utf8\""));
			assert_non_null(strstr(out, "}\n"));
		}
	} while (allocations < 0);
	json_set_alloc_funcs(malloc, free);
	assert_in_range(lost, 100, count - 1);
}

/* jansson itself may lose a part of an object. */
static void json_memory_ends_the_program(void **state)
{
	struct fixture *f = *state;
	json_malloc_t allocate;
	json_free_t release;

	f->capture.reporter.format = FORMAT_JSON;
	report_begin(&f->capture.reporter);
	json_get_alloc_funcs(&allocate, &release);
	json_set_alloc_funcs(malloc, free);
	assert_true(allocate == xmalloc);
}

static void assert_json_event(struct fixture *f, const struct listen_event *event, const char *line)
{
	f->capture.reporter.format = FORMAT_JSON;
	report_listen_event(&f->capture.reporter, event);
	assert_line(f, line);
}

static void json_listening(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_ready(f);

	assert_json_event(f, &event,
			  "{\"schema\":2,\"event\":\"listening\",\"time_ms\":1.5,"
			  "\"stack\":\"kernel\",\"local\":[{\"address\":\"10.1.1.2\","
			  "\"port\":5000},{\"address\":\"fd01:2::2\",\"port\":5000}]}");
}

static void json_up(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_came(f);
	json_t *json;

	f->capture.reporter.format = FORMAT_JSON;
	report_listen_event(&f->capture.reporter, &event);
	json = load(f);
	assert_key(json, "event", "\"up\"");
	assert_key(json, "association_id", "4");
	assert_key(json_object_get(json, "association"), "state", "\"established\"");
	assert_int_equal(json_array_size(json_object_get(json, "paths")), 2);
	assert_int_equal(json_array_size(json_object_get(json, "local")), 0);
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(json, "from"), "address")),
		"10.1.1.1");
	assert_int_equal(json_object_size(json), 9);
	json_decref(json);
}

static void json_up_and_gone(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_gone(f);

	assert_json_event(f, &event,
			  "{\"schema\":2,\"event\":\"up\",\"time_ms\":1.5,\"stack\":\"kernel\","
			  "\"association_id\":4,"
			  "\"from\":{\"address\":\"10.1.1.1\",\"port\":40312},"
			  "\"association\":null,\"local\":[],\"paths\":[]}");
}

static void json_path(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_path_event();

	assert_json_event(f, &event,
			  "{\"schema\":2,\"event\":\"path\",\"time_ms\":1.5,\"stack\":\"kernel\","
			  "\"association_id\":4,\"address\":\"10.1.2.1\",\"port\":40312,"
			  "\"state\":\"inactive\"}");
}

static void json_closed(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_closed();

	assert_json_event(f, &event,
			  "{\"schema\":2,\"event\":\"down\",\"time_ms\":1.5,\"stack\":\"kernel\","
			  "\"association_id\":4,\"graceful\":true,\"errno\":null,"
			  "\"errno_number\":null,\"reason\":\"closed by the peer\","
			  "\"cause\":{\"code\":\"closed-by-peer\"},"
			  "\"messages\":12,\"bytes\":480,"
			  "\"messages_not_echoed\":0,\"bytes_not_echoed\":0}");
}

static void json_lost(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_lost();

	assert_json_event(f, &event,
			  "{\"schema\":2,\"event\":\"down\",\"time_ms\":1.5,\"stack\":\"kernel\","
			  "\"association_id\":4,\"graceful\":false,\"errno\":\"ECONNRESET\","
			  "\"errno_number\":104,\"reason\":\"aborted by the peer\","
			  "\"cause\":{\"code\":\"aborted-by-peer\"},"
			  "\"messages\":1,\"bytes\":1,"
			  "\"messages_not_echoed\":0,\"bytes_not_echoed\":0}");
}

static void json_end(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_end();

	assert_json_event(f, &event,
			  "{\"schema\":2,\"event\":\"end\",\"time_ms\":1.5,\"stack\":\"kernel\","
			  "\"associations\":3,\"reason\":\"ended by SIGINT\","
			  "\"cause\":{\"code\":\"interrupted\",\"signal\":\"SIGINT\"},"
			  "\"messages\":5000000000,\"bytes\":120,"
			  "\"messages_not_echoed\":0,\"bytes_not_echoed\":0}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		report_test(json_parameters),
		report_test(json_connected),
		report_test(json_unresolved),
		report_test(json_each),
		report_test(json_each_of_none),
		report_test(json_signal),
		report_test(json_ipv6),
		report_test(json_any_bytes),
		report_test(json_without_memory),
		report_test(json_memory_ends_the_program),
		report_test(json_listening),
		report_test(json_up),
		report_test(json_up_and_gone),
		report_test(json_path),
		report_test(json_closed),
		report_test(json_lost),
		report_test(json_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
