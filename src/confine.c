/* SPDX-License-Identifier: MIT */
#include "confine.h"

#include <linux/capability.h>
#include <string.h>

#include "base/names.h"
#include "base/privilege.h"
#include "base/sandbox.h"

/* A program with rights of its own has privilege_keep_network() behind it. */
static uint32_t capabilities(const struct options *options)
{
	/* Whose sockets they are is not shown to everyone. */
	if (options->action == ACTION_SHOW)
		return PRIVILEGE(CAP_SYS_PTRACE) | PRIVILEGE(CAP_DAC_READ_SEARCH);
	/* The folder of the file may be another user's. */
	if (options->metrics && strcmp(options->metrics, "-") != 0)
		return PRIVILEGES_OF_NETWORK | PRIVILEGE(CAP_DAC_OVERRIDE);
	return PRIVILEGES_OF_NETWORK;
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
	const bool file = options->metrics && strcmp(options->metrics, "-") != 0;
	const struct sandbox_needs needs = {
		.capabilities = capabilities(options),
		.lasting = is_lasting(options, stack),
		.look_ups = look_ups,
		.processes = options->action == ACTION_SHOW,
		.replaced = file ? options->metrics : NULL,
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
