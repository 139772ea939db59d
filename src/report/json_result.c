/* SPDX-License-Identifier: MIT */
/* A result. */
#include "report/json.h"

#include <stdlib.h>

#include "base/names.h"
#include "base/util.h"
#include "report/json_parts.h"
#include "report/words.h"

static json_t *single_object(const struct single_result *single)
{
	json_t *json = address_object(&single->address);
	struct message reason;

	put_key(&json, "host", any_string(single->host));
	put_key(&json, "result", json_string(result_name(single->word)));
	put_error(&json, single->error);
	put_key(&json, "reason", sentence(words_reason(&single->cause, &reason)));
	put_key(&json, "cause", cause_object(&single->cause));
	put_key(&json, "time_ms", measured(single->connect_us));
	return json;
}

/* Not requested (null) is not the same as none. */
static json_t *each_array(const struct result *result)
{
	json_t *array = result->each ? json_array() : json_null();

	for (size_t i = 0; i < result->each_count; i++)
		append_item(&array, single_object(&result->each[i]));
	return array;
}

static json_t *times_object(const struct result *result)
{
	json_t *json = json_object();

	put_key(&json, "resolve", measured(result->resolve_us));
	put_key(&json, "connect", measured(result->connect_us));
	put_key(&json, "probe", measured(result->probe_us));
	return json;
}

static json_t *evidence_object(const struct result_evidence *e)
{
	json_t *json = json_object(), *errors = json_array();
	bool pending = e->pending_state != ASSOC_CLOSED;

	for (size_t i = 0; i < e->soft_error_count; i++)
		append_item(&errors, error_name(e->soft_errors[i]));
	put_key(&json, "soft_errors", errors);
	put_key(&json, "pending_state",
		any_string(pending ? assoc_state_name(e->pending_state) : NULL));
	put_key(&json, "checksum_errors", json_integer((json_int_t)e->checksum_errors));
	put_key(&json, "witness", json_boolean(e->witness));
	put_key(&json, "witness_lost", json_integer((json_int_t)e->witness_lost));
	return json;
}

static json_t *order_object(const struct result *result)
{
	json_t *json = json_object();

	put_key(&json, "reordered", json_boolean(result->reordered));
	put_key(&json, "primary_set", json_boolean(result->primary_set));
	return json;
}

void report_json_begin(void)
{
	json_set_alloc_funcs(xmalloc, free);
}

void report_json_result(const struct reporter *reporter, const struct result *result)
{
	const struct association *a = &result->association;
	const struct target *target = result->target;
	json_t *json = record_object();
	struct message m;

	put_key(&json, "schema", json_integer(REPORT_SCHEMA));
	put_name(&json, target);
	put_key(&json, "target", any_string(target ? target->name : NULL));
	put_key(&json, "result", json_string(result_name(result->word)));
	put_key(&json, "exit_status", json_integer(result->status));
	put_key(&json, "signal", any_string(signal_name(result->signal)));
	put_error(&json, result->error);
	put_key(&json, "reason", sentence(words_result_reason(result, &m)));
	put_key(&json, "hint", sentence(words_result_hint(result, &m)));
	put_key(&json, "cause", cause_object(&result->cause));
	put_key(&json, "left_out", cause_object(finding_kept(result->left_out)));
	put_key(&json, "stack", any_string(result->stack));
	put_key(&json, "mode", json_string(result->blocking ? "blocking" : "nonblocking"));
	put_key(&json, "style", json_string(style_name(result->style)));
	put_key(&json, "tries", json_integer(result->tries));
	put_key(&json, "association", association_object(a));
	put_key(&json, "time_ms", times_object(result));
	put_key(&json, "order", order_object(result));
	put_key(&json, "evidence", evidence_object(&result->evidence));
	put_key(&json, "local", address_array(a->local, a->local_count));
	put_key(&json, "paths", path_array(a, result->evidence.witness, &result->cause));
	put_key(&json, "links",
		result->links ? json_integer((json_int_t)result->links) : json_null());
	put_key(&json, "each", each_array(result));
	put_key(&json, "exchange", exchange_object(&result->exchange));
	emit_object(reporter, json);
	report_json_replies(reporter, result);
}

void report_json_unanswered(const struct reporter *reporter, const struct result *result,
			    const struct finding *why)
{
	const struct target *target = result->target;
	json_t *json = record_object();
	struct message m;

	put_key(&json, "schema", json_integer(REPORT_SCHEMA));
	put_key(&json, "event", json_string("unanswered"));
	put_name(&json, target);
	put_key(&json, "target", any_string(target ? target->name : NULL));
	put_key(&json, "stack", any_string(result->stack));
	put_key(&json, "association_id", json_integer(result->association.status.id));
	put_key(&json, "waited_ms", milliseconds(why->time_us));
	put_key(&json, "reason", sentence(words_reason(why, &m)));
	put_key(&json, "cause", cause_object(why));
	emit_object(reporter, json);
}
