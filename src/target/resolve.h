/* SPDX-License-Identifier: MIT */
/* From a name to its addresses. */
#ifndef TARGET_RESOLVE_H
#define TARGET_RESOLVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

/*
 * Appends every address of host (family AF_UNSPEC, AF_INET or AF_INET6), with port, to *list
 * (*count entries, owned by the caller, grown here). Returns STATUS_OK; STATUS_USAGE for what can
 * never work (a zone that is no interface, a link-local address without zone); STATUS_UNRESOLVED
 * when the name does not resolve.
 */
int address_resolve(const char *host, uint16_t port, int family, union address **list,
		    size_t *count, struct message *why);

#endif
