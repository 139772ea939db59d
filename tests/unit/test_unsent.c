/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "packet/sctp.h"
#include "stack/unsent.h"

static union address host(unsigned number)
{
	return (union address){ .v4 = { .sin_family = AF_INET,
					.sin_addr.s_addr = htonl(0x0a000000 + number) } };
}

static int forget(void **state)
{
	(void)state;
	unsent_clear();
	return 0;
}

static void the_newest_packet_counts(void **state)
{
	const union address a = host(1);

	(void)state;
	assert_int_equal(unsent_error(5000, &a), 0);
	unsent_note(5000, &a, CHUNK_HEARTBEAT, EPERM, true);
	unsent_note(5000, &a, CHUNK_HEARTBEAT, ENOMEM, true);
	assert_int_equal(unsent_error(5000, &a), ENOMEM);
	unsent_note(5000, &a, CHUNK_HEARTBEAT, 0, true);
	assert_int_equal(unsent_error(5000, &a), 0);
}

/* A rule that drops some: the peer has not answered the one that it may have had. */
static void an_init_that_was_sent_counts(void **state)
{
	const union address a = host(1);

	(void)state;
	unsent_note(5000, &a, CHUNK_INIT, EPERM, true);
	assert_int_equal(unsent_error(5000, &a), EPERM);
	unsent_note(5000, &a, CHUNK_INIT, 0, true);
	unsent_note(5000, &a, CHUNK_INIT, EPERM, true);
	assert_int_equal(unsent_error(5000, &a), 0);
	unsent_note(5000, &a, CHUNK_COOKIE_ECHO, EPERM, true);
	assert_int_equal(unsent_error(5000, &a), EPERM);
	unsent_note(5000, &a, CHUNK_HEARTBEAT, 0, true);
	unsent_note(5000, &a, CHUNK_HEARTBEAT, EPERM, true);
	assert_int_equal(unsent_error(5000, &a), EPERM);
}

static void each_port_and_host_has_its_own(void **state)
{
	const union address a = host(1), b = host(2);

	(void)state;
	unsent_note(5000, &a, CHUNK_HEARTBEAT, EPERM, true);
	unsent_note(5000, &b, CHUNK_HEARTBEAT, EIO, true);
	unsent_note(5001, &b, CHUNK_HEARTBEAT, 0, true);
	assert_int_equal(unsent_error(5000, &a), EPERM);
	assert_int_equal(unsent_error(5000, &b), EIO);
	assert_int_equal(unsent_error(5001, &a), 0);
	assert_int_equal(unsent_error(5001, &b), 0);
}

static void denied_though_there_is_a_route(void **state)
{
	const union address a = host(1);

	(void)state;
	unsent_note(5000, &a, CHUNK_HEARTBEAT, EACCES, false);
	assert_int_equal(unsent_error(5000, &a), 0);
	unsent_note(5000, &a, CHUNK_HEARTBEAT, ENOKEY, true);
	assert_int_equal(unsent_error(5000, &a), 0);
	unsent_note(5000, &a, CHUNK_HEARTBEAT, EACCES, true);
	assert_int_equal(unsent_error(5000, &a), EACCES);
}

static void too_large_says_nothing(void **state)
{
	const union address a = host(1);

	(void)state;
	unsent_note(5000, &a, CHUNK_HEARTBEAT, EMSGSIZE, true);
	assert_int_equal(unsent_error(5000, &a), 0);
	unsent_note(5000, &a, CHUNK_HEARTBEAT, EPERM, true);
	unsent_note(5000, &a, CHUNK_HEARTBEAT, EMSGSIZE, true);
	assert_int_equal(unsent_error(5000, &a), EPERM);
}

static void the_oldest_is_forgotten_first(void **state)
{
	enum { PLACES = 256, MORE = 10 };

	(void)state;
	for (unsigned i = 0; i < PLACES + MORE; i++) {
		const union address to = host(i);

		unsent_note(5000, &to, CHUNK_HEARTBEAT, EPERM, true);
	}
	for (unsigned i = 0; i < PLACES + MORE; i++) {
		const union address to = host(i);

		assert_int_equal(unsent_error(5000, &to), i < MORE ? 0 : EPERM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_newest_packet_counts, forget),
		cmocka_unit_test_setup(an_init_that_was_sent_counts, forget),
		cmocka_unit_test_setup(each_port_and_host_has_its_own, forget),
		cmocka_unit_test_setup(denied_though_there_is_a_route, forget),
		cmocka_unit_test_setup(too_large_says_nothing, forget),
		cmocka_unit_test_setup(the_oldest_is_forgotten_first, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
