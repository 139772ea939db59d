/* SPDX-License-Identifier: MIT */
/* What the second process lets a run hear: no more than its options ask for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/capability.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/broker.h"
#include "base/privilege.h"
#include "confine.h"
#include "stack/stack.h"
#include "witness/capture.h"
#include "witness/packet_socket.h"

static int hear(uint16_t udp_local, uint16_t udp_remote, uint32_t data_bytes)
{
	const struct packet_socket_hears hears = {
		.ports = { .peer_count = 1,
			   .peers = { 5000 },
			   .udp_local = udp_local,
			   .udp_remote = udp_remote },
		.data_bytes = data_bytes,
	};
	int fd = broker_packet_socket(&hears, sizeof(hears));

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

static void confined(bool udp, struct capture *capture)
{
	const struct options options = { .monitor = true, .capture = capture };
	const struct confined c = { &options, stack_find("kernel"), .udp = udp };
	struct timeline timeline = { .verbose = false };
	struct message why;

	assert_int_equal(confine(&c, &timeline, &why), 0);
	assert_true(broker_is_there());
}

static void sctp_only(void)
{
	confined(false, NULL);
	assert_int_equal(hear(0, 0, 0), 0);
	assert_int_equal(hear(53, 0, 0), -EPERM);
	assert_int_equal(hear(0, 53, 0), -EPERM);
	assert_int_equal(hear(0, 0, 1), -EPERM);
	assert_int_equal(hear(0, 0, UINT32_MAX), -EPERM);
}

static void in_udp(void)
{
	confined(true, NULL);
	assert_int_equal(hear(9900, 9899, 0), 0);
	assert_int_equal(hear(9900, 9899, 1500), -EPERM);
}

static void into_a_file(void)
{
	confined(false, capture_new(-1, 400));
	assert_int_equal(hear(0, 0, 400), 0);
	assert_int_equal(hear(0, 0, 401), -EPERM);
	assert_int_equal(hear(9900, 9899, 400), -EPERM);
}

static void in_child(void (*run)(void))
{
	pid_t child;
	int status;

	if (!(privilege_held() & PRIVILEGE(CAP_NET_RAW))) {
		print_message("CAP_NET_RAW is missing\n");
		skip();
	}
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		alarm(20);
		run();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_sctp_only(void **state)
{
	(void)state;
	in_child(sctp_only);
}

static void test_in_udp(void **state)
{
	(void)state;
	in_child(in_udp);
}

static void test_into_a_file(void **state)
{
	(void)state;
	in_child(into_a_file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sctp_only),
		cmocka_unit_test(test_in_udp),
		cmocka_unit_test(test_into_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
