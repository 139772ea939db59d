/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packet/sctp.h"
#include "stack/icmp_socket.h"
#include "stack/usrsctp_attempt.h"
#include "stack/usrsctp_udp_error.h"
#include "base/util.h"

/*
 * How many errors one look reads, so that a flood of errors about our own packets does not block
 * the caller.
 */
#define ERRORS_MAX 64

/* Those of all endpoints, which share one UDP port. */
static struct us_attempt *all;

void attempts_init(struct attempts *attempts)
{
	*attempts = (struct attempts){ .icmp4 = -1, .icmp6 = -1 };
}

void attempts_free(struct attempts *attempts)
{
	while (attempts->first)
		attempt_forget(attempts->first);
	if (attempts->icmp4 >= 0)
		close(attempts->icmp4);
	if (attempts->icmp6 >= 0)
		close(attempts->icmp6);
}

static bool is_denied(int error)
{
	return error_forbids(error) || error == EPROTONOSUPPORT;
}

int attempts_watch(struct attempts *attempts, struct bell *bell, const union address *peers,
		   size_t count, const char **call)
{
	for (size_t i = 0; i < count; i++) {
		int family = peers[i].sa.sa_family, rc;
		int *fd = family == AF_INET6 ? &attempts->icmp6 : &attempts->icmp4;

		if (*fd >= 0)
			continue;
		*fd = icmp_open(family, call);
		if (*fd < 0 && !is_denied(-*fd))
			return *fd;
		*call = "epoll_ctl";
		rc = *fd >= 0 ? bell_watch(bell, *fd) : 0;
		if (rc < 0)
			return rc;
	}
	return 0;
}

struct us_attempt *attempts_add(struct attempts *attempts, struct stack_assoc *assoc,
				int64_t begun_us, const union address *peers, size_t count)
{
	struct us_attempt *attempt = xcalloc(1, sizeof(*attempt));

	*attempt = (struct us_attempt){
		.assoc = assoc,
		.count = count,
		.begun_us = begun_us,
		.next = attempts->first,
		.link = &attempts->first,
		.next_of_all = all,
		.link_of_all = &all,
	};
	attempt->peers = xcalloc(count, sizeof(*peers));
	memcpy(attempt->peers, peers, count * sizeof(*peers));
	if (attempt->next)
		attempt->next->link = &attempt->next;
	attempts->first = attempt;
	if (all)
		all->link_of_all = &attempt->next_of_all;
	all = attempt;
	return attempt;
}

void attempt_forget(struct us_attempt *attempt)
{
	if (!attempt)
		return;
	*attempt->link = attempt->next;
	if (attempt->next)
		attempt->next->link = attempt->link;
	*attempt->link_of_all = attempt->next_of_all;
	if (attempt->next_of_all)
		attempt->next_of_all->link_of_all = attempt->link_of_all;
	free(attempt->peers);
	free(attempt);
}

/* SCTP's ports, where the quotation is long enough. */
static bool read_ports(const struct icmp_error *error, uint16_t *from, uint16_t *to)
{
	struct bytes b = error->quoted;

	if (error->protocol == IPPROTO_UDP && !bytes_skip(&b, UDP_HEADER))
		return false;
	if (b.left < SCTP_PORTS)
		return false;
	*from = be16(b.at);
	*to = be16(b.at + 2);
	return true;
}

static bool asks_host(const struct us_attempt *attempt, const union address *host)
{
	return address_is_listed(host, attempt->peers, attempt->count);
}

/* A quotation without SCTP's ports is about one of those who ask that host. Do all ask one port? */
static bool is_one_port(const union address *host)
{
	uint16_t port = 0;

	for (const struct us_attempt *attempt = all; attempt; attempt = attempt->next_of_all) {
		uint16_t asked = address_port(&attempt->peers[0]);

		if (!asks_host(attempt, host))
			continue;
		if (port && asked != port)
			return false;
		port = asked;
	}
	return true;
}

/* Was the quoted packet sent by this endpoint, to an address of this attempt? */
static bool is_about(const struct us_attempt *attempt, const struct attempt_ports *ports,
		     const struct icmp_error *error)
{
	bool udp = error->protocol == IPPROTO_UDP;
	uint16_t from, to;

	if (udp != encapsulated(&ports->udp) || !asks_host(attempt, &error->destination))
		return false;
	if (udp && (address_port(&error->source) != ports->udp.local ||
		    address_port(&error->destination) != ports->udp.remote))
		return false;
	if (!read_ports(error, &from, &to))
		return is_one_port(&error->destination);
	return from == ports->sctp && to == address_port(&attempt->peers[0]);
}

static void take_icmp(struct attempts *attempts, const struct attempt_ports *ports, int fd,
		      int family)
{
	struct icmp_error error;

	for (int i = 0; fd >= 0 && i < ERRORS_MAX && icmp_read(fd, family, &error); i++) {
		for (struct us_attempt *attempt = attempts->first; attempt;
		     attempt = attempt->next) {
			if (!is_about(attempt, ports, &error))
				continue;
			/*
			 * Like net/sctp/input.c sctp_icmp_proto_unreachable: it ends the attempt.
			 */
			if (error.error == ENOPROTOOPT && error.protocol == IPPROTO_SCTP)
				attempt->final_error = error.error;
			else
				attempt->soft_error = error.error;
		}
	}
}

/* Without the privilege, UDP sockets tell the same. */
static void take_udp_errors(struct us_attempt *attempt, const struct attempt_ports *ports)
{
	for (size_t i = 0; i < attempt->count; i++) {
		int error = udp_error_about(ports->sctp, &attempt->peers[i], ports->udp.remote,
					    is_one_port);

		if (error)
			attempt->soft_error = error;
	}
}

void attempts_read_icmp(struct attempts *attempts, const struct attempt_ports *ports)
{
	for (struct us_attempt *attempt = attempts->first; attempt; attempt = attempt->next)
		take_udp_errors(attempt, ports);
	take_icmp(attempts, ports, attempts->icmp4, AF_INET);
	take_icmp(attempts, ports, attempts->icmp6, AF_INET6);
}

struct us_attempt *attempts_ended(const struct attempts *attempts)
{
	struct us_attempt *attempt = attempts->first;

	while (attempt && !attempt->final_error)
		attempt = attempt->next;
	return attempt;
}
