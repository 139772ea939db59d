/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_bind.h"

#include <stdlib.h>
#include <sys/param.h>

#include "host/local.h"
#include "host/route.h"
#include "stack/usrsctp_interfaces.h"
#include "stack/usrsctp_parts.h"
#include "stack/usrsctp_port.h"
#include "stack/usrsctp_received.h"
#include "stack/usrsctp_source.h"

#define PORT_TRIES 64

static bool all_global(const struct stack_config *config)
{
	for (size_t i = 0; i < config->peer_count; i++)
		if (config->peers[i].sa.sa_family != AF_INET ||
		    address_scope(&config->peers[i]) != SCOPE_GLOBAL)
			return false;
	return true;
}

size_t bind_choose(const struct stack_config *config, union address chosen[BIND_CHOSEN_MAX])
{
	const bool global = all_global(config);
	bool on_loop = false;
	size_t count = 0;

	if (config->local_count || (!global && !interfaces_loop_has(NULL)))
		return 0;
	for (size_t i = 0; i < MIN(config->peer_count, BIND_CHOSEN_MAX); i++) {
		struct route route;

		route_ask(routes_now(), &config->peers[i], NULL, &route);
		if (!route.source.sa.sa_family || address_scope(&route.source) <= SCOPE_LINK ||
		    address_is_listed(&route.source, chosen, count))
			continue;
		on_loop |= interfaces_loop_has(&route.source);
		chosen[count++] = route.source;
	}
	if (on_loop)
		return count;
	return global && count && address_scope(&chosen[0]) == SCOPE_PRIVATE;
}

/* As the kernel has it for its own SCTP; raw sockets have no ports. In UDP, its port counts. */
static bool may_have(uint16_t port)
{
	return !port || encapsulated(library_encaps()) || local_may_have_port(port);
}

/* The kernel refuses such an address itself; the library knows no VRFs. */
static bool is_outside_vrf(const union address *address)
{
	return routes_device(routes_now()) && local_look_up(address).state == LOCAL_OUTSIDE_VRF;
}

/* *at: how far it came. */
static int bind_each(struct socket *socket, uint16_t port, const union address *list, size_t count,
		     size_t *at)
{
	for (*at = 0; *at < count; ++*at) {
		union address one = list[*at];

		address_set_port(&one, port);
		if (is_outside_vrf(&one))
			return -EADDRNOTAVAIL;
		if (usrsctp_bindx(socket, &one.sa, 1, SCTP_BINDX_ADD_ADDR) < 0)
			return -errno;
	}
	return 0;
}

/* On failure *call is what failed, NULL: to bind; and *at is for which address. */
static int claim_and_bind(struct socket *socket, uint16_t port, const union address *list,
			  size_t count, struct port_claim **claim, size_t *at, const char **call)
{
	const struct port claimed = { port, encapsulated(library_encaps()) };
	int rc = port_claim(claim, &claimed, list, count, at, call);

	if (rc < 0)
		return rc;
	received_expect(port);
	rc = bind_each(socket, port, list, count, at);
	if (rc == 0)
		return 0;
	*call = NULL;
	port_release(*claim);
	*claim = NULL;
	return rc;
}

static int bind_all(struct socket *socket, const union address *list, size_t count,
		    struct port_claim **claim, struct stack_fault *fault)
{
	const uint16_t wanted = address_port(&list[0]);
	const char *call = NULL;
	size_t at = 0;
	int rc = may_have(wanted) ? -EADDRINUSE : -EACCES;

	/* Once it is bound to one address, it keeps its port. */
	for (int i = 0; rc == -EADDRINUSE && i < (wanted ? 1 : PORT_TRIES) && (call || !at); i++)
		rc = claim_and_bind(socket, wanted ? wanted : port_choose(), list, count, claim,
				    &at, &call);
	if (rc < 0 && call)
		*fault = (struct stack_fault){ .call = call };
	else if (rc < 0)
		*fault = (struct stack_fault){ .call = "sctp_bindx",
					       .binds = true,
					       .address = list[at] };
	return rc;
}

int bind_addresses(struct socket *socket, const union address *list, size_t count,
		   struct port_claim **claim, struct stack_fault *fault)
{
	int rc = bind_all(socket, list, count, claim, fault);
	union address *bound = NULL;

	if (rc < 0 || address_is_wildcard(&list[0]))
		return rc;
	rc = us_addresses(socket, 0, &bound);
	if (rc > 0)
		source_bind(address_port(&bound[0]), bound, (size_t)rc);
	free(bound);
	return rc < 0 ? rc : 0;
}
