/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_bind.h"

#include <sys/param.h>

#include "host/route.h"
#include "stack/usrsctp_interfaces.h"

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
