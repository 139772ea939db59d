/* SPDX-License-Identifier: MIT */
#include "answers.h"

#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/sctp.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <sys/uio.h>

int __real_socket(int family, int type, int protocol);
ssize_t __real_sendto(int fd, const void *data, size_t length, int flags, const struct sockaddr *to,
		      socklen_t size);
ssize_t __real_recv(int fd, void *room, size_t size, int flags);
ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);
int __real_connect(int fd, const struct sockaddr *to, socklen_t size);
int __real_getsockname(int fd, struct sockaddr *room, socklen_t *size);
int __real_getsockopt(int fd, int level, int option, void *room, socklen_t *size);
int __real_dup3(int from, int to, int flags);
int __real_close(int fd);
int __wrap_socket(int family, int type, int protocol);
ssize_t __wrap_sendto(int fd, const void *data, size_t length, int flags, const struct sockaddr *to,
		      socklen_t size);
ssize_t __wrap_recv(int fd, void *room, size_t size, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags);
int __wrap_connect(int fd, const struct sockaddr *to, socklen_t size);
int __wrap_getsockname(int fd, struct sockaddr *room, socklen_t *size);
int __wrap_getsockopt(int fd, int level, int option, void *room, socklen_t *size);
int __wrap_dup3(int from, int to, int flags);
int __wrap_close(int fd);

static struct {
	const uint8_t *at;
	size_t left;
	uint32_t question; /* the number of netlink's newest */
} answers;

void answers_begin(const uint8_t *data, size_t size)
{
	answers.at = data;
	answers.left = size;
}

/* The length of the piece that is put into room; -1: there is none. */
static ssize_t next(void *room, size_t size)
{
	size_t length;

	if (answers.left < 2) {
		errno = EAGAIN;
		return -1;
	}
	length = MIN(answers.at[0] | (size_t)answers.at[1] << 8, answers.left - 2);
	length = MIN(length, size);
	memcpy(room, answers.at + 2, length);
	answers.at += 2 + length;
	answers.left -= 2 + length;
	return (ssize_t)length;
}

/* The kernel's answers have the number of the question. */
static ssize_t next_answer(void *room, size_t size)
{
	ssize_t got = next(room, size);

	if (got >= (ssize_t)sizeof(struct nlmsghdr))
		((struct nlmsghdr *)room)->nlmsg_seq = answers.question;
	return got;
}

int __wrap_socket(int family, int type, int protocol)
{
	return answers.at ? ANSWERS_FD : __real_socket(family, type, protocol);
}

ssize_t __wrap_sendto(int fd, const void *data, size_t length, int flags, const struct sockaddr *to,
		      socklen_t size)
{
	if (fd != ANSWERS_FD)
		return __real_sendto(fd, data, length, flags, to, size);
	answers.question = ((const struct nlmsghdr *)data)->nlmsg_seq;
	return (ssize_t)length;
}

ssize_t __wrap_recv(int fd, void *room, size_t size, int flags)
{
	return fd == ANSWERS_FD ? next_answer(room, size) : __real_recv(fd, room, size, flags);
}

/* The first byte of a piece says what it is. */
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags)
{
	uint8_t what = 0;
	ssize_t got;

	if (fd != ANSWERS_FD)
		return __real_recvmsg(fd, message, flags);
	if (answers.left) {
		what = *answers.at++;
		answers.left--;
	}
	got = next(message->msg_iov->iov_base, message->msg_iov->iov_len);
	message->msg_controllen = 0;
	message->msg_flags = (what & 1 ? MSG_NOTIFICATION : 0) | (what & 2 ? MSG_EOR : 0);
	return got;
}

int __wrap_connect(int fd, const struct sockaddr *to, socklen_t size)
{
	return fd == ANSWERS_FD ? 0 : __real_connect(fd, to, size);
}

int __wrap_getsockname(int fd, struct sockaddr *room, socklen_t *size)
{
	if (fd != ANSWERS_FD)
		return __real_getsockname(fd, room, size);
	memset(room, 0, *size);
	room->sa_family = AF_INET;
	return 0;
}

/* Which protocol a netlink socket speaks, or options of the kernel's stack, which has none. */
int __wrap_getsockopt(int fd, int level, int option, void *room, socklen_t *size)
{
	if (fd != ANSWERS_FD)
		return __real_getsockopt(fd, level, option, room, size);
	if (level == SOL_SOCKET && option == SO_PROTOCOL) {
		*(int *)room = NETLINK_ROUTE;
		return 0;
	}
	errno = EBADF;
	return -1;
}

int __wrap_dup3(int from, int to, int flags)
{
	return to == ANSWERS_FD ? to : __real_dup3(from, to, flags);
}

int __wrap_close(int fd)
{
	return fd == ANSWERS_FD ? 0 : __real_close(fd);
}
