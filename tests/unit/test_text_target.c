/* SPDX-License-Identifier: MIT */
/* text_target.c, json_summary.c and summary.c: a line for each target, and what became of all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/util.h"
#include "fake_report.h"

static void assert_line(struct fixture *f, const char *out)
{
	size_t before = strlen(read_back(&f->capture));

	f->result.target = &f->target;
	report_target(&f->capture.reporter, &f->result, 8, false);
	assert_string_equal(read_back(&f->capture) + before, out);
}

static void up(void **state)
{
	struct fixture *f = *state;

	f->target.known_as = "hss1";
	make_up(f);
	f->result.probe_us = 1;
	add_live_path(f, "10.1.1.2", 5000)->verdict = VERDICT_VERIFIED;
	add_live_path(f, "10.1.2.2", 5000)->verdict = VERDICT_VERIFIED;
	assert_line(f, "hss1      connected  2 of 2 verified  22.7 ms\n");
	f->paths[1].verdict = VERDICT_DEAD;
	set_note(&f->paths[1], FOUND(.code = FINDING_HEARTBEAT_UNANSWERED, .time_us = 1000000));
	f->result.word = RESULT_DEGRADED;
	f->target.known_as = "a-very-long-name";
	assert_line(f, "a-very-long-name  degraded  1 of 2 verified  22.7 ms"
		       "  10.1.2.2: no heartbeat answer in 1000 ms\n");
	/* Not probed. */
	f->target.known_as = "a\x1b[m";
	f->result.word = RESULT_CONNECTED;
	f->result.probe_us = 0;
	for (size_t i = 0; i < 2; i++) {
		f->paths[i].verdict = VERDICT_UNVERIFIED;
		set_note(&f->paths[i], FOUND(.code = FINDING_NONE));
	}
	f->capture.reporter.color = true;
	assert_line(f, "a?[m      \033[32mconnected\033[0m  2 paths          22.7 ms\n");
}

static void failed(void **state)
{
	struct fixture *f = *state;

	f->target.known_as = "hss1";
	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 400);
	set_reason(f, FOUND(.code = FINDING_NO_SCTP), FOUND(.code = FINDING_NONE));
	add_path(f, "10.1.1.2", 5000, VERDICT_REFUSED);
	assert_line(f, "hss1      refused    ECONNREFUSED     0.4 ms   the host answered ICMP "
		       "protocol unreachable: it has no SCTP\n");
	make_failure(f, RESULT_UNREACHABLE, EHOSTUNREACH, 12400000);
	set_reason(f, FOUND(.code = FINDING_NO_ROUTE), FOUND(.code = FINDING_NONE));
	assert_line(f, "hss1      unreachable  EHOSTUNREACH   12.4 s   this host has no route to "
		       "it\n");
}

/* The worst of all, as the manual says. */
static void status_of_all(void **state)
{
	static const struct {
		int statuses[3], expected;
	} cases[] = {
		{ { STATUS_OK, STATUS_OK, STATUS_OK }, STATUS_OK },
		{ { STATUS_OK, STATUS_DEGRADED, STATUS_OK }, STATUS_DEGRADED },
		{ { STATUS_TIMEOUT, STATUS_DEGRADED, STATUS_OK }, STATUS_NOT_CONNECTED },
		{ { STATUS_DEGRADED, STATUS_UNRESOLVED, STATUS_OK }, STATUS_NOT_CONNECTED },
		{ { STATUS_OK, STATUS_OK, STATUS_NOT_CONNECTED }, STATUS_NOT_CONNECTED },
		{ { STATUS_HOST, STATUS_NOT_CONNECTED, STATUS_OK }, STATUS_HOST },
		{ { STATUS_NOT_CONNECTED, STATUS_USAGE, STATUS_OK }, STATUS_HOST },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct summary s = { 0 };

		for (size_t j = 0; j < 3; j++)
			summary_add(&s, RESULT_CONNECTED, cases[i].statuses[j], 0);
		assert_int_equal(s.status, cases[i].expected);
		assert_int_equal(s.targets, 3);
	}
}

/* How many have a result that is neither connected nor interrupted. */
static size_t count_failed(const struct summary *s)
{
	return s->targets - s->words[RESULT_CONNECTED] - s->interrupted - s->untried;
}

static void summaries(void **state)
{
	struct fixture *f = *state;
	struct summary s = { .took_us = 1234000 };

	summary_add(&s, RESULT_CONNECTED, 0, 0);
	summary_add(&s, RESULT_REFUSED, 1, 0);
	report_summary(&f->capture.reporter, &s);
	assert_printed(f, "2 targets in 1.2 s: 1 connected, 1 refused\n", "");
	assert_int_equal(count_failed(&s), 1);
	summary_add(&s, RESULT_FAILED, 130, SIGINT);
	summary_add_untried(&s, 2);
	assert_int_equal(s.status, 128 + SIGINT);
	assert_int_equal(count_failed(&s), 1);
	f->capture.reporter.format = FORMAT_JSON;
	report_summary(&f->capture.reporter, &s);
	assert_string_equal(
		strchr(read_back(&f->capture), '\n') + 1,
		"{\"schema\":2,\"event\":\"summary\",\"time_ms\":1234.0,\"exit_status\":130,"
		"\"signal\":\"SIGINT\",\"targets\":5,\"results\":{\"connected\":1,\"degraded\":0,"
		"\"closed\":0,\"refused\":1,\"timeout\":0,\"unreachable\":0,\"aborted\":0,"
		"\"unresolved\":0,\"unsupported\":0,\"failed\":0},\"interrupted\":1,\"untried\":2}"
		"\n");
}

/* In JSON the result has the name; in full the report follows the line. */
static void other_forms(void **state)
{
	struct fixture *f = *state;
	const char *out;
	size_t length;

	f->target.known_as = "hss1";
	f->result.target = &f->target;
	make_up(f);
	report_target(&f->capture.reporter, &f->result, 4, true);
	out = read_back(&f->capture);
	assert_int_equal(strncmp(out, "hss1  connected", 15), 0);
	assert_non_null(strstr(out, "\nconnected  association 3"));
	f->capture.reporter.format = FORMAT_JSON;
	report_target(&f->capture.reporter, &f->result, 4, true);
	out = read_back(&f->capture);
	assert_non_null(strstr(out, "{\"schema\":2,\"name\":\"hss1\",\"target\":"));
	assert_null(strstr(strstr(out, "\"name\"") + 1, "\"name\""));
	length = strlen(out);
	f->capture.reporter.quiet = true;
	report_target(&f->capture.reporter, &f->result, 4, true);
	report_summary(&f->capture.reporter, &(struct summary){ 0 });
	assert_int_equal(strlen(read_back(&f->capture)), length);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		report_test(up),        report_test(failed),      report_test(status_of_all),
		report_test(summaries), report_test(other_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
