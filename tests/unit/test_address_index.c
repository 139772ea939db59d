/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/address_index.h"
#include "base/util.h"
#include "fake_stack.h"

#define MANY 1000

struct element {
	union address address;
	int other;
};

static struct element elements[MANY];

/* 10.0.0.0, 10.0.0.1, ... */
static union address nth(uint32_t n)
{
	return (union address)FAKE_V4(0x0a000000 + n, 5000);
}

static void fill(struct address_index *index, struct address_list *list, size_t count)
{
	*index = (struct address_index){ 0 };
	*list = (struct address_list){ .first = elements, .size = sizeof(elements[0]) };
	while (list->count < count) {
		elements[list->count].address = nth((uint32_t)list->count);
		list->count++;
		address_index_add(index, list);
	}
}

static void each_is_found(void **state)
{
	static const size_t counts[] = { 0, 1, 8, 9, 10, 16, 17, MANY };
	struct address_index index;
	struct address_list list;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		union address other = nth(MANY);

		fill(&index, &list, counts[i]);
		for (size_t n = 0; n < counts[i]; n++) {
			union address address = nth((uint32_t)n);

			assert_int_equal(address_index_find(&index, &list, &address), n);
		}
		assert_int_equal(address_index_find(&index, &list, &other), counts[i]);
		address_index_free(&index);
	}
}

/* fe80::1%1 and fe80::1%2 are two; fe80::1 is either. */
static void zones(void **state)
{
	struct address_index index;
	struct address_list list;
	union address address;

	(void)state;
	assert_true(address_from_text(&address, "fe80::1"));
	fill(&index, &list, 20);
	for (uint32_t zone = 1; zone <= 2; zone++) {
		address.v6.sin6_scope_id = zone;
		elements[list.count++].address = address;
		address_index_add(&index, &list);
	}
	assert_int_equal(address_index_find(&index, &list, &address), 21);
	address.v6.sin6_scope_id = 1;
	assert_int_equal(address_index_find(&index, &list, &address), 20);
	address.v6.sin6_scope_id = 3;
	assert_int_equal(address_index_find(&index, &list, &address), 22);
	address.v6.sin6_scope_id = 0;
	assert_int_equal(address_index_find(&index, &list, &address), 20);
	address_index_free(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_found),
		cmocka_unit_test(zones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
