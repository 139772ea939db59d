/* SPDX-License-Identifier: MIT */
#include "host/own.h"

#include <sys/socket.h>
#include <unistd.h>

#define DISCARD_PORT 9

/* The kernel sends to its own addresses from the same one. */
static bool sends_from(const union address *to)
{
	int fd = socket(to->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	union address from = { 0 }, there = *to;
	socklen_t size = sizeof(from);
	bool same;

	if (fd < 0)
		return false;
	address_set_port(&there, DISCARD_PORT);
	same = connect(fd, &there.sa, address_length(&there)) == 0 &&
	       getsockname(fd, &from.sa, &size) == 0;
	close(fd);
	address_set_port(&from, DISCARD_PORT);
	return same && address_equal(&from, &there);
}

bool host_has_address(const union address *address)
{
	switch (address_scope(address)) {
	case SCOPE_LOOPBACK:
		return true;
	case SCOPE_LINK:
		return false;
	default:
		return sends_from(address);
	}
}
