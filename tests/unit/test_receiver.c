/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "stack/receiver.h"

#define LONG_US (60 * (int64_t)USEC_PER_SEC)

static void one_failure_passes(void **state)
{
	(void)state;
	assert_int_equal(receiver_note(EPERM), EAGAIN);
	assert_int_equal(receiver_error(), 0);
	assert_int_equal(receiver_note(0), 0);
	assert_int_equal(receiver_note(EPERM), EAGAIN);
	assert_int_equal(receiver_error(), 0);
	assert_int_equal(receiver_note(0), 0);
}

static void what_goes_on_is_told(void **state)
{
	(void)state;
	receiver_note(EPERM);
	receiver_note(ENOMEM);
	receiver_note(ENOMEM);
	assert_int_equal(receiver_error(), ENOMEM);
	assert_int_equal(receiver_note(EAGAIN), EAGAIN);
	assert_int_equal(receiver_error(), 0);
}

static void the_end_is_the_end(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(receiver_note(EBADF), EBADF);
	assert_int_equal(receiver_error(), 0);
	assert_int_equal(receiver_note(EINTR), EINTR);
}

/* The time of the threads: what the other tests have instead stands still. */
static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (int64_t)USEC_PER_SEC + now.tv_nsec / 1000;
}

/* As a thread of the library: until its socket is closed. */
static void *read_packets(void *fd)
{
	char byte;

	do
		receiver_wait(*(int *)fd);
	while (read(*(int *)fd, &byte, 1) >= 0 || receiver_note(errno) == EAGAIN);
	return NULL;
}

static void *run_timers(void *nothing)
{
	receiver_sleep(LONG_US);
	return nothing;
}

/* Neither waits for a packet that does not come, nor for its time. */
static void threads_end_when_they_are_told(void **state)
{
	int64_t begun_us = now_us();
	pthread_t reader, timers;
	int pipes[2], closed;

	(void)state;
	assert_int_equal(pipe2(pipes, O_NONBLOCK), 0);
	assert_int_equal(receiver_begin(), 0);
	closed = pipes[0];
	pthread_create(&reader, NULL, read_packets, &pipes[0]);
	pthread_create(&timers, NULL, run_timers, NULL);
	receiver_end();
	close(closed);
	pthread_join(reader, NULL);
	pthread_join(timers, NULL);
	receiver_close();
	close(pipes[1]);
	assert_true(now_us() - begun_us < LONG_US / 3);
}

static void timers_sleep_their_time(void **state)
{
	int64_t begun_us = now_us();

	(void)state;
	assert_int_equal(receiver_begin(), 0);
	receiver_sleep(5 * USEC_PER_MSEC);
	assert_true(now_us() - begun_us >= 5 * USEC_PER_MSEC);
	/* Also while it is being waited for what is left: they may still have work. */
	receiver_end();
	begun_us = now_us();
	receiver_sleep(5 * USEC_PER_MSEC);
	assert_true(now_us() - begun_us >= 5 * USEC_PER_MSEC);
	receiver_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_failure_passes),
		cmocka_unit_test(what_goes_on_is_told),
		cmocka_unit_test(the_end_is_the_end),
		cmocka_unit_test(threads_end_when_they_are_told),
		cmocka_unit_test(timers_sleep_their_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
