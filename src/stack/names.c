/* SPDX-License-Identifier: MIT */
#include "stack/stack.h"

const char *assoc_state_name(enum stack_assoc_state state)
{
	static const char *const names[] = {
		[ASSOC_CLOSED] = "closed",
		[ASSOC_COOKIE_WAIT] = "cookie-wait",
		[ASSOC_COOKIE_ECHOED] = "cookie-echoed",
		[ASSOC_ESTABLISHED] = "established",
		[ASSOC_SHUTDOWN_PENDING] = "shutdown-pending",
		[ASSOC_SHUTDOWN_SENT] = "shutdown-sent",
		[ASSOC_SHUTDOWN_RECEIVED] = "shutdown-received",
		[ASSOC_SHUTDOWN_ACK_SENT] = "shutdown-ack-sent",
	};

	return names[state];
}

const char *path_state_name(enum stack_path_state state)
{
	static const char *const names[] = {
		[PATH_UNKNOWN] = "unknown",
		[PATH_ACTIVE] = "active",
		[PATH_INACTIVE] = "inactive",
		[PATH_POTENTIALLY_FAILED] = "potentially failed",
		[PATH_UNCONFIRMED] = "unconfirmed",
	};

	return names[state];
}

const char *style_name(enum stack_style style)
{
	return style == STACK_ONE_TO_MANY ? "one-to-many" : "one-to-one";
}

const char *extension_name(unsigned extension)
{
	switch (extension) {
	case EXTENSION_PR_SCTP:
		return "PR-SCTP";
	case EXTENSION_AUTH:
		return "AUTH";
	case EXTENSION_ASCONF:
		return "ASCONF";
	case EXTENSION_RE_CONFIG:
		return "RE-CONFIG";
	case EXTENSION_I_DATA:
		return "I-DATA";
	case EXTENSION_ECN:
		return "ECN";
	}
	return NULL;
}
