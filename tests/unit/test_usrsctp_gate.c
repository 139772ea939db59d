/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stack/usrsctp_gate.h"

/* A thread of the library, at work until it is told. */
static atomic_bool entered, may_leave, left;

static void *work(void *twice)
{
	gate_enter();
	atomic_store(&entered, true);
	while (!atomic_load(&may_leave))
		sched_yield();
	atomic_store(&left, true);
	gate_leave();
	if (twice) {
		gate_enter();
		gate_leave();
	}
	return NULL;
}

/* Lets the thread leave while the main thread waits. */
static void *release(void *none)
{
	for (int i = 0; i < 100; i++)
		sched_yield();
	atomic_store(&may_leave, true);
	return none;
}

static int reset(void **state)
{
	(void)state;
	atomic_store(&entered, false);
	atomic_store(&may_leave, false);
	atomic_store(&left, false);
	gate_start();
	return 0;
}

static pthread_t start(void *(*function)(void *), void *argument)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, function, argument), 0);
	return thread;
}

static void shut_waits_for_threads_at_work(void **state)
{
	pthread_t worker = start(work, NULL), releaser;

	(void)state;
	while (!atomic_load(&entered))
		sched_yield();
	releaser = start(release, NULL);
	gate_shut();
	assert_true(atomic_load(&left));
	gate_open();
	pthread_join(worker, NULL);
	pthread_join(releaser, NULL);
}

static void none_begins_while_shut(void **state)
{
	pthread_t worker;

	(void)state;
	atomic_store(&may_leave, true);
	gate_shut();
	worker = start(work, &left);
	for (int i = 0; i < 100; i++)
		sched_yield();
	assert_false(atomic_load(&entered));
	gate_open();
	pthread_join(worker, NULL);
	assert_true(atomic_load(&left));
}

/* A thread that ends at work would not leave. */
static void at_the_end_nobody_waits(void **state)
{
	pthread_t worker = start(work, &left);

	(void)state;
	while (!atomic_load(&entered))
		sched_yield();
	gate_end();
	gate_shut();
	assert_false(atomic_load(&left));
	atomic_store(&may_leave, true);
	pthread_join(worker, NULL);
	gate_open();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(shut_waits_for_threads_at_work, reset),
		cmocka_unit_test_setup(none_begins_while_shut, reset),
		cmocka_unit_test_setup(at_the_end_nobody_waits, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
