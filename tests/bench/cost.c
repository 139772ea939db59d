/* SPDX-License-Identifier: MIT */
/*
 * cost RUNS COMMAND [ARG]...: runs COMMAND once to warm up, then RUNS times with its output thrown
 * away, and prints the least time that one run took, from fork to wait, in nanoseconds. In a guest
 * whose clock counts instructions (vm run -i) that is what the run costs, kernel and both ends
 * included; what else the guest does at times only adds. Exits 1 when COMMAND fails.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MAX 1000

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t run_once(char *argv[])
{
	int64_t start = now_ns();
	pid_t child = fork();
	int status;

	if (child == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != 0) {
		fprintf(stderr, "cost: %s failed\n", argv[0]);
		exit(1);
	}
	return now_ns() - start;
}

int main(int argc, char *argv[])
{
	int runs = argc > 2 ? atoi(argv[1]) : 0;
	int64_t least = INT64_MAX;

	if (runs < 1 || runs > RUNS_MAX) {
		fprintf(stderr, "usage: cost RUNS COMMAND [ARG]...\n");
		return 2;
	}
	run_once(argv + 2);
	for (int i = 0; i < runs; i++) {
		int64_t took = run_once(argv + 2);

		if (took < least)
			least = took;
	}
	printf("%lld\n", (long long)least);
	return 0;
}
