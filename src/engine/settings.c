/* SPDX-License-Identifier: MIT */
#include "engine/settings.h"

int settings_peer(const struct options *options, struct target *peer, struct message *why)
{
	return target_parse_peer(peer, options->addresses, options->address_count, options->port,
				 why);
}

int settings_local(const struct options *options, struct target *local, struct message *why)
{
	bool listens = options->action == ACTION_LISTEN;

	return target_parse_local(local, options->binds, options->bind_count,
				  listens ? options->port : NULL, listens, why);
}
