/* SPDX-License-Identifier: MIT */
/* The messages between this process and its second one (base/broker.h). */
#ifndef BASE_BETWEEN_H
#define BASE_BETWEEN_H

#include <stdbool.h>
#include <stdint.h>

/* The longest question, and the longest answer. */
#define BETWEEN_BYTES_MAX 256

/* A reply is the same, with the result in a. */
struct message_between {
	int32_t kind, a, b, c;
	uint32_t length;
	uint8_t bytes[BETWEEN_BYTES_MAX];
};

/* With a descriptor if fd is not -1. False: errno says why. */
bool between_send(int to, const struct message_between *m, int fd);
/* The same, *fd -1 without one. errno 0: there is nobody at the other end. */
bool between_receive(int from, struct message_between *m, int *fd);

#endif
