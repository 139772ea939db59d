/* SPDX-License-Identifier: MIT */
#include "stack/stack.h"

#include <string.h>

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
