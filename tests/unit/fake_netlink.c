/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/address.h"
#include "fake_netlink.h"

void attribute_number(struct netlink_question *m, unsigned short type, uint32_t number)
{
	netlink_put(m, type, &number, sizeof(number));
}

void attribute_address(struct netlink_question *m, unsigned short type, const char *address)
{
	union address a;
	size_t length;
	const void *bytes;

	assert_true(address_from_text(&a, address));
	bytes = address_bytes(&a, &length);
	netlink_put(m, type, bytes, length);
}
