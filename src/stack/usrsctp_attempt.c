/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stack/icmp_socket.h"
#include "stack/usrsctp_attempt.h"
#include "base/util.h"

struct attempt {
	uint32_t assoc;
	union address *peers;
	size_t count;
	int64_t begun_us;
	int final_error; /* the network's last word on it */
};

void attempts_init(struct attempts *attempts, const struct stack_encaps *udp)
{
	*attempts = (struct attempts){ .udp = *udp, .icmp4 = -1, .icmp6 = -1 };
}

void attempts_free(struct attempts *attempts)
{
	for (size_t i = 0; i < attempts->count; i++)
		free(attempts->list[i].peers);
	free(attempts->list);
	if (attempts->icmp4 >= 0)
		close(attempts->icmp4);
	if (attempts->icmp6 >= 0)
		close(attempts->icmp6);
}

void attempts_watch(struct attempts *attempts, struct bell *bell, const union address *peers,
		    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int family = peers[i].sa.sa_family;
		int *fd = family == AF_INET6 ? &attempts->icmp6 : &attempts->icmp4;

		if (*fd >= 0)
			continue;
		*fd = icmp_open(family);
		if (*fd >= 0)
			bell_watch(bell, *fd);
	}
}

void attempts_add(struct attempts *attempts, uint32_t assoc, int64_t begun_us,
		  const union address *peers, size_t count)
{
	struct attempt *attempt;

	attempts->list = xreallocarray(attempts->list, attempts->count + 1, sizeof(*attempt));
	attempt = &attempts->list[attempts->count++];
	*attempt = (struct attempt){ .assoc = assoc, .count = count, .begun_us = begun_us };
	attempt->peers = xcalloc(count, sizeof(*peers));
	memcpy(attempt->peers, peers, count * sizeof(*peers));
}

void attempts_forget(struct attempts *attempts, uint32_t assoc)
{
	for (size_t i = 0; i < attempts->count; i++) {
		if (attempts->list[i].assoc != assoc)
			continue;
		free(attempts->list[i].peers);
		attempts->list[i] = attempts->list[--attempts->count];
		return;
	}
}

size_t attempts_begun(const struct attempts *attempts, uint32_t assoc, int64_t *begun_us)
{
	for (size_t i = 0; i < attempts->count; i++) {
		if (attempts->list[i].assoc != assoc)
			continue;
		*begun_us = attempts->list[i].begun_us;
		return attempts->list[i].count;
	}
	return 0;
}

/* Does the quoted packet come from this endpoint, and go to an address of this attempt? */
static bool is_about(const struct attempts *attempts, const struct attempt *attempt,
		     const struct icmp_error *error)
{
	uint16_t to = address_port(&error->destination);
	bool udp = error->protocol == IPPROTO_UDP;

	if (udp != encapsulated(&attempts->udp) ||
	    address_port(&error->source) != (udp ? attempts->udp.local : attempts->port))
		return false;
	for (size_t i = 0; i < attempt->count; i++)
		if (address_equal(&attempt->peers[i], &error->destination) &&
		    to == (udp ? attempts->udp.remote : address_port(&attempt->peers[i])))
			return true;
	return false;
}

static void take_icmp(struct attempts *attempts, int fd, int family)
{
	struct icmp_error error;

	while (fd >= 0 && icmp_read(fd, family, &error)) {
		for (size_t i = 0; i < attempts->count; i++) {
			struct attempt *attempt = &attempts->list[i];

			if (!is_about(attempts, attempt, &error))
				continue;
			/* As net/sctp/input.c sctp_icmp_proto_unreachable: that ends it. */
			if (error.error == ENOPROTOOPT && error.protocol == IPPROTO_SCTP)
				attempt->final_error = error.error;
			else
				attempts->soft_error = error.error;
		}
	}
}

static void take_all_icmp(struct attempts *attempts)
{
	take_icmp(attempts, attempts->icmp4, AF_INET);
	take_icmp(attempts, attempts->icmp6, AF_INET6);
}

bool attempts_ended(struct attempts *attempts, uint32_t *assoc, int *error)
{
	take_all_icmp(attempts);
	for (size_t i = 0; i < attempts->count; i++) {
		if (!attempts->list[i].final_error)
			continue;
		*assoc = attempts->list[i].assoc;
		*error = attempts->list[i].final_error;
		attempts_forget(attempts, *assoc);
		return true;
	}
	return false;
}

int attempts_soft_error(struct attempts *attempts)
{
	int error;

	take_all_icmp(attempts);
	error = attempts->soft_error;
	attempts->soft_error = 0;
	return error;
}
