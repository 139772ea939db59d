/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <usrsctp.h>

#include "base/broker.h"
#include "base/clock.h"
#include "base/privilege.h"
#include "base/util.h"
#include "stack/receiver.h"
#include "stack/usrsctp_farewell.h"
#include "stack/usrsctp_gate.h"
#include "stack/usrsctp_library.h"
#include "stack/usrsctp_source.h"
#include "stack/usrsctp_thread.h"
#include "stack/usrsctp_tries.h"
#include "stack/usrsctp_udp_error.h"

/* The time for closing associations, when the program ends. */
#define FINISH_BOUND_US (80 * USEC_PER_MSEC)
#define FINISH_STEP_US  (USEC_PER_MSEC / 2)

#define RECEIVE_TIMEOUT_US 100000 /* SOCKET_TIMEOUT of user_recv_thread.c */

#define LOOK_INTERVAL_NS (50 * NSEC_PER_MSEC)

/* Two descriptors each, kept for the next endpoints. */
#define BELLS_KEPT 8

struct bell {
	int fd;            /* an eventfd */
	int epoll;         /* for it, the timer, and the watched descriptors */
	struct bell *next; /* of those that nobody has */
};

static struct {
	bool started;
	struct stack_encaps udp;
	struct bell *bells; /* that nobody has */
	size_t bell_count;
	int looks;        /* a timer, in the epoll of every bell */
	unsigned threads; /* of the process, before the library was started for the first time */
} library;

int library_available(const struct stack_encaps *udp, struct stack_fault *fault)
{
	int rc;

	*fault = (struct stack_fault){ .call = "socket(SOCK_RAW)" };
	if (encapsulated(udp))
		return 0;
	/* It exists if the module is loaded, also in a network namespace. */
	if (access("/proc/net/sctp", F_OK) == 0) {
		fault->lack = LACKS_HOST_OF_ITS_OWN;
		return -EBUSY;
	}
	/* Once it has its sockets, the right to open them may be gone. */
	if (library.started)
		return 0;
	rc = try_socket(AF_INET, SOCK_RAW, IPPROTO_SCTP);
	if ((rc != -EPERM && rc != -EACCES) || privilege_held() & PRIVILEGE(CAP_NET_RAW))
		return rc;
	fault->lack = LACKS_RAW_PRIVILEGE;
	return -EPERM;
}

/*
 * The library opens raw sockets whenever it may. In UDP mode they would receive the SCTP of others
 * on this host, also the kernel's, and answer with ABORT. So it may not open any while it starts.
 */
static int start_without_raw(uint16_t port, bool bound, const char **call)
{
	int raw = privilege_set_aside(CAP_NET_RAW, call);

	if (raw < 0)
		return raw;
	threads_init_library(port, bound);
	return raw ? privilege_take_back(CAP_NET_RAW, call) : 0;
}

/* The library does not ask for ICMP. Its sockets can be found only by their time-out. */
static void ask_for_icmp(void)
{
	/* The timer was opened after them, and may have a number between theirs. */
	for (int fd = 0; fd < library.looks + 16; fd++) {
		struct timeval timeout;
		socklen_t size = sizeof(timeout);

		if (getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, &size) == 0 &&
		    timeout.tv_sec == 0 && timeout.tv_usec == RECEIVE_TIMEOUT_US)
			udp_error_ask(fd);
	}
}

static int start_looking(const char **call)
{
	struct itimerspec interval = {
		.it_interval.tv_nsec = LOOK_INTERVAL_NS,
		.it_value.tv_nsec = LOOK_INTERVAL_NS,
	};

	*call = "timerfd_create";
	library.looks = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (library.looks < 0)
		return -errno;
	*call = "timerfd_settime";
	return timerfd_settime(library.looks, 0, &interval, NULL) < 0 ? -errno : 0;
}

/* 0: /proc does not tell. */
static unsigned count_threads(void)
{
	struct stat tasks;

	/* One link for each, beside "." and the name (proc(5)). */
	return stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink > 2
		       ? (unsigned)tasks.st_nlink - 2
		       : 0;
}

/* Those that an earlier start has ended may still be listed. */
static unsigned count_own_threads(void)
{
	int64_t until = loop_now_us() + FINISH_BOUND_US;
	unsigned count = count_threads();

	if (!library.threads)
		library.threads = count;
	while (count > library.threads && loop_now_us() < until) {
		usleep(FINISH_STEP_US);
		count = count_threads();
	}
	return count;
}

/* Did the library find this host's addresses? Binds one of them to find out. */
static bool knows_addresses(void)
{
	union address one;
	struct socket *socket;
	bool known;

	if (!source_example(&one))
		return true;
	socket = usrsctp_socket(one.sa.sa_family, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);
	if (!socket)
		return true; /* open() will meet and report it */
	known = usrsctp_bind(socket, &one.sa, address_length(&one)) == 0 || errno != EADDRNOTAVAIL;
	gate_close(socket);
	return known;
}

/* Starts the library, and checks whether it works, because it does not report errors. */
static int start_and_check(const struct stack_encaps *udp, bool bound, struct stack_fault *fault)
{
	/* One for timers, one for look-ups, and one for each socket that it reads from. */
	unsigned expected = 3 + try_ipv6(), before = count_own_threads(), started;
	int rc = 0;

	if (encapsulated(udp))
		rc = start_without_raw(udp->local, bound, &fault->call);
	else
		threads_init_library(0, bound);
	if (rc < 0)
		return rc;
	/*
	 * A raw socket receives the SCTP packets of all programs on this host, so packets of others
	 * are not answered, nor INITs to ports without a listener.
	 */
	usrsctp_sysctl_set_sctp_blackhole(encapsulated(udp) ? 0 : 2);
	started = count_threads() - before;
	if (before && started < expected) {
		*fault = (struct stack_fault){
			.lack = LACKS_THREADS,
			.started = started,
			.expected = expected,
		};
		rc = try_again(encapsulated(udp), &fault->call);
		if (rc == 0)
			fault->call = NULL;
		return rc < 0 ? rc : -EAGAIN;
	}
	if (!knows_addresses()) {
		*fault = (struct stack_fault){ .call = "usrsctp_init", .lack = LACKS_ADDRESSES };
		return -EADDRNOTAVAIL;
	}
	return source_check_links(&fault->call);
}

int library_start(const struct stack_encaps *udp, bool bound, struct stack_fault *fault)
{
	struct stack_encaps wanted = *udp;
	int rc;

	if (library.started)
		return 0;
	fault->call = "eventfd";
	rc = receiver_begin();
	if (rc < 0)
		return rc;
	gate_start();
	farewell_start();
	rc = try_random(&fault->call);
	if (rc == 0)
		rc = source_start(&fault->call);
	if (rc == 0 && encapsulated(udp))
		rc = try_udp_port(&wanted, fault);
	if (rc == 0)
		rc = start_looking(&fault->call);
	if (rc < 0)
		return rc;
	rc = start_and_check(&wanted, bound, fault);
	library.started = true;
	if (rc < 0) {
		library_finish();
		return rc;
	}
	/* Check checksums on every interface, as other stacks do. */
	usrsctp_sysctl_set_sctp_no_csum_on_loopback(0);
	library.udp = wanted;
	if (encapsulated(&wanted))
		ask_for_icmp();
	if (broker_is_there())
		(void)privilege_drop_all_but(~PRIVILEGES_OF_PACKETS);
	return 0;
}

const struct stack_encaps *library_encaps(void)
{
	return &library.udp;
}

static void free_bell(struct bell *bell)
{
	close(bell->fd);
	close(bell->epoll);
	free(bell);
}

void library_finish(void)
{
	int64_t until = loop_now_us() + FINISH_BOUND_US;

	if (!library.started)
		return;
	receiver_end();
	gate_end();
	while (usrsctp_finish() != 0) {
		if (loop_now_us() >= until)
			return; /* its threads may still ring */
		usleep(FINISH_STEP_US);
	}
	library.started = false;
	receiver_close();
	source_finish();
	close(library.looks);
	library.bell_count = 0;
	while (library.bells) {
		struct bell *bell = library.bells;

		library.bells = bell->next;
		free_bell(bell);
	}
}

/* --- Bells ------------------------------------------------------------------------------------ */

static bool watch(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static struct bell *new_bell(const char **call)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), epoll = -1, error;
	struct bell *bell;

	*call = "eventfd";
	if (fd < 0)
		return NULL;
	*call = "epoll_create1";
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll >= 0)
		*call = "epoll_ctl";
	if (epoll < 0 || !watch(epoll, fd) || !watch(epoll, library.looks)) {
		error = errno;
		close(fd);
		if (epoll >= 0)
			close(epoll);
		errno = error;
		return NULL;
	}
	bell = xcalloc(1, sizeof(*bell));
	*bell = (struct bell){ .fd = fd, .epoll = epoll };
	return bell;
}

struct bell *bell_take(const char **call)
{
	struct bell *bell = library.bells;

	if (!bell)
		return new_bell(call);
	library.bells = bell->next;
	library.bell_count--;
	return bell;
}

void bell_give_back(struct bell *bell)
{
	if (library.bell_count >= BELLS_KEPT) {
		free_bell(bell);
		return;
	}
	bell->next = library.bells;
	library.bells = bell;
	library.bell_count++;
}

int bell_descriptor(const struct bell *bell)
{
	return bell->epoll;
}

int bell_watch(struct bell *bell, int fd)
{
	return watch(bell->epoll, fd) ? 0 : -errno;
}

void bell_ring(struct bell *bell)
{
	eventfd_write(bell->fd, 1);
}

/* Reads an eventfd or a timer, so that it is no longer ready. */
static int empty(int fd)
{
	uint64_t count;

	while (read(fd, &count, sizeof(count)) < 0)
		if (errno != EINTR)
			return errno == EAGAIN ? 0 : -errno;
	return 0;
}

/* Also the timer, which all endpoints see in the same round of the loop. */
int bell_silence(struct bell *bell)
{
	int rc = empty(bell->fd), looks = empty(library.looks);

	return rc < 0 ? rc : looks;
}
