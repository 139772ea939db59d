/* SPDX-License-Identifier: MIT */
/* The arguments of options, strictly read; every message quotes the token. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "option_rows.h"

#define INTERVAL_MIN_US (10 * USEC_PER_MSEC)

static int take_number(struct parser *p, const char *text, uint64_t max, uint64_t *value)
{
	char shown[PRINTABLE_MAX];

	if (parse_number(text, 1, max, value))
		return STATUS_OK;
	return message_set(p->why, STATUS_USAGE, "%s %s: not a number from 1 to %llu", p->spelled,
			   printable(text, shown, sizeof(shown)), (unsigned long long)max);
}

static int take_uint16(struct parser *p, const char *text, uint16_t *value)
{
	uint64_t number;
	int status = take_number(p, text, UINT16_MAX, &number);

	if (!status)
		*value = (uint16_t)number;
	return status;
}

static int take_time_us(struct parser *p, const char *text, int64_t *us)
{
	char shown[PRINTABLE_MAX];

	printable(text, shown, sizeof(shown));
	if (!parse_time_us(text, us))
		return message_set(
			p->why, STATUS_USAGE,
			"%s %s: not a time: a number with ms, s or m, such as 500ms, at most 24 hours",
			p->spelled, shown);
	if (*us < USEC_PER_MSEC)
		return message_set(p->why, STATUS_USAGE, "%s %s: too short: at least 1ms",
				   p->spelled, shown);
	return STATUS_OK;
}

/* The stack takes whole milliseconds here. */
static int take_time_ms(struct parser *p, const char *text, uint32_t *ms)
{
	char shown[PRINTABLE_MAX];
	int64_t us;
	int status = take_time_us(p, text, &us);

	if (status)
		return status;
	if (us % USEC_PER_MSEC)
		return message_set(p->why, STATUS_USAGE, "%s %s: not in whole milliseconds",
				   p->spelled, printable(text, shown, sizeof(shown)));
	*ms = (uint32_t)(us / USEC_PER_MSEC);
	return STATUS_OK;
}

static int take_interval(struct parser *p, const char *text)
{
	char shown[PRINTABLE_MAX];
	int status = take_time_us(p, text, &p->options->interval_us);

	if (!status && p->options->interval_us < INTERVAL_MIN_US)
		return message_set(p->why, STATUS_USAGE, "%s %s: too short: at least 10ms",
				   p->spelled, printable(text, shown, sizeof(shown)));
	return status;
}

static int take_stack(struct parser *p, const char *text)
{
	char shown[PRINTABLE_MAX];
	char names[128] = "auto";

	if (!strcmp(text, "auto")) {
		p->options->stack = NULL;
		return STATUS_OK;
	}
	p->options->stack = stack_find(text);
	if (p->options->stack)
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

/* "REMOTE" or "LOCAL:REMOTE"; with --listen "LOCAL", which check_together() puts right. */
static int take_encaps(struct parser *p, const char *text)
{
	struct stack_encaps *udp = &p->options->udp;
	const char *colon = strchr(text, ':');
	char local[sizeof("65535")] = "";
	char shown[PRINTABLE_MAX];
	uint64_t from = 0, to;

	if (colon && (size_t)(colon - text) < sizeof(local))
		memcpy(local, text, (size_t)(colon - text));
	if (!parse_number(colon ? colon + 1 : text, 1, UINT16_MAX, &to) ||
	    (colon && !parse_number(local, 1, UINT16_MAX, &from)))
		return message_set(p->why, STATUS_USAGE,
				   "%s %s: not a UDP port from 1 to 65535, nor two as LOCAL:REMOTE",
				   p->spelled, printable(text, shown, sizeof(shown)));
	*udp = (struct stack_encaps){ .local = (uint16_t)from, .remote = (uint16_t)to };
	return STATUS_OK;
}

static int take_require(struct parser *p, const char *text)
{
	char shown[PRINTABLE_MAX];

	p->options->require = REQUIRE_ALL;
	if (!strcmp(text, "all") || parse_number(text, 1, UINT16_MAX, &p->options->require))
		return STATUS_OK;
	return message_set(p->why, STATUS_USAGE, "%s %s: not a number from 1 to 65535, nor all",
			   p->spelled, printable(text, shown, sizeof(shown)));
}

static int take_color(struct parser *p, const char *text)
{
	static const char *const names[] = {
		[COLOR_AUTO] = "auto",
		[COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};
	char shown[PRINTABLE_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(text, names[i])) {
			p->options->color = (enum color)i;
			return STATUS_OK;
		}
	}
	return message_set(p->why, STATUS_USAGE, "%s %s: not one of auto, always, never",
			   p->spelled, printable(text, shown, sizeof(shown)));
}

const char *option_article(enum row row)
{
	const char *name = option_rows[row].argument;

	return name[0] == 'N' && (!name[1] || name[1] == '|') ? "an" : "a";
}

int option_take(struct parser *p, enum row row, const char *argument)
{
	struct options *o = p->options;

	if (argument && !*argument && option_is_optional(&option_rows[row]))
		return message_set(p->why, STATUS_USAGE,
				   "%s=: nothing stands behind the =", p->spelled);
	if (argument && !*argument)
		return message_set(p->why, STATUS_USAGE, "%s needs %s %s, not an empty string",
				   p->spelled, option_article(row), option_rows[row].argument);
	p->given[row] = true;
	switch (row) {
	case ROW_ADDRESS:
		o->addresses[o->address_count++] = argument;
		break;
	case ROW_PORT:
		o->port = argument;
		break;
	case ROW_BIND:
		o->binds[o->bind_count++] = argument;
		break;
	case ROW_IPV4:
		o->family = AF_INET;
		break;
	case ROW_IPV6:
		o->family = AF_INET6;
		break;
	case ROW_NONBLOCK:
		o->blocking = false;
		break;
	case ROW_BLOCKING:
		o->blocking = true;
		break;
	case ROW_ONE_TO_MANY:
		o->style = STACK_ONE_TO_MANY;
		break;
	case ROW_TIMEOUT:
		return take_time_us(p, argument, &o->timeout_us);
	case ROW_WAIT:
		return take_time_us(p, argument, &o->wait_us);
	case ROW_INIT_ATTEMPTS:
		return take_uint16(p, argument, &o->init_attempts);
	case ROW_INIT_TIMEOUT:
		return take_time_ms(p, argument, &o->init_timeout_ms);
	case ROW_RTO_INITIAL:
		return take_time_ms(p, argument, &o->rto_initial_ms);
	case ROW_OSTREAMS:
		return take_uint16(p, argument, &o->out_streams);
	case ROW_ISTREAMS:
		return take_uint16(p, argument, &o->in_streams);
	case ROW_STACK:
		return take_stack(p, argument);
	case ROW_UDP_ENCAPS:
		return take_encaps(p, argument);
	case ROW_NO_PROBE:
		o->no_probe = true;
		break;
	case ROW_NO_WITNESS:
		o->no_witness = true;
		break;
	case ROW_PROBE_TIMEOUT:
		return take_time_us(p, argument, &o->probe_timeout_us);
	case ROW_REQUIRE:
		return take_require(p, argument);
	case ROW_EACH:
		o->each = true;
		break;
	case ROW_MONITOR:
		o->monitor = true;
		o->monitor_us = 0;
		return argument ? take_time_us(p, argument, &o->monitor_us) : STATUS_OK;
	case ROW_INTERVAL:
		return take_interval(p, argument);
	case ROW_LISTEN:
		o->action = ACTION_LISTEN;
		break;
	case ROW_COUNT:
		return take_number(p, argument, UINT64_C(1) << 63, &o->count);
	case ROW_JSON:
		o->format = FORMAT_JSON;
		break;
	case ROW_QUIET:
		o->quiet = true;
		break;
	case ROW_VERBOSE:
		o->verbose = true;
		break;
	case ROW_COLOR:
		return take_color(p, argument);
	case ROW_EXPLAIN:
		o->explain = argument;
		break;
	case ROW_LIST:
		o->list = argument;
		o->action = ACTION_LIST;
		break;
	case ROW_HELP:
		o->action = ACTION_HELP;
		break;
	case ROW_VERSION:
		o->action = ACTION_VERSION;
		break;
	case ROWS:
		break;
	}
	return STATUS_OK;
}
