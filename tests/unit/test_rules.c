/* SPDX-License-Identifier: MIT */
/* Which rules of routing cannot be asked about: messages made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_that_cannot_be_asked_about),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
