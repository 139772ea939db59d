/* SPDX-License-Identifier: MIT */
/* report.c and result.c: what all formats have in common. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/util.h"
#include "fake_report.h"

static void quiet_prints_nothing(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = { .type = LISTEN_END, .stack = "kernel" };

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 400);
	set_reason(f, REFUSAL, REFUSAL);
	f->capture.reporter.quiet = true;
	report_listen_event(&f->capture.reporter, &event);
	f->capture.reporter.format = FORMAT_JSON;
	report_listen_event(&f->capture.reporter, &event);
	report_result(&f->capture.reporter, &f->result);
	assert_printed(f, "", "");
}

/* Whatever there is to show, each format shows it, and each its own way. */
static void every_format_shows_all(void **state)
{
	struct fixture *f = *state;
	const struct listen_event end = make_end();
	const struct monitor monitor = { .result = &f->result, .stack = "kernel" };
	const struct monitor_event down = { .type = MONITOR_DOWN,
					    .monitor = &monitor,
					    .error = ECONNRESET };
	size_t length = 0;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 400);
	for (enum format format = 0; format < FORMAT_COUNT; format++) {
		f->capture.reporter.format = format;
		report_result(&f->capture.reporter, &f->result);
		assert_non_null(strstr(read_back(&f->capture) + length, "refused"));
		length = strlen(f->capture.out);
		report_listen_event(&f->capture.reporter, &end);
		assert_non_null(strstr(read_back(&f->capture) + length, "5000000000"));
		length = strlen(f->capture.out);
		report_monitor_event(&f->capture.reporter, &down);
		assert_non_null(strstr(read_back(&f->capture) + length, "ECONNRESET"));
		assert_int_equal(report_finish(&f->capture.reporter), STATUS_OK);
		length = strlen(f->capture.out);
	}
}

/* Of a close that had its answer there is nothing to say. */
static void a_close_without_an_answer(void **state)
{
	struct fixture *f = *state;
	size_t length;

	make_up(f);
	report_unanswered(&f->capture.reporter, &f->result, 0, false);
	assert_printed(f, "", "");
	report_unanswered(&f->capture.reporter, &f->result, 1000 * USEC_PER_MSEC, true);
	f->capture.reporter.format = FORMAT_JSON;
	/* A script may read one object. */
	report_unanswered(&f->capture.reporter, &f->result, 1000 * USEC_PER_MSEC, false);
	assert_string_equal(read_back(&f->capture), "");
	report_unanswered(&f->capture.reporter, &f->result, 1000 * USEC_PER_MSEC, true);
	length = strlen(read_back(&f->capture));
	assert_non_null(strstr(f->capture.out, "\"event\":\"unanswered\""));
	assert_non_null(strstr(f->capture.out, "\"waited_ms\":1000.0"));
	assert_non_null(strstr(f->capture.hints, "no answer to SHUTDOWN within 1000 ms"));
	f->capture.reporter.quiet = true;
	report_unanswered(&f->capture.reporter, &f->result, 1000 * USEC_PER_MSEC, true);
	assert_int_equal(strlen(read_back(&f->capture)), length);
}

/* No hole in the tables. */
static void names(void **state)
{
	(void)state;
	for (enum result_word word = 0; word < RESULT_COUNT; word++)
		assert_non_null(result_name(word));
	for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
		assert_non_null(verdict_name(verdict));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		report_test(quiet_prints_nothing),
		report_test(every_format_shows_all),
		report_test(a_close_without_an_answer),
		report_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
