/* SPDX-License-Identifier: MIT */
/*
 * kernel_table.c and kernel_pending.c: lines of /proc/net/sctp. socket_owner.c: the sockets of this
 * process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/socket_owner.h"
#include "stack/kernel_pending.h"
#include "stack/kernel_table.h"

static bool assoc(const char *text, struct table_assoc *a)
{
	char *line = strdup(text);
	bool taken = kernel_table_assoc(line, a);

	free(line);
	return taken;
}

static void assert_address(const union address *a, const char *expected)
{
	char text[ADDRESS_TEXT_MAX];

	assert_string_equal(address_text(a, text), expected);
}

/* As Linux 6.1 prints them. */
static void an_association(void **state)
{
	struct table_assoc a;

	(void)state;
	assert_true(
		assoc("4c7a7d5e 16b8572a 0   7   3  0       3        0        0     "
		      "1000 10229 46012  5000  10.1.1.1 fd01:0002:0000:0000:0000:0000:0000:0001 "
		      "<-> 10.1.1.2 *10.1.2.2 \t    7500    11    10   10    0    0"
		      "        0        1        0   212992   212992\n",
		      &a));
	assert_int_equal(a.id, 3);
	assert_int_equal(a.state, ASSOC_ESTABLISHED);
	assert_int_equal(a.style, STACK_ONE_TO_MANY);
	assert_int_equal(a.uid, 1000);
	assert_int_equal(a.inode, 10229);
	assert_int_equal(a.in_streams, 11);
	assert_int_equal(a.out_streams, 10);
	assert_int_equal(a.local_count, 2);
	assert_address(&a.local[0], "10.1.1.1:46012");
	assert_address(&a.local[1], "[fd01:2::1]:46012");
	assert_int_equal(a.path_count, 2);
	assert_address(&a.paths[0].address, "10.1.1.2:5000");
	assert_false(a.paths[0].primary);
	assert_address(&a.paths[1].address, "10.1.2.2:5000");
	assert_true(a.paths[1].primary);
	kernel_table_free_assoc(&a);
}

#define FIRST_LINE                                                                            \
	" ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT RPORT " \
	"LADDRS <-> RADDRS HBINT INS OUTS MAXRT T1X T2X RTXC wmema wmemq sndbuf rcvbuf\n"

static void no_association(void **state)
{
	static const char *const lines[] = {
		"",
		"\n",
		FIRST_LINE,
		"a b 0 7 3 0 3 0 0 1000 10229 46012",
		"a b 0 7 3 0 3 0 0 1000 10229 46012 5000",
		"a b 0 7 3 0 3 0 0 1000 10229 46012 5000 10.1.1.1 <-> \t 7500 1 1",
		"a b 0 7 3 0 3 0 0 1000 10229 99999 5000 10.1.1.1 <-> 10.1.1.2 \t 7500 1 1",
	};
	struct table_assoc a;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_false(assoc(lines[i], &a));
	/* Without what follows the addresses. */
	assert_true(assoc("a b 2 1 9 0 3 0 0 0 0 1 2 x <-> *10.1.1.2", &a));
	assert_int_equal(a.state, ASSOC_CLOSED); /* a state that is not known */
	assert_int_equal(a.style, STACK_ONE_TO_ONE);
	assert_int_equal(a.local_count, 0);
	kernel_table_free_assoc(&a);
}

static void a_path(void **state)
{
	static const enum stack_path_state states[] = { PATH_INACTIVE, PATH_POTENTIALLY_FAILED,
							PATH_ACTIVE, PATH_UNCONFIRMED,
							PATH_UNKNOWN };
	struct table_path path;
	char line[128];
	uint32_t id;

	(void)state;
	for (int i = 0; i < 5; i++) {
		snprintf(line, sizeof(line), "10.1.2.2  77 1 250 5 0 0 %d\n", i);
		assert_true(kernel_table_path(line, &id, &path));
		assert_int_equal(id, 77);
		assert_int_equal(path.state, states[i]);
		/* 250 jiffies, of 1, 4 or 10 ms */
		assert_true(path.rto_ms >= 249 && path.rto_ms <= 2500);
	}
	assert_false(kernel_table_path("", &id, &path));
	assert_false(kernel_table_path("ADDR ASSOC_ID HB_ACT RTO MAX_PATH_RTX REM_ADDR_RTX START "
				       "STATE\n",
				       &id, &path));
	assert_false(kernel_table_path("10.1.2.2 77 1 250 5 0 0", &id, &path));
	assert_false(kernel_table_path("name 77 1 250 5 0 0 2", &id, &path));
}

/* The first line of the file is a heading, and sockets come in any order. */
static void states_by_socket(void **state)
{
	static const char text[] =
		" ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT\n"
		"       0        0 2   2   1  0       3        0        0       0 300 46012  5000 \n"
		"       0        0 2   1   3  0       4        0        0       0 100 46013  5000 \n"
		"       0        0 2   2   2  0       5        0        0       0 200 46014  5000 \n";
	struct pending_sockets sockets = { 0 };
	char name[] = "/tmp/test_kernel_table.XXXXXX";
	int fd = mkstemp(name);

	(void)state;
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	pending_sockets_read(&sockets, name);
	unlink(name);
	assert_int_equal(sockets.count, 3);
	assert_int_equal(pending_sockets_find(&sockets, 100), ASSOC_ESTABLISHED);
	assert_int_equal(pending_sockets_find(&sockets, 200), ASSOC_COOKIE_ECHOED);
	assert_int_equal(pending_sockets_find(&sockets, 300), ASSOC_COOKIE_WAIT);
	assert_int_equal(pending_sockets_find(&sockets, 400), ASSOC_CLOSED);
	/* There is no such file any more. */
	pending_sockets_read(&sockets, name);
	assert_int_equal(pending_sockets_find(&sockets, 100), ASSOC_CLOSED);
	free(sockets.list);
}

static void owners(void **state)
{
	int fds[2];
	struct socket_owner list[3] = { 0 };
	const struct socket_owner *found;
	struct stat one, two;

	(void)state;
	/* An emulator has a name of its own. */
	assert_int_equal(prctl(PR_SET_NAME, "test_owners"), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(fstat(fds[0], &one) | fstat(fds[1], &two), 0);
	list[0].inode = two.st_ino;
	list[1].inode = one.st_ino;
	list[2].inode = 1; /* nobody's */
	assert_int_equal(socket_owners_find(list, 3), 0);
	found = socket_owner_of(list, 3, one.st_ino);
	assert_non_null(found);
	assert_int_equal(found->pid, getpid());
	assert_string_equal(found->program, "test_owners");
	found = socket_owner_of(list, 3, two.st_ino);
	assert_int_equal(found->pid, getpid());
	assert_int_equal(socket_owner_of(list, 3, 1)->pid, 0);
	assert_null(socket_owner_of(list, 3, 2));
	assert_null(socket_owner_of(NULL, 0, 2));
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_association), cmocka_unit_test(no_association),
		cmocka_unit_test(a_path),         cmocka_unit_test(states_by_socket),
		cmocka_unit_test(owners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
