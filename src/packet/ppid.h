/* SPDX-License-Identifier: MIT */
/* The names of payload protocol identifiers (RFC 9260 section 3.3.1). */
#ifndef PACKET_PPID_H
#define PACKET_PPID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first name of a number, in host byte order; NULL: it has none. */
const char *ppid_name(uint32_t ppid);

/* The number of a name, in any case. False: unknown. */
bool ppid_named(const char *name, uint32_t *ppid);

/* Every name, for completions and tests; NULL past the end. */
const char *ppid_list(size_t index);

#endif
