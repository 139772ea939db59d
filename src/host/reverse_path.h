/* SPDX-License-Identifier: MIT */
/* Whether this host's rp_filter (sysctl) drops what arrives. It needs no privilege. */
#ifndef HOST_REVERSE_PATH_H
#define HOST_REVERSE_PATH_H

#include <net/if.h>

#include "base/address.h"

enum reverse_path {
	REVERSE_PATH_FREE,    /* nothing is known that would drop it */
	REVERSE_PATH_STRICT,  /* rp_filter 1 drops it: the route back uses another link */
	REVERSE_PATH_MISSING, /* rp_filter drops it: there is no route back */
};

/*
 * Does rp_filter drop a packet that arrives on this link (an index)? expected: the link of the
 * route back, or "". IPv6 has no such setting.
 */
enum reverse_path reverse_path(const union address *from, const union address *to, int link,
			       char expected[IF_NAMESIZE]);

#endif
