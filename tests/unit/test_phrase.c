/* SPDX-License-Identifier: MIT */
/* Phrases with parameters, filled in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/phrase.h"

static void a_phrase_without_a_finding_names_its_parameters(void **state)
{
	struct message m = { "" };

	(void)state;
	phrase_add(&m, "on {other_link}[link:, not {link}][!link: only][udp: in UDP]", NULL);
	assert_string_equal(m.text, "on OTHER_LINK, not LINK");
	m.text[0] = '\0';
	phrase_add(&m, "into {detail}[detail:: {detail}]", NULL);
	assert_string_equal(m.text, "into DETAIL");
}

static void a_phrase_is_cut_at_the_room(void **state)
{
	struct finding f = { .code = FINDING_NONE };
	struct message m = { "" };

	(void)state;
	memset(f.detail, 'x', sizeof(f.detail) - 1);
	for (int i = 0; i < 40; i++)
		phrase_add(&m, "{detail}", &f);
	assert_int_equal(strlen(m.text), sizeof(m.text) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_phrase_without_a_finding_names_its_parameters),
		cmocka_unit_test(a_phrase_is_cut_at_the_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
