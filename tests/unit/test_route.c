/* SPDX-License-Identifier: MIT */
/* What the kernel says about routes, links and rules, as messages made by hand; and loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/if_link.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "host/interface.h"
#include "host/neighbour.h"
#include "host/netlink.h"
#include "host/route.h"
#include "host/rules.h"

static void put_number(struct netlink_question *m, unsigned short type, uint32_t number)
{
	netlink_put(m, type, &number, sizeof(number));
}

static void put_bytes(struct netlink_question *m, unsigned short type, const char *address)
{
	union address a;
	size_t length;
	const void *bytes;

	assert_true(address_from_text(&a, address));
	bytes = address_bytes(&a, &length);
	netlink_put(m, type, bytes, length);
}

static void expect_address(const union address *a, const char *expected)
{
	char text[ADDRESS_TEXT_MAX] = "none";

	if (a->sa.sa_family)
		address_host_text(a, text);
	assert_string_equal(text, expected);
}

/* --- Routes ----------------------------------------------------------------------------------- */

static struct netlink_question route_message(sa_family_t family)
{
	return (struct netlink_question){ .header = NETLINK_HEADER(RTM_NEWROUTE,
								   sizeof(struct rtmsg)),
					  .body.route.rtm_family = (unsigned char)family };
}

static void a_route_is_read(void **state)
{
	struct netlink_question m = route_message(AF_INET);
	struct route route;

	(void)state;
	assert_true(route_read(&m.header, &route));
	assert_false(route.broadcast);
	assert_int_equal(route.link, 0);
	put_number(&m, RTA_OIF, 7);
	put_bytes(&m, RTA_GATEWAY, "10.1.1.254");
	put_bytes(&m, RTA_PREFSRC, "10.1.1.1");
	assert_true(route_read(&m.header, &route));
	assert_int_equal(route.error, 0);
	assert_int_equal(route.link, 7);
	expect_address(&route.gateway, "10.1.1.254");
	expect_address(&route.source, "10.1.1.1");
}

/* fe80::1 is a different router on each link. */
static void a_link_local_gateway_has_its_link(void **state)
{
	struct netlink_question m = route_message(AF_INET6);
	struct route route;

	(void)state;
	put_bytes(&m, RTA_GATEWAY, "fe80::1");
	put_number(&m, RTA_OIF, 1);
	assert_true(route_read(&m.header, &route));
	assert_int_equal(route.gateway.v6.sin6_scope_id, 1);
	expect_address(&route.source, "none");
}

static void a_gateway_may_be_of_the_other_family(void **state)
{
	struct {
		uint16_t family;
		uint8_t address[16];
	} via = { AF_INET6, { 0xfd, 1, [15] = 0xfe } };
	struct netlink_question m = route_message(AF_INET);
	struct route route;

	(void)state;
	netlink_put(&m, RTA_VIA, &via, sizeof(via));
	assert_true(route_read(&m.header, &route));
	expect_address(&route.gateway, "fd01::fe");
	m = route_message(AF_INET);
	netlink_put(&m, RTA_VIA, &via, sizeof(via) - 1);
	assert_true(route_read(&m.header, &route));
	expect_address(&route.gateway, "none");
}

/* A kernel that is newer, or a message that is cut. */
static void the_broadcast_address_of_a_network(void **state)
{
	struct netlink_question m = route_message(AF_INET);
	struct route route;

	(void)state;
	m.body.route.rtm_type = RTN_BROADCAST;
	assert_true(route_read(&m.header, &route));
	assert_true(route.broadcast);
}

static void a_route_that_does_not_leave_this_host(void **state)
{
	struct netlink_question m = route_message(AF_INET6);
	struct route route;

	(void)state;
	assert_true(route_read(&m.header, &route));
	assert_false(route.local);
	m.body.route.rtm_type = RTN_LOCAL;
	assert_true(route_read(&m.header, &route));
	assert_true(route.local);
}

static void what_is_no_route_is_not_read(void **state)
{
	struct netlink_question m = route_message(AF_MPLS);
	struct route route;

	(void)state;
	assert_false(route_read(&m.header, &route));
	m = route_message(AF_INET);
	put_bytes(&m, RTA_GATEWAY, "10.1.1.254");
	m.header.nlmsg_len -= 2;
	assert_true(route_read(&m.header, &route));
	expect_address(&route.gateway, "none");
	m.header.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)) - 1;
	assert_false(route_read(&m.header, &route));
	m = route_message(AF_INET);
	m.header.nlmsg_type = RTM_NEWLINK;
	assert_false(route_read(&m.header, &route));
}

static struct route closed(const char *peer, int *error)
{
	struct route route;
	union address a;

	assert_true(address_from_text(&a, peer));
	address_set_port(&a, 5000);
	*error = route_closed(routes_now(), &a, NULL, 0, &route);
	return route;
}

/* Loopback has a route on every host; the question needs no privilege, and no port. */
static void route_to_loopback(void **state)
{
	struct interface interface;
	struct route route;
	int lowest, error;

	(void)state;
	route = closed("127.0.0.1", &error);
	lowest = dup(STDERR_FILENO);
	close(lowest);
	assert_int_equal(error, 0);
	expect_address(&route.source, "127.0.0.1");
	expect_address(&route.gateway, "none");
	interface_look_up(route.link, &interface);
	assert_true(interface.loopback);
	assert_int_equal(interface.base, route.link);
	closed("127.0.0.77", &error);
	assert_int_equal(error, 0);
	/* Only one descriptor is open. */
	assert_int_equal(dup(STDERR_FILENO), lowest);
	close(lowest);
}

static bool count_one(void *context, const struct nlmsghdr *one)
{
	(void)one;
	++*(unsigned *)context;
	return true;
}

static unsigned count_links(void)
{
	struct netlink_question q = { .header = NETLINK_HEADER(RTM_GETLINK, sizeof(q.body.link)) };
	unsigned count = 0;

	assert_int_equal(netlink_list(netlink_open(NETLINK_ROUTE), &q, count_one, &count), 0);
	return count;
}

/* A call failed after a question: its answer is not that to the next one. */
static void late_answers(void **state)
{
	struct netlink_question q = { .header = NETLINK_HEADER(RTM_GETLINK, sizeof(q.body.link)),
				      .body.link.ifi_index = 1 };
	int fd = netlink_open(NETLINK_ROUTE), error;
	unsigned links = count_links();

	(void)state;
	assert_int_equal(send(fd, &q, q.header.nlmsg_len, 0), q.header.nlmsg_len);
	assert_true(closed("127.0.0.8", &error).link);
	assert_int_equal(send(fd, &q, q.header.nlmsg_len, 0), q.header.nlmsg_len);
	assert_int_equal(count_links(), links);
}

/* In a sandbox without rtnetlink(7) a UDP socket says less. */
static void route_without_netlink(void **state)
{
	struct routes routes = { .fd = -1 };
	struct route route;
	union address a;

	(void)state;
	assert_true(address_from_text(&a, "127.0.0.77"));
	address_set_port(&a, 5000);
	assert_int_equal(route_closed(&routes, &a, NULL, 0, &route), 0);
	assert_int_equal(route.link, 0);
	expect_address(&route.source, "127.0.0.1");
	free(routes.asked);
}

/* Many targets have the same host: until the next routes_now() it is asked about once. */
static void what_was_asked_is_remembered(void **state)
{
	struct routes *routes = routes_now();
	struct route route;
	union address a, other;
	int fd = routes->fd;

	(void)state;
	assert_true(address_from_text(&a, "127.0.0.6"));
	assert_true(address_from_text(&other, "127.0.0.7"));
	assert_int_equal(route_ask(routes, &a, NULL, &route), 0);
	assert_int_equal(route.link, 1);
	routes->fd = -1;
	address_set_port(&a, 5001);
	assert_int_equal(route_ask(routes, &a, NULL, &route), 0);
	assert_int_equal(route.link, 1);
	/* These are other questions. */
	assert_int_equal(route_ask(routes, &other, NULL, &route), 0);
	assert_int_equal(route.link, 0);
	assert_int_equal(route_ask(routes, &a, &other, &route), 0);
	assert_int_equal(route.link, 0);
	assert_int_equal(route_ask_on(routes, 1, &a, NULL, &route), 0);
	assert_int_equal(route.link, 0);
	routes->fd = fd;
}

/* Without its zone a link-local address is on the first link that has such a route, or on none. */
static void route_without_zone(void **state)
{
	int error;

	(void)state;
	closed("fe80::1", &error);
	assert_int_equal(error, 0);
}

/* A stack may be unable to send from a link-local address, and is if it is to reach further. */
static void a_route_with_a_link_local_source(void **state)
{
	static const struct {
		const char *peer, *source;
		bool lacks;
	} cases[] = {
		{ "2001:db8::1", "fe80::1", true },   { "fd01::2", "fe80::1", true },
		{ "fe80::2", "fe80::1", false },      { "2001:db8::1", "fd01::1", false },
		{ "10.1.1.2", "169.254.1.1", false },
	};
	const struct routes any = { .fd = -1 }, global = { .fd = -1, .no_link_local = true };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct route route = { .error = 0 };
		union address peer;

		assert_true(address_from_text(&peer, cases[i].peer));
		assert_true(address_from_text(&route.source, cases[i].source));
		assert_int_equal(route_lacks_source(&global, &peer, &route), cases[i].lacks);
		assert_false(route_lacks_source(&any, &peer, &route));
	}
}

/* --- Links ------------------------------------------------------------------------------------ */

struct nested {
	unsigned short type;
	const char *kind; /* NULL ends the list */
};

static struct netlink_question link_message(const char *name, const struct nested *kinds)
{
	struct netlink_question m = { .header = NETLINK_HEADER(RTM_NEWLINK,
							       sizeof(struct ifinfomsg)) };
	struct {
		struct rtattr head;
		char text[16];
	} info[2] = { 0 };
	size_t count = 0;

	netlink_put(&m, IFLA_IFNAME, name, strlen(name) + 1);
	for (; kinds && kinds[count].kind; count++) {
		info[count].head.rta_type = kinds[count].type;
		info[count].head.rta_len = sizeof(info[count]);
		strcpy(info[count].text, kinds[count].kind);
	}
	if (count)
		netlink_put(&m, IFLA_LINKINFO, info, count * sizeof(info[0]));
	return m;
}

static void expect_link(const struct netlink_question *m, int master, int lower)
{
	struct link link;

	assert_true(link_read(&m->header, &link));
	assert_int_equal(link.master, master);
	assert_int_equal(link.lower, lower);
}

static void links_and_what_is_below(void **state)
{
	static const struct nested vlan[] = { { IFLA_INFO_KIND, "vlan" }, { 0, NULL } };
	static const struct nested macvlan[] = { { IFLA_INFO_KIND, "macvlan" }, { 0, NULL } };
	static const struct nested veth[] = { { IFLA_INFO_KIND, "veth" }, { 0, NULL } };
	static const struct nested in_vrf[] = { { IFLA_INFO_KIND, "vlan" },
						{ IFLA_INFO_SLAVE_KIND, "vrf" } };
	static const struct nested in_bond[] = { { IFLA_INFO_KIND, "veth" },
						 { IFLA_INFO_SLAVE_KIND, "bond" } };
	struct nested port[3] = { { 0, NULL } };
	struct netlink_question m = link_message("c1.10", vlan);

	(void)state;
	put_number(&m, IFLA_LINK, 5);
	expect_link(&m, 0, 5);
	/* In a container, the card is in another namespace. */
	put_number(&m, IFLA_LINK_NETNSID, 0);
	expect_link(&m, 0, 0);
	m = link_message("mv", macvlan);
	put_number(&m, IFLA_LINK, 5);
	expect_link(&m, 0, 5);
	/* Of a veth it is the other end. */
	m = link_message("c1", veth);
	put_number(&m, IFLA_LINK, 5);
	expect_link(&m, 0, 0);
	/* A VRF is only a routing table. */
	memcpy(port, in_vrf, sizeof(in_vrf));
	m = link_message("c1.20", port);
	put_number(&m, IFLA_LINK, 5);
	put_number(&m, IFLA_MASTER, 9);
	expect_link(&m, 0, 5);
	memcpy(port, in_bond, sizeof(in_bond));
	m = link_message("c1", port);
	put_number(&m, IFLA_MASTER, 9);
	expect_link(&m, 9, 0);
}

static void a_link_is_up_or_has_no_carrier(void **state)
{
	static const struct {
		unsigned flags;
		bool dead, loopback;
	} cases[] = {
		{ 0, false, false }, /* down: it has no routes */
		{ IFF_LOOPBACK, true, true },
		{ IFF_UP, true, false },
		{ IFF_UP | 1 << 16, false, false },
		{ IFF_UP | IFF_LOOPBACK | 1 << 16, false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct netlink_question m = link_message("c1", NULL);
		struct link link;

		m.body.link.ifi_flags = cases[i].flags;
		assert_true(link_read(&m.header, &link));
		assert_int_equal(link.dead, cases[i].dead);
		assert_int_equal(link.loopback, cases[i].loopback);
		assert_int_equal(link.down, cases[i].dead && cases[i].loopback);
	}
}

static void a_link_may_have_a_program(void **state)
{
	static const struct {
		struct nlattr head;
		uint8_t attached, padding[3];
	} program = { { .nla_len = NLA_HDRLEN + 1, .nla_type = IFLA_XDP_ATTACHED }, 2, { 0 } };
	struct netlink_question m = link_message("c1", NULL);
	struct link link;

	(void)state;
	assert_true(link_read(&m.header, &link));
	assert_false(link.xdp);
	netlink_put(&m, IFLA_XDP | NLA_F_NESTED, &program, sizeof(program));
	assert_true(link_read(&m.header, &link));
	assert_true(link.xdp);
}

static void an_ethernet_link_may_ask_for_no_addresses(void **state)
{
	static const struct nested veth[] = { { IFLA_INFO_KIND, "veth" }, { 0, NULL } };
	static const struct nested ipvlan[] = { { IFLA_INFO_KIND, "ipvlan" }, { 0, NULL } };
	const struct {
		const struct nested *kinds;
		unsigned short type;
		unsigned flags;
		bool no_arp;
	} cases[] = {
		{ NULL, ARPHRD_ETHER, 0, false },        { NULL, ARPHRD_ETHER, IFF_NOARP, true },
		{ veth, ARPHRD_ETHER, IFF_NOARP, true }, { ipvlan, ARPHRD_ETHER, IFF_NOARP, false },
		{ NULL, ARPHRD_NONE, IFF_NOARP, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct netlink_question m = link_message("c1", cases[i].kinds);
		struct link link;

		m.body.link.ifi_type = cases[i].type;
		m.body.link.ifi_flags = cases[i].flags;
		assert_true(link_read(&m.header, &link));
		assert_int_equal(link.no_arp, cases[i].no_arp);
	}
}

/* Those of a virtual machine are of the same kind as those of a VPN. */
static void a_link_may_be_a_tunnel(void **state)
{
	const struct {
		const char *kind;
		unsigned short type;
		bool tunnel;
	} cases[] = {
		{ "veth", ARPHRD_ETHER, false }, { "wireguard", ARPHRD_NONE, true },
		{ "vxlan", ARPHRD_ETHER, true }, { "tun", ARPHRD_NONE, true },
		{ "tun", ARPHRD_ETHER, false },  { "ipip", ARPHRD_TUNNEL, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct nested kinds[] = { { IFLA_INFO_KIND, cases[i].kind }, { 0, NULL } };
		struct netlink_question m = link_message("t1", kinds);
		struct link link;

		m.body.link.ifi_type = cases[i].type;
		assert_true(link_read(&m.header, &link));
		assert_int_equal(link.tunnel, cases[i].tunnel);
	}
}

/* --- Neighbours ------------------------------------------------------------------------------- */

static void a_table_of_neighbours(void **state)
{
	struct netlink_question m = { .header = NETLINK_HEADER(RTM_NEWNEIGHTBL,
							       sizeof(struct ndtmsg)),
				      .body.neighbour_table.ndtm_family = AF_INET };
	struct ndt_config config = { .ndtc_entries = 1024 };
	struct ndt_stats stats = { .ndts_table_fulls = 3 };
	struct neighbour_table table;

	(void)state;
	put_number(&m, NDTA_THRESH1, 128);
	put_number(&m, NDTA_THRESH3, 1024);
	netlink_put(&m, NDTA_CONFIG, &config, sizeof(config));
	/* An old kernel has fewer of them. */
	netlink_put(&m, NDTA_STATS, &stats, 16);
	assert_true(neighbour_table_read(&m.header, &table));
	assert_int_equal(table.family, AF_INET);
	assert_int_equal(table.entries, 1024);
	assert_int_equal(table.room, 1024);
	assert_int_equal(table.fulls, 0);
	m.header.nlmsg_len = NLMSG_LENGTH(sizeof(struct ndtmsg));
	netlink_put(&m, NDTA_STATS, &stats, sizeof(stats));
	assert_true(neighbour_table_read(&m.header, &table));
	assert_int_equal(table.fulls, 3);
	assert_int_equal(table.room, 0);
	m.header.nlmsg_len = NLMSG_LENGTH(sizeof(struct ndtmsg));
	m.header.nlmsg_len--;
	assert_false(neighbour_table_read(&m.header, &table));
	m.header.nlmsg_type = RTM_NEWNEIGH;
	assert_false(neighbour_table_read(&m.header, &table));
}

/* --- Rules ------------------------------------------------------------------------------------ */

static void rules_that_cannot_be_asked_about(void **state)
{
	static const struct {
		unsigned short type;
		unsigned rules;
	} cases[] = {
		{ FRA_SRC, 0 },
		{ FRA_TABLE, 0 },
		{ FRA_IP_PROTO, RULES_BY_PACKET },
		{ FRA_UID_RANGE, RULES_BY_PACKET },
		{ FRA_SPORT_RANGE, RULES_BY_PACKET },
		{ FRA_DPORT_RANGE, RULES_BY_PACKET },
		{ FRA_FWMARK, RULES_BY_MARK },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct netlink_question m = { .header = NETLINK_HEADER(
						      RTM_NEWRULE, sizeof(struct fib_rule_hdr)) };

		put_number(&m, FRA_PRIORITY, 100);
		put_number(&m, cases[i].type, 1);
		assert_int_equal(rule_read(&m.header), cases[i].rules);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_route_is_read),
		cmocka_unit_test(the_broadcast_address_of_a_network),
		cmocka_unit_test(a_route_that_does_not_leave_this_host),
		cmocka_unit_test(a_link_local_gateway_has_its_link),
		cmocka_unit_test(a_gateway_may_be_of_the_other_family),
		cmocka_unit_test(what_is_no_route_is_not_read),
		cmocka_unit_test(route_to_loopback),
		cmocka_unit_test(late_answers),
		cmocka_unit_test(route_without_netlink),
		cmocka_unit_test(what_was_asked_is_remembered),
		cmocka_unit_test(route_without_zone),
		cmocka_unit_test(a_route_with_a_link_local_source),
		cmocka_unit_test(links_and_what_is_below),
		cmocka_unit_test(a_link_is_up_or_has_no_carrier),
		cmocka_unit_test(a_link_may_have_a_program),
		cmocka_unit_test(an_ethernet_link_may_ask_for_no_addresses),
		cmocka_unit_test(a_link_may_be_a_tunnel),
		cmocka_unit_test(a_table_of_neighbours),
		cmocka_unit_test(rules_that_cannot_be_asked_about),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
