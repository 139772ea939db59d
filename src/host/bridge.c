/* SPDX-License-Identifier: MIT */
#include "host/bridge.h"

#include <string.h>

#include "base/util.h"
#include "host/routes.h"

/* The defaults of what makes bridges. The last bytes may be anything if their mask is 0. */
static const struct {
	uint8_t bytes[4], mask[4];
	const char *name;
} usual[] = {
	{ { 172, 17, 0, 1 }, { 255, 255, 255, 255 }, "docker0" },
	{ { 172, 16, 0, 1 }, { 255, 240, 255, 255 }, "a bridge of Docker" },
	{ { 192, 168, 122, 1 }, { 255, 255, 255, 255 }, "virbr0" },
	{ { 10, 88, 0, 1 }, { 255, 254, 255, 255 }, "a bridge of Podman" },
	{ { 10, 0, 3, 1 }, { 255, 255, 255, 255 }, "lxcbr0" },
	{ { 10, 244, 0, 1 }, { 255, 255, 0, 255 }, "cni0" },
	{ { 10, 42, 0, 1 }, { 255, 255, 0, 255 }, "cni0" },
};

static bool is_like(const uint8_t *bytes, size_t i)
{
	for (size_t n = 0; n < sizeof(usual[i].bytes); n++)
		if ((bytes[n] ^ usual[i].bytes[n]) & usual[i].mask[n])
			return false;
	return true;
}

const char *bridge_usual(const union address *address)
{
	size_t length;
	const uint8_t *bytes = address_bytes(address, &length);

	for (size_t i = 0; length == sizeof(usual[i].bytes) && i < ARRAY_SIZE(usual); i++)
		if (is_like(bytes, i))
			return usual[i].name;
	return NULL;
}

static bool is_bridge(struct routes *routes, int link, struct own_bridge *bridge)
{
	const struct interface *interface = route_interface(routes, link);

	memcpy(bridge->name, interface->name, sizeof(bridge->name));
	bridge->index = interface->index;
	return interface->bridge && interface->top == interface->index;
}

size_t bridges_among(const union address *addresses, size_t count, struct own_bridge *found,
		     size_t room)
{
	struct routes *routes = routes_now();
	const struct own_address *own;
	size_t own_count, filled = 0;

	own = routes_own(routes, &own_count);
	for (size_t i = 0; i < own_count && filled < room; i++) {
		found[filled].address = own[i].address;
		if (address_scope(&own[i].address) > SCOPE_LINK &&
		    address_is_listed(&own[i].address, addresses, count) &&
		    is_bridge(routes, own[i].link, &found[filled]))
			filled++;
	}
	return filled;
}
