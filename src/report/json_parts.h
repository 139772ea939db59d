/* SPDX-License-Identifier: MIT */
/* The pieces of reports as JSON. Unknown values are null. */
#ifndef REPORT_JSON_PARTS_H
#define REPORT_JSON_PARTS_H

#include <jansson.h>

#include "report/reporter.h"
#include "report/result.h"

/*
 * Both take the value's reference. Without memory *object and *array become NULL, and so does the
 * value that they are put into. So the result is no text at all, never an object without one of its
 * keys.
 */
void put_key(json_t **object, const char *key, json_t *value);
void append_item(json_t **array, json_t *value);

/* Names may hold any byte, but jansson accepts only UTF-8: every other byte becomes '?'. */
json_t *any_string(const char *text);

/* A sentence or null. */
json_t *sentence(const char *text);

/* "ECONNREFUSED", or null for 0. */
json_t *error_name(int error);

json_t *milliseconds(int64_t us);
/* The same, but 0 means that nothing was measured, and becomes null. */
json_t *measured(int64_t us);

/* "errno" and "errno_number"; "address" and "port". */
void put_error(json_t **json, int error);
void put_address(json_t **json, const union address *a);
/* "name", if --targets gives the target one. NULL: there is no target. */
void put_name(json_t **json, const struct target *target);

json_t *address_object(const union address *a);
json_t *address_array(const union address *list, size_t count);

/* --- json_exchange.c: null: no messages were sent or awaited --- */
json_t *exchange_object(const struct exchange_result *exchange);
/* An event for each message that came. */
void report_json_replies(const struct reporter *reporter, const struct result *result);

/* --- json_parts.c --- */
json_t *association_object(const struct association *a);

json_t *path_state_json(enum stack_path_state state);

/* The code, and its parameters. null: no finding. */
json_t *cause_object(const struct finding *f);

/* of_all: the cause of a path that has none of its own and is not verified; NULL: none. */
json_t *path_array(const struct association *a, bool witness, const struct finding *of_all);

/* What emit_object() gets. */
json_t *record_object(void);

/* One line. Takes the reference. */
void emit_object(const struct reporter *reporter, json_t *json);

#endif
