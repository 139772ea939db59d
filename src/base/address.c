/* SPDX-License-Identifier: MIT */
#include "base/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "target/service.h"

/* RFC 1035 section 2.3.4: of a name without its final dot, and of the labels between the dots. */
#define NAME_LENGTH_MAX  253
#define LABEL_LENGTH_MAX 63

/* "-a" and the user's token, for the start of a message. */
#define WHO_MAX (PRINTABLE_MAX + 32)

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* who: the start of the message, the option and its whole argument. */
static int parse_port(const char *who, const char *text, uint16_t min, uint16_t *port,
		      struct message *why)
{
	char shown[PRINTABLE_MAX];
	uint64_t number;

	if (text[0] != '\0' && text[strspn(text, "0123456789")] == '\0') {
		if (!parse_number(text, min, UINT16_MAX, &number))
			return message_set(why, STATUS_USAGE,
					   "%s: port %s is not between %u and 65535", who,
					   printable(text, shown, sizeof(shown)), min);
		*port = (uint16_t)number;
		return STATUS_OK;
	}
	*port = service_port(text);
	if (*port)
		return STATUS_OK;
	return message_set(
		why, STATUS_USAGE,
		"%s: unknown service '%s': a number from %u to 65535, or one of diameter, "
		"m3ua, sua, s1ap, ngap, ... (IANA's names for SCTP)",
		who, printable(text, shown, sizeof(shown)), min);
}

/* "-a 10.1.1.2:5000", or "-a ''" for an empty argument. */
static const char *format_who(const char *what, const char *text, char *who)
{
	char shown[PRINTABLE_MAX];

	snprintf(who, WHO_MAX, "%s %s", what, *text ? printable(text, shown, sizeof(shown)) : "''");
	return who;
}

int port_parse(const char *what, const char *text, uint16_t min, uint16_t *port,
	       struct message *why)
{
	char who[WHO_MAX];

	return parse_port(format_who(what, text, who), text, min, port, why);
}

/*
 * Is text[0..length) an IPv6 address, apart from a "%ZONE" at its end? *zone is then the zone in
 * text, or NULL where there is none.
 */
static bool parse_v6(const char *text, size_t length, struct in6_addr *v6, const char **zone)
{
	const char *percent = memchr(text, '%', length);
	size_t digits = percent ? (size_t)(percent - text) : length;
	char buf[INET6_ADDRSTRLEN];

	if (digits >= sizeof(buf))
		return false;
	memcpy(buf, text, digits);
	buf[digits] = '\0';
	*zone = percent ? percent + 1 : NULL;
	return inet_pton(AF_INET6, buf, v6) == 1;
}

/* A zone belongs to a link-local address, and only to one. */
static int check_v6(const char *who, const struct in6_addr *v6, const char *zone,
		    struct message *why)
{
	char text[INET6_ADDRSTRLEN];

	if (zone && !IN6_IS_ADDR_LINKLOCAL(v6))
		return message_set(why, STATUS_USAGE,
				   "%s: only a link-local address (fe80::/10) takes a zone", who);
	if (zone && *zone == '\0')
		return message_set(why, STATUS_USAGE, "%s: no interface after the '%%'", who);
	if (!zone && IN6_IS_ADDR_LINKLOCAL(v6))
		return message_set(why, STATUS_USAGE,
				   "%s: a link-local address needs its interface: %s%%eth0", who,
				   inet_ntop(AF_INET6, v6, text, sizeof(text)));
	return STATUS_OK;
}

/*
 * Would inet_aton(), and so getaddrinfo(), see numbers here: "10.1", "0x7f.1", "1"? No top-level
 * domain is numeric (RFC 3696 section 2).
 */
static bool ends_in_number(const char *host, size_t length)
{
	const char *end = host + length;
	const char *label = end;

	while (label > host && label[-1] != '.')
		label--;
	if (label == end)
		return false;
	if (end - label > 1 && label[0] == '0' && (label[1] == 'x' || label[1] == 'X'))
		return strspn(label + 2, "0123456789abcdefABCDEF") >= (size_t)(end - label - 2);
	return strspn(label, "0123456789") >= (size_t)(end - label);
}

/* length is without a final dot. */
static int check_name(const char *who, const char *host, size_t length, struct message *why)
{
	size_t label = 0;
	size_t i;

	if (host[0] == '-')
		return message_set(why, STATUS_USAGE, "%s: no host begins with '-'", who);
	if (length > NAME_LENGTH_MAX)
		return message_set(why, STATUS_USAGE,
				   "%s: a host name has at most %d characters, not %zu", who,
				   NAME_LENGTH_MAX, length);
	for (i = 0; i < length; i++) {
		char c = host[i];

		if ((unsigned char)c >= 0x80)
			return message_set(why, STATUS_USAGE,
					   "%s: a host name outside ASCII must be in its xn-- form",
					   who);
		if (c != '.' && c != '-' && c != '_' && !is_letter(c) && !is_digit(c))
			return message_set(why, STATUS_USAGE, "%s: '%c' cannot be in a host name",
					   who, c);
		label = c == '.' ? 0 : label + 1;
		if (label > LABEL_LENGTH_MAX)
			return message_set(
				why, STATUS_USAGE,
				"%s: between the dots, a host name has at most %d characters", who,
				LABEL_LENGTH_MAX);
		if (c == '.' && (i == 0 || host[i - 1] == '.'))
			break;
	}
	if (label == 0)
		return message_set(why, STATUS_USAGE,
				   "%s: nothing before or between the dots of the host name", who);
	return STATUS_OK;
}

/* All that can be said about a host without asking anybody. */
static int check_host(const char *who, const char *host, struct message *why)
{
	size_t length = strlen(host);
	const char *zone;
	struct in6_addr v6;
	struct in_addr v4;
	size_t i;

	if (length == 0)
		return message_set(why, STATUS_USAGE, "%s: no host", who);
	for (i = 0; i < length; i++) {
		if ((unsigned char)host[i] <= ' ' || host[i] == 0x7f)
			return message_set(why, STATUS_USAGE,
					   "%s: a space or control character in the host", who);
	}
	if (parse_v6(host, length, &v6, &zone))
		return check_v6(who, &v6, zone, why);
	if (strchr(host, ':'))
		return message_set(why, STATUS_USAGE, "%s: not an IPv6 address", who);
	if (strchr(host, '%'))
		return message_set(why, STATUS_USAGE,
				   "%s: only a link-local address (fe80::/10) takes a zone", who);
	if (inet_pton(AF_INET, host, &v4) == 1)
		return STATUS_OK;
	if (host[length - 1] == '.')
		length--;
	if (ends_in_number(host, length))
		return message_set(why, STATUS_USAGE,
				   "%s: not an IPv4 address: it has four decimal numbers from 0 "
				   "to 255 without leading zeros, like 10.1.1.2",
				   who);
	return check_name(who, host, length, why);
}

/* "[V6]" or "[V6]:PORT". */
static int split_brackets(const char *who, const char *text, size_t *length, const char **port,
			  struct message *why)
{
	const char *end = strchr(text, ']');
	struct in6_addr v6;
	const char *zone;

	if (!end)
		return message_set(why, STATUS_USAGE, "%s: missing ']'", who);
	*length = (size_t)(end - text - 1);
	if (!parse_v6(text + 1, *length, &v6, &zone))
		return message_set(why, STATUS_USAGE,
				   "%s: brackets are for IPv6 addresses, as in [fd01::1]:5000",
				   who);
	if (end[1] != '\0' && end[1] != ':')
		return message_set(why, STATUS_USAGE,
				   "%s: after the ']' comes nothing, or ':' and a port", who);
	*port = end[1] == ':' ? end + 2 : NULL;
	return STATUS_OK;
}

/* Two colons or more, and no brackets: IPv6 without port, and "fd01::1:5000" is that too. */
static int check_bare_v6(const char *who, const char *text, struct message *why)
{
	const char *colon = strrchr(text, ':');
	size_t before = (size_t)(colon - text);
	char shown[PRINTABLE_MAX];
	struct in6_addr v6;
	const char *zone;
	char *address;

	if (parse_v6(text, strlen(text), &v6, &zone) && !(zone && strchr(zone, ':')))
		return STATUS_OK;
	if (!parse_v6(text, before, &v6, &zone))
		return message_set(why, STATUS_USAGE,
				   "%s: not an IPv6 address, which goes in brackets before a port: "
				   "[fd01::1]:5000",
				   who);

	address = xstrndup(text, before);
	printable(address, shown, sizeof(shown));
	free(address);
	return message_set(why, STATUS_USAGE,
			   "%s: not an IPv6 address; with a port it is [%s]:%.16s", who, shown,
			   is_digit(colon[1]) ? colon + 1 : "PORT");
}

int hostport_parse(const char *what, const char *text, bool allow_port_zero, struct hostport *out,
		   struct message *why)
{
	const char *colon = strchr(text, ':');
	const char *host = text;
	const char *port = NULL;
	size_t length = strlen(text);
	char who[WHO_MAX];
	int status = STATUS_OK;

	memset(out, 0, sizeof(*out));
	format_who(what, text, who);
	if (length == 0)
		return message_set(why, STATUS_USAGE, "%s: no host", who);

	if (text[0] == '[') {
		host = text + 1;
		status = split_brackets(who, text, &length, &port, why);
	} else if (colon && strchr(colon + 1, ':')) {
		status = check_bare_v6(who, text, why);
	} else if (colon) {
		length = (size_t)(colon - text);
		port = colon + 1;
		if (length == 0)
			status = message_set(why, STATUS_USAGE, "%s: no host before the port", who);
	}
	if (status != STATUS_OK)
		return status;

	out->host = xstrndup(host, length);
	status = check_host(who, out->host, why);
	if (status == STATUS_OK && port && *port == '\0')
		status = message_set(why, STATUS_USAGE, "%s: no port after the ':'", who);
	else if (status == STATUS_OK && port)
		status = parse_port(who, port, allow_port_zero ? 0 : 1, &out->port, why);
	if (status != STATUS_OK) {
		free(out->host);
		memset(out, 0, sizeof(*out));
		return status;
	}
	out->has_port = port != NULL;
	return STATUS_OK;
}

static void set_v4(union address *a, const struct in_addr *v4, in_port_t port)
{
	memset(a, 0, sizeof(*a));
	a->v4.sin_family = AF_INET;
	a->v4.sin_addr = *v4;
	a->v4.sin_port = port;
}

/* A v4-mapped address becomes IPv4. */
static void set_v6(union address *a, const struct in6_addr *v6, in_port_t port, uint32_t zone)
{
	struct in_addr v4;

	if (IN6_IS_ADDR_V4MAPPED(v6)) {
		memcpy(&v4, &v6->s6_addr[12], sizeof(v4));
		set_v4(a, &v4, port);
		return;
	}
	memset(a, 0, sizeof(*a));
	a->v6.sin6_family = AF_INET6;
	a->v6.sin6_addr = *v6;
	a->v6.sin6_port = port;
	a->v6.sin6_scope_id = zone;
}

bool address_from_text(union address *a, const char *host)
{
	struct in6_addr v6;
	struct in_addr v4;
	const char *zone;

	if (inet_pton(AF_INET, host, &v4) == 1) {
		set_v4(a, &v4, 0);
		return true;
	}
	if (parse_v6(host, strlen(host), &v6, &zone)) {
		set_v6(a, &v6, 0, 0);
		return true;
	}
	return false;
}

/* An interface's name, or its number if there is an interface with it. 0: neither. */
static uint32_t zone_index(const char *zone)
{
	char name[IF_NAMESIZE];
	uint32_t index = if_nametoindex(zone);
	uint64_t number;

	if (index != 0)
		return index;
	if (!parse_number(zone, 1, INT32_MAX, &number) || !if_indextoname((unsigned)number, name))
		return 0;
	return (uint32_t)number;
}

static void append(union address **list, size_t *count, const union address *a)
{
	*list = xreallocarray(*list, *count + 1, sizeof(**list));
	(*list)[(*count)++] = *a;
}

static int resolve_numeric(const char *shown, const char *host, int family, union address *a,
			   struct message *why)
{
	const char *zone = strchr(host, '%');
	char zone_shown[PRINTABLE_MAX];

	if (family != AF_UNSPEC && a->sa.sa_family != family)
		return message_set(why, STATUS_USAGE,
				   "%s is an IPv%d address, but %s allows only IPv%d", shown,
				   family == AF_INET ? 6 : 4, family == AF_INET ? "-4" : "-6",
				   family == AF_INET ? 4 : 6);
	if (!zone)
		return STATUS_OK;
	a->v6.sin6_scope_id = zone_index(zone + 1);
	if (a->v6.sin6_scope_id == 0)
		return message_set(why, STATUS_USAGE, "%s: this host has no interface '%s'", shown,
				   printable(zone + 1, zone_shown, sizeof(zone_shown)));
	return STATUS_OK;
}

/*
 * SOCK_STREAM and IPPROTO_SCTP, so that every address comes once. A libc that does not know SCTP
 * (musl) says EAI_SOCKTYPE or EAI_SERVICE: TCP's answer is the same addresses.
 */
static int look_up(const char *host, int family, struct addrinfo **found)
{
	struct addrinfo hints = {
		.ai_family = family,
		.ai_socktype = SOCK_STREAM,
		.ai_protocol = IPPROTO_SCTP,
	};
	int error = getaddrinfo(host, NULL, &hints, found);

	if (error != EAI_SOCKTYPE && error != EAI_SERVICE)
		return error;
	hints.ai_protocol = IPPROTO_TCP;
	return getaddrinfo(host, NULL, &hints, found);
}

/* saved_errno: as getaddrinfo() left it, for EAI_SYSTEM. */
static int unresolved(const char *shown, int family, int error, int saved_errno,
		      struct message *why)
{
	const char *kind = family == AF_INET ? "IPv4 " : family == AF_INET6 ? "IPv6 " : "";
	const char *option = family == AF_INET ? " (-4)" : family == AF_INET6 ? " (-6)" : "";

	switch (error) {
	case EAI_NONAME:
		if (family == AF_UNSPEC)
			return message_set(why, STATUS_UNRESOLVED, "%s: no such name", shown);
		return message_set(why, STATUS_UNRESOLVED,
				   "%s: no such name, or it has no %saddress%s", shown, kind,
				   option);
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		return message_set(why, STATUS_UNRESOLVED, "%s: the name has no %saddress%s", shown,
				   kind, option);
	case EAI_AGAIN:
		return message_set(why, STATUS_UNRESOLVED,
				   "%s: the name server did not answer, or failed for the moment",
				   shown);
	case EAI_FAIL:
		return message_set(why, STATUS_UNRESOLVED,
				   "%s: the name server answered that it failed", shown);
	case EAI_SYSTEM:
		return message_set(why, STATUS_UNRESOLVED, "%s: cannot look the name up: %s", shown,
				   strerror(saved_errno));
	default:
		return message_set(why, STATUS_UNRESOLVED, "%s: cannot look the name up: %s", shown,
				   gai_strerror(error));
	}
}

static int resolve_name(const char *shown, const char *host, uint16_t port, int family,
			union address **list, size_t *count, struct message *why)
{
	struct addrinfo *found = NULL;
	size_t before = *count;
	int error;
	char text[ADDRESS_TEXT_MAX];
	int status = STATUS_OK, saved_errno;
	struct addrinfo *ai;
	union address a;

	loop_deadly_signals(true);
	error = look_up(host, family, &found);
	saved_errno = errno;
	loop_deadly_signals(false);
	if (error)
		return unresolved(shown, family, error, saved_errno, why);
	for (ai = found; ai && status == STATUS_OK; ai = ai->ai_next) {
		if (!address_from_sockaddr(&a, ai->ai_addr))
			continue;
		/* With -6, a v4-mapped record is not what was asked for. */
		if (family != AF_UNSPEC && a.sa.sa_family != family)
			continue;
		if (a.sa.sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&a.v6.sin6_addr) &&
		    a.v6.sin6_scope_id == 0) {
			address_host_text(&a, text);
			status = message_set(why, STATUS_USAGE,
					     "%s has the address %s, which is link-local and needs "
					     "its interface: give it as %s%%eth0",
					     shown, text, text);
			continue;
		}
		address_set_port(&a, port);
		append(list, count, &a);
	}
	freeaddrinfo(found);
	if (status != STATUS_OK)
		*count = before;
	else if (*count == before)
		status = unresolved(shown, family, EAI_NODATA, 0, why);
	return status;
}

int address_resolve(const char *host, uint16_t port, int family, union address **list,
		    size_t *count, struct message *why)
{
	char shown[PRINTABLE_MAX];
	union address a;
	int status;

	printable(*host ? host : "''", shown, sizeof(shown));
	status = check_host(shown, host, why);
	if (status != STATUS_OK)
		return status;
	if (!address_from_text(&a, host))
		return resolve_name(shown, host, port, family, list, count, why);

	status = resolve_numeric(shown, host, family, &a, why);
	if (status != STATUS_OK)
		return status;
	address_set_port(&a, port);
	append(list, count, &a);
	return STATUS_OK;
}

uint16_t address_port(const union address *a)
{
	switch (a->sa.sa_family) {
	case AF_INET:
		return ntohs(a->v4.sin_port);
	case AF_INET6:
		return ntohs(a->v6.sin6_port);
	default:
		return 0;
	}
}

void address_set_port(union address *a, uint16_t port)
{
	if (a->sa.sa_family == AF_INET)
		a->v4.sin_port = htons(port);
	else if (a->sa.sa_family == AF_INET6)
		a->v6.sin6_port = htons(port);
}

socklen_t address_length(const union address *a)
{
	switch (a->sa.sa_family) {
	case AF_INET:
		return sizeof(a->v4);
	case AF_INET6:
		return sizeof(a->v6);
	default:
		return 0;
	}
}

/* The address as a number; network is in the same order. */
static bool in_network(uint32_t v4, uint32_t network, unsigned prefix)
{
	return (v4 ^ network) >> (32 - prefix) == 0;
}

static enum address_scope scope_v4(uint32_t v4)
{
	if (in_network(v4, 0x7f000000, 8))
		return SCOPE_LOOPBACK;
	if (in_network(v4, 0xa9fe0000, 16))
		return SCOPE_LINK;
	/* 10/8, 172.16/12, 192.168/16, and since Linux 5.14 also 198.18/15 (RFC 2544). */
	if (in_network(v4, 0x0a000000, 8) || in_network(v4, 0xac100000, 12) ||
	    in_network(v4, 0xc0a80000, 16) || in_network(v4, 0xc6120000, 15))
		return SCOPE_PRIVATE;
	return SCOPE_GLOBAL;
}

enum address_scope address_scope(const union address *a)
{
	const struct in6_addr *v6 = &a->v6.sin6_addr;

	if (a->sa.sa_family == AF_INET)
		return scope_v4(ntohl(a->v4.sin_addr.s_addr));
	if (a->sa.sa_family != AF_INET6)
		return SCOPE_GLOBAL;
	if (IN6_IS_ADDR_LOOPBACK(v6))
		return SCOPE_LOOPBACK;
	if (IN6_IS_ADDR_LINKLOCAL(v6))
		return SCOPE_LINK;
	if (IN6_IS_ADDR_SITELOCAL(v6))
		return SCOPE_PRIVATE;
	return SCOPE_GLOBAL;
}

const char *address_scope_name(enum address_scope scope)
{
	switch (scope) {
	case SCOPE_LOOPBACK:
		return "loopback";
	case SCOPE_LINK:
		return "link-local";
	case SCOPE_PRIVATE:
		return "private";
	case SCOPE_GLOBAL:
		return "global";
	}
	return "unknown";
}

bool address_is_unicast(const union address *a)
{
	uint32_t v4;

	if (a->sa.sa_family == AF_INET6)
		return !IN6_IS_ADDR_UNSPECIFIED(&a->v6.sin6_addr) &&
		       !IN6_IS_ADDR_MULTICAST(&a->v6.sin6_addr);
	if (a->sa.sa_family != AF_INET)
		return false;
	v4 = ntohl(a->v4.sin_addr.s_addr);
	return !in_network(v4, 0, 8) && !in_network(v4, 0xe0000000, 4) && v4 != INADDR_BROADCAST &&
	       !in_network(v4, 0xc0586300, 24);
}

bool address_is_wildcard(const union address *a)
{
	if (a->sa.sa_family == AF_INET6)
		return IN6_IS_ADDR_UNSPECIFIED(&a->v6.sin6_addr);
	return a->sa.sa_family == AF_INET && a->v4.sin_addr.s_addr == htonl(INADDR_ANY);
}

const uint8_t *address_bytes(const union address *a, size_t *length)
{
	bool v6 = a->sa.sa_family == AF_INET6;

	*length = v6 ? sizeof(a->v6.sin6_addr) : sizeof(a->v4.sin_addr);
	return v6 ? (const uint8_t *)&a->v6.sin6_addr : (const uint8_t *)&a->v4.sin_addr;
}

bool address_equal(const union address *a, const union address *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
	if (a->sa.sa_family != AF_INET6)
		return true;
	if (a->v6.sin6_scope_id != 0 && b->v6.sin6_scope_id != 0 &&
	    a->v6.sin6_scope_id != b->v6.sin6_scope_id)
		return false;
	return IN6_ARE_ADDR_EQUAL(&a->v6.sin6_addr, &b->v6.sin6_addr);
}

const char *address_host_text(const union address *a, char *buf)
{
	char name[IF_NAMESIZE];
	size_t length;

	if (a->sa.sa_family == AF_INET) {
		inet_ntop(AF_INET, &a->v4.sin_addr, buf, ADDRESS_TEXT_MAX);
		return buf;
	}
	if (a->sa.sa_family != AF_INET6) {
		snprintf(buf, ADDRESS_TEXT_MAX, "none");
		return buf;
	}
	inet_ntop(AF_INET6, &a->v6.sin6_addr, buf, ADDRESS_TEXT_MAX);
	if (a->v6.sin6_scope_id == 0 || !IN6_IS_ADDR_LINKLOCAL(&a->v6.sin6_addr))
		return buf;
	length = strlen(buf);
	if (if_indextoname(a->v6.sin6_scope_id, name))
		snprintf(buf + length, ADDRESS_TEXT_MAX - length, "%%%s", name);
	else
		snprintf(buf + length, ADDRESS_TEXT_MAX - length, "%%%u", a->v6.sin6_scope_id);
	return buf;
}

const char *address_text(const union address *a, char *buf)
{
	char host[ADDRESS_TEXT_MAX];
	size_t length;

	address_host_text(a, host);
	snprintf(buf, ADDRESS_TEXT_MAX, a->sa.sa_family == AF_INET6 ? "[%s]" : "%s", host);
	length = strlen(buf);
	if (a->sa.sa_family == AF_INET || a->sa.sa_family == AF_INET6)
		snprintf(buf + length, ADDRESS_TEXT_MAX - length, ":%u", address_port(a));
	return buf;
}

bool address_from_sockaddr(union address *a, const struct sockaddr *sa)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	switch (sa->sa_family) {
	case AF_INET:
		memcpy(&v4, sa, sizeof(v4));
		set_v4(a, &v4.sin_addr, v4.sin_port);
		return true;
	case AF_INET6:
		memcpy(&v6, sa, sizeof(v6));
		set_v6(a, &v6.sin6_addr, v6.sin6_port, v6.sin6_scope_id);
		return true;
	default:
		return false;
	}
}

void *address_pack(const union address *list, size_t count)
{
	size_t length = 0;
	char *packed;
	char *at;
	size_t i;

	for (i = 0; i < count; i++)
		length += address_length(&list[i]);
	packed = xcalloc(1, length);
	for (i = 0, at = packed; i < count; i++) {
		memcpy(at, &list[i], address_length(&list[i]));
		at += address_length(&list[i]);
	}
	return packed;
}
