/* SPDX-License-Identifier: MIT */
#include "host/ipsec.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "base/broker.h"
#include "base/util.h"
#include "host/netlink.h"

/* The attributes of a policy or of a state that decide, and the templates of a policy. */
struct attributes {
	const struct xfrm_user_tmpl *templates;
	size_t template_count;
	bool interface;  /* it is for a virtual interface (xfrm or vti) only */
	uint32_t mark_v; /* after the packet's mark is masked: ours is 0 */
	uint8_t type;    /* XFRM_POLICY_TYPE_MAIN or _SUB */
};

static void read_attributes(const struct nlmsghdr *message, size_t fixed, struct attributes *found)
{
	const char *at = (const char *)NLMSG_DATA(message) + NLMSG_ALIGN(fixed);
	const char *end = (const char *)message + message->nlmsg_len;
	struct nlattr a;

	*found = (struct attributes){ .type = XFRM_POLICY_TYPE_MAIN };
	for (; end - at >= (ptrdiff_t)sizeof(a); at += NLA_ALIGN(a.nla_len)) {
		const void *value = at + NLA_HDRLEN;

		memcpy(&a, at, sizeof(a));
		if (a.nla_len < NLA_HDRLEN || a.nla_len > end - at)
			return;
		switch (a.nla_type & NLA_TYPE_MASK) {
		case XFRMA_TMPL:
			found->templates = value;
			found->template_count =
				(a.nla_len - NLA_HDRLEN) / sizeof(*found->templates);
			break;
		case XFRMA_MARK:
			if (a.nla_len >= NLA_HDRLEN + sizeof(struct xfrm_mark))
				found->mark_v = ((const struct xfrm_mark *)value)->v;
			break;
		case XFRMA_IF_ID:
			found->interface = true;
			break;
		case XFRMA_POLICY_TYPE:
			found->type = ((const struct xfrm_userpolicy_type *)value)->type;
			break;
		}
		if (NLA_ALIGN(a.nla_len) > end - at)
			return;
	}
}

/* --- Does it apply? --------------------------------------------------------------------------- */

static bool has_prefix(const xfrm_address_t *prefix, unsigned bits, const union address *a)
{
	const uint8_t *want = (const uint8_t *)prefix, *have;
	size_t length;
	uint8_t rest = (uint8_t)(0xff00 >> bits % 8);

	have = address_bytes(a, &length);
	if (bits > 8 * length || memcmp(want, have, bits / 8) != 0)
		return false;
	return bits % 8 == 0 || (want[bits / 8] & rest) == (have[bits / 8] & rest);
}

static bool has_port(uint16_t want, uint16_t mask, uint16_t port)
{
	return ((want ^ htons(port)) & mask) == 0;
}

static bool selects(const struct xfrm_selector *s, const struct ipsec_flow *flow)
{
	return s->family == flow->destination.sa.sa_family &&
	       (!s->proto || s->proto == flow->protocol) &&
	       has_prefix(&s->saddr, s->prefixlen_s, &flow->source) &&
	       has_prefix(&s->daddr, s->prefixlen_d, &flow->destination) &&
	       has_port(s->sport, s->sport_mask, flow->source_port) &&
	       has_port(s->dport, s->dport_mask, flow->destination_port);
}

/* --- The policy ------------------------------------------------------------------------------- */

struct policy {
	const struct ipsec_flow *flow;
	bool any; /* there is one, whatever it is for */
	bool found;
	uint32_t priority;
	bool block;
	bool needed;                    /* it has a template that must be used */
	struct xfrm_user_tmpl template; /* the first of those */
};

/* Of two that apply, the kernel takes the one with the lower number, or else the older one. */
static bool look_at_policy(void *context, const struct nlmsghdr *message)
{
	struct xfrm_userpolicy_info info;
	struct policy *best = context;
	struct attributes a;

	if (message->nlmsg_type != XFRM_MSG_NEWPOLICY ||
	    message->nlmsg_len < NLMSG_LENGTH(sizeof(info)))
		return true;
	best->any = true;
	/* A copy, because netlink aligns to 4 bytes. */
	memcpy(&info, NLMSG_DATA(message), sizeof(info));
	if (info.dir != XFRM_POLICY_OUT || (best->found && best->priority <= info.priority) ||
	    !selects(&info.sel, best->flow))
		return true;
	read_attributes(message, sizeof(info), &a);
	if (a.interface || a.mark_v || a.type != XFRM_POLICY_TYPE_MAIN)
		return true;
	best->found = true;
	best->priority = info.priority;
	best->block = info.action == XFRM_POLICY_BLOCK;
	best->needed = false;
	for (size_t i = a.template_count; i > 0; i--) {
		if (a.templates[i - 1].optional)
			continue;
		best->needed = true;
		memcpy(&best->template, &a.templates[i - 1], sizeof(best->template));
	}
	return true;
}

/* --- Its key ---------------------------------------------------------------------------------- */

struct key {
	const struct policy *policy;
	union address end; /* where the outer packets go to */
	bool found;
};

static bool look_at_state(void *context, const struct nlmsghdr *message)
{
	struct xfrm_usersa_info info;
	struct key *key = context;
	const struct xfrm_user_tmpl *t = &key->policy->template;

	if (message->nlmsg_type != XFRM_MSG_NEWSA ||
	    message->nlmsg_len < NLMSG_LENGTH(sizeof(info)))
		return true;
	memcpy(&info, NLMSG_DATA(message), sizeof(info));
	/* Without an SPI it only waits for its key. */
	if (!info.id.spi)
		return true;
	key->found |=
		info.id.proto == t->id.proto && info.mode == t->mode &&
		(!t->reqid || info.reqid == t->reqid) && (!t->id.spi || info.id.spi == t->id.spi) &&
		info.family == key->end.sa.sa_family &&
		has_prefix(&info.id.daddr, key->end.sa.sa_family == AF_INET ? 32 : 128, &key->end);
	return true;
}

static union address end_of(const struct policy *policy)
{
	const struct xfrm_user_tmpl *t = &policy->template;
	union address end = policy->flow->destination;

	if (t->mode == XFRM_MODE_TUNNEL || t->mode == XFRM_MODE_BEET) {
		end = (union address){ .sa.sa_family = t->family };
		if (t->family == AF_INET)
			memcpy(&end.v4.sin_addr, &t->id.daddr, sizeof(end.v4.sin_addr));
		else
			memcpy(&end.v6.sin6_addr, &t->id.daddr, sizeof(end.v6.sin6_addr));
	}
	address_set_port(&end, 0);
	return end;
}

static enum ipsec ask(int fd, const struct ipsec_flow *flow, union address *end, bool *unused)
{
	struct netlink_question policies = {
		.header = NETLINK_HEADER(XFRM_MSG_GETPOLICY, sizeof(policies.body.policy))
	};
	struct netlink_question states = { .header = NETLINK_HEADER(XFRM_MSG_GETSA,
								    sizeof(states.body.state)) };
	struct policy policy = { .flow = flow };
	struct key key = { .policy = &policy };

	if (netlink_list(fd, &policies, look_at_policy, &policy) != 0)
		return IPSEC_UNKNOWN;
	*unused = !policy.any;
	if (!policy.found)
		return IPSEC_NONE;
	if (policy.block)
		return IPSEC_BLOCKS;
	if (!policy.needed)
		return IPSEC_NONE;
	key.end = *end = end_of(&policy);
	if (netlink_list(fd, &states, look_at_state, &key) != 0)
		return IPSEC_UNKNOWN;
	return key.found ? IPSEC_CARRIES : IPSEC_NO_KEY;
}

static enum ipsec look_up(const struct ipsec_flow *flow, union address *end, bool *unused)
{
	int fd = netlink_open(NETLINK_XFRM);

	*end = (union address){ 0 };
	*unused = fd < 0 && errno == EPROTONOSUPPORT;
	if (fd < 0) /* the kernel has no IPsec, or the call failed */
		return *unused ? IPSEC_NONE : IPSEC_UNKNOWN;
	return ask(fd, flow, end, unused);
}

/* --- The process that may ask ----------------------------------------------------------------- */

struct told {
	enum ipsec ipsec;
	union address end;
	bool unused;
};

size_t ipsec_answer(const void *question, size_t length, void *answer)
{
	struct ipsec_flow flow;
	struct told told = { 0 };

	if (length != sizeof(flow))
		return 0;
	memcpy(&flow, question, sizeof(flow));
	told.ipsec = look_up(&flow, &told.end, &told.unused);
	memcpy(answer, &told, sizeof(told));
	return sizeof(told);
}

enum ipsec ipsec_of(const struct ipsec_flow *flow, union address *end, bool *unused)
{
	struct told told;

	static_assert(sizeof(*flow) <= BROKER_BYTES_MAX && sizeof(told) <= BROKER_BYTES_MAX,
		      "a question and its answer fit");
	if (!broker_ask(flow, sizeof(*flow), &told, sizeof(told)))
		return look_up(flow, end, unused);
	*end = told.end;
	*unused = told.unused;
	return told.ipsec;
}
