/* SPDX-License-Identifier: MIT */
/* The file of --pcap, read back block by block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake_wire.h"
#include "witness/capture.h"

#define BLOCK_INTERFACE  1
#define BLOCK_STATISTICS 5
#define BLOCK_PACKET     6

#define OPTION_COMMENT 1
#define OPTION_NAME    2
#define OPTION_FLAGS   2
#define OPTION_LOST    5

/* --- The file --------------------------------------------------------------------------------- */

static struct {
	int fd;
	uint8_t *bytes;
	size_t length, at;
	uint32_t block[16384];
	uint32_t *end; /* where the options of the block end */
} file;

static struct capture *begin(uint32_t snaplen)
{
	file.fd = memfd_create("capture", MFD_CLOEXEC);
	wire = (struct fake_wire){ 0 };
	ledger_init(&wire.ledger, &(union address){ 0 }, 0, 0);
	return capture_new(dup(file.fd), snaplen);
}

static void end(struct capture *capture)
{
	const struct capture_trouble trouble = capture_finish(capture);

	assert_int_equal(trouble.write_error, 0);
	ledger_free(&wire.ledger);
	file.length = (size_t)lseek(file.fd, 0, SEEK_END);
	file.bytes = malloc(file.length);
	assert_int_equal(pread(file.fd, file.bytes, file.length, 0), file.length);
	close(file.fd);
	file.at = 0;
}

/* Its type, and the block is in file.block; 0: there are no more. */
static uint32_t next_block(void)
{
	uint32_t length;

	if (file.at == file.length) {
		free(file.bytes);
		return 0;
	}
	memcpy(file.block, file.bytes + file.at, 8);
	length = file.block[1];
	assert_true(length >= 12 && length % 4 == 0 && length <= sizeof(file.block));
	assert_true(file.at + length <= file.length);
	memcpy(file.block, file.bytes + file.at, length);
	file.end = file.block + length / 4 - 1;
	assert_int_equal(*file.end, length);
	file.at += length;
	return file.block[0];
}

static uint32_t next_block_but(uint32_t left_out)
{
	uint32_t type;

	do
		type = next_block();
	while (type == left_out);
	return type;
}

/* The value of an option, of those from word on; NULL: the block does not have it. */
static const char *option(const uint32_t *word, uint16_t code)
{
	static char value[256];

	while (word < file.end) {
		uint16_t head[2];

		memcpy(head, word, sizeof(head));
		if (head[0] == code) {
			assert_true(head[1] < sizeof(value));
			memcpy(value, word + 1, head[1]);
			value[head[1]] = '\0';
			return value;
		}
		word += 1 + (head[1] + 3) / 4;
	}
	assert_ptr_equal(word, file.end);
	return NULL;
}

static const uint32_t *packet_options(void)
{
	return file.block + 7 + (file.block[5] + 3) / 4;
}

static int64_t packet_ns(void)
{
	return (int64_t)((uint64_t)file.block[3] << 32 | file.block[4]);
}

/* --- Packets ---------------------------------------------------------------------------------- */

/* An INIT, or an ABORT of the peer, at a time of the wall clock. */
static const struct witness_event *event(bool outgoing, int64_t wall_ns)
{
	const struct fake_ends out = wire_ends_out("10.1.1.2"), in = wire_ends_in("10.1.1.2");

	fake_packet(&wire.packet, outgoing ? &out : &in, outgoing ? 0 : OUR_TAG);
	if (outgoing)
		fake_init(&wire.packet, CHUNK_INIT, OUR_TAG, 10, 10);
	else
		fake_chunk(&wire.packet, CHUNK_ABORT, 0, NULL, 0);
	fake_finish(&wire.packet);
	wire_pass_as(1, outgoing);
	wire.event.bytes = (struct bytes){ wire.packet.bytes, wire.packet.length };
	wire.event.length = 1000;
	wire.event.wall_ns = wall_ns;
	return &wire.event;
}

/* In this host's byte order, as the whole file. */
static uint32_t flags_of(const uint32_t *options)
{
	uint32_t flags;

	memcpy(&flags, option(options, OPTION_FLAGS), sizeof(flags));
	return flags;
}

static uint64_t lost_of(const uint32_t *options)
{
	uint64_t lost;

	memcpy(&lost, option(options, OPTION_LOST), sizeof(lost));
	return lost;
}

static void a_packet_is_as_it_passed(void **state)
{
	const union address peer = wire_address("10.1.1.2");
	struct capture *c = begin(0);
	const struct capture_wanted abort = { capture_reader(c), .chunk = CHUNK_ABORT,
					      .peer = &peer };
	const uint32_t *options;

	(void)state;
	capture_add(c, abort.reader, event(true, INT64_C(0x123456789abcdef0)));
	capture_add(c, abort.reader, event(false, INT64_C(0x123456789abcdef1)));
	assert_true(capture_comment(c, &abort, "why"));
	assert_true(capture_comment(c, &abort, "the first one counts"));
	capture_lost(c, 7);
	end(c);

	assert_int_equal(next_block(), 0x0a0d0d0a);
	assert_int_equal(file.block[2], 0x1a2b3c4d);
	assert_int_equal(next_block(), BLOCK_INTERFACE);
	assert_string_equal(option(file.block + 4, OPTION_NAME), "c1");
	assert_int_equal(next_block(), BLOCK_PACKET);
	assert_int_equal(packet_ns(), INT64_C(0x123456789abcdef0));
	assert_int_equal(file.block[6], 1000);
	assert_null(option(packet_options(), OPTION_COMMENT));
	assert_int_equal(flags_of(packet_options()), 2);
	assert_int_equal(next_block(), BLOCK_PACKET);
	assert_int_equal(file.block[5], wire.packet.length);
	assert_memory_equal(file.block + 7, wire.packet.bytes, wire.packet.length);
	options = packet_options();
	assert_string_equal(option(options, OPTION_COMMENT), "why");
	assert_int_equal(flags_of(options), 1);
	assert_int_equal(next_block(), BLOCK_STATISTICS);
	assert_non_null(option(file.block + 5, OPTION_COMMENT));
	assert_int_equal(lost_of(file.block + 5), 7);
	assert_int_equal(next_block(), 0);
}

static void only_so_many_bytes(void **state)
{
	struct capture *c = begin(21);

	(void)state;
	assert_int_equal(capture_snaplen(c), 21);
	capture_add(c, capture_reader(c), event(true, 1));
	end(c);
	assert_int_equal(next_block(), 0x0a0d0d0a);
	assert_int_equal(next_block(), BLOCK_INTERFACE);
	assert_int_equal(file.block[3], 21);
	assert_int_equal(next_block(), BLOCK_PACKET);
	assert_int_equal(file.block[5], 21);
	assert_int_equal(file.block[6], 1000);
	assert_int_equal(flags_of(packet_options()), 2);
	assert_int_equal(next_block_but(BLOCK_STATISTICS), 0);
}

/* Two attempts, whose packets are read in another order. */
static void several_readers(void **state)
{
	struct capture *c = begin(0);
	unsigned one = capture_reader(c), two = capture_reader(c);
	struct capture_wanted init = { .outgoing = true, .chunk = CHUNK_INIT };

	(void)state;
	capture_add(c, one, event(true, 20));
	capture_add(c, two, event(true, 30));
	wire.event.taken = true;
	capture_add(c, one, event(true, 30)); /* the same */
	wire.event.taken = false;
	capture_add(c, two, event(false, 10));
	init.reader = two;
	init.bad = true;
	assert_false(capture_comment(c, &init, "not bad"));
	init.bad = false;
	assert_true(capture_comment(c, &init, "the newest"));
	init.reader = 3;
	assert_false(capture_comment(c, &init, "not its own"));
	end(c);

	for (int64_t ns = 10; ns <= 30; ns += 10) {
		const char *comment;

		while (next_block() != BLOCK_PACKET)
			;
		assert_int_equal(packet_ns(), ns);
		comment = option(packet_options(), OPTION_COMMENT);
		assert_int_equal(ns == 30, comment != NULL);
	}
	assert_int_equal(next_block_but(BLOCK_STATISTICS), 0);
}

/* Packets are written as newer ones come, and none is lost. */
static void few_packets_wait(void **state)
{
	const int64_t minute_ns = INT64_C(60000000000);
	struct capture *c = begin(0);
	struct capture_wanted init = { .outgoing = true, .chunk = CHUNK_INIT };
	int count = 0;

	(void)state;
	init.reader = capture_reader(c);
	capture_add(c, init.reader, event(true, 0));
	for (int i = 1; i < 8191; i++)
		capture_add(c, init.reader, event(false, i));
	assert_true(capture_comment(c, &init, "it waits"));
	capture_add(c, init.reader, event(false, 8191));
	capture_add(c, init.reader, event(false, 8192));
	assert_false(capture_comment(c, &init, "it is written"));
	capture_add(c, init.reader, event(true, 8193));
	capture_add(c, init.reader, event(false, 3 * minute_ns));
	assert_false(capture_comment(c, &init, "it is written"));
	end(c);
	while (next_block() != BLOCK_PACKET)
		;
	do
		count++;
	while (next_block() == BLOCK_PACKET);
	assert_int_equal(count, 8195);
	free(file.bytes);
}

static void trouble_is_told(void **state)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct capture *c = capture_new(full, 0);
	struct capture_trouble trouble;

	(void)state;
	capture_missed(c, "packet socket", ENOBUFS);
	trouble = capture_finish(c);
	assert_int_equal(trouble.write_error, ENOSPC);
	assert_int_equal(trouble.read_error, ENOBUFS);
	assert_int_equal(capture_finish(NULL).write_error, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_is_as_it_passed), cmocka_unit_test(only_so_many_bytes),
		cmocka_unit_test(several_readers),          cmocka_unit_test(few_packets_wait),
		cmocka_unit_test(trouble_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
