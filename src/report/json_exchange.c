/* SPDX-License-Identifier: MIT */
/* The messages of --send and --expect: an object of the result, and an event for each that came. */
#include "report/json.h"

#include <stdlib.h>

#include "base/util.h"
#include "packet/ppid.h"
#include "report/json_parts.h"
#include "report/words.h"

json_t *exchange_object(const struct exchange_result *exchange)
{
	json_t *json;

	if (!exchange->wanted)
		return json_null();
	json = json_object();
	put_key(&json, "messages", json_integer((json_int_t)exchange->to_send));
	put_key(&json, "messages_sent", json_integer((json_int_t)exchange->sent));
	put_key(&json, "bytes_sent", json_integer((json_int_t)exchange->sent_bytes));
	put_key(&json, "acknowledged", json_boolean(exchange->acknowledged));
	put_key(&json, "replies_expected", json_integer((json_int_t)exchange->expected));
	put_key(&json, "replies", json_integer((json_int_t)exchange->received));
	return json;
}

/* null: the bytes were not kept. */
static json_t *hex_string(const struct reply *reply)
{
	static const char digits[] = "0123456789abcdef";
	char *text;
	json_t *json;

	if (!reply->bytes)
		return json_null();
	text = xcalloc(reply->length, 2);
	for (size_t i = 0; i < reply->length; i++) {
		text[2 * i] = digits[reply->bytes[i] >> 4];
		text[2 * i + 1] = digits[reply->bytes[i] & 15];
	}
	json = json_stringn_nocheck(text, 2 * reply->length);
	free(text);
	return json;
}

static void report_reply(const struct reporter *reporter, const struct result *result,
			 const struct reply *reply)
{
	json_t *json = record_object();

	put_key(&json, "schema", json_integer(REPORT_SCHEMA));
	put_key(&json, "event", json_string("message"));
	put_key(&json, "target", any_string(result->target ? result->target->name : NULL));
	put_key(&json, "stack", any_string(result->stack));
	put_key(&json, "association_id", json_integer(result->association.status.id));
	put_key(&json, "stream", json_integer(reply->stream));
	put_key(&json, "ppid", json_integer(reply->ppid));
	put_key(&json, "ppid_name", any_string(ppid_name(reply->ppid)));
	put_key(&json, "unordered", json_boolean(reply->unordered));
	put_key(&json, "length", json_integer((json_int_t)reply->length));
	put_key(&json, "goes_on", json_boolean(reply->more));
	put_key(&json, "after_ms", milliseconds(reply->after_us));
	put_key(&json, "bytes", hex_string(reply));
	emit_object(reporter, json);
}

void report_json_replies(const struct reporter *reporter, const struct result *result)
{
	for (size_t i = 0; i < result->exchange.reply_count; i++)
		report_reply(reporter, result, &result->exchange.replies[i]);
}

void report_json_relay_end(const struct reporter *reporter, const struct relay_end *end)
{
	json_t *json = record_object();
	struct message m;

	put_key(&json, "schema", json_integer(REPORT_SCHEMA));
	put_key(&json, "event", json_string("relayed"));
	put_key(&json, "stack", any_string(end->stack));
	put_key(&json, "association_id", json_integer(end->assoc));
	put_key(&json, "exit_status", json_integer(end->status));
	put_key(&json, "messages_sent", json_integer((json_int_t)end->messages_sent));
	put_key(&json, "bytes_sent", json_integer((json_int_t)end->bytes_sent));
	put_key(&json, "bytes_unsent", json_integer((json_int_t)end->bytes_unsent));
	put_key(&json, "messages_received", json_integer((json_int_t)end->messages_received));
	put_key(&json, "bytes_received", json_integer((json_int_t)end->bytes_received));
	put_key(&json, "reason", sentence(words_note(&end->cause, &m)));
	put_key(&json, "cause", cause_object(&end->cause));
	emit_object(reporter, json);
}
