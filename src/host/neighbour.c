/* SPDX-License-Identifier: MIT */
#include "host/neighbour.h"

#include "host/netlink.h"

enum neighbour neighbour_state(struct routes *routes, const union address *peer,
			       const struct route *route, union address *hop)
{
	struct netlink_question q = {
		.header = NETLINK_HEADER(RTM_GETNEIGH, sizeof(q.body.neighbour)),
		.body.neighbour.ndm_ifindex = route->link,
	};
	char room[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct ndmsg *found = NLMSG_DATA((const struct nlmsghdr *)room);
	const void *bytes;
	size_t length;

	*hop = route->gateway.sa.sa_family ? route->gateway : *peer;
	if (route->error || !route->link)
		return NEIGHBOUR_UNKNOWN;
	bytes = address_bytes(hop, &length);
	q.body.neighbour.ndm_family = (unsigned char)hop->sa.sa_family;
	netlink_put(&q, NDA_DST, bytes, length);
	if (netlink_ask(routes->fd, &q, room, sizeof(room)) < (ssize_t)NLMSG_LENGTH(sizeof(*found)))
		return NEIGHBOUR_UNKNOWN;
	if (found->ndm_state & NUD_FAILED)
		return NEIGHBOUR_SILENT;
	if (found->ndm_state & NUD_INCOMPLETE)
		return NEIGHBOUR_ASKED;
	if (found->ndm_state & NUD_PERMANENT)
		return NEIGHBOUR_SET;
	return found->ndm_state & (NUD_NOARP | NUD_NONE) ? NEIGHBOUR_UNKNOWN : NEIGHBOUR_THERE;
}
