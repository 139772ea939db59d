/* SPDX-License-Identifier: MIT */
/* The times and the numbers of a finding, as sentences have them. */
#include "report/parameter_numbers.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* RFC 8200 section 5; and what net.ipv4.route.min_pmtu is by default. */
#define MTU_MIN_V6 1280
#define MTU_MIN_V4 552

void parameter_say(char value[PARAMETER_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(value, PARAMETER_MAX, format, args);
	va_end(args);
}

static void say_time(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	const uint64_t half_ms = USEC_PER_MSEC / 2;

	/* Without printf(): the line of each silent target has it. */
	if (c->f->time_us)
		strcpy(put_decimal(value, ((uint64_t)c->f->time_us + half_ms) / USEC_PER_MSEC),
		       " ms");
}

static void say_exact_time(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%.1f ms", MS(c->f->time_us));
}

static void say_when(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->time_us < USEC_PER_MSEC)
		parameter_say(value, "as soon as it was up");
	else
		parameter_say(value, "%.1f ms after it was up", MS(c->f->time_us));
}

static void say_bytes(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%" PRIu32, c->f->bytes);
}

/* The largest packet that gets through, if the next larger one does not. */
static void say_over(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->passed && c->f->bytes <= c->f->passed + PACKET_SIZE_STEP)
		parameter_say(value, "%" PRIu32, c->f->passed);
}

static void say_passed(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->passed)
		parameter_say(value, "%" PRIu32, c->f->passed);
}

/* An MTU that a route may have: Linux takes no smaller one for true. */
static void say_route_mtu(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->passed >= (c->f->address.sa.sa_family == AF_INET6 ? MTU_MIN_V6 : MTU_MIN_V4))
		say_over(c, value);
}

static void say_packets(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->packets)
		parameter_say(value, "%" PRIu64 " packet%s", c->f->packets,
			      c->f->packets == 1 ? "" : "s");
}

static void say_lost(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%u", c->f->lost);
}

static void say_sent(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%u", c->f->sent);
}

static void say_room(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->room)
		parameter_say(value, "%" PRIu32, c->f->room);
}

static void say_stream(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%u", c->f->stream);
}

static void say_streams(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%u outgoing stream%s", c->f->streams, c->f->streams == 1 ? "" : "s");
}

static void say_messages(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->messages)
		parameter_say(value, "%zu message%s", c->f->messages,
			      c->f->messages == 1 ? "" : "s");
}

static void say_messages_sent(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%zu", c->f->messages_sent);
}

static void say_awaited(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->awaited)
		parameter_say(value, "%zu", c->f->awaited);
}

/* "1 of 3 messages": of those that were awaited, if some came. */
static void say_replies(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->replies)
		parameter_say(value, "%zu of %zu messages", c->f->replies, c->f->awaited);
}

static void say_started(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%u", c->f->started);
}

static void say_expected(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%u", c->f->expected);
}

static void say_verified(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%zu", c->f->verified);
}

static void say_paths(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%zu", c->f->paths);
}

static void say_required(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->required == REQUIRE_ALL)
		parameter_say(value, "all are");
	else
		parameter_say(value, "%" PRIu64 " %s", c->f->required,
			      c->f->required == 1 ? "is" : "are");
}

static void say_others(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->others)
		parameter_say(value, "%zu", c->f->others);
}

static void say_links(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%zu link%s", c->f->links, c->f->links == 1 ? "" : "s");
}

/* How many INIT retransmissions give each address a turn. */
static void say_least_attempts(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%zu", c->f->paths ? c->f->paths - 1 : 0);
}

/* Timers fire up to an eighth late. */
static void say_least_timeout(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%.0fms", MS(c->f->time_us + c->f->time_us / 8) * (double)c->f->paths);
}

const struct parameter parameter_numbers[] = {
	{ "time", say_time, false },
	{ "exact_time", say_exact_time, false },
	{ "when", say_when, false },
	{ "bytes", say_bytes, false },
	{ "over", say_over, true },
	{ "passed", say_passed, false },
	{ "route_mtu", say_route_mtu, false },
	{ "packets", say_packets, true },
	{ "lost", say_lost, false },
	{ "sent", say_sent, false },
	{ "room", say_room, true },
	{ "stream", say_stream, false },
	{ "streams", say_streams, false },
	{ "messages", say_messages, false },
	{ "messages_sent", say_messages_sent, false },
	{ "awaited", say_awaited, false },
	{ "replies", say_replies, true },
	{ "started", say_started, false },
	{ "expected", say_expected, false },
	{ "verified", say_verified, false },
	{ "paths", say_paths, false },
	{ "required", say_required, false },
	{ "others", say_others, false },
	{ "links", say_links, false },
	{ "least_attempts", say_least_attempts, false },
	{ "least_timeout", say_least_timeout, false },
	{ NULL, NULL, false },
};
