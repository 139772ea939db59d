/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/util.h"
#include "stack/receive.h"

#define WHOLE_MAX (16u << 20)
#define ASSOC     7
#define OTHER     8

static struct receive receive;
static struct stack_event event;

static int setup(void **state)
{
	(void)state;
	receive_init(&receive, NULL);
	event = (struct stack_event){ .type = EVENT_NONE };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	receive_free(&receive);
	return 0;
}

/* As a stack does: at most length bytes of that value into the room that there is. */
static size_t fill(size_t length, int value)
{
	struct iovec room = receive_room(&receive);

	assert_true(room.iov_len >= 1024);
	length = MIN(length, room.iov_len);
	memset(room.iov_base, value, length);
	return length;
}

static bool message(size_t length, int value, bool end, uint32_t id)
{
	size_t got = fill(length, value);

	assert_int_equal(got, length);
	return receive_data(&receive, got, end, id, &event);
}

static bool notification(const char *text, bool end, struct bytes *piece)
{
	struct iovec room = receive_room(&receive);

	memcpy(room.iov_base, text, strlen(text));
	return receive_notification(&receive, strlen(text), end, piece);
}

static void a_message_in_one_piece(void **state)
{
	(void)state;
	assert_true(message(100, 'a', true, ASSOC));
	assert_int_equal(event.type, EVENT_DATA);
	assert_int_equal(event.length, 100);
	assert_memory_equal(event.data, "aaaa", 4);
	assert_false(event.more);
	/* The next one stands alone. */
	assert_true(message(1, 'b', true, ASSOC));
	assert_int_equal(event.length, 1);
	assert_memory_equal(event.data, "b", 1);
}

static void a_message_in_pieces_is_put_together(void **state)
{
	const uint8_t *data;

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_false(message(1000, i % 251, false, ASSOC));
	assert_true(message(1, 'z', true, ASSOC));
	assert_int_equal(event.length, 1000001);
	assert_false(event.more);
	data = event.data;
	for (size_t i = 0; i < 1000000; i++)
		if (data[i] != i / 1000 % 251)
			fail_msg("byte %zu is %u", i, data[i]);
	assert_int_equal(data[1000000], 'z');
}

static void a_notification_between_the_pieces(void **state)
{
	struct bytes piece;

	(void)state;
	assert_false(message(10, 'a', false, ASSOC));
	assert_true(notification("news", true, &piece));
	assert_int_equal(piece.left, 4);
	assert_memory_equal(piece.at, "news", 4);
	assert_true(message(10, 'b', true, ASSOC));
	assert_int_equal(event.length, 20);
	assert_memory_equal(event.data, "aaaaaaaaaabbbbbbbbbb", 20);
}

static void only_the_beginning_of_a_notification_counts(void **state)
{
	struct bytes piece;

	(void)state;
	assert_true(notification("long", false, &piece));
	assert_false(notification("er", false, &piece));
	assert_false(notification("est", true, &piece));
	assert_true(notification("next", true, &piece));
	assert_memory_equal(piece.at, "next", 4);
}

static void a_message_that_is_too_long_comes_in_parts(void **state)
{
	size_t given = 0;

	(void)state;
	while (given < WHOLE_MAX) {
		size_t got = fill(1 << 20, 'x');

		given += got;
		if (receive_data(&receive, got, false, ASSOC, &event))
			break;
	}
	assert_int_equal(event.length, given);
	assert_true(given >= WHOLE_MAX);
	assert_true(event.more);
	assert_true(message(3, 'y', true, ASSOC));
	assert_int_equal(event.length, 3);
	assert_false(event.more);
}

static void the_rest_of_a_lost_association_does_not_come(void **state)
{
	(void)state;
	assert_false(message(10, 'a', false, ASSOC));
	receive_forget(&receive, OTHER);
	assert_false(message(10, 'b', false, ASSOC));
	receive_forget(&receive, ASSOC);
	assert_true(message(2, 'c', true, OTHER));
	assert_int_equal(event.length, 2);
	assert_memory_equal(event.data, "cc", 2);
}

static void errors(void **state)
{
	static const int outcomes[] = { EAGAIN, ECONNREFUSED, ECONNRESET, ETIMEDOUT, ENOTCONN };
	static const int faults[] = { ENOMEM, EPERM, EBADF, ENOBUFS, EFAULT, EINVAL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
		assert_true(receive_error_is_outcome(outcomes[i]));
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		assert_false(receive_error_is_outcome(faults[i]));
}

/* What all endpoints together may hold is used up: the message comes as far as it has come. */
static void no_budget_is_left(void **state)
{
	struct stack_budget budget = { 6 * 1024 };
	struct receive other;

	(void)state;
	receive_free(&receive);
	receive_init(&receive, &budget);
	receive_init(&other, &budget);
	assert_false(message(1024, 'a', false, ASSOC));
	assert_false(message(1024, 'a', false, ASSOC));
	assert_false(message(2048, 'a', false, ASSOC));
	assert_false(message(2048, 'a', false, ASSOC));
	assert_int_equal(budget.left, 0);
	/* 8 KiB, less what there must be room for. */
	assert_true(message(1200, 'a', false, ASSOC));
	assert_int_equal(event.length, 7344);
	assert_true(event.more);
	assert_true(message(1, 'b', true, ASSOC));
	assert_false(event.more);
	/* It is given back, and the next message has it. */
	assert_int_equal(budget.left, 6 * 1024);
	assert_false(message(1024, 'c', false, ASSOC));
	assert_true(message(1024, 'c', true, ASSOC));
	assert_int_equal(event.length, 2048);
	receive_free(&receive);
	receive_free(&other);
	assert_int_equal(budget.left, 6 * 1024);
	receive_init(&receive, NULL);
}

/* A shared endpoint: the pieces of several associations mix, and none waits for the rest of its. */
static void nothing_is_put_together(void **state)
{
	(void)state;
	receive.shared = true;
	assert_true(message(1024, 'a', false, ASSOC));
	assert_int_equal(event.length, 1024);
	assert_true(event.more);
	assert_true(message(10, 'b', true, ASSOC + 1));
	assert_int_equal(event.length, 10);
	assert_false(event.more);
	assert_true(message(5, 'a', true, ASSOC));
	assert_int_equal(event.length, 5);
	assert_false(event.more);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_message_in_one_piece),
		TEST(a_message_in_pieces_is_put_together),
		TEST(a_notification_between_the_pieces),
		TEST(only_the_beginning_of_a_notification_counts),
		TEST(a_message_that_is_too_long_comes_in_parts),
		TEST(the_rest_of_a_lost_association_does_not_come),
		TEST(no_budget_is_left),
		TEST(nothing_is_put_together),
		TEST(errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
