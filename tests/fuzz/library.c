/* SPDX-License-Identifier: MIT */
#include "library.h"

#include <errno.h>
#include <string.h>
#include <sys/param.h>
#include <usrsctp.h>

#include "packet/bytes.h"
#include "stack/usrsctp_library.h"

ssize_t __wrap_usrsctp_recvv(struct socket *socket, void *room, size_t size, struct sockaddr *from,
			     socklen_t *from_size, void *info, socklen_t *info_size,
			     unsigned *info_type, int *flags);
int __wrap_usrsctp_getsockopt(struct socket *socket, int level, int option, void *value,
			      socklen_t *size);
int __wrap_usrsctp_setsockopt(struct socket *socket, int level, int option, const void *value,
			      socklen_t size);
int __wrap_usrsctp_getpaddrs(struct socket *socket, sctp_assoc_t id, struct sockaddr **list);
int __wrap_usrsctp_getladdrs(struct socket *socket, sctp_assoc_t id, struct sockaddr **list);
void __wrap_usrsctp_freepaddrs(struct sockaddr *list);
void __wrap_usrsctp_freeladdrs(struct sockaddr *list);
int __wrap_bell_silence(struct bell *bell);
void __wrap_bell_ring(struct bell *bell);

static struct bytes left;

void library_begin(const uint8_t *data, size_t size)
{
	left = (struct bytes){ data, size };
}

static size_t take(void *room, size_t size)
{
	size = MIN(size, left.left);
	if (size)
		memcpy(room, left.at, size);
	bytes_skip(&left, size);
	return size;
}

ssize_t __wrap_usrsctp_recvv(struct socket *socket, void *room, size_t size, struct sockaddr *from,
			     socklen_t *from_size, void *info, socklen_t *info_size,
			     unsigned *info_type, int *flags)
{
	uint8_t head[4];
	struct sctp_rcvinfo *received = info;

	(void)socket, (void)from, (void)from_size, (void)info_size, (void)info_type;
	if (take(head, sizeof(head)) < sizeof(head)) {
		errno = EAGAIN;
		return -1;
	}
	received->rcv_assoc_id = head[1];
	received->rcv_flags = head[0] & 4 ? SCTP_UNORDERED : 0;
	*flags = (head[0] & 1 ? MSG_NOTIFICATION : 0) | (head[0] & 2 ? MSG_EOR : 0);
	return (ssize_t)take(room, MIN(size, head[2] | (size_t)head[3] << 8));
}

int __wrap_usrsctp_getsockopt(struct socket *socket, int level, int option, void *value,
			      socklen_t *size)
{
	(void)socket, (void)level, (void)option;
	if (!left.left) {
		errno = EINVAL;
		return -1;
	}
	memset(value, 0, *size);
	take(value, *size);
	return 0;
}

int __wrap_usrsctp_setsockopt(struct socket *socket, int level, int option, const void *value,
			      socklen_t size)
{
	(void)socket, (void)level, (void)option, (void)value, (void)size;
	return 0;
}

/* One address, of whatever family. */
static int take_addresses(struct sockaddr **list)
{
	static struct sockaddr_storage one;

	memset(&one, 0, sizeof(one));
	take(&one, sizeof(struct sockaddr_in6));
	one.ss_family = one.ss_family & 1 ? AF_INET6 : AF_INET;
	*list = (struct sockaddr *)&one;
	return 1;
}

int __wrap_usrsctp_getpaddrs(struct socket *socket, sctp_assoc_t id, struct sockaddr **list)
{
	(void)socket, (void)id;
	return take_addresses(list);
}

int __wrap_usrsctp_getladdrs(struct socket *socket, sctp_assoc_t id, struct sockaddr **list)
{
	(void)socket, (void)id;
	return take_addresses(list);
}

void __wrap_usrsctp_freepaddrs(struct sockaddr *list)
{
	(void)list;
}

void __wrap_usrsctp_freeladdrs(struct sockaddr *list)
{
	(void)list;
}

int __wrap_bell_silence(struct bell *bell)
{
	(void)bell;
	return 0;
}

void __wrap_bell_ring(struct bell *bell)
{
	(void)bell;
}
