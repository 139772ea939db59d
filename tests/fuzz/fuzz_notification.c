/* SPDX-License-Identifier: MIT */
/* Fuzzing of what recvmsg() of the kernel's stack gives: notifications and messages, in pieces. */
#include <stdint.h>

#include "answers.h"
#include "stack/kernel_parts.h"

int FUZZ(const uint8_t *data, size_t size);

int FUZZ(const uint8_t *data, size_t size)
{
	struct stack_endpoint endpoint = { .fd = ANSWERS_FD };
	struct stack_event event;

	if (size < 1)
		return 0;
	endpoint_base_init(&endpoint.base, data[0] & 2 ? STACK_ONE_TO_MANY : STACK_ONE_TO_ONE,
			   NULL);
	endpoint.base.listening = data[0] & 1;
	handle_new(&endpoint, sizeof(struct stack_assoc), 1);
	answers_begin(data + 1, size - 1);
	for (int i = 0; i < 100 && kernel_next_event(&endpoint, &event) == 1; i++)
		if (event.type == EVENT_FAULT)
			break;
	answers_begin(NULL, 0);
	endpoint_base_free(&endpoint.base);
	return 0;
}
