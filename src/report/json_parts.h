/* SPDX-License-Identifier: MIT */
/* The pieces that reports as JSON are made of. What is not known is null. */
#ifndef REPORT_JSON_PARTS_H
#define REPORT_JSON_PARTS_H

#include <jansson.h>

#include "report/reporter.h"
#include "report/result.h"

/*
 * Both take the value's reference. Without memory *object and *array become NULL, and so does what
 * they are put into: the end is no text at all, never an object with a key missing.
 */
void put_key(json_t **object, const char *key, json_t *value);
void append_item(json_t **array, json_t *value);

/* Names may hold any byte and jansson takes UTF-8 only: each byte that is none becomes '?'. */
json_t *any_string(const char *text);

/* A sentence or null. */
json_t *sentence(const char *text);

/* "ECONNREFUSED", or null for 0. */
json_t *error_name(int error);

json_t *milliseconds(int64_t us);
/* The same; 0 is how a time says that there was nothing to measure. */
json_t *measured(int64_t us);

/* "errno" and "errno_number"; "address" and "port". */
void put_error(json_t **json, int error);
void put_address(json_t **json, const union address *a);

json_t *address_object(const union address *a);
json_t *address_array(const union address *list, size_t count);

json_t *association_object(const struct association *a);

json_t *path_state_json(enum stack_path_state state);

/* The code, and those of its parameters that it has. null: nothing was found. */
json_t *cause_object(const struct finding *f);

json_t *path_array(const struct association *a, bool witness);

/* One line. Takes the reference. */
void emit_object(const struct reporter *reporter, json_t *json);

#endif
