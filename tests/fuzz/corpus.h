/* SPDX-License-Identifier: MIT */
/* The corpora of tests/fuzz, for the unit tests. */
#ifndef FUZZ_CORPUS_H
#define FUZZ_CORPUS_H

#include <stddef.h>
#include <stdint.h>

typedef int harness(const uint8_t *data, size_t size);

/* Each file of tests/fuzz/corpus/NAME, and some hundred variants of it. */
void run_corpus(harness *run, const char *name);

#endif
