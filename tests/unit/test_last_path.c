/* SPDX-License-Identifier: MIT */
/* last_path.c: over which path an association ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "engine/last_path.h"

#define PATHS 3

static size_t taken; /* PATHS: none was made the primary */

static union address address_of(size_t path)
{
	return (union address){ .v4 = { .sin_family = AF_INET,
					.sin_addr.s_addr = htonl(0x0a010102U + (path << 8)) } };
}

static int set_primary(struct stack_assoc *assoc, const union address *peer)
{
	(void)assoc;
	for (taken = 0; taken < PATHS; taken++) {
		const union address one = address_of(taken);

		if (address_equal(&one, peer))
			return 0;
	}
	return -EINVAL;
}

/* Which one is made the primary? A verdict for each path, and which is the primary now. */
static size_t last(enum verdict first, enum verdict second, enum verdict third, size_t primary)
{
	const enum verdict verdicts[PATHS] = { first, second, third };
	const struct stack stack = { .set_primary = set_primary };
	struct timeline quiet = { .verbose = false };
	struct path_result paths[PATHS] = { 0 };
	const struct association association = { .paths = paths, .path_count = PATHS };

	for (size_t i = 0; i < PATHS; i++) {
		paths[i].path.address = address_of(i);
		paths[i].path.primary = i == primary;
		paths[i].verdict = verdicts[i];
		paths[i].in_association = verdicts[i] != VERDICT_REJECTED;
	}
	taken = PATHS;
	last_path_of(&association, &stack, NULL, &quiet);
	return taken;
}

static void choices(void **state)
{
	const enum verdict good = VERDICT_VERIFIED, dead = VERDICT_DEAD, open = VERDICT_UNVERIFIED;

	(void)state;
	assert_int_equal(last(good, good, good, 0), PATHS);
	assert_int_equal(last(dead, dead, open, 0), PATHS);
	assert_int_equal(last(dead, good, good, 0), 1);
	assert_int_equal(last(dead, dead, good, 1), 2);
	assert_int_equal(last(open, good, dead, 0), 1);
	/* The stack may have left it because of another one. */
	assert_int_equal(last(good, dead, good, 2), 2);
	assert_int_equal(last(good, dead, good, 0), 0);
	/* What is not in the association tells nothing. */
	assert_int_equal(last(good, VERDICT_REJECTED, good, 0), PATHS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(choices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
