/* SPDX-License-Identifier: MIT */
#include "stack/stack.h"

#include <string.h>
#include <sys/param.h>

#include "base/util.h"

const struct stack *const stacks[] = {
	&stack_kernel,
#if HAVE_USRSCTP
	&stack_usrsctp,
#endif
	NULL,
};

void stack_print_versions(FILE *out)
{
	for (size_t i = 0; stacks[i]; i++)
		fprintf(out, "stack %s: %s, %s\n", stacks[i]->name, stacks[i]->description,
			stacks[i]->version());
	if (!stack_find("usrsctp"))
		fputs("stack usrsctp: not in this build\n", out);
}

const struct stack *stack_find(const char *name)
{
	for (size_t i = 0; stacks[i]; i++)
		if (!strcmp(stacks[i]->name, name))
			return stacks[i];
	return NULL;
}

int64_t stack_attempts_us(size_t addresses, unsigned attempts, uint32_t t1_ms, uint32_t most_ms)
{
	int64_t total_ms = 0;

	for (size_t sent = 1; sent <= (size_t)attempts + 1; sent++) {
		total_ms += t1_ms;
		if (sent % MAX(addresses, 1) == 0 && t1_ms < most_ms)
			t1_ms = MIN(2 * t1_ms, most_ms);
	}
	return total_ms * USEC_PER_MSEC;
}

const struct stack *stack_choose(const struct stack_encaps *udp, int *error,
				 struct stack_fault *fault)
{
	struct stack_fault other;
	size_t i;

	*error = -stacks[0]->available(udp, fault);
	if (!*error)
		return stacks[0];
	for (i = 1; stacks[i]; i++)
		if (stacks[i]->available(udp, &other) == 0)
			return stacks[i];
	return i > 1 ? stacks[i - 1] : NULL;
}
