/* SPDX-License-Identifier: MIT */
/* What the kernel says about the tables of neighbours: messages made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/neighbour.h>

#include <cmocka.h>

#include "fake_netlink.h"
#include "host/neighbour.h"

static void a_table_of_neighbours(void **state)
{
	struct netlink_question m = { .header = NETLINK_HEADER(RTM_NEWNEIGHTBL,
							       sizeof(struct ndtmsg)),
				      .body.neighbour_table.ndtm_family = AF_INET };
	struct ndt_config config = { .ndtc_entries = 1024 };
	struct ndt_stats stats = { .ndts_table_fulls = 3 };
	struct neighbour_table table;

	(void)state;
	attribute_number(&m, NDTA_THRESH1, 128);
	attribute_number(&m, NDTA_THRESH3, 1024);
	netlink_put(&m, NDTA_CONFIG, &config, sizeof(config));
	/* An old kernel has fewer of them. */
	netlink_put(&m, NDTA_STATS, &stats, 16);
	assert_true(neighbour_table_read(&m.header, &table));
	assert_int_equal(table.family, AF_INET);
	assert_int_equal(table.entries, 1024);
	assert_int_equal(table.room, 1024);
	assert_int_equal(table.fulls, 0);
	m.header.nlmsg_len = NLMSG_LENGTH(sizeof(struct ndtmsg));
	netlink_put(&m, NDTA_STATS, &stats, sizeof(stats));
	assert_true(neighbour_table_read(&m.header, &table));
	assert_int_equal(table.fulls, 3);
	assert_int_equal(table.room, 0);
	m.header.nlmsg_len = NLMSG_LENGTH(sizeof(struct ndtmsg));
	m.header.nlmsg_len--;
	assert_false(neighbour_table_read(&m.header, &table));
	m.header.nlmsg_type = RTM_NEWNEIGH;
	assert_false(neighbour_table_read(&m.header, &table));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_of_neighbours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
