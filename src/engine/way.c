/* SPDX-License-Identifier: MIT */
#include "engine/way.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "host/rules.h"
#include "witness/ledger_query.h"

/* What the IP header says of the packets to it. */
static uint8_t protocol_to(const struct routes *routes, const union address *address,
			   const struct plan *plan)
{
	if (plan->udp)
		return IPPROTO_UDP;
	return routes->own_headers && address->sa.sa_family == AF_INET ? IPPROTO_RAW : IPPROTO_SCTP;
}

/* A look-up cannot ask for the packets of one protocol: is it rules for these that close it? */
static void look_for_rules(struct way *way, struct routes *routes, const union address *address,
			   const struct plan *plan)
{
	int error = rules_close(routes->fd, protocol_to(routes, address, plan), address);

	if (!error)
		return;
	way->route.rule = !way->route.error;
	way->route.error = way->route_error = error;
	way->route.doubtful = way->route.no_carrier = false;
}

void way_look_for_route(struct way *way, struct routes *routes, const union address *address,
			const struct plan *plan)
{
	way->route_error =
		route_closed(routes, address, plan->sources, plan->source_count, &way->route);
	if (way->route.doubtful && !way->route.local)
		look_for_rules(way, routes, address, plan);
	if (way->route.no_carrier || way->route.dummy)
		memcpy(way->link, route_interface(routes, way->route.link)->name,
		       sizeof(way->link));
}

/*
 * The route that the stack takes is the reason if it is closed, also if there are others, unless
 * packets may have taken one of those.
 */
void way_conclude(struct way *way, struct routes *routes, const union address *address,
		  enum leaving leaving)
{
	struct route *route = &way->route;

	/* The look-up without a source found one, and packets from there have no route. */
	if (leaving == LEAVING_NONE && !route->error && !route->no_carrier)
		route->error = route_source_error(routes, address, route);
	/* A dummy is seen to take them. */
	if (route->dummy && !route->error && !route->doubtful)
		way->route_error = ENETDOWN;
	if (way->route_error || leaving == LEAVING_SEEN ||
	    (route->doubtful && leaving != LEAVING_NONE))
		return;
	way->route_error = route->no_carrier ? ENETDOWN : route->error;
}

void way_look_for_neighbour(struct way *way, struct routes *routes, const union address *address,
			    const struct plan *plan)
{
	if (!way->route.link && !way->route.error)
		route_look_up(routes, address, plan->sources, plan->source_count, &way->route);
	if (way->route.no_carrier || way->route.doubtful)
		return;
	way->neighbour = neighbour_state(routes, address, &way->route, &way->hop);
	if (way->neighbour == NEIGHBOUR_SILENT && route_has_hops(routes, address))
		way->neighbour = NEIGHBOUR_UNKNOWN;
}

void way_look_for_hop(struct way *way, const union address *address, const struct plan *plan,
		      enum leaving leaving)
{
	struct routes *routes = routes_now();

	way_look_for_route(way, routes, address, plan);
	if (leaving == LEAVING_NONE && !way->route.error && plan_stays_here(plan, address))
		way->route.error = EADDRNOTAVAIL;
	way_conclude(way, routes, address, leaving);
	way_look_for_neighbour(way, routes, address, plan);
}

void way_look_for_unsent(struct way *way, const union address *address, const struct stack *stack,
			 struct stack_assoc *assoc)
{
	if (assoc)
		way->send_error = stack->send_error(assoc, address);
}

void way_look_for_departure(struct way *way, const union address *address,
			    const struct way_flow *flow)
{
	struct stack_encaps udp = flow->udp;
	bool in_udp = encapsulated(&udp);
	struct ipsec_flow packet;
	const char *call;
	uint16_t port = 0;

	(void)flow->stack->ports(flow->endpoint, &port, &udp.local, &call);
	packet = (struct ipsec_flow){
		.destination = *address,
		.protocol = in_udp ? IPPROTO_UDP : IPPROTO_SCTP,
		.source_port = in_udp ? udp.local : port,
		.destination_port = in_udp ? udp.remote : address_port(address),
	};
	if (flow->source)
		packet.source = *flow->source;
	departure_look_up(&packet, &way->route, &way->departure);
}

void way_look_for_return(struct way *way, const union address *address, const struct watch *watch)
{
	const struct ledger_path *path = watch_path(watch, address);

	if (!path || !path->received.count)
		return;
	way->reverse_path = reverse_path(address, &path->received_way.local,
					 path->received_way.ifindex, way->expected);
	memcpy(way->arrived, path->received_way.interface, sizeof(way->arrived));
}

void way_tell(const struct way *way, struct path_result *path)
{
	path->departure = way->departure;
	path->reverse_path = way->reverse_path;
	memcpy(path->arrived, way->arrived, sizeof(path->arrived));
	memcpy(path->expected, way->expected, sizeof(path->expected));
	path->send_error = way->send_error;
	path->soft_error = way->soft_error;
	path->route_error = way->route_error;
	path->route_rule = way->route.rule;
	path->asked_from = way->route.error ? way->route.source : (union address){ 0 };
	path->link_down = way->route.down;
	path->link_dummy = way->route.dummy;
	memcpy(path->link, way->link, sizeof(path->link));
	path->neighbour = way->neighbour;
	path->hop = way->hop;
}
