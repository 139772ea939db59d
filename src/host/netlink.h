/* SPDX-License-Identifier: MIT */
/*
 * netlink(7): questions to the kernel about routes, rules, links and neighbours (NETLINK_ROUTE),
 * and about IPsec (NETLINK_XFRM).
 */
#ifndef HOST_NETLINK_H
#define HOST_NETLINK_H

#include "base/address.h" /* before the kernel's own */

#include <linux/fib_rules.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct netlink_question {
	struct nlmsghdr header;
	union {
		struct rtmsg route;
		struct ndmsg neighbour;
		struct ndtmsg neighbour_table;
		struct ifinfomsg link;
		struct fib_rule_hdr rule;
		struct xfrm_userpolicy_id policy;
		struct xfrm_usersa_id state;
	} body;
	char attributes[128];
};

/* The header of a question of that type, whose body has that size. */
#define NETLINK_HEADER(type, size)                                     \
	{                                                              \
		.nlmsg_len = NLMSG_LENGTH(size), .nlmsg_type = (type), \
		.nlmsg_flags = NLM_F_REQUEST                           \
	}

/*
 * The descriptor of this process for that protocol, which stays open for the next question; or
 * negative, with errno.
 */
int netlink_open(int protocol);

/* No answer about one thing is longer. */
#define NETLINK_ANSWER_MAX 16384

void netlink_put(struct netlink_question *q, unsigned short type, const void *data, size_t length);

/* The length of the answer; or -errno, from the kernel's answer or from a call that failed. */
ssize_t netlink_ask(int fd, struct netlink_question *q, void *answer, size_t size);

/*
 * Asks for all there are, and calls each() until it returns false. 0, or -errno as above; -E2BIG
 * for an answer of more than 65,536 pieces.
 */
int netlink_list(int fd, struct netlink_question *q,
		 bool (*each)(void *context, const struct nlmsghdr *one), void *context);

/* The address in an attribute, if it is as long as those of that family. */
void netlink_read_address(const struct rtattr *attribute, sa_family_t family,
			  union address *address);
/* A link-local address is that of this link. */
void netlink_set_zone(union address *address, int link);

#endif
