/* SPDX-License-Identifier: MIT */
/* The packet as large as a path's MTU, read back by the packet parser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "packet/checksum.h"
#include "packet/packet.h"
#include "engine/big_packets.h"

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define UDP_PORT    9899
/* A parameter of type 1, 12 bytes long. */
#define INFO "\0\1\0\14abcdefgh"
#define MOST 9216

static struct ledger_sample sample(const char *from, const char *to, bool udp)
{
	struct ledger_sample s = { .tag = 0x12345678, .info_length = sizeof(INFO) - 1 };

	assert_true(address_from_text(&s.source, from));
	assert_true(address_from_text(&s.destination, to));
	address_set_port(&s.source, 40000);
	address_set_port(&s.destination, 3868);
	memcpy(s.info, INFO, sizeof(INFO) - 1);
	if (udp) {
		s.encapsulated = true;
		s.udp_source = 40001;
		s.udp_destination = UDP_PORT;
	}
	return s;
}

/* As the kernel will send it. */
static size_t put_ip(const struct ledger_sample *s, uint8_t *buf, size_t length)
{
	bool v6 = s->source.sa.sa_family == AF_INET6;
	size_t header = v6 ? IPV6_HEADER : IPV4_HEADER, size;
	uint16_t sum;

	memmove(buf + header, buf, length);
	memset(buf, 0, header);
	if (v6) {
		buf[0] = 0x60;
		buf[4] = (uint8_t)(length >> 8);
		buf[5] = (uint8_t)length;
		buf[6] = s->encapsulated ? IPPROTO_UDP : IPPROTO_SCTP;
		memcpy(buf + 8, address_bytes(&s->source, &size), 16);
		memcpy(buf + 24, address_bytes(&s->destination, &size), 16);
		return header + length;
	}
	buf[0] = 0x45;
	buf[2] = (uint8_t)((header + length) >> 8);
	buf[3] = (uint8_t)(header + length);
	buf[9] = s->encapsulated ? IPPROTO_UDP : IPPROTO_SCTP;
	memcpy(buf + 12, address_bytes(&s->source, &size), 4);
	memcpy(buf + 16, address_bytes(&s->destination, &size), 4);
	sum = checksum_finish(checksum_add(0, buf, header));
	buf[10] = (uint8_t)(sum >> 8);
	buf[11] = (uint8_t)sum;
	return header + length;
}

static void parse(const struct ledger_sample *s, uint32_t mtu, uint32_t number,
		  struct packet *packet)
{
	static uint8_t buf[MOST + IPV6_HEADER];
	uint64_t id;
	const struct packet_context context = { .udp_ports = { UDP_PORT } };
	size_t length = big_packets_packet(s, mtu, number, buf, &id);

	assert_true(length > 0);
	length = put_ip(s, buf, length);
	assert_in_range(length, mtu - 3, mtu);
	assert_true(packet_parse((struct bytes){ buf, length }, &context, packet));
	assert_true(packet->chunks.list[0].heartbeat == id);
}

static void every_kind_is_right(void **state)
{
	static const char *const ends[][2] = { { "10.1.1.1", "10.1.1.2" },
					       { "fd01::1", "fd01::2" } };
	static const uint32_t mtus[] = { 576, 1280, 1499, 1500, 9000, MOST };

	(void)state;
	for (size_t i = 0; i < 4 * ARRAY_SIZE(mtus); i++) {
		uint32_t mtu = mtus[i / 4];
		struct ledger_sample s = sample(ends[i % 2][0], ends[i % 2][1], i & 2);
		struct packet first, second;

		parse(&s, mtu, 1, &first);
		assert_int_equal(first.checksum, CHECKSUM_GOOD);
		assert_int_equal(first.tag, s.tag);
		assert_int_equal(address_port(&first.source), 40000);
		assert_int_equal(address_port(&first.destination), 3868);
		assert_int_equal(first.encapsulated, s.encapsulated);
		assert_int_equal(first.chunks.count, 2);
		assert_false(first.chunks.malformed || first.chunks.more);
		assert_int_equal(first.chunks.list[0].type, CHUNK_HEARTBEAT);
		assert_int_equal(first.chunks.list[1].type, CHUNK_PAD);
		/* It is not the stack's: longer, and says so. */
		assert_int_equal(first.chunks.list[0].length, 4 + s.info_length + 4);
		assert_int_equal(be16(first.chunks.list[0].value.at + 2), s.info_length + 4);
		parse(&s, mtu, 2, &second);
		assert_true(first.chunks.list[0].heartbeat != second.chunks.list[0].heartbeat);
	}
}

static void what_has_no_room_is_not_made(void **state)
{
	struct ledger_sample s = sample("10.1.1.1", "10.1.1.2", false);
	uint8_t buf[MOST];
	uint64_t id;

	(void)state;
	assert_int_equal(big_packets_packet(&s, 40, 1, buf, &id), 0);
	s.info_length = 13; /* no stack sends that */
	assert_int_equal(big_packets_packet(&s, 1500, 1, buf, &id), 0);
	s.info_length = 0;
	assert_int_equal(big_packets_packet(&s, 1500, 1, buf, &id), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_right),
		cmocka_unit_test(what_has_no_room_is_not_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
