/* SPDX-License-Identifier: MIT */
#include "host/local.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/capability.h>
#include <linux/if_addr.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/privilege.h"
#include "base/util.h"
#include "host/interface.h"
#include "host/route.h"
#include "host/routes.h"
#include "host/sysctl.h"

/* net/ipv4/af_inet.c, where there is no sysctl. */
#define UNPRIVILEGED_PORT 1024

/* --- Addresses ------------------------------------------------------------------------------- */

/* Without the port. Both may have a zone, which counts if it is given. */
static bool same_host(const union address *a, const union address *b)
{
	size_t length, other_length;
	const uint8_t *bytes = address_bytes(a, &length);
	const uint8_t *other = address_bytes(b, &other_length);

	return length == other_length && memcmp(bytes, other, length) == 0;
}

static uint32_t zone(const union address *a)
{
	return a->sa.sa_family == AF_INET6 ? a->v6.sin6_scope_id : 0;
}

/* The flags of an IPv6 address (linux/if_addr.h); net/ipv6/addrconf.c if6_seq_show(). */
static unsigned flags_of_v6(const union address *address, const char *link)
{
	FILE *file = fopen("/proc/net/if_inet6", "re");
	char wanted[33] = "", text[33], name[IF_NAMESIZE];
	unsigned flags, found = 0;

	if (!file)
		return 0;
	for (size_t i = 0; i < sizeof(address->v6.sin6_addr.s6_addr); i++)
		snprintf(wanted + 2 * i, 3, "%02x", address->v6.sin6_addr.s6_addr[i]);
	while (fscanf(file, "%32s %*x %*x %*x %x %15s", text, &flags, name) == 3)
		if (strcmp(text, wanted) == 0 && strcmp(name, link) == 0)
			found = flags;
	fclose(file);
	return found;
}

bool local_runs_in(const char *vrf, char name[IF_NAMESIZE])
{
	char device[IF_NAMESIZE];
	int index = routes_device(routes_now());

	if (!index || !if_indextoname((unsigned)index, device) || (vrf && strcmp(device, vrf) != 0))
		return false;
	printable(device, name, IF_NAMESIZE);
	return true;
}

static enum local_state state_on(const struct ifaddrs *on, struct local_address *local)
{
	unsigned flags = local->address.sa.sa_family == AF_INET6
				 ? flags_of_v6(&local->address, on->ifa_name)
				 : 0;
	struct interface interface;

	interface_look_up((int)if_nametoindex(on->ifa_name), &interface);
	printable(on->ifa_name, local->link, sizeof(local->link));
	snprintf(local->vrf, sizeof(local->vrf), "%s", interface.vrf);
	if (flags & IFA_F_DADFAILED)
		return LOCAL_DUPLICATE;
	if (flags & IFA_F_TENTATIVE && !(flags & IFA_F_OPTIMISTIC))
		return LOCAL_TENTATIVE;
	if (*interface.vrf)
		return LOCAL_IN_VRF;
	if (local_runs_in(NULL, local->vrf))
		return LOCAL_OUTSIDE_VRF;
	return on->ifa_flags & IFF_UP && on->ifa_flags & IFF_RUNNING ? LOCAL_USABLE
								     : LOCAL_LINK_DOWN;
}

static bool is_local_by_route(const union address *address)
{
	struct route route;

	return route_ask(routes_now(), address, NULL, &route) == 0 && route.local;
}

struct local_address local_look_up(const union address *address)
{
	struct local_address local = { .state = LOCAL_ABSENT, .address = *address };
	struct ifaddrs *list;

	if (address_is_wildcard(address) || getifaddrs(&list) < 0) {
		local.state = LOCAL_USABLE;
		return local;
	}
	for (struct ifaddrs *on = list; on && local.state != LOCAL_USABLE; on = on->ifa_next) {
		union address here;

		if (!on->ifa_addr || !address_from_sockaddr(&here, on->ifa_addr) ||
		    !same_host(&here, address))
			continue;
		if (zone(address) && zone(&here) != zone(address)) {
			if (local.state == LOCAL_ABSENT) {
				local.state = LOCAL_ON_OTHER_LINK;
				printable(on->ifa_name, local.link, sizeof(local.link));
			}
			continue;
		}
		local.state = state_on(on, &local);
	}
	freeifaddrs(list);
	if (local.state == LOCAL_ABSENT && is_local_by_route(address))
		local.state = LOCAL_BY_ROUTE;
	return local;
}

static bool is_among(const union address *address, const struct own_address *own, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (same_host(&own[i].address, address))
			return true;
	return false;
}

bool local_has(const union address *address)
{
	switch (address_scope(address)) {
	case SCOPE_LOOPBACK:
		return true;
	case SCOPE_LINK:
		return false;
	default:
		return is_local_by_route(address);
	}
}

bool local_lacks(const union address *address)
{
	size_t count;
	const struct own_address *own = routes_own(routes_now(), &count);

	return count && !is_among(address, own, count);
}

bool local_has_ipv6(void)
{
	FILE *file = fopen("/proc/net/if_inet6", "re");

	if (!file)
		return false;
	fclose(file);
	return true;
}

/* --- Ports ----------------------------------------------------------------------------------- */

/* "10.1.1.1 *10.1.2.1 <-> ...": the first of them that is (or, NULL: the first one of all). */
static bool find_host(const char *list, const char *end, const union address *wanted,
		      union address *found)
{
	char text[INET6_ADDRSTRLEN + 1];
	int length;

	for (; list < end && sscanf(list, " %46s%n", text, &length) == 1; list += length)
		if (address_from_text(found, text + (*text == '*')) &&
		    (!wanted || address_is_wildcard(wanted) || same_host(found, wanted)))
			return true;
	return false;
}

/* A row of net/sctp/proc.c sctp_assocs_seq_show(). The inode is 0 where no program has it. */
static bool row_is_closing(const char *row, const union address *local, union address *peer)
{
	const char *between = strstr(row, " <-> ");
	unsigned long long inode;
	unsigned port, peer_port;
	union address own;
	int begin = 0;

	if (!between ||
	    sscanf(row, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu %u %u%n", &inode, &port,
		   &peer_port, &begin) != 3 ||
	    !begin || inode || port != address_port(local))
		return false;
	if (!find_host(row + begin, between, local, &own) ||
	    !find_host(between + strlen(" <-> "), row + strlen(row), NULL, peer))
		return false;
	address_set_port(peer, (uint16_t)peer_port);
	return true;
}

bool local_port_closing(const union address *local, union address *peer)
{
	FILE *file = fopen("/proc/net/sctp/assocs", "re");
	bool found = false;
	char *row = NULL;
	size_t size = 0;

	if (!file)
		return false;
	while (!found && getline(&row, &size, file) > 0)
		found = row_is_closing(row, local, peer);
	free(row);
	fclose(file);
	return found;
}

uint16_t local_unprivileged_port(void)
{
	int port = sysctl_number("net/ipv4/ip_unprivileged_port_start", UNPRIVILEGED_PORT);

	return port < 0 || port > UINT16_MAX ? UNPRIVILEGED_PORT : (uint16_t)port;
}

bool local_may_have_port(uint16_t port)
{
	return port >= local_unprivileged_port() ||
	       privilege_held() & PRIVILEGE(CAP_NET_BIND_SERVICE);
}
