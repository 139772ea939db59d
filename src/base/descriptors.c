/* SPDX-License-Identifier: MIT */
#include "base/descriptors.h"

#include <errno.h>
#include <limits.h>
#include <sys/param.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of an attempt: at least, and on the stack that needs the most. */
#define EACH     2
#define EACH_MAX 4
/* Of the rest of the program, with look-ups. */
#define OTHER 24
/* More is never asked for. */
#define WANTED_MAX (1u << 20)

size_t descriptors_make_room(size_t wanted)
{
	rlim_t needed = OTHER + EACH * (rlim_t)MIN(wanted, WANTED_MAX);
	rlim_t asked = OTHER + EACH_MAX * (rlim_t)MIN(wanted, WANTED_MAX);
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return wanted;
	if (limit.rlim_cur < asked) {
		struct rlimit higher = limit;

		higher.rlim_cur = MIN(limit.rlim_max, asked);
		if (setrlimit(RLIMIT_NOFILE, &higher) == 0)
			limit = higher;
	}
	if (limit.rlim_cur >= needed)
		return wanted;
	return limit.rlim_cur < OTHER + EACH ? MIN(wanted, 4) : (limit.rlim_cur - OTHER) / EACH;
}

int descriptors_leave(int fd, int kept)
{
	if (dup2(fd, kept) < 0)
		return -errno;
#ifdef SYS_close_range
	if (syscall(SYS_close_range, kept + 1, UINT_MAX, 0) == 0)
		return 0;
#endif
	for (long other = sysconf(_SC_OPEN_MAX); other > kept; other--)
		close((int)other);
	return 0;
}
