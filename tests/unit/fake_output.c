/* SPDX-License-Identifier: MIT */
#include "fake_output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

static FILE *errors;
static int saved_stderr;

FILE *fake_output_open(void)
{
	int fd = memfd_create("output", MFD_CLOEXEC);
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

	assert_non_null(out);
	return out;
}

char *fake_output_text(FILE *out)
{
	struct stat file;
	char *text;

	fflush(out);
	assert_int_equal(fstat(fileno(out), &file), 0);
	text = xcalloc((size_t)file.st_size + 1, 1);
	assert_int_equal(pread(fileno(out), text, (size_t)file.st_size, 0), file.st_size);
	return text;
}

char *fake_output_close(FILE *out)
{
	char *text = fake_output_text(out);

	fclose(out);
	return text;
}

void fake_stderr_begin(void)
{
	errors = fake_output_open();
	fflush(stderr);
	saved_stderr = dup(STDERR_FILENO);
	assert_true(saved_stderr >= 0);
	assert_true(dup2(fileno(errors), STDERR_FILENO) >= 0);
}

const char *fake_stderr_end(void)
{
	static char said[65536];
	ssize_t length;

	assert_true(dup2(saved_stderr, STDERR_FILENO) >= 0);
	close(saved_stderr);
	length = pread(fileno(errors), said, sizeof(said) - 1, 0);
	assert_true(length >= 0);
	said[length] = '\0';
	fclose(errors);
	return said;
}
