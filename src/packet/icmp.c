/* SPDX-License-Identifier: MIT */
#include "packet/icmp.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>

#include "packet/ip.h"
#include "packet/sctp.h"

/* Ports, and for UDP the length and the checksum: every ICMPv4 error quotes at least these. */
#define QUOTED_PORTS 8

/*
 * Like icmp_err_convert in net/ipv4/icmp.c, without errors that do not stop an INIT (packet too
 * big).
 */
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
	if (type == ICMP_PARAMETERPROB)
		return EPROTO;
	if (type == ICMP_DEST_UNREACH && code < ARRAY_SIZE(unreachable))
		return unreachable[code];
	return 0;
}

/* Like tab_unreach in net/ipv6/icmp.c, and net/sctp/ipv6.c for the unknown next header. */
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
	if (type == ICMP6_PARAM_PROB)
		return code == ICMP6_PARAMPROB_NEXTHEADER ? ENOPROTOOPT : EPROTO;
	if (type == ICMP6_DST_UNREACH && code < ARRAY_SIZE(unreachable))
		return unreachable[code];
	return 0;
}

static bool is_error(int family, uint8_t type)
{
	if (family == AF_INET6)
		return type && type < ICMP6_INFOMSG_MASK;
	return type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETERPROB;
}

/* The next hop's MTU: RFC 1191 section 4, RFC 4443 section 3.2. */
static uint32_t mtu_of(int family, const uint8_t *message)
{
	if (family == AF_INET6)
		return message[0] == ICMP6_PACKET_TOO_BIG ? be32(message + 4) : 0;
	return message[0] == ICMP_DEST_UNREACH && message[1] == ICMP_FRAG_NEEDED ? be16(message + 6)
										 : 0;
}

bool icmp_parse_message(int family, struct bytes message, struct icmp_error *error)
{
	const uint8_t *at = message.at;
	struct ip_header header;

	*error = (struct icmp_error){ 0 };
	if (!bytes_skip(&message, ICMP_HEADER) || !is_error(family, at[0]))
		return false;
	if (!ip_parse(&message, &header) || header.source.sa.sa_family != family ||
	    (header.protocol != IPPROTO_SCTP && header.protocol != IPPROTO_UDP) ||
	    message.left < QUOTED_PORTS)
		return false;
	error->type = at[0];
	error->code = at[1];
	error->error = family == AF_INET6 ? error_of_v6(at[0], at[1]) : error_of_v4(at[0], at[1]);
	error->mtu = mtu_of(family, at);
	error->protocol = header.protocol;
	error->source = header.source;
	error->destination = header.destination;
	address_set_port(&error->source, be16(message.at));
	address_set_port(&error->destination, be16(message.at + 2));
	error->quoted = message;
	return true;
}

bool icmp_parse(int family, const uint8_t *packet, size_t length, struct icmp_error *error)
{
	struct bytes b = { packet, length };
	struct ip_header header;

	if (family == AF_INET && (!ip_parse(&b, &header) || header.protocol != IPPROTO_ICMP ||
				  header.source.sa.sa_family != AF_INET))
		return false;
	return icmp_parse_message(family, b, error) && error->error;
}
