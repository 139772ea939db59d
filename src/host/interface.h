/* SPDX-License-Identifier: MIT */
/* Network interfaces: their name, and what kind they are. */
#ifndef HOST_INTERFACE_H
#define HOST_INTERFACE_H

#include <net/if.h>
#include <stdbool.h>

/* What is known of one interface. Look it up once, and keep it. */
struct interface {
	int index; /* as requested */
	/*
	 * The interface with the addresses: itself, or the bond, team or bridge that it is a port
	 * of, because a packet is seen on both, in one order when sent and in the other when
	 * received.
	 */
	int top;
	char name[IF_NAMESIZE]; /* of top, printable(); "if7" if the kernel does not tell */
	bool loopback;
	bool dead;             /* it is up, and has no carrier */
	char vrf[IF_NAMESIZE]; /* the VRF that top is in, printable(), or "" */
};

/* By netlink, a few microseconds, in this process's network namespace. */
void interface_look_up(int index, struct interface *interface);

#endif
