/* SPDX-License-Identifier: MIT */
/* Attributes of the kernel's messages, made by hand. */
#ifndef FAKE_NETLINK_H
#define FAKE_NETLINK_H

#include "host/netlink.h"

void attribute_number(struct netlink_question *m, unsigned short type, uint32_t number);

/* The bytes of an address that is given as text. */
void attribute_address(struct netlink_question *m, unsigned short type, const char *address);

#endif
