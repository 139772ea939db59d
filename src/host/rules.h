/* SPDX-License-Identifier: MIT */
/* The rules that choose a routing table: ip rule. */
#ifndef HOST_RULES_H
#define HOST_RULES_H

#include <linux/netlink.h>
#include <sys/socket.h>

/*
 * Why SCTP's packets may take another route than the one that was asked about: a rule looks at the
 * protocol, at ports or at the user, which differ from those of a question; or at a mark, which a
 * packet filter can set after the route was chosen.
 */
enum rules {
	RULES_BY_PACKET = 1 << 0,
	RULES_BY_MARK = 1 << 1,
};

/* Of all rules of the family. fd: netlink_open(). What cannot be read may have any. */
unsigned rules_ask(int fd, sa_family_t family);

/* Of one rule, from the kernel. */
unsigned rule_read(const struct nlmsghdr *rule);

#endif
