/* SPDX-License-Identifier: MIT */
/* metrics.c: what is known of targets and paths, and the file that is replaced. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "fake_report.h"
#include "report/metrics.h"

static char directory[] = "/tmp/metrics.XXXXXX";
static char file[64];

static int make_directory(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(file, sizeof(file), "%s/sctp.prom", directory);
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	unlink(file);
	/* Nothing else is left in it. */
	return rmdir(directory);
}

static struct metrics *begin(struct fixture *f, const char *where, size_t targets)
{
	f->result.target = &f->target;
	f->capture.reporter.metrics = metrics_new(where, targets);
	return f->capture.reporter.metrics;
}

static void end(struct fixture *f)
{
	metrics_free(f->capture.reporter.metrics);
	f->capture.reporter.metrics = NULL;
}

static const char *content(void)
{
	static char text[8192];
	FILE *in = fopen(file, "r");
	size_t length;

	assert_non_null(in);
	length = fread(text, 1, sizeof(text) - 1, in);
	text[length] = '\0';
	fclose(in);
	return text;
}

static void assert_has(const char *line)
{
	const char *text = content(), *at = strstr(text, line);

	if (!at || (at != text && at[-1] != '\n') || at[strlen(line)] != '\n')
		fail_msg("no line '%s' in:\n%s", line, text);
}

static void assert_has_not(const char *part)
{
	if (strstr(content(), part))
		fail_msg("'%s' in:\n%s", part, content());
}

static struct path_result *verified(struct fixture *f, const char *address, const char *link)
{
	struct path_result *p = add_live_path(f, address, 5000);

	p->verdict = VERDICT_VERIFIED;
	strcpy(p->route.link, link);
	p->rtt_us = 1500;
	p->heartbeats = 3;
	p->answered = 2;
	return p;
}

static void results(void **state)
{
	struct fixture *f = *state;

	begin(f, file, 2);
	f->capture.reporter.quiet = true;
	f->target.known_as = "a \"b\" \\c";
	make_up(f);
	f->result.stack = "kernel";
	f->result.links = 1;
	verified(f, "10.1.1.2", "eth0");
	add_path(f, "fd01::2", 5000, VERDICT_DEAD);
	add_live_path(f, "10.1.3.2", 5000); /* not asked */
	report_target(&f->capture.reporter, &f->result, 0, false);
	f->target.known_as = "two";
	f->target.place = 1;
	f->result.association.path_count = 0;
	f->result.links = 0;
	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 400);
	set_reason(f, FOUND(.code = FINDING_NO_SCTP), FOUND(.code = FINDING_NONE));
	report_target(&f->capture.reporter, &f->result, 0, false);
	assert_int_equal(report_finish(&f->capture.reporter), STATUS_OK);
	assert_has("# TYPE sctp_target_up gauge");
	assert_has("# TYPE sctp_path_heartbeats_sent_total counter");
	assert_has("sctp_target_up{target=\"a \\\"b\\\" \\\\c\",stack=\"kernel\"} 1");
	assert_has("sctp_target_up{target=\"two\",stack=\"kernel\"} 0");
	assert_has("sctp_target_result{target=\"two\",stack=\"kernel\",result=\"refused\"} 1");
	assert_has("sctp_target_cause{target=\"two\",stack=\"kernel\",code=\"no-sctp\"} 1");
	assert_has("sctp_connect_seconds{target=\"a \\\"b\\\" \\\\c\",stack=\"kernel\"} "
		   "0.02268");
	assert_has_not("sctp_connect_seconds{target=\"two\"");
	assert_has("sctp_links{target=\"a \\\"b\\\" \\\\c\",stack=\"kernel\"} 1");
	assert_has_not("sctp_links{target=\"two\"");
#define PATH "{target=\"a \\\"b\\\" \\\\c\",stack=\"kernel\",path="
	assert_has("sctp_path_up" PATH "\"10.1.1.2\",link=\"eth0\"} 1");
	assert_has("sctp_path_up" PATH "\"fd01::2\",link=\"\"} 0");
	assert_has_not("sctp_path_up" PATH "\"10.1.3.2\"");
	assert_has("sctp_path_rtt_seconds" PATH "\"10.1.1.2\",link=\"eth0\"} 0.0015");
	assert_has_not("sctp_path_rtt_seconds" PATH "\"fd01::2\"");
	assert_has("sctp_path_heartbeats_sent_total" PATH "\"10.1.1.2\",link=\"eth0\"} 3");
	assert_has("sctp_path_heartbeats_answered_total" PATH "\"10.1.1.2\",link=\"eth0\"} 2");
	end(f);
}

/* The monitor's figures take the place of the probe's, and each round writes the file. */
static void events(void **state)
{
	struct fixture *f = *state;
	struct monitor_path path = { .verdict = VERDICT_DEAD, .sent = 7, .answered = 5 };
	struct monitor_path other = { .verdict = VERDICT_UNVERIFIED };
	struct monitor monitor = { .result = &f->result, .paths = &path, .path_count = 1 };
	struct monitor_event event = { .type = MONITOR_PATH, .monitor = &monitor, .path = &path };

	begin(f, file, 1);
	f->target.name = "10.1.1.2:5000";
	f->capture.reporter.quiet = true;
	make_up(f);
	f->result.stack = "kernel";
	path.address = verified(f, "10.1.1.2", "eth0")->path.address;
	report_result(&f->capture.reporter, &f->result);
	report_monitor_event(&f->capture.reporter, &event);
	event.type = MONITOR_ROUND;
	event.path = NULL;
	report_monitor_event(&f->capture.reporter, &event);
#undef PATH
#define PATH "{target=\"10.1.1.2:5000\",stack=\"kernel\",path=\"10.1.1.2\",link=\"eth0\"}"
	assert_has("sctp_path_up" PATH " 0");
	assert_has("sctp_path_heartbeats_sent_total" PATH " 7");
	assert_has("sctp_path_state_changes_total" PATH " 1");
	/* The peer adds an address, and takes it away again. */
	other.address = make_address("10.1.2.2", 5000);
	event = (struct monitor_event){ .type = MONITOR_ADDED,
					.monitor = &monitor,
					.path = &other };
	report_monitor_event(&f->capture.reporter, &event);
	event.type = MONITOR_ROUND;
	event.path = NULL;
	report_monitor_event(&f->capture.reporter, &event);
	assert_has("sctp_path_heartbeats_sent_total{target=\"10.1.1.2:5000\",stack=\"kernel\","
		   "path=\"10.1.2.2\",link=\"\"} 0");
	event.type = MONITOR_REMOVED;
	event.path = &other;
	report_monitor_event(&f->capture.reporter, &event);
	event.type = MONITOR_ROUND;
	event.path = NULL;
	report_monitor_event(&f->capture.reporter, &event);
	assert_has_not("10.1.2.2");
	event = (struct monitor_event){ .type = MONITOR_DOWN,
					.monitor = &monitor,
					.cause = { .code = FINDING_ABORTED_BY_PEER } };
	report_monitor_event(&f->capture.reporter, &event);
	assert_has("sctp_target_up{target=\"10.1.1.2:5000\",stack=\"kernel\"} 0");
	assert_has("sctp_target_result{target=\"10.1.1.2:5000\",stack=\"kernel\",result=\"aborted\""
		   "} 1");
	assert_has("sctp_target_cause{target=\"10.1.1.2:5000\",stack=\"kernel\",code=\"aborted-by-"
		   "peer\"} 1");
	end(f);
}

/* What cannot be written is reported, and what was there before stays. */
static void failures(void **state)
{
	struct fixture *f = *state;
	char nowhere[80];
	struct stat null;

	begin(f, "/dev/null", 1);
	assert_false(metrics_write(f->capture.reporter.metrics, &f->capture.reporter));
	assert_int_equal(report_finish(&f->capture.reporter), STATUS_HOST);
	assert_int_equal(stat("/dev/null", &null), 0);
	assert_true(S_ISCHR(null.st_mode));
	end(f);
	snprintf(nowhere, sizeof(nowhere), "%s/no/such", directory);
	begin(f, nowhere, 1);
	assert_int_equal(report_finish(&f->capture.reporter), STATUS_HOST);
	end(f);
}

static void standard_output(void **state)
{
	struct fixture *f = *state;

	begin(f, "-", 1);
	f->target.known_as = "one";
	make_up(f);
	f->capture.reporter.quiet = true;
	report_result(&f->capture.reporter, &f->result);
	assert_int_equal(report_finish(&f->capture.reporter), STATUS_OK);
	assert_non_null(strstr(read_back(&f->capture), "\nsctp_target_up{target=\"one\","));
	end(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		report_test(results),
		report_test(events),
		report_test(failures),
		report_test(standard_output),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
