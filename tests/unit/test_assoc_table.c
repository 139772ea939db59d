/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/util.h"
#include "stack/assoc_table.h"

/* What a table holds is only a pointer to it. */
static char things[1000];

static struct stack_assoc *thing(size_t i)
{
	return (struct stack_assoc *)&things[i];
}

static void finds_what_was_added(void **state)
{
	struct assoc_table table = { 0 };

	(void)state;
	assert_null(assoc_table_find(&table, 1));
	/* 617 and 1000 have no factor in common: every id once, in disorder. */
	for (size_t i = 0; i < ARRAY_SIZE(things); i++)
		assoc_table_add(&table, (uint32_t)(i * 617 % 1000 + 1), thing(i));
	assert_int_equal(table.count, ARRAY_SIZE(things));
	for (size_t i = 0; i < ARRAY_SIZE(things); i++)
		assert_ptr_equal(assoc_table_find(&table, (uint32_t)(i * 617 % 1000 + 1)),
				 thing(i));
	assert_null(assoc_table_find(&table, 0));
	assert_null(assoc_table_find(&table, 1001));
	for (size_t i = 1; i < table.count; i++)
		assert_true(table.entries[i - 1].id < table.entries[i].id);
	assoc_table_free(&table);
	assert_int_equal(table.count, 0);
}

static void takes_any_id(void **state)
{
	struct assoc_table table = { 0 };

	(void)state;
	assoc_table_add(&table, UINT32_MAX, thing(1));
	assoc_table_add(&table, 1, thing(2));
	assoc_table_add(&table, UINT32_MAX - 1, thing(3));
	assert_ptr_equal(assoc_table_find(&table, UINT32_MAX), thing(1));
	assert_ptr_equal(assoc_table_find(&table, UINT32_MAX - 1), thing(3));
	assert_ptr_equal(assoc_table_find(&table, 1), thing(2));
	assoc_table_free(&table);
}

static void the_oldest_gets_its_id_first(void **state)
{
	struct assoc_table table = { 0 };

	(void)state;
	assert_null(assoc_table_name(&table, 4));
	assoc_table_add(&table, 7, thing(7));
	assert_null(assoc_table_name(&table, 4));
	assoc_table_add(&table, 0, thing(1));
	assoc_table_add(&table, 0, thing(2));
	assert_null(assoc_table_find(&table, 0));
	assert_ptr_equal(assoc_table_name(&table, 9), thing(1));
	assert_ptr_equal(assoc_table_name(&table, 5), thing(2));
	assert_null(assoc_table_name(&table, 4));
	assert_ptr_equal(assoc_table_find(&table, 5), thing(2));
	assert_ptr_equal(assoc_table_find(&table, 7), thing(7));
	assert_ptr_equal(assoc_table_find(&table, 9), thing(1));
	assoc_table_free(&table);
}

static void removes_one(void **state)
{
	struct assoc_table table = { 0 };

	(void)state;
	assoc_table_add(&table, 0, thing(1));
	assoc_table_add(&table, 0, thing(2));
	assoc_table_add(&table, 3, thing(3));
	assoc_table_remove(&table, 0, thing(2));
	assoc_table_remove(&table, 3, thing(1)); /* not under that id */
	assert_int_equal(table.count, 2);
	assert_ptr_equal(assoc_table_name(&table, 8), thing(1));
	assoc_table_remove(&table, 3, thing(3));
	assert_null(assoc_table_find(&table, 3));
	assert_ptr_equal(assoc_table_find(&table, 8), thing(1));
	assoc_table_free(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_added),
		cmocka_unit_test(takes_any_id),
		cmocka_unit_test(the_oldest_gets_its_id_first),
		cmocka_unit_test(removes_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
