/* SPDX-License-Identifier: MIT */
/* What the sandbox (base/sandbox.h) has to leave open, by the options. */
#ifndef CONFINE_H
#define CONFINE_H

#include <stdbool.h>

#include "base/timeline.h"
#include "base/util.h"
#include "engine/settings.h"

/*
 * Closes the sandbox, unless --no-sandbox says otherwise, and notes on the timeline what is in
 * force. stack: NULL if there is none, or none is used. look_ups: names have to become
 * addresses. STATUS_OK, or STATUS_HOST and why.
 */
int confine(const struct options *options, const struct stack *stack, bool look_ups,
	    struct timeline *timeline, struct message *why);

#endif
