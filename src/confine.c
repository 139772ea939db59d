/* SPDX-License-Identifier: MIT */
#include "confine.h"

#include <linux/capability.h>
#include <string.h>

#include "base/names.h"
#include "base/privilege.h"
#include "base/sandbox.h"

static bool makes_file(const struct options *options)
{
	return options->metrics && strcmp(options->metrics, "-") != 0;
}

/* A program with rights of its own has privilege_keep_network() behind it. */
static uint32_t capabilities(const struct options *options)
{
	/* The folder of the file may be another user's. */
	uint32_t of_file = makes_file(options) ? PRIVILEGE(CAP_DAC_OVERRIDE) : 0;

	/* Whose sockets they are is not shown to everyone. */
	if (options->action == ACTION_SHOW)
		return PRIVILEGE(CAP_SYS_PTRACE) | PRIVILEGE(CAP_DAC_READ_SEARCH) | of_file;
	return PRIVILEGES_OF_NETWORK | of_file;
}

/*
 * A filter of calls costs a fifth of a plain connect on the kernel's stack, and Landlock, which
 * forbids other files and programs, a fiftieth. So it is for what stays, and for what reads the
 * peer's packets itself.
 */
static bool is_lasting(const struct options *options, const struct stack *stack)
{
	return options->action != ACTION_CONNECT || options->monitor || options->relay ||
	       options->targets || stack != &stack_kernel;
}

int confine(const struct options *options, const struct stack *stack, bool look_ups,
	    struct timeline *timeline, struct message *why)
{
	const struct sandbox_needs needs = {
		.capabilities = capabilities(options),
		.lasting = is_lasting(options, stack),
		.look_ups = look_ups,
		.processes = options->action == ACTION_SHOW,
		.replaced = makes_file(options) ? options->metrics : NULL,
	};
	struct sandbox sandbox;
	struct message text;
	int rc;

	if (options->no_sandbox) {
		timeline_note(timeline, "sandbox: none (--no-sandbox)");
		return STATUS_OK;
	}
	rc = sandbox_enter(&needs, &sandbox);
	if (rc < 0)
		return message_set(why, STATUS_HOST, "capset: %s", errno_name(-rc));
	if (timeline->verbose)
		timeline_note(timeline, "sandbox: %s", sandbox_text(&sandbox, &text));
	return STATUS_OK;
}
