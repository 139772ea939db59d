/* SPDX-License-Identifier: MIT */
/* The rules that choose a routing table: ip rule. */
#ifndef HOST_RULES_H
#define HOST_RULES_H

#include <linux/netlink.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/address.h"

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

/*
 * Does a rule close the way of all packets of that IP protocol to that address, which is not of
 * this host? The errno of a route of that type: EINVAL (blackhole), EACCES (prohibit) or
 * EHOSTUNREACH. 0: no rule does, or a rule before it may let some of them pass.
 */
int rules_close(int fd, uint8_t protocol, const union address *peer);

/* Of one rule. */
enum rule_says {
	RULE_NOTHING,   /* of these packets */
	RULE_CLOSES,    /* them, all */
	RULE_MAY_ROUTE, /* some of them */
};
enum rule_says rule_ask(const struct nlmsghdr *rule, uint8_t protocol, const union address *peer,
			int *error);

#endif
