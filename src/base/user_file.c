/* SPDX-License-Identifier: MIT */
#include "base/user_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

#define ONLY_OWNER 0600

static int make_own(int fd)
{
	struct stat file;

	if (fstat(fd, &file) < 0)
		return -errno;
	if (!S_ISREG(file.st_mode))
		return -EEXIST;
	if (file.st_uid != geteuid())
		return -EXDEV; /* who could change the mode again */
	if (file.st_nlink != 1)
		return -EMLINK; /* another name of it, perhaps not by its owner's will */
	return fchmod(fd, ONLY_OWNER) < 0 || ftruncate(fd, 0) < 0 ? -errno : 0;
}

int user_file_create(const char *path)
{
	/* O_NONBLOCK: a FIFO would wait for its reader. */
	int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
		      ONLY_OWNER);
	int rc;

	if (fd < 0)
		return -errno;
	rc = make_own(fd);
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

int user_file_read_status(int error)
{
	switch (error) {
	case EACCES:
	case EFBIG:
	case EISDIR:
	case ELOOP:
	case ENAMETOOLONG:
	case ENODEV:
	case ENOENT:
	case ENOTDIR:
	case ENXIO:
		return STATUS_USAGE;
	default:
		return STATUS_HOST;
	}
}

bool user_file_same(const char *one, const char *other)
{
	struct stat a, b;

	if (!strcmp(one, "-") || !strcmp(other, "-"))
		return false;
	if (stat(one, &a) == 0 && stat(other, &b) == 0)
		return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
	return !strcmp(one, other);
}
