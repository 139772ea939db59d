/* SPDX-License-Identifier: MIT */
/* pool.c: which attempts use an endpoint together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "base/loop.h"
#include "engine/pool.h"
#include "fake_loop.h"
#include "fake_stack.h"

#define LINK_LOCAL(last, zone)                                           \
	{                                                                \
		.v6 = {.sin6_family = AF_INET6,                          \
		       .sin6_port = 0x8813,                              \
		       .sin6_addr.s6_addr = { 0xfe, 0x80, [15] = last }, \
		       .sin6_scope_id = zone }                           \
	}

/* No stack tells the second one from the first. */
static void one_address_on_two_links(void **state)
{
	static const union address peers[] = { LINK_LOCAL(1, 1), LINK_LOCAL(1, 2),
					       LINK_LOCAL(2, 1) };
	struct stack_endpoint *endpoints[ARRAY_SIZE(peers)];
	struct pool_user users[ARRAY_SIZE(peers)] = { 0 };
	struct loop *loop;
	struct stack_fault fault;
	struct pool *pool;

	(void)state;
	fake_loop_reset();
	fake_stack_reset(NULL, 0);
	loop = loop_new();
	pool = pool_new(loop, &fake_stack, 1);
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++) {
		const struct stack_config config = { .peers = &peers[i], .peer_count = 1 };

		assert_int_equal(pool_join(pool, &users[i], &config, &endpoints[i], &fault), 0);
	}
	assert_ptr_not_equal(endpoints[1], endpoints[0]);
	assert_true(endpoints[2] == endpoints[0] || endpoints[2] == endpoints[1]);
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++)
		pool_leave(&users[i], true);
	pool_free(pool);
	loop_free(loop);
}

static int next_fails(struct stack_endpoint *endpoint, struct stack_event *event)
{
	(void)endpoint;
	*event = (struct stack_event){ .type = EVENT_FAULT, .error = EPERM };
	return 1;
}

static void count_event(void *context, const struct stack_event *event)
{
	assert_int_equal(event->error, EPERM);
	++*(int *)context;
}

static void count_ready(void *context)
{
	*(int *)context += 10;
}

/* Each user is told once, also where the call fails for ever, and nobody else is to join. */
static void an_endpoint_that_fails(void **state)
{
	static const union address peers[] = { LINK_LOCAL(1, 1), LINK_LOCAL(2, 1),
					       LINK_LOCAL(3, 1) };
	int told[ARRAY_SIZE(peers)] = { 0 };
	struct stack_endpoint *endpoints[ARRAY_SIZE(peers)];
	struct pool_user users[ARRAY_SIZE(peers)];
	struct stack stack = fake_stack;
	struct loop *loop;
	struct stack_fault fault;
	struct pool *pool;

	(void)state;
	stack.next_event = next_fails;
	fake_loop_reset();
	fake_stack_reset(NULL, 0);
	loop = loop_new();
	pool = pool_new(loop, &stack, 1);
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++) {
		const struct stack_config config = { .peers = &peers[i], .peer_count = 1 };

		users[i] = (struct pool_user){ .reader = { count_event, count_ready, &told[i] } };
		if (i == 2) {
			pool_read(&users[0]);
			assert_int_equal(loop_turn(loop), 0);
			pool_read(&users[0]);
		}
		assert_int_equal(pool_join(pool, &users[i], &config, &endpoints[i], &fault), 0);
	}
	assert_ptr_equal(endpoints[1], endpoints[0]);
	assert_int_equal(told[0], 1); /* it has read itself */
	assert_int_equal(told[1], 11);
	assert_ptr_not_equal(endpoints[2], endpoints[0]);
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++)
		pool_leave(&users[i], true);
	pool_free(pool);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_address_on_two_links),
		cmocka_unit_test(an_endpoint_that_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
