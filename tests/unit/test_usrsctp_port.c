/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "stack/usrsctp_port.h"

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length);
int __real_connect(int fd, const struct sockaddr *address, socklen_t length);

/* What the host does with each call; 0: what it does by itself. Then what it does once. */
static int forbidden, once;

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	if (!once && !forbidden)
		return __real_connect(fd, address, length);
	errno = once ? once : forbidden;
	once = 0;
	return -1;
}

static const union address any = { .v4.sin_family = AF_INET };
/* One that no test asks this host for, with a port of this process. */
static union address one = { .v4.sin_family = AF_INET };
static struct port port = { .in_udp = true };

static struct port_claim *claim;
static size_t taken;
static const char *call;

static int ask(const union address *address)
{
	claim = NULL;
	taken = 77;
	call = "none";
	return port_claim(&claim, &port, address, 1, &taken, &call);
}

static int reset(void **state)
{
	(void)state;
	forbidden = once = 0;
	one.v4.sin_addr.s_addr = htonl(0xc0000201); /* 192.0.2.1 */
	port.number = (uint16_t)getpid();
	return 0;
}

static void a_port_is_taken_once(void **state)
{
	struct port_claim *first;

	(void)state;
	assert_int_equal(ask(&one), 0);
	first = claim;
	assert_int_equal(ask(&one), -EADDRINUSE);
	assert_int_equal(taken, 0);
	assert_null(call);
	port_release(first);
	assert_int_equal(ask(&one), 0);
	port_release(claim);
}

static void an_endpoint_with_all_addresses_has_each(void **state)
{
	struct port_claim *first;

	(void)state;
	assert_int_equal(ask(&any), 0);
	first = claim;
	once = EINTR;
	assert_int_equal(ask(&one), -EADDRINUSE);
	assert_int_equal(taken, 0);
	assert_null(call);
	port_release(first);
}

/* A sandbox may let a socket have a name, and not let it connect. Then nobody is found, who may be
 * there. */
static void a_connect_that_is_forbidden_says_nothing(void **state)
{
	static const int errors[] = { EPERM, EACCES, EAFNOSUPPORT };

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		forbidden = errors[i];
		assert_int_equal(ask(&one), 0);
		port_release(claim);
	}
}

static void a_connect_that_fails_is_named(void **state)
{
	(void)state;
	forbidden = ENOMEM;
	assert_int_equal(ask(&one), -ENOMEM);
	assert_string_equal(call, "connect(AF_UNIX)");
	/* The name is free again. */
	forbidden = 0;
	assert_int_equal(ask(&one), 0);
	port_release(claim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_port_is_taken_once, reset),
		cmocka_unit_test_setup(an_endpoint_with_all_addresses_has_each, reset),
		cmocka_unit_test_setup(a_connect_that_is_forbidden_says_nothing, reset),
		cmocka_unit_test_setup(a_connect_that_fails_is_named, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
