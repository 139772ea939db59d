/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_tries.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/util.h"
#include "host/local.h"

#define PORT_TRIES 16

int try_socket(int family, int type, int protocol)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

bool try_ipv6(void)
{
	static enum { UNKNOWN, THERE, FORBIDDEN } ipv6;
	int rc = ipv6 ? 0 : try_socket(AF_INET6, SOCK_DGRAM, 0);

	if (!ipv6 && rc == 0)
		ipv6 = THERE;
	else if (!ipv6 && error_forbids(-rc))
		ipv6 = FORBIDDEN;
	return ipv6 != FORBIDDEN;
}

/* A UDP socket as the library will open it. Port 0: a free one. *call: the call that failed. */
static int bind_udp(int family, uint16_t port, const char **call)
{
	union address any = { .sa.sa_family = (sa_family_t)family };
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1, error;

	*call = "socket(UDP)";
	if (fd < 0)
		return -errno;
	address_set_port(&any, port);
	*call = "setsockopt(IPV6_V6ONLY)";
	if (family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == 0) {
		*call = "bind(UDP)";
		if (bind(fd, &any.sa, address_length(&any)) == 0)
			return fd;
	}
	error = errno;
	close(fd);
	return -error;
}

/*
 * Can the library have this port in both families, as far as the host has them? If not, *call is
 * why.
 */
static int try_port(uint16_t *port, const char **call)
{
	union address bound = { 0 };
	socklen_t size = sizeof(bound);
	int v4 = bind_udp(AF_INET, *port, call), v6, error;

	if (v4 < 0)
		return v4;
	if (getsockname(v4, &bound.sa, &size) < 0) {
		*call = "getsockname(UDP)";
		error = errno;
		close(v4);
		return -error;
	}
	*port = address_port(&bound);
	/* The host has none, or the program may not have one. */
	v6 = try_ipv6() ? bind_udp(AF_INET6, *port, call) : -EADDRNOTAVAIL;
	close(v4);
	if (v6 >= 0)
		close(v6);
	return v6 < 0 && v6 != -EADDRNOTAVAIL ? v6 : 0;
}

int try_udp_port(struct stack_encaps *udp, struct stack_fault *fault)
{
	uint16_t port = udp->local;
	int rc = try_port(&port, &fault->call);

	for (int i = 1; !udp->local && rc == -EADDRINUSE && i < PORT_TRIES; i++) {
		port = 0;
		rc = try_port(&port, &fault->call);
	}
	fault->port = udp->local;
	if (rc == -EADDRINUSE)
		fault->lack = udp->local ? LACKS_FREE_UDP_PORT : LACKS_ANY_UDP_PORT;
	if (rc == -EACCES && udp->local) {
		fault->other_port = local_unprivileged_port();
		if (udp->local < fault->other_port)
			fault->lack = LACKS_UDP_PRIVILEGE;
	}
	udp->local = port;
	return rc;
}

static void *no_work(void *nothing)
{
	return nothing;
}

/* What the library sets on the sockets that it opens. If one fails, it goes without that socket. */
static const struct {
	int family;
	bool udp, raw;
	int level, option;
	const char *call;
} settings[] = {
	{ AF_INET, .raw = true, .level = IPPROTO_IP, IP_HDRINCL, "setsockopt(IP_HDRINCL)" },
	{ AF_INET, .udp = true, .level = IPPROTO_IP, IP_PKTINFO, "setsockopt(IP_PKTINFO)" },
	{ AF_INET, true, true, SOL_SOCKET, SO_RCVTIMEO, "setsockopt(SO_RCVTIMEO)" },
	{ AF_INET6, true, true, IPPROTO_IPV6, IPV6_RECVPKTINFO, "setsockopt(IPV6_RECVPKTINFO)" },
	{ AF_INET6, .udp = true, .level = IPPROTO_IPV6, IPV6_V6ONLY, "setsockopt(IPV6_V6ONLY)" },
	{ AF_INET6, true, true, SOL_SOCKET, SO_RCVTIMEO, "setsockopt(SO_RCVTIMEO)" },
};

static int set(int fd, int level, int option)
{
	const struct timeval timeout = { .tv_sec = 1 };
	const int on = 1;

	if (level == SOL_SOCKET)
		return setsockopt(fd, level, option, &timeout, sizeof(timeout));
	return setsockopt(fd, level, option, &on, sizeof(on));
}

/* A socket as the library opens it. 0, or -errno. */
static int try_its_socket(int family, bool udp, const char **call)
{
	int fd = udp ? socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)
		     : socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_SCTP);
	int rc = 0;

	*call = udp ? "socket(UDP)" : "socket(SOCK_RAW)";
	if (fd < 0)
		return -errno;
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(settings); i++) {
		if (settings[i].family != family || !(udp ? settings[i].udp : settings[i].raw))
			continue;
		*call = settings[i].call;
		if (set(fd, settings[i].level, settings[i].option) < 0)
			rc = -errno;
	}
	close(fd);
	return rc;
}

int try_again(bool udp, const char **call)
{
	pthread_t thread;
	int rc = -pthread_create(&thread, NULL, no_work, NULL);

	*call = "pthread_create";
	if (rc == 0)
		pthread_join(thread, NULL);
	if (rc == 0)
		rc = try_its_socket(AF_INET, udp, call);
	if (rc == 0 && try_ipv6())
		rc = try_its_socket(AF_INET6, udp, call);
	return rc;
}

int try_random(const char **call)
{
	char one;
	int fd, error;

	if (getrandom(&one, sizeof(one), GRND_NONBLOCK) == sizeof(one))
		return 0;
	error = errno;
	*call = "getrandom";
	fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -error;
	close(fd);
	return 0;
}
