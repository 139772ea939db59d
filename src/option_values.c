/* SPDX-License-Identifier: MIT */
#include "option_values.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet/ppid.h"

#define INTERVAL_MIN_US (10 * USEC_PER_MSEC)

/* There are 65535 streams at most. The replies are kept in memory until the report. */
#define STREAM_MAX 65534
#define EXPECT_MAX 65535

/* It fits into one packet. */
#define ABORT_TEXT_MAX 500

/* The largest --count. */
#define NUMBER_MAX (UINT64_C(1) << 63)

/* --- Without an argument ---------------------------------------------------------------------- */

int take_true(struct parser *p, const char *argument, void *value)
{
	(void)p;
	(void)argument;
	*(bool *)value = true;
	return STATUS_OK;
}

int take_false(struct parser *p, const char *argument, void *value)
{
	(void)p;
	(void)argument;
	*(bool *)value = false;
	return STATUS_OK;
}

int take_constant(struct parser *p, const char *argument, void *value)
{
	(void)argument;
	*(int *)value = p->rows[p->row].constant;
	return STATUS_OK;
}

/* --- Numbers and times ------------------------------------------------------------------------ */

static int read_number(struct parser *p, const char *text, uint64_t min, uint64_t max,
		       uint64_t *number)
{
	char shown[PRINTABLE_MAX];

	if (parse_number(text, min, max, number))
		return STATUS_OK;
	return message_set(p->why, STATUS_USAGE, "%s %s: not a number from %llu to %llu",
			   p->spelled, printable(text, shown, sizeof(shown)),
			   (unsigned long long)min, (unsigned long long)max);
}

static int take_number_16(struct parser *p, const char *argument, uint16_t min, uint16_t max,
			  uint16_t *value)
{
	uint64_t number;
	int status = read_number(p, argument, min, max, &number);

	if (!status)
		*value = (uint16_t)number;
	return status;
}

int take_number(struct parser *p, const char *argument, void *value)
{
	return read_number(p, argument, 1, NUMBER_MAX, value);
}

int take_uint16(struct parser *p, const char *argument, void *value)
{
	return take_number_16(p, argument, 1, UINT16_MAX, value);
}

int take_expect(struct parser *p, const char *argument, void *value)
{
	return read_number(p, argument, 0, EXPECT_MAX, value);
}

int take_stream(struct parser *p, const char *argument, void *value)
{
	return take_number_16(p, argument, 0, STREAM_MAX, value);
}

static int too_short(struct parser *p, const char *text, const char *least)
{
	char shown[PRINTABLE_MAX];

	return message_set(p->why, STATUS_USAGE, "%s %s: too short: at least %s", p->spelled,
			   printable(text, shown, sizeof(shown)), least);
}

static int read_time_us(struct parser *p, const char *argument, int64_t *us)
{
	char shown[PRINTABLE_MAX];

	if (parse_time_us(argument, us))
		return STATUS_OK;
	return message_set(
		p->why, STATUS_USAGE,
		"%s %s: not a time: a number with ms, s or m, such as 500ms, at most 24 hours",
		p->spelled, printable(argument, shown, sizeof(shown)));
}

int take_time_us(struct parser *p, const char *argument, void *value)
{
	int64_t *us = value;
	int status = read_time_us(p, argument, us);

	if (status)
		return status;
	return *us < USEC_PER_MSEC ? too_short(p, argument, "1ms") : STATUS_OK;
}

/* A time, or 0: not at all. */
int take_hold(struct parser *p, const char *argument, void *value)
{
	int64_t *us = value;
	int status = read_time_us(p, argument, us);

	if (status)
		return status;
	return *us && *us < USEC_PER_MSEC ? too_short(p, argument, "1ms") : STATUS_OK;
}

/* The stack accepts whole milliseconds only. */
int take_time_ms(struct parser *p, const char *argument, void *value)
{
	char shown[PRINTABLE_MAX];
	int64_t us;
	int status = take_time_us(p, argument, &us);

	if (status)
		return status;
	if (us % USEC_PER_MSEC)
		return message_set(p->why, STATUS_USAGE,
				   "%s %s: not a whole number of milliseconds", p->spelled,
				   printable(argument, shown, sizeof(shown)));
	*(uint32_t *)value = (uint32_t)(us / USEC_PER_MSEC);
	return STATUS_OK;
}

int take_abort_after(struct parser *p, const char *argument, void *value)
{
	const char *colon = strchr(argument, ':');
	char shown[PRINTABLE_MAX], *time;
	int status;

	if (colon == argument)
		return message_set(p->why, STATUS_USAGE, "%s %s: a time is missing before \":\"",
				   p->spelled, printable(argument, shown, sizeof(shown)));
	if (colon && strlen(colon + 1) > ABORT_TEXT_MAX)
		return message_set(p->why, STATUS_USAGE, "%s %s: the text is longer than %d bytes",
				   p->spelled, printable(argument, shown, sizeof(shown)),
				   ABORT_TEXT_MAX);
	time = colon ? xstrndup(argument, (size_t)(colon - argument)) : xstrdup(argument);
	status = take_time_us(p, time, value);
	free(time);
	p->options->abort_text = colon && colon[1] ? colon + 1 : NULL;
	return status;
}

/* With --listen it takes the place of the echo, for one association. */
int take_relay(struct parser *p, const char *argument, void *value)
{
	p->options->drill = DRILL_RELAY;
	return take_true(p, argument, value);
}

int take_interval(struct parser *p, const char *argument, void *value)
{
	int status = take_time_us(p, argument, value);

	if (!status && *(int64_t *)value < INTERVAL_MIN_US)
		return too_short(p, argument, "10ms");
	return status;
}

int take_monitor(struct parser *p, const char *argument, void *value)
{
	p->options->monitor = true;
	*(int64_t *)value = 0;
	return argument ? take_time_us(p, argument, value) : STATUS_OK;
}

/* --- Texts and names -------------------------------------------------------------------------- */

int take_text(struct parser *p, const char *argument, void *value)
{
	(void)p;
	*(const char **)value = argument;
	return STATUS_OK;
}

int take_address(struct parser *p, const char *argument, void *value)
{
	(*(const char ***)value)[p->options->address_count++] = argument;
	return STATUS_OK;
}

int take_bind(struct parser *p, const char *argument, void *value)
{
	(*(const char ***)value)[p->options->bind_count++] = argument;
	return STATUS_OK;
}

int take_list(struct parser *p, const char *argument, void *value)
{
	p->options->action = ACTION_LIST;
	return take_text(p, argument, value);
}

int take_stack(struct parser *p, const char *text, void *value)
{
	const struct stack **stack = value;
	char shown[PRINTABLE_MAX];
	char names[128] = "auto";

	if (!strcmp(text, "auto")) {
		*stack = NULL;
		return STATUS_OK;
	}
	*stack = stack_find(text);
	if (*stack)
		return STATUS_OK;
	if (!strcmp(text, "usrsctp"))
		return message_set(p->why, STATUS_USAGE,
				   "%s usrsctp: this build has no usrsctp stack", p->spelled);
	for (size_t i = 0; stacks[i]; i++) {
		size_t used = strlen(names);

		snprintf(names + used, sizeof(names) - used, ", %s", stacks[i]->name);
	}
	return message_set(p->why, STATUS_USAGE, "%s %s: no such stack: this build has %s",
			   p->spelled, printable(text, shown, sizeof(shown)), names);
}

/* "REMOTE" or "LOCAL:REMOTE"; with --listen "LOCAL", which check_together() moves to its place. */
int take_encaps(struct parser *p, const char *text, void *value)
{
	struct stack_encaps *udp = value;
	const char *colon = strchr(text, ':');
	char local[sizeof("65535")] = "";
	char shown[PRINTABLE_MAX];
	uint64_t from = 0, to;

	if (colon && (size_t)(colon - text) < sizeof(local))
		memcpy(local, text, (size_t)(colon - text));
	if (!parse_number(colon ? colon + 1 : text, 1, UINT16_MAX, &to) ||
	    (colon && !parse_number(local, 1, UINT16_MAX, &from)))
		return message_set(p->why, STATUS_USAGE,
				   "%s %s: neither a UDP port from 1 to 65535 nor LOCAL:REMOTE",
				   p->spelled, printable(text, shown, sizeof(shown)));
	*udp = (struct stack_encaps){ .local = (uint16_t)from, .remote = (uint16_t)to };
	return STATUS_OK;
}

int take_ppid(struct parser *p, const char *text, void *value)
{
	char shown[PRINTABLE_MAX];
	uint64_t number;

	if (ppid_named(text, value))
		return STATUS_OK;
	if (!parse_number(text, 0, UINT32_MAX, &number))
		return message_set(p->why, STATUS_USAGE,
				   "%s %s: neither a number from 0 to 4294967295 nor one of IANA's "
				   "names: diameter, m3ua, s1ap, ngap, ...",
				   p->spelled, printable(text, shown, sizeof(shown)));
	*(uint32_t *)value = (uint32_t)number;
	return STATUS_OK;
}

int take_require(struct parser *p, const char *text, void *value)
{
	char shown[PRINTABLE_MAX];
	uint64_t *require = value;

	*require = REQUIRE_ALL;
	if (!strcmp(text, "all") || parse_number(text, 1, UINT16_MAX, require))
		return STATUS_OK;
	return message_set(p->why, STATUS_USAGE, "%s %s: neither a number from 1 to 65535 nor all",
			   p->spelled, printable(text, shown, sizeof(shown)));
}

int take_color(struct parser *p, const char *text, void *value)
{
	static const char *const names[] = {
		[COLOR_AUTO] = "auto",
		[COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};
	static_assert(ARRAY_SIZE(names) == COLOR_COUNT, "a choice without a word");
	char shown[PRINTABLE_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(text, names[i])) {
			*(enum color *)value = (enum color)i;
			return STATUS_OK;
		}
	}
	return message_set(p->why, STATUS_USAGE, "%s %s: not one of auto, always, never",
			   p->spelled, printable(text, shown, sizeof(shown)));
}
