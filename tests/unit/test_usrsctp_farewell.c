/* SPDX-License-Identifier: MIT */
/*
 * usrsctp_farewell.c: which associations get an ABORT when the program ends without memory, and
 * what it consists of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/address.h"
#include "packet/checksum.h"
#include "packet/sctp.h"
#include "stack/usrsctp_farewell.h"
#include "stack/usrsctp_syscall.h"

#define ABORT_SIZE (SCTP_HEADER + 4)

/* The peer, and this end's socket. */
struct fixture {
	int peer, fd;
	union address to;
};

static int udp_socket(union address *address)
{
	socklen_t size = sizeof(*address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	*address = (union address){ .v4 = { .sin_family = AF_INET,
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) } };
	assert_int_equal(bind(fd, &address->sa, address_length(address)), 0);
	assert_int_equal(getsockname(fd, &address->sa, &size), 0);
	return fd;
}

static int setup(void **state)
{
	static struct fixture f;
	union address own;

	f.peer = udp_socket(&f.to);
	f.fd = udp_socket(&own);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	close(f->peer);
	close(f->fd);
	return 0;
}

/* A packet to the peer's tag, whose first chunk has that type. */
static bool sends(struct fixture *f, uint8_t tag, enum chunk_type type)
{
	const uint8_t sctp[SCTP_HEADER + 1] = {
		1, 2, 3, 4, 0, 0, 0, tag, 9, 9, 9, 9, (uint8_t)type
	};
	const struct msghdr message = { .msg_name = &f->to, .msg_namelen = address_length(&f->to) };
	bool may = farewell_sends(f->fd, &message, sctp, NULL);

	if (may)
		farewell_sent();
	return may;
}

static void in_child(struct fixture *f, void (*run)(struct fixture *f))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		run(f);
		quick_exit(6);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 6);
}

/* The tag of the next ABORT that has arrived; 0: there is none. */
static uint8_t next_abort(struct fixture *f)
{
	uint8_t packet[100], checksum[4];
	uint32_t crc;

	if (recv(f->peer, packet, sizeof(packet), MSG_DONTWAIT) < 0)
		return 0;
	assert_memory_equal(packet, ((uint8_t[]){ 1, 2, 3, 4, 0, 0, 0 }), 7);
	assert_memory_equal(packet + SCTP_HEADER, ((uint8_t[]){ CHUNK_ABORT, 0, 0, 4 }), 4);
	memcpy(checksum, packet + 8, sizeof(checksum));
	memset(packet + 8, 0, sizeof(checksum));
	crc = ~crc32c_add(CRC32C_START, packet, ABORT_SIZE);
	for (size_t i = 0; i < sizeof(checksum); i++)
		assert_int_equal(checksum[i], crc >> 8 * i & 0xff);
	return packet[7];
}

static void open_some(struct fixture *f)
{
	farewell_start();
	sends(f, 1, CHUNK_INIT); /* opens nothing yet */
	sends(f, 2, CHUNK_COOKIE_ECHO);
	sends(f, 2, CHUNK_COOKIE_ECHO);
	sends(f, 3, CHUNK_COOKIE_ACK);
	sends(f, 4, CHUNK_COOKIE_ECHO);
	sends(f, 4, CHUNK_SHUTDOWN_COMPLETE);
	sends(f, 5, CHUNK_COOKIE_ACK);
	sends(f, 5, CHUNK_ABORT);
	sends(f, 6, CHUNK_COOKIE_ACK);
	sends(f, 6, CHUNK_DATA);
	sends(f, 6, CHUNK_SHUTDOWN);
}

static void what_is_open_is_aborted(void **state)
{
	struct fixture *f = *state;

	in_child(f, open_some);
	assert_int_equal(next_abort(f), 2);
	assert_int_equal(next_abort(f), 3);
	assert_int_equal(next_abort(f), 6);
	assert_int_equal(next_abort(f), 0);
}

static void open_many(struct fixture *f)
{
	farewell_start();
	for (int i = 0; i < 3000; i++)
		sends(f, (uint8_t)(i % 250 + 1), i % 250 < 4 ? CHUNK_COOKIE_ECHO : CHUNK_ABORT);
}

static void many_after_each_other(void **state)
{
	struct fixture *f = *state;

	in_child(f, open_many);
	for (uint8_t tag = 1; tag <= 4; tag++)
		assert_int_equal(next_abort(f), tag);
	assert_int_equal(next_abort(f), 0);
}

static void open_nothing(struct fixture *f)
{
	(void)f;
}

/* The look-up of names runs in a child, which has no associations. */
static void open_and_fork(struct fixture *f)
{
	farewell_start();
	sends(f, 1, CHUNK_COOKIE_ECHO);
	in_child(f, open_nothing);
	_exit(6);
}

static void a_child_aborts_nothing(void **state)
{
	struct fixture *f = *state;

	in_child(f, open_and_fork);
	assert_int_equal(next_abort(f), 0);
}

static struct fixture *ended;

static void send_after_the_end(void)
{
	_exit(sends(ended, 1, CHUNK_COOKIE_ECHO) ? 1 : 6);
}

static void end_and_send(struct fixture *f)
{
	ended = f;
	assert_int_equal(at_quick_exit(send_after_the_end), 0);
	farewell_start(); /* comes first, being the last one */
}

static void nothing_is_sent_afterwards(void **state)
{
	struct fixture *f = *state;

	in_child(f, end_and_send);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_open_is_aborted, setup, teardown),
		cmocka_unit_test_setup_teardown(many_after_each_other, setup, teardown),
		cmocka_unit_test_setup_teardown(a_child_aborts_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_sent_afterwards, setup, teardown),
	};

	return cmocka_run_group_tests_name("usrsctp_farewell", tests, NULL, NULL);
}
