/* SPDX-License-Identifier: MIT */
/* The linker uses these instead of the functions without __wrap_ (ld --wrap). */
#include "fake_host.h"

#include <errno.h>
#include <string.h>

#include "base/util.h"
#include "fake_stack.h"
#include "witness/witness.h"

struct fake_host fake_host;

struct local_address __wrap_local_look_up(const union address *address);
bool __wrap_local_port_closing(const union address *local, union address *peer);
uint16_t __wrap_local_unprivileged_port(void);
bool __wrap_local_may_have_port(uint16_t port);
bool __wrap_local_has_ipv6(void);
bool __wrap_local_runs_in(const char *vrf, char name[IF_NAMESIZE]);
struct routes *__wrap_routes_now(void);
void __wrap_route_look_up(struct routes *routes, const union address *peer,
			  const union address *sources, size_t count, struct route *route);
int __wrap_route_closed(struct routes *routes, const union address *peer,
			const union address *sources, size_t count, struct route *route);
int __wrap_route_source_error(struct routes *routes, const union address *peer,
			      const struct route *route);
enum neighbour __wrap_neighbour_state(struct routes *routes, const union address *peer,
				      const struct route *route, union address *hop);
void __wrap_departure_look_up(const struct ipsec_flow *flow, const struct route *route,
			      struct departure *departure);
bool __wrap_local_has(const union address *address);

int __wrap_witness_open(struct witness **witness, const struct witness_config *config);

static bool is_in(const char *const list[FAKE_HOST_MAX], const union address *address)
{
	char text[ADDRESS_TEXT_MAX];

	address_host_text(address, text);
	for (size_t i = 0; i < FAKE_HOST_MAX; i++)
		if (list[i] && !strcmp(list[i], text))
			return true;
	return false;
}

struct routes *__wrap_routes_now(void)
{
	static struct routes routes = { .fd = -1 };

	return &routes;
}

void __wrap_route_look_up(struct routes *routes, const union address *peer,
			  const union address *sources, size_t count, struct route *route)
{
	(void)routes;
	(void)sources;
	(void)count;
	*route = (struct route){ .error = 0 };
	if (is_in(fake_host.no_route, peer))
		route->error = fake_host.route_error ? fake_host.route_error : ENETUNREACH;
}

int __wrap_route_closed(struct routes *routes, const union address *peer,
			const union address *sources, size_t count, struct route *route)
{
	fake_host.route_lookups++;
	__wrap_route_look_up(routes, peer, sources, count, route);
	return route->error;
}

int __wrap_route_source_error(struct routes *routes, const union address *peer,
			      const struct route *route)
{
	(void)routes;
	(void)peer;
	(void)route;
	return 0;
}

struct local_address __wrap_local_look_up(const union address *address)
{
	struct local_address local = { .state = fake_host.local_state, .address = *address };

	if (!fake_host.local_untold)
		strcpy(local.link, "down0");
	strcpy(local.vrf, "red");
	return local;
}

bool __wrap_local_port_closing(const union address *local, union address *peer)
{
	(void)local;
	if (fake_host.port_closing)
		*peer = (union address)FAKE_V4(0x0a010102, 5000);
	return fake_host.port_closing;
}

uint16_t __wrap_local_unprivileged_port(void)
{
	return fake_host.unprivileged_port ? fake_host.unprivileged_port : 1024;
}

bool __wrap_local_may_have_port(uint16_t port)
{
	return fake_host.any_port || port >= __wrap_local_unprivileged_port();
}

bool __wrap_local_runs_in(const char *vrf, char name[IF_NAMESIZE])
{
	if (!fake_host.runs_in || (vrf && strcmp(fake_host.runs_in, vrf) != 0))
		return false;
	strcpy(name, fake_host.runs_in);
	return true;
}

bool __wrap_local_has_ipv6(void)
{
	return fake_host.ipv6;
}

enum neighbour __wrap_neighbour_state(struct routes *routes, const union address *peer,
				      const struct route *route, union address *hop)
{
	(void)routes;
	(void)route;
	fake_host.neighbour_lookups++;
	if (!is_in(fake_host.silent, peer))
		return NEIGHBOUR_UNKNOWN;
	*hop = *peer;
	return NEIGHBOUR_SILENT;
}

void __wrap_departure_look_up(const struct ipsec_flow *flow, const struct route *route,
			      struct departure *departure)
{
	(void)flow;
	(void)route;
	*departure = (struct departure){ .ipsec = fake_host.ipsec ? fake_host.ipsec : IPSEC_NONE };
}

int __wrap_witness_open(struct witness **witness, const struct witness_config *config)
{
	(void)witness;
	(void)config;
	return -EPERM;
}

bool __wrap_local_has(const union address *address)
{
	return is_in(fake_host.own, address);
}
