/* SPDX-License-Identifier: MIT */
/* CRC32c, and the sum of the Internet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "packet/checksum.h"

/*
 * RFC 9260 appendix A gives no vector; RFC 3720 B.4 does: 32 bytes of 0, of 255, 0 to 31, and 31 to
 * 0.
 */
static void test_crc32c(void **state)
{
	uint8_t data[32] = { 0 };

	(void)state;
	assert_int_equal(~crc32c_add(CRC32C_START, data, 32), 0x8a9136aa);
	memset(data, 0xff, 32);
	assert_int_equal(~crc32c_add(CRC32C_START, data, 32), 0x62a8ab43);
	for (uint8_t i = 0; i < 32; i++)
		data[i] = i;
	assert_int_equal(~crc32c_add(CRC32C_START, data, 32), 0x46dd794e);
	assert_int_equal(~crc32c_add(crc32c_add(CRC32C_START, data, 7), data + 7, 25), 0x46dd794e);
	for (uint8_t i = 0; i < 32; i++)
		data[i] = 31 - i;
	assert_int_equal(~crc32c_add(CRC32C_START, data, 32), 0x113fdb5c);
}

/* As RFC 9260 appendix A defines it, a bit at a time. */
static uint32_t bitwise_crc32c(uint32_t crc, const uint8_t *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
	}
	return crc;
}

/* Every length and alignment, in one piece and in two; every entry of the tables. */
static void test_crc32c_is_the_bitwise_one(void **state)
{
	uint8_t data[8 + 300];
	uint32_t noise = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++) {
		noise = noise * 1664525 + 1013904223;
		data[i] = (uint8_t)(noise >> 24);
	}
	for (size_t start = 0; start < 8; start++) {
		for (size_t length = 0; length <= 300; length++) {
			const uint8_t *from = data + start;
			uint32_t crc = bitwise_crc32c(CRC32C_START, from, length);
			size_t cut = length / 3;

			assert_int_equal(crc32c_add(CRC32C_START, from, length), crc);
			crc = crc32c_add(crc32c_add(CRC32C_START, from, cut), from + cut,
					 length - cut);
			assert_int_equal(crc, bitwise_crc32c(CRC32C_START, from, length));
		}
	}
	for (size_t at = 0; at < 8; at++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			uint8_t eight[8] = { 0 };

			eight[at] = (uint8_t)byte;
			assert_int_equal(crc32c_add(0, eight, 8), bitwise_crc32c(0, eight, 8));
		}
	}
}

/* RFC 1071 section 3. */
static void test_sum(void **state)
{
	static const uint8_t data[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7, 0x01 };

	(void)state;
	assert_int_equal((uint16_t)~checksum_finish(checksum_add(0, data, 8)), 0xddf2);
	assert_int_equal((uint16_t)~checksum_finish(checksum_add(0, data, 9)), 0xdef2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crc32c),
		cmocka_unit_test(test_crc32c_is_the_bitwise_one),
		cmocka_unit_test(test_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
