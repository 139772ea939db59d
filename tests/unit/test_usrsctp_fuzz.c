/* SPDX-License-Identifier: MIT */
/* As test_fuzz.c, for the stack in user space, whose header does not go with the kernel's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "corpus.h"

#define FUZZ fuzz_usrsctp
#include "../fuzz/fuzz_usrsctp.c"
#undef FUZZ

static void notifications_of_usrsctp(void **state)
{
	(void)state;
	run_corpus(fuzz_usrsctp, "usrsctp");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(notifications_of_usrsctp) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
