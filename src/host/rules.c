/* SPDX-License-Identifier: MIT */
#include "host/rules.h"

#include <errno.h>

#include "host/netlink.h"

unsigned rule_read(const struct nlmsghdr *rule)
{
	const struct fib_rule_hdr *head = NLMSG_DATA(rule);
	const struct rtattr *a =
		(const struct rtattr *)((const char *)head + NLMSG_ALIGN(sizeof(*head)));
	unsigned rules = 0;
	int left;

	if (rule->nlmsg_type != RTM_NEWRULE || rule->nlmsg_len < NLMSG_LENGTH(sizeof(*head)))
		return 0;
	left = NLMSG_PAYLOAD(rule, sizeof(*head));
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		switch (a->rta_type) {
		case FRA_IP_PROTO:
		case FRA_SPORT_RANGE:
		case FRA_DPORT_RANGE:
		case FRA_UID_RANGE:
			rules |= RULES_BY_PACKET;
			break;
		case FRA_FWMARK:
			rules |= RULES_BY_MARK;
			break;
		}
	}
	return rules;
}

static bool add_rule(void *rules, const struct nlmsghdr *one)
{
	*(unsigned *)rules |= rule_read(one);
	return true;
}

unsigned rules_ask(int fd, sa_family_t family)
{
	struct netlink_question q = { .header = NETLINK_HEADER(RTM_GETRULE, sizeof(q.body.rule)),
				      .body.rule.family = (unsigned char)family };
	unsigned rules = 0;
	int rc = netlink_list(fd, &q, add_rule, &rules);

	/* A kernel without policy routing, or without the family, has no rules. */
	if (rc < 0 && rc != -EOPNOTSUPP && rc != -EAFNOSUPPORT)
		rules = RULES_BY_PACKET | RULES_BY_MARK;
	return rules;
}
