/* SPDX-License-Identifier: MIT */
#include "stack/icmp_socket.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <unistd.h>

#include "base/broker.h"

/* How many messages one call reads, so that a flood of them does not block the caller. */
#define READS_MAX 64

static int filter(int fd, int family)
{
	/* A set bit blocks the type. */
	struct icmp_filter v4 = { ~(1u << ICMP_DEST_UNREACH | 1u << ICMP_TIME_EXCEEDED) };
	struct icmp6_filter v6;

	if (family == AF_INET)
		return setsockopt(fd, SOL_RAW, ICMP_FILTER, &v4, sizeof(v4));
	ICMP6_FILTER_SETBLOCKALL(&v6);
	ICMP6_FILTER_SETPASS(ICMP6_DST_UNREACH, &v6);
	ICMP6_FILTER_SETPASS(ICMP6_TIME_EXCEEDED, &v6);
	ICMP6_FILTER_SETPASS(ICMP6_PARAM_PROB, &v6);
	return setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &v6, sizeof(v6));
}

int icmp_open(int family, const char **call)
{
	int fd = broker_socket(family, SOCK_RAW | SOCK_NONBLOCK,
			       family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);

	*call = broker_failed_call("socket(ICMP)", fd);
	if (fd < 0)
		return fd;
	*call = family == AF_INET6 ? "setsockopt(ICMP6_FILTER)" : "setsockopt(ICMP_FILTER)";
	if (filter(fd, family) < 0) {
		int error = errno;

		close(fd);
		return -error;
	}
	return fd;
}

bool icmp_read(int fd, int family, struct icmp_error *error)
{
	/* An IPv6 router quotes as much as fits into 1280 bytes. */
	uint8_t packet[1280];

	for (int i = 0; i < READS_MAX; i++) {
		ssize_t got = recv(fd, packet, sizeof(packet), 0);

		if (got < 0 && errno != EINTR)
			return false;
		if (got > 0 && icmp_parse(family, packet, (size_t)got, error))
			return true;
	}
	return false;
}
