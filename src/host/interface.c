/* SPDX-License-Identifier: MIT */
#include "host/interface.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"

/* A bridge on a bond on a card. More would be a loop, which the kernel does not allow. */
#define LEVELS_MAX 8

/* IFF_LOWER_UP of linux/if.h, which cannot be included with net/if.h. */
#define LOWER_UP (1 << 16)

/* One link, from the kernel. */
struct link {
	char name[IF_NAMESIZE];
	int master;
	bool loopback;
	bool dead;
	bool vrf; /* its master is only a routing table, and packets stay on this interface */
};

static void read_kind(struct rtattr *nested, struct link *link)
{
	int left = (int)RTA_PAYLOAD(nested);

	for (struct rtattr *a = RTA_DATA(nested); RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == IFLA_INFO_SLAVE_KIND)
			link->vrf = RTA_PAYLOAD(a) >= 4 && memcmp(RTA_DATA(a), "vrf", 4) == 0;
}

static void read_attributes(struct nlmsghdr *message, struct link *link)
{
	struct ifinfomsg *info = NLMSG_DATA(message);
	int left = (int)IFLA_PAYLOAD(message);

	link->loopback = info->ifi_flags & IFF_LOOPBACK;
	link->dead = info->ifi_flags & IFF_UP && !(info->ifi_flags & LOWER_UP);
	for (struct rtattr *a = IFLA_RTA(info); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		switch (a->rta_type & NLA_TYPE_MASK) {
		case IFLA_IFNAME:
			snprintf(link->name, sizeof(link->name), "%.*s", (int)RTA_PAYLOAD(a),
				 (const char *)RTA_DATA(a));
			break;
		case IFLA_MASTER:
			if (RTA_PAYLOAD(a) == sizeof(link->master))
				memcpy(&link->master, RTA_DATA(a), sizeof(link->master));
			break;
		case IFLA_LINKINFO:
			read_kind(a, link);
			break;
		}
	}
}

static bool ask(int fd, int index, struct link *link)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg info;
	} request = {
		.header = { .nlmsg_len = sizeof(request),
			    .nlmsg_type = RTM_GETLINK,
			    .nlmsg_flags = NLM_F_REQUEST },
		.info = { .ifi_index = index },
	};
	union {
		struct nlmsghdr header;
		char room[16384];
	} answer;
	ssize_t got;

	*link = (struct link){ .name = "" };
	if (send(fd, &request, sizeof(request), 0) < 0)
		return false;
	got = recv(fd, &answer, sizeof(answer), 0);
	if (got < 0 || !NLMSG_OK(&answer.header, (size_t)got) ||
	    answer.header.nlmsg_type != RTM_NEWLINK)
		return false;
	read_attributes(&answer.header, link);
	return *link->name != '\0';
}

void interface_look_up(int index, struct interface *interface)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct link link;

	*interface = (struct interface){ .index = index, .top = index };
	snprintf(interface->name, sizeof(interface->name), "if%d", index);
	for (int level = 0; level < LEVELS_MAX && ask(fd, interface->top, &link); level++) {
		printable(link.name, interface->name, sizeof(interface->name));
		interface->loopback = link.loopback;
		interface->dead = link.dead;
		if (link.vrf && ask(fd, link.master, &link))
			printable(link.name, interface->vrf, sizeof(interface->vrf));
		if (!link.master || link.vrf || *interface->vrf)
			break;
		interface->top = link.master;
	}
	if (fd >= 0)
		close(fd);
}
