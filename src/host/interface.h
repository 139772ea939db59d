/* SPDX-License-Identifier: MIT */
/* Network interfaces: their name, and what kind they are. */
#ifndef HOST_INTERFACE_H
#define HOST_INTERFACE_H

#include <linux/if_packet.h>
#include <linux/netlink.h>
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
	bool dead;   /* it has a route, and no carrier */
	bool down;   /* dead, because it is not set up: loopback, whose routes stay */
	bool dummy;  /* top is a dummy, which drops what is sent over it */
	bool tunnel; /* top is one: what is sent over it may be dropped, or wait, unseen */
	bool no_arp; /* top is Ethernet without ARP and neighbour discovery ("arp off") */
	bool xdp; /* it, or one that carries it, has an XDP program, which may drop what arrives */
	bool bridge; /* top is one */
	/*
	 * The interface that carries it: top itself, or the card, bond or bridge below a VLAN, so
	 * that two VLANs on one card have the same.
	 */
	int base;
	char base_name[IF_NAMESIZE];
	char vrf[IF_NAMESIZE]; /* the VRF that top is in, printable(), or "" */
};

/* By netlink, a few microseconds, in this process's network namespace. */
void interface_look_up(int index, struct interface *interface);
/* The same, with a descriptor from netlink_open(). */
void interface_ask(int fd, int index, struct interface *interface);
/* The same for the interface of a packet. Of loopback, only the name has to be asked. */
void interface_of_packet(int packet_socket, const struct sockaddr_ll *link,
			 struct interface *interface);

/* One interface, as the kernel has it. */
struct link {
	char name[IF_NAMESIZE];
	int master; /* the bond, team or bridge that it is a port of; 0: none */
	int vrf;    /* the VRF that it is in; 0: none */
	int lower;  /* the interface of this host below a VLAN or the like; 0: none */
	bool loopback;
	bool dead, down, dummy, tunnel, no_arp, xdp, bridge; /* as above */
};

/* The kernel's answer to RTM_GETLINK. False: it is something else. */
bool link_read(const struct nlmsghdr *answer, struct link *link);

#endif
