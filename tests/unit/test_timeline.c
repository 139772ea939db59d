/* SPDX-License-Identifier: MIT */
/* What -v and the progress line show, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/loop.h"
#include "base/timeline.h"
#include "fake_output.h"

static void timeline_note_only_when_verbose(void **state)
{
	struct timeline t = { .start_us = loop_now_us() - 12345 };

	(void)state;
	fake_stderr_begin();
	timeline_note(&t, "unseen");
	assert_string_equal(fake_stderr_end(), "");

	t.verbose = true;
	fake_stderr_begin();
	timeline_note(&t, "connect to %s", "10.1.1.2");
	assert_string_equal(fake_stderr_end(), "    12.3 ms  connect to 10.1.1.2\n");

	t.label = "10.1.1.2 alone: ";
	fake_stderr_begin();
	timeline_note(&t, "the call has begun");
	assert_string_equal(fake_stderr_end(), "    12.3 ms  10.1.1.2 alone: the call has begun\n");
}

static void timeline_progress_stands_until_cleared(void **state)
{
	struct timeline t = { .progress = false };
	char longer[200];

	(void)state;
	fake_stderr_begin();
	timeline_progress(&t, "unseen");
	timeline_clear(&t);
	assert_string_equal(fake_stderr_end(), "");
	assert_false(t.shown);

	t.progress = true;
	fake_stderr_begin();
	timeline_progress(&t, "waiting for %d", 3);
	assert_true(t.shown);
	timeline_clear(&t);
	assert_false(t.shown);
	timeline_clear(&t);
	assert_string_equal(fake_stderr_end(), "\rwaiting for 3\033[K\r\033[K");

	/* Not a terminal: as if it had 80 columns. */
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	fake_stderr_begin();
	timeline_progress(&t, "%s", longer);
	assert_int_equal(strspn(fake_stderr_end() + 1, "x"), 79);
}

static void timeline_progress_fits_the_terminal(void **state)
{
	struct timeline t = { .progress = true };
	struct winsize size = { .ws_col = 20, .ws_row = 5 };
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	char text[256];
	int terminal;
	ssize_t length;
	int saved;

	(void)state;
	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		skip();
	terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(terminal >= 0);
	assert_int_equal(ioctl(terminal, TIOCSWINSZ, &size), 0);

	saved = dup(STDERR_FILENO);
	dup2(terminal, STDERR_FILENO);
	timeline_progress(&t, "0123456789012345678901234567890123456789");
	dup2(saved, STDERR_FILENO);
	close(saved);

	length = read(master, text, sizeof(text) - 1);
	assert_true(length > 0);
	text[length] = '\0';
	assert_string_equal(text, "\r0123456789012345678\033[K");
	close(terminal);
	close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timeline_note_only_when_verbose),
		cmocka_unit_test(timeline_progress_stands_until_cleared),
		cmocka_unit_test(timeline_progress_fits_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
