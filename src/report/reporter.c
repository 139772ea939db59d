/* SPDX-License-Identifier: MIT */
#include "report/reporter.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"

/* How long to wait for a full stdout while nothing is read from it. */
#define ROOM_BOUND_MS 3000

bool reporter_wants_color(enum color color, FILE *out)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	if (no_color && *no_color)
		return false;
	return term && strcmp(term, "dumb") != 0 && isatty(fileno(out));
}

bool reporter_broken(const struct reporter *reporter)
{
	return *reporter->write_error != 0;
}

/* For a descriptor that does not block. False: its reader reads nothing any more. */
static bool wait_for_room(int fd)
{
	struct pollfd out = { .fd = fd, .events = POLLOUT };

	return poll(&out, 1, ROOM_BOUND_MS) > 0;
}

/* Returns 0 or a positive errno. */
static int write_all(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t written = write(fd, text, length);

		if (written >= 0) {
			text += written;
			length -= (size_t)written;
		} else if (errno == EAGAIN && !wait_for_room(fd)) {
			return EAGAIN;
		} else if (errno != EAGAIN && errno != EINTR) {
			return errno;
		}
	}
	return 0;
}

void reporter_emit(const struct reporter *reporter, const char *text, size_t length)
{
	if (!reporter_broken(reporter))
		*reporter->write_error = text ? write_all(fileno(reporter->out), text, length)
					      : ENOMEM;
}

int reporter_finish(const struct reporter *reporter)
{
	bool lost = ferror(reporter->out) || reporter_broken(reporter);
	int error = *reporter->write_error;

	if (fflush(reporter->out) != 0) {
		lost = true;
		error = error ? error : errno;
	}
	if (!lost)
		return STATUS_OK;
	if (error == EAGAIN)
		warn("cannot write to standard output: it is full, and no program reads it");
	else if (error)
		warn("cannot write to standard output: %s", strerror(error));
	else
		warn("cannot write to standard output");
	return STATUS_HOST;
}
