/* SPDX-License-Identifier: MIT */
/* What an address is: scope, text, packing. */
#include <arpa/inet.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/address.h"

/* --- What an address is ---------------------------------------------------------------------- */

static union address parsed(const char *text)
{
	union address a;

	if (!address_from_text(&a, text))
		fail_msg("%s", text);
	return a;
}

static void kinds_of_addresses(void **state)
{
	static const struct {
		const char *text;
		enum address_scope scope;
		bool unicast;
		bool wildcard;
	} cases[] = {
		{ "127.0.0.1", SCOPE_LOOPBACK, true, false },
		{ "127.255.255.255", SCOPE_LOOPBACK, true, false },
		{ "126.255.255.255", SCOPE_GLOBAL, true, false },
		{ "128.0.0.0", SCOPE_GLOBAL, true, false },
		{ "169.254.0.1", SCOPE_LINK, true, false },
		{ "169.253.0.1", SCOPE_GLOBAL, true, false },
		{ "169.255.0.1", SCOPE_GLOBAL, true, false },
		{ "10.0.0.1", SCOPE_PRIVATE, true, false },
		{ "11.0.0.1", SCOPE_GLOBAL, true, false },
		{ "172.15.255.255", SCOPE_GLOBAL, true, false },
		{ "172.16.0.0", SCOPE_PRIVATE, true, false },
		{ "172.31.255.255", SCOPE_PRIVATE, true, false },
		{ "172.32.0.0", SCOPE_GLOBAL, true, false },
		{ "192.168.255.1", SCOPE_PRIVATE, true, false },
		{ "192.169.0.1", SCOPE_GLOBAL, true, false },
		{ "198.17.255.255", SCOPE_GLOBAL, true, false },
		{ "198.18.0.1", SCOPE_PRIVATE, true, false },
		{ "198.19.255.255", SCOPE_PRIVATE, true, false },
		{ "198.20.0.0", SCOPE_GLOBAL, true, false },
		{ "100.64.0.1", SCOPE_GLOBAL, true, false },
		{ "192.0.2.1", SCOPE_GLOBAL, true, false },
		{ "192.88.98.255", SCOPE_GLOBAL, true, false },
		{ "192.88.99.1", SCOPE_GLOBAL, false, false },
		{ "192.88.100.0", SCOPE_GLOBAL, true, false },
		{ "0.0.0.0", SCOPE_GLOBAL, false, true },
		{ "0.0.0.1", SCOPE_GLOBAL, false, false },
		{ "1.0.0.0", SCOPE_GLOBAL, true, false },
		{ "223.255.255.255", SCOPE_GLOBAL, true, false },
		{ "224.0.0.1", SCOPE_GLOBAL, false, false },
		{ "239.255.255.255", SCOPE_GLOBAL, false, false },
		{ "255.255.255.254", SCOPE_GLOBAL, true, false },
		{ "255.255.255.255", SCOPE_GLOBAL, false, false },
		{ "::", SCOPE_GLOBAL, false, true },
		{ "::1", SCOPE_LOOPBACK, true, false },
		{ "::2", SCOPE_GLOBAL, true, false },
		{ "fe80::1", SCOPE_LINK, true, false },
		{ "febf::1", SCOPE_LINK, true, false },
		{ "fec0::1", SCOPE_PRIVATE, true, false },
		{ "fc00::1", SCOPE_GLOBAL, true, false },
		{ "fd01::1", SCOPE_GLOBAL, true, false },
		{ "2001:db8::1", SCOPE_GLOBAL, true, false },
		{ "ff02::1", SCOPE_GLOBAL, false, false },
		{ "ff00::", SCOPE_GLOBAL, false, false },
		{ "::ffff:127.0.0.1", SCOPE_LOOPBACK, true, false },
		{ "::ffff:0.0.0.0", SCOPE_GLOBAL, false, true },
		{ "::ffff:224.0.0.1", SCOPE_GLOBAL, false, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		union address a = parsed(cases[i].text);

		if (address_scope(&a) != cases[i].scope)
			fail_msg("scope of %s: %d", cases[i].text, address_scope(&a));
		if (address_is_unicast(&a) != cases[i].unicast)
			fail_msg("unicast: %s", cases[i].text);
		if (address_is_wildcard(&a) != cases[i].wildcard)
			fail_msg("wildcard: %s", cases[i].text);
	}
	assert_string_equal(address_scope_name(SCOPE_LOOPBACK), "loopback");
	assert_string_equal(address_scope_name(SCOPE_LINK), "link-local");
	assert_string_equal(address_scope_name(SCOPE_PRIVATE), "private");
	assert_string_equal(address_scope_name(SCOPE_GLOBAL), "global");
}

static void from_text_takes_numbers_only(void **state)
{
	static const char *const not_numeric[] = {
		"", "server", "10.1", "10.1.1.2 ", "[fd01::1]", "fd01::1:", "0x7f.1", "10.1.1.2:5"
	};
	union address a;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(not_numeric); i++)
		assert_false(address_from_text(&a, not_numeric[i]));
	a = parsed("fe80::1%nosuch0");
	assert_int_equal(a.v6.sin6_scope_id, 0);
	assert_int_equal(address_port(&a), 0);
}

static void equal_ignores_ports_and_missing_zones(void **state)
{
	static const struct {
		const char *a;
		uint32_t zone_a;
		const char *b;
		uint32_t zone_b;
		bool equal;
	} cases[] = {
		{ "10.1.1.2", 0, "10.1.1.2", 0, true },
		{ "10.1.1.2", 0, "::ffff:10.1.1.2", 0, true },
		{ "10.1.1.2", 0, "10.1.1.3", 0, false },
		{ "fd01::2", 0, "fd01:0::2", 0, true },
		{ "fd01::2", 0, "fd01::3", 0, false },
		{ "10.1.1.2", 0, "::10.1.1.2", 0, false },
		{ "fe80::1", 1, "fe80::1", 1, true },
		{ "fe80::1", 1, "fe80::1", 2, false },
		{ "fe80::1", 1, "fe80::1", 0, true },
		{ "fe80::1", 0, "fe80::1", 2, true },
		{ "fe80::1", 1, "fe80::2", 1, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		union address a = parsed(cases[i].a);
		union address b = parsed(cases[i].b);

		if (cases[i].zone_a)
			a.v6.sin6_scope_id = cases[i].zone_a;
		if (cases[i].zone_b)
			b.v6.sin6_scope_id = cases[i].zone_b;
		address_set_port(&a, 1);
		address_set_port(&b, 2);
		if (address_equal(&a, &b) != cases[i].equal ||
		    address_equal(&b, &a) != cases[i].equal)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
	}
}

static void text_of_addresses(void **state)
{
	static const struct {
		const char *host;
		const char *zone; /* NULL: none */
		uint16_t port;
		const char *host_text;
		const char *text;
	} cases[] = {
		{ "10.1.1.2", NULL, 5000, "10.1.1.2", "10.1.1.2:5000" },
		{ "0.10.100.205", NULL, 0, "0.10.100.205", "0.10.100.205:0" },
		{ "255.255.255.255", NULL, 65535, "255.255.255.255", "255.255.255.255:65535" },
		{ "fd01:0::2", NULL, 0, "fd01::2", "[fd01::2]:0" },
		{ "::ffff:1.2.3.4", NULL, 1, "1.2.3.4", "1.2.3.4:1" },
		{ "fe80::1", NULL, 1, "fe80::1", "[fe80::1]:1" },
		{ "fe80::1", "lo", 1, "fe80::1%lo", "[fe80::1%lo]:1" },
		{ "fe80:1111:2222:3333:4444:5555:6666:7777", "4294967295", 65535,
		  "fe80:1111:2222:3333:4444:5555:6666:7777%4294967295",
		  "[fe80:1111:2222:3333:4444:5555:6666:7777%4294967295]:65535" },
	};
	char text[ADDRESS_TEXT_MAX];
	union address none;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		union address a = parsed(cases[i].host);

		if (cases[i].zone)
			a.v6.sin6_scope_id = strcmp(cases[i].zone, "lo") == 0 ? if_nametoindex("lo")
									      : UINT32_MAX;
		address_set_port(&a, cases[i].port);
		assert_int_equal(address_port(&a), cases[i].port);
		assert_ptr_equal(address_host_text(&a, text), text);
		assert_string_equal(text, cases[i].host_text);
		assert_ptr_equal(address_text(&a, text), text);
		assert_string_equal(text, cases[i].text);
	}
	memset(&none, 0, sizeof(none));
	assert_string_equal(address_text(&none, text), "none");
	assert_int_equal(address_port(&none), 0);
	assert_int_equal(address_length(&none), 0);
}

static void from_sockaddr_unmaps(void **state)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(7) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
				   .sin6_port = htons(8),
				   .sin6_flowinfo = 5,
				   .sin6_scope_id = 3 };
	struct sockaddr other = { .sa_family = AF_UNIX };
	char text[ADDRESS_TEXT_MAX];
	union address a;

	(void)state;
	v4.sin_addr.s_addr = htonl(0x0a010102);
	assert_true(address_from_sockaddr(&a, (struct sockaddr *)&v4));
	assert_string_equal(address_text(&a, text), "10.1.1.2:7");

	inet_pton(AF_INET6, "fe80::1", &v6.sin6_addr);
	assert_true(address_from_sockaddr(&a, (struct sockaddr *)&v6));
	assert_int_equal(a.sa.sa_family, AF_INET6);
	assert_int_equal(a.v6.sin6_scope_id, 3);
	assert_int_equal(a.v6.sin6_flowinfo, 0);
	assert_int_equal(address_port(&a), 8);

	inet_pton(AF_INET6, "::ffff:10.1.1.2", &v6.sin6_addr);
	assert_true(address_from_sockaddr(&a, (struct sockaddr *)&v6));
	assert_int_equal(a.sa.sa_family, AF_INET);
	assert_string_equal(address_text(&a, text), "10.1.1.2:8");

	assert_false(address_from_sockaddr(&a, &other));
}

static void pack_leaves_no_gaps(void **state)
{
	union address list[3] = { parsed("10.1.1.2"), parsed("fd01::2"), parsed("10.1.1.3") };
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	char *packed;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(list); i++)
		address_set_port(&list[i], 5000);
	packed = address_pack(list, ARRAY_SIZE(list));

	memcpy(&v4, packed, sizeof(v4));
	assert_int_equal(v4.sin_family, AF_INET);
	assert_int_equal(ntohl(v4.sin_addr.s_addr), 0x0a010102);
	assert_int_equal(ntohs(v4.sin_port), 5000);
	memcpy(&v6, packed + sizeof(v4), sizeof(v6));
	assert_int_equal(v6.sin6_family, AF_INET6);
	assert_memory_equal(&v6.sin6_addr, &list[1].v6.sin6_addr, sizeof(v6.sin6_addr));
	memcpy(&v4, packed + sizeof(v4) + sizeof(v6), sizeof(v4));
	assert_int_equal(v4.sin_family, AF_INET);
	assert_int_equal(ntohl(v4.sin_addr.s_addr), 0x0a010103);
	free(packed);

	packed = address_pack(list, 0);
	assert_non_null(packed);
	free(packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_addresses),
		cmocka_unit_test(from_text_takes_numbers_only),
		cmocka_unit_test(equal_ignores_ports_and_missing_zones),
		cmocka_unit_test(text_of_addresses),
		cmocka_unit_test(from_sockaddr_unmaps),
		cmocka_unit_test(pack_leaves_no_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
