/* SPDX-License-Identifier: MIT */
#include "host/routes.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"
#include "host/netlink.h"
#include "host/rules.h"

#define GOOD_US (20 * USEC_PER_MSEC)

/* The host's routes are those of the whole process, and so is this. */
static struct routes *of_process(void)
{
	static struct routes routes;

	return &routes;
}

struct routes *routes_now(void)
{
	struct routes *routes = of_process();
	int64_t now_us = loop_now_us();

	if (!routes->since_us || now_us >= routes->since_us + GOOD_US) {
		free(routes->own);
		free(routes->asked);
		*routes = (struct routes){ .as_root = routes->as_root,
					   .no_link_local = routes->no_link_local,
					   .own_headers = routes->own_headers,
					   .since_us = now_us,
					   .device = -1 };
	}
	routes->fd = netlink_open(NETLINK_ROUTE);
	return routes;
}

void routes_ask_as_root(void)
{
	of_process()->as_root = geteuid() != 0;
}

void routes_ask_without_link_local(void)
{
	of_process()->no_link_local = true;
}

void routes_ask_with_own_headers(void)
{
	of_process()->own_headers = true;
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

static bool add_own(void *context, const struct nlmsghdr *one)
{
	const struct ifaddrmsg *message = NLMSG_DATA(one);
	union address address = { 0 }, local = { 0 };
	struct routes *routes = context;
	sa_family_t family;
	int left;

	if (one->nlmsg_type != RTM_NEWADDR || one->nlmsg_len < NLMSG_LENGTH(sizeof(*message)))
		return true;
	family = message->ifa_family;
	if (family != AF_INET && family != AF_INET6)
		return true;
	/* IFA_ADDRESS is that of the other end, if there is IFA_LOCAL. */
	left = IFA_PAYLOAD(one);
	for (const struct rtattr *a = IFA_RTA(message); RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == IFA_LOCAL)
			netlink_read_address(a, family, &local);
		else if (a->rta_type == IFA_ADDRESS && family == AF_INET6)
			netlink_read_address(a, family, &address);
	if (local.sa.sa_family)
		address = local;
	if (!address.sa.sa_family)
		return true;
	netlink_set_zone(&address, (int)message->ifa_index);
	routes->own = xreallocarray(routes->own, routes->own_count + 1, sizeof(*routes->own));
	routes->own[routes->own_count++] = (struct own_address){ address, (int)message->ifa_index };
	return true;
}

const struct own_address *routes_own(struct routes *routes, size_t *count)
{
	struct netlink_question q = { .header = NETLINK_HEADER(RTM_GETADDR,
							       sizeof(struct ifaddrmsg)) };

	if (!routes->own_known)
		netlink_list(routes->fd, &q, add_own, routes);
	routes->own_known = true;
	*count = routes->own_count;
	return routes->own;
}

const struct interface *route_interface(struct routes *routes, int link)
{
	struct interface *interface;

	for (size_t i = 0; i < ROUTES_INTERFACES; i++)
		if (routes->known[i].index == link)
			return &routes->known[i];
	interface = &routes->known[routes->next++ % ROUTES_INTERFACES];
	interface_ask(routes->fd, link, interface);
	return interface;
}
