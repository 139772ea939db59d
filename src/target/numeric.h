/* SPDX-License-Identifier: MIT */
/* Addresses that are given as numbers, which need no look-up. */
#ifndef TARGET_NUMERIC_H
#define TARGET_NUMERIC_H

#include <stdbool.h>
#include <stdint.h>

#include "target/hostport.h"

/*
 * The numeric address that was given (false: it is a name), with port; *status is STATUS_OK, or
 * STATUS_USAGE where the address is not of this family or its zone is no interface.
 */
bool numeric_address(const struct hostport *given, uint16_t port, int family, union address *a,
		     int *status, struct message *why);

#endif
