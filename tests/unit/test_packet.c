/* SPDX-License-Identifier: MIT */
/* What the parser reads from packets, and that it trusts no byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake_packet.h"
#include "packet/packet.h"
#include "stack/stack.h"
#include "base/util.h"

static const struct packet_context context = { .udp_ports = { FAKE_UDP_PORT } };
static const struct fake_ends ends = { "10.1.1.2", "10.1.1.1", 5000, 40000, 0, 0 };

static struct fake_packet p;
static struct packet packet;
static char text[PACKET_TEXT_MAX];

/* In memory of exactly that size, so that a sanitizer sees every step beyond. */
static bool parse_first(const struct packet_context *with, size_t length)
{
	uint8_t *copy = malloc(length ? length : 1);
	bool found;

	memcpy(copy, p.bytes, length);
	memset(&packet, 0xee, sizeof(packet));
	found = packet_parse((struct bytes){ copy, length }, with, &packet);
	free(copy);
	return found;
}

static bool parse(void)
{
	return parse_first(&context, p.length);
}

static void sample(const char *name)
{
	for (size_t i = 0; i < fake_samples(); i++)
		if (strcmp(fake_sample(i, &p), name) == 0)
			return;
	fail_msg("no sample %s", name);
}

static void assert_text(const char *expected)
{
	assert_string_equal(packet_text(&packet, true, text, sizeof(text)), expected);
}

static void assert_addresses(const char *source, const char *destination)
{
	char buf[ADDRESS_TEXT_MAX];

	assert_string_equal(address_text(&packet.source, buf), source);
	assert_string_equal(address_text(&packet.destination, buf), destination);
}

static void test_init(void **state)
{
	(void)state;
	sample("init");
	assert_true(parse());
	assert_int_equal(packet.kind, PACKET_OF_SCTP);
	assert_addresses("10.1.1.1:40000", "10.1.1.2:5000");
	assert_int_equal(packet.checksum, CHECKSUM_GOOD);
	assert_int_equal(packet.tag, 0);
	assert_int_equal(packet.hops, 64);
	assert_false(packet.encapsulated);
	assert_int_equal(packet.chunks.count, 1);
	assert_true(packet.chunks.has_init && packet.chunks.init.complete);
	assert_false(packet.chunks.more || packet.chunks.malformed);
	assert_int_equal(packet.chunks.init.tag, 0x11111111);
	assert_int_equal(packet.chunks.init.rwnd, 65536);
	assert_int_equal(packet.chunks.init.tsn, 1000);
	assert_int_equal(packet.chunks.init.extensions,
			 EXTENSION_PR_SCTP | EXTENSION_AUTH | EXTENSION_ASCONF |
				 EXTENSION_RE_CONFIG | EXTENSION_I_DATA | EXTENSION_ECN);
	assert_false(packet.chunks.init.cookie || packet.chunks.init.only_v4 ||
		     packet.chunks.init.only_v6);
	assert_text("INIT  tag 0x11111111  streams 10/2048  addresses 10.1.1.1 fd01:1::1");

	sample("init-v6");
	assert_true(parse());
	assert_addresses("[fd01:1::1]:40000", "[fd01:1::2]:5000");
	assert_int_equal(packet.checksum, CHECKSUM_GOOD);
	sample("init-v6-extensions");
	assert_true(parse());
	assert_addresses("[fd01:1::1]:40000", "[fd01:1::2]:5000");
	assert_int_equal(packet.checksum, CHECKSUM_GOOD);
	assert_true(packet.chunks.has_init);
}

static void test_init_ack(void **state)
{
	(void)state;
	sample("init-ack");
	assert_true(parse());
	assert_int_equal(packet.tag, 0x11111111);
	assert_true(packet.chunks.init.cookie && packet.chunks.init.complete);
	assert_int_equal(packet.chunks.init.extensions, EXTENSION_PR_SCTP);
	assert_text("INIT-ACK  tag 0x22222222  streams 10/10  addresses 10.1.1.2 10.1.2.2");
	sample("init-ack-v6-udp");
	assert_true(parse());
	assert_true(packet.encapsulated);
	assert_int_equal(packet.checksum, CHECKSUM_GOOD);
	assert_text("INIT-ACK  tag 0x22222222  streams 10/10  addresses 10.1.1.2 10.1.2.2  "
		    "in UDP 9899 to 9899");
	/* Not one of our UDP ports: not SCTP for all we know. */
	assert_false(parse_first(&(struct packet_context){ .udp_ports = { 1 } }, p.length));
	assert_true(parse_first(&(struct packet_context){ .udp_ports = { 1, 9899 } }, p.length));
}

static void test_one_family(void **state)
{
	static const uint8_t v4[] = { 0, 5 }, v6[] = { 0, 6, 0 };

	(void)state;
	fake_packet(&p, &ends, 1);
	fake_init(&p, CHUNK_INIT_ACK, 2, 1, 1);
	fake_parameter(&p, 12, v4, sizeof(v4));
	fake_finish(&p);
	assert_true(parse());
	assert_true(packet.chunks.init.only_v4 && !packet.chunks.init.only_v6);
	fake_packet(&p, &ends, 1);
	fake_init(&p, CHUNK_INIT_ACK, 2, 1, 1);
	fake_parameter(&p, 12, v6, sizeof(v6));
	fake_finish(&p);
	assert_true(parse());
	assert_true(packet.chunks.init.only_v6 && !packet.chunks.init.only_v4);
}

static void test_many_addresses(void **state)
{
	char address[32];

	(void)state;
	fake_packet(&p, &ends, 1);
	fake_init(&p, CHUNK_INIT_ACK, 2, 1, 1);
	for (int i = 0; i < 100; i++) {
		snprintf(address, sizeof(address), "10.9.9.%d", i);
		fake_address(&p, address);
	}
	fake_finish(&p);
	assert_true(parse());
	assert_true(packet.chunks.init.complete);
	assert_int_equal(packet.chunks.init.address_count, INIT_ADDRESSES_MAX);
	assert_int_equal(packet.chunks.init.address_total, 100);
	packet_text(&packet, true, text, sizeof(text));
	assert_int_equal(strlen(text), sizeof(text) - 1);
	packet_text(&packet, true, text, 9);
	assert_string_equal(text, "INIT-ACK");
	packet_text(&packet, true, text, 1);
	assert_string_equal(text, "");
}

static void test_abort(void **state)
{
	(void)state;
	sample("abort");
	assert_true(parse());
	assert_int_equal(packet.chunks.cause_count, 4);
	assert_int_equal(packet.chunks.causes[0].code, 12);
	assert_text("ABORT  user-initiated abort \"going?[31m home\"  unresolvable address "
		    "parameter 0x000b  missing mandatory parameter 0x0007  "
		    "unrecognized parameters 0x8001");
	sample("errors");
	assert_true(parse());
	assert_int_equal(packet.chunks.cause_count, CAUSES_MAX);
	assert_true(packet.chunks.more);
	assert_text("ERROR  stale cookie by 65.5 ms  invalid stream 1  "
		    "unrecognized chunk type 0, ERROR  restart with new addresses 10.1.9.9");
}

static const char *cause_text(uint16_t code, const char *value, size_t length)
{
	fake_packet(&p, &ends, 1);
	fake_chunk(&p, CHUNK_ABORT, CHUNK_FLAG_T, NULL, 0);
	fake_parameter(&p, code, value, length);
	fake_finish(&p);
	assert_true(parse());
	assert_int_equal(packet.chunks.list[0].flags, CHUNK_FLAG_T);
	return packet_text(&packet, true, text, sizeof(text));
}

static void test_cause_texts(void **state)
{
	char longer[300];

	(void)state;
	assert_string_equal(cause_text(12, "", 0), "ABORT  user-initiated abort");
	assert_string_equal(cause_text(12, "bye\0\0", 5), "ABORT  user-initiated abort \"bye\"");
	assert_string_equal(cause_text(13, "a\0b\n", 4), "ABORT  protocol violation \"a?b?\"");
	assert_string_equal(cause_text(4711, "abc", 3), "ABORT  cause 4711");
	assert_string_equal(cause_text(4, "abc", 3), "ABORT  out of resource");
	assert_string_equal(cause_text(3, "abc", 3), "ABORT  stale cookie");
	assert_string_equal(cause_text(9, "\0\0\1\0", 4), "ABORT  no user data TSN 256");
	assert_string_equal(cause_text(0x105, "\0\1", 2), "ABORT  unsupported HMAC");
	memset(longer, 'x', sizeof(longer));
	cause_text(12, longer, sizeof(longer));
	assert_int_equal(strlen(packet.chunks.causes[0].text), CAUSE_TEXT_MAX - 1);
	assert_string_equal(packet.chunks.causes[0].text + CAUSE_TEXT_MAX - 6, "x...\"");
	for (size_t i = 0; i + 4 <= sizeof(longer); i += 4)
		memcpy(longer + i, "\xff\x01\0\x04", 4);
	cause_text(8, longer, sizeof(longer));
	assert_int_equal(strlen(packet.chunks.causes[0].text), CAUSE_TEXT_MAX - 1);
}

static void test_bundle(void **state)
{
	(void)state;
	sample("bundle");
	assert_true(parse());
	assert_int_equal(packet.chunks.count, CHUNKS_MAX);
	assert_true(packet.chunks.more && !packet.chunks.malformed);
	assert_non_null(chunks_find(&packet.chunks, CHUNK_COOKIE_ECHO));
	assert_null(chunks_find(&packet.chunks, CHUNK_COOKIE_ACK));
	assert_text("COOKIE-ECHO, DATA x15");
}

static void test_heartbeat(void **state)
{
	uint64_t sent;

	(void)state;
	sample("heartbeat-udp");
	assert_true(parse());
	assert_int_equal(packet.chunks.list[0].type, CHUNK_HEARTBEAT);
	sent = packet.chunks.list[0].heartbeat;
	assert_int_not_equal(sent, 0);
	sample("heartbeat-ack-v6-udp");
	assert_true(parse());
	assert_int_equal(packet.chunks.list[0].heartbeat, sent);
	p.bytes[p.length - 1] ^= 1;
	assert_true(parse());
	assert_int_not_equal(packet.chunks.list[0].heartbeat, sent);
	/* Cut by the capture: no half of it stands for all. */
	assert_true(parse_first(&context, p.length - 1));
	assert_int_equal(packet.chunks.list[0].heartbeat, 0);
	assert_int_equal(packet.checksum, CHECKSUM_UNKNOWN);
	assert_true(packet.chunks.more && !packet.chunks.malformed);
}

static void test_icmp(void **state)
{
	char buf[ADDRESS_TEXT_MAX];

	(void)state;
	sample("icmp-prohibited");
	assert_true(parse());
	assert_int_equal(packet.kind, PACKET_OF_ICMP);
	assert_string_equal(address_host_text(&packet.source, buf), "10.1.1.254");
	assert_int_equal(packet.icmp.error, EHOSTUNREACH);
	assert_int_equal(packet.icmp.type, 3);
	assert_int_equal(packet.icmp.code, 13);
	assert_true(packet.icmp.ports && packet.icmp.has_tag);
	assert_string_equal(address_text(&packet.icmp.source, buf), "10.1.1.1:40000");
	assert_string_equal(address_text(&packet.icmp.destination, buf), "10.1.1.2:5000");
	assert_int_equal(packet.icmp.tag, 0);
	assert_int_equal(packet.icmp.init_tag, 0);
	assert_text("ICMP administratively prohibited  about a packet to 10.1.1.2");

	sample("icmp6-too-big");
	assert_true(parse());
	assert_int_equal(packet.checksum, CHECKSUM_GOOD);
	assert_int_equal(packet.icmp.error, 0);
	assert_int_equal(packet.icmp.mtu, 1280);
	assert_int_equal(packet.icmp.init_tag, 0x11111111);
	assert_text("ICMPv6 packet too big  mtu 1280  about a packet to fd01:1::2");

	sample("icmp-udp-port");
	assert_true(parse());
	assert_int_equal(packet.icmp.protocol, IPPROTO_UDP);
	assert_int_equal(packet.icmp.error, ECONNREFUSED);
	assert_int_equal(packet.icmp.udp_destination, FAKE_UDP_PORT);
	assert_string_equal(address_text(&packet.icmp.destination, buf), "10.1.1.2:5000");
	assert_int_equal(packet.icmp.init_tag, 0x11111111);
	assert_text("ICMP port unreachable  about a packet to 10.1.1.2 UDP port 9899");
	p.bytes[p.length - 1] ^= 1;
	assert_true(parse());
	assert_int_equal(packet.checksum, CHECKSUM_BAD);
}

static void test_icmp_quotes(void **state)
{
	struct fake_packet about;

	(void)state;
	fake_sample(0, &about);
	fake_icmp(&p, "10.1.1.2", "10.1.1.1", 3, 4, 1400, &about, 48);
	assert_true(parse());
	assert_int_equal(packet.icmp.mtu, 1400);
	assert_int_equal(packet.icmp.init_tag, 0x11111111);
	assert_text("ICMP fragmentation needed  mtu 1400  about a packet to 10.1.1.2");
	fake_icmp(&p, "10.1.1.2", "10.1.1.1", 3, 77, 0, &about, 27);
	assert_false(parse()); /* RFC 792 demands 8 bytes of payload */
	fake_icmp(&p, "10.1.1.2", "10.1.1.1", 3, 77, 0, &about, 28);
	assert_true(parse());
	assert_text("ICMP type 3 code 77  about a packet to 10.1.1.2");
	fake_icmp(&p, "10.1.1.2", "10.1.1.1", 3, 15, 0, &about, 28);
	assert_true(parse());
	assert_text("ICMP precedence cutoff  about a packet to 10.1.1.2");
	fake_icmp(&p, "10.1.1.2", "10.1.1.1", 12, 0, 0, &about, 28);
	assert_true(parse());
	assert_text("ICMP parameter problem  about a packet to 10.1.1.2");
	fake_icmp(&p, "10.1.1.2", "10.1.1.1", 8, 0, 0, &about, 28);
	assert_false(parse()); /* an echo request that looks like it */
	fake_icmp(&p, "fd01::2", "fd01::1", 1, 0, 0, &about, 48);
	assert_false(parse()); /* quotes the other family */
	/* UDP of which no more is quoted than its header: the ports of SCTP are not known. */
	fake_sample(7, &about);
	fake_icmp(&p, "10.1.1.2", "10.1.1.1", 3, 3, 0, &about, 28);
	assert_true(parse());
	assert_false(packet.icmp.ports);
	assert_int_equal(packet.icmp.udp_source, FAKE_UDP_PORT);
}

static void test_checksums(void **state)
{
	const struct packet_context optional = { { FAKE_UDP_PORT }, true };

	(void)state;
	sample("init");
	p.bytes[p.length - 1] ^= 1;
	assert_true(parse());
	assert_int_equal(packet.checksum, CHECKSUM_BAD);
	packet_text(&packet, true, text, sizeof(text));
	assert_non_null(strstr(text, "  BAD CHECKSUM"));
	assert_true(parse_first(&optional, p.length));
	assert_int_equal(packet.checksum, CHECKSUM_UNKNOWN);
	sample("init");
	p.bytes[8]--; /* a TTL that no router has set right */
	assert_true(parse_first(&optional, p.length));
	assert_int_equal(packet.checksum, CHECKSUM_BAD);

	sample("heartbeat-udp");
	p.bytes[p.transport + 6] ^= 1; /* UDP's */
	assert_true(parse());
	assert_int_equal(packet.checksum, CHECKSUM_BAD);
	assert_true(parse_first(&optional, p.length));
	assert_int_equal(packet.checksum, CHECKSUM_UNKNOWN);
	p.bytes[p.transport + 6] = p.bytes[p.transport + 7] = 0; /* none is allowed */
	assert_true(parse());
	assert_int_equal(packet.checksum, CHECKSUM_GOOD);
	p.bytes[p.transport + 5]++; /* more than there is */
	assert_true(parse());
	assert_int_equal(packet.checksum, CHECKSUM_BAD);
	p.bytes[p.transport + 5]--;
	p.bytes[p.length - 1] ^= 1; /* and then SCTP's own tells */
	assert_true(parse_first(&optional, p.length));
	assert_int_equal(packet.checksum, CHECKSUM_BAD);
}

static void test_fragments(void **state)
{
	(void)state;
	sample("init");
	p.bytes[6] = 0x20;
	assert_true(parse());
	assert_int_equal(packet.checksum, CHECKSUM_BAD); /* the header's, which was not set again */
	sample("init-v6-extensions");
	p.bytes[51] = 1;
	assert_true(parse());
	assert_int_equal(packet.checksum, CHECKSUM_UNKNOWN);
	assert_true(packet.chunks.more);
	p.bytes[50] = 1;
	assert_false(parse());
	sample("init");
	p.bytes[7] = 1;
	assert_false(parse());
}

/* Bytes behind the packet's own end, as Ethernet pads short frames. */
static void test_trailer(void **state)
{
	(void)state;
	for (size_t i = 0; i < fake_samples(); i++) {
		fake_sample(i, &p);
		memset(p.bytes + p.length, 0xaa, 20);
		p.length += 20;
		assert_true(parse());
		assert_int_equal(packet.checksum, CHECKSUM_GOOD);
		assert_false(packet.chunks.malformed);
	}
}

static void test_malformed(void **state)
{
	(void)state;
	fake_packet(&p, &ends, 1);
	fake_finish(&p);
	assert_true(parse());
	assert_text("SCTP without chunks");
	fake_packet(&p, &ends, 1);
	fake_chunk(&p, CHUNK_COOKIE_ACK, 0, NULL, 0);
	p.bytes[p.chunk + 3] = 3; /* shorter than its header: would go on for ever */
	fake_finish(&p);
	assert_true(parse());
	assert_text("SCTP  malformed");
	fake_packet(&p, &ends, 1);
	fake_chunk(&p, CHUNK_COOKIE_ACK, 0, NULL, 0);
	p.bytes[p.chunk + 3] = 5;
	fake_finish(&p);
	assert_true(parse());
	assert_text("COOKIE-ACK  malformed");
	/* INIT must stand alone, at the front, and have its fixed part. */
	fake_packet(&p, &ends, 1);
	fake_chunk(&p, CHUNK_COOKIE_ACK, 0, NULL, 0);
	fake_init(&p, CHUNK_INIT, 7, 1, 1);
	fake_finish(&p);
	assert_true(parse());
	assert_false(packet.chunks.has_init);
	assert_text("COOKIE-ACK, INIT  malformed");
	fake_packet(&p, &ends, 1);
	fake_chunk(&p, CHUNK_INIT, 0, "0123456789abcde", 15);
	fake_finish(&p);
	assert_true(parse());
	assert_text("INIT  malformed");
	/* Parameters of wrong lengths. */
	fake_packet(&p, &ends, 1);
	fake_init(&p, CHUNK_INIT, 7, 1, 1);
	fake_parameter(&p, 5, "12345", 5);
	fake_address(&p, "10.1.1.1");
	fake_finish(&p);
	assert_true(parse());
	assert_int_equal(packet.chunks.init.address_count, 1);
	assert_false(packet.chunks.init.complete);
	fake_packet(&p, &ends, 1);
	fake_init(&p, CHUNK_INIT, 7, 1, 1);
	fake_address(&p, "10.1.1.1");
	p.bytes[p.parameter + 3] = 0;
	fake_finish(&p);
	assert_true(parse());
	assert_int_equal(packet.chunks.init.address_count, 0);
	assert_false(packet.chunks.init.complete);
}

/* What holds for every packet, whatever is in it. */
static void assert_sane(void)
{
	assert_true(packet.chunks.count <= CHUNKS_MAX);
	assert_true(packet.chunks.cause_count <= CAUSES_MAX);
	if (packet.chunks.has_init)
		assert_true(packet.chunks.init.address_count <= INIT_ADDRESSES_MAX);
	packet_text(&packet, true, text, sizeof(text));
	for (const char *c = text; *c; c++)
		assert_true(*c >= ' ' && *c <= '~');
}

static void test_every_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < fake_samples(); i++) {
		size_t found = 0;

		fake_sample(i, &p);
		for (size_t length = 0; length <= p.length; length++) {
			if (!parse_first(&context, length))
				continue;
			found++;
			assert_sane();
			/* Less than all never has a checksum, nor is it the sender's fault. */
			assert_int_equal(packet.checksum,
					 length < p.length ? CHECKSUM_UNKNOWN : CHECKSUM_GOOD);
			assert_false(packet.chunks.malformed);
			if (packet.kind == PACKET_OF_SCTP && length < p.length)
				assert_true(packet.chunks.more);
		}
		assert_true(found > 0);
	}
}

/*
 * Every change of one byte is seen by a checksum, if the packet is still one for us. Those that no
 * checksum covers: in IPv6's header what is no address; and what says how far checksums reach.
 */
static bool is_covered(size_t at)
{
	if (p.bytes[0] >> 4 == 6 &&
	    (at < 8 || (p.transport == 40 && p.sctp == 40 && at < 40) || (p.sctp == 56 && at < 56)))
		return false;
	return true;
}

/* On an emulated processor, every so many, because each takes ten times as long. */
static unsigned step(void)
{
	return getenv("EMULATED") ? 19 : 1;
}

static void test_every_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < fake_samples(); i++) {
		fake_sample(i, &p);
		for (size_t at = 0; at < p.length; at++) {
			uint8_t was = p.bytes[at];
			bool covered = is_covered(at);

			for (unsigned value = 0; value < 256; value += step()) {
				p.bytes[at] = (uint8_t)value;
				if (!parse())
					continue;
				assert_sane();
				if (value == was)
					assert_int_equal(packet.checksum, CHECKSUM_GOOD);
				else if (covered)
					assert_int_not_equal(packet.checksum, CHECKSUM_GOOD);
			}
			p.bytes[at] = was;
		}
	}
}

static void test_noise(void **state)
{
	uint64_t random = 1;

	(void)state;
	for (int round = 0; round < 100000; round += (int)step()) {
		fake_sample((size_t)round % fake_samples(), &p);
		for (int changes = 0; changes < 1 + round / 13 % 6; changes++) {
			random = random * 6364136223846793005 + 1442695040888963407;
			p.bytes[(random >> 20) % p.length] = (uint8_t)(random >> 50);
		}
		if (random >> 63)
			p.length = (random >> 40) % (p.length + 1);
		if (parse())
			assert_sane();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init),         cmocka_unit_test(test_init_ack),
		cmocka_unit_test(test_one_family),   cmocka_unit_test(test_many_addresses),
		cmocka_unit_test(test_abort),        cmocka_unit_test(test_cause_texts),
		cmocka_unit_test(test_bundle),       cmocka_unit_test(test_heartbeat),
		cmocka_unit_test(test_icmp),         cmocka_unit_test(test_icmp_quotes),
		cmocka_unit_test(test_checksums),    cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_trailer),      cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_every_length), cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
