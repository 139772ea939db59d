/* SPDX-License-Identifier: MIT */
/* targets_table.c: the table of --monitor with --targets, at every size; and the keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "report/targets_table.h"

#define TARGETS 12
#define PATHS   2

static struct monitor_path paths[TARGETS][PATHS];
static struct monitor monitors[TARGETS];
static struct target_row rows[TARGETS];
static char names[TARGETS][32];
static struct targets_table table;

/* All are up. */
static int fill(void **state)
{
	(void)state;
	memset(paths, 0, sizeof(paths));
	table = (struct targets_table){ .rows = rows,
					.count = TARGETS,
					.stack = "kernel",
					.began_us = 1,
					.now_us = 61 * (int64_t)USEC_PER_SEC + 1 };
	for (size_t i = 0; i < TARGETS; i++) {
		snprintf(names[i], sizeof(names[i]), "t%zu", i);
		for (size_t n = 0; n < PATHS; n++) {
			struct monitor_path *path = &paths[i][n];
			char text[32];

			snprintf(text, sizeof(text), "10.1.%zu.2", n + 1);
			assert_true(address_from_text(&path->address, text));
			*path = (struct monitor_path){ .address = path->address,
						       .verdict = VERDICT_VERIFIED,
						       .sent = 10,
						       .answered = 10,
						       .rtt_us = (int64_t)(1000 * (n + 1)) };
		}
		monitors[i] =
			(struct monitor){ .paths = paths[i], .path_count = PATHS, .required = 1 };
		rows[i] = (struct target_row){ .name = names[i],
					       .place = i,
					       .monitor = &monitors[i],
					       .known = true,
					       .word = RESULT_CONNECTED };
	}
	return 0;
}

static char *print(size_t columns, size_t height, size_t *lines)
{
	struct live_size size = { .columns = columns, .rows = height };
	size_t length;
	char *text;
	FILE *f = open_memstream(&text, &length);

	targets_table_sort(&table);
	*lines = targets_table_print(f, &table, &size);
	fclose(f);
	return text;
}

static void assert_table(size_t columns, size_t height, const char *expected)
{
	size_t lines;
	char *text = print(columns, height, &lines);

	assert_string_equal(text, expected);
	free(text);
}

static void the_worst_first(void **state)
{
	(void)state;
	table.count = 8;
	paths[1][0].verdict = paths[2][0].verdict = paths[2][1].verdict = VERDICT_DEAD;
	paths[2][0].answered = 5;
	rows[3] = (struct target_row){ .name = names[3], .place = 3, .trying = true };
	rows[4] = (struct target_row){ .name = names[4], .place = 4 };
	rows[5].monitor = rows[6].monitor = NULL;
	rows[5].word = RESULT_REFUSED;
	rows[5].retry_us = table.now_us + 1500 * USEC_PER_MSEC;
	rows[6].word = RESULT_TIMEOUT;
	rows[6].trying = true;
	monitors[7].required = 3; /* of which there are two: all must answer */
	assert_table(100, 40,
		     "8 targets  0:01:01  2 down, 1 degraded, 1 with dead paths, 2 not known yet, "
		     "2 up  kernel\n"
		     "target  state      paths   rtt ms  loss\n"
		     "t5      refused                          again in 2 s\n"
		     "t6      timeout                          trying again\n"
		     "t2      degraded   0 of 2       -   25%  dead: 10.1.1.2 10.1.2.2\n"
		     "t1      connected  1 of 2     2.0    0%  dead: 10.1.1.2\n"
		     "t3      trying\n"
		     "t4      waiting\n"
		     "t0      connected  2 of 2     2.0    0%\n"
		     "t7      connected  2 of 2     2.0    0%");
}

static void links_too_few(void **state)
{
	(void)state;
	table.count = 1;
	monitors[0].links_required = 2;
	monitors[0].links = 1;
	assert_table(30, 40,
		     "1 target  0:01:01  1 degraded\n"
		     "target state     paths\n"
		     "t0     degraded  2 of 2");
}

static void what_does_not_fit(void **state)
{
	(void)state;
	rows[0].name = "a-very-long-name-of-a-target.net";
	assert_table(26, 6,
		     "12 targets  0:01:01  12 u\n"
		     "target   state     paths\n"
		     "a-v..net connected 2 of 2\n"
		     "t1       connected 2 of 2\n"
		     " 1 to 2 of 12");
}

/* Never longer or higher than the terminal; the number of lines is what was printed. */
static void every_size(void **state)
{
	(void)state;
	paths[0][0].verdict = VERDICT_DEAD;
	rows[1].name = "a-very-long-name-of-a-target.net";
	for (size_t columns = 0; columns < 130; columns++) {
		for (size_t height = 0; height < 20; height++) {
			size_t lines, count = 1, width = 0, widest = 0;
			char *text = print(columns, height, &lines);

			for (const char *c = text; *c; c++) {
				width = *c == '\n' ? 0 : width + 1;
				count += *c == '\n';
				widest = width > widest ? width : widest;
			}
			free(text);
			assert_int_equal(count, lines);
			assert_true(lines < height || lines == 1);
			assert_true(widest < columns || widest <= 1);
			assert_true(table.fitted >= (height > 4 ? height - 4 : 0) ||
				    table.fitted == TARGETS);
		}
	}
}

static void scrolling(void **state)
{
	static const struct {
		enum key key;
		size_t first;
	} steps[] = {
		{ KEY_UP, 0 },        { KEY_DOWN, 1 }, { KEY_PAGE_DOWN, 4 }, { KEY_PAGE_DOWN, 7 },
		{ KEY_PAGE_DOWN, 8 }, { KEY_DOWN, 8 }, { KEY_PAGE_UP, 5 },   { KEY_HOME, 0 },
		{ KEY_END, 8 },       { KEY_UP, 7 },   { KEY_NONE, 7 },
	};
	size_t lines;

	(void)state;
	table.has_keys = true;
	free(print(80, 8, &lines));
	assert_int_equal(table.fitted, 4);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		targets_table_scroll(&table, steps[i].key);
		assert_int_equal(table.first, steps[i].first);
	}
	/* More fit now. */
	free(print(80, 40, &lines));
	assert_int_equal(table.first, 0);
	assert_int_equal(lines, TARGETS + 2);
}

static void keys(void **state)
{
	static const struct {
		const char *bytes;
		enum key key;
	} cases[] = {
		{ "k", KEY_UP },
		{ "j", KEY_DOWN },
		{ " ", KEY_PAGE_DOWN },
		{ "b", KEY_PAGE_UP },
		{ "g", KEY_HOME },
		{ "G", KEY_END },
		{ "\033[A", KEY_UP },
		{ "\033OB", KEY_DOWN },
		{ "\033[5~", KEY_PAGE_UP },
		{ "\033[6~", KEY_PAGE_DOWN },
		{ "\033[H", KEY_HOME },
		{ "\033[4~", KEY_END },
		{ "\033[99999999999~", KEY_NONE },
		{ "x", KEY_NONE },
		{ "\033[C", KEY_NONE },
		{ "\033[3~", KEY_NONE },
		{ "\033\033[A", KEY_UP },
	};
	struct keyboard keyboard = { .open = false };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		enum key key = KEY_NONE;

		for (const char *c = cases[i].bytes; *c; c++) {
			assert_int_equal(key, KEY_NONE);
			key = keyboard_take(&keyboard, (unsigned char)*c);
		}
		assert_int_equal(key, cases[i].key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_worst_first, fill),
		cmocka_unit_test_setup(links_too_few, fill),
		cmocka_unit_test_setup(what_does_not_fit, fill),
		cmocka_unit_test_setup(every_size, fill),
		cmocka_unit_test_setup(scrolling, fill),
		cmocka_unit_test(keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
