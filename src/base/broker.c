/* SPDX-License-Identifier: MIT */
#include "base/broker.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/icmp_filter.h"
#include "base/privilege.h"
#include "base/sandbox.h"
#include "base/socket_buffer.h"
#include "base/util.h"

/* The descriptor of the second process, above the standard ones. */
#define BROKER_FD 3
/* It is stopped, or hangs in the kernel: then this process goes on without it. */
#define ANSWER_SECONDS 5
/* No buffer needs more. */
#define BUFFER_MAX (32 << 20)

enum request_kind {
	REQUEST_SOCKET, /* a: family, b: type, c: protocol */
	/* Of the descriptor that comes along. a: SO_SNDBUF or SO_RCVBUF, b: bytes */
	REQUEST_BUFFER,
	REQUEST_CLOSE,  /* of the descriptor that comes along, later; there is no reply */
	REQUEST_HEAR,   /* a packet socket; what it hears, in bytes */
	REQUEST_FILTER, /* of the descriptor that comes along: the same */
	REQUEST_KEEP,   /* a: capabilities */
	REQUEST_ANSWER, /* the question in bytes */
	LAST_WORDS,     /* of the second process, whose call failed. a: -errno, b: failing_call */
};

enum failing_call { CALL_SENDMSG, CALL_RECVMSG, CALL_DUP2 };

static struct {
	pid_t process;
	int fd;          /* -1: there is none */
	bool init_reaps; /* or who else has it then */
	int error;       /* of the call that failed between them, after which there is none; or 0 */
	enum failing_call call;
} broker = { .fd = -1 };

/* --- What needs a capability ------------------------------------------------------------------ */

static int open_socket(int family, int type, int protocol)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);

	return fd < 0 ? -errno : fd;
}

static int set_buffer(int fd, int option, int bytes)
{
	return option == SO_SNDBUF ? socket_buffer_send(fd, bytes)
				   : socket_buffer_receive(fd, bytes);
}

/* --- The second process ----------------------------------------------------------------------- */

/* Whoever has taken over the first one gets no other socket. */
static bool may_have(int family, int type, int protocol, bool udp)
{
	type &= ~SOCK_NONBLOCK;
	return (family == AF_INET || family == AF_INET6) && type == SOCK_RAW &&
	       (protocol == (family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6) ||
		protocol == IPPROTO_SCTP || (protocol == IPPROTO_UDP && udp));
}

static bool is_buffer(int option, int bytes)
{
	return (option == SO_SNDBUF || option == SO_RCVBUF) && bytes > 0 && bytes <= BUFFER_MAX;
}

static int set_filter(int fd, struct sock_filter *code, size_t length)
{
	const struct sock_fprog program = { .len = (unsigned short)length, .filter = code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0 ? -errno
											   : 0;
}

static int filter(int fd, const struct message_between *m, broker_filter *make)
{
	struct sock_filter code[BROKER_FILTER_MAX];
	size_t length = make(m->bytes, m->length, code);

	return length ? set_filter(fd, code, length) : -EPERM;
}

/* For good. It would hear what other programs do. Those of SCTP and UDP are only for sending. */
static int deafen(int fd, const struct message_between *m, bool udp)
{
	struct sock_filter code[ICMP_FILTER_MAX] = { { .code = BPF_RET | BPF_K, .k = 0 } };
	const bool sends = m->c == IPPROTO_SCTP || m->c == IPPROTO_UDP;
	const int on = 1;
	int rc = set_filter(fd, code, sends ? 1 : icmp_filter(m->a, udp, code));

	if (rc == 0 && setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof(on)) < 0)
		rc = -errno;
	return rc;
}

/* A descriptor, or -errno. */
static int hand_out(const struct message_between *m, const struct broker_duties *duties)
{
	const bool hears = m->kind == REQUEST_HEAR;
	int fd, rc;

	if (!hears && !may_have(m->a, m->b, m->c, duties->udp))
		return -EPERM;
	/* Without a protocol it receives nothing before it has its filter. */
	fd = hears ? open_socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK, 0)
		   : open_socket(m->a, m->b, m->c);
	if (fd < 0)
		return fd;
	rc = hears ? filter(fd, m, duties->filter) : deafen(fd, m, duties->udp);
	if (rc < 0)
		close(fd);
	return rc < 0 ? rc : fd;
}

static bool is_packet_socket(int fd)
{
	int family = 0;
	socklen_t size = sizeof(family);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 && family == AF_PACKET;
}

/* fd: what came along, and then what goes back. */
static void fulfil(struct message_between *m, int *fd, const struct broker_duties *duties)
{
	struct message_between question = *m;

	m->a = -EPERM;
	m->length = 0;
	switch (question.kind) {
	case REQUEST_SOCKET:
	case REQUEST_HEAR:
		*fd = hand_out(&question, duties);
		m->a = *fd < 0 ? *fd : 0;
		break;
	case REQUEST_FILTER:
		if (*fd >= 0 && is_packet_socket(*fd))
			m->a = filter(*fd, &question, duties->filter);
		break;
	case REQUEST_BUFFER:
		if (*fd >= 0 && is_buffer(question.a, question.b))
			m->a = set_buffer(*fd, question.a, question.b);
		break;
	case REQUEST_KEEP:
		m->a = privilege_drop_all_but((uint32_t)question.a);
		break;
	case REQUEST_ANSWER:
		m->length = (uint32_t)duties->answer(question.bytes, question.length, m->bytes);
		m->a = 0;
		break;
	}
}

static void say_last_words(int to, int error, enum failing_call call)
{
	const struct message_between m = { .kind = LAST_WORDS, .a = -error, .b = (int32_t)call };

	if (error)
		(void)between_send(to, &m, -1);
}

/* Until the first process has ended. */
static void serve(const struct broker_duties *duties)
{
	struct message_between m = { 0 };
	int fd, error = 0, last = -1;

	while (!error && between_receive(BROKER_FD, &m, &fd)) {
		int came = fd;
		bool opens = m.kind == REQUEST_SOCKET || m.kind == REQUEST_HEAR;

		/* The first process has closed it since then. */
		if (last >= 0)
			close(last);
		last = m.kind == REQUEST_CLOSE ? fd : -1;
		if (m.kind == REQUEST_CLOSE)
			continue;
		fulfil(&m, &fd, duties);
		if (!between_send(BROKER_FD, &m, opens ? fd : -1))
			error = errno;
		if (came >= 0)
			close(came);
		if (fd >= 0 && fd != came)
			close(fd);
	}
	if (error)
		say_last_words(BROKER_FD, error, CALL_SENDMSG);
	else
		say_last_words(BROKER_FD, errno, CALL_RECVMSG);
}

/* Otherwise the reader of a report would wait for this process, too. */
static void leave_descriptors(int fd)
{
	int rc = descriptors_leave(fd, BROKER_FD);

	if (rc < 0) {
		say_last_words(fd, -rc, CALL_DUP2);
		_exit(1);
	}
	for (int standard = 0; standard < BROKER_FD; standard++)
		close(standard);
}

/* The signals that end the first process may come to both: its end ends this one. */
static _Noreturn void be_broker(int fd, uint32_t capabilities, const struct broker_duties *duties)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM };
	const struct sandbox_needs needs = { .capabilities = capabilities,
					     .lasting = true,
					     .filters = true };
	struct sandbox sandbox;

	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	leave_descriptors(fd);
	if (sandbox_enter(&needs, &sandbox) == 0)
		serve(duties);
	_exit(0);
}

/* --- The first process ------------------------------------------------------------------------ */

/* Its number is the same on all hosts: PROC_PID_INIT_INO of linux/proc_ns.h. */
static bool is_first_pid_namespace(void)
{
	static const char first[] = "pid:[4026531836]";
	char name[sizeof(first)] = "";

	return readlink("/proc/self/ns/pid", name, sizeof(name)) == sizeof(first) - 1 &&
	       memcmp(name, first, sizeof(first) - 1) == 0;
}

int broker_start(uint32_t capabilities, const struct broker_duties *duties)
{
	const struct timeval patience = { .tv_sec = ANSWER_SECONDS };
	const uint32_t held = privilege_held() & capabilities;
	int ends[2], error;
	pid_t process;

	if (!held)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	process = setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0
			  ? -1
			  : fork();
	if (process == 0)
		be_broker(ends[1], held, duties);
	error = errno;
	close(ends[1]);
	if (process < 0) {
		close(ends[0]);
		return -error;
	}
	broker.process = process;
	broker.fd = ends[0];
	broker.init_reaps = is_first_pid_namespace();
	return (int)held;
}

bool broker_is_there(void)
{
	return broker.fd >= 0;
}

/* It sees the end also if another process has a copy of the descriptor. */
static void let_go(void)
{
	shutdown(broker.fd, SHUT_RDWR);
	close(broker.fd);
	broker.fd = -1;
}

/* Only if it is about to end: one that is stopped, or hangs in the kernel, would be waited for. */
static void reap(void)
{
	while (waitpid(broker.process, NULL, 0) < 0 && errno == EINTR)
		;
	broker.process = 0;
}

/* Into m and fd. False: there is no broker now. */
static bool ask(struct message_between *m, int *fd)
{
	bool received, ended;
	int error;

	if (broker.fd < 0)
		return false;
	error = between_send(broker.fd, m, *fd) ? 0 : errno;
	broker.call = error ? CALL_SENDMSG : CALL_RECVMSG;
	if (error) /* only its last words can come */
		shutdown(broker.fd, SHUT_RDWR);
	received = between_receive(broker.fd, m, fd);
	if (!received && errno == ECONNRESET) /* it has not read all; its words come after that */
		received = between_receive(broker.fd, m, fd);
	ended = received ? m->kind == LAST_WORDS : !errno && !error;
	if (received && ended) {
		error = -m->a;
		broker.call = (enum failing_call)m->b;
	} else if (!received && !error) {
		error = errno;
	} else if (received && !error) {
		return true;
	}
	broker.error = error == EPIPE ? 0 : error;
	let_go();
	if (ended)
		reap();
	return false;
}

void broker_keep(uint32_t capabilities)
{
	struct message_between m = { .kind = REQUEST_KEEP, .a = (int32_t)capabilities };
	int fd = -1;

	if (broker.fd < 0)
		return;
	if (capabilities) {
		(void)ask(&m, &fd);
		return;
	}
	let_go();
	reap();
}

void broker_finish(void)
{
	char words;
	ssize_t got = 1;

	/* It was let go: it has seen that since, unless it is stopped. */
	if (broker.fd < 0 && broker.process > 0)
		(void)waitpid(broker.process, NULL, WNOHANG);
	if (broker.fd < 0)
		return;
	shutdown(broker.fd, SHUT_WR);
	while (!broker.init_reaps && got > 0)
		got = recv(broker.fd, &words, sizeof(words), 0);
	/* Not one that is stopped. */
	if (got == 0)
		reap();
	let_go();
}

/* A descriptor, or -errno, from a reply. */
static int handed_out(const struct message_between *m, int fd)
{
	if (m->a < 0)
		return m->a;
	return fd < 0 ? -EMFILE : fd; /* this process had no room for it */
}

int broker_socket(int family, int type, int protocol)
{
	struct message_between m = { .kind = REQUEST_SOCKET, family, type, protocol };
	int fd = -1;

	if (!ask(&m, &fd)) {
		fd = open_socket(family, type, protocol);
		/* The other process was to have the right. */
		return fd == -EPERM && broker.error ? -broker.error : fd;
	}
	return handed_out(&m, fd);
}

const char *broker_failed_call(const char *call, int rc)
{
	static const char *const names[] = {
		[CALL_SENDMSG] = "sendmsg(second process)",
		[CALL_RECVMSG] = "recvmsg(second process)",
		[CALL_DUP2] = "dup2(second process)",
	};

	if (!broker.error || rc != -broker.error || (size_t)broker.call >= ARRAY_SIZE(names))
		return call;
	return names[broker.call];
}

/* There is none, or it cannot be asked. */
static int why_not(void)
{
	return broker.error ? -broker.error : -ENOTCONN;
}

/* About what is in bytes. False, as ask(); or there is no room for so many. */
static bool ask_about(struct message_between *m, const void *bytes, size_t length, int *fd)
{
	if (length > sizeof(m->bytes))
		return false;
	memcpy(m->bytes, bytes, length);
	m->length = (uint32_t)length;
	return ask(m, fd);
}

int broker_packet_socket(const void *asked, size_t length)
{
	struct message_between m = { .kind = REQUEST_HEAR };
	int fd = -1;

	return ask_about(&m, asked, length, &fd) ? handed_out(&m, fd) : why_not();
}

int broker_set_filter(int fd, const void *asked, size_t length)
{
	struct message_between m = { .kind = REQUEST_FILTER };
	int with = fd;

	return ask_about(&m, asked, length, &with) ? m.a : why_not();
}

int broker_set_buffer(int fd, int option, int bytes)
{
	struct message_between m = { .kind = REQUEST_BUFFER, option, bytes };
	int with = fd;

	return ask(&m, &with) ? m.a : set_buffer(fd, option, bytes);
}

void broker_close(int fd)
{
	const struct message_between m = { .kind = REQUEST_CLOSE };

	if (broker.fd >= 0)
		(void)between_send(broker.fd, &m, fd);
	close(fd);
}

bool broker_ask(const void *question, size_t length, void *answer, size_t size)
{
	struct message_between m = { .kind = REQUEST_ANSWER };
	int fd = -1;

	if (!ask_about(&m, question, length, &fd) || m.length != size)
		return false;
	memcpy(answer, m.bytes, size);
	return true;
}
