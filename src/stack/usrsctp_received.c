/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_received.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "packet/bytes.h"
#include "packet/chunk.h"
#include "stack/receiver.h"
#include "stack/usrsctp_gate.h"
#include "stack/usrsctp_udp_error.h"
#include "base/util.h"

#define IP_HEADER_MAX 60
/* RFC 9260 section 3.3.2: without its parameters. */
#define INIT_SIZE             20
#define PARAMETER_HEADER_SIZE 4

/*
 * The newest INIT that each receiving thread has read. The library answers it at once. If the
 * answer is an ABORT, it must come from the address that the INIT was sent to, bound or not,
 * because the peer knows no other. The library knows that address, but does not pass it on.
 */
static _Thread_local struct {
	union address asked, peer;
	uint32_t tag;
} newest_init;

static bool destination_of(const struct msghdr *message, union address *address)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c;
	     c = CMSG_NXTHDR((struct msghdr *)message, c)) {
		struct in_pktinfo v4;
		struct in6_pktinfo v6;

		*address = (union address){ 0 };
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&v4, CMSG_DATA(c), sizeof(v4));
			address->v4.sin_family = AF_INET;
			address->v4.sin_addr = v4.ipi_addr;
			return true;
		}
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&v6, CMSG_DATA(c), sizeof(v6));
			address->v6.sin6_family = AF_INET6;
			address->v6.sin6_addr = v6.ipi6_addr;
			return true;
		}
	}
	return false;
}

static void note_init(const struct msghdr *message, size_t length)
{
	uint8_t head[SCTP_HEADER + 8];

	if (length < sizeof(head) || message_gather(message, head, sizeof(head)) < sizeof(head) ||
	    head[SCTP_HEADER] != CHUNK_INIT || !destination_of(message, &newest_init.asked) ||
	    !address_from_sockaddr(&newest_init.peer, message->msg_name))
		return;
	newest_init.tag = be32(head + SCTP_HEADER + 4);
}

const union address *received_asked(const uint8_t *packet, const union address *to)
{
	return packet[SCTP_HEADER] == CHUNK_ABORT && be32(packet + 4) == newest_init.tag &&
			       address_equal(&newest_init.peer, to)
		       ? &newest_init.asked
		       : NULL;
}

/* Only a raw socket of IPv4 gives the IP header, too, and only it has no control messages. */
static size_t sctp_at(const struct msghdr *message, uint8_t first)
{
	return message->msg_controllen ? 0 : (size_t)(first & 0xf) * 4;
}

/* Has the INIT behind so many bytes a parameter whose length would never end? */
static bool has_endless_parameter(struct bytes left, size_t before)
{
	if (!bytes_skip(&left, before + INIT_SIZE))
		return false;
	while (left.left >= PARAMETER_HEADER_SIZE) {
		size_t size = be16(left.at + 2);

		if (size < PARAMETER_HEADER_SIZE)
			return true;
		bytes_skip(&left, MIN((size + 3) & ~(size_t)3, left.left));
	}
	return false;
}

/* By port: the library has, or had it. Its threads ask. */
static atomic_bool expected[UINT16_MAX + 1];

void received_expect(uint16_t port)
{
	atomic_store(&expected[port], true);
}

/* The library hears from netlink, too. */
static bool is_sctp(const struct msghdr *message)
{
	const struct sockaddr *from = message->msg_name;

	return !from || from->sa_family == AF_INET || from->sa_family == AF_INET6;
}

/*
 * What comes in UDP is for this process alone. Only a raw socket of IPv4 is read without a place
 * for the sender.
 */
static bool is_raw(const struct msghdr *message)
{
	union address from;

	return !message->msg_name ||
	       (address_from_sockaddr(&from, message->msg_name) && !address_port(&from));
}

bool received_is_endless(const struct msghdr *message, size_t length)
{
	uint8_t head[IP_HEADER_MAX + SCTP_HEADER + 1], *packet;
	bool endless;
	size_t have = message_gather(message, head, MIN(sizeof(head), length)), at;

	if (!have || !is_sctp(message))
		return false;
	at = sctp_at(message, head[0]) + SCTP_HEADER;
	if (at >= have || head[at] != CHUNK_INIT)
		return false;
	/* Not thread-local: each thread, and each start of the program, would clear it. */
	packet = xmalloc(length);
	endless = has_endless_parameter(
		(struct bytes){ packet, message_gather(message, packet, length) }, at);
	free(packet);
	return endless;
}

bool received_is_for_others(const struct msghdr *message, size_t length)
{
	uint8_t head[IP_HEADER_MAX + SCTP_HEADER];
	size_t have = message_gather(message, head, MIN(sizeof(head), length)), at;

	if (!have || !is_raw(message))
		return false;
	at = sctp_at(message, head[0]);
	return have >= at + SCTP_HEADER && !atomic_load(&expected[be16(head + at + 2)]);
}

/* On any thread. */
ssize_t library_recvmsg(int fd, struct msghdr *message, int flags)
{
	ssize_t length;

	if (!receiver_is_thread())
		return kernel_recvmsg(fd, message, flags);
	gate_leave();
	receiver_wait(fd);
	length = kernel_recvmsg(fd, message, flags | MSG_DONTWAIT);
	if (length > 0 && (received_is_for_others(message, (size_t)length) ||
			   received_is_endless(message, (size_t)length))) {
		errno = EAGAIN;
		return -1;
	}
	if (length > 0 && message->msg_name && message->msg_controllen)
		note_init(message, (size_t)length);
	if (length >= 0 || !udp_error_take(fd))
		errno = receiver_note(length < 0 ? errno : 0);
	if (length >= 0)
		gate_enter();
	return length;
}
