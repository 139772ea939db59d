/* SPDX-License-Identifier: MIT */
/*
 * What "make fuzz" does at length, briefly: each harness of tests/fuzz gets the files of its
 * corpus, and a few thousand variants of each. With the sanitizers, see "make check-sanitize".
 */
#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

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

#define INPUT_MAX 8192
#define VARIANTS  500

typedef int harness(const uint8_t *data, size_t size);

/* xorshift: the same numbers each time. */
static uint32_t next_number(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Bits changed, bytes left out at the end, one part twice. In a buffer of its size, for ASan. */
static void run_variants(harness *run, const uint8_t *input, size_t size)
{
	uint32_t random = 2463534242u + (uint32_t)size;

	for (int n = 0; n < VARIANTS; n++) {
		size_t length = n % 3 ? size : next_number(&random) % (size + 1);
		uint8_t *copy = malloc(length + 1);

		assert_non_null(copy);
		memcpy(copy, input, length);
		for (uint32_t i = next_number(&random) % 6; length && i > 0; i--)
			copy[next_number(&random) % length] ^=
				(uint8_t)(1u << (i % 8)) | (uint8_t)next_number(&random) * (n % 2);
		run(copy, length);
		free(copy);
	}
}

static size_t run_file(harness *run, const char *path)
{
	static uint8_t input[INPUT_MAX];
	FILE *file = fopen(path, "r");
	size_t size;

	assert_non_null(file);
	size = fread(input, 1, sizeof(input), file);
	fclose(file);
	run(input, size);
	run_variants(run, input, size);
	return size;
}

static void run_corpus(harness *run, const char *name)
{
	char folder[PATH_MAX];
	struct dirent *entry;
	size_t bytes = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "tests/fuzz/corpus/%s", name);
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char path[2 * PATH_MAX];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		bytes += run_file(run, path);
	}
	closedir(dir);
	assert_true(bytes > 0);
}

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
