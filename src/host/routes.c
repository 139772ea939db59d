/* SPDX-License-Identifier: MIT */
#include "host/routes.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"
#include "host/netlink.h"
#include "host/rules.h"

#define GOOD_US (20 * USEC_PER_MSEC)

struct routes *routes_now(void)
{
	/* The host's routes are those of the whole process, and so is this. */
	static struct routes routes;
	int64_t now_us = loop_now_us();

	if (!routes.since_us || now_us >= routes.since_us + GOOD_US)
		routes = (struct routes){ .since_us = now_us, .device = -1 };
	routes.fd = netlink_open(NETLINK_ROUTE);
	return &routes;
}

/* "ip vrf exec" binds every socket of a process to the VRF. */
static int bound_device(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char name[IF_NAMESIZE] = "";
	socklen_t size = sizeof(name);
	int index = 0;

	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &size) == 0 && size > 0 && *name)
		index = (int)if_nametoindex(name);
	close(fd);
	return index;
}

int routes_device(struct routes *routes)
{
	if (routes->device < 0)
		routes->device = bound_device();
	return routes->device;
}

unsigned routes_rules(struct routes *routes, sa_family_t family)
{
	size_t v6 = family == AF_INET6;

	if (!routes->rules[v6].known)
		routes->rules[v6].kinds = rules_ask(routes->fd, family);
	routes->rules[v6].known = true;
	return routes->rules[v6].kinds;
}

const struct interface *route_interface(struct routes *routes, int link)
{
	if (routes->known.index != link)
		interface_ask(routes->fd, link, &routes->known);
	return &routes->known;
}
