/* SPDX-License-Identifier: MIT */
#include "base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same number on every processor. What follows is from linux/landlock.h, which may be older. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

#define CREATE_VERSION    (1U << 0)
#define RULE_PATH_BENEATH 1

struct ruleset {
	uint64_t files;
	uint64_t ports;  /* since version 4 */
	uint64_t scoped; /* since version 6 */
};

struct __attribute__((packed)) path_beneath {
	uint64_t allowed;
	int32_t fd;
};

#define WRITE_FILE  (1ULL << 1)
#define READ_FILE   (1ULL << 2)
#define READ_FOLDER (1ULL << 3)
#define REMOVE_FILE (1ULL << 5)
#define MAKE_FILE   (1ULL << 8)
#define ALL_OF_1    ((1ULL << 13) - 1)
#define REFER       (1ULL << 13) /* since version 2 */
#define TRUNCATE    (1ULL << 14) /* since version 3 */
#define OF_FILES    (WRITE_FILE | READ_FILE | TRUNCATE)

#define ALL_PORTS    3ULL /* TCP, to bind and to connect */
#define SCOPE_SIGNAL (1ULL << 1)

int landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);

	return version < 0 ? -errno : (int)version;
}

static struct ruleset all_of(int version, bool tcp)
{
	return (struct ruleset){
		.files = ALL_OF_1 | (version >= 2 ? REFER : 0) | (version >= 3 ? TRUNCATE : 0),
		.ports = version >= 4 && !tcp ? ALL_PORTS : 0,
		.scoped = version >= 6 ? SCOPE_SIGNAL : 0,
	};
}

/* 0, or -errno. */
static int allow(int rules, const struct ruleset *all, const char *path, uint64_t rights)
{
	struct path_beneath rule = { .allowed = rights & all->files };
	struct stat file;
	int rc = 0;

	rule.fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.fd < 0)
		return -errno;
	if (fstat(rule.fd, &file) == 0 && !S_ISDIR(file.st_mode))
		rule.allowed &= OF_FILES;
	if (syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH, &rule, 0) < 0)
		rc = -errno;
	close(rule.fd);
	return rc;
}

/* Those that could not be opened without Landlock either are left out. */
static int allow_each(int rules, const struct ruleset *all, const char *const *paths,
		      uint64_t rights)
{
	int rc = 0;

	for (; rc == 0 && *paths; paths++) {
		rc = allow(rules, all, *paths, rights);
		if (rc == -ENOENT || rc == -ENOTDIR || rc == -EACCES)
			rc = 0;
	}
	return rc;
}

static int allow_all(int rules, const struct ruleset *all, const struct landlock_files *files)
{
	int rc = allow_each(rules, all, files->read, READ_FILE | READ_FOLDER);

	if (rc == 0)
		rc = allow_each(rules, all, files->use, READ_FILE | WRITE_FILE);
	if (rc == 0 && files->replace)
		rc = allow(rules, all, files->replace, OF_FILES | MAKE_FILE | REMOVE_FILE);
	return rc;
}

int landlock_confine(const struct landlock_files *files, bool tcp)
{
	int version = landlock_version(), rules, rc;
	struct ruleset all;

	if (version < 0)
		return version;
	all = all_of(version, tcp);
	rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
	if (rules < 0)
		return -errno;
	rc = allow_all(rules, &all, files);
	if (rc == 0 && syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		rc = -errno;
	close(rules);
	return rc < 0 ? rc : version;
}
