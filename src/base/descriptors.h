/* SPDX-License-Identifier: MIT */
/* How many files this process may open. */
#ifndef BASE_DESCRIPTORS_H
#define BASE_DESCRIPTORS_H

#include <stddef.h>

/*
 * Raises this process' limit of descriptors (ulimit -n) for so many attempts at a time, as far as
 * it may. Returns how many there is room for: at most wanted, and at least 1, if wanted is.
 */
size_t descriptors_make_room(size_t wanted);

#endif
