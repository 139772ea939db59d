/* SPDX-License-Identifier: MIT */
/*
 * loop connect COUNT: the smallest program that brings up COUNT associations on one one-to-many
 * socket, sends a heartbeat on each and closes it: what the kernel's part of `sctp-connect
 * --targets` costs, for `make bench` to compare with.
 *
 * loop silent COUNT: the smallest program that makes COUNT calls to one silent host on such
 * sockets, and waits for two seconds.
 *
 * loop listen COUNT: their peers, each on an address and a port of its own. It prints a line, and
 * sleeps. loop list COUNT: the same as a list for --targets.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/sctp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_PORT 10000
#define BURST      50
/* Unread events of more would not fit into the receive buffer. */
#define SHARE_SILENT   500
#define SILENT_SECONDS 2

struct loop {
	int fd;
	struct sockaddr_in *peers;
	sctp_assoc_t *ids; /* in the order of the calls, which is ascending */
	int called, closed, failed;
};

static struct sockaddr_in address_of(int n)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_port = htons((unsigned short)(FIRST_PORT + n));
	a.sin_addr.s_addr = htonl(0x7f010001u + (unsigned)(n / 250 * 256 + n % 250));
	return a;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int list_for_targets(int count)
{
	for (int i = 0; i < count; i++) {
		struct sockaddr_in a = address_of(i);

		printf("t%d %s:%d\n", i, inet_ntoa(a.sin_addr), ntohs(a.sin_port));
	}
	return 0;
}

static _Noreturn void listen_for_ever(int count)
{
	struct rlimit limit = { (rlim_t)count + 64, (rlim_t)count + 64 };

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		fail("setrlimit");
	for (int i = 0; i < count; i++) {
		struct sockaddr_in a = address_of(i);
		int fd = socket(AF_INET, SOCK_SEQPACKET | SOCK_CLOEXEC, IPPROTO_SCTP);

		if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, 8) < 0)
			fail("loop listen");
	}
	puts("listening");
	fflush(stdout);
	for (;;)
		pause();
}

static int index_of(const struct loop *l, sctp_assoc_t id)
{
	int from = 0, to = l->called;

	while (from < to) {
		int middle = (from + to) / 2;

		if (l->ids[middle] < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void came_up(struct loop *l, sctp_assoc_t id)
{
	struct sctp_paddrparams ask = { .spp_assoc_id = id, .spp_flags = SPP_HB_DEMAND };
	struct sctp_paddrinfo info = { .spinfo_assoc_id = id };
	struct sctp_status status = { .sstat_assoc_id = id };
	socklen_t size = sizeof(info), status_size = sizeof(status);

	memcpy(&ask.spp_address, &l->peers[index_of(l, id)], sizeof(*l->peers));
	info.spinfo_address = ask.spp_address;
	getsockopt(l->fd, IPPROTO_SCTP, SCTP_STATUS, &status, &status_size);
	setsockopt(l->fd, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &ask, sizeof(ask));
	getsockopt(l->fd, IPPROTO_SCTP, SCTP_GET_PEER_ADDR_INFO, &info, &size);
	sctp_send(l->fd, NULL, 0,
		  &(struct sctp_sndrcvinfo){ .sinfo_assoc_id = id, .sinfo_flags = SCTP_EOF }, 0);
}

static void read_all(struct loop *l)
{
	union sctp_notification n;

	while (recv(l->fd, &n, sizeof(n), MSG_DONTWAIT) > 0) {
		if (n.sn_header.sn_type != SCTP_ASSOC_CHANGE)
			continue;
		if (n.sn_assoc_change.sac_state == SCTP_COMM_UP) {
			came_up(l, n.sn_assoc_change.sac_assoc_id);
			continue;
		}
		l->failed += n.sn_assoc_change.sac_state != SCTP_SHUTDOWN_COMP;
		l->closed++;
	}
}

static int connect_all(int count)
{
	struct sctp_event_subscribe events = { .sctp_association_event = 1,
					       .sctp_address_event = 1,
					       .sctp_shutdown_event = 1 };
	struct loop l = { .fd = socket(AF_INET, SOCK_SEQPACKET | SOCK_NONBLOCK, IPPROTO_SCTP) };
	struct pollfd p = { .fd = l.fd, .events = POLLIN };

	l.peers = calloc((size_t)count, sizeof(*l.peers));
	l.ids = calloc((size_t)count, sizeof(*l.ids));
	setsockopt(l.fd, IPPROTO_SCTP, SCTP_EVENTS, &events, sizeof(events));
	for (; l.called < count; l.called++) {
		l.peers[l.called] = address_of(l.called);
		errno = 0;
		if (sctp_connectx(l.fd, (struct sockaddr *)&l.peers[l.called], 1,
				  &l.ids[l.called]) < 0 &&
		    errno != EINPROGRESS)
			fail("sctp_connectx");
		if (l.called % BURST == BURST - 1) {
			l.called++;
			read_all(&l);
			l.called--;
		}
	}
	while (l.closed < count) {
		if (poll(&p, 1, 10000) <= 0)
			fail("poll");
		read_all(&l);
	}
	return l.failed > 0;
}

static int wait_for_the_silent(int count)
{
	struct sctp_initmsg init = { .sinit_max_attempts = 1000 };
	struct sockaddr_in a = address_of(0);
	sctp_assoc_t id;
	int fd = -1;

	a.sin_addr.s_addr = htonl(0x0a070001u);
	for (int i = 0; i < count; i++) {
		a.sin_port = htons((unsigned short)(FIRST_PORT + i));
		if (i % SHARE_SILENT == 0) {
			fd = socket(AF_INET, SOCK_SEQPACKET | SOCK_NONBLOCK, IPPROTO_SCTP);
			setsockopt(fd, IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof(init));
		}
		if (sctp_connectx(fd, (struct sockaddr *)&a, 1, &id) < 0 && errno != EINPROGRESS)
			fail("sctp_connectx");
	}
	sleep(SILENT_SECONDS);
	return 0;
}

int main(int argc, char *argv[])
{
	int count = argc == 3 ? atoi(argv[2]) : 0;

	if (count > 0 && !strcmp(argv[1], "connect"))
		return connect_all(count);
	if (count > 0 && !strcmp(argv[1], "silent"))
		return wait_for_the_silent(count);
	if (count > 0 && !strcmp(argv[1], "listen"))
		listen_for_ever(count);
	if (count > 0 && !strcmp(argv[1], "list"))
		return list_for_targets(count);
	fprintf(stderr, "usage: loop connect|silent|listen|list COUNT\n");
	return 2;
}
