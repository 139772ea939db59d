/* SPDX-License-Identifier: MIT */
/* bridge.c: addresses that bridges have on many hosts, and bridges of this host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/util.h"
#include "host/bridge.h"

static void usual_addresses_of_bridges(void **state)
{
	static const struct {
		const char *text, *bridge; /* NULL: none */
	} cases[] = {
		{ "172.17.0.1", "docker0" },
		{ "172.18.0.1", "a bridge of Docker" },
		{ "172.31.0.1", "a bridge of Docker" },
		{ "172.32.0.1", NULL },
		{ "172.17.0.2", NULL },
		{ "192.168.122.1", "virbr0" },
		{ "192.168.1.1", NULL },
		{ "10.88.0.1", "a bridge of Podman" },
		{ "10.89.0.1", "a bridge of Podman" },
		{ "10.244.3.1", "cni0" },
		{ "10.1.1.2", NULL },
		{ "fd00::1", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *bridge;
		union address a;

		assert_true(address_from_text(&a, cases[i].text));
		bridge = bridge_usual(&a);
		assert_int_equal(!bridge, !cases[i].bridge);
		if (bridge)
			assert_string_equal(bridge, cases[i].bridge);
	}
}

static void loopback_is_no_bridge(void **state)
{
	struct own_bridge found;
	union address a;

	(void)state;
	assert_true(address_from_text(&a, "127.0.0.1"));
	assert_int_equal(bridges_among(&a, 1, &found, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual_addresses_of_bridges),
		cmocka_unit_test(loopback_is_no_bridge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
