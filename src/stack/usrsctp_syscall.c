/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_syscall.h"

#include <string.h>
#include <sys/param.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Member by member, so that the padding stays zero. */
static void copy_message(struct msghdr *to, const struct msghdr *from)
{
	memset(to, 0, sizeof(*to));
	to->msg_name = from->msg_name;
	to->msg_namelen = from->msg_namelen;
	to->msg_iov = from->msg_iov;
	to->msg_iovlen = from->msg_iovlen;
	to->msg_control = from->msg_control;
	to->msg_controllen = from->msg_controllen;
	to->msg_flags = from->msg_flags;
}

ssize_t kernel_sendmsg(int fd, const struct msghdr *message, int flags)
{
	struct msghdr clean;

	copy_message(&clean, message);
	return syscall(SYS_sendmsg, fd, &clean, flags);
}

ssize_t kernel_recvmsg(int fd, struct msghdr *message, int flags)
{
	struct msghdr clean;
	ssize_t length;

	copy_message(&clean, message);
	length = syscall(SYS_recvmsg, fd, &clean, flags);
	copy_message(message, &clean);
	return length;
}

size_t message_gather(const struct msghdr *message, uint8_t *bytes, size_t size)
{
	size_t have = 0;

	for (size_t i = 0; i < (size_t)message->msg_iovlen && have < size; i++) {
		size_t more = MIN(message->msg_iov[i].iov_len, size - have);

		memcpy(bytes + have, message->msg_iov[i].iov_base, more);
		have += more;
	}
	return have;
}
