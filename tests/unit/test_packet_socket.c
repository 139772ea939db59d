/* SPDX-License-Identifier: MIT */
/* packet_socket.c: the times of packets, on a UDP socket, while the wall clock is set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"
#include "witness/packet_socket.h"

/* By how many seconds the wall clock was set, as this process sees it. */
static time_t wall_set;
/* How often the processor is taken away before the wall clock is read, and for how long. */
static int preempted;
#define PREEMPTED_US 2000

int clock_gettime(clockid_t clock, struct timespec *time)
{
	int64_t until_us;
	long rc;

	if (clock == CLOCK_REALTIME && preempted > 0) {
		preempted--;
		until_us = loop_now_us() + PREEMPTED_US;
		while (loop_now_us() < until_us)
			;
	}
	rc = syscall(SYS_clock_gettime, clock, time);
	if (clock == CLOCK_REALTIME)
		time->tv_sec += wall_set;
	return (int)rc;
}

static uint8_t room[1 << 16];

static struct packet_socket open_socket(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET };
	struct packet_socket s = { .packet = room };
	socklen_t size = sizeof(here);
	const int on = 1;

	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s.fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_true(s.fd >= 0);
	assert_int_equal(bind(s.fd, (struct sockaddr *)&here, sizeof(here)), 0);
	assert_int_equal(getsockname(s.fd, (struct sockaddr *)&here, &size), 0);
	if (connect(s.fd, (struct sockaddr *)&here, size) < 0) {
		print_message("lo is down here\n");
		skip();
	}
	if (setsockopt(s.fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0) {
		print_message("no SO_TIMESTAMPNS here, as in qemu-user\n");
		skip();
	}
	return s;
}

/* Sends one, sets the wall clock, reads it, and looks that there is no more. */
static void pass(struct packet_socket *s, time_t seconds)
{
	int64_t before = loop_now_us();
	struct received r;
	unsigned reads = 10;

	assert_int_equal(send(s->fd, "packet", 6, 0), 6);
	wall_set = seconds;
	assert_int_equal(packet_socket_receive(s, &r, &reads), 1);
	assert_in_range(r.time_us, before, loop_now_us());
	assert_int_equal(packet_socket_receive(s, &r, &reads), 0);
}

/* The kernel, whose clock is right, has stamped the packet before. */
static void the_wall_clock_is_set(void **state)
{
	static const time_t by[] = { 0, 3600, -7200, 2, -2 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(by); i++) {
		struct packet_socket s = open_socket();

		wall_set = 0;
		pass(&s, 0);
		pass(&s, 0);
		pass(&s, by[i]);
		close(s.fd);
	}
}

/* A packet is no older than its sending; after one try more its time is right again. */
static void between_the_clocks(void **state)
{
	(void)state;
	for (int times = 0; times <= 5; times++) {
		struct packet_socket s = open_socket();

		preempted = times;
		pass(&s, 0);
		close(s.fd);
	}
	preempted = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wall_clock_is_set),
		cmocka_unit_test(between_the_clocks),
	};

	return cmocka_run_group_tests_name("packet socket", tests, NULL, NULL);
}
