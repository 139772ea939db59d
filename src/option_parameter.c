/* SPDX-License-Identifier: MIT */
#include "option_parameter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int unknown_name(struct parser *p, const char *text)
{
	char shown[PRINTABLE_MAX], names[256] = "";

	for (enum stack_parameter n = 0; n < PARAMETER_COUNT; n++) {
		size_t used = strlen(names);

		snprintf(names + used, sizeof(names) - used, "%s%s", n ? ", " : "",
			 parameter_kind(n)->name);
	}
	return message_set(p->why, STATUS_USAGE, "%s %s: no such parameter: there are %s",
			   p->spelled, printable(text, shown, sizeof(shown)), names);
}

static bool parse_value(const struct parameter_kind *kind, const char *text, uint64_t *value)
{
	int64_t us;

	if (!kind->is_time)
		return parse_number(text, kind->least, kind->most, value);
	if (!parse_time_us(text, &us) || us % USEC_PER_MSEC)
		return false;
	*value = (uint64_t)(us / USEC_PER_MSEC);
	return *value >= kind->least && *value <= kind->most;
}

static int bad_value(struct parser *p, const struct parameter_kind *kind, const char *text)
{
	char shown[PRINTABLE_MAX];

	printable(text, shown, sizeof(shown));
	if (kind->is_time)
		return message_set(
			p->why, STATUS_USAGE,
			"%s %s: not a time in whole milliseconds from %" PRIu32 "ms to %s",
			p->spelled, shown, kind->least, kind->most == 500 ? "500ms" : "24 hours");
	return message_set(p->why, STATUS_USAGE, "%s %s: not a number from %" PRIu32 " to %" PRIu32,
			   p->spelled, shown, kind->least, kind->most);
}

int take_parameter(struct parser *p, const char *argument, void *value)
{
	const char *equals = strchr(argument, '=');
	size_t length = equals ? (size_t)(equals - argument) : strlen(argument);
	enum stack_parameter parameter = parameter_find(argument, length);
	char shown[PRINTABLE_MAX];
	uint64_t number;

	if (parameter == PARAMETER_COUNT)
		return unknown_name(p, argument);
	if (!equals || !equals[1])
		return message_set(p->why, STATUS_USAGE, "%s %s: a value is missing: %s=...",
				   p->spelled, printable(argument, shown, sizeof(shown)),
				   parameter_kind(parameter)->name);
	if (!parse_value(parameter_kind(parameter), equals + 1, &number))
		return bad_value(p, parameter_kind(parameter), argument);
	parameter_set(value, parameter, (uint32_t)number);
	if (parameter == PARAMETER_RTO_INITIAL)
		p->options->rto_initial_ms = (uint32_t)number;
	return STATUS_OK;
}

static int check_order(struct parser *p, enum stack_parameter lower, enum stack_parameter upper)
{
	const struct stack_parameters *list = &p->options->parameters;

	if (!parameter_is_known(list, lower) || !parameter_is_known(list, upper) ||
	    list->value[lower] <= list->value[upper])
		return STATUS_OK;
	return message_set(p->why, STATUS_USAGE,
			   "-o %s=%" PRIu32 "ms: larger than %s=%" PRIu32 "ms",
			   parameter_kind(lower)->name, list->value[lower],
			   parameter_kind(upper)->name, list->value[upper]);
}

int check_parameters(struct parser *p)
{
	/* 0: not given */
	const uint32_t max = p->options->parameters.value[PARAMETER_RTO_MAX];
	int status = check_order(p, PARAMETER_RTO_MIN, PARAMETER_RTO_MAX);

	if (status == STATUS_OK)
		status = check_order(p, PARAMETER_RTO_INITIAL, PARAMETER_RTO_MAX);
	if (status == STATUS_OK && p->given[ROW_RTO_INITIAL] && max &&
	    p->options->rto_initial_ms > max)
		status = message_set(p->why, STATUS_USAGE,
				     "--rto-initial %" PRIu32 "ms: larger than RTO.Max=%" PRIu32
				     "ms",
				     p->options->rto_initial_ms, max);
	if (status == STATUS_OK && p->given[ROW_RTO_INITIAL] &&
	    parameter_is_known(&p->options->parameters, PARAMETER_RTO_INITIAL))
		return message_set(p->why, STATUS_USAGE,
				   "--rto-initial cannot be used with -o RTO.Initial: "
				   "they are the same");
	return status;
}
