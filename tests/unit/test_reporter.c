/* SPDX-License-Identifier: MIT */
/* reporter.c: colours, and output that cannot be written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "report/reporter.h"

/* More than a pipe holds. */
#define LONG_RECORD 1000000

/* A pipe that does not block, and what becomes of it while the reporter waits for room. */
static struct {
	int ends[2];
	FILE *out;
	int write_error;
	struct reporter reporter;
	unsigned waits;
	size_t gulp; /* bytes that are read each time; 0: none, the time is over */
	char *read;
	size_t read_length;
} outlet;

/* Replaces libc's: no other descriptor is polled here, and no time passes. */
int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	ssize_t length;

	assert_int_equal(count, 1);
	assert_int_equal(fds->fd, outlet.ends[1]);
	assert_int_equal(fds->events, POLLOUT);
	assert_in_range(timeout_ms, 1, 10000);
	outlet.waits++;
	if (!outlet.gulp)
		return 0;
	outlet.read = xreallocarray(outlet.read, outlet.read_length + outlet.gulp, 1);
	length = read(outlet.ends[0], outlet.read + outlet.read_length, outlet.gulp);
	assert_true(length > 0);
	outlet.read_length += (size_t)length;
	fds->revents = POLLOUT;
	return 1;
}

static int setup(void **state)
{
	(void)state;
	memset(&outlet, 0, sizeof(outlet));
	assert_int_equal(pipe2(outlet.ends, O_NONBLOCK | O_CLOEXEC), 0);
	outlet.out = fdopen(outlet.ends[1], "w");
	outlet.reporter =
		(struct reporter){ .out = outlet.out, .write_error = &outlet.write_error };
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fclose(outlet.out);
	close(outlet.ends[0]);
	free(outlet.read);
	return 0;
}

/* --- Colours ---------------------------------------------------------------------------------- */

static void color_wanted(void **state)
{
	FILE *null = fopen("/dev/null", "w");

	(void)state;
	assert_non_null(null);
	setenv("NO_COLOR", "1", 1);
	assert_true(reporter_wants_color(COLOR_ALWAYS, null));
	assert_false(reporter_wants_color(COLOR_NEVER, null));
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	assert_false(reporter_wants_color(COLOR_AUTO, null));
	fclose(null);
}

static void color_on_a_terminal(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	FILE *terminal;

	(void)state;
	terminal = master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0
			   ? fopen(ptsname(master), "w")
			   : NULL;
	if (!terminal) {
		print_message("there is no terminal to be had here\n");
		skip();
	}
	setenv("TERM", "xterm", 1);
	setenv("NO_COLOR", "", 1);
	assert_true(reporter_wants_color(COLOR_AUTO, terminal));
	setenv("NO_COLOR", "1", 1);
	assert_false(reporter_wants_color(COLOR_AUTO, terminal));
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	assert_false(reporter_wants_color(COLOR_AUTO, terminal));
	unsetenv("TERM");
	assert_false(reporter_wants_color(COLOR_AUTO, terminal));
	fclose(terminal);
	close(master);
}

/* --- Output that goes nowhere ----------------------------------------------------------------- */

static void emit(const char *text)
{
	reporter_emit(&outlet.reporter, text, strlen(text));
}

/* What reporter_finish() says on stderr, in a child, and its status. */
static void assert_finish(int expected, const char *message)
{
	char said[256];
	int ends[2], status;
	ssize_t length;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		_exit(reporter_finish(&outlet.reporter));
	}
	close(ends[1]);
	length = read(ends[0], said, sizeof(said) - 1);
	close(ends[0]);
	assert_true(length >= 0);
	said[length] = '\0';
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
	assert_string_equal(said, message);
}

static void all_is_well(void **state)
{
	char text[8] = "";

	(void)state;
	emit("one\n");
	assert_false(reporter_broken(&outlet.reporter));
	assert_int_equal(outlet.waits, 0);
	assert_finish(STATUS_OK, "");
	assert_int_equal(read(outlet.ends[0], text, sizeof(text)), 4);
	assert_string_equal(text, "one\n");
}

static void full_device(void **state)
{
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full);
	outlet.reporter.out = full;
	emit("one\n");
	assert_true(reporter_broken(&outlet.reporter));
	emit("two\n");
	assert_finish(STATUS_HOST,
		      "sctp-connect: cannot write to standard output: No space left on device\n");
	fclose(full);
}

/* The help goes through the buffer. */
static void full_device_and_buffer(void **state)
{
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full);
	outlet.reporter.out = full;
	fputs("help\n", full);
	assert_finish(STATUS_HOST,
		      "sctp-connect: cannot write to standard output: No space left on device\n");
	fclose(full);
}

static void reader_has_gone(void **state)
{
	(void)state;
	close(outlet.ends[0]);
	outlet.ends[0] = -1;
	emit("one\n");
	assert_true(reporter_broken(&outlet.reporter));
	assert_int_equal(outlet.write_error, EPIPE);
	emit("two\n");
	assert_int_equal(outlet.waits, 0);
	assert_finish(STATUS_HOST, "sctp-connect: cannot write to standard output: Broken pipe\n");
}

static void no_memory(void **state)
{
	(void)state;
	reporter_emit(&outlet.reporter, NULL, 0);
	assert_true(reporter_broken(&outlet.reporter));
	assert_finish(STATUS_HOST,
		      "sctp-connect: cannot write to standard output: Cannot allocate memory\n");
}

static char *long_record(void)
{
	char *text = xcalloc(LONG_RECORD + 1, 1);

	for (size_t i = 0; i < LONG_RECORD; i++)
		text[i] = (char)('a' + i % 23);
	return text;
}

/* Whole, though the pipe takes it in pieces. */
static void slow_reader(void **state)
{
	char *text = long_record();

	(void)state;
	outlet.gulp = 9999;
	emit(text);
	assert_false(reporter_broken(&outlet.reporter));
	assert_in_range(outlet.waits, 10, LONG_RECORD / 4096);
	while (outlet.read_length < LONG_RECORD)
		poll(&(struct pollfd){ .fd = outlet.ends[1], .events = POLLOUT }, 1, 1);
	assert_int_equal(outlet.read_length, LONG_RECORD);
	assert_memory_equal(outlet.read, text, LONG_RECORD);
	free(text);
}

/* One that reads nothing is waited for once, not for every record. */
static void stopped_reader(void **state)
{
	char *text = long_record();

	(void)state;
	emit(text);
	assert_true(reporter_broken(&outlet.reporter));
	emit(text);
	emit("two\n");
	assert_int_equal(outlet.waits, 1);
	assert_finish(STATUS_HOST, "sctp-connect: cannot write to standard output: it is full, and "
				   "no program reads it\n");
	free(text);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(color_wanted),
		cmocka_unit_test(color_on_a_terminal),
		test(all_is_well),
		test(full_device),
		test(full_device_and_buffer),
		test(reader_has_gone),
		test(no_memory),
		test(slow_reader),
		test(stopped_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
