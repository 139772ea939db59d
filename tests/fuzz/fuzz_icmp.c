/* SPDX-License-Identifier: MIT */
/*
 * Fuzzing of ICMP: the first byte is the family, the rest the message, or what a raw socket gives.
 */
#include <assert.h>
#include <stdint.h>
#include <sys/socket.h>

#include "packet/icmp.h"

int FUZZ(const uint8_t *data, size_t size);

int FUZZ(const uint8_t *data, size_t size)
{
	int family = size && data[0] & 2 ? AF_INET6 : AF_INET;
	struct icmp_error error;

	if (size < 1)
		return 0;
	if (icmp_parse(family, data + 1, size - 1, &error))
		assert(error.error > 0 && error.quoted.left >= 8);
	if (icmp_parse_message(family, (struct bytes){ data + 1, size - 1 }, &error))
		assert(error.quoted.left >= 8 && error.quoted.at > data &&
		       error.quoted.at + error.quoted.left <= data + size);
	return 0;
}
