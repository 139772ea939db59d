/* SPDX-License-Identifier: MIT */
/* The loop on a fake clock and a fake poll: order, changes by handlers, no starvation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "base/util.h"
#include "fake_loop.h"

#define MSEC ((int64_t)USEC_PER_MSEC)
#define MANY 1000

/* What the handlers were called with, in order: a letter each. */
static char calls[128];

static void note(char name)
{
	size_t length = strlen(calls);

	assert_true(length + 1 < sizeof(calls));
	calls[length] = name;
	calls[length + 1] = '\0';
}

static struct loop *begin(void)
{
	fake_loop_reset();
	calls[0] = '\0';
	return loop_new();
}

#define expect_calls(text)                        \
	do {                                      \
		assert_string_equal(calls, text); \
		calls[0] = '\0';                  \
	} while (0)

/* A client with a source, a timer, and something that it does when one of them calls it. */
struct client {
	char name;
	struct loop *loop;
	struct loop_source source;
	struct loop_timer timer;
	int fd;
	short revents;
	int64_t expired_us;
	void (*act)(struct client *);
	struct client *other;
};

static void on_ready(void *context, short revents)
{
	struct client *c = context;

	note(c->name);
	c->revents = revents;
	if (c->act)
		c->act(c);
}

static void on_expired(void *context, int64_t now_us)
{
	struct client *c = context;

	note(c->name);
	c->expired_us = now_us;
	if (c->act)
		c->act(c);
}

/* Ready for POLLIN from then on. */
static void add(struct client *c, struct loop *loop, char name, int64_t after_us)
{
	*c = (struct client){ .name = name, .loop = loop };
	c->fd = fake_loop_descriptor(after_us, POLLIN | POLLOUT);
	loop_add(loop, &c->source, (struct pollfd){ .fd = c->fd, .events = POLLIN }, on_ready, c);
}

static void add_timer(struct client *c, struct loop *loop, char name, int64_t after_us)
{
	*c = (struct client){ .name = name, .loop = loop };
	loop_timer_init(loop, &c->timer, on_expired, c);
	loop_timer_set(&c->timer, loop_now_us() + after_us);
}

/* --- Sources ---------------------------------------------------------------------------------- */

static void sources_in_the_order_of_adding(void **state)
{
	struct loop *loop = begin();
	struct client a, b, c;

	(void)state;
	add(&a, loop, 'a', 0);
	add(&b, loop, 'b', LOOP_FOREVER);
	add(&c, loop, 'c', 0);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("ac");
	assert_int_equal(a.revents, POLLIN);
	/* A place that became free is not given to a later one. */
	loop_remove(&a.source);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("c");
	loop_add(loop, &a.source, (struct pollfd){ .fd = a.fd, .events = POLLIN }, on_ready, &a);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("ca");
	loop_free(loop);
}

static void a_source_waits(void **state)
{
	struct loop *loop = begin();
	int64_t begun_us = loop_now_us();
	struct client a;

	(void)state;
	add(&a, loop, 'a', 30 * MSEC);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("a");
	assert_int_equal(loop_now_us() - begun_us, 30 * MSEC);
	loop_free(loop);
}

static void a_source_without_a_descriptor(void **state)
{
	struct loop *loop = begin();
	struct client a, t;

	(void)state;
	a = (struct client){ .name = 'a' };
	loop_add(loop, &a.source, (struct pollfd){ .fd = -1, .events = POLLIN }, on_ready, &a);
	loop_change(&a.source, POLLIN);
	loop_again(&a.source);
	add_timer(&t, loop, 't', MSEC);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("t");
	loop_remove(&a.source);
	loop_remove(&a.source);
	loop_free(loop);
}

static void events_are_changed(void **state)
{
	struct loop *loop = begin();
	struct client a, t;

	(void)state;
	add(&a, loop, 'a', 0);
	add_timer(&t, loop, 't', 0);
	loop_change(&a.source, POLLOUT);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("at");
	assert_int_equal(a.revents, POLLOUT);
	loop_change(&a.source, 0);
	loop_change(&a.source, 0);
	loop_timer_set(&t.timer, loop_now_us());
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("t");
	loop_change(&a.source, POLLIN);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("a");
	assert_int_equal(a.revents, POLLIN);
	loop_free(loop);
}

static void remove_other(struct client *c)
{
	loop_remove(&c->other->source);
}

static void remove_self(struct client *c)
{
	loop_remove(&c->source);
}

static void pause_other(struct client *c)
{
	loop_change(&c->other->source, 0);
}

static void removed_by_another_handler(void **state)
{
	struct loop *loop = begin();
	struct client a, b, c;

	(void)state;
	add(&a, loop, 'a', 0);
	add(&b, loop, 'b', 0);
	add(&c, loop, 'c', 0);
	a.act = remove_other;
	a.other = &b;
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("ac");
	a.act = NULL;
	c.act = remove_self;
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("ac");
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("a");
	loop_free(loop);
}

static void paused_by_another_handler(void **state)
{
	struct loop *loop = begin();
	struct client a, b;

	(void)state;
	add(&a, loop, 'a', 0);
	add(&b, loop, 'b', 0);
	a.act = pause_other;
	a.other = &b;
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("a");
	loop_free(loop);
}

static void free_self(struct client *c)
{
	loop_remove(&c->source);
	loop_timer_stop(&c->timer);
	free(c);
}

static void freed_in_their_own_handlers(void **state)
{
	struct loop *loop = begin();
	struct client *a = xcalloc(1, sizeof(*a)), *t = xcalloc(1, sizeof(*t)), last;

	(void)state;
	add(a, loop, 'a', 0);
	add_timer(t, loop, 't', 0);
	add_timer(&last, loop, 'l', 0);
	a->act = t->act = free_self;
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("atl");
	loop_timer_set(&last.timer, loop_now_us());
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("l");
	loop_free(loop);
}

/* So many that all arrays of the loop move meanwhile. */
static struct client crowd[MANY];

static void add_crowd(struct client *c)
{
	for (size_t i = 0; i < MANY; i++)
		add(&crowd[i], c->loop, 'x', LOOP_FOREVER);
	add(c->other, c->loop, 'n', 0);
	c->act = NULL;
}

static void added_by_a_handler(void **state)
{
	struct loop *loop = begin();
	struct client a, b, new;

	(void)state;
	add(&a, loop, 'a', 0);
	add(&b, loop, 'b', 0);
	a.act = add_crowd;
	a.other = &new;
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("ab");
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("abn");
	loop_free(loop);
}

static void call_again(struct client *c)
{
	loop_again(&c->source);
	c->act = NULL;
}

/* Without waiting, and although poll sees nothing; but once only. */
static void again_in_the_next_round(void **state)
{
	struct loop *loop = begin();
	int64_t begun_us = loop_now_us();
	struct client a, t;

	(void)state;
	add(&a, loop, 'a', 0);
	add_timer(&t, loop, 't', MSEC);
	a.act = call_again;
	assert_int_equal(loop_turn(loop), 0);
	fake_loop_quiet(a.fd);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("aa");
	assert_int_equal(a.revents, 0);
	assert_int_equal(loop_now_us(), begun_us);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("t");
	loop_again(&a.source);
	loop_remove(&a.source);
	loop_timer_set(&t.timer, loop_now_us() + MSEC);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("t");
	assert_int_equal(loop_now_us() - begun_us, 2 * MSEC);
	loop_free(loop);
}

/* --- Timers ----------------------------------------------------------------------------------- */

static void timers_in_the_order_of_their_times(void **state)
{
	struct loop *loop = begin();
	int64_t begun_us = loop_now_us();
	struct client late, early, never, stopped;

	(void)state;
	add_timer(&late, loop, 'l', 20 * MSEC);
	add_timer(&early, loop, 'e', 10 * MSEC);
	add_timer(&never, loop, 'n', 0);
	add_timer(&stopped, loop, 's', 0);
	loop_timer_set(&never.timer, LOOP_FOREVER);
	loop_timer_stop(&stopped.timer);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("e");
	assert_int_equal(early.expired_us - begun_us, 10 * MSEC);
	loop_timer_set(&early.timer, begun_us + 15 * MSEC);
	loop_timer_set(&late.timer, begun_us + 12 * MSEC);
	fake_loop_block(begun_us + 30 * MSEC);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("le");
	loop_free(loop);
}

static void set_now(struct client *c)
{
	loop_timer_set(&c->timer, loop_now_us());
}

static void stop_other(struct client *c)
{
	loop_timer_stop(&c->other->timer);
}

static void put_off_other(struct client *c)
{
	loop_timer_set(&c->other->timer, loop_now_us() + MSEC);
}

/* One that is always due has its turn once a round, and the round ends. */
static void set_again_in_its_handler(void **state)
{
	struct loop *loop = begin();
	struct client a, b;

	(void)state;
	add_timer(&a, loop, 'a', 0);
	add_timer(&b, loop, 'b', 0);
	a.act = set_now;
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("ab");
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("a");
	loop_free(loop);
}

static void stopped_by_another_handler(void **state)
{
	struct loop *loop = begin();
	struct client a, b, c;

	(void)state;
	add_timer(&a, loop, 'a', 0);
	add_timer(&b, loop, 'b', 1);
	add_timer(&c, loop, 'c', 2);
	fake_loop_block(loop_now_us() + MSEC);
	a.act = stop_other;
	a.other = &b;
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("ac");
	add_timer(&a, loop, 'a', 0);
	add_timer(&b, loop, 'b', 1);
	fake_loop_block(loop_now_us() + MSEC);
	a.act = put_off_other;
	a.other = &b;
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("a");
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("b");
	loop_free(loop);
}

static void stop_crowd(struct client *c)
{
	(void)c;
	for (size_t i = 0; i < MANY; i++)
		loop_timer_stop(&crowd[i].timer);
}

/* In any order of setting, changing and stopping: what is left comes in time, and in order. */
static void a_thousand_timers(void **state)
{
	struct loop *loop = begin();
	int64_t begun_us = loop_now_us(), last_us = 0;
	unsigned next = 1;
	size_t expired = 0;
	struct client end;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		next = next * 1103515245 + 12345;
		add_timer(&crowd[i], loop, 'x', (int64_t)(next >> 16) % MANY);
	}
	for (size_t i = 0; i < MANY; i += 3)
		loop_timer_stop(&crowd[i].timer);
	for (size_t i = 1; i < MANY; i += 3) {
		next = next * 1103515245 + 12345;
		loop_timer_set(&crowd[i].timer, begun_us + (int64_t)(next >> 16) % MANY);
	}
	add_timer(&end, loop, 'e', MANY);
	while (!end.expired_us) {
		calls[0] = '\0';
		assert_int_equal(loop_turn(loop), 0);
		assert_true(loop_now_us() > last_us);
		last_us = loop_now_us();
	}
	for (size_t i = 0; i < MANY; i++) {
		expired += crowd[i].expired_us > 0;
		if (crowd[i].expired_us)
			assert_int_equal(crowd[i].expired_us, crowd[i].timer.at_us);
		assert_int_equal(i % 3 == 0, !crowd[i].expired_us);
	}
	assert_int_equal(expired, MANY - (MANY + 2) / 3);
	loop_free(loop);
}

/* One of them, when all are due, stops the others. */
static void a_thousand_stopped_at_once(void **state)
{
	struct loop *loop = begin();
	struct client first;

	(void)state;
	add_timer(&first, loop, 'f', 0);
	for (size_t i = 0; i < MANY; i++)
		add_timer(&crowd[i], loop, 'x', 1);
	fake_loop_block(loop_now_us() + MSEC);
	first.act = stop_crowd;
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("f");
	loop_free(loop);
}

/* Each round of a busy source costs the same, however many timers are idle: none is looked at. */
static void idle_timers_are_not_looked_at(void **state)
{
	struct loop *loop = begin();
	struct client busy;

	(void)state;
	add(&busy, loop, 'b', 0);
	for (size_t i = 0; i < MANY; i++)
		add_timer(&crowd[i], loop, 'x', (int64_t)USEC_PER_SEC + (int64_t)i);
	/* All but the earliest: whoever looks at one, sees a time that is over. */
	for (size_t i = 1; i < MANY; i++)
		crowd[i].timer.at_us = 0;
	for (size_t i = 0; i < MANY; i++) {
		calls[0] = '\0';
		assert_int_equal(loop_turn(loop), 0);
		expect_calls("b");
	}
	loop_free(loop);
}

/* --- No starvation ---------------------------------------------------------------------------- */

static void let_time_pass(struct client *c)
{
	(void)c;
	fake_loop_block(loop_now_us() + MSEC);
}

/*
 * To wait for so many takes long, so timers are collected before and after it. What is due for ever
 * starves nothing.
 */
static void many_sources_wait_for_what_is_due(void **state)
{
	struct loop *loop = begin();
	int64_t begun_us = loop_now_us();
	struct client timers[8];

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		add(&crowd[i], loop, 's', 10 * USEC_PER_SEC);
	for (size_t i = 0; i < ARRAY_SIZE(timers); i++)
		add_timer(&timers[i], loop, (char)('a' + i), (int64_t)(i + 1) * 2 * MSEC);
	timers[3].act = set_now;
	timers[2].act = let_time_pass;
	assert_int_equal(loop_turn(loop), 0);
	assert_int_equal(loop_now_us() - begun_us, 2 * MSEC + 5 * MSEC + MSEC);
	expect_calls("abcd");
	timers[3].act = NULL;
	for (size_t i = 4; i < ARRAY_SIZE(timers); i++)
		timers[i].act = let_time_pass;
	fake_loop_block(loop_now_us() + USEC_PER_SEC);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("defgh");
	loop_free(loop);
}

static void a_busy_source_starves_no_timer(void **state)
{
	struct loop *loop = begin();
	struct client busy, timer;

	(void)state;
	add(&busy, loop, 'b', 0);
	add_timer(&timer, loop, 't', 2 * MSEC);
	busy.act = let_time_pass;
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("b");
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("bt");
	loop_free(loop);
}

static void a_busy_source_starves_no_signal(void **state)
{
	struct loop *loop = begin();
	struct client busy;

	(void)state;
	add(&busy, loop, 'b', 0);
	busy.act = let_time_pass;
	fake_loop_signal(MSEC, SIGTERM);
	assert_int_equal(loop_turn(loop), 0);
	assert_int_equal(loop_turn(loop), -EINTR);
	expect_calls("b");
	assert_int_equal(loop_take_signal(), SIGTERM);
	/* Whoever wants to, goes on. */
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("b");
	loop_free(loop);
}

/* --- What else ends a wait -------------------------------------------------------------------- */

static void a_wait_that_fails(void **state)
{
	struct loop *loop = begin();
	struct client a;

	(void)state;
	add(&a, loop, 'a', 2 * MSEC);
	fake_loop_fail(MSEC, ENOMEM);
	assert_int_equal(loop_turn(loop), -ENOMEM);
	expect_calls("");
	assert_int_equal(loop_take_signal(), 0);
	loop_free(loop);
}

static void on_terminal(void *context, unsigned what)
{
	note('T');
	*(unsigned *)context = what;
}

static void the_terminal_first(void **state)
{
	struct loop *loop = begin();
	unsigned what = 0;
	struct client timer;

	(void)state;
	add_timer(&timer, loop, 't', 2 * MSEC);
	loop_on_terminal(loop, on_terminal, &what);
	fake_loop_terminal(MSEC, LOOP_RESIZED);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("T");
	assert_int_equal(what, LOOP_RESIZED);
	assert_int_equal(loop_turn(loop), 0);
	expect_calls("t");
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_in_the_order_of_adding),
		cmocka_unit_test(a_source_waits),
		cmocka_unit_test(a_source_without_a_descriptor),
		cmocka_unit_test(events_are_changed),
		cmocka_unit_test(removed_by_another_handler),
		cmocka_unit_test(paused_by_another_handler),
		cmocka_unit_test(freed_in_their_own_handlers),
		cmocka_unit_test(added_by_a_handler),
		cmocka_unit_test(again_in_the_next_round),
		cmocka_unit_test(timers_in_the_order_of_their_times),
		cmocka_unit_test(set_again_in_its_handler),
		cmocka_unit_test(stopped_by_another_handler),
		cmocka_unit_test(a_thousand_timers),
		cmocka_unit_test(a_thousand_stopped_at_once),
		cmocka_unit_test(idle_timers_are_not_looked_at),
		cmocka_unit_test(many_sources_wait_for_what_is_due),
		cmocka_unit_test(a_busy_source_starves_no_timer),
		cmocka_unit_test(a_busy_source_starves_no_signal),
		cmocka_unit_test(a_wait_that_fails),
		cmocka_unit_test(the_terminal_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
