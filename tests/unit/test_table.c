/* SPDX-License-Identifier: MIT */
/* table.c: the table of --monitor, at every width. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_stack.h"
#include "report/table.h"
#include "base/util.h"

#define MSEC      ((int64_t)USEC_PER_MSEC)
#define PATHS     3
#define LINES_MAX 64
#define WIDTH_MAX 600

#define SIZE(width, height, blocks, colored) \
	((struct live_size){                 \
		.columns = width, .rows = height, .unicode = blocks, .color = colored })

struct table {
	char *text;
	const char *lines[LINES_MAX];
	size_t count;
};

static struct monitor_path paths[PATHS];
static struct monitor monitor;

static void fill(const char *const addresses[PATHS], uint64_t rounds)
{
	memset(paths, 0, sizeof(paths));
	monitor = (struct monitor){ .stack = "kernel",
				    .assoc = 3,
				    .paths = paths,
				    .path_count = PATHS,
				    .rounds = rounds,
				    .began_us = 1,
				    .now_us = 3723 * (int64_t)USEC_PER_SEC + 1 };
	for (size_t i = 0; i < PATHS; i++) {
		struct monitor_path *p = &paths[i];

		assert_true(address_from_text(&p->address, addresses[i]));
		address_set_port(&p->address, 5000);
		p->verdict = i == 1 ? VERDICT_DEAD : VERDICT_VERIFIED;
		p->state = i == 1 ? PATH_INACTIVE : PATH_ACTIVE;
		p->primary = i == 0;
		p->sent = rounds;
		p->answered = i == 1 ? rounds / 2 : rounds;
		for (uint64_t n = 1; n <= rounds; n++)
			p->history[n % MONITOR_HISTORY] =
				i == 1 && n > rounds / 2 ? ROUND_LOST
							 : (int32_t)(10 * (int64_t)(i + 1) * MSEC);
		if (!rounds)
			continue;
		p->rtt_us = p->rtt_min_us = p->rtt_max_us = 10 * (int64_t)(i + 1) * MSEC;
		p->rtt_sum_us = p->rtt_us * (int64_t)p->answered;
	}
}

static const char *const ipv4[PATHS] = { "10.1.1.2", "10.1.2.2", "10.1.3.2" };
static const char *const long_ipv4[PATHS] = { "192.168.100.201", "192.168.100.202",
					      "192.168.100.203" };
static const char *const ipv6[PATHS] = { "2001:db8:1111:2222:3333:4444:5555:6661",
					 "2001:db8:1111:2222:3333:4444:5555:6662", "fd01::3" };

static void print(struct table *t, struct live_size size)
{
	size_t length, count;
	FILE *f = open_memstream(&t->text, &length);

	count = table_print(f, &monitor, &size);
	fclose(f);
	t->count = 0;
	for (char *line = t->text; line; t->count++) {
		char *end = strchr(line, '\n');

		assert_true(t->count < LINES_MAX);
		t->lines[t->count] = line;
		if (end)
			*end++ = '\0';
		line = end;
	}
	assert_int_equal(t->count, count);
}

/* On the screen: without colours, a block character is one column. */
static size_t columns(const char *line)
{
	size_t width = 0;

	for (; *line; line++) {
		if (*line == '\033')
			line = strchr(line, 'm');
		else
			width += ((unsigned char)*line & 0xc0) != 0x80;
	}
	return width;
}

static size_t count_of(const char *line, const char *what)
{
	size_t count = 0;

	while ((line = strstr(line, what))) {
		count++;
		line += strlen(what);
	}
	return count;
}

static void fits_at_every_width(void **state)
{
	const char *const *const sets[] = { ipv4, long_ipv4, ipv6 };
	static const uint64_t rounds[] = { 0, 1, 30, 100000 };
	struct table t;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(sets) * ARRAY_SIZE(rounds); n++) {
		fill(sets[n % ARRAY_SIZE(sets)], rounds[n / ARRAY_SIZE(sets)]);
		for (size_t width = 1; width <= WIDTH_MAX; width++) {
			print(&t, SIZE(width, 24, width % 2, width % 3));
			assert_int_equal(t.count, 2 + PATHS);
			for (size_t i = 0; i < t.count; i++)
				if (columns(t.lines[i]) > (width > 1 ? width - 1 : 1))
					fail_msg("%zu columns of %zu: '%s'", columns(t.lines[i]),
						 width, t.lines[i]);
			free(t.text);
		}
	}
}

static void what_there_is_at_20_40_80_200(void **state)
{
	struct table t;

	(void)state;
	fill(ipv4, 300);
	print(&t, SIZE(20, 24, true, false));
	assert_string_equal(t.lines[2], "*10.1.1.2 verified");
	assert_string_equal(t.lines[3], " 10.1.2.2 dead");
	free(t.text);

	print(&t, SIZE(40, 24, true, false));
	assert_string_equal(t.lines[0], "association 3  1:02:03  round 300  port");
	assert_string_equal(t.lines[1], " path     verdict  rtt ms loss rtts");
	assert_string_equal(t.lines[2], "*10.1.1.2 verified   10.0   0% ▅▅▅▅▅▅▅▅");
	assert_string_equal(t.lines[3], " 10.1.2.2 dead          -  50% xxxxxxxx");
	free(t.text);

	print(&t, SIZE(80, 24, false, false));
	assert_string_equal(t.lines[0], "association 3  1:02:03  round 300  port 5000  kernel");
	assert_string_equal(t.lines[1], " path      verdict   state     rtt ms   min   avg   max  "
					"loss  round trips");
	assert_string_equal(t.lines[2], "*10.1.1.2  verified  active      10.0  10.0  10.0  10.0  "
					"  0%  ++++++++++++++++");
	free(t.text);

	print(&t, SIZE(200, 24, true, false));
	assert_int_equal(columns(t.lines[2]), 199);
	assert_int_equal(count_of(t.lines[2], "▅"), 136);
	assert_non_null(strstr(t.lines[3], "inactive"));
	assert_int_equal(count_of(t.lines[3], "x"), 136);
	free(t.text);
}

static void graph(void **state)
{
	static const int32_t history[] = { 10000, ROUND_NOTHING, 20000, 80000, ROUND_LOST, 1 };
	struct table t;

	(void)state;
	fill(ipv4, ARRAY_SIZE(history));
	for (size_t n = 0; n < ARRAY_SIZE(history); n++)
		paths[0].history[n + 1] = history[n];
	print(&t, SIZE(100, 24, true, false));
	assert_non_null(strstr(t.lines[2], "0%  ▂ ▃█x▁"));
	free(t.text);
	print(&t, SIZE(100, 24, false, false));
	assert_non_null(strstr(t.lines[2], "0%  . -#x_"));
	for (size_t i = 0; i < t.count; i++)
		for (const char *c = t.lines[i]; *c; c++)
			assert_in_range(*c, ' ', '~');
	free(t.text);
}

static void long_addresses_stay_apart(void **state)
{
	struct table t;

	(void)state;
	fill(ipv6, 10);
	for (size_t width = 30; width < 100; width++) {
		char first[WIDTH_MAX], second[WIDTH_MAX];

		print(&t, SIZE(width, 24, false, false));
		snprintf(first, sizeof(first), "%s", t.lines[2] + 1);
		snprintf(second, sizeof(second), "%s", t.lines[3] + 1);
		*strstr(first, " verified") = '\0';
		*strstr(second, " dead") = '\0';
		assert_string_not_equal(first, second);
		free(t.text);
	}
}

static void loss_is_never_rounded_away(void **state)
{
	struct table t;

	(void)state;
	fill(ipv4, 10);
	paths[0].sent = 100000;
	paths[0].answered = 99999;
	paths[1].sent = 100000;
	paths[1].answered = 1;
	paths[2].sent = paths[2].answered = 0;
	print(&t, SIZE(40, 24, true, false));
	assert_non_null(strstr(t.lines[2], "  1% "));
	assert_non_null(strstr(t.lines[3], " 99% "));
	assert_non_null(strstr(t.lines[4], "   - "));
	free(t.text);
}

static void fewer_rows_than_paths(void **state)
{
	struct table t;

	(void)state;
	fill(ipv4, 10);
	for (size_t rows = 0; rows < 10; rows++) {
		print(&t, SIZE(80, rows, true, false));
		assert_in_range(t.count, 1, rows > 2 ? rows - 1 : 1);
		if (rows == 5)
			assert_string_equal(t.lines[3], " and 2 more");
		if (rows == 6)
			assert_non_null(strstr(t.lines[4], "10.1.3.2"));
		free(t.text);
	}
}

static void colors(void **state)
{
	struct table t;

	(void)state;
	fill(ipv4, 10);
	print(&t, SIZE(80, 24, true, true));
	assert_non_null(strstr(t.lines[2], "\033[32mverified\033[0m  active"));
	assert_non_null(strstr(t.lines[3], "\033[31mdead\033[0m      inactive"));
	free(t.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fits_at_every_width),
		cmocka_unit_test(what_there_is_at_20_40_80_200),
		cmocka_unit_test(graph),
		cmocka_unit_test(long_addresses_stay_apart),
		cmocka_unit_test(loss_is_never_rounded_away),
		cmocka_unit_test(fewer_rows_than_paths),
		cmocka_unit_test(colors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
