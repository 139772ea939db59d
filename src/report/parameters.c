/* SPDX-License-Identifier: MIT */
#include "report/parameters.h"

#include <ctype.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <string.h>

#include "base/names.h"
#include "packet/packet.h"
#include "report/cause_hint.h"
#include "report/explanations.h"
#include "report/singles.h"

static void say_host(const union address *a, char value[PARAMETER_MAX])
{
	char text[ADDRESS_TEXT_MAX];

	if (a->sa.sa_family)
		parameter_say(value, "%s", address_host_text(a, text));
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
		parameter_say(value, "the address after -b");
	else
		parameter_say(value, "%s",
			      address_port(a) ? address_text(a, text) : address_host_text(a, text));
}

static void say_other_at(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	char text[ADDRESS_TEXT_MAX];

	if (c->f->other.sa.sa_family)
		parameter_say(value, "%s", address_text(&c->f->other, text));
}

static void say_other(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	say_host(&c->f->other, value);
}

static void say_loopback(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (address_scope(&c->f->address) == SCOPE_LOOPBACK)
		say_address(c, value);
}

static void say_scope(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%s", address_scope_name(address_scope(&c->f->address)));
}

static void say_other_scope(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%s", address_scope_name(address_scope(&c->f->other)));
}

static void say_next_hop(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	char text[ADDRESS_TEXT_MAX];

	if (address_equal(&c->f->other, &c->f->address))
		parameter_say(value, "the host");
	else
		parameter_say(value, "the router %s", address_host_text(&c->f->other, text));
}

static void say_arp(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%s",
		      c->f->other.sa.sa_family == AF_INET ? "ARP" : "neighbour discovery");
}

static void say_link(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%s", c->f->link);
}

static void say_other_link(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%s", c->f->other_link);
}

static void say_port(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%u", c->f->port);
}

static void say_other_port(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->other_port)
		parameter_say(value, "%u", c->f->other_port);
}

static void say_local_port(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->local_port)
		parameter_say(value, "%u", c->f->local_port);
}

static void say_family(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->family)
		parameter_say(value, "IPv%d", c->f->family == AF_INET6 ? 6 : 4);
}

static void say_option(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->family)
		parameter_say(value, "-%d", c->f->family == AF_INET6 ? 6 : 4);
}

static void say_name(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%s", c->f->name);
}

static void say_detail(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%s", c->f->detail);
}

/* --- What a call, the peer, or the network said ---------------------------------------------- */

static void say_call(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%s", c->f->call ? c->f->call : "");
}

static void say_errno(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->error)
		parameter_say(value, "%s", errno_name(c->f->error));
}

static void say_message(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%s", strerror(c->f->error));
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
		parameter_say(value, "%s", row->meaning);
	else
		say_message(c, value);
}

static void say_signal(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	const char *name = signal_name(c->f->signal);

	parameter_say(value, "%s", name ? name : "");
}

static void say_chunk(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	switch (c->f->chunk) {
	case CHUNK_HEARTBEAT:
		parameter_say(value, "heartbeat");
		break;
	case CHUNK_HEARTBEAT_ACK:
		parameter_say(value, "heartbeat's answer");
		break;
	default:
		parameter_say(value, "%s", chunk_name(c->f->chunk) ? chunk_name(c->f->chunk) : "");
	}
}

static void say_cause(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	char words[CAUSE_WORDS_MAX];

	if (c->f->cause.code)
		parameter_say(value, "%s", cause_words(&c->f->cause, words));
}

static void say_cause_code(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%u", c->f->cause.code);
}

static void say_cause_hint(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	const char *hint = cause_hint(&c->f->cause);

	parameter_say(value, "%s", hint ? hint : "");
}

static void say_icmp(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	const struct finding_icmp *icmp = &c->f->icmp;
	const char *name = packet_icmp_name(icmp->v6, icmp->type, icmp->code);

	if (!icmp->known)
		return;
	if (name)
		parameter_say(value, "ICMP%s %s", icmp->v6 ? "v6" : "", name);
	else
		parameter_say(value, "ICMP%s type %u code %u", icmp->v6 ? "v6" : "", icmp->type,
			      icmp->code);
}

/* RFC 4443 section 3.1: the source address does not reach as far as the destination. */
static void say_beyond_scope(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	const struct finding_icmp *icmp = &c->f->icmp;

	if (icmp->known && icmp->v6 && icmp->type == ICMP6_DST_UNREACH &&
	    icmp->code == ICMP6_DST_UNREACH_BEYONDSCOPE)
		parameter_say(value, "beyond scope");
}

static void say_who(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (address_equal(&c->f->other, &c->f->address))
		parameter_say(value, "the host");
	else
		say_host(&c->f->other, value);
}

/* Who has sent an ICMP error, if that was not the peer itself. */
static void say_router(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	if (c->f->other.sa.sa_family && !address_equal(&c->f->other, &c->f->address))
		say_host(&c->f->other, value);
}

/* What the errno of SO_ERROR tells about an ICMP message. */
static void say_soft(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	switch (c->f->error) {
	case EHOSTUNREACH:
		parameter_say(value, "ICMP says host unreachable, prohibited, or too many hops");
		break;
	case ENETUNREACH:
		parameter_say(value, "ICMP says network unreachable or prohibited");
		break;
	case ENOPROTOOPT:
		parameter_say(value, "ICMP says protocol unreachable");
		break;
	default:
		parameter_say(value, "the network reported an error");
	}
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

/*
 * The name that stands for this host itself instead of a peer, as Debian's /etc/hosts has it with
 * 127.0.1.1. Who asks for localhost means it.
 */
static void say_own_name(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	const struct association *a = c->result ? &c->result->association : NULL;
	char shown[PRINTABLE_MAX];

	for (size_t i = 0; a && i < a->path_count; i++)
		if (!a->paths[i].host || strstr(a->paths[i].host, "localhost") ||
		    address_scope(&a->paths[i].path.address) != SCOPE_LOOPBACK)
			return;
	if (a && a->path_count)
		parameter_say(value, "%s", printable(a->paths[0].host, shown, sizeof(shown)));
}

static void say_rest(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	size_t rest = c->result ? c->result->each_count - singles_count(c->result, RESULT_CONNECTED)
				: 0;

	parameter_say(value, "the other%s", rest == 1 ? "" : "s");
}

static void say_last(const struct phrase_context *c, char value[PARAMETER_MAX])
{
	parameter_say(value, "%s", c->last);
}

static const struct parameter parameters[] = {
	{ "address", say_address, false },
	{ "at", say_at, false },
	{ "other", say_other, false },
	{ "other_at", say_other_at, false },
	{ "loopback", say_loopback, true },
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
	{ "beyond_scope", say_beyond_scope, true },
	{ "who", say_who, false },
	{ "router", say_router, true },
	{ "soft", say_soft, false },
	{ "accepting", say_accepting, false },
	{ "refusing", say_refusing, false },
	{ "own_name", say_own_name, true },
	{ "rest", say_rest, false },
	{ "last", say_last, true },
	{ NULL, NULL, false },
};

static bool is_name(const char *name, const char *text, size_t length)
{
	return strlen(name) == length && strncmp(name, text, length) == 0;
}

/* The one with that name in a list, or NULL. */
static const struct parameter *find(const struct parameter *list, const char *name, size_t length)
{
	while (list->name && !is_name(list->name, name, length))
		list++;
	return list->name ? list : NULL;
}

static void say_name_of_it(const char *name, size_t length, char value[PARAMETER_MAX])
{
	for (size_t n = 0; n < length; n++)
		value[n] = (char)toupper((unsigned char)name[n]);
	value[length] = '\0';
}

bool parameter_value(const struct phrase_context *c, const char *name, size_t length,
		     char value[PARAMETER_MAX])
{
	const struct parameter *parameter;
	unsigned flag = finding_flag_named(name, length);

	value[0] = '\0';
	if (flag) {
		if (c->f && c->f->flags & flag)
			parameter_say(value, "%.*s", (int)length, name);
		return true;
	}
	parameter = find(parameters, name, length);
	if (!parameter)
		parameter = find(parameter_numbers, name, length);
	if (!parameter)
		return false;
	if (c->f)
		parameter->say(c, value);
	else if (!parameter->rare)
		say_name_of_it(name, length, value);
	return true;
}

void parameter_in_text(const struct phrase_context *c, const char *name, size_t length,
		       char value[PARAMETER_MAX])
{
	if (c->f)
		parameter_value(c, name, length, value);
	else
		say_name_of_it(name, length, value);
}
