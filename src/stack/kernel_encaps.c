/* SPDX-License-Identifier: MIT */
/* SCTP in UDP (RFC 6951) with the kernel's stack. */
#include <errno.h>
#include <stdio.h>

#include "base/util.h"
#include "stack/kernel_parts.h"

/* In linux/sctp.h, but not in libsctp's header (RFC 6951 section 6.1). */
#ifndef SCTP_REMOTE_UDP_ENCAPS_PORT
#define SCTP_REMOTE_UDP_ENCAPS_PORT 36
struct sctp_udpencaps {
	sctp_assoc_t sue_assoc_id;
	struct sockaddr_storage sue_address;
	uint16_t sue_port; /* network byte order */
};
#endif
/* IANA's port for sctp-tunneling. */
#define ENCAPS_PORT 9899

long kernel_udp_port(const char **call)
{
	FILE *file = fopen("/proc/sys/net/sctp/udp_port", "re");
	long port;

	*call = "open(/proc/sys/net/sctp/udp_port)";
	if (!file)
		return -errno;
	*call = "read(/proc/sys/net/sctp/udp_port)";
	errno = 0;
	if (fscanf(file, "%ld", &port) != 1)
		port = errno ? -errno : -EIO;
	fclose(file);
	return port;
}

/*
 * The kernel listens for encapsulated packets on one UDP port per network namespace. A socket
 * copies that setting when it is made; without it an association silently goes without UDP.
 */
int kernel_check_encaps(const struct stack_encaps *udp, struct stack_fault *fault)
{
	long port = kernel_udp_port(&fault->call);

	fault->port = udp->local ? udp->local : ENCAPS_PORT;
	if (port < 0 && port != -ENOENT)
		return (int)port;
	fault->call = "net.sctp.udp_port";
	if (port < 0) {
		fault->lack = LACKS_ENCAPS;
		return -EOPNOTSUPP;
	}
	if (port && (!udp->local || port == udp->local))
		return 0;
	fault->other_port = (uint16_t)port;
	fault->lack = port ? LACKS_ENCAPS_PORT : LACKS_ENCAPS_SETTING;
	return port ? -EADDRNOTAVAIL : -EOPNOTSUPP;
}

int kernel_set_encaps(int fd, const struct stack_config *config, struct stack_fault *fault)
{
	struct sctp_udpencaps encaps = { .sue_port = htons(config->udp.remote) };

	if (!config->udp.remote)
		return 0;
	/* For all future associations: no id, no address. */
	encaps.sue_address.ss_family = config->ipv6 ? AF_INET6 : AF_INET;
	fault->call = "setsockopt(SCTP_REMOTE_UDP_ENCAPS_PORT)";
	return set_option(fd, SCTP_REMOTE_UDP_ENCAPS_PORT, &encaps, sizeof(encaps));
}
