/* SPDX-License-Identifier: MIT */
#include "host/departure.h"

#include "host/route.h"

void departure_look_up(const struct ipsec_flow *flow, struct departure *departure)
{
	struct ipsec_flow packet = *flow;
	union address source;

	*departure = (struct departure){ .ipsec = IPSEC_UNKNOWN };
	route_departure(&flow->destination, &source, &departure->encapsulation);
	if (!packet.source.sa.sa_family)
		packet.source = source;
	if (packet.source.sa.sa_family)
		departure->ipsec = ipsec_of(&packet, &departure->end);
}
