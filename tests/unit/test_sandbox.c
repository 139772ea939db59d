/* SPDX-License-Identifier: MIT */
/* What is forbidden is tried, each time by a child that has closed the sandbox for itself. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <netdb.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/landlock.h"
#include "base/privilege.h"
#include "base/sandbox.h"
#include "base/seccomp.h"

/* What a child says if it could not close the sandbox, instead of an errno. */
#define NOT_HERE 255

typedef int trial(void); /* -1 and errno, or anything else */

/* --- Closing it ------------------------------------------------------------------------------- */

static bool calls_only(unsigned calls)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && seccomp_confine(calls) == 0;
}

static bool few_calls(void)
{
	return calls_only(0);
}

static bool look_up_calls(void)
{
	return calls_only(CALLS_LOOK_UP);
}

static bool write_calls(void)
{
	return calls_only(CALLS_WRITE_FILES);
}

static bool filter_calls(void)
{
	return calls_only(CALLS_FILTERS);
}

static bool few_files(void)
{
	static const char *const read[] = { "/proc/net", "/proc/sys/net", NULL };
	static const char *const use[] = { "/dev/null", NULL };
	const struct landlock_files files = { .read = read, .use = use };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && landlock_confine(&files, false) > 0;
}

static bool a_folder(void)
{
	static const char *const none[] = { NULL };
	const struct landlock_files files = { none, none, .replace = "." };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && landlock_confine(&files, false) > 0;
}

static bool no_capabilities(void)
{
	return privilege_drop_all_but(0) == 0;
}

/* The errno of the trial, 0 if it worked; NOT_HERE: this kernel cannot do it. */
static int outcome(bool (*close)(void), trial *try)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		alarm(20);
		if (!close())
			_exit(NOT_HERE);
		errno = 0;
		_exit(try() < 0 ? errno : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

struct row {
	const char *name;
	trial *try;
	int error;
};

static void expect(bool (*close)(void), const struct row *rows, size_t count)
{
	int wrong = 0;

	if (outcome(close, getpid) == NOT_HERE) {
		print_message("this kernel does not have it\n");
		skip();
	}
	for (size_t i = 0; i < count; i++) {
		int got = outcome(close, rows[i].try);

		if (got == rows[i].error)
			continue;
		print_error("%s: %s, not %s\n", rows[i].name, strerror(got),
			    strerror(rows[i].error));
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* --- What is tried ---------------------------------------------------------------------------- */

static int execute(void)
{
	return execl("/bin/true", "true", NULL);
}

static int trace(void)
{
	return (int)ptrace(PTRACE_TRACEME, 0, 0, 0);
}

static int look_into_parent(void)
{
	return (int)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}

static int make_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static int clone_namespace(void)
{
	return (int)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
}

static int clone3_newer(void)
{
	return (int)syscall(SYS_clone3, NULL, 0);
}

static int unknown_call(void)
{
	return (int)syscall(499);
}

static int run_child(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return child < 0 ? -1 : waitpid(child, NULL, 0);
}

static int stop_parent(void)
{
	return kill(getppid(), SIGSTOP);
}

static int ask_parent(void)
{
	return kill(getppid(), 0);
}

static int stop_itself(void)
{
	return kill(getpid(), 0);
}

static int load_program(void)
{
	return (int)syscall(SYS_bpf, 0, NULL, 0);
}

static int measure(void)
{
	return (int)syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0);
}

static int use_ring(void)
{
	return (int)syscall(SYS_io_uring_setup, 1, NULL);
}

static int use_keys(void)
{
	return (int)syscall(SYS_keyctl, 0, 0, 0, 0, 0);
}

static int become_other(void)
{
	return setuid(65534);
}

static int mount_something(void)
{
	return (int)syscall(SYS_mount, "none", "/", "tmpfs", 0, NULL);
}

static int change_mode(void)
{
	return chmod(".", 0700);
}

static int load_module(void)
{
	return (int)syscall(SYS_init_module, NULL, 0, "");
}

static int make_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? -1 : 0;
}

static int turn_into_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? 0 : mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static int type_for_user(void)
{
	return ioctl(STDIN_FILENO, TIOCSTI, "x");
}

static int limit_parent(void)
{
	return (int)syscall(SYS_prlimit64, getppid(), 0, NULL, NULL);
}

static int write_file(void)
{
	return open("build/sandbox-test", O_WRONLY | O_CREAT, 0600);
}

static int write_old_file(void)
{
	return open("Makefile", O_RDWR);
}

static int make_hidden_file(void)
{
	return open(".", O_TMPFILE | O_RDWR, 0600);
}

static int read_file(void)
{
	return open("Makefile", O_RDONLY);
}

static int read_host(void)
{
	return open("/proc/net/dev", O_RDONLY);
}

static int read_setting(void)
{
	return open("/proc/sys/net/ipv4/ip_forward", O_RDONLY);
}

static int use_null(void)
{
	return open("/dev/null", O_RDWR);
}

static int remove_file(void)
{
	return unlink("build/no-such-file");
}

static int replace_file(void)
{
	static const char old[] = "sandbox-test.tmp", new[] = "sandbox-test";
	int fd = open(old, O_WRONLY | O_CREAT | O_EXCL, 0600);
	int rc = fd < 0 ? -1 : rename(old, new);

	return rc < 0 ? rc : unlink(new);
}

static int socket_internet(void)
{
	return socket(AF_INET, SOCK_DGRAM, 0);
}

static int socket_route(void)
{
	return socket(AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE);
}

__attribute__((unused)) static int socket_filter(void)
{
	return socket(AF_NETLINK, SOCK_DGRAM, NETLINK_NETFILTER);
}

static int socket_service(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

__attribute__((unused)) static int socket_other(void)
{
	return socket(AF_VSOCK, SOCK_STREAM, 0);
}

static int socket_raw(void)
{
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static int set_option(int level, int option)
{
	struct sock_filter pass = { .code = BPF_RET | BPF_K, .k = UINT32_MAX };
	const struct sock_fprog program = { .len = 1, .filter = &pass };

	return setsockopt(socket(AF_INET, SOCK_DGRAM, 0), level, option, &program, sizeof(program));
}

static int attach_filter(void)
{
	return set_option(SOL_SOCKET, SO_ATTACH_FILTER);
}

__attribute__((unused)) static int detach_filter(void)
{
	return set_option(SOL_SOCKET, SO_DETACH_FILTER);
}

__attribute__((unused)) static int attach_bpf(void)
{
	return set_option(SOL_SOCKET, SO_ATTACH_BPF);
}

/* The socket is none of these. */
static int join_fanout(void)
{
	return set_option(SOL_PACKET, PACKET_FANOUT);
}

static int ask_details(void)
{
	return set_option(SOL_PACKET, PACKET_AUXDATA);
}

static int set_stamps(void)
{
	return set_option(SOL_SOCKET, SO_TIMESTAMPNS);
}

static int connect_tcp(void)
{
	struct sockaddr_in nobody = { .sin_family = AF_INET,
				      .sin_port = htons(1),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&nobody, sizeof(nobody));
}

static int name_interface(void)
{
	return if_nametoindex("lo") ? 0 : -1;
}

static void *no_work(void *nothing)
{
	return nothing;
}

static int use_thread(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, no_work, NULL);
	return errno || pthread_join(thread, NULL) ? -1 : 0;
}

static int use_name(void)
{
	struct addrinfo *found = NULL;

	/* A host may be without one; then name servers are asked, of which there may be none. */
	if (access("/etc/hosts", F_OK) < 0)
		return 0;
	return getaddrinfo("localhost", NULL, NULL, &found) ? -1 : 0;
}

static int regain(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[2] = { { .permitted = 1 << CAP_NET_RAW } };

	return (int)syscall(SYS_capset, &header, sets);
}

/* --- Tests ------------------------------------------------------------------------------------ */

static void test_no_other_calls(void **state)
{
	static const struct row rows[] = {
		{ "execve", execute, EPERM },
		{ "ptrace", trace, EPERM },
		{ "process_vm_readv", look_into_parent, EPERM },
		{ "unshare", make_namespace, EPERM },
		{ "clone", clone_namespace, EPERM },
		{ "clone3", clone3_newer, ENOSYS },
		{ "a call newer than the list", unknown_call, ENOSYS },
		{ "fork", run_child, EPERM },
		{ "kill", stop_parent, EPERM },
		{ "kill, itself", stop_itself, 0 },
		{ "bpf", load_program, EPERM },
		{ "perf_event_open", measure, EPERM },
		{ "io_uring_setup", use_ring, EPERM },
		{ "keyctl", use_keys, EPERM },
		{ "setuid", become_other, EPERM },
		{ "mount", mount_something, EPERM },
		{ "chmod", change_mode, EPERM },
		{ "init_module", load_module, EPERM },
		{ "mmap of code", make_code, EPERM },
		{ "mprotect to code", turn_into_code, EPERM },
		{ "ioctl(TIOCSTI)", type_for_user, EPERM },
		{ "prlimit of another", limit_parent, EPERM },
		{ "open to make a file", write_file, EPERM },
		{ "open to write", write_old_file, EPERM },
		{ "open of O_TMPFILE", make_hidden_file, EPERM },
		{ "open to read", read_file, 0 },
		{ "unlink", remove_file, EPERM },
		{ "socket(AF_INET)", socket_internet, 0 },
		{ "socket(NETLINK_ROUTE)", socket_route, 0 },
#ifndef __i386__ /* whose C library calls socketcall(): a filter cannot read its arguments */
		{ "socket(NETLINK_NETFILTER)", socket_filter, EPERM },
		{ "socket(AF_UNIX, SOCK_STREAM)", socket_service, EPERM },
		{ "socket(AF_VSOCK)", socket_other, EPERM },
#endif
#ifndef __i386__
		{ "SO_ATTACH_FILTER", attach_filter, EPERM },
		{ "SO_DETACH_FILTER", detach_filter, EPERM },
		{ "SO_ATTACH_BPF", attach_bpf, EPERM },
		{ "PACKET_FANOUT", join_fanout, EPERM },
#endif
		{ "PACKET_AUXDATA", ask_details, ENOPROTOOPT },
		{ "SO_TIMESTAMPNS", set_stamps, 0 },
		{ "if_nametoindex", name_interface, 0 },
		{ "pthread_create", use_thread, 0 },
	};

	(void)state;
	expect(few_calls, rows, ARRAY_SIZE(rows));
}

static void test_what_look_ups_need(void **state)
{
	static const struct row rows[] = {
		{ "execve", execute, EPERM },
		{ "clone", clone_namespace, EPERM },
		{ "fork", run_child, 0 },
		{ "kill(SIGSTOP)", stop_parent, EPERM },
		{ "getaddrinfo", use_name, 0 },
		{ "mprotect to code", turn_into_code, 0 },
		{ "socket(AF_UNIX, SOCK_STREAM)", socket_service, 0 },
		{ "open of /dev/null", use_null, 0 },
		{ "open to make a file", write_file, EPERM },
		{ "open of O_TMPFILE", make_hidden_file, EPERM },
	};

	(void)state;
	expect(look_up_calls, rows, ARRAY_SIZE(rows));
}

static void test_what_filters_need(void **state)
{
	static const struct row rows[] = {
		{ "SO_ATTACH_FILTER", attach_filter, 0 },
		{ "PACKET_FANOUT", join_fanout, ENOPROTOOPT },
		{ "execve", execute, EPERM },
	};

	(void)state;
	expect(filter_calls, rows, ARRAY_SIZE(rows));
}

static void test_what_files_need(void **state)
{
	static const struct row rows[] = {
		{ "replacing a file", replace_file, 0 },
		{ "chmod", change_mode, EPERM },
		{ "fork", run_child, EPERM },
	};

	(void)state;
	expect(write_calls, rows, ARRAY_SIZE(rows));
}

static void test_no_other_files(void **state)
{
	static const struct row rows[] = {
		{ "execve", execute, EACCES },
		{ "open to read", read_file, EACCES },
		{ "open to write", write_old_file, EACCES },
		{ "open to make a file", write_file, EACCES },
		{ "/proc/net", read_host, 0 },
		{ "/proc/sys/net", read_setting, 0 },
		{ "/dev/null", use_null, 0 },
		{ "mount", mount_something, EPERM },
	};

	(void)state;
	expect(few_files, rows, ARRAY_SIZE(rows));
	if (landlock_version() >= 4)
		assert_int_equal(outcome(few_files, connect_tcp), EACCES);
	if (landlock_version() >= 6)
		assert_int_equal(outcome(few_files, ask_parent), EPERM);
}

static void test_files_in_one_folder(void **state)
{
	static const struct row rows[] = {
		{ "replacing a file", replace_file, 0 },
		{ "/proc/net", read_host, EACCES },
	};

	(void)state;
	expect(a_folder, rows, ARRAY_SIZE(rows));
}

static void test_rights_do_not_come_back(void **state)
{
	static const struct row rows[] = {
		{ "a raw socket", socket_raw, EPERM },
		{ "capset", regain, EPERM },
	};

	(void)state;
	expect(no_capabilities, rows, ARRAY_SIZE(rows));
	privilege_held(); /* of this process: unchanged, whatever it is */
}

/* A filter that is too long would leave the program without one. */
static void test_filters_are_short_enough(void **state)
{
	struct sock_filter program[SECCOMP_PROGRAM_MAX];

	(void)state;
	if (!seccomp_program(0, program)) {
		print_message("there is no filter for this processor\n");
		skip();
	}
	for (unsigned calls = 0; calls < 8; calls++)
		assert_in_range(seccomp_program(calls, program), 100, SECCOMP_PROGRAM_MAX - 50);
}

static void test_what_is_in_force_is_said(void **state)
{
	const struct sandbox all = { 1, 1, 4, 1 << CAP_NET_RAW | 1 << CAP_NET_ADMIN };
	const struct sandbox less = { 1, -EINVAL, -ENOSYS, 0 };
	const struct sandbox plain = { 1, 0, 1, 0 };
	struct message text;

	(void)state;
	assert_string_equal(sandbox_text(&all, &text),
			    "capabilities net_raw net_admin; no_new_privs; seccomp; Landlock 4");
	assert_string_equal(
		sandbox_text(&less, &text),
		"no capabilities; no_new_privs; no seccomp (EINVAL); no Landlock (ENOSYS)");
	assert_string_equal(sandbox_text(&plain, &text),
			    "no capabilities; no_new_privs; Landlock 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_other_calls),
		cmocka_unit_test(test_what_look_ups_need),
		cmocka_unit_test(test_what_filters_need),
		cmocka_unit_test(test_what_files_need),
		cmocka_unit_test(test_no_other_files),
		cmocka_unit_test(test_files_in_one_folder),
		cmocka_unit_test(test_rights_do_not_come_back),
		cmocka_unit_test(test_filters_are_short_enough),
		cmocka_unit_test(test_what_is_in_force_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
