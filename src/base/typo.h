/* SPDX-License-Identifier: MIT */
/* Which name may be meant by one that is not known. */
#ifndef BASE_TYPO_H
#define BASE_TYPO_H

#include <stddef.h>

/*
 * How many letters of the first length bytes of written to change, insert, drop or swap to get
 * name; upper and lower case are the same. SIZE_MAX: so many that another name is meant.
 */
size_t typo_distance(const char *written, size_t length, const char *name);

#endif
