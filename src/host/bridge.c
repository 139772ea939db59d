/* SPDX-License-Identifier: MIT */
#include "host/bridge.h"

#include <ifaddrs.h>
#include <string.h>

#include "base/util.h"
#include "host/interface.h"

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

static bool is_bridge(const char *name, struct own_bridge *bridge)
{
	struct interface interface;

	interface_look_up((int)if_nametoindex(name), &interface);
	memcpy(bridge->name, interface.name, sizeof(bridge->name));
	bridge->index = interface.index;
	return interface.bridge && interface.top == interface.index;
}

size_t bridges_among(const union address *addresses, size_t count, struct own_bridge *found,
		     size_t room)
{
	struct ifaddrs *list = NULL;
	size_t filled = 0;

	if (getifaddrs(&list) < 0)
		return 0;
	for (const struct ifaddrs *on = list; on && filled < room; on = on->ifa_next)
		if (on->ifa_addr && address_from_sockaddr(&found[filled].address, on->ifa_addr) &&
		    address_scope(&found[filled].address) > SCOPE_LINK &&
		    address_is_listed(&found[filled].address, addresses, count) &&
		    is_bridge(on->ifa_name, &found[filled]))
			filled++;
	freeifaddrs(list);
	return filled;
}
