/* SPDX-License-Identifier: MIT */
/* text_listen.c: exactly what is printed for the events of --listen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_report.h"
#include "report/text.h"

static void assert_event(struct fixture *f, const struct listen_event *event, const char *out)
{
	report_listen_event(&f->capture.reporter, event);
	assert_printed(f, out, "");
}

static void text_listening(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_ready(f);

	assert_event(f, &event, "listening on 10.1.1.2:5000 [fd01:2::2]:5000 (kernel)\n");
}

static void text_up(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_came(f);

	assert_event(f, &event,
		     "up         association 4 from 10.1.1.1:40312, streams 10 out 10 in\n"
		     "  10.1.2.1:40312  unverified  rto 250 ms  mtu 1500  unconfirmed\n"
		     "  10.1.1.1:40312  unverified  rto 250 ms  mtu 1500  primary\n");
}

static void text_up_and_gone(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_gone(f);

	assert_event(f, &event, "up         association 4 from 10.1.1.1:40312\n");
}

static void text_path(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_path_event();

	assert_event(f, &event, "path       association 4, 10.1.2.1:40312 inactive\n");
}

static void text_closed(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_closed();

	assert_event(f, &event,
		     "down       association 4 closed by the peer, 12 messages 480 bytes echoed\n");
}

static void text_lost(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_lost();

	f->capture.reporter.color = true;
	assert_event(
		f, &event,
		"\033[31mdown\033[0m       association 4 lost: ECONNRESET: aborted by the peer,"
		" 1 message 1 byte echoed\n");
}

static void text_end(void **state)
{
	struct fixture *f = *state;
	struct listen_event event = make_end();

	assert_event(f, &event,
		     "end        3 associations, 5000000000 messages 120 bytes echoed:"
		     " ended by SIGINT\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		report_test(text_listening),   report_test(text_up),
		report_test(text_up_and_gone), report_test(text_path),
		report_test(text_closed),      report_test(text_lost),
		report_test(text_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
