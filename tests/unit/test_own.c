/* SPDX-License-Identifier: MIT */
/* own.c: which addresses are this host's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/util.h"
#include "host/own.h"

static void addresses_of_this_host_and_of_others(void **state)
{
	static const struct {
		const char *text;
		bool own;
	} cases[] = {
		{ "127.0.0.1", true },  { "127.9.9.9", true },    { "::1", true },
		{ "192.0.2.7", false }, { "2001:db8::7", false }, { "fe80::7", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		union address a;

		assert_true(address_from_text(&a, cases[i].text));
		if (host_has_address(&a) != cases[i].own)
			fail_msg("%s", cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_of_this_host_and_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
