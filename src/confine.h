/* SPDX-License-Identifier: MIT */
/* What the sandbox (base/sandbox.h) has to leave open, by the options. */
#ifndef CONFINE_H
#define CONFINE_H

#include <stdbool.h>

#include "base/timeline.h"
#include "base/util.h"
#include "engine/settings.h"

struct confined {
	const struct options *options;
	const struct stack *stack; /* NULL: there is none, or none is used */
	bool look_ups;             /* names have to become addresses */
	bool udp;                  /* an association in UDP */
	bool low_ports;            /* local ports that not every user may have */
};

/*
 * Closes the sandbox, unless --no-sandbox says otherwise, and notes on the timeline what is in
 * force. STATUS_OK, or STATUS_HOST and why.
 */
int confine(const struct confined *confined, struct timeline *timeline, struct message *why);

#endif
