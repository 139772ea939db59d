/* SPDX-License-Identifier: MIT */
#include "host/departure.h"

#include <errno.h>

#include "host/routes.h"

static enum ipsec ask(const struct ipsec_flow *packet, union address *end)
{
	struct routes *routes = routes_now();

	return routes->no_ipsec ? IPSEC_NONE : ipsec_of(packet, end, &routes->no_ipsec);
}

void departure_look_up(const struct ipsec_flow *flow, const struct route *route,
		       struct departure *departure)
{
	struct ipsec_flow packet = *flow;
	struct route found = *route;

	if (!found.link)
		route_ask(routes_now(), &flow->destination, NULL, &found);
	*departure = (struct departure){ .encapsulation = found.encapsulation };
	if (routes_now()->fd < 0)
		departure->netlink_error = errno;
	if (!packet.source.sa.sa_family)
		packet.source = found.source;
	if (packet.source.sa.sa_family)
		departure->ipsec = ask(&packet, &departure->end);
}
