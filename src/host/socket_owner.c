/* SPDX-License-Identifier: MIT */
#include "host/socket_owner.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"

static int by_inode(const void *a, const void *b)
{
	const struct socket_owner *left = a, *right = b;

	return (left->inode > right->inode) - (left->inode < right->inode);
}

const struct socket_owner *socket_owner_of(const struct socket_owner *list, size_t count,
					   uint64_t inode)
{
	const struct socket_owner key = { .inode = inode };

	return count ? bsearch(&key, list, count, sizeof(*list), by_inode) : NULL;
}

static void read_program(int pid, char *name, size_t size)
{
	char path[64], text[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(text, sizeof(text), file))
		text[strcspn(text, "\n")] = '\0';
	fclose(file);
	printable(text, name, size);
}

/* The sockets with one inode stand together. */
static void take(struct socket_owner *list, size_t count, uint64_t inode, int pid)
{
	const struct socket_owner *found = socket_owner_of(list, count, inode);
	size_t i = found ? (size_t)(found - list) : count;

	while (i > 0 && i < count && list[i - 1].inode == inode)
		i--;
	for (; i < count && list[i].inode == inode; i++) {
		if (list[i].pid && list[i].pid < pid)
			continue;
		list[i].pid = pid;
		read_program(pid, list[i].program, sizeof(list[i].program));
	}
}

static void look_into(struct socket_owner *list, size_t count, int pid)
{
	char path[64], target[64];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		return; /* it has ended, or it is another user's */
	while ((entry = readdir(dir))) {
		ssize_t length = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		unsigned long long inode;

		target[length > 0 ? length : 0] = '\0';
		if (sscanf(target, "socket:[%llu]", &inode) == 1)
			take(list, count, inode, pid);
	}
	closedir(dir);
}

int socket_owners_find(struct socket_owner *list, size_t count)
{
	struct dirent *entry;
	DIR *dir;

	if (!count)
		return 0;
	qsort(list, count, sizeof(*list), by_inode);
	dir = opendir("/proc");
	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			look_into(list, count, atoi(entry->d_name));
	closedir(dir);
	return 0;
}
