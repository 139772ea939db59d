/* SPDX-License-Identifier: MIT */
/* Addresses of SCTP endpoints: text, scope, packing. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/util.h"

/* An IPv4 or IPv6 socket address, never a v4-mapped one. sa_family 0: no address. */
union address {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Room for the longest text of an address: "[fe80::1%eth0]:5000". */
#define ADDRESS_TEXT_MAX (INET6_ADDRSTRLEN + 16 + sizeof("[%]:65535"))

/*
 * How far an address reaches, narrowest first. The kernel (net/sctp/protocol.c sctp_v4_scope,
 * net/sctp/ipv6.c sctp_v6_scope) leaves every address out of an association whose scope is narrower
 * than that of the address its INIT goes to; it counts fc00::/7 as global.
 */
enum address_scope {
	SCOPE_LOOPBACK,
	SCOPE_LINK,
	SCOPE_PRIVATE,
	SCOPE_GLOBAL,
};

/*
 * Is text[0..length) an IPv6 address, apart from a "%ZONE" at its end? *zone is then the zone in
 * text, or NULL where there is none.
 */
bool address_parse_v6(const char *text, size_t length, struct in6_addr *v6, const char **zone);

/*
 * A numeric address without its zone (sin6_scope_id 0) and without port. False: host is a name, or
 * nothing that could work.
 */
bool address_from_text(union address *a, const char *host);

uint16_t address_port(const union address *a);
void address_set_port(union address *a, uint16_t port);
socklen_t address_length(const union address *a);
enum address_scope address_scope(const union address *a);
const char *address_scope_name(enum address_scope scope);

/*
 * Can it be the address of one peer? Not if it is unspecified, multicast, broadcast, or in
 * 192.88.99.0/24, which the kernel refuses too (include/net/sctp/constants.h).
 */
bool address_is_unicast(const union address *a);

/* 0.0.0.0 or ::, which stands for every address of this host. */
bool address_is_wildcard(const union address *a);

/* A link-local IPv6 address without its zone, as one that a peer lists: on which link is it? */
bool address_lacks_zone(const union address *a);

/*
 * The same host address; ports are not compared. A zone is compared only where both have one: the
 * kernel gives link-local peer addresses back without it.
 */
bool address_equal(const union address *a, const union address *b);

/* Is it equal to one of these? */
bool address_is_listed(const union address *a, const union address *list, size_t count);

/* Of address_bytes(): equal addresses have the same. */
uint32_t address_hash(const union address *a);

/* The address itself, in network byte order; *length: 4 or 16. */
const uint8_t *address_bytes(const union address *a, size_t *length);

/*
 * Into buf (ADDRESS_TEXT_MAX), which is returned: "10.1.1.2", "fd01::2", "fe80::1%eth0". The zone
 * is a number if the interface has no name, or a name that is not safe to print.
 */
const char *address_host_text(const union address *a, char *buf);
/* "10.1.1.2:5000", "[fd01::2]:5000". */
const char *address_text(const union address *a, char *buf);

/* From the kernel's or getaddrinfo's sockaddr; v4-mapped becomes IPv4. False: another family. */
bool address_from_sockaddr(union address *a, const struct sockaddr *sa);

/*
 * The array that sctp_connectx and sctp_bindx take: sockaddr_in and sockaddr_in6 one after the
 * other, unpadded (RFC 6458 section 9.9). The caller frees it.
 */
void *address_pack(const union address *list, size_t count);

#endif
