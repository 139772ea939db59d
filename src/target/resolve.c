/* SPDX-License-Identifier: MIT */
#include "target/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"

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
	if (!address_from_text(&a, host))
		return resolve_name(shown, host, port, family, list, count, why);

	status = resolve_numeric(shown, host, family, &a, why);
	if (status != STATUS_OK)
		return status;
	address_set_port(&a, port);
	append(list, count, &a);
	return STATUS_OK;
}
