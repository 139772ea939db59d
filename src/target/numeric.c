/* SPDX-License-Identifier: MIT */
#include "target/numeric.h"

#include <net/if.h>
#include <string.h>

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

static int check_numeric(const char *host, int family, union address *a, struct message *why)
{
	const char *zone = strchr(host, '%');
	char zone_shown[PRINTABLE_MAX];
	char shown[PRINTABLE_MAX];

	if (family == AF_UNSPEC && !zone)
		return STATUS_OK;
	printable(host, shown, sizeof(shown));
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

bool numeric_address(const struct hostport *given, uint16_t port, int family, union address *a,
		     int *status, struct message *why)
{
	if (!given->number.sa.sa_family)
		return false;
	*a = given->number;
	*status = check_numeric(given->host, family, a, why);
	address_set_port(a, port);
	return true;
}
