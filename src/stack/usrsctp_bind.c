/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_bind.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <sys/param.h>

#include "base/privilege.h"
#include "host/local.h"
#include "host/route.h"
#include "stack/usrsctp_interfaces.h"
#include "stack/usrsctp_parts.h"
#include "stack/usrsctp_source.h"

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
	return !port || encapsulated(library_encaps()) || port >= local_unprivileged_port() ||
	       privilege_held() & PRIVILEGE(CAP_NET_BIND_SERVICE);
}

static int bind_each(struct socket *socket, const union address *list, size_t count,
		     struct stack_fault *fault)
{
	fault->call = "sctp_bindx";
	fault->binds = true;
	if (count && !may_have(address_port(&list[0]))) {
		fault->address = list[0];
		return -EACCES;
	}
	for (size_t i = 0; i < count; i++) {
		union address one = list[i];

		if (usrsctp_bindx(socket, &one.sa, 1, SCTP_BINDX_ADD_ADDR) < 0) {
			int error = errno;

			fault->address = list[i];
			return -error;
		}
	}
	return 0;
}

int bind_addresses(struct socket *socket, const union address *list, size_t count,
		   struct stack_fault *fault)
{
	int rc = bind_each(socket, list, count, fault);
	union address *bound = NULL;

	if (rc < 0 || !count || address_is_wildcard(&list[0]))
		return rc;
	rc = us_addresses(socket, 0, &bound);
	if (rc > 0)
		source_bind(address_port(&bound[0]), bound, (size_t)rc);
	free(bound);
	return rc < 0 ? rc : 0;
}
