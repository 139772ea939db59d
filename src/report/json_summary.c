/* SPDX-License-Identifier: MIT */
/* --targets: the object that counts all of them. */
#include "report/json.h"

#include "base/names.h"
#include "report/json_parts.h"

void report_json_summary(const struct reporter *reporter, const struct summary *s)
{
	json_t *json = record_object(), *results = json_object();

	for (size_t i = 0; i < RESULT_COUNT; i++)
		put_key(&results, result_name((enum result_word)i),
			json_integer((json_int_t)s->words[i]));
	put_key(&json, "schema", json_integer(REPORT_SCHEMA));
	put_key(&json, "event", json_string("summary"));
	put_key(&json, "time_ms", milliseconds(s->took_us));
	put_key(&json, "exit_status", json_integer(s->status));
	put_key(&json, "signal", any_string(signal_name(s->signal)));
	put_key(&json, "targets", json_integer((json_int_t)s->targets));
	put_key(&json, "results", results);
	put_key(&json, "interrupted", json_integer((json_int_t)s->interrupted));
	put_key(&json, "untried", json_integer((json_int_t)s->untried));
	emit_object(reporter, json);
}
