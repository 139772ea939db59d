/* SPDX-License-Identifier: MIT */
#include "witness/pcapng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/utsname.h>

#include "base/util.h"

enum block_type {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define LINKTYPE_RAW     101
#define OPTION_MAX       UINT16_MAX

/* The options that all blocks have, and those of one type of block. */
enum option {
	OPTION_END = 0,
	OPTION_COMMENT = 1,
	OPTION_SECTION_OS = 3,
	OPTION_SECTION_PROGRAM = 4,
	OPTION_INTERFACE_NAME = 2,
	OPTION_INTERFACE_RESOLUTION = 9,
	OPTION_PACKET_FLAGS = 2,
	OPTION_STATISTICS_LOST = 5,
	OPTION_STATISTICS_WRITTEN = 8,
};

enum packet_flag {
	PACKET_INBOUND = 1,
	PACKET_OUTBOUND = 2,
};

void pcapng_free(struct pcapng_block *block)
{
	free(block->bytes);
	*block = (struct pcapng_block){ 0 };
}

/* --- Fields ----------------------------------------------------------------------------------- */

static void put(struct pcapng_block *block, const void *value, size_t length)
{
	if (block->length + length > block->room) {
		block->room = MAX(2 * block->room, block->length + length);
		block->bytes = xreallocarray(block->bytes, block->room, 1);
	}
	if (length)
		memcpy(block->bytes + block->length, value, length);
	block->length += length;
}

static void put16(struct pcapng_block *block, uint16_t value)
{
	put(block, &value, sizeof(value));
}

static void put32(struct pcapng_block *block, uint32_t value)
{
	put(block, &value, sizeof(value));
}

/* A time is two halves, the upper one first. */
static void put_time(struct pcapng_block *block, int64_t wall_ns)
{
	put32(block, (uint32_t)((uint64_t)wall_ns >> 32));
	put32(block, (uint32_t)wall_ns);
}

static void put_padded(struct pcapng_block *block, const void *value, size_t length)
{
	put(block, value, length);
	put(block, "\0\0\0", -length % 4);
}

static void put_option(struct pcapng_block *block, enum option option, const void *value,
		       size_t length)
{
	length = MIN(length, OPTION_MAX);
	put16(block, (uint16_t)option);
	put16(block, (uint16_t)length);
	put_padded(block, value, length);
}

static void put_text(struct pcapng_block *block, enum option option, const char *text)
{
	if (text)
		put_option(block, option, text, strlen(text));
}

static void begin(struct pcapng_block *block, enum block_type type)
{
	block->length = 0;
	put32(block, type);
	put32(block, 0); /* its length, which finish() knows */
}

static void finish(struct pcapng_block *block)
{
	uint32_t length;

	put_option(block, OPTION_END, NULL, 0);
	length = (uint32_t)(block->length + sizeof(length));
	memcpy(block->bytes + sizeof(uint32_t), &length, sizeof(length));
	put32(block, length);
}

/* --- Blocks ----------------------------------------------------------------------------------- */

void pcapng_section(struct pcapng_block *block)
{
	static const uint64_t unknown_length = UINT64_MAX;
	struct utsname host;
	char text[sizeof(host.sysname) + sizeof(host.release)];

	begin(block, BLOCK_SECTION);
	put32(block, BYTE_ORDER_MAGIC);
	put16(block, 1); /* version 1.0 */
	put16(block, 0);
	put(block, &unknown_length, sizeof(unknown_length));
	if (uname(&host) == 0) {
		snprintf(text, sizeof(text), "%s %s", host.sysname, host.release);
		put_text(block, OPTION_SECTION_OS, text);
	}
	put_text(block, OPTION_SECTION_PROGRAM, "sctp-connect " VERSION);
	finish(block);
}

void pcapng_interface(struct pcapng_block *block, const char *name, uint32_t snaplen)
{
	static const uint8_t nanoseconds = 9; /* 10^-9 */

	begin(block, BLOCK_INTERFACE);
	put16(block, LINKTYPE_RAW);
	put16(block, 0);
	put32(block, snaplen);
	put_text(block, OPTION_INTERFACE_NAME, name);
	put_option(block, OPTION_INTERFACE_RESOLUTION, &nanoseconds, sizeof(nanoseconds));
	finish(block);
}

void pcapng_packet(struct pcapng_block *block, const struct pcapng_packet *packet)
{
	const uint32_t flags = packet->outgoing ? PACKET_OUTBOUND : PACKET_INBOUND;

	begin(block, BLOCK_PACKET);
	put32(block, packet->interface);
	put_time(block, packet->wall_ns);
	put32(block, (uint32_t)packet->bytes.left);
	put32(block, packet->length);
	put_padded(block, packet->bytes.at, packet->bytes.left);
	put_text(block, OPTION_COMMENT, packet->comment);
	put_option(block, OPTION_PACKET_FLAGS, &flags, sizeof(flags));
	finish(block);
}

void pcapng_statistics(struct pcapng_block *block, uint32_t interface, int64_t wall_ns,
		       uint64_t packets, uint64_t lost, const char *comment)
{
	begin(block, BLOCK_STATISTICS);
	put32(block, interface);
	put_time(block, wall_ns);
	put_text(block, OPTION_COMMENT, comment);
	put_option(block, OPTION_STATISTICS_LOST, &lost, sizeof(lost));
	put_option(block, OPTION_STATISTICS_WRITTEN, &packets, sizeof(packets));
	finish(block);
}
