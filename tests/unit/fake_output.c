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
