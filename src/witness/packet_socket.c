/* SPDX-License-Identifier: MIT */
#include "witness/packet_socket.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/broker.h"
#include "base/clock.h"
#include "base/util.h"

/*
 * Room for a few hundred packets, which the kernel may reduce. It is not a ring shared with the
 * kernel, because making one and closing it wait for all processors (synchronize_net()), 10 ms or
 * more each.
 */
#define ROOM (1 << 20)
/* The longest possible packet. */
#define PACKET_SIZE_MAX 65536

size_t packet_socket_program(const void *asked, size_t length, struct sock_filter *code)
{
	struct packet_socket_hears hears;

	static_assert(sizeof(hears) <= BROKER_BYTES_MAX && WITNESS_FILTER_MAX <= BROKER_FILTER_MAX,
		      "a question and its answer fit");
	if (length != sizeof(hears))
		return 0;
	memcpy(&hears, asked, length);
	if (hears.ports.peer_count > FILTER_PEERS_MAX)
		return 0;
	return witness_filter(&hears.ports, true, hears.data_bytes, code);
}

int packet_socket_filter(struct packet_socket *s, const struct packet_socket_hears *hears)
{
	struct sock_filter code[WITNESS_FILTER_MAX];
	struct sock_fprog filter = { .filter = code };
	int rc;

	if (broker_is_there())
		return broker_set_filter(s->fd, hears, sizeof(*hears));
	filter.len = (unsigned short)packet_socket_program(hears, sizeof(*hears), code);
	rc = setsockopt(s->fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter));
	return rc < 0 ? -errno : 0;
}

int packet_socket_stamp(struct packet_socket *s)
{
	int on = 1;

	if (setsockopt(s->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0)
		return -errno;
	s->stamped = true;
	return 0;
}

/* Asks for what the kernel knows about the checksum of each packet. */
static int ask_for_details(const struct packet_socket *s)
{
	int on = 1;

	if (setsockopt(s->fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) < 0)
		return -errno;
	(void)broker_set_buffer(s->fd, SO_RCVBUF, ROOM);
	return 0;
}

/* Protocol 0: it receives nothing before the filter is set. */
static int open_socket(void)
{
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

int packet_socket_available(void)
{
	int fd = open_socket();

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

/* With its filter. */
static int open_filtered(struct packet_socket *s, const struct packet_socket_hears *hears)
{
	int rc = broker_packet_socket(hears, sizeof(*hears));

	if (rc != -ENOTCONN) {
		s->fd = rc;
		return rc < 0 ? rc : 0;
	}
	s->fd = open_socket();
	return s->fd < 0 ? s->fd : packet_socket_filter(s, hears);
}

int packet_socket_open(struct packet_socket *s, const struct packet_socket_hears *hears,
		       bool stamped)
{
	struct sockaddr_ll all = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int rc;

	*s = (struct packet_socket){ .fd = -1 };
	rc = open_filtered(s, hears);
	if (rc < 0)
		return rc;
	s->packet = xreallocarray(NULL, 1, PACKET_SIZE_MAX);
	rc = stamped ? packet_socket_stamp(s) : 0;
	if (rc == 0)
		rc = ask_for_details(s);
	/* Only a socket for all protocols sees what this host sends. */
	if (rc == 0 && bind(s->fd, (struct sockaddr *)&all, sizeof(all)) < 0)
		rc = -errno;
	return rc;
}

void packet_socket_close(struct packet_socket *s)
{
	/* The kernel waits for all processors: 10 ms. */
	if (s->fd >= 0)
		broker_close(s->fd);
	free(s->packet);
	*s = (struct packet_socket){ .fd = -1 };
}

uint64_t packet_socket_lost(struct packet_socket *s)
{
	struct tpacket_stats stats;
	socklen_t size = sizeof(stats);

	/* Since the last call. */
	if (getsockopt(s->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size) == 0)
		s->lost += stats.tp_drops;
	return s->lost;
}

static int64_t nanoseconds(const struct timespec *time)
{
	return (int64_t)time->tv_sec * NSEC_PER_SEC + time->tv_nsec;
}

/* More than clocks are adjusted by, or than passes between two calls. */
#define SET_NS (NSEC_PER_SEC / 10)

/* Both clocks are read within so long, unless the processor is taken away each time. */
#define TOGETHER_US    10
#define TOGETHER_TRIES 4

static void read_clocks(struct packet_socket *s)
{
	int64_t before_us, after_us = loop_now_us(), took_us = INT64_MAX, apart;
	struct timespec wall;

	for (int i = 0; i < TOGETHER_TRIES && took_us > TOGETHER_US; i++) {
		before_us = after_us;
		clock_gettime(CLOCK_REALTIME, &wall);
		after_us = loop_now_us();
		if (after_us - before_us >= took_us)
			continue;
		took_us = after_us - before_us;
		/* So no packet seems to be older than it is. */
		s->now_us = after_us;
		s->now_wall_ns = nanoseconds(&wall);
	}
	apart = s->now_wall_ns - s->now_us * NSEC_PER_USEC;
	s->set = s->apart_ns && llabs(apart - s->apart_ns) > SET_NS;
	s->apart_ns = apart;
}

static int64_t time_of(const struct packet_socket *s, int64_t wall_ns)
{
	return s->now_us - (s->now_wall_ns - wall_ns) / NSEC_PER_USEC;
}

/*
 * The kernel stamps packets with the wall clock. A work queue begins to do so some time after the
 * request; until then, and if the clock was set meanwhile, a packet gets the time of reading.
 */
static void set_time(struct packet_socket *s, struct received *r, const struct timespec *stamp)
{
	r->wall_ns = nanoseconds(stamp);
	if (s->set)
		return;
	r->time_us = time_of(s, r->wall_ns);
	if (r->time_us >= s->now_us) {
		read_clocks(s);
		r->time_us = MIN(time_of(s, r->wall_ns), s->now_us);
	} else {
		s->punctual = true;
	}
	r->late = !s->punctual;
}

/* 0: there is none. */
static ssize_t receive(struct packet_socket *s, struct msghdr *message, unsigned *reads)
{
	ssize_t got;

	do {
		if (!*reads)
			return 0;
		--*reads;
		got = recvmsg(s->fd, message, 0);
	} while (got < 0 && (errno == EINTR || errno == ENETDOWN));
	if (got < 0)
		return errno == EAGAIN ? 0 : -errno;
	return got;
}

/* An interface that goes down reads as an error. */
int packet_socket_receive(struct packet_socket *s, struct received *r, unsigned *reads)
{
	union {
		struct cmsghdr header;
		char room[256];
	} control;
	struct iovec part = { s->packet, PACKET_SIZE_MAX };
	struct sockaddr_ll link = { 0 };
	struct msghdr message = { .msg_name = &link,
				  .msg_namelen = sizeof(link),
				  .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	struct timespec stamp;
	ssize_t got;

	/* Was it stamped when it came, or when it was read? Only a time before shows that. */
	if (!s->now_us && !s->punctual)
		read_clocks(s);
	got = receive(s, &message, reads);
	if (got <= 0) {
		s->now_us = 0;
		return (int)got;
	}
	if (!s->now_us)
		read_clocks(s);
	*r = (struct received){ .bytes = { s->packet, (size_t)got },
				.link = link,
				.time_us = s->now_us,
				.wall_ns = s->now_wall_ns,
				.late = true };
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
		if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_AUXDATA) {
			memcpy(&r->details, CMSG_DATA(c), sizeof(r->details));
		} else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
			set_time(s, r, &stamp);
		}
	}
	return 1;
}
