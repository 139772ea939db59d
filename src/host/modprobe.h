/* SPDX-License-Identifier: MIT */
/* modprobe.d(5): what this host does not load. */
#ifndef HOST_MODPROBE_H
#define HOST_MODPROBE_H

#include <stdbool.h>

#include "base/util.h"

/*
 * The line in modprobe.d(5) that blocks that kernel module, such as "install sctp /bin/false in
 * /etc/modprobe.d/cis.conf". False: there is none.
 */
bool module_blocked(const char *module, struct message *what);

#endif
