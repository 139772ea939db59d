/* SPDX-License-Identifier: MIT */
/*
 * cost count | time | memory: reads commands, one a line and RUNS or RUNS:STATUS before it, and
 * runs each so often, in rounds over all of them, with its output thrown away. For each it prints a
 * line, of the cheapest of its runs: what else the guest does only adds.
 *
 * count: the instructions from fork to wait, kernel and both ends included, in a guest whose clock
 * counts them (vm run -i). The clock also runs on while the guest idles: that time is subtracted.
 * Each run begins after a pause, in which what the one before left to do is done, and just behind a
 * tick of the kernel's, so that runs of the same command meet the same number of ticks.
 *
 * time: milliseconds to the first output, and to the end.
 *
 * memory: the most KiB that it had at once.
 *
 * A command that cannot be run, or when counting ends with another status (0 unless given), has the
 * line "failed".
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROWS_MAX      64
#define WORDS_MAX     2100
#define PAUSE_NS      20000000
#define NS_PER_SECOND 1000000000

struct row {
	char line[32768];
	char *argv[WORDS_MAX + 1];
	int runs;
	int status;
	bool failed;
	int64_t least_ns;
	int64_t least_output_ns;
	long least_kib;
};

struct run {
	int64_t output_ns;
	int64_t end_ns;
	int64_t idle_ns;
	int status;
	long kib;
};

static struct row rows[ROWS_MAX];

static int64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

/* How long the only processor has idled, as the kernel's tick knows it. */
static int64_t idle_ns(void)
{
	static char text[1 << 16];
	int fd = open("/proc/timer_list", O_RDONLY);
	size_t size = 0;
	ssize_t got;
	char *found;

	while (fd >= 0 && (got = read(fd, text + size, sizeof(text) - 1 - size)) > 0)
		size += (size_t)got;
	close(fd);
	text[size] = '\0';
	found = strstr(text, "idle_sleeptime");
	found = found ? strchr(found, ':') : NULL;
	if (!found) {
		fprintf(stderr, "cost: /proc/timer_list does not tell idle_sleeptime\n");
		exit(1);
	}
	return strtoll(found + 1, NULL, 10);
}

static void wait_for_tick(void)
{
	int64_t before;

	nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
	before = now_ns(CLOCK_MONOTONIC_COARSE);
	while (now_ns(CLOCK_MONOTONIC_COARSE) == before)
		;
}

static void become(char *argv[], int output)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, 0);
	dup2(output < 0 ? null : output, 1);
	dup2(null, 2);
	execvp(argv[0], argv);
	_exit(127);
}

static struct run run_once(char *argv[], bool timed)
{
	int output[2] = { -1, -1 };
	int64_t start, idle;
	struct rusage usage = { 0 };
	struct run run = { 0 };
	char room[4096];
	pid_t child;

	if (timed && pipe2(output, O_CLOEXEC) < 0)
		exit(1);
	(void)idle_ns(); /* its own pages and code are there, then */
	wait_for_tick();
	idle = idle_ns();
	start = now_ns(CLOCK_MONOTONIC);
	child = fork();
	if (child == 0)
		become(argv, output[1]);
	if (timed) {
		close(output[1]);
		(void)!read(output[0], room, sizeof(room));
		run.output_ns = now_ns(CLOCK_MONOTONIC) - start;
		while (read(output[0], room, sizeof(room)) > 0)
			; /* more than a pipe holds would stop it */
	}
	if (child < 0 || wait4(child, &run.status, 0, &usage) < 0)
		exit(1);
	run.end_ns = now_ns(CLOCK_MONOTONIC) - start;
	run.idle_ns = idle_ns() - idle;
	run.kib = usage.ru_maxrss;
	if (timed)
		close(output[0]);
	return run;
}

static void run_row(struct row *row, bool timed)
{
	struct run run = run_once(row->argv, timed);
	int64_t cost = timed ? run.end_ns : run.end_ns - run.idle_ns;

	if (!WIFEXITED(run.status) || WEXITSTATUS(run.status) == 127 ||
	    (!timed && WEXITSTATUS(run.status) != row->status))
		row->failed = true;
	if (!row->least_ns || cost < row->least_ns)
		row->least_ns = cost;
	if (!row->least_kib || run.kib < row->least_kib)
		row->least_kib = run.kib;
	if (!row->least_output_ns || run.output_ns < row->least_output_ns)
		row->least_output_ns = run.output_ns;
}

static bool read_row(struct row *row)
{
	char *word;
	int count = 0;

	if (!fgets(row->line, sizeof(row->line), stdin))
		return false;
	word = strtok(row->line, " \n");
	row->runs = word ? atoi(word) : 0;
	row->status = word && strchr(word, ':') ? atoi(strchr(word, ':') + 1) : 0;
	while (count < WORDS_MAX && (word = strtok(NULL, " \n")))
		row->argv[count++] = word;
	row->failed = !count;
	return true;
}

int main(int argc, char *argv[])
{
	bool timed = argc == 2 && !strcmp(argv[1], "time");
	bool memory = argc == 2 && !strcmp(argv[1], "memory");
	int count = 0, most = 0;

	if (argc != 2 || (!timed && !memory && strcmp(argv[1], "count") != 0)) {
		fprintf(stderr, "usage: cost count|time|memory <ROWS\n");
		return 2;
	}
	while (count < ROWS_MAX && read_row(&rows[count]))
		count++;
	for (int i = 0; i < count; i++)
		most = rows[i].runs > most ? rows[i].runs : most;
	for (int round = 0; round <= most; round++)
		for (int i = 0; i < count; i++) {
			/* The first one warms up. */
			if (!rows[i].failed && round <= rows[i].runs)
				run_row(&rows[i], timed);
		}
	for (int i = 0; i < count; i++) {
		if (rows[i].failed)
			printf("failed\n");
		else if (memory)
			printf("%ld\n", rows[i].least_kib);
		else if (timed)
			printf("%.1f %.1f\n", (double)rows[i].least_output_ns / 1e6,
			       (double)rows[i].least_ns / 1e6);
		else
			printf("%lld\n", (long long)rows[i].least_ns);
	}
	return 0;
}
