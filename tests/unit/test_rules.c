/* SPDX-License-Identifier: MIT */
/* Which rules of routing cannot be asked about, and which close a way: messages made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <linux/fib_rules.h>

#include <cmocka.h>

#include "base/util.h"
#include "fake_netlink.h"
#include "host/rules.h"

static void rules_that_cannot_be_asked_about(void **state)
{
	static const struct {
		unsigned short type;
		unsigned rules;
	} cases[] = {
		{ FRA_SRC, 0 },
		{ FRA_TABLE, 0 },
		{ FRA_IP_PROTO, RULES_BY_PACKET },
		{ FRA_UID_RANGE, RULES_BY_PACKET },
		{ FRA_SPORT_RANGE, RULES_BY_PACKET },
		{ FRA_DPORT_RANGE, RULES_BY_PACKET },
		{ FRA_FWMARK, RULES_BY_MARK },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct netlink_question m = { .header = NETLINK_HEADER(
						      RTM_NEWRULE, sizeof(struct fib_rule_hdr)) };

		attribute_number(&m, FRA_PRIORITY, 100);
		attribute_number(&m, cases[i].type, 1);
		assert_int_equal(rule_read(&m.header), cases[i].rules);
	}
}

struct rule_case {
	uint8_t action, table;
	uint32_t flags;
	uint8_t dst_len;
	const char *dst;
	uint8_t protocol; /* 0: any */
	unsigned short other;
	enum rule_says says;
	struct fib_rule_port_range ports; /* of the peer; end 0: any */
};

/* What it says of packets of SCTP to port 5000 of 10.1.2.2. */
static enum rule_says ask_rule(const struct rule_case *c)
{
	struct netlink_question m = { .header = NETLINK_HEADER(RTM_NEWRULE,
							       sizeof(struct fib_rule_hdr)),
				      .body.rule = { .dst_len = c->dst_len,
						     .table = c->table,
						     .action = c->action,
						     .flags = c->flags } };
	union address peer = { 0 };
	struct in_addr prefix;
	int error = 0;
	enum rule_says says;

	peer.v4.sin_family = AF_INET;
	address_set_port(&peer, 5000);
	assert_int_equal(inet_pton(AF_INET, "10.1.2.2", &peer.v4.sin_addr), 1);
	attribute_number(&m, FRA_PRIORITY, 100);
	if (c->dst) {
		assert_int_equal(inet_pton(AF_INET, c->dst, &prefix), 1);
		netlink_put(&m, FRA_DST, &prefix, sizeof(prefix));
	}
	if (c->protocol)
		netlink_put(&m, FRA_IP_PROTO, &c->protocol, 1);
	if (c->ports.end)
		netlink_put(&m, FRA_DPORT_RANGE, &c->ports, sizeof(c->ports));
	if (c->other)
		attribute_number(&m, c->other, 1);
	says = rule_ask(&m.header, IPPROTO_SCTP, &peer, &error);
	assert_int_equal(says == RULE_CLOSES, error != 0);
	return says;
}

static void a_rule_that_closes_a_way(void **state)
{
	static const struct rule_case cases[] = {
		{ FR_ACT_BLACKHOLE, 0, 0, 32, "10.1.2.2", IPPROTO_SCTP, 0, RULE_CLOSES },
		{ FR_ACT_UNREACHABLE, 0, 0, 9, "10.100.0.0", IPPROTO_SCTP, 0, RULE_CLOSES },
		{ FR_ACT_PROHIBIT, 0, 0, 0, NULL, IPPROTO_SCTP, 0, RULE_CLOSES },
		{ FR_ACT_PROHIBIT, 0, 0, 0, NULL, 0, 0, RULE_CLOSES },
		{ FR_ACT_BLACKHOLE, 0, 0, 32, "10.1.2.3", IPPROTO_SCTP, 0, RULE_NOTHING },
		{ FR_ACT_BLACKHOLE, 0, 0, 9, "10.128.0.0", IPPROTO_SCTP, 0, RULE_NOTHING },
		{ FR_ACT_BLACKHOLE, 0, 0, 0, NULL, IPPROTO_UDP, 0, RULE_NOTHING },
		{ FR_ACT_BLACKHOLE, 0, 0, 0, NULL, IPPROTO_SCTP, FRA_UID_RANGE, RULE_MAY_ROUTE },
		{ FR_ACT_BLACKHOLE, 0, 0, 0, NULL, IPPROTO_SCTP, FRA_SRC, RULE_MAY_ROUTE },
		{ FR_ACT_BLACKHOLE, 0, FIB_RULE_INVERT, 0, NULL, IPPROTO_UDP, 0, RULE_MAY_ROUTE },
		{ FR_ACT_PROHIBIT, 0, 0, 0, NULL, 0, 0, RULE_CLOSES, { 4000, 5000 } },
		{ FR_ACT_TO_TBL, RT_TABLE_MAIN, 0, 0, NULL, 0, 0, RULE_NOTHING, { 4000, 4999 } },
		{ FR_ACT_TO_TBL, RT_TABLE_LOCAL, 0, 0, NULL, 0, 0, RULE_NOTHING },
		{ FR_ACT_TO_TBL, RT_TABLE_MAIN, 0, 0, NULL, 0, 0, RULE_MAY_ROUTE },
		{ FR_ACT_TO_TBL, 100, 0, 0, NULL, IPPROTO_UDP, 0, RULE_NOTHING },
		{ FR_ACT_GOTO, 0, 0, 0, NULL, 0, 0, RULE_MAY_ROUTE },
		{ FR_ACT_NOP, 0, 0, 0, NULL, 0, 0, RULE_NOTHING },
		{ 99, 0, 0, 0, NULL, 0, 0, RULE_MAY_ROUTE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		print_message("  case %zu\n", i);
		assert_int_equal(ask_rule(&cases[i]), cases[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_that_cannot_be_asked_about),
		cmocka_unit_test(a_rule_that_closes_a_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
