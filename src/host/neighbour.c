/* SPDX-License-Identifier: MIT */
#include "host/neighbour.h"

#include <errno.h>
#include <string.h>
#include <sys/param.h>

#include "host/netlink.h"

/* --- The whole table -------------------------------------------------------------------------- */

bool neighbour_table_read(const struct nlmsghdr *answer, struct neighbour_table *table)
{
	const struct ndtmsg *message = NLMSG_DATA(answer);
	const struct rtattr *a =
		(const struct rtattr *)((const char *)message + NLMSG_ALIGN(sizeof(*message)));
	struct ndt_stats stats = { 0 };
	struct ndt_config config = { 0 };
	int left;

	*table = (struct neighbour_table){ 0 };
	if (answer->nlmsg_type != RTM_NEWNEIGHTBL ||
	    answer->nlmsg_len < NLMSG_LENGTH(sizeof(*message)))
		return false;
	left = NLMSG_PAYLOAD(answer, sizeof(*message));
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		const void *data = RTA_DATA(a);
		size_t length = RTA_PAYLOAD(a);

		if (a->rta_type == NDTA_THRESH3 && length == sizeof(table->room))
			memcpy(&table->room, data, length);
		else if (a->rta_type == NDTA_CONFIG)
			memcpy(&config, data, MIN(length, sizeof(config)));
		else if (a->rta_type == NDTA_STATS)
			memcpy(&stats, data, MIN(length, sizeof(stats)));
	}
	table->family = message->ndtm_family;
	table->entries = config.ndtc_entries;
	table->fulls = stats.ndts_table_fulls;
	return true;
}

struct search {
	sa_family_t family;
	bool full;
};

static bool look_at_table(void *context, const struct nlmsghdr *one)
{
	struct search *search = context;
	struct neighbour_table table;

	/* There are answers about its links, too, which do not have that. */
	if (!neighbour_table_read(one, &table) || table.family != search->family || !table.room)
		return true;
	search->full = table.fulls && table.entries >= table.room;
	return false;
}

static bool table_is_full(int fd, sa_family_t family)
{
	struct netlink_question q = {
		.header = NETLINK_HEADER(RTM_GETNEIGHTBL, sizeof(q.body.neighbour_table)),
		.body.neighbour_table.ndtm_family = (unsigned char)family,
	};
	struct search search = { .family = family };

	return netlink_list(fd, &q, look_at_table, &search) == 0 && search.full;
}

/* --- One of it -------------------------------------------------------------------------------- */

static enum neighbour ask(struct routes *routes, int link, const union address *hop)
{
	struct netlink_question q = {
		.header = NETLINK_HEADER(RTM_GETNEIGH, sizeof(q.body.neighbour)),
		.body.neighbour.ndm_ifindex = link,
	};
	char room[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct ndmsg *found = NLMSG_DATA((const struct nlmsghdr *)room);
	const void *bytes;
	size_t length;
	ssize_t rc;

	bytes = address_bytes(hop, &length);
	q.body.neighbour.ndm_family = (unsigned char)hop->sa.sa_family;
	netlink_put(&q, NDA_DST, bytes, length);
	rc = netlink_ask(routes->fd, &q, room, sizeof(room));
	if (rc == -ENOENT && table_is_full(routes->fd, hop->sa.sa_family))
		return NEIGHBOUR_NO_ROOM;
	if (rc < (ssize_t)NLMSG_LENGTH(sizeof(*found)))
		return NEIGHBOUR_UNKNOWN;
	if (found->ndm_state & NUD_FAILED)
		return NEIGHBOUR_SILENT;
	if (found->ndm_state & NUD_INCOMPLETE)
		return NEIGHBOUR_ASKED;
	if (found->ndm_state & NUD_PERMANENT)
		return NEIGHBOUR_SET;
	return found->ndm_state & (NUD_NOARP | NUD_NONE) ? NEIGHBOUR_UNKNOWN : NEIGHBOUR_THERE;
}

enum neighbour neighbour_state(struct routes *routes, const union address *peer,
			       const struct route *route, union address *hop)
{
	*hop = route->gateway.sa.sa_family ? route->gateway : *peer;
	if (route->error || !route->link)
		return NEIGHBOUR_UNKNOWN;
	if (routes->hop.link != route->link || !address_equal(&routes->hop.address, hop)) {
		routes->hop.link = route->link;
		routes->hop.address = *hop;
		routes->hop.state = (int)ask(routes, route->link, hop);
	}
	return (enum neighbour)routes->hop.state;
}
