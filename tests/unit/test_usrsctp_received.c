/* SPDX-License-Identifier: MIT */
/* Packets that libusrsctp must not see, and ports that other programs must not use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "packet/chunk.h"
#include "stack/usrsctp_port.h"
#include "stack/usrsctp_received.h"
#include "stack/usrsctp_source.h"

#define INIT_AT       12
#define PARAMETERS_AT 32

/* An SCTP packet with a chunk of that type, and these parameters; with ip, behind an IP header. */
static bool is_endless(size_t ip, uint8_t type, const uint8_t *parameters, size_t length)
{
	uint8_t packet[200] = { 0 }, control[16] = { 0 };
	struct iovec parts[] = { { packet, 25 }, { packet + 25, sizeof(packet) - 25 } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

	/* A port that looks like the beginning of an IP header. */
	packet[0] = (uint8_t)(0x40 | ip / 4);
	packet[ip + INIT_AT] = type;
	memcpy(packet + ip + PARAMETERS_AT, parameters, length);
	if (!ip) {
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
	}
	return received_is_endless(&message, ip + PARAMETERS_AT + length);
}

static void inits(void **state)
{
	static const uint8_t good[] = { 0, 5, 0, 8, 10, 1, 1, 2, 0xc0, 0, 0, 5, 1, 0, 0, 0 };
	static const uint8_t zero[] = { 0, 5, 0, 8, 10, 1, 1, 2, 0x80, 0, 0, 0 };
	static const uint8_t small[] = { 0x80, 0, 0, 3 };
	static const uint8_t longer[] = { 0x80, 0, 0xff, 0xff };

	(void)state;
	for (size_t ip = 0; ip <= 60; ip += 20) {
		assert_false(is_endless(ip, CHUNK_INIT, good, sizeof(good)));
		assert_false(is_endless(ip, CHUNK_INIT, good, 0));
		assert_false(is_endless(ip, CHUNK_INIT, longer, sizeof(longer)));
		assert_true(is_endless(ip, CHUNK_INIT, zero, sizeof(zero)));
		assert_true(is_endless(ip, CHUNK_INIT, small, sizeof(small)));
		/* What is left is no parameter. */
		assert_false(is_endless(ip, CHUNK_INIT, zero, sizeof(zero) - 1));
		assert_false(is_endless(ip, CHUNK_ABORT, zero, sizeof(zero)));
	}
}

/* What netlink says may look like one. */
static void netlink(void **state)
{
	uint8_t said[60] = { 0x45, [20 + INIT_AT] = CHUNK_INIT, [20 + PARAMETERS_AT + 3] = 1 };
	struct sockaddr from = { .sa_family = AF_INET };
	struct iovec part = { said, sizeof(said) };
	struct msghdr message = { .msg_name = &from, .msg_iov = &part, .msg_iovlen = 1 };

	(void)state;
	assert_true(received_is_endless(&message, sizeof(said)));
	from.sa_family = AF_NETLINK;
	assert_false(received_is_endless(&message, sizeof(said)));
}

static void short_packets(void **state)
{
	uint8_t packet[PARAMETERS_AT] = { [INIT_AT] = CHUNK_INIT }, control[16];
	struct iovec part = { packet, 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	(void)state;
	for (size_t length = 0; length <= sizeof(packet); length++) {
		part.iov_len = length;
		message.msg_controllen = 0;
		assert_false(received_is_endless(&message, length));
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		assert_false(received_is_endless(&message, length));
	}
}

/* A packet to that port: raw IPv4 (without a sender), raw IPv6 (port 0), or in UDP. */
static bool is_for_others(const struct sockaddr_in6 *from, uint16_t port)
{
	uint8_t packet[60] = { 0x45 }, control[16], *sctp = from ? packet : packet + 20;
	struct iovec part = { packet, sizeof(packet) };
	struct sockaddr_in6 name = { 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	sctp[2] = (uint8_t)(port >> 8);
	sctp[3] = (uint8_t)port;
	if (from) {
		name = *from;
		message.msg_name = &name;
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
	}
	return received_is_for_others(&message, sizeof(packet));
}

static void other_ports(void **state)
{
	const struct sockaddr_in6 raw = { .sin6_family = AF_INET6 };
	const struct sockaddr_in6 udp = { .sin6_family = AF_INET6, .sin6_port = htons(9899) };
	const struct sockaddr_in6 netlink = { .sin6_family = AF_NETLINK };

	(void)state;
	assert_true(is_for_others(NULL, 40404));
	assert_true(is_for_others(&raw, 40404));
	assert_false(is_for_others(&udp, 40404));
	assert_false(is_for_others(&netlink, 40404));
	received_expect(40404);
	assert_false(is_for_others(NULL, 40404));
	assert_false(is_for_others(&raw, 40404));
	assert_true(is_for_others(&raw, 40405));
}

/* 0, or -errno; *taken is which one. */
static int claim(struct port_claim **claim, uint16_t port, const char *one, const char *other,
		 size_t *taken)
{
	union address list[2];
	const char *call;

	assert_true(address_from_text(&list[0], one));
	if (other)
		assert_true(address_from_text(&list[1], other));
	return port_claim(claim, &(struct port){ port, false }, list, other ? 2 : 1, taken, &call);
}

/* As the kernel has it. Each process, and each of its endpoints, comes to the same names. */
static void claims(void **state)
{
	const union address any = { .v4.sin_family = AF_INET };
	struct port_claim *first, *second, *third;
	const char *call;
	size_t taken;

	(void)state;
	assert_int_equal(source_start(&call), 0);
	assert_int_equal(claim(&first, 40406, "127.0.0.1", "10.9.9.9", &taken), 0);
	assert_int_equal(port_claim(&second, &(struct port){ 40406, true }, &any, 1, &taken, &call),
			 0);
	port_release(second);
	assert_int_equal(claim(&second, 40406, "10.9.9.8", "10.9.9.9", &taken), -EADDRINUSE);
	assert_int_equal(taken, 1);
	assert_int_equal(claim(&second, 40406, "0.0.0.0", NULL, &taken), -EADDRINUSE);
	assert_int_equal(claim(&second, 40406, "::", NULL, &taken), -EADDRINUSE);
	/* Nothing is left of those that failed, and an address that is named twice is one. */
	assert_int_equal(claim(&second, 40406, "10.9.9.8", "10.9.9.8", &taken), 0);
	assert_int_equal(claim(&third, 40407, "127.0.0.1", NULL, &taken), 0);
	port_release(third);
	port_release(second);
	port_release(first);
	assert_int_equal(claim(&first, 40406, "::", NULL, &taken), 0);
	assert_int_equal(claim(&second, 40406, "fd01::1", NULL, &taken), -EADDRINUSE);
	assert_int_equal(claim(&second, 40406, "0.0.0.0", NULL, &taken), -EADDRINUSE);
	port_release(first);
	assert_int_equal(claim(&first, 40406, "fd01::1", NULL, &taken), 0);
	port_release(first);
	source_finish();
}

/* Nobody who asks for no port gets a well-known one. */
static void chosen(void **state)
{
	bool differ = false;
	uint16_t first = port_choose();

	(void)state;
	for (int i = 0; i < 100; i++) {
		uint16_t port = port_choose();

		assert_true(port >= 49152);
		differ |= port != first;
	}
	assert_true(differ);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inits),         cmocka_unit_test(netlink),
		cmocka_unit_test(short_packets), cmocka_unit_test(other_ports),
		cmocka_unit_test(claims),        cmocka_unit_test(chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
