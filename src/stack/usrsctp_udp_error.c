/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_udp_error.h"

#include <errno.h>
#include <time.h>
/* It needs struct timespec, and does not say so. */
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/util.h"
#include "packet/bytes.h"
#include "stack/usrsctp_syscall.h"

/* If there are more, the oldest are dropped. */
#define KEPT_MAX 64
/* How many one call reads, so that a flood of them does not block the caller. */
#define READS_MAX 64

struct kept {
	union address to; /* with the UDP port */
	uint16_t port;    /* of SCTP, here; 0: the quotation is too short to tell */
	int error;        /* 0: nothing is kept here */
};

/* One per process, as the library is. */
static struct {
	pthread_mutex_t lock;
	struct kept list[KEPT_MAX];
	size_t next;
	atomic_bool any; /* so that asking costs nothing where nothing was ever kept */
} kept = { .lock = PTHREAD_MUTEX_INITIALIZER };

void udp_error_ask(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
}

static void keep(const union address *to, uint16_t port, int error)
{
	pthread_mutex_lock(&kept.lock);
	kept.list[kept.next] = (struct kept){ *to, port, error };
	kept.next = (kept.next + 1) % KEPT_MAX;
	atomic_store(&kept.any, true);
	pthread_mutex_unlock(&kept.lock);
}

/* Of an error that ICMP told, or 0. */
static int error_in(const struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c;
	     c = CMSG_NXTHDR((struct msghdr *)message, c)) {
		struct sock_extended_err error;

		if ((c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_RECVERR) &&
		    (c->cmsg_level != IPPROTO_IPV6 || c->cmsg_type != IPV6_RECVERR))
			continue;
		memcpy(&error, CMSG_DATA(c), sizeof(error));
		if (error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6)
			return (int)error.ee_errno;
	}
	return 0;
}

/* False: the queue is empty. */
static bool read_one(int fd, bool *from_icmp)
{
	uint8_t packet[12]; /* the SCTP header, as far as it is quoted */
	union address to = { 0 };
	char control[512];
	struct iovec iov = { packet, sizeof(packet) };
	struct sockaddr_storage name = { 0 };
	struct msghdr message = {
		.msg_name = &name,
		.msg_namelen = sizeof(name),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t length = kernel_recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
	int error;

	if (length < 0)
		return false;
	error = error_in(&message);
	*from_icmp |= error;
	/* The size of packets is the library's own business. */
	if (error && error != EMSGSIZE && address_from_sockaddr(&to, (struct sockaddr *)&name))
		keep(&to, length >= 2 ? be16(packet) : 0, error);
	return true;
}

bool udp_error_take(int fd)
{
	bool from_icmp = false;
	int error = errno;

	if (error == EAGAIN || error == EINTR)
		return false;
	for (int i = 0; i < READS_MAX && read_one(fd, &from_icmp); i++)
		;
	/* Another thread may have read it, and no call on a UDP socket says this itself. */
	errno = from_icmp || error == ECONNREFUSED ? EAGAIN : error;
	return errno == EAGAIN;
}

ssize_t udp_error_sendmsg(int fd, const struct msghdr *message, int flags)
{
	ssize_t sent = kernel_sendmsg(fd, message, flags);

	return sent < 0 && udp_error_take(fd) ? kernel_sendmsg(fd, message, flags) : sent;
}

int udp_error_about(uint16_t port, const union address *peer, uint16_t udp,
		    bool (*is_one_port)(const union address *peer))
{
	int error = 0;

	if (!atomic_load(&kept.any))
		return 0;
	pthread_mutex_lock(&kept.lock);
	for (size_t n = 0; n < KEPT_MAX; n++) {
		struct kept *one = &kept.list[(kept.next + n) % KEPT_MAX];

		if (!one->error || !address_equal(&one->to, peer) ||
		    address_port(&one->to) != udp || (one->port && one->port != port))
			continue;
		if (one->port || is_one_port(peer))
			error = one->error;
		one->error = 0;
	}
	pthread_mutex_unlock(&kept.lock);
	return error;
}
