/* SPDX-License-Identifier: MIT */
#include "packet/packet.h"

#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <stdarg.h>
#include <stdio.h>

/* Text that grows while there is room. */
struct text {
	char *at;
	size_t left; /* with the final zero */
	bool tags;   /* are shown */
};

static void __attribute__((format(printf, 2, 3))) add(struct text *t, const char *format, ...)
{
	va_list args;
	int wanted;

	va_start(args, format);
	wanted = vsnprintf(t->at, t->left, format, args);
	va_end(args);
	if (wanted < 0)
		return;
	if ((size_t)wanted >= t->left)
		wanted = (int)t->left - 1;
	t->at += wanted;
	t->left -= (size_t)wanted;
}

static void add_init(struct text *t, const struct init *init)
{
	char buf[ADDRESS_TEXT_MAX];

	if (t->tags)
		add(t, "  tag 0x%08x", init->tag);
	add(t, "  streams %u/%u", init->out_streams, init->in_streams);
	if (init->address_count)
		add(t, "  addresses");
	for (size_t i = 0; i < init->address_count; i++)
		add(t, " %s", address_host_text(&init->addresses[i], buf));
	if (init->address_total > init->address_count)
		add(t, " and %zu more", init->address_total - init->address_count);
}

/* The causes of the chunk with that number. */
static void add_causes(struct text *t, const struct chunks *chunks, size_t chunk)
{
	for (size_t i = 0; i < chunks->cause_count; i++) {
		const struct cause *cause = &chunks->causes[i];
		const char *name = cause_name(cause->code);

		if (cause->chunk != chunk)
			continue;
		if (name)
			add(t, "  %s", name);
		else
			add(t, "  cause %u", cause->code);
		if (*cause->text)
			add(t, " %s", cause->text);
	}
}

static void add_chunk(struct text *t, const struct chunks *chunks, size_t number)
{
	const struct chunk *chunk = &chunks->list[number];
	const char *name = chunk_name(chunk->type);

	if (name)
		add(t, "%s", name);
	else
		add(t, "chunk type %u", chunk->type);
	switch (chunk->type) {
	case CHUNK_INIT:
	case CHUNK_INIT_ACK:
		if (chunks->has_init)
			add_init(t, &chunks->init);
		break;
	case CHUNK_ABORT:
	case CHUNK_ERROR:
		add_causes(t, chunks, number);
		break;
	}
}

static void add_chunks(struct text *t, const struct chunks *chunks)
{
	for (size_t i = 0; i < chunks->count; i++) {
		size_t same = 1;

		while (i + 1 < chunks->count && chunks->list[i].type == CHUNK_DATA &&
		       chunks->list[i + 1].type == CHUNK_DATA)
			same++, i++;
		add(t, "%s", i + 1 > same ? ", " : "");
		add_chunk(t, chunks, i);
		if (same > 1)
			add(t, " x%zu", same);
	}
	if (!chunks->count)
		add(t, chunks->more || chunks->malformed ? "SCTP" : "SCTP without chunks");
	if (chunks->malformed)
		add(t, "  malformed");
}

static const char *icmp4_name(uint8_t type, uint8_t code)
{
	static const char *const unreachable[] = {
		[ICMP_NET_UNREACH] = "network unreachable",
		[ICMP_HOST_UNREACH] = "host unreachable",
		[ICMP_PROT_UNREACH] = "protocol unreachable",
		[ICMP_PORT_UNREACH] = "port unreachable",
		[ICMP_FRAG_NEEDED] = "fragmentation needed",
		[ICMP_SR_FAILED] = "source route failed",
		[ICMP_NET_UNKNOWN] = "network unknown",
		[ICMP_HOST_UNKNOWN] = "host unknown",
		[ICMP_HOST_ISOLATED] = "source host isolated",
		[ICMP_NET_ANO] = "network prohibited",
		[ICMP_HOST_ANO] = "host prohibited",
		[ICMP_NET_UNR_TOS] = "network unreachable for this type of service",
		[ICMP_HOST_UNR_TOS] = "host unreachable for this type of service",
		[ICMP_PKT_FILTERED] = "administratively prohibited",
		[ICMP_PREC_VIOLATION] = "host precedence violation",
		[ICMP_PREC_CUTOFF] = "precedence cutoff",
	};

	if (type == ICMP_TIME_EXCEEDED)
		return code == ICMP_EXC_TTL ? "time to live exceeded" : "reassembly timed out";
	if (type == ICMP_PARAMETERPROB)
		return "parameter problem";
	if (type == ICMP_DEST_UNREACH && code < ARRAY_SIZE(unreachable))
		return unreachable[code];
	return NULL;
}

static const char *icmp6_name(uint8_t type, uint8_t code)
{
	static const char *const unreachable[] = {
		[ICMP6_DST_UNREACH_NOROUTE] = "no route",
		[ICMP6_DST_UNREACH_ADMIN] = "administratively prohibited",
		[ICMP6_DST_UNREACH_BEYONDSCOPE] = "beyond scope of the source address",
		[ICMP6_DST_UNREACH_ADDR] = "address unreachable",
		[ICMP6_DST_UNREACH_NOPORT] = "port unreachable",
		[5] = "source address failed policy",
		[6] = "route rejects",
	};

	if (type == ICMP6_PACKET_TOO_BIG)
		return "packet too big";
	if (type == ICMP6_TIME_EXCEEDED)
		return code ? "reassembly timed out" : "hop limit exceeded";
	if (type == ICMP6_PARAM_PROB)
		return code == ICMP6_PARAMPROB_NEXTHEADER ? "unknown next header"
							  : "parameter problem";
	if (type == ICMP6_DST_UNREACH && code < ARRAY_SIZE(unreachable))
		return unreachable[code];
	return NULL;
}

const char *packet_icmp_name(bool v6, uint8_t type, uint8_t code)
{
	return v6 ? icmp6_name(type, code) : icmp4_name(type, code);
}

static void add_icmp(struct text *t, const struct packet *packet)
{
	const struct packet_icmp *icmp = &packet->icmp;
	bool v6 = packet->source.sa.sa_family == AF_INET6;
	const char *name = packet_icmp_name(v6, icmp->type, icmp->code);
	char buf[ADDRESS_TEXT_MAX];

	add(t, v6 ? "ICMPv6 " : "ICMP ");
	if (name)
		add(t, "%s", name);
	else
		add(t, "type %u code %u", icmp->type, icmp->code);
	if (icmp->mtu)
		add(t, "  mtu %u", icmp->mtu);
	add(t, "  about a packet to %s", address_host_text(&icmp->destination, buf));
	if (icmp->protocol == IPPROTO_UDP)
		add(t, " UDP port %u", icmp->udp_destination);
}

const char *packet_text(const struct packet *packet, bool tags, char *buf, size_t size)
{
	struct text t = { buf, size, tags };

	buf[0] = '\0';
	if (packet->kind == PACKET_OF_ICMP)
		add_icmp(&t, packet);
	else
		add_chunks(&t, &packet->chunks);
	if (packet->encapsulated)
		add(&t, "  in UDP %u to %u", packet->udp_source, packet->udp_destination);
	if (packet->checksum == CHECKSUM_BAD)
		add(&t, "  BAD CHECKSUM");
	return buf;
}
