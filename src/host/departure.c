/* SPDX-License-Identifier: MIT */
#include "host/departure.h"

#include <errno.h>

#include "base/clock.h"
#include "base/util.h"
#include "host/netlink.h"

/* As long as what routes_now() remembers: many connections end at the same time. */
#define UNUSED_US (20 * USEC_PER_MSEC)

static enum ipsec ask(const struct ipsec_flow *packet, union address *end)
{
	/* The kernel's policies are those of the whole process, and so is this. */
	static int64_t unused_until_us;
	enum ipsec ipsec;
	bool unused;

	if (loop_now_us() < unused_until_us)
		return IPSEC_NONE;
	ipsec = ipsec_of(packet, end, &unused);
	unused_until_us = unused ? loop_now_us() + UNUSED_US : 0;
	return ipsec;
}

void departure_look_up(const struct ipsec_flow *flow, const struct route *route,
		       struct departure *departure)
{
	struct ipsec_flow packet = *flow;
	struct route found = *route;

	if (!found.link)
		route_ask(routes_now(), &flow->destination, NULL, &found);
	*departure = (struct departure){ .encapsulation = found.encapsulation };
	if (netlink_open(NETLINK_ROUTE) < 0)
		departure->netlink_error = errno;
	if (!packet.source.sa.sa_family)
		packet.source = found.source;
	if (packet.source.sa.sa_family)
		departure->ipsec = ask(&packet, &departure->end);
}
