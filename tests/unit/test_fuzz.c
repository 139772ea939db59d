/* SPDX-License-Identifier: MIT */
/*
 * What "make fuzz" does at length, briefly: each harness of tests/fuzz gets the files of its
 * corpus, and a few thousand variants of each. With the sanitizers, see "make check-sanitize".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "corpus.h"

#define FUZZ fuzz_packet
#include "../fuzz/fuzz_packet.c"
#undef FUZZ
#define FUZZ fuzz_ledger
#include "../fuzz/fuzz_ledger.c"
#undef FUZZ
#define FUZZ fuzz_options
#include "../fuzz/fuzz_options.c"
#undef FUZZ
#define FUZZ fuzz_json
#include "../fuzz/fuzz_json.c"
#undef FUZZ

#define FUZZ fuzz_icmp
#include "../fuzz/fuzz_icmp.c"
#undef FUZZ
#define FUZZ fuzz_netlink
#include "../fuzz/fuzz_netlink.c"
#undef FUZZ
#define FUZZ fuzz_notification
#include "../fuzz/fuzz_notification.c"
#undef FUZZ
#define FUZZ fuzz_targets
#include "../fuzz/fuzz_targets.c"
#undef FUZZ
#define FUZZ fuzz_table
#include "../fuzz/fuzz_table.c"
#undef FUZZ

static void packets(void **state)
{
	(void)state;
	run_corpus(fuzz_packet, "packet");
}

static void ledgers(void **state)
{
	(void)state;
	run_corpus(fuzz_ledger, "ledger");
}

static void command_lines(void **state)
{
	(void)state;
	run_corpus(fuzz_options, "options");
}

static void strings(void **state)
{
	(void)state;
	run_corpus(fuzz_json, "json");
}

static void icmp_messages(void **state)
{
	(void)state;
	run_corpus(fuzz_icmp, "icmp");
}

static void netlink_answers(void **state)
{
	(void)state;
	run_corpus(fuzz_netlink, "netlink");
}

static void notifications(void **state)
{
	(void)state;
	run_corpus(fuzz_notification, "notification");
}

static void target_files(void **state)
{
	(void)state;
	run_corpus(fuzz_targets, "targets");
}

static void tables(void **state)
{
	(void)state;
	run_corpus(fuzz_table, "table");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets),       cmocka_unit_test(ledgers),
		cmocka_unit_test(command_lines), cmocka_unit_test(strings),
		cmocka_unit_test(icmp_messages), cmocka_unit_test(netlink_answers),
		cmocka_unit_test(notifications), cmocka_unit_test(target_files),
		cmocka_unit_test(tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
