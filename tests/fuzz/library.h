/* SPDX-License-Identifier: MIT */
/*
 * What usrsctp answers: pieces of a fuzzer's input. A piece of usrsctp_recvv() has before it what
 * it is (a byte), its association (a byte), and its length (two bytes, the low one first); any
 * other answer takes as many bytes as it has room for.
 */
#ifndef FUZZ_LIBRARY_H
#define FUZZ_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

#define LIBRARY_SOCKET ((struct socket *)1)

void library_begin(const uint8_t *data, size_t size);

#endif
