/* SPDX-License-Identifier: MIT */
#include "host/netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"

/* A host with that many routes, policies or keys has another problem. */
#define PIECES_MAX 65536
#define PIECE_ROOM 32768

static int new_socket(int protocol)
{
	return socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, protocol);
}

int netlink_open(int protocol)
{
	/* The kernel answers one process, however many ask in it. */
	static int route = -1, ipsec = -1;
	int *fd = protocol == NETLINK_ROUTE ? &route : &ipsec;

	if (*fd < 0)
		*fd = new_socket(protocol);
	return *fd;
}

void netlink_put(struct netlink_question *q, unsigned short type, const void *data, size_t length)
{
	struct rtattr *attribute = (struct rtattr *)((char *)q + NLMSG_ALIGN(q->header.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(length);
	memcpy(RTA_DATA(attribute), data, length);
	q->header.nlmsg_len =
		NLMSG_ALIGN(q->header.nlmsg_len) + (unsigned)RTA_ALIGN(attribute->rta_len);
}

/* Each has another number. */
static ssize_t send_question(int fd, struct netlink_question *q)
{
	static uint32_t number;
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	q->header.nlmsg_seq = ++number;
	return sendto(fd, q, q->header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel));
}

static int error_of(const struct nlmsghdr *header)
{
	const struct nlmsgerr *error = NLMSG_DATA(header);

	if (header->nlmsg_len < NLMSG_LENGTH(sizeof(*error)) || error->error >= 0 ||
	    error->error == INT_MIN)
		return EPROTO;
	return -error->error;
}

/*
 * The kernel has already answered. What is there of a question before, which an error left unread,
 * is thrown away.
 */
static ssize_t receive(int fd, const struct netlink_question *q, void *answer, size_t size)
{
	const struct nlmsghdr *header = answer;
	ssize_t got;

	do {
		do {
			got = recv(fd, answer, size, MSG_DONTWAIT);
		} while (got < 0 && errno == EINTR);
		if (got < 0)
			return -errno;
		if (got < (ssize_t)sizeof(*header) || !NLMSG_OK(header, (size_t)got))
			return -EPROTO;
	} while (header->nlmsg_seq != q->header.nlmsg_seq);
	return got;
}

ssize_t netlink_ask(int fd, struct netlink_question *q, void *answer, size_t size)
{
	const struct nlmsghdr *header = answer;
	ssize_t rc;

	if (fd < 0)
		return -EBADF;
	if (send_question(fd, q) < 0)
		return -errno;
	rc = receive(fd, q, answer, size);
	if (rc < 0)
		return rc;
	if (header->nlmsg_type == NLMSG_ERROR)
		return -error_of(header);
	return header->nlmsg_len;
}

/* 0, or -errno; then the kernel may have more to tell. */
static int read_list(int fd, const struct netlink_question *q, void *piece,
		     bool (*each)(void *context, const struct nlmsghdr *one), void *context)
{
	bool wanted = true;

	for (unsigned n = 0; n < PIECES_MAX; n++) {
		const struct nlmsghdr *one = piece;
		ssize_t got = receive(fd, q, piece, PIECE_ROOM);

		if (got < 0)
			return (int)got;
		for (; got > 0 && NLMSG_OK(one, (size_t)got); one = NLMSG_NEXT(one, got)) {
			if (one->nlmsg_type == NLMSG_DONE)
				return 0;
			if (one->nlmsg_type == NLMSG_ERROR)
				return -error_of(one);
			wanted = wanted && each(context, one);
		}
	}
	return -E2BIG;
}

/* Until it has told all of a list, a socket answers no question about another one. */
static void renew(int fd)
{
	int protocol, fresh;
	socklen_t size = sizeof(protocol);

	if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) < 0)
		return;
	fresh = new_socket(protocol);
	if (fresh < 0)
		return;
	dup3(fresh, fd, O_CLOEXEC);
	close(fresh);
}

int netlink_list(int fd, struct netlink_question *q,
		 bool (*each)(void *context, const struct nlmsghdr *one), void *context)
{
	void *piece;
	int rc;

	q->header.nlmsg_flags |= NLM_F_DUMP;
	if (fd < 0)
		return -EBADF;
	if (send_question(fd, q) < 0)
		return -errno;
	piece = xmalloc(PIECE_ROOM);
	rc = read_list(fd, q, piece, each, context);
	free(piece);
	if (rc < 0)
		renew(fd);
	return rc;
}

void netlink_read_address(const struct rtattr *a, sa_family_t family, union address *address)
{
	union address found = { .sa.sa_family = family };
	size_t length;
	const void *bytes = address_bytes(&found, &length);

	if (RTA_PAYLOAD(a) < length)
		return;
	memcpy((void *)(uintptr_t)bytes, RTA_DATA(a), length);
	*address = found;
}

void netlink_set_zone(union address *a, int link)
{
	if (a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&a->v6.sin6_addr))
		a->v6.sin6_scope_id = (uint32_t)link;
}
