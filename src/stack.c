/* SPDX-License-Identifier: MIT */
#include "stack.h"

#include <string.h>

const struct stack *const stacks[] = {
	&stack_kernel,
	NULL,
};

void stack_print_versions(FILE *out)
{
	for (size_t i = 0; stacks[i]; i++)
		fprintf(out, "stack %s: %s, %s\n", stacks[i]->name, stacks[i]->description,
			stacks[i]->version());
}

const struct stack *stack_find(const char *name)
{
	for (size_t i = 0; stacks[i]; i++)
		if (!strcmp(stacks[i]->name, name))
			return stacks[i];
	return NULL;
}

const struct stack *stack_choose(int *error)
{
	*error = 0;
	for (size_t i = 0; stacks[i]; i++) {
		int rc = stacks[i]->available();

		if (rc == 0)
			return stacks[i];
		if (!*error)
			*error = -rc;
	}
	return NULL;
}
