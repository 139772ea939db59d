/* SPDX-License-Identifier: MIT */
/* The addresses of this host. */
#ifndef HOST_OWN_H
#define HOST_OWN_H

#include <stdbool.h>

#include "base/address.h"

/*
 * Is it an address of this host, so that packets to it never leave? Link-local addresses are not
 * looked up: each link has its own. It sends nothing.
 */
bool host_has_address(const union address *address);

#endif
