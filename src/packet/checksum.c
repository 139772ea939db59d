/* SPDX-License-Identifier: MIT */
#include "packet/checksum.h"

#include "packet/bytes.h"

/*
 * Castagnoli's polynomial, with the bits reversed: 0x82f63b78. Eight bytes at a time:
 * crc_tables[n][b] is the CRC of the byte b, followed by n zero bytes. An entry is the sum of the
 * entries of its bits, so the compiler makes all from those of 1, 2, 4, ... 128. No library that
 * every Debian has provides this CRC.
 */
#define BIT(n, bit, entry) ((n) >> (bit)&1 ? (entry) : 0)
#define ENTRY(n, e1, e2, e4, e8, e16, e32, e64, e128)                                     \
	(BIT(n, 0, e1) ^ BIT(n, 1, e2) ^ BIT(n, 2, e4) ^ BIT(n, 3, e8) ^ BIT(n, 4, e16) ^ \
	 BIT(n, 5, e32) ^ BIT(n, 6, e64) ^ BIT(n, 7, e128))
#define ENTRIES_4(n, ...)                                                                \
	ENTRY(n, __VA_ARGS__), ENTRY((n) + 1, __VA_ARGS__), ENTRY((n) + 2, __VA_ARGS__), \
		ENTRY((n) + 3, __VA_ARGS__)
#define ENTRIES_16(n, ...)                                          \
	ENTRIES_4(n, __VA_ARGS__), ENTRIES_4((n) + 4, __VA_ARGS__), \
		ENTRIES_4((n) + 8, __VA_ARGS__), ENTRIES_4((n) + 12, __VA_ARGS__)
#define ENTRIES_64(n, ...)                                             \
	ENTRIES_16(n, __VA_ARGS__), ENTRIES_16((n) + 16, __VA_ARGS__), \
		ENTRIES_16((n) + 32, __VA_ARGS__), ENTRIES_16((n) + 48, __VA_ARGS__)
#define ENTRIES(...)                                                                           \
	ENTRIES_64(0, __VA_ARGS__), ENTRIES_64(64, __VA_ARGS__), ENTRIES_64(128, __VA_ARGS__), \
		ENTRIES_64(192, __VA_ARGS__)

static const uint32_t crc_tables[8][256] = {
	{ ENTRIES(0xf26b8303, 0xe13b70f7, 0xc79a971f, 0x8ad958cf, 0x105ec76f, 0x20bd8ede,
		  0x417b1dbc, 0x82f63b78) },
	{ ENTRIES(0x13a29877, 0x274530ee, 0x4e8a61dc, 0x9d14c3b8, 0x3fc5f181, 0x7f8be302,
		  0xff17c604, 0xfbc3faf9) },
	{ ENTRIES(0xa541927e, 0x4f6f520d, 0x9edea41a, 0x38513ec5, 0x70a27d8a, 0xe144fb14,
		  0xc76580d9, 0x8b277743) },
	{ ENTRIES(0xdd45aab8, 0xbf672381, 0x7b2231f3, 0xf64463e6, 0xe964b13d, 0xd725148b,
		  0xaba65fe7, 0x52a0c93f) },
	{ ENTRIES(0x38116fac, 0x7022df58, 0xe045beb0, 0xc5670b91, 0x8f2261d3, 0x1ba8b557,
		  0x37516aae, 0x6ea2d55c) },
	{ ENTRIES(0xef306b19, 0xdb8ca0c3, 0xb2f53777, 0x6006181f, 0xc00c303e, 0x85f4168d,
		  0x0e045beb, 0x1c08b7d6) },
	{ ENTRIES(0x68032cc8, 0xd0065990, 0xa5e0c5d1, 0x4e2dfd53, 0x9c5bfaa6, 0x3d5b83bd,
		  0x7ab7077a, 0xf56e0ef4) },
	{ ENTRIES(0x493c7d27, 0x9278fa4e, 0x211d826d, 0x423b04da, 0x847609b4, 0x0d006599,
		  0x1a00cb32, 0x34019664) },
};

static uint32_t add_byte(uint32_t crc, uint8_t byte)
{
	return crc >> 8 ^ crc_tables[0][(crc ^ byte) & 0xff];
}

static uint32_t add_eight(uint32_t crc, const uint8_t *data)
{
	const uint32_t(*t)[256] = crc_tables;

	return t[7][(crc ^ data[0]) & 0xff] ^ t[6][(crc >> 8 ^ data[1]) & 0xff] ^
	       t[5][(crc >> 16 ^ data[2]) & 0xff] ^ t[4][crc >> 24 ^ data[3]] ^ t[3][data[4]] ^
	       t[2][data[5]] ^ t[1][data[6]] ^ t[0][data[7]];
}

uint32_t crc32c_add(uint32_t crc, const uint8_t *data, size_t length)
{
	for (; length >= 8; length -= 8, data += 8)
		crc = add_eight(crc, data);
	while (length--)
		crc = add_byte(crc, *data++);
	return crc;
}

uint32_t checksum_add(uint32_t sum, const uint8_t *data, size_t length)
{
	for (size_t i = 0; i + 1 < length; i += 2) {
		sum += be16(data + i);
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return length % 2 ? sum + ((uint32_t)data[length - 1] << 8) : sum;
}

uint16_t checksum_finish(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static uint32_t add_address(uint32_t sum, const union address *a)
{
	if (a->sa.sa_family == AF_INET6)
		return checksum_add(sum, a->v6.sin6_addr.s6_addr, 16);
	return checksum_add(sum, (const uint8_t *)&a->v4.sin_addr, 4);
}

uint32_t checksum_pseudo(const union address *source, const union address *destination,
			 uint8_t protocol, size_t length)
{
	uint32_t sum = protocol + (uint32_t)(length & 0xffff) + (uint32_t)(length >> 16);

	return add_address(add_address(sum, source), destination);
}
