/* SPDX-License-Identifier: MIT */
/* How many files this process may open, and which of them a child keeps. */
#ifndef BASE_DESCRIPTORS_H
#define BASE_DESCRIPTORS_H

#include <stddef.h>

/*
 * Raises this process' limit of descriptors (ulimit -n) for so many attempts at a time, as far as
 * it may. Returns how many there is room for: at most wanted, and at least 1, if wanted is.
 */
size_t descriptors_make_room(size_t wanted);

/*
 * In a child: fd becomes kept, and all above that are closed, because what this process has open
 * would stay open while the child lives. Those below stay as they are. 0, or -errno.
 */
int descriptors_leave(int fd, int kept);

#endif
