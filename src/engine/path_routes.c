/* SPDX-License-Identifier: MIT */
#include "engine/path_routes.h"

#include <stdlib.h>
#include <string.h>

#include "host/local.h"
#include "host/neighbour.h"
#include "host/rules.h"

/* Of more addresses than this, it takes too long. */
#define DOUBTFUL_MAX 16

static bool has_seen(const struct watch *watch, const union address *peer, struct path_route *route)
{
	const struct ledger_path *path = watch_path(watch, peer);
	const struct ledger_way *way = path ? &path->sent_way : NULL;

	if (!way || !way->ifindex)
		return false;
	*route = (struct path_route){ .index = way->ifindex,
				      .loopback = way->this_host,
				      .base = way->base,
				      .source = way->local,
				      .seen = true };
	memcpy(route->link, way->interface, sizeof(route->link));
	memcpy(route->base_name, way->base_name, sizeof(route->base_name));
	return true;
}

/* Asks with the link and the source that were seen, because rules may have chosen others. */
static void add_gateway(const struct routes *routes, const union address *peer,
			struct path_route *route)
{
	struct route found;

	if (route_ask_on(routes, route->index, peer, &route->source, &found) == 0 &&
	    found.link == route->index)
		route->gateway = found.gateway;
}

static void take_link(struct routes *routes, int link, struct path_route *route)
{
	const struct interface *interface = route_interface(routes, link);

	route->index = interface->top;
	route->loopback = interface->loopback;
	route->base = interface->base;
	memcpy(route->link, interface->name, sizeof(route->link));
	memcpy(route->base_name, interface->base_name, sizeof(route->base_name));
}

static void take_route(struct routes *routes, const struct route *found, struct path_route *route)
{
	if (found->error)
		return;
	if (found->link)
		take_link(routes, found->link, route);
	route->gateway = found->gateway;
	route->source = found->source;
}

/* sources: what the endpoint is bound to. */
static void ask(struct routes *routes, const union address *peer, const union address *sources,
		size_t count, struct path_route *route)
{
	struct route found;

	route_look_up(routes, peer, sources, count, &found);
	take_route(routes, &found, route);
}

/* What gather.c has found out about each path of the report; NULL: nothing. The caller frees it. */
static const struct way **list_known(const struct gather *gather, const struct association *a)
{
	const struct way **known = xcalloc(a->path_count + 1, sizeof(*known));

	for (size_t i = 0; gather->ways && !a->local_count && i < gather->plan->count; i++) {
		const struct way *way = &gather->ways[i];

		if (way->route.link && !way->route.error)
			known[gather->plan->requested[i]] = way;
	}
	return known;
}

/* Has NAT of this host given it a source that nobody here has? */
static bool is_foreign(const union address *source, const union address *bound, size_t count)
{
	return !address_is_listed(source, bound, count) && address_scope(source) > SCOPE_LINK &&
	       local_lacks(source);
}

static void say(struct timeline *timeline, const struct path_result *path)
{
	const struct path_route *route = &path->route;
	char to[ADDRESS_TEXT_MAX], by[ADDRESS_TEXT_MAX], from[ADDRESS_TEXT_MAX];
	bool gateway = route->gateway.sa.sa_family, source = route->source.sa.sa_family;

	if (!*route->link)
		return;
	timeline_note(
		timeline, "route to %s: link %s%s%s%s%s",
		address_host_text(&path->path.address, to), route->link,
		gateway ? ", gateway " : "", gateway ? address_host_text(&route->gateway, by) : "",
		source ? ", source " : "", source ? address_host_text(&route->source, from) : "");
}

/*
 * Was the link-layer address of the next hop set by hand? known: what gather.c has found out, or
 * NULL.
 */
static bool has_set_neighbour(struct routes *routes, const union address *peer,
			      const struct path_route *route, const struct way *known)
{
	const struct route by_link = { .link = route->index, .gateway = route->gateway };
	union address hop;

	if (known && known->neighbour != NEIGHBOUR_UNKNOWN && known->route.link == route->index)
		return known->neighbour == NEIGHBOUR_SET;
	return neighbour_state(routes, peer, &by_link, &hop) == NEIGHBOUR_SET;
}

/* What on the route may explain that an address does not answer. */
static unsigned find_doubts(struct routes *routes, const union address *peer,
			    const struct path_route *route, const struct way *known)
{
	unsigned doubts = 0;

	if (!route->index || route->loopback)
		return 0;
	if (route_interface(routes, route->index)->xdp)
		doubts |= DOUBT_XDP;
	if (has_set_neighbour(routes, peer, route, known))
		doubts |= DOUBT_SET_NEIGHBOUR;
	else if (route_interface(routes, route->index)->no_arp)
		doubts |= DOUBT_NO_ARP;
	if (!route->seen && (routes_rules(routes, peer->sa.sa_family) & RULES_BY_PACKET ||
			     route_has_hops(routes, peer)))
		doubts |= DOUBT_OTHER_ROUTE;
	return doubts;
}

void path_routes_fill(enum path_routes which, const struct gather *gather, struct association *a,
		      struct timeline *timeline)
{
	const struct plan *plan = gather->plan;
	const union address *sources = a->local_count ? a->local : plan->sources;
	size_t count = a->local_count ? a->local_count : plan->source_count;
	const struct way **known;
	struct routes *routes = NULL;

	if (which == PATH_ROUTES_NONE)
		return;
	known = list_known(gather, a);
	for (size_t i = 0; i < a->path_count; i++) {
		struct path_result *path = &a->paths[i];
		bool seen = has_seen(gather->watch, &path->path.address, &path->route);

		if (which == PATH_ROUTES_ANSWERED && !path->answered)
			continue;
		if (which == PATH_ROUTES_KNOWN && !seen && !known[i])
			continue;
		path->route.foreign = seen && !path->answered &&
				      is_foreign(&path->route.source, sources, count);
		if (!routes && !path->route.loopback)
			routes = routes_now();
		if (!seen && known[i])
			take_route(routes, &known[i]->route, &path->route);
		else if (!seen)
			ask(routes, &path->path.address, sources, count, &path->route);
		else if (!path->route.loopback)
			add_gateway(routes, &path->path.address, &path->route);
		if (!path->answered && a->path_count <= DOUBTFUL_MAX && !path->route.loopback)
			path->route.doubts =
				find_doubts(routes, &path->path.address, &path->route, known[i]);
		say(timeline, path);
	}
	free(known);
}
