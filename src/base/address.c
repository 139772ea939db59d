/* SPDX-License-Identifier: MIT */
#include "base/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

bool address_parse_v6(const char *text, size_t length, struct in6_addr *v6, const char **zone)
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
	if (address_parse_v6(host, strlen(host), &v6, &zone)) {
		set_v6(a, &v6, 0, 0);
		return true;
	}
	return false;
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

uint32_t address_hash(const union address *a)
{
	size_t length;
	const uint8_t *bytes = address_bytes(a, &length);
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	return hash;
}

bool address_lacks_zone(const union address *a)
{
	return a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&a->v6.sin6_addr) &&
	       !a->v6.sin6_scope_id;
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

bool address_is_listed(const union address *a, const union address *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (address_equal(&list[i], a))
			return true;
	return false;
}

/* The name of an interface. False: it has none, or one that is not printable ASCII. */
static bool zone_name(uint32_t scope, char name[IF_NAMESIZE])
{
	char shown[IF_NAMESIZE];

	return if_indextoname(scope, name) &&
	       strcmp(printable(name, shown, sizeof(shown)), name) == 0;
}

static char *put_v4(char *at, const union address *a)
{
	size_t length;
	const uint8_t *bytes = address_bytes(a, &length);

	for (size_t i = 0; i < length; i++) {
		if (i)
			*at++ = '.';
		at = put_decimal(at, bytes[i]);
	}
	return at;
}

const char *address_host_text(const union address *a, char *buf)
{
	char name[IF_NAMESIZE];
	size_t length;

	if (a->sa.sa_family == AF_INET) {
		put_v4(buf, a);
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
	if (zone_name(a->v6.sin6_scope_id, name))
		snprintf(buf + length, ADDRESS_TEXT_MAX - length, "%%%s", name);
	else
		snprintf(buf + length, ADDRESS_TEXT_MAX - length, "%%%u", a->v6.sin6_scope_id);
	return buf;
}

const char *address_text(const union address *a, char *buf)
{
	char host[ADDRESS_TEXT_MAX];
	char *end;

	if (a->sa.sa_family == AF_INET6) {
		snprintf(buf, ADDRESS_TEXT_MAX, "[%s]:%u", address_host_text(a, host),
			 address_port(a));
		return buf;
	}
	if (a->sa.sa_family != AF_INET)
		return address_host_text(a, buf);
	end = put_v4(buf, a);
	*end++ = ':';
	put_decimal(end, address_port(a));
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
