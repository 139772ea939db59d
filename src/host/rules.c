/* SPDX-License-Identifier: MIT */
#include "host/rules.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

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

/* --- What closes a way ------------------------------------------------------------------------ */

struct question {
	uint8_t protocol;
	const union address *peer;
	int error; /* the answer */
};

static bool has_prefix(const union address *a, const struct rtattr *prefix, unsigned bits)
{
	const uint8_t *want = RTA_DATA(prefix);
	size_t length, whole = bits / 8;
	const uint8_t *bytes = address_bytes(a, &length);
	uint8_t mask = (uint8_t)(0xff00 >> bits % 8);

	return RTA_PAYLOAD(prefix) == length && bits <= 8 * length &&
	       memcmp(bytes, want, whole) == 0 &&
	       (!mask || ((bytes[whole] ^ want[whole]) & mask) == 0);
}

/* Which packets does an attribute leave to the rule? */
enum share { SHARE_NONE, SHARE_SOME, SHARE_ALL };

/* In UDP, the port of the peer is not that of the packets. */
static enum share share_of_port(const struct rtattr *a, const struct question *q)
{
	uint16_t port = address_port(q->peer);
	struct fib_rule_port_range range;

	if (q->protocol != IPPROTO_SCTP || !port || RTA_PAYLOAD(a) != sizeof(range))
		return SHARE_SOME;
	memcpy(&range, RTA_DATA(a), sizeof(range));
	return port >= range.start && port <= range.end ? SHARE_ALL : SHARE_NONE;
}

static enum share share_of(const struct rtattr *a, const struct fib_rule_hdr *head,
			   const struct question *q)
{
	switch (a->rta_type) {
	case FRA_PRIORITY:
	case FRA_TABLE:
	case FRA_GOTO:
	case FRA_FLOW:
	case FRA_PAD:
	case FRA_PROTOCOL:
	case FRA_SUPPRESS_IFGROUP:
	case FRA_SUPPRESS_PREFIXLEN:
		return SHARE_ALL;
	case FRA_DST:
		return has_prefix(q->peer, a, head->dst_len) ? SHARE_ALL : SHARE_NONE;
	case FRA_IP_PROTO:
		return RTA_PAYLOAD(a) == 1 && *(uint8_t *)RTA_DATA(a) == q->protocol ? SHARE_ALL
										     : SHARE_NONE;
	case FRA_DPORT_RANGE:
		return share_of_port(a, q);
	default:
		return SHARE_SOME; /* not known here: sources, marks, users, links */
	}
}

enum rule_says rule_ask(const struct nlmsghdr *rule, uint8_t protocol, const union address *peer,
			int *error)
{
	static const int errors[] = { [FR_ACT_BLACKHOLE] = EINVAL,
				      [FR_ACT_UNREACHABLE] = EHOSTUNREACH,
				      [FR_ACT_PROHIBIT] = EACCES };
	const struct question q = { .protocol = protocol, .peer = peer };
	const struct fib_rule_hdr *head = NLMSG_DATA(rule);
	const struct rtattr *a =
		(const struct rtattr *)((const char *)head + NLMSG_ALIGN(sizeof(*head)));
	bool some = head->flags & FIB_RULE_INVERT || head->tos;
	int left = NLMSG_PAYLOAD(rule, sizeof(*head));

	for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		enum share share = share_of(a, head, &q);

		if (share == SHARE_NONE && !(head->flags & FIB_RULE_INVERT))
			return RULE_NOTHING;
		some |= share == SHARE_SOME;
	}
	/* That table has this host's addresses only. */
	if (head->action == FR_ACT_NOP ||
	    (head->action == FR_ACT_TO_TBL && head->table == RT_TABLE_LOCAL))
		return RULE_NOTHING;
	if (some || head->action >= ARRAY_SIZE(errors) || !errors[head->action])
		return RULE_MAY_ROUTE;
	*error = errors[head->action];
	return RULE_CLOSES;
}

static bool look_at_rule(void *context, const struct nlmsghdr *one)
{
	struct question *q = context;

	if (one->nlmsg_type != RTM_NEWRULE ||
	    one->nlmsg_len < NLMSG_LENGTH(sizeof(struct fib_rule_hdr)))
		return true;
	return rule_ask(one, q->protocol, q->peer, &q->error) == RULE_NOTHING;
}

int rules_close(int fd, uint8_t protocol, const union address *peer)
{
	struct netlink_question ask = { .header =
						NETLINK_HEADER(RTM_GETRULE, sizeof(ask.body.rule)),
					.body.rule.family = (unsigned char)peer->sa.sa_family };
	struct question q = { .protocol = protocol, .peer = peer };

	return netlink_list(fd, &ask, look_at_rule, &q) < 0 ? 0 : q.error;
}
