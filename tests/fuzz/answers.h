/* SPDX-License-Identifier: MIT */
/*
 * What the kernel answers: pieces of a fuzzer's input, each with its length before it (two bytes,
 * the low one first). For calls on ANSWERS_FD; each socket has that number meanwhile.
 */
#ifndef FUZZ_ANSWERS_H
#define FUZZ_ANSWERS_H

#include <stddef.h>
#include <stdint.h>

#define ANSWERS_FD 99999

/* With size 0 the calls are the real ones again. */
void answers_begin(const uint8_t *data, size_t size);

#endif
