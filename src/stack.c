/* SPDX-License-Identifier: MIT */
#include "stack.h"

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

const struct stack *stack_choose(const struct stack_encaps *udp, int *error, struct message *note)
{
	struct stack_fault fault;
	size_t i;

	*error = 0;
	*note = (struct message){ "" };
	for (i = 0; stacks[i]; i++) {
		int rc = stacks[i]->available(udp, &fault);

		if (rc == 0)
			break;
		if (!*error)
			*error = -rc;
		if (stacks[i + 1])
			message_set(note, 0, "%s: using %s instead", fault.why.text,
				    stacks[i + 1]->name);
	}
	if (stacks[i])
		return stacks[i];
	return i > 1 ? stacks[i - 1] : NULL;
}
