/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stack/receiver.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_failure_passes),
		cmocka_unit_test(what_goes_on_is_told),
		cmocka_unit_test(the_end_is_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
