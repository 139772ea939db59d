/* SPDX-License-Identifier: MIT */
#include "icmp.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <string.h>
#include <unistd.h>

/* The quoted packet comes after these eight bytes (RFC 792, RFC 4443 section 3). */
#define ICMP_HEADER 8
#define IPV4_HEADER 20
#define IPV6_HEADER 40
/* Ports, and for UDP the length and checksum: what every ICMPv4 error quotes at least. */
#define QUOTED_PORTS 8
/* More extension headers than any sane packet of ours has. */
#define EXTENSIONS_MAX 8
/* What one call looks at, so that a flood of foreign errors does not hold up the caller. */
#define READS_MAX 64

/* One that stands for the rest of a message. */
struct bytes {
	const uint8_t *at;
	size_t left;
};

static bool skip(struct bytes *b, size_t count)
{
	if (b->left < count)
		return false;
	b->at += count;
	b->left -= count;
	return true;
}

static uint16_t be16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

/* As net/ipv4/icmp.c icmp_err_convert, without what is no obstacle to an INIT (packet too big). */
static int error_of_v4(uint8_t type, uint8_t code)
{
	static const int unreachable[] = {
		[ICMP_NET_UNREACH] = ENETUNREACH,   [ICMP_HOST_UNREACH] = EHOSTUNREACH,
		[ICMP_PROT_UNREACH] = ENOPROTOOPT,  [ICMP_PORT_UNREACH] = ECONNREFUSED,
		[ICMP_SR_FAILED] = EOPNOTSUPP,      [ICMP_NET_UNKNOWN] = ENETUNREACH,
		[ICMP_HOST_UNKNOWN] = EHOSTDOWN,    [ICMP_HOST_ISOLATED] = ENONET,
		[ICMP_NET_ANO] = ENETUNREACH,       [ICMP_HOST_ANO] = EHOSTUNREACH,
		[ICMP_NET_UNR_TOS] = ENETUNREACH,   [ICMP_HOST_UNR_TOS] = EHOSTUNREACH,
		[ICMP_PKT_FILTERED] = EHOSTUNREACH, [ICMP_PREC_VIOLATION] = EHOSTUNREACH,
		[ICMP_PREC_CUTOFF] = EHOSTUNREACH,
	};

	if (type == ICMP_TIME_EXCEEDED)
		return EHOSTUNREACH;
	if (type == ICMP_DEST_UNREACH && code < ARRAY_SIZE(unreachable))
		return unreachable[code];
	return 0;
}

/* As net/ipv6/icmp.c tab_unreach, and net/sctp/ipv6.c for the unknown next header. */
static int error_of_v6(uint8_t type, uint8_t code)
{
	static const int unreachable[] = {
		[ICMP6_DST_UNREACH_NOROUTE] = ENETUNREACH,
		[ICMP6_DST_UNREACH_ADMIN] = EACCES,
		[ICMP6_DST_UNREACH_BEYONDSCOPE] = EHOSTUNREACH,
		[ICMP6_DST_UNREACH_ADDR] = EHOSTUNREACH,
		[ICMP6_DST_UNREACH_NOPORT] = ECONNREFUSED,
		[5] = EACCES, /* source address failed policy, RFC 4443 section 3.1 */
		[6] = EACCES, /* reject route to the destination */
	};

	if (type == ICMP6_TIME_EXCEEDED)
		return EHOSTUNREACH;
	if (type == ICMP6_PARAM_PROB && code == ICMP6_PARAMPROB_NEXTHEADER)
		return ENOPROTOOPT;
	if (type == ICMP6_DST_UNREACH && code < ARRAY_SIZE(unreachable))
		return unreachable[code];
	return 0;
}

static bool take_ports(struct bytes quoted, struct icmp_error *error)
{
	if ((error->protocol != IPPROTO_SCTP && error->protocol != IPPROTO_UDP) ||
	    quoted.left < QUOTED_PORTS)
		return false;
	error->source_port = be16(quoted.at);
	address_set_port(&error->destination, be16(quoted.at + 2));
	return true;
}

/* Moves b past an IPv4 header, options included; *header is where it was. */
static bool take_v4_header(struct bytes *b, const uint8_t **header)
{
	size_t size;

	if (b->left < IPV4_HEADER || b->at[0] >> 4 != 4)
		return false;
	size = (b->at[0] & 0x0f) * 4u;
	*header = b->at;
	return size >= IPV4_HEADER && skip(b, size);
}

static bool parse_v4(struct bytes b, struct icmp_error *error)
{
	const uint8_t *header;

	if (!take_v4_header(&b, &header) || header[9] != IPPROTO_ICMP || b.left < ICMP_HEADER)
		return false;
	error->error = error_of_v4(b.at[0], b.at[1]);
	if (!error->error || !skip(&b, ICMP_HEADER) || !take_v4_header(&b, &header))
		return false;
	if (be16(header + 6) & 0x1fff) /* a later fragment: no ports in it */
		return false;
	error->protocol = header[9];
	error->destination.v4.sin_family = AF_INET;
	memcpy(&error->destination.v4.sin_addr, header + 16, 4);
	return take_ports(b, error);
}

/* Moves b past the extension headers; *next is what follows them. */
static bool skip_extensions(struct bytes *b, uint8_t *next)
{
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		uint8_t this = *next;
		size_t size;

		if (this != IPPROTO_HOPOPTS && this != IPPROTO_ROUTING && this != IPPROTO_DSTOPTS &&
		    this != IPPROTO_FRAGMENT)
			return true;
		if (b->left < 8)
			return false;
		if (this == IPPROTO_FRAGMENT && be16(b->at + 2) & 0xfff8)
			return false;
		size = this == IPPROTO_FRAGMENT ? 8 : (b->at[1] + 1u) * 8;
		*next = b->at[0];
		if (!skip(b, size))
			return false;
	}
	return false;
}

static bool parse_v6(struct bytes b, struct icmp_error *error)
{
	const uint8_t *header;

	if (b.left < ICMP_HEADER)
		return false;
	error->error = error_of_v6(b.at[0], b.at[1]);
	if (!error->error || !skip(&b, ICMP_HEADER))
		return false;
	header = b.at;
	if (!skip(&b, IPV6_HEADER) || header[0] >> 4 != 6)
		return false;
	error->protocol = header[6];
	error->destination.v6.sin6_family = AF_INET6;
	memcpy(&error->destination.v6.sin6_addr, header + 24, 16);
	return skip_extensions(&b, &error->protocol) && take_ports(b, error);
}

bool icmp_parse(int family, const uint8_t *packet, size_t length, struct icmp_error *error)
{
	struct bytes b = { packet, length };

	*error = (struct icmp_error){ 0 };
	return family == AF_INET6 ? parse_v6(b, error) : parse_v4(b, error);
}

static int filter(int fd, int family)
{
	/* A set bit keeps the type away. */
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

int icmp_open(int family)
{
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);

	if (fd < 0 || filter(fd, family) < 0) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return -error;
	}
	return fd;
}

bool icmp_read(int fd, int family, struct icmp_error *error)
{
	/* An IPv6 router quotes as much as fits into 1280 bytes; what is beyond is of no use. */
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
