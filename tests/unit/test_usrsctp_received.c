/* SPDX-License-Identifier: MIT */
/* Packets that libusrsctp must not see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/uio.h>

#include "packet/chunk.h"
#include "stack/usrsctp_received.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inits),
		cmocka_unit_test(short_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
