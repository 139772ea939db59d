/* SPDX-License-Identifier: MIT */
/*
 * within NETNS COMMAND [ARG]...: like "ip netns exec", but with the mounts of the caller: quick,
 * because the guest starts a program thousands of times.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[4096];
	int netns;

	if (argc < 3)
		errx(2, "usage: within NETNS COMMAND [ARG]...");
	snprintf(path, sizeof(path), "/run/netns/%s", argv[1]);
	netns = open(path, O_RDONLY | O_CLOEXEC);
	if (netns < 0 || setns(netns, CLONE_NEWNET) < 0)
		err(126, "%s", path);
	execvp(argv[2], argv + 2);
	err(127, "%s", argv[2]);
}
