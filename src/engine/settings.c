/* SPDX-License-Identifier: MIT */
#include "engine/settings.h"

/* What both stacks ask for by themselves. */
#define DEFAULT_STREAMS 10

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

uint16_t settings_out_streams(const struct options *options)
{
	if (options->out_streams || options->stream < DEFAULT_STREAMS)
		return options->out_streams;
	return (uint16_t)(options->stream + 1);
}
