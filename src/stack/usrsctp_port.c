/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_port.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"
#include "stack/usrsctp_source.h"

/* As the library's own (sctp_pcb.c sctp_inpcb_bind()), and RFC 6335 section 6. */
#define EPHEMERAL_FIRST 49152
#define EPHEMERAL_COUNT 16384

struct port_claim {
	size_t count;
	int descriptors[];
};

/* For all addresses of this host. */
static const union address wildcard = { .v4.sin_family = AF_INET };

/* For bind() and connect(). */
static socklen_t name_it(struct sockaddr_un *name, const struct port *port,
			 const union address *address)
{
	char text[ADDRESS_TEXT_MAX];
	union address host = *address;
	int length;

	if (host.sa.sa_family == AF_INET6)
		host.v6.sin6_scope_id = 0;
	*name = (struct sockaddr_un){ .sun_family = AF_UNIX };
	length = snprintf(name->sun_path + 1, sizeof(name->sun_path) - 1, "sctp-port/%s%u/%s",
			  port->in_udp ? "udp/" : "", port->number,
			  address_is_wildcard(&host) ? "*" : address_host_text(&host, text));
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

/* Connecting leaves no trace where nobody has that name. -EADDRINUSE: somebody has. */
static int look_for(int fd, const struct port *port, const union address *address)
{
	struct sockaddr_un name;
	socklen_t length = name_it(&name, port, address);
	int rc;

	do {
		rc = connect(fd, (struct sockaddr *)&name, length) < 0 ? -errno : -EADDRINUSE;
	} while (rc == -EINTR);
	return rc == -ECONNREFUSED ? 0 : rc;
}

/* By an endpoint with all addresses of this host, or, if that is asked for, with any of them. */
static int look_for_others(int fd, const struct port *port, const union address *first)
{
	union address one;
	int rc = 0;

	if (!address_is_wildcard(first))
		return look_for(fd, port, &wildcard);
	for (size_t i = 0; rc == 0 && source_address(i, &one); i++)
		rc = look_for(fd, port, &one);
	return rc;
}

/* A descriptor, or -errno. */
static int claim_one(const struct port *port, const union address *address, const char **call)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc;
	struct sockaddr_un name;
	socklen_t length = name_it(&name, port, address);

	*call = "socket(AF_UNIX)";
	if (fd < 0)
		return -errno;
	*call = "bind(AF_UNIX)";
	do {
		rc = bind(fd, (struct sockaddr *)&name, length) < 0 ? -errno : 0;
	} while (rc == -EINTR);
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

int port_claim(struct port_claim **claim, const struct port *port, const union address *list,
	       size_t count, size_t *taken, const char **call)
{
	struct port_claim *c = xcalloc(1, sizeof(*c) + count * sizeof(*c->descriptors));
	int rc = 0;

	for (*taken = 0; *taken < count; ++*taken) {
		if (address_is_listed(&list[*taken], list, *taken))
			continue;
		rc = claim_one(port, &list[*taken], call);
		if (rc < 0)
			break;
		c->descriptors[c->count++] = rc;
	}
	if (rc >= 0) {
		*taken = 0;
		*call = "connect(AF_UNIX)";
		rc = look_for_others(c->descriptors[0], port, &list[0]);
	}
	if (rc == -EADDRINUSE)
		*call = NULL;
	if (rc < 0 && !error_forbids(-rc)) {
		port_release(c);
		return rc;
	}
	*claim = c;
	return 0;
}

void port_release(struct port_claim *claim)
{
	for (size_t i = 0; claim && i < claim->count; i++)
		close(claim->descriptors[i]);
	free(claim);
}

uint16_t port_choose(void)
{
	uint16_t any;

	/* Nothing depends on it but that two programs choose different ones. */
	if (getrandom(&any, sizeof(any), GRND_NONBLOCK) != sizeof(any))
		any = (uint16_t)(loop_now_us() ^ getpid());
	return EPHEMERAL_FIRST + any % EPHEMERAL_COUNT;
}
