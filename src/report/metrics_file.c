/* SPDX-License-Identifier: MIT */
#include "report/metrics_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "report/text.h"

void metrics_put_head(FILE *f, const char *name, const char *type, const char *help)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metrics_put_label(FILE *f, const char *separator, const char *name, const char *value)
{
	char shown[NAME_TEXT_MAX];

	fprintf(f, "%s%s=\"", separator, name);
	for (value = printable(value, shown, sizeof(shown)); *value; value++) {
		if (*value == '"' || *value == '\\')
			putc('\\', f);
		putc(*value, f);
	}
	putc('"', f);
}

struct page {
	const char *file;
	void (*put)(FILE *f, const void *what);
	const void *what;
};

/* 0, or a positive errno. */
static int write_text(FILE *f, const struct page *p)
{
	p->put(f, p->what);
	return fflush(f) == 0 && !ferror(f) ? 0 : errno ? errno : EIO;
}

static int replace(const struct page *p, const char *beside)
{
	FILE *f = fopen(beside, "wxe");
	int error;

	if (!f)
		return errno;
	error = write_text(f, p);
	if (fclose(f) < 0 && !error)
		error = errno;
	if (!error && rename(beside, p->file) < 0)
		error = errno;
	if (error)
		unlink(beside);
	return error;
}

static bool complain(const char *file, const char *what)
{
	char shown[PRINTABLE_MAX];

	warn("--metrics %s: cannot be written: %s", printable(file, shown, sizeof(shown)), what);
	return false;
}

bool metrics_write_file(const char *file, const struct reporter *reporter,
			void (*put)(FILE *f, const void *what), const void *what)
{
	const struct page page = { file, put, what };
	size_t size = strlen(file) + 32;
	struct record record;
	struct stat there;
	char *beside;
	int error;

	if (!strcmp(file, "-")) {
		(void)write_text(record_start(&record, reporter), &page);
		record_finish(&record);
		return !reporter_broken(reporter);
	}
	/* The rename would take the place of a device. */
	if (stat(file, &there) == 0 && !S_ISREG(there.st_mode))
		return complain(file, "it is not a file");
	beside = xcalloc(size, 1);
	snprintf(beside, size, "%s.%ld.tmp", file, (long)getpid());
	error = replace(&page, beside);
	free(beside);
	return error ? complain(file, strerror(error)) : true;
}
