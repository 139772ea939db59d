/* SPDX-License-Identifier: MIT */
/* local.c: which addresses are of this host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"
#include "host/local.h"

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
		if (local_has(&a) != cases[i].own)
			fail_msg("%s", cases[i].text);
		/* Without any address it is not told. */
		if (i == 0)
			assert_false(local_lacks(&a));
	}
}

/* All of 127/8 is local, and lo has only 127.0.0.1. */
static void an_address_that_no_interface_has(void **state)
{
	static const struct {
		const char *text;
		enum local_state state;
	} cases[] = {
		{ "127.0.0.1", LOCAL_USABLE },
		{ "127.9.9.9", LOCAL_BY_ROUTE },
		{ "0.0.0.0", LOCAL_USABLE },
		{ "192.0.2.7", LOCAL_ABSENT },
	};
	union address a;

	(void)state;
	assert_true(address_from_text(&a, "127.0.0.1"));
	if (local_look_up(&a).state != LOCAL_USABLE) {
		print_message("lo is down here\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(address_from_text(&a, cases[i].text));
		assert_int_equal(local_look_up(&a).state, cases[i].state);
	}
}

/* The address that this host would send from, if it has a route at all. */
static void the_address_that_packets_leave_from(void **state)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	union address there, from;
	socklen_t size = sizeof(from);
	bool routed;

	(void)state;
	assert_true(address_from_text(&there, "192.0.2.7"));
	address_set_port(&there, 9);
	routed = connect(fd, &there.sa, address_length(&there)) == 0 &&
		 getsockname(fd, &from.sa, &size) == 0;
	close(fd);
	if (!routed) {
		print_message("this host has no route to others\n");
		skip();
	}
	assert_true(local_has(&from));
	assert_false(local_lacks(&from));
	assert_true(local_lacks(&there));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_of_this_host_and_of_others),
		cmocka_unit_test(an_address_that_no_interface_has),
		cmocka_unit_test(the_address_that_packets_leave_from),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
