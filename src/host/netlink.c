/* SPDX-License-Identifier: MIT */
#include "host/netlink.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>

/* A host with that many routes, policies or keys has another problem. */
#define PIECES_MAX 65536

int netlink_open(int protocol)
{
	return socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, protocol);
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

static ssize_t send_question(int fd, const struct netlink_question *q)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

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

ssize_t netlink_ask(int fd, const struct netlink_question *q, void *answer, size_t size)
{
	const struct nlmsghdr *header = answer;
	ssize_t got;

	if (fd < 0)
		return -EBADF;
	if (send_question(fd, q) < 0)
		return -errno;
	got = recv(fd, answer, size, MSG_DONTWAIT); /* the kernel has already answered */
	if (got < 0)
		return -errno;
	if (got < (ssize_t)sizeof(*header) || !NLMSG_OK(header, (size_t)got))
		return -EPROTO;
	if (header->nlmsg_type == NLMSG_ERROR)
		return -error_of(header);
	return header->nlmsg_len;
}

int netlink_list(int fd, struct netlink_question *q,
		 bool (*each)(void *context, const struct nlmsghdr *one), void *context)
{
	char room[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	bool wanted = true;

	q->header.nlmsg_flags |= NLM_F_DUMP;
	if (fd < 0)
		return -EBADF;
	if (send_question(fd, q) < 0)
		return -errno;
	for (unsigned n = 0; n < PIECES_MAX; n++) {
		const struct nlmsghdr *one = (const struct nlmsghdr *)room;
		ssize_t got = recv(fd, room, sizeof(room), MSG_DONTWAIT);

		if (got <= 0)
			return got < 0 ? -errno : -EPROTO;
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
