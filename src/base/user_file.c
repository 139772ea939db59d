/* SPDX-License-Identifier: MIT */
#include "base/user_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ONLY_OWNER 0600

struct rights {
	uid_t user;
	gid_t group;
	struct __user_cap_data_struct capabilities[_LINUX_CAPABILITY_U32S_3];
};

static int capabilities(long call, struct rights *rights)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(call, &header, rights->capabilities) < 0 ? -errno : 0;
}

/* Gives up what the user does not have; what can be taken back is in *before. */
static int become_user(struct rights *before)
{
	struct rights none = { 0 };
	int rc = capabilities(SYS_capget, before);

	before->user = geteuid();
	before->group = getegid();
	if (rc < 0 || getuid() == 0)
		return rc;
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		none.capabilities[i] = before->capabilities[i];
		none.capabilities[i].effective = 0;
	}
	if (setegid(getgid()) < 0 || seteuid(getuid()) < 0)
		return -errno;
	return capabilities(SYS_capset, &none);
}

static int become_program(struct rights *before)
{
	if (getuid() == 0)
		return 0;
	if (seteuid(before->user) < 0 || setegid(before->group) < 0)
		return -errno;
	return capabilities(SYS_capset, before);
}

static int make_own(int fd)
{
	struct stat file;

	if (fstat(fd, &file) < 0)
		return -errno;
	if (!S_ISREG(file.st_mode))
		return -EEXIST;
	if (file.st_uid != geteuid())
		return -EXDEV; /* who could change the mode again */
	return fchmod(fd, ONLY_OWNER) < 0 || ftruncate(fd, 0) < 0 ? -errno : 0;
}

static int create(const char *path)
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

int user_file_create(const char *path)
{
	struct rights before;
	int rc = become_user(&before), fd;

	fd = rc < 0 ? rc : create(path);
	rc = become_program(&before);
	if (rc == 0 || fd < 0)
		return fd;
	close(fd);
	return rc;
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
