/* SPDX-License-Identifier: MIT */
/* target_file.c: the lines of --targets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "options.h"
#include "target_file.h"

/* A file, the options of the command line, and what was read. */
struct fixture {
	char file[32];
	struct options options;
	struct target_list list;
	struct message why;
	int status;
};

static int setup(void **state)
{
	static struct fixture f;
	int fd;

	memset(&f, 0, sizeof(f));
	strcpy(f.file, "/tmp/targets.XXXXXX");
	fd = mkstemp(f.file);
	assert_true(fd >= 0);
	close(fd);
	*state = &f;
	return 0;
}

static void forget(struct fixture *f)
{
	target_list_free(&f->list);
	options_free(&f->options);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	forget(f);
	unlink(f->file);
	return 0;
}

static void write_file(const struct fixture *f, const char *text, size_t length)
{
	FILE *out = fopen(f->file, "w");

	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, length, out), length);
	assert_int_equal(fclose(out), 0);
}

/* arguments: of the command line, beside --targets; NULL: none. */
static void read_it(struct fixture *f, const char *const *arguments)
{
	char *argv[16] = { (char[]){ "sctp-connect" }, (char[]){ "-T" }, f->file };
	int argc = 3;

	while (arguments && *arguments)
		argv[argc++] = (char *)(uintptr_t)*arguments++;
	forget(f);
	assert_int_equal(options_parse(&f->options, argc, argv, &f->why), STATUS_OK);
	f->status = target_list_read(&f->list, &f->options, &f->why);
}

#define READ(f, text, ...)                  \
	(write_file(f, text, strlen(text)), \
	 read_it(f, (const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL }))

static void expect_targets(const struct fixture *f, size_t count)
{
	if (f->status != STATUS_OK)
		fail_msg("%s", f->why.text);
	assert_int_equal(f->list.count, count);
}

/* The message, after the name of the file. */
static void expect_error(struct fixture *f, const char *text, const char *why)
{
	READ(f, text);
	assert_int_equal(f->status, STATUS_USAGE);
	assert_int_equal(strncmp(f->why.text, f->file, strlen(f->file)), 0);
	assert_string_equal(f->why.text + strlen(f->file), why);
}

static void lines(void **state)
{
	struct fixture *f = *state;
	const struct fleet_target *t;

	READ(f,
	     "# all of them\n"
	     "\n"
	     "  hss1\t10.1.1.2:3868 10.1.2.2   # the first\r\n"
	     "hss#2 -p 5000 10.1.1.3 -w 700ms -R all --each\n"
	     "#no 10.0.0.1:1\n"
	     "mme mme.example -p s1ap -a 10.1.1.4",
	     "-v");
	expect_targets(f, 3);
	t = f->list.targets;
	assert_string_equal(t[0].name, "hss1");
	assert_int_equal(t[0].line, 3);
	assert_int_equal(t[0].peer.given_count, 2);
	assert_int_equal(t[0].peer.port, 3868);
	assert_int_equal(t[0].options->timeout_us, 5000000);
	assert_true(t[0].options->verbose);
	assert_string_equal(t[1].name, "hss#2");
	assert_int_equal(t[1].peer.port, 5000);
	assert_int_equal(t[1].options->timeout_us, 700000);
	assert_true(t[1].options->require == REQUIRE_ALL);
	assert_true(t[1].options->each);
	assert_false(t[0].options->each);
	assert_int_equal(t[2].peer.given_count, 2);
	assert_int_equal(t[2].peer.port, 36412);
	assert_int_equal(t[2].line, 6);
	assert_ptr_equal(t[2].options, t[0].options);
	assert_ptr_not_equal(t[1].options, t[0].options);
}

/* What a line does not say is as on the command line. */
static void defaults(void **state)
{
	struct fixture *f = *state;
	const struct fleet_target *t;

	READ(f,
	     "a 10.0.0.1\n"
	     "b 10.0.0.2 -p 2 -b 10.9.0.3 -w 3 -6\n",
	     "-p", "1", "-b", "10.9.0.1", "-b", "10.9.0.2", "-w", "2", "-4", "-R", "3");
	expect_targets(f, 2);
	t = f->list.targets;
	assert_int_equal(t[0].peer.port, 1);
	assert_int_equal(t[0].local.given_count, 2);
	assert_int_equal(t[0].options->timeout_us, 2000000);
	assert_int_equal(t[0].options->family, AF_INET);
	assert_int_equal(t[0].options->require, 3);
	assert_int_equal(t[1].peer.port, 2);
	assert_int_equal(t[1].local.given_count, 1);
	assert_int_equal(t[1].options->timeout_us, 3000000);
	assert_int_equal(t[1].options->family, AF_INET6);
	assert_int_equal(t[1].options->require, 3);
	/* Options that do not go together, one here and one there. */
	READ(f, "a 10.0.0.1:1 -R 2\n", "--no-probe");
	assert_int_equal(f->status, STATUS_USAGE);
	assert_non_null(strstr(f->why.text, ":1: a: -R/--require cannot be used with --no-probe"));
}

static void errors(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "a 10.0.0.1:1\nb 10.0.0.2:2 --tiemout 3\n",
		  ":2: b: unknown option '--tiemout': did you mean --timeout?" },
		{ "a 10.0.0.1:1 -w soon\n",
		  ":1: a: -w soon: not a time: a number with ms, s or m, such as 500ms, at most 24 "
		  "hours" },
		{ "a 10.0.0.1:1 -w\n", ":1: a: option '-w' needs a TIME" },
		{ "a\n", ":1: a: it has no address" },
		{ "a -w 3\n", ":1: a: it has no address" },
		{ "-a 10.0.0.1:1\n", ":1: -a: a line begins with the name of its target" },
		{ "a 10.0.0.1:1 -j\n", ":1: a: -j/--json is for all targets: give it on the "
				       "command line" },
		{ "a 10.0.0.1:1 --help\n",
		  ":1: a: -h/--help is for all targets: give it on the command line" },
		{ "a 10.0.0.1:1 -4 -6\n", ":1: a: -4/--ipv4 cannot be used with -6/--ipv6" },
		{ "a 10.0.0.1:1\n\n# x\na 10.0.0.2:1\n", ":4: a: line 1 has the same name" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_error(f, cases[i].text, cases[i].why);
	/* A word of the target's own parser. */
	READ(f, "a 10.0.0.1:99999\n");
	assert_int_equal(f->status, STATUS_USAGE);
	assert_non_null(strstr(f->why.text, "99999"));
}

static void files(void **state)
{
	struct fixture *f = *state;
	const char nul[] = "a 10.0.0.1:1\nb\0 10.0.0.2:1\n";

	READ(f, "# nothing\n");
	assert_int_equal(f->status, STATUS_USAGE);
	assert_non_null(strstr(f->why.text, "it has no target"));
	write_file(f, nul, sizeof(nul) - 1);
	read_it(f, NULL);
	assert_int_equal(f->status, STATUS_USAGE);
	assert_non_null(strstr(f->why.text, "it has a NUL"));
	unlink(f->file);
	read_it(f, NULL);
	assert_int_equal(f->status, STATUS_USAGE);
	assert_non_null(strstr(f->why.text, "cannot be read: No such file"));
	strcpy(f->file, "/tmp");
	read_it(f, NULL);
	assert_int_equal(f->status, STATUS_USAGE);
	assert_non_null(strstr(f->why.text, "cannot be read: Is a directory"));
	/* It has no end. */
	strcpy(f->file, "/dev/zero");
	read_it(f, NULL);
	assert_int_equal(f->status, STATUS_USAGE);
	assert_non_null(strstr(f->why.text, "cannot be read: File too large"));
	strcpy(f->file, "/nonexistent");
}

#define MANY 100000

/* Every line has its own name and addresses; one that comes twice is found at the very end. */
static void very_many(void **state)
{
	struct fixture *f = *state;
	FILE *out = fopen(f->file, "w");

	assert_non_null(out);
	for (unsigned i = 0; i < MANY; i++)
		fprintf(out, "t%u 10.%u.%u.%u:3868 -w 2s\n", i, i >> 16, i >> 8 & 255, i & 255);
	fclose(out);
	read_it(f, NULL);
	expect_targets(f, MANY);
	assert_string_equal(f->list.targets[MANY - 1].name, "t99999");
	out = fopen(f->file, "a");
	assert_non_null(out);
	fputs("t0 10.0.0.1:1\n", out);
	fclose(out);
	read_it(f, NULL);
	assert_int_equal(f->status, STATUS_USAGE);
	assert_non_null(strstr(f->why.text, ":100001: t0: line 1 has the same name"));
}

#define file_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		file_test(lines), file_test(defaults),  file_test(errors),
		file_test(files), file_test(very_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
