/* SPDX-License-Identifier: MIT */
#include "fake_packet.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/address.h"
#include "packet/checksum.h"
#include "packet/chunk.h"
#include "base/util.h"

static void put8(struct fake_packet *p, uint8_t value)
{
	p->bytes[p->length++] = value;
}

static void put16(struct fake_packet *p, uint16_t value)
{
	put8(p, (uint8_t)(value >> 8));
	put8(p, (uint8_t)value);
}

static void put32(struct fake_packet *p, uint32_t value)
{
	put16(p, (uint16_t)(value >> 16));
	put16(p, (uint16_t)value);
}

static void put(struct fake_packet *p, const void *value, size_t length)
{
	if (length)
		memcpy(p->bytes + p->length, value, length);
	p->length += length;
}

static void set16(struct fake_packet *p, size_t at, size_t value)
{
	p->bytes[at] = (uint8_t)(value >> 8);
	p->bytes[at + 1] = (uint8_t)value;
}

static void put_ip(struct fake_packet *p, const char *from, const char *to, uint8_t protocol)
{
	struct in6_addr a;

	memset(p, 0, sizeof(*p));
	if (strchr(from, ':')) {
		put32(p, 6u << 28);
		put16(p, 0);
		put8(p, protocol);
		put8(p, 64);
		inet_pton(AF_INET6, from, &a);
		put(p, &a, 16);
		inet_pton(AF_INET6, to, &a);
		put(p, &a, 16);
	} else {
		put32(p, 0x45u << 24);
		put32(p, 0x00014000); /* do not fragment */
		put8(p, 64);
		put8(p, protocol);
		put16(p, 0);
		inet_pton(AF_INET, from, &a);
		put(p, &a, 4);
		inet_pton(AF_INET, to, &a);
		put(p, &a, 4);
	}
	p->transport = p->length;
}

static uint32_t pseudo(const struct fake_packet *p, uint8_t protocol)
{
	union address from = { 0 }, to = { 0 };

	if (p->bytes[0] >> 4 == 6) {
		from.sa.sa_family = to.sa.sa_family = AF_INET6;
		memcpy(&from.v6.sin6_addr, p->bytes + 8, 16);
		memcpy(&to.v6.sin6_addr, p->bytes + 24, 16);
	} else {
		from.sa.sa_family = to.sa.sa_family = AF_INET;
		memcpy(&from.v4.sin_addr, p->bytes + 12, 4);
		memcpy(&to.v4.sin_addr, p->bytes + 16, 4);
	}
	return checksum_pseudo(&from, &to, protocol, p->length - p->transport);
}

static void set_sum(struct fake_packet *p, size_t at, uint32_t sum)
{
	set16(p, at, 0);
	sum = checksum_add(sum, p->bytes + p->transport, p->length - p->transport);
	set16(p, at, checksum_finish(sum));
}

static void finish_ip(struct fake_packet *p)
{
	if (p->bytes[0] >> 4 == 6) {
		set16(p, 4, p->length - 40);
		return;
	}
	set16(p, 2, p->length);
	set16(p, 10, 0);
	set16(p, 10, checksum_finish(checksum_add(0, p->bytes, 20)));
}

void fake_packet(struct fake_packet *p, const struct fake_ends *ends, uint32_t tag)
{
	put_ip(p, ends->from, ends->to, ends->to_udp ? IPPROTO_UDP : IPPROTO_SCTP);
	if (ends->to_udp) {
		put16(p, ends->from_udp);
		put16(p, ends->to_udp);
		put32(p, 0);
	}
	p->sctp = p->length;
	put16(p, ends->from_port);
	put16(p, ends->to_port);
	put32(p, tag);
	put32(p, 0);
}

static void pad(struct fake_packet *p)
{
	while ((p->length - p->sctp) % 4)
		put8(p, 0);
}

void fake_chunk(struct fake_packet *p, uint8_t type, uint8_t flags, const void *value,
		size_t length)
{
	pad(p);
	p->chunk = p->length;
	put8(p, type);
	put8(p, flags);
	put16(p, (uint16_t)(4 + length));
	put(p, value, length);
}

void fake_parameter(struct fake_packet *p, uint16_t type, const void *value, size_t length)
{
	pad(p);
	p->parameter = p->length;
	put16(p, type);
	put16(p, (uint16_t)(4 + length));
	put(p, value, length);
	set16(p, p->chunk + 2, p->length - p->chunk);
}

void fake_init(struct fake_packet *p, uint8_t type, uint32_t tag, uint16_t out, uint16_t in)
{
	fake_chunk(p, type, 0, NULL, 0);
	put32(p, tag);
	put32(p, 65536);
	put16(p, out);
	put16(p, in);
	put32(p, 1000);
	set16(p, p->chunk + 2, p->length - p->chunk);
}

void fake_address(struct fake_packet *p, const char *address)
{
	struct in6_addr a;

	if (inet_pton(AF_INET, address, &a) == 1)
		fake_parameter(p, 5, &a, 4);
	else if (inet_pton(AF_INET6, address, &a) == 1)
		fake_parameter(p, 6, &a, 16);
}

void fake_finish(struct fake_packet *p)
{
	uint32_t crc;

	pad(p);
	memset(p->bytes + p->sctp + 8, 0, 4);
	crc = ~crc32c_add(CRC32C_START, p->bytes + p->sctp, p->length - p->sctp);
	for (int i = 0; i < 4; i++)
		p->bytes[p->sctp + 8 + (size_t)i] = (uint8_t)(crc >> 8 * i);
	if (p->sctp != p->transport) {
		set16(p, p->transport + 4, p->length - p->transport);
		set_sum(p, p->transport + 6, pseudo(p, IPPROTO_UDP));
	}
	finish_ip(p);
}

void fake_icmp(struct fake_packet *p, const char *router, const char *to, uint8_t type,
	       uint8_t code, uint32_t rest, const struct fake_packet *about, size_t quoted)
{
	bool v6 = strchr(router, ':') != NULL;

	put_ip(p, router, to, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	put8(p, type);
	put8(p, code);
	put16(p, 0);
	put32(p, rest);
	put(p, about->bytes, quoted < about->length ? quoted : about->length);
	set_sum(p, p->transport + 2, v6 ? pseudo(p, IPPROTO_ICMPV6) : 0);
	finish_ip(p);
}

/* --- Samples ---------------------------------------------------------------------------------- */

static const struct fake_ends out = { "10.1.1.1", "10.1.1.2", 40000, 5000, 0, 0 };
static const struct fake_ends in = { "10.1.1.2", "10.1.1.1", 5000, 40000, 0, 0 };
static const struct fake_ends out6 = { "fd01:1::1", "fd01:1::2", 40000, 5000, 0, 0 };
static const struct fake_ends out_udp = { "10.1.1.1", "10.1.1.2",    40000,
					  5000,       FAKE_UDP_PORT, FAKE_UDP_PORT };
static const struct fake_ends in6_udp = { "fd01:1::2", "fd01:1::1",   5000,
					  40000,       FAKE_UDP_PORT, FAKE_UDP_PORT };

static void sample_init(struct fake_packet *p, const struct fake_ends *ends)
{
	static const uint8_t types[] = { 0, 5, 0, 6 },
			     extensions[] = { 192, 193, 128, 130, 15, 64 };

	fake_packet(p, ends, 0);
	fake_init(p, CHUNK_INIT, 0x11111111, 10, 2048);
	fake_address(p, "10.1.1.1");
	fake_address(p, "fd01:1::1");
	fake_parameter(p, 12, types, sizeof(types));
	fake_parameter(p, 0x8008, extensions, sizeof(extensions));
	fake_parameter(p, 0x8000, NULL, 0);
	fake_finish(p);
}

static void sample_init_ack(struct fake_packet *p, const struct fake_ends *ends)
{
	uint8_t cookie[61];

	memset(cookie, 0x5a, sizeof(cookie));
	fake_packet(p, ends, 0x11111111);
	fake_init(p, CHUNK_INIT_ACK, 0x22222222, 10, 10);
	fake_address(p, "10.1.1.2");
	fake_address(p, "10.1.2.2");
	fake_parameter(p, 7, cookie, sizeof(cookie));
	fake_parameter(p, 0xc000, NULL, 0);
	fake_finish(p);
}

static void sample_abort(struct fake_packet *p)
{
	static const uint8_t address[] = { 0, 11, 0, 8, 'h', 'o', 's', 't' };
	static const uint8_t missing[] = { 0, 0, 0, 1, 0, 7 }, unknown[] = { 0x80, 1, 0, 4 };

	fake_packet(p, &in, 0x11111111);
	fake_chunk(p, CHUNK_ABORT, 0, NULL, 0);
	fake_parameter(p, 12, "going\033[31m home", 15);
	fake_parameter(p, 5, address, sizeof(address));
	fake_parameter(p, 2, missing, sizeof(missing));
	fake_parameter(p, 8, unknown, sizeof(unknown));
	fake_finish(p);
}

static void sample_errors(struct fake_packet *p)
{
	static const uint8_t stale[] = { 0, 1, 0, 0 }, new_address[] = { 0, 5, 0, 8, 10, 1, 9, 9 };

	fake_packet(p, &in, 0x11111111);
	fake_chunk(p, CHUNK_ERROR, 0, NULL, 0);
	fake_parameter(p, 3, stale, sizeof(stale));
	fake_parameter(p, 1, stale, sizeof(stale));
	fake_parameter(p, 6, stale, sizeof(stale));
	fake_chunk(p, CHUNK_ERROR, 0, NULL, 0);
	fake_parameter(p, 11, new_address, sizeof(new_address));
	fake_parameter(p, 9, stale, sizeof(stale));
	fake_finish(p);
}

static void sample_bundle(struct fake_packet *p)
{
	fake_packet(p, &out, 0x22222222);
	fake_chunk(p, CHUNK_COOKIE_ECHO, 0, "cookie!", 7);
	for (int i = 0; i < 20; i++)
		fake_chunk(p, CHUNK_DATA, 3, "0123456789abcde", 13);
	fake_finish(p);
}

static void sample_heartbeat(struct fake_packet *p, bool answer)
{
	static const uint8_t info[] = { 0, 1, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8 };

	fake_packet(p, answer ? &in6_udp : &out_udp, 0x22222222);
	fake_chunk(p, answer ? CHUNK_HEARTBEAT_ACK : CHUNK_HEARTBEAT, 0, info, sizeof(info));
	fake_finish(p);
}

/* A header chain in front of SCTP: hop-by-hop options, then a fragment header that says "all". */
static void sample_extensions(struct fake_packet *p)
{
	static const uint8_t chain[] = { 44, 0, 1, 4, 0, 0, 0, 0, 132, 0, 0, 0, 0, 0, 0, 1 };

	sample_init(p, &out6);
	memmove(p->bytes + 56, p->bytes + 40, p->length - 40);
	memcpy(p->bytes + 40, chain, sizeof(chain));
	p->bytes[6] = 0;
	p->length += sizeof(chain);
	p->sctp = p->transport = 56;
	finish_ip(p);
}

static void sample_icmp(struct fake_packet *p, size_t kind)
{
	struct fake_packet about;

	switch (kind) {
	case 0:
		sample_init(&about, &out);
		fake_icmp(p, "10.1.1.254", "10.1.1.1", 3, 13, 0, &about, 28);
		break;
	case 1:
		sample_init(&about, &out6);
		fake_icmp(p, "fd01:1::fe", "fd01:1::1", 2, 0, 1280, &about, sizeof(about.bytes));
		break;
	case 2:
		sample_init(&about, &out_udp);
		fake_icmp(p, "10.1.1.2", "10.1.1.1", 3, 3, 0, &about, 28 + 20 + 8);
		break;
	}
}

size_t fake_samples(void)
{
	return 13;
}

const char *fake_sample(size_t number, struct fake_packet *p)
{
	switch (number) {
	case 0:
		sample_init(p, &out);
		return "init";
	case 1:
		sample_init_ack(p, &in);
		return "init-ack";
	case 2:
		sample_init(p, &out6);
		return "init-v6";
	case 3:
		sample_init_ack(p, &in6_udp);
		return "init-ack-v6-udp";
	case 4:
		sample_abort(p);
		return "abort";
	case 5:
		sample_errors(p);
		return "errors";
	case 6:
		sample_bundle(p);
		return "bundle";
	case 7:
		sample_heartbeat(p, false);
		return "heartbeat-udp";
	case 8:
		sample_heartbeat(p, true);
		return "heartbeat-ack-v6-udp";
	case 9:
		sample_extensions(p);
		return "init-v6-extensions";
	default:
		sample_icmp(p, number - 10);
		return number == 10   ? "icmp-prohibited"
		       : number == 11 ? "icmp6-too-big"
				      : "icmp-udp-port";
	}
}
