/* SPDX-License-Identifier: MIT */
#include <assert.h>

#include "base/util.h"
#include "stack/stack.h"

static const char *const assoc_state_names[] = {
	[ASSOC_CLOSED] = "closed",
	[ASSOC_COOKIE_WAIT] = "cookie-wait",
	[ASSOC_COOKIE_ECHOED] = "cookie-echoed",
	[ASSOC_ESTABLISHED] = "established",
	[ASSOC_SHUTDOWN_PENDING] = "shutdown-pending",
	[ASSOC_SHUTDOWN_SENT] = "shutdown-sent",
	[ASSOC_SHUTDOWN_RECEIVED] = "shutdown-received",
	[ASSOC_SHUTDOWN_ACK_SENT] = "shutdown-ack-sent",
};
static_assert(ARRAY_SIZE(assoc_state_names) == ASSOC_STATE_COUNT, "a state without a name");

static const char *const path_state_names[] = {
	[PATH_UNKNOWN] = "unknown",         [PATH_ACTIVE] = "active",
	[PATH_INACTIVE] = "inactive",       [PATH_POTENTIALLY_FAILED] = "potentially failed",
	[PATH_UNCONFIRMED] = "unconfirmed",
};
static_assert(ARRAY_SIZE(path_state_names) == PATH_STATE_COUNT, "a state without a name");

static const char *const style_names[] = {
	[STACK_ONE_TO_ONE] = "one-to-one",
	[STACK_ONE_TO_MANY] = "one-to-many",
};
static_assert(ARRAY_SIZE(style_names) == STACK_STYLE_COUNT, "a style without a name");

static const struct {
	enum stack_extension bit;
	const char *name;
} extension_names[] = {
	{ EXTENSION_PR_SCTP, "PR-SCTP" }, { EXTENSION_AUTH, "AUTH" },
	{ EXTENSION_ASCONF, "ASCONF" },   { EXTENSION_RE_CONFIG, "RE-CONFIG" },
	{ EXTENSION_I_DATA, "I-DATA" },   { EXTENSION_ECN, "ECN" },
};
static_assert(1 << ARRAY_SIZE(extension_names) == EXTENSION_END, "an extension without a name");

const char *assoc_state_name(enum stack_assoc_state state)
{
	return assoc_state_names[state];
}

const char *path_state_name(enum stack_path_state state)
{
	return path_state_names[state];
}

const char *style_name(enum stack_style style)
{
	return style_names[style];
}

const char *extension_name(unsigned extension)
{
	for (size_t i = 0; i < ARRAY_SIZE(extension_names); i++)
		if (extension_names[i].bit == extension)
			return extension_names[i].name;
	return NULL;
}
