/* SPDX-License-Identifier: MIT */
/* ICMP errors: what the parser reads from them, and that it trusts no byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stack/icmp_socket.h"

/* 10.1.1.2 tells 10.1.1.1 of its packet from port 57589 to port 5000. */
static const uint8_t v4[] = {
	/* clang-format off */
	0x45, 0xc0, 0, 56, 0, 1, 0, 0, 64, 1, 0, 0, 10, 1, 1, 2, 10, 1, 1, 1,
	3, 2, 0, 0, 0, 0, 0, 0,
	0x45, 0, 0, 132, 0, 2, 0, 0, 64, 132, 0, 0, 10, 1, 1, 1, 10, 1, 1, 2,
	0xe0, 0xf5, 0x13, 0x88, 0, 0, 0, 0,
	/* clang-format on */
};
#define V4_TYPE     20
#define V4_CODE     21
#define V4_QUOTED   28
#define V4_PROTOCOL (V4_QUOTED + 9)

/* fd01:1::2 tells of a packet to it, from port 57589 to port 5000. */
static const uint8_t v6[] = {
	/* clang-format off */
	1, 1, 0, 0, 0, 0, 0, 0,
	0x60, 0, 0, 0, 0, 112, 132, 64,
	0xfd, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	0xfd, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	0xe0, 0xf5, 0x13, 0x88, 0, 0, 0, 0,
	/* clang-format on */
};
#define V6_QUOTED 8
#define V6_NEXT   (V6_QUOTED + 6)

/* In memory of exactly that size, so that a sanitizer or valgrind sees every step beyond. */
static bool parse(int family, const uint8_t *packet, size_t length, struct icmp_error *error)
{
	uint8_t *copy = malloc(length ? length : 1);
	bool found;

	memcpy(copy, packet, length);
	found = icmp_parse(family, copy, length, error);
	free(copy);
	return found;
}

static bool parse_v4_with(size_t at, uint8_t value, struct icmp_error *error)
{
	uint8_t packet[sizeof(v4)];

	memcpy(packet, v4, sizeof(v4));
	packet[at] = value;
	return parse(AF_INET, packet, sizeof(packet), error);
}

static bool parse_v6_with(size_t at, uint8_t value, struct icmp_error *error)
{
	uint8_t packet[sizeof(v6)];

	memcpy(packet, v6, sizeof(v6));
	packet[at] = value;
	return parse(AF_INET6, packet, sizeof(packet), error);
}

static void test_v4(void **state)
{
	struct icmp_error error;
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	assert_true(parse(AF_INET, v4, sizeof(v4), &error));
	assert_int_equal(error.error, ENOPROTOOPT);
	assert_int_equal(error.protocol, IPPROTO_SCTP);
	assert_int_equal(address_port(&error.source), 57589);
	assert_string_equal(address_text(&error.destination, text), "10.1.1.2:5000");
}

static void test_v6(void **state)
{
	struct icmp_error error;
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	assert_true(parse(AF_INET6, v6, sizeof(v6), &error));
	assert_int_equal(error.error, EACCES);
	assert_int_equal(error.protocol, IPPROTO_SCTP);
	assert_int_equal(address_port(&error.source), 57589);
	assert_string_equal(address_text(&error.destination, text), "[fd01:1::2]:5000");
}

static void test_v4_codes(void **state)
{
	static const struct {
		uint8_t type, code;
		int error; /* 0: not taken */
	} rows[] = {
		{ 3, 0, ENETUNREACH },
		{ 3, 1, EHOSTUNREACH },
		{ 3, 3, ECONNREFUSED },
		{ 3, 4, 0 },
		{ 3, 9, ENETUNREACH },
		{ 3, 10, EHOSTUNREACH },
		{ 3, 13, EHOSTUNREACH },
		{ 3, 15, EHOSTUNREACH },
		{ 3, 16, 0 },
		{ 3, 255, 0 },
		{ 11, 0, EHOSTUNREACH },
		{ 12, 0, EPROTO },
		{ 0, 0, 0 },
		{ 8, 0, 0 },
		{ 5, 1, 0 },
		{ 255, 255, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t packet[sizeof(v4)];
		struct icmp_error error;

		memcpy(packet, v4, sizeof(v4));
		packet[V4_TYPE] = rows[i].type;
		packet[V4_CODE] = rows[i].code;
		assert_int_equal(parse(AF_INET, packet, sizeof(packet), &error),
				 rows[i].error != 0);
		if (rows[i].error)
			assert_int_equal(error.error, rows[i].error);
	}
}

static void test_v6_codes(void **state)
{
	static const struct {
		uint8_t type, code;
		int error;
	} rows[] = {
		{ 1, 0, ENETUNREACH },
		{ 1, 2, EHOSTUNREACH },
		{ 1, 3, EHOSTUNREACH },
		{ 1, 4, ECONNREFUSED },
		{ 1, 5, EACCES },
		{ 1, 6, EACCES },
		{ 1, 7, 0 },
		{ 2, 0, 0 },
		{ 3, 0, EHOSTUNREACH },
		{ 4, 0, EPROTO },
		{ 4, 1, ENOPROTOOPT },
		{ 4, 2, EPROTO },
		{ 128, 0, 0 },
		{ 135, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t packet[sizeof(v6)];
		struct icmp_error error;

		memcpy(packet, v6, sizeof(v6));
		packet[0] = rows[i].type;
		packet[1] = rows[i].code;
		assert_int_equal(parse(AF_INET6, packet, sizeof(packet), &error),
				 rows[i].error != 0);
		if (rows[i].error)
			assert_int_equal(error.error, rows[i].error);
	}
}

static void test_protocols(void **state)
{
	struct icmp_error error;

	(void)state;
	assert_true(parse_v4_with(V4_PROTOCOL, IPPROTO_UDP, &error));
	assert_int_equal(error.protocol, IPPROTO_UDP);
	assert_true(parse_v6_with(V6_NEXT, IPPROTO_UDP, &error));
	assert_false(parse_v4_with(V4_PROTOCOL, IPPROTO_TCP, &error));
	assert_false(parse_v6_with(V6_NEXT, IPPROTO_TCP, &error));
	assert_false(parse_v4_with(9, IPPROTO_UDP, &error)); /* the outer one is not ICMP */
}

static void test_headers(void **state)
{
	struct icmp_error error;

	(void)state;
	/* Not IPv4, a header shorter than one, one longer than the packet. */
	assert_false(parse_v4_with(0, 0x65, &error));
	assert_false(parse_v4_with(0, 0x44, &error));
	assert_false(parse_v4_with(0, 0x4f, &error));
	assert_false(parse_v4_with(V4_QUOTED, 0x65, &error));
	assert_false(parse_v4_with(V4_QUOTED, 0x40, &error));
	assert_false(parse_v4_with(V4_QUOTED, 0x46, &error));    /* leaves 4 bytes for ports */
	assert_false(parse_v4_with(V4_QUOTED + 7, 1, &error));   /* a later fragment */
	assert_true(parse_v4_with(V4_QUOTED + 6, 0x40, &error)); /* do not fragment */
	assert_false(parse_v6_with(V6_QUOTED, 0x40, &error));
}

static void test_v4_options(void **state)
{
	uint8_t packet[sizeof(v4) + 4];
	struct icmp_error error;

	(void)state;
	memcpy(packet, v4, V4_QUOTED + 20);
	packet[V4_QUOTED] = 0x46;
	memset(packet + V4_QUOTED + 20, 1, 4);
	memcpy(packet + V4_QUOTED + 24, v4 + V4_QUOTED + 20, 8);
	assert_true(parse(AF_INET, packet, sizeof(packet), &error));
	assert_int_equal(address_port(&error.source), 57589);
}

/* fd01:1::2's packet with these extension headers in front, 8 bytes each, of type type. */
static bool parse_extended(uint8_t type, size_t count, uint8_t length, uint8_t offset,
			   struct icmp_error *error)
{
	uint8_t packet[sizeof(v6) + 8 * 16];
	size_t at = V6_QUOTED + 40;

	memcpy(packet, v6, at);
	packet[V6_NEXT] = type;
	for (size_t i = 0; i < count; i++, at += 8) {
		memset(packet + at, 0, 8);
		packet[at] = i + 1 < count ? type : IPPROTO_SCTP;
		packet[at + 1] = length;
		packet[at + 3] = offset;
	}
	memcpy(packet + at, v6 + V6_QUOTED + 40, 8);
	return parse(AF_INET6, packet, at + 8, error);
}

static void test_v6_extensions(void **state)
{
	struct icmp_error error;

	(void)state;
	assert_true(parse_extended(IPPROTO_HOPOPTS, 1, 0, 0, &error));
	assert_int_equal(address_port(&error.source), 57589);
	assert_true(parse_extended(IPPROTO_DSTOPTS, 3, 0, 0, &error));
	assert_true(parse_extended(IPPROTO_FRAGMENT, 1, 0, 1, &error)); /* the first of more */
	assert_false(parse_extended(IPPROTO_FRAGMENT, 1, 0, 8, &error));
	assert_false(parse_extended(IPPROTO_DSTOPTS, 1, 255, 0, &error));
	assert_false(parse_extended(IPPROTO_DSTOPTS, 9, 0, 0, &error));
}

static void test_every_length(void **state)
{
	struct icmp_error error;

	(void)state;
	for (size_t length = 0; length < sizeof(v4); length++)
		assert_false(parse(AF_INET, v4, length, &error));
	for (size_t length = 0; length < sizeof(v6); length++)
		assert_false(parse(AF_INET6, v6, length, &error));
}

/* Whatever the bytes are: under the sanitizers, nothing is read beyond them. */
static void test_noise(void **state)
{
	uint8_t packet[96];
	struct icmp_error error;
	uint32_t random = 1;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		size_t size = round % 2 ? sizeof(v4) : sizeof(v6);
		const uint8_t *base = round % 2 ? v4 : v6;
		size_t length = size;

		memcpy(packet, base, size);
		for (int flips = 0; flips < 3; flips++) {
			random = random * 1664525 + 1013904223;
			packet[(random >> 8) % size] = (uint8_t)(random >> 24);
		}
		if (random & 0x40)
			length = (random >> 12) % (size + 1);
		parse(round % 2 ? AF_INET : AF_INET6, packet, length, &error);
	}
}

static void test_read(void **state)
{
	struct icmp_error error;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds), 0);
	assert_false(icmp_read(fds[0], AF_INET, &error));
	for (int i = 0; i < 5; i++)
		assert_int_equal(send(fds[1], "x", 1, 0), 1); /* passed over */
	assert_int_equal(send(fds[1], v4, sizeof(v4), 0), sizeof(v4));
	assert_true(icmp_read(fds[0], AF_INET, &error));
	assert_int_equal(error.error, ENOPROTOOPT);
	assert_false(icmp_read(fds[0], AF_INET, &error));
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v4),           cmocka_unit_test(test_v6),
		cmocka_unit_test(test_v4_codes),     cmocka_unit_test(test_v6_codes),
		cmocka_unit_test(test_protocols),    cmocka_unit_test(test_headers),
		cmocka_unit_test(test_v4_options),   cmocka_unit_test(test_v6_extensions),
		cmocka_unit_test(test_every_length), cmocka_unit_test(test_noise),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
