/* SPDX-License-Identifier: MIT */
/* The process that keeps the capabilities: what it does, and what it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/broker.h"
#include "base/privilege.h"

#define RIGHTS (PRIVILEGE(CAP_NET_RAW) | PRIVILEGE(CAP_NET_ADMIN))
/* Beyond the limit of any system, and of the broker. */
#define LONG     (16 << 20)
#define TOO_LONG (64 << 20)

/* Whose first call fails with ENOMEM: in this process, or in the second one. */
static struct {
	pid_t process; /* the first one */
	bool first, receive, send, dup2;
} failing;

static bool fails(bool *call)
{
	bool here = (getpid() == failing.process) == failing.first;

	if (!*call || !here)
		return false;
	*call = false;
	errno = ENOMEM;
	return true;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	return fails(&failing.receive) ? -1 : syscall(SYS_recvmsg, fd, message, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	return fails(&failing.send) ? -1 : syscall(SYS_sendmsg, fd, message, flags);
}

int dup2(int from, int to)
{
	return fails(&failing.dup2) ? -1 : (int)syscall(SYS_dup3, from, to, 0);
}

static size_t sum(const void *question, size_t length, void *answer)
{
	const uint8_t *bytes = question;
	uint32_t total = 0;

	for (size_t i = 0; i < length; i++)
		total += bytes[i];
	memcpy(answer, &total, sizeof(total));
	return sizeof(total);
}

/* A filter of as many instructions, the last of which lets nothing pass. Nobody has more than four.
 */
static size_t filter(const void *asked, size_t length, struct sock_filter *code)
{
	size_t count = length == 1 ? *(const uint8_t *)asked : 0;

	if (count > 4)
		return 0;
	for (size_t i = 0; i < count; i++)
		code[i] = (struct sock_filter){ .code = BPF_RET | BPF_K };
	return count;
}

static struct broker_duties duties = { sum, filter, .udp = true };

/* In a child: starts it, and gives up what it has itself. */
static void without_rights(void)
{
	int rc;

	failing.process = getpid();
	rc = broker_start(RIGHTS, &duties);
	assert_int_equal(rc, RIGHTS);
	assert_true(broker_is_there());
	assert_int_equal(privilege_drop_all_but(0), 0);
	assert_int_equal(socket(AF_PACKET, SOCK_DGRAM, 0), -1);
}

static int buffer_of(int fd, int option)
{
	socklen_t size = sizeof(int);
	int bytes = 0;

	assert_int_equal(getsockopt(fd, SOL_SOCKET, option, &bytes, &size), 0);
	return bytes;
}

static void good(int fd)
{
	assert_true(fd >= 0);
	close(fd);
}

/* --- What each child does --------------------------------------------------------------------- */

static void sockets(void)
{
	without_rights();
	good(broker_socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP));
	good(broker_socket(AF_INET, SOCK_RAW, IPPROTO_SCTP));
	assert_int_equal(broker_socket(AF_PACKET, SOCK_RAW, 0), -EPERM);
	assert_int_equal(broker_socket(AF_PACKET, SOCK_DGRAM, 0), -EPERM);
	assert_int_equal(broker_socket(AF_INET, SOCK_STREAM, 0), -EPERM);
	assert_int_equal(broker_socket(AF_INET, SOCK_RAW, IPPROTO_RAW), -EPERM);
	assert_int_equal(broker_socket(AF_NETLINK, SOCK_RAW, 0), -EPERM);
	assert_int_equal(broker_socket(AF_INET, SOCK_RAW, IPPROTO_ICMPV6), -EPERM);
	good(broker_socket(AF_INET6, SOCK_RAW, IPPROTO_UDP));
	assert_true(broker_is_there());
}

static void no_udp(void)
{
	duties.udp = false;
	without_rights();
	good(broker_socket(AF_INET, SOCK_RAW, IPPROTO_SCTP));
	assert_int_equal(broker_socket(AF_INET, SOCK_RAW, IPPROTO_UDP), -EPERM);
	assert_int_equal(broker_socket(AF_INET6, SOCK_RAW, IPPROTO_UDP), -EPERM);
}

static int instructions(int fd)
{
	socklen_t count = 0;

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &count), 0);
	return (int)count;
}

static int detach(int fd)
{
	int none = 0;

	return setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof(none)) < 0 ? -errno : 0;
}

/* What is handed out hears no more than the broker lets it. */
static void filters(void)
{
	uint8_t two = 2, three = 3, five = 5;
	int fd, other = socket(AF_INET, SOCK_DGRAM, 0), raw, icmp;

	without_rights();
	fd = broker_packet_socket(&two, 1);
	assert_true(fd >= 0);
	assert_int_equal(instructions(fd), 2);
	assert_int_equal(broker_set_filter(fd, &three, 1), 0);
	assert_int_equal(instructions(fd), 3);
	assert_int_equal(broker_set_filter(fd, &five, 1), -EPERM);
	assert_int_equal(instructions(fd), 3);
	assert_int_equal(broker_packet_socket(&five, 1), -EPERM);
	assert_int_equal(broker_packet_socket("", 0), -EPERM);
	assert_int_equal(broker_set_filter(other, &two, 1), -EPERM);
	/* These are for sending. */
	raw = broker_socket(AF_INET, SOCK_RAW, IPPROTO_UDP);
	assert_int_equal(instructions(raw), 1);
	assert_int_equal(detach(raw), -EPERM);
	/* These hear errors only. */
	icmp = broker_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	assert_true(instructions(icmp) > 1);
	assert_int_equal(detach(icmp), -EPERM);
	assert_true(broker_is_there());
	broker_keep(0);
	assert_int_equal(broker_packet_socket(&two, 1), -ENOTCONN);
	assert_int_equal(broker_set_filter(fd, &two, 1), -ENOTCONN);
}

static void buffers(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	without_rights();
	assert_int_equal(broker_set_buffer(fd, SO_SNDBUF, LONG), 0);
	assert_int_equal(buffer_of(fd, SO_SNDBUF), 2 * LONG);
	assert_int_equal(broker_set_buffer(fd, SO_RCVBUF, LONG), 0);
	assert_int_equal(buffer_of(fd, SO_RCVBUF), 2 * LONG);
	assert_int_equal(broker_set_buffer(fd, SO_SNDBUF, TOO_LONG), -EPERM);
	assert_int_equal(broker_set_buffer(fd, SO_REUSEADDR, 1), -EPERM);
}

static void questions(void)
{
	uint8_t question[BROKER_BYTES_MAX + 1];
	uint32_t total = 0;
	uint16_t other;

	memset(question, 2, sizeof(question));
	without_rights();
	assert_true(broker_ask(question, 100, &total, sizeof(total)));
	assert_int_equal(total, 200);
	assert_false(broker_ask(question, sizeof(question), &total, sizeof(total)));
	assert_false(broker_ask(question, 1, &other, sizeof(other)));
	assert_true(broker_ask(question, 0, &total, sizeof(total)));
	assert_int_equal(total, 0);
}

/* It is the last one that has it. */
static void closing(void)
{
	uint32_t total;
	int ends[2];
	char one;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	without_rights();
	broker_close(ends[0]);
	assert_int_equal(close(ends[0]), -1);
	assert_int_equal(recv(ends[1], &one, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
	assert_true(broker_ask("", 0, &total, sizeof(total)));
	assert_int_equal(recv(ends[1], &one, 1, MSG_DONTWAIT), 0);
}

static void less(void)
{
	int fd;

	without_rights();
	broker_keep(PRIVILEGE(CAP_NET_ADMIN));
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(broker_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), -EPERM);
	assert_int_equal(broker_set_buffer(fd, SO_SNDBUF, LONG), 0);
	assert_int_equal(buffer_of(fd, SO_SNDBUF), 2 * LONG);
	broker_keep(0);
	assert_false(broker_is_there());
	assert_int_equal(waitpid(-1, NULL, 0), -1); /* it has ended */
	assert_int_equal(broker_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), -EPERM);
}

/* The first process goes on as one without rights. */
static void killed(void)
{
	pid_t child;
	int status;

	without_rights();
	good(broker_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)); /* it has begun */
	/* It ignores what is sent to all processes of a terminal. */
	signal(SIGINT, SIG_IGN);
	assert_int_equal(kill(0, SIGINT), 0);
	good(broker_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	signal(SIGTERM, SIG_IGN);
	assert_int_equal(kill(0, SIGTERM), 0);
	good(broker_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	signal(SIGUSR1, SIG_IGN);
	assert_int_equal(kill(0, SIGUSR1), 0);
	child = waitpid(-1, &status, 0);
	assert_true(child > 0 && WIFSIGNALED(status));
	assert_int_equal(broker_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), -EPERM);
	assert_false(broker_is_there());
	good(broker_socket(AF_INET, SOCK_DGRAM, 0));
}

/* Then the reason is not that this process has no right. */
static void an_end_that_fails(const char *call)
{
	siginfo_t ended;

	without_rights();
	assert_string_equal(broker_failed_call("socket", -ENOMEM), "socket");
	assert_int_equal(broker_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), -ENOMEM);
	assert_false(broker_is_there());
	assert_int_equal(broker_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), -ENOMEM);
	assert_int_equal(broker_packet_socket("", 0), -ENOMEM);
	assert_int_equal(broker_set_filter(-1, "", 0), -ENOMEM);
	good(broker_socket(AF_INET, SOCK_DGRAM, 0));
	assert_string_equal(broker_failed_call("socket", -ENOMEM), call);
	assert_string_equal(broker_failed_call("socket", -EMFILE), "socket");
	/* In a container whose first process reaps nothing it would be there for ever. */
	(void)waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT);
	broker_finish();
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void failing_second(void)
{
	failing.receive = true;
	an_end_that_fails("recvmsg(second process)");
}

static void failing_second_to_send(void)
{
	failing.send = true;
	an_end_that_fails("sendmsg(second process)");
}

static void failing_first(void)
{
	failing.first = failing.receive = true;
	an_end_that_fails("recvmsg(second process)");
}

static void failing_first_to_send(void)
{
	failing.first = failing.send = true;
	an_end_that_fails("sendmsg(second process)");
}

static void failing_to_begin(void)
{
	failing.dup2 = true;
	an_end_that_fails("dup2(second process)");
}

static void nothing_to_keep(void)
{
	assert_int_equal(privilege_drop_all_but(0), 0);
	assert_int_equal(broker_start(RIGHTS, &duties), 0);
	assert_false(broker_is_there());
}

/* --- The tests -------------------------------------------------------------------------------- */

static bool has_filters(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
	socklen_t count = 0;
	bool has = getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &count) == 0 &&
		   setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof(on)) == 0;

	close(fd);
	return has;
}

/* In a process group of its own. After a failed assertion the child runs the other tests, too. */
static void in_child(void (*run)(void))
{
	pid_t child;
	int status;

	if ((privilege_held() & RIGHTS) != RIGHTS) {
		print_message("CAP_NET_RAW and CAP_NET_ADMIN are missing\n");
		skip();
	}
	if (!has_filters()) {
		print_message("no SO_GET_FILTER or SO_LOCK_FILTER here, as in qemu-user\n");
		skip();
	}
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		alarm(20);
		setpgid(0, 0);
		run();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define IN_CHILD(name)                        \
	static void test_##name(void **state) \
	{                                     \
		(void)state;                  \
		in_child(name);               \
	}

IN_CHILD(sockets)
IN_CHILD(no_udp)
IN_CHILD(filters)
IN_CHILD(buffers)
IN_CHILD(questions)
IN_CHILD(closing)
IN_CHILD(less)
IN_CHILD(killed)
IN_CHILD(failing_second)
IN_CHILD(failing_second_to_send)
IN_CHILD(failing_first)
IN_CHILD(failing_first_to_send)
IN_CHILD(failing_to_begin)
IN_CHILD(nothing_to_keep)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_no_udp),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_buffers),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_closing),
		cmocka_unit_test(test_less),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_failing_second),
		cmocka_unit_test(test_failing_second_to_send),
		cmocka_unit_test(test_failing_first),
		cmocka_unit_test(test_failing_first_to_send),
		cmocka_unit_test(test_failing_to_begin),
		cmocka_unit_test(test_nothing_to_keep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
