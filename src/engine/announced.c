/* SPDX-License-Identifier: MIT */
#include "engine/announced.h"

#include <string.h>

#include "host/bridge.h"
#include "host/route.h"

#define BRIDGES_MAX 8

bool announced_matters(const struct association *a)
{
	for (size_t i = 0; i < a->path_count; i++)
		if (a->paths[i].own || address_scope(&a->paths[i].path.address) == SCOPE_LOOPBACK)
			return false;
	return true;
}

/* The look-up is not worth its time if there is only one address that others can use. */
static bool has_several(const struct association *a)
{
	size_t wide = 0;

	for (size_t i = 0; i < a->local_count; i++)
		wide += address_scope(&a->local[i]) > SCOPE_LINK;
	return wide > 1;
}

/* A peer on this host reaches all of its addresses. */
static bool leads_to_a_path(struct routes *routes, const struct association *a, int bridge)
{
	struct route route;

	for (size_t i = 0; i < a->path_count; i++) {
		route_look_up(routes, &a->paths[i].path.address, NULL, 0, &route);
		if (route.link == bridge ||
		    (route.link && route_interface(routes, route.link)->loopback))
			return true;
	}
	return false;
}

void announced_find(struct association *a, struct timeline *timeline)
{
	struct own_bridge found[BRIDGES_MAX];
	char text[ADDRESS_TEXT_MAX];
	struct routes *routes;
	size_t count = 0;

	a->announced.count = 0;
	if (has_several(a))
		count = bridges_among(a->local, a->local_count, found, BRIDGES_MAX);
	if (!count)
		return;
	routes = routes_now();
	for (size_t i = 0; i < count; i++) {
		if (leads_to_a_path(routes, a, found[i].index))
			continue;
		timeline_note(timeline, "announced %s of the bridge %s, which no path uses",
			      address_host_text(&found[i].address, text), found[i].name);
		if (a->announced.count++)
			continue;
		a->announced.address = found[i].address;
		memcpy(a->announced.bridge, found[i].name, sizeof(a->announced.bridge));
	}
}
