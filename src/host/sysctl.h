/* SPDX-License-Identifier: MIT */
/* Settings of the kernel, in this network namespace. */
#ifndef HOST_SYSCTL_H
#define HOST_SYSCTL_H

/*
 * The number in that file below /proc/sys, as in "net/sctp/addip_enable"; otherwise, if there is
 * none.
 */
int sysctl_number(const char *name, int otherwise);

#endif
