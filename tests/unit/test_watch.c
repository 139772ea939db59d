/* SPDX-License-Identifier: MIT */
/*
 * How many packets are read at a time, and what happens to a witness that cannot be read. The
 * packet socket is a UDP socket here, which needs no privilege: a datagram is a packet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake_loop.h"
#include "fake_packet.h"
#include "fake_stack.h"
#include "base/loop.h"
#include "witness/watch.h"

/* More than a round reads, and not more than a socket has room for. */
#define PACKETS 200

static const union address peer = FAKE_V4(0x0a010102, 5000);
static const union address bound = FAKE_V4(0x0a010101, 40000);

static struct {
	int fd; /* the witness's */
	struct sockaddr_in at;
} wire;

/* --- In the place of libc's ------------------------------------------------------------------- */

int socket(int family, int type, int protocol)
{
	socklen_t size = sizeof(wire.at);

	if (family != AF_PACKET)
		return (int)syscall(SYS_socket, family, type, protocol);
	wire.fd = (int)syscall(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	wire.at = (struct sockaddr_in){ .sin_family = AF_INET,
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_int_equal(syscall(SYS_bind, wire.fd, &wire.at, sizeof(wire.at)), 0);
	assert_int_equal(getsockname(wire.fd, (struct sockaddr *)&wire.at, &size), 0);
	return wire.fd;
}

int bind(int fd, const struct sockaddr *address, socklen_t size)
{
	return fd == wire.fd ? 0 : (int)syscall(SYS_bind, fd, address, size);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
	return fd == wire.fd ? 0 : (int)syscall(SYS_setsockopt, fd, level, name, value, size);
}

/* --- What passes ------------------------------------------------------------------------------ */

static struct witnesses *witnesses;

static void begin(struct watch *watch, struct timeline *timeline)
{
	const struct stack_encaps none = { 0, 0 };

	fake_loop_reset();
	witnesses = witnesses_new();
	*watch = (struct watch){ .witnesses = witnesses };
	*timeline = (struct timeline){ .start_us = loop_now_us() };
	watch_start(watch, &peer, 1, &bound, 1, &none, true, timeline);
	assert_non_null(watch->view);
}

static void end(struct watch *watch)
{
	watch_stop(watch);
	witnesses_free(witnesses);
}

/* Heartbeats of the peer. */
static void pass(int count)
{
	const struct fake_ends ends = { "10.1.1.2", "10.1.1.1", 5000, 40000, 0, 0 };
	int from = (int)syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0);
	struct fake_packet p;

	fake_packet(&p, &ends, 7);
	fake_chunk(&p, CHUNK_HEARTBEAT, 0, "info", 4);
	fake_finish(&p);
	for (int i = 0; i < count; i++)
		assert_int_equal(sendto(from, p.bytes, p.length, 0, (struct sockaddr *)&wire.at,
					sizeof(wire.at)),
				 p.length);
	close(from);
}

static unsigned taken(const struct watch *watch)
{
	const struct ledger_path *path = ledger_find(watch->ledger, &peer);

	return path ? path->received.count + path->strays.count : 0;
}

static void a_round_reads_so_many(void **state)
{
	struct timeline timeline;
	struct watch watch;

	(void)state;
	begin(&watch, &timeline);
	pass(PACKETS);
	watch_read(&watch);
	assert_in_range(taken(&watch), 1, PACKETS - 1);
	watch_read(&watch);
	assert_int_equal(taken(&watch), PACKETS);
	end(&watch);
}

static void catching_up_reads_all(void **state)
{
	struct timeline timeline;
	struct watch watch;

	(void)state;
	begin(&watch, &timeline);
	pass(PACKETS);
	watch_catch_up(&watch);
	assert_int_equal(taken(&watch), PACKETS);
	watch_catch_up(&watch);
	assert_int_equal(taken(&watch), PACKETS);
	end(&watch);
}

/* Once, and then it is not polled any more. */
static void reading_that_fails(void **state)
{
	struct timeline timeline;
	struct watch watch;
	int nothing[2];

	(void)state;
	begin(&watch, &timeline);
	assert_int_equal(pipe(nothing), 0);
	dup2(nothing[0], wire.fd); /* ENOTSOCK */
	watch_read(&watch);
	assert_true(watch.failed);
	assert_int_equal(watch.ledger->lost, 1);
	watch_catch_up(&watch);
	assert_int_equal(watch.ledger->lost, 1);
	close(nothing[0]);
	close(nothing[1]);
	end(&watch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_round_reads_so_many),
		cmocka_unit_test(catching_up_reads_all),
		cmocka_unit_test(reading_that_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
