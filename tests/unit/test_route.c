/* SPDX-License-Identifier: MIT */
/* What the kernel says about routes, as messages made by hand; and loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "base/util.h"
#include "fake_netlink.h"
#include "host/route.h"

static void expect_address(const union address *a, const char *expected)
{
	char text[ADDRESS_TEXT_MAX] = "none";

	if (a->sa.sa_family)
		address_host_text(a, text);
	assert_string_equal(text, expected);
}

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
	attribute_number(&m, RTA_OIF, 7);
	attribute_address(&m, RTA_GATEWAY, "10.1.1.254");
	attribute_address(&m, RTA_PREFSRC, "10.1.1.1");
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
	attribute_address(&m, RTA_GATEWAY, "fe80::1");
	attribute_number(&m, RTA_OIF, 1);
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
	attribute_address(&m, RTA_GATEWAY, "10.1.1.254");
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
