/* SPDX-License-Identifier: MIT */
#include "packet/packet.h"

#include "packet/checksum.h"
#include "packet/icmp.h"
#include "packet/ip.h"
#include "packet/sctp.h"

#define SCTP_TAG 8

static void worsen(struct packet *packet, enum packet_checksum to)
{
	if (packet->checksum == CHECKSUM_GOOD || to == CHECKSUM_BAD)
		packet->checksum = to;
}

/* A transport checksum is wrong. */
static void wrong(struct packet *packet, bool optional)
{
	worsen(packet, optional ? CHECKSUM_UNKNOWN : CHECKSUM_BAD);
}

static uint32_t crc_of(struct bytes b)
{
	static const uint8_t zero[4];
	uint32_t crc = crc32c_add(CRC32C_START, b.at, SCTP_CHECKSUM);

	crc = crc32c_add(crc, zero, sizeof(zero));
	return ~crc32c_add(crc, b.at + SCTP_HEADER, b.left - SCTP_HEADER);
}

static bool crc_is_right(struct bytes b)
{
	uint32_t crc = crc_of(b);

	for (int i = 0; i < 4; i++)
		if (b.at[SCTP_CHECKSUM + i] != (uint8_t)(crc >> 8 * i))
			return false;
	return true;
}

/* cut: b is not the complete packet. */
static bool parse_sctp(struct bytes b, bool cut, bool checksum_optional, struct packet *packet)
{
	const uint8_t *at = b.at;

	if (b.left < SCTP_HEADER)
		return false;
	packet->kind = PACKET_OF_SCTP;
	address_set_port(&packet->source, be16(at));
	address_set_port(&packet->destination, be16(at + 2));
	packet->tag = be32(at + 4);
	if (cut || checksum_optional)
		worsen(packet, CHECKSUM_UNKNOWN);
	else if (!crc_is_right(b))
		worsen(packet, CHECKSUM_BAD);
	bytes_skip(&b, SCTP_HEADER);
	chunks_parse(b, cut, &packet->chunks);
	return true;
}

static uint16_t sum_of(struct bytes b, const struct packet *packet, uint8_t protocol)
{
	uint32_t sum = checksum_pseudo(&packet->source, &packet->destination, protocol, b.left);

	return checksum_finish(checksum_add(sum, b.at, b.left));
}

static bool carries_sctp(const struct packet_context *context, uint16_t source,
			 uint16_t destination)
{
	for (int i = 0; i < 2; i++)
		if (context->udp_ports[i] &&
		    (source == context->udp_ports[i] || destination == context->udp_ports[i]))
			return true;
	return false;
}

static bool parse_udp(struct bytes b, bool cut, const struct packet_context *context,
		      struct packet *packet)
{
	const uint8_t *at = b.at;
	size_t length;

	if (b.left < UDP_HEADER || !carries_sctp(context, be16(at), be16(at + 2)))
		return false;
	packet->encapsulated = true;
	packet->udp_source = be16(at);
	packet->udp_destination = be16(at + 2);
	length = be16(at + 4);
	if (length < UDP_HEADER)
		return false;
	if (length > b.left && !cut)
		worsen(packet, CHECKSUM_BAD); /* every host drops such a packet */
	b = bytes_first(b, length);
	if (cut)
		worsen(packet, CHECKSUM_UNKNOWN);
	else if (be16(at + 6) && sum_of(b, packet, IPPROTO_UDP) != 0)
		wrong(packet, context->checksum_optional);
	bytes_skip(&b, UDP_HEADER);
	/* A card does not compute the checksum inside. */
	return parse_sctp(b, cut, false, packet);
}

/* The SCTP packet that an ICMP error quotes, with its ports at least. */
static void parse_quoted_sctp(struct bytes b, struct packet_icmp *icmp)
{
	const uint8_t *at = b.at;

	icmp->ports = true;
	address_set_port(&icmp->source, be16(at));
	address_set_port(&icmp->destination, be16(at + 2));
	if (b.left < SCTP_TAG)
		return;
	icmp->has_tag = true;
	icmp->tag = be32(at + 4);
	/* After the common header: the chunk's header, and the first member of an INIT. */
	if (b.left >= SCTP_HEADER + 8 && at[SCTP_HEADER] == CHUNK_INIT)
		icmp->init_tag = be32(at + SCTP_HEADER + 4);
}

static bool parse_quoted_udp(struct bytes b, const struct packet_context *context,
			     struct packet_icmp *icmp)
{
	icmp->udp_source = address_port(&icmp->source);
	icmp->udp_destination = address_port(&icmp->destination);
	address_set_port(&icmp->source, 0);
	address_set_port(&icmp->destination, 0);
	if (!carries_sctp(context, icmp->udp_source, icmp->udp_destination))
		return false;
	if (bytes_skip(&b, UDP_HEADER) && b.left >= SCTP_PORTS)
		parse_quoted_sctp(b, icmp);
	return true;
}

static bool parse_icmp(int family, struct bytes b, const struct packet_context *context,
		       struct packet *packet)
{
	struct icmp_error error;
	struct packet_icmp *icmp = &packet->icmp;

	if (!icmp_parse_message(family, b, &error))
		return false;
	packet->kind = PACKET_OF_ICMP;
	*icmp = (struct packet_icmp){
		.error = error.error,
		.type = error.type,
		.code = error.code,
		.mtu = error.mtu,
		.protocol = error.protocol,
		.source = error.source,
		.destination = error.destination,
	};
	if (error.protocol == IPPROTO_UDP)
		return parse_quoted_udp(error.quoted, context, icmp);
	parse_quoted_sctp(error.quoted, icmp);
	return true;
}

static void check_icmp(int family, struct bytes b, bool cut, const struct packet_context *context,
		       struct packet *packet)
{
	uint16_t sum;

	if (cut) {
		worsen(packet, CHECKSUM_UNKNOWN);
		return;
	}
	sum = family == AF_INET6 ? sum_of(b, packet, IPPROTO_ICMPV6)
				 : checksum_finish(checksum_add(0, b.at, b.left));
	if (sum != 0)
		wrong(packet, context->checksum_optional);
}

bool packet_parse(struct bytes b, const struct packet_context *context, struct packet *packet)
{
	struct ip_header ip;
	bool cut;

	/* Clears only what is read for every packet, because the lists of chunks are large. */
	packet->encapsulated = false;
	packet->udp_source = packet->udp_destination = 0;
	packet->tag = 0;
	packet->chunks.count = packet->chunks.cause_count = 0;
	packet->chunks.has_init = packet->chunks.more = packet->chunks.malformed = false;
	if (!ip_parse(&b, &ip))
		return false;
	packet->fragment = ip.fragment;
	cut = ip.fragment || (ip.length != SIZE_MAX && ip.length > b.left);
	b = bytes_first(b, ip.length);
	packet->source = ip.source;
	packet->destination = ip.destination;
	packet->hops = ip.hops;
	packet->checksum = ip.checksum_wrong ? CHECKSUM_BAD : CHECKSUM_GOOD;
	switch (ip.protocol) {
	case IPPROTO_SCTP:
		return parse_sctp(b, cut, context->checksum_optional, packet);
	case IPPROTO_UDP:
		return parse_udp(b, cut, context, packet);
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6: {
		int family = ip.protocol == IPPROTO_ICMPV6 ? AF_INET6 : AF_INET;

		if (family != ip.source.sa.sa_family || !parse_icmp(family, b, context, packet))
			return false;
		check_icmp(family, b, cut, context, packet);
		return true;
	}
	}
	return false;
}
