/* SPDX-License-Identifier: MIT */
#include "report/parameters.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "packet/packet.h"
#include "report/cause_hint.h"
#include "report/explanations.h"
#include "report/singles.h"

/* RFC 8200 section 5; and what net.ipv4.route.min_pmtu is by default. */
#define MTU_MIN_V6 1280
#define MTU_MIN_V4 552

#define MS(us) ((double)(us) / USEC_PER_MSEC)

typedef void (*parameter)(const struct phrase_context *c, char value[PARAMETER_MAX]);

__attribute__((format(printf, 2, 3))) static void say(char value[PARAMETER_MAX], const char *format,
						      ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(value, PARAMETER_MAX, format, args);
	va_end(args);
}

static void say_host(const union address *a, char value[PARAMETER_MAX])
{
	char text[ADDRESS_TEXT_MAX];

	if (a->sa.sa_family)
		say(value, "%s", address_host_text(a, text));
}

/* --- Addresses and links --------------------------------------------------------------------- */

static void say_address(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say_host(&c->f->address, value);
}

/* A local address, with its port if it has one. */
static void say_at(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	const union address *a = &c->f->address;
	char text[ADDRESS_TEXT_MAX];

	if (!a->sa.sa_family)
		say(value, "the address after -b");
	else
		say(value, "%s",
		    address_port(a) ? address_text(a, text) : address_host_text(a, text));
}

static void say_other_at(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	char text[ADDRESS_TEXT_MAX];

	if (c->f->other.sa.sa_family)
		say(value, "%s", address_text(&c->f->other, text));
}

static void say_other(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say_host(&c->f->other, value);
}

static void say_scope(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%s", address_scope_name(address_scope(&c->f->address)));
}

static void say_other_scope(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%s", address_scope_name(address_scope(&c->f->other)));
}

static void say_next_hop(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	char text[ADDRESS_TEXT_MAX];

	if (address_equal(&c->f->other, &c->f->address))
		say(value, "the host");
	else
		say(value, "the router %s", address_host_text(&c->f->other, text));
}

static void say_arp(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%s", c->f->other.sa.sa_family == AF_INET ? "ARP" : "neighbour discovery");
}

static void say_link(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%s", c->f->link);
}

static void say_other_link(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%s", c->f->other_link);
}

static void say_port(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%u", c->f->port);
}

static void say_other_port(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->other_port)
		say(value, "%u", c->f->other_port);
}

static void say_local_port(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->local_port)
		say(value, "%u", c->f->local_port);
}

static void say_family(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->family)
		say(value, "IPv%d", c->f->family == AF_INET6 ? 6 : 4);
}

static void say_option(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->family)
		say(value, "-%d", c->f->family == AF_INET6 ? 6 : 4);
}

static void say_name(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%s", c->f->name);
}

static void say_detail(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%s", c->f->detail);
}

/* --- What a call, the peer, or the network said ---------------------------------------------- */

static void say_call(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%s", c->f->call ? c->f->call : "");
}

static void say_errno(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->error)
		say(value, "%s", errno_name(c->f->error));
}

static void say_message(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%s", strerror(c->f->error));
}

/* What the explanations say about these is true of sctp_connectx() only. */
static bool is_plain(int error)
{
	return error == EAGAIN || error == EINTR || error == EACCES || error == EAFNOSUPPORT;
}

static void say_meaning(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	const struct explanation *row = explanation_of_errno(c->f->error);

	if (row && !is_plain(c->f->error))
		say(value, "%s", row->meaning);
	else
		say_message(c, value);
}

static void say_signal(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	const char *name = signal_name(c->f->signal);

	say(value, "%s", name ? name : "");
}

static void say_chunk(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	switch (c->f->chunk) {
	case CHUNK_HEARTBEAT:
		say(value, "heartbeat");
		break;
	case CHUNK_HEARTBEAT_ACK:
		say(value, "heartbeat's answer");
		break;
	default:
		say(value, "%s", chunk_name(c->f->chunk) ? chunk_name(c->f->chunk) : "");
	}
}

static void say_cause(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	char words[CAUSE_WORDS_MAX];

	if (c->f->cause.code)
		say(value, "%s", cause_words(&c->f->cause, words));
}

static void say_cause_code(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%u", c->f->cause.code);
}

static void say_cause_hint(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	const char *hint = cause_hint(c->f->cause.code);

	say(value, "%s", hint ? hint : "");
}

static void say_icmp(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	const struct finding_icmp *icmp = &c->f->icmp;
	const char *name = packet_icmp_name(icmp->v6, icmp->type, icmp->code);

	if (!icmp->known)
		return;
	if (name)
		say(value, "ICMP%s %s", icmp->v6 ? "v6" : "", name);
	else
		say(value, "ICMP%s type %u code %u", icmp->v6 ? "v6" : "", icmp->type, icmp->code);
}

static void say_who(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (address_equal(&c->f->other, &c->f->address))
		say(value, "the host");
	else
		say_host(&c->f->other, value);
}

/* What the errno of SO_ERROR tells about an ICMP message. */
static void say_soft(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	switch (c->f->error) {
	case EHOSTUNREACH:
		say(value, "ICMP says host unreachable, prohibited, or too many hops");
		break;
	case ENETUNREACH:
		say(value, "ICMP says network unreachable or prohibited");
		break;
	case ENOPROTOOPT:
		say(value, "ICMP says protocol unreachable");
		break;
	default:
		say(value, "the network reported an error");
	}
}

/* --- Times and numbers ------------------------------------------------------------------------ */

static void say_time(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->time_us)
		say(value, "%.0f ms", MS(c->f->time_us));
}

static void say_exact_time(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%.1f ms", MS(c->f->time_us));
}

static void say_when(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->time_us < USEC_PER_MSEC)
		say(value, "as soon as it was up");
	else
		say(value, "%.1f ms after it was up", MS(c->f->time_us));
}

static void say_bytes(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%" PRIu32, c->f->bytes);
}

/* The largest packet that gets through, if the next larger one does not. */
static void say_over(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->passed && c->f->bytes <= c->f->passed + PACKET_SIZE_STEP)
		say(value, "%" PRIu32, c->f->passed);
}

static void say_passed(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->passed)
		say(value, "%" PRIu32, c->f->passed);
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
		say(value, "%" PRIu64 " packet%s", c->f->packets, c->f->packets == 1 ? "" : "s");
}

static void say_lost(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%u", c->f->lost);
}

static void say_sent(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%u", c->f->sent);
}

static void say_started(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%u", c->f->started);
}

static void say_expected(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%u", c->f->expected);
}

static void say_verified(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%zu", c->f->verified);
}

static void say_paths(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%zu", c->f->paths);
}

static void say_required(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->required == REQUIRE_ALL)
		say(value, "all are");
	else
		say(value, "%" PRIu64 " %s", c->f->required, c->f->required == 1 ? "is" : "are");
}

static void say_others(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->others)
		say(value, "%zu", c->f->others);
}

static void say_links(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%zu link%s", c->f->links, c->f->links == 1 ? "" : "s");
}

/* How many INIT retransmissions give each address a turn. */
static void say_least_attempts(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%zu", c->f->paths ? c->f->paths - 1 : 0);
}

/* Timers fire up to an eighth late. */
static void say_least_timeout(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%.0fms", MS(c->f->time_us + c->f->time_us / 8) * (double)c->f->paths);
}

/* --- What the result has beside the finding --------------------------------------------------- */

static void say_accepting(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	singles_name(c->result, RESULT_CONNECTED, " alone accept", value, PARAMETER_MAX);
}

static void say_refusing(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	singles_name(c->result, RESULT_REFUSED, ", which refuse", value, PARAMETER_MAX);
}

static void say_rest(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	size_t rest = c->result ? c->result->each_count - singles_count(c->result, RESULT_CONNECTED)
				: 0;

	say(value, "the other%s", rest == 1 ? "" : "s");
}

static void say_last(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say(value, "%s", c->last);
}

static const struct {
	const char *name;
	parameter say;
	bool rare; /* its name is not shown if there is no finding */
} parameters[] = {
	{ "address", say_address, false },
	{ "at", say_at, false },
	{ "other", say_other, false },
	{ "other_at", say_other_at, false },
	{ "scope", say_scope, false },
	{ "other_scope", say_other_scope, false },
	{ "next_hop", say_next_hop, false },
	{ "arp", say_arp, false },
	{ "link", say_link, false },
	{ "other_link", say_other_link, false },
	{ "port", say_port, false },
	{ "other_port", say_other_port, false },
	{ "local_port", say_local_port, true },
	{ "family", say_family, true },
	{ "option", say_option, false },
	{ "name", say_name, false },
	{ "detail", say_detail, true },
	{ "call", say_call, false },
	{ "errno", say_errno, false },
	{ "meaning", say_meaning, false },
	{ "message", say_message, false },
	{ "signal", say_signal, false },
	{ "chunk", say_chunk, false },
	{ "cause", say_cause, false },
	{ "cause_code", say_cause_code, false },
	{ "cause_hint", say_cause_hint, true },
	{ "icmp", say_icmp, false },
	{ "who", say_who, false },
	{ "soft", say_soft, false },
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
	{ "started", say_started, false },
	{ "expected", say_expected, false },
	{ "verified", say_verified, false },
	{ "paths", say_paths, false },
	{ "required", say_required, false },
	{ "others", say_others, false },
	{ "links", say_links, false },
	{ "least_attempts", say_least_attempts, false },
	{ "least_timeout", say_least_timeout, false },
	{ "accepting", say_accepting, false },
	{ "refusing", say_refusing, false },
	{ "rest", say_rest, false },
	{ "last", say_last, true },
};

static const struct {
	const char *name;
	enum finding_flag flag;
} flags[] = {
	{ "several", FINDING_SEVERAL }, { "ended", FINDING_ENDED },
	{ "udp", FINDING_UDP },         { "up", FINDING_UP },
	{ "held", FINDING_HELD },       { "each", FINDING_EACH },
	{ "cookie", FINDING_COOKIE },   { "asconf", FINDING_ASCONF },
	{ "retry", FINDING_RETRY },     { "unconfirmed", FINDING_UNCONFIRMED },
	{ "no_init", FINDING_NO_INIT }, { "resolving", FINDING_RESOLVING },
};

static bool is_name(const char *name, const char *text, size_t length)
{
	return strlen(name) == length && strncmp(name, text, length) == 0;
}

bool parameter_value(const struct phrase_context *c, const char *name, size_t length,
		     char value[PARAMETER_MAX])
{
	value[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if (!is_name(flags[i].name, name, length))
			continue;
		if (c->f && c->f->flags & flags[i].flag)
			say(value, "%s", flags[i].name);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++) {
		if (!is_name(parameters[i].name, name, length))
			continue;
		if (c->f)
			parameters[i].say(c, value);
		for (size_t n = 0; !c->f && !parameters[i].rare && n <= length; n++)
			value[n] = n < length ? (char)toupper((unsigned char)name[n]) : '\0';
		return true;
	}
	return false;
}
