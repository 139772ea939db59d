/* SPDX-License-Identifier: MIT */
/*
 * cost RUNS COMMAND [ARG]...: runs COMMAND once to warm up, then RUNS times with its output thrown
 * away, and prints the median time of one run in nanoseconds, from fork to wait. In a guest whose
 * clock counts instructions (vm run -i) that is what the run costs, kernel and both ends included.
 * Exits 1 when COMMAND fails.
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

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int main(int argc, char *argv[])
{
	static int64_t times[RUNS_MAX];
	int runs = argc > 2 ? atoi(argv[1]) : 0;

	if (runs < 1 || runs > RUNS_MAX) {
		fprintf(stderr, "usage: cost RUNS COMMAND [ARG]...\n");
		return 2;
	}
	run_once(argv + 2);
	for (int i = 0; i < runs; i++)
		times[i] = run_once(argv + 2);
	qsort(times, (size_t)runs, sizeof(times[0]), by_size);
	printf("%lld\n", (long long)times[runs / 2]);
	return 0;
}
