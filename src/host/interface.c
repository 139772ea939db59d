/* SPDX-License-Identifier: MIT */
#include "host/interface.h"

#include <linux/if_link.h>
#include <net/if_arp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/util.h"
#include "host/netlink.h"

/* A VLAN on a bridge on a bond on a card. More would be a loop, which the kernel does not allow. */
#define LEVELS_MAX 8

/* IFF_LOWER_UP of linux/if.h, which cannot be included with net/if.h. */
#define LOWER_UP (1 << 16)

/* Kinds of interfaces that use another one of this host, and have its link. */
static const char *const above[] = { "vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "macsec" };

/* Kinds of Ethernet links that need no link-layer addresses. */
static const char *const without_arp[] = { "dummy", "ipvlan", "ipvtap", "vrf" };

/* Kinds of tunnels; also "tun", unless it is an Ethernet link for a virtual machine. */
static const char *const tunnels[] = { "wireguard", "gre",  "gretap", "erspan", "ip6gre",
				       "ip6gretap", "ipip", "sit",    "ip6tnl", "vti",
				       "vti6",      "xfrm", "vxlan",  "geneve", "gtp",
				       "bareudp",   "ppp",  "ovpn",   "tun" };

static bool is_word(const struct rtattr *a, const char *word)
{
	size_t length = strlen(word);

	return RTA_PAYLOAD(a) >= length && memcmp(RTA_DATA(a), word, length) == 0 &&
	       (RTA_PAYLOAD(a) == length || !((const char *)RTA_DATA(a))[length]);
}

static bool is_one_of(const struct rtattr *a, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_word(a, words[i]))
			return true;
	return false;
}

static void read_number(const struct rtattr *a, int *number)
{
	if (RTA_PAYLOAD(a) == sizeof(*number))
		memcpy(number, RTA_DATA(a), sizeof(*number));
}

/* in_vrf: its master is only a routing table, and packets stay on this interface. */
static void read_kind(const struct rtattr *nested, bool ethernet, bool *is_above, bool *in_vrf,
		      struct link *link)
{
	int left = (int)RTA_PAYLOAD(nested);

	for (const struct rtattr *a = RTA_DATA(nested); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == IFLA_INFO_SLAVE_KIND)
			*in_vrf = is_word(a, "vrf");
		if (a->rta_type == IFLA_INFO_KIND) {
			*is_above = is_one_of(a, above, ARRAY_SIZE(above));
			link->no_arp &= !is_one_of(a, without_arp, ARRAY_SIZE(without_arp));
			link->tunnel = is_one_of(a, tunnels, ARRAY_SIZE(tunnels)) &&
				       !(ethernet && is_word(a, "tun"));
			link->bridge = is_word(a, "bridge");
			link->dummy = is_word(a, "dummy");
		}
	}
}

static bool has_program(const struct rtattr *nested)
{
	int left = (int)RTA_PAYLOAD(nested);

	for (const struct rtattr *a = RTA_DATA(nested); RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == IFLA_XDP_ATTACHED && RTA_PAYLOAD(a) >= 1)
			return *(const uint8_t *)RTA_DATA(a) != XDP_ATTACHED_NONE;
	return false;
}

bool link_read(const struct nlmsghdr *answer, struct link *link)
{
	const struct ifinfomsg *info = NLMSG_DATA(answer);
	bool is_above = false, in_vrf = false, elsewhere = false;
	int left;

	*link = (struct link){ .name = "" };
	if (answer->nlmsg_type != RTM_NEWLINK || answer->nlmsg_len < NLMSG_LENGTH(sizeof(*info)))
		return false;
	link->loopback = info->ifi_flags & IFF_LOOPBACK;
	link->down = link->loopback && !(info->ifi_flags & IFF_UP);
	link->dead = link->down || (info->ifi_flags & IFF_UP && !(info->ifi_flags & LOWER_UP));
	link->no_arp = info->ifi_type == ARPHRD_ETHER && info->ifi_flags & IFF_NOARP;
	left = IFLA_PAYLOAD(answer);
	for (const struct rtattr *a = IFLA_RTA(info); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		switch (a->rta_type & NLA_TYPE_MASK) {
		case IFLA_IFNAME:
			snprintf(link->name, sizeof(link->name), "%.*s", (int)RTA_PAYLOAD(a),
				 (const char *)RTA_DATA(a));
			break;
		case IFLA_MASTER:
			read_number(a, &link->master);
			break;
		case IFLA_LINK:
			read_number(a, &link->lower);
			break;
		case IFLA_LINK_NETNSID:
			elsewhere = true; /* the one below is in another network namespace */
			break;
		case IFLA_XDP:
			link->xdp = has_program(a);
			break;
		case IFLA_LINKINFO:
			read_kind(a, info->ifi_type == ARPHRD_ETHER, &is_above, &in_vrf, link);
			break;
		}
	}
	if (in_vrf) {
		link->vrf = link->master;
		link->master = 0;
	}
	if (!is_above || elsewhere)
		link->lower = 0;
	return *link->name != '\0';
}

static bool ask(int fd, int index, struct link *link)
{
	struct netlink_question q = { .header = NETLINK_HEADER(RTM_GETLINK, sizeof(q.body.link)),
				      .body.link.ifi_index = index };
	struct nlmsghdr *answer = xmalloc(NETLINK_ANSWER_MAX);
	uint32_t skip = RTEXT_FILTER_SKIP_STATS;
	bool told;

	netlink_put(&q, IFLA_EXT_MASK, &skip, sizeof(skip));
	told = netlink_ask(fd, &q, answer, NETLINK_ANSWER_MAX) >= 0 && link_read(answer, link);
	free(answer);
	return told;
}

/* Without netlink(7). */
static void take_name(struct interface *interface)
{
	char name[IF_NAMESIZE];

	if (!if_indextoname((unsigned)interface->index, name))
		return;
	printable(name, interface->name, sizeof(interface->name));
	memcpy(interface->base_name, interface->name, sizeof(interface->base_name));
}

void interface_ask(int fd, int index, struct interface *interface)
{
	struct link link, vrf;
	int at = index;

	*interface = (struct interface){ .index = index, .top = index, .base = index };
	snprintf(interface->name, sizeof(interface->name), "if%d", index);
	memcpy(interface->base_name, interface->name, sizeof(interface->base_name));
	for (int level = 0; level < LEVELS_MAX && ask(fd, at, &link); level++) {
		interface->base = at;
		interface->xdp |= link.xdp;
		printable(link.name, interface->base_name, sizeof(interface->base_name));
		if (at == interface->top) {
			memcpy(interface->name, interface->base_name, sizeof(interface->name));
			interface->loopback = link.loopback;
			interface->dead = link.dead;
			interface->down = link.down;
			interface->dummy = link.dummy;
			interface->no_arp = link.no_arp;
			interface->tunnel = link.tunnel;
			interface->bridge = link.bridge;
			if (link.master)
				interface->top = link.master;
			else if (link.vrf && ask(fd, link.vrf, &vrf))
				printable(vrf.name, interface->vrf, sizeof(interface->vrf));
		}
		at = link.master ? link.master : link.lower;
		if (!at)
			break;
	}
	if (fd < 0)
		take_name(interface);
}

/* It is no port of another one, and nothing carries it. */
static bool look_up_loopback(int fd, struct interface *interface)
{
	struct ifreq asked = { .ifr_ifindex = interface->index };

	if (ioctl(fd, SIOCGIFNAME, &asked) < 0)
		return false;
	interface->loopback = true;
	printable(asked.ifr_name, interface->name, sizeof(interface->name));
	memcpy(interface->base_name, interface->name, sizeof(interface->base_name));
	return true;
}

void interface_of_packet(int packet_socket, const struct sockaddr_ll *link,
			 struct interface *interface)
{
	int index = link->sll_ifindex;

	*interface = (struct interface){ .index = index, .top = index, .base = index };
	if (link->sll_hatype != ARPHRD_LOOPBACK || !look_up_loopback(packet_socket, interface))
		interface_look_up(index, interface);
}

void interface_look_up(int index, struct interface *interface)
{
	interface_ask(netlink_open(NETLINK_ROUTE), index, interface);
}
