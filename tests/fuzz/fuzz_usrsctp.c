/* SPDX-License-Identifier: MIT */
/* Fuzzing of what usrsctp_recvv() gives: notifications and messages, in pieces. */
#include <stdint.h>

#include "library.h"
#include "stack/usrsctp_parts.h"

int FUZZ(const uint8_t *data, size_t size);

int FUZZ(const uint8_t *data, size_t size)
{
	static const union address peer = { .v4 = { .sin_family = AF_INET } };
	struct stack_endpoint endpoint = { .socket = LIBRARY_SOCKET, .pf_max_retrans = -1 };
	struct stack_event event;
	struct stack_assoc *assoc;

	if (size < 1)
		return 0;
	endpoint_base_init(&endpoint.base, data[0] & 2 ? STACK_ONE_TO_MANY : STACK_ONE_TO_ONE,
			   NULL);
	endpoint.base.listening = data[0] & 1;
	attempts_init(&endpoint.attempts);
	assoc = handle_new(&endpoint, sizeof(struct stack_assoc), data[0] & 8 ? 0 : 1);
	if (data[0] & 4)
		assoc->attempt = attempts_add(&endpoint.attempts, assoc, 0, &peer, 1);
	assoc->base.aborting = data[0] & 16;
	library_begin(data + 1, size - 1);
	for (int i = 0; i < 100 && us_next_event(&endpoint, &event) == 1; i++)
		;
	library_begin(NULL, 0);
	attempts_free(&endpoint.attempts);
	endpoint_base_free(&endpoint.base);
	return 0;
}
