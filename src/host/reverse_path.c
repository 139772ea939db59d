/* SPDX-License-Identifier: MIT */
#include "host/reverse_path.h"

#include <errno.h>
#include <stdio.h>
#include <sys/param.h>
#include <sys/socket.h>

#include "host/netlink.h"
#include "host/route.h"
#include "host/sysctl.h"

static int read_setting(const char *link)
{
	char name[64];

	snprintf(name, sizeof(name), "net/ipv4/conf/%s/rp_filter", link);
	return sysctl_number(name, 0);
}

/*
 * The kernel itself tells whether it would take the packet: EXDEV or EINVAL, by its version, is
 * what net/ipv4/route.c ip_route_input_slow() makes of fib_validate_source().
 */
static bool is_martian(int fd, const union address *from, const union address *to, int link)
{
	struct netlink_question q = {
		.header = NETLINK_HEADER(RTM_GETROUTE, sizeof(q.body.route)),
		.body.route.rtm_family = AF_INET,
	};
	char answer[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t rc;

	netlink_put(&q, RTA_DST, &to->v4.sin_addr, sizeof(to->v4.sin_addr));
	netlink_put(&q, RTA_SRC, &from->v4.sin_addr, sizeof(from->v4.sin_addr));
	netlink_put(&q, RTA_IIF, &link, sizeof(link));
	q.body.route.rtm_dst_len = 32;
	q.body.route.rtm_src_len = 32;
	rc = netlink_ask(fd, &q, answer, sizeof(answer));
	return rc == -EXDEV || rc == -EINVAL;
}

static enum reverse_path ask(struct routes *routes, const union address *from,
			     const union address *to, int link, char expected[IF_NAMESIZE])
{
	char name[IF_NAMESIZE];
	struct route back;
	int setting;

	if (!if_indextoname((unsigned)link, name) || !is_martian(routes->fd, from, to, link))
		return REVERSE_PATH_FREE;
	setting = MAX(read_setting("all"), read_setting(name));
	if (setting && route_ask(routes, from, NULL, &back) != 0)
		return REVERSE_PATH_MISSING;
	if (setting != 1 || back.link == link || !if_indextoname((unsigned)back.link, expected))
		return REVERSE_PATH_FREE;
	return REVERSE_PATH_STRICT;
}

enum reverse_path reverse_path(const union address *from, const union address *to, int link,
			       char expected[IF_NAMESIZE])
{
	expected[0] = '\0';
	if (from->sa.sa_family != AF_INET || to->sa.sa_family != AF_INET)
		return REVERSE_PATH_FREE;
	return ask(routes_now(), from, to, link, expected);
}
