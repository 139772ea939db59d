/* SPDX-License-Identifier: MIT */
/* util.c: messages, numbers, times, memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/util.h"
#include "fake_output.h"

static void message_set_returns_status_and_cuts(void **state)
{
	struct message m;
	char longer[2 * sizeof(m.text)];

	(void)state;
	assert_int_equal(message_set(&m, STATUS_UNRESOLVED, "%s:%d", "a", 7), STATUS_UNRESOLVED);
	assert_string_equal(m.text, "a:7");

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	message_set(&m, STATUS_OK, "%s", longer);
	assert_int_equal(strlen(m.text), sizeof(m.text) - 1);
}

static void printable_shows_any_text(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *shown;
	} cases[] = {
		{ "", 8, "" },
		{ "10.1.1.2:5000", 64, "10.1.1.2:5000" },
		{ " ~", 64, " ~" },
		{ "a\tb\n\033[31m\x7f", 64, "a?b??[31m?" },
		{ "b\xc3\xbc", 64, "b??" },
		{ "1234567", 8, "1234567" },
		{ "12345678", 8, "1234..." },
		{ "1234", 4, "..." },
	};
	char buf[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(buf, 'X', sizeof(buf));
		assert_ptr_equal(printable(cases[i].text, buf, cases[i].size), buf);
		assert_string_equal(buf, cases[i].shown);
	}
}

static void warn_is_one_line(void **state)
{
	char longer[4096];
	const char *text;

	(void)state;
	fake_stderr_begin();
	warn("%s %d", "port", 7);
	assert_string_equal(fake_stderr_end(), "sctp-connect: port 7\n");

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	fake_stderr_begin();
	warn("%s", longer);
	text = fake_stderr_end();
	assert_true(strlen(text) > sizeof(struct message) && strlen(text) < sizeof(longer));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void parse_number_is_strict(void **state)
{
	static const struct {
		const char *text;
		uint64_t min;
		uint64_t max;
		bool ok;
		uint64_t value;
	} cases[] = {
		{ "0", 0, 10, true, 0 },
		{ "7", 1, 10, true, 7 },
		{ "007", 1, 10, true, 7 },
		{ "10", 1, 10, true, 10 },
		{ "65535", 0, 65535, true, 65535 },
		{ "18446744073709551615", 0, UINT64_MAX, true, UINT64_MAX },
		{ "0", 0, 0, true, 0 },
		{ "11", 1, 10, false, 0 },
		{ "0", 1, 10, false, 0 },
		{ "1", 0, 0, false, 0 },
		{ "7", 0, 5, false, 0 },
		{ "65536", 0, 65535, false, 0 },
		{ "18446744073709551616", 0, UINT64_MAX, false, 0 },
		{ "18446744073709551617", 0, UINT64_MAX, false, 0 },
		{ "99999999999999999999999", 0, UINT64_MAX, false, 0 },
		{ "", 0, 10, false, 0 },
		{ "+1", 0, 10, false, 0 },
		{ "-1", 0, UINT64_MAX, false, 0 },
		{ " 1", 0, 10, false, 0 },
		{ "1 ", 0, 10, false, 0 },
		{ "1\n", 0, 10, false, 0 },
		{ "0x1", 0, 10, false, 0 },
		{ "1e1", 0, 10, false, 0 },
		{ "1.0", 0, 10, false, 0 },
		{ "a", 0, 10, false, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t value = 4711;

		if (parse_number(cases[i].text, cases[i].min, cases[i].max, &value) != cases[i].ok)
			fail_msg("parse_number(\"%s\")", cases[i].text);
		assert_int_equal(value, cases[i].ok ? cases[i].value : 4711);
	}
}

static void parse_time_is_strict(void **state)
{
	static const struct {
		const char *text;
		int64_t us; /* -1: an error */
	} cases[] = {
		{ "0", 0 },
		{ "5", 5000000 },
		{ "5s", 5000000 },
		{ "1.5", 1500000 },
		{ "1.5s", 1500000 },
		{ "500ms", 500000 },
		{ "0.5ms", 500 },
		{ "2m", 120000000 },
		{ "0.25m", 15000000 },
		{ "0.000001", 1 },
		{ "1.000001s", 1000001 },
		{ "0.000001m", 60 },
		{ "0.0001ms", 1 },
		{ "0.001001ms", 2 },
		{ "0.000000", 0 },
		{ "007", 7000000 },
		{ "1440m", INT64_C(86400000000) },
		{ "86400", INT64_C(86400000000) },
		{ "86400000ms", INT64_C(86400000000) },
		{ "86400.000001", -1 },
		{ "86400000.000001ms", -1 },
		{ "1440.000001m", -1 },
		{ "1441m", -1 },
		{ "86400001ms", -1 },
		{ "86400001", -1 },
		{ "18446744073709551617", -1 },
		{ "99999999999999999999m", -1 },
		{ "0.0000001", -1 },
		{ "", -1 },
		{ ".", -1 },
		{ ".5", -1 },
		{ "5.", -1 },
		{ "5.s", -1 },
		{ "1..5", -1 },
		{ "1.5.5", -1 },
		{ "1,5", -1 },
		{ "-1", -1 },
		{ "+1", -1 },
		{ "1.-5", -1 },
		{ " 1", -1 },
		{ "1 ", -1 },
		{ "1 s", -1 },
		{ "s", -1 },
		{ "ms", -1 },
		{ "1S", -1 },
		{ "1us", -1 },
		{ "1h", -1 },
		{ "1mss", -1 },
		{ "1sm", -1 },
		{ "0x10", -1 },
		{ "1e3", -1 },
		{ "inf", -1 },
		{ "nan", -1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		bool ok = cases[i].us >= 0;
		int64_t us = -4711;

		if (parse_time_us(cases[i].text, &us) != ok)
			fail_msg("parse_time_us(\"%s\")", cases[i].text);
		if (us != (ok ? cases[i].us : -4711))
			fail_msg("parse_time_us(\"%s\") gave %lld", cases[i].text, (long long)us);
	}
}

static void memory_is_never_null(void **state)
{
	char *text = xstrdup("abc");
	char *part = xstrndup("abcdef", 2);
	unsigned char *zero = xcalloc(3, 5);
	void *nothing = xcalloc(0, 8);
	char *grown = xreallocarray(NULL, 4, 1);
	size_t i;

	(void)state;
	assert_string_equal(text, "abc");
	assert_string_equal(part, "ab");
	for (i = 0; i < 15; i++)
		assert_int_equal(zero[i], 0);
	assert_non_null(nothing);
	memcpy(grown, "123", 4);
	grown = xreallocarray(grown, 4000, 1);
	assert_string_equal(grown, "123");
	grown = xreallocarray(grown, 0, 1);
	assert_non_null(grown);

	free(text);
	free(part);
	free(zero);
	free(nothing);
	free(grown);
}

static void no_memory_ends_the_program(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		int status = 0;
		pid_t pid;

		fake_stderr_begin();
		pid = fork();
		if (pid == 0) {
			if (i == 0)
				xcalloc(SIZE_MAX / 2, 3);
			else
				xreallocarray(NULL, SIZE_MAX / 2, 3);
			_exit(0);
		}
		assert_true(pid > 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_string_equal(fake_stderr_end(), "sctp-connect: out of memory\n");
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), STATUS_HOST);
	}
}

static void test_count_different(void **state)
{
	static const int numbers[] = { 0, 5, 6, 5, 0, 6, 7 };

	(void)state;
	assert_int_equal(count_different(numbers, 0), 0);
	assert_int_equal(count_different(numbers, 1), 0);
	assert_int_equal(count_different(numbers, 4), 2);
	assert_int_equal(count_different(numbers, ARRAY_SIZE(numbers)), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_count_different),
		cmocka_unit_test(message_set_returns_status_and_cuts),
		cmocka_unit_test(printable_shows_any_text),
		cmocka_unit_test(warn_is_one_line),
		cmocka_unit_test(parse_number_is_strict),
		cmocka_unit_test(parse_time_is_strict),
		cmocka_unit_test(memory_is_never_null),
		cmocka_unit_test(no_memory_ends_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
