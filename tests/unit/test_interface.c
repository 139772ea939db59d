/* SPDX-License-Identifier: MIT */
/* What the kernel says about links: messages made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/if_link.h>
#include <net/if_arp.h>
#include <string.h>

#include <cmocka.h>

#include "base/util.h"
#include "fake_netlink.h"
#include "host/interface.h"

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
	attribute_number(&m, IFLA_LINK, 5);
	expect_link(&m, 0, 5);
	/* In a container, the card is in another namespace. */
	attribute_number(&m, IFLA_LINK_NETNSID, 0);
	expect_link(&m, 0, 0);
	m = link_message("mv", macvlan);
	attribute_number(&m, IFLA_LINK, 5);
	expect_link(&m, 0, 5);
	/* Of a veth it is the other end. */
	m = link_message("c1", veth);
	attribute_number(&m, IFLA_LINK, 5);
	expect_link(&m, 0, 0);
	/* A VRF is only a routing table. */
	memcpy(port, in_vrf, sizeof(in_vrf));
	m = link_message("c1.20", port);
	attribute_number(&m, IFLA_LINK, 5);
	attribute_number(&m, IFLA_MASTER, 9);
	expect_link(&m, 0, 5);
	memcpy(port, in_bond, sizeof(in_bond));
	m = link_message("c1", port);
	attribute_number(&m, IFLA_MASTER, 9);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_and_what_is_below),
		cmocka_unit_test(a_link_is_up_or_has_no_carrier),
		cmocka_unit_test(a_link_may_have_a_program),
		cmocka_unit_test(an_ethernet_link_may_ask_for_no_addresses),
		cmocka_unit_test(a_link_may_be_a_tunnel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
