/* SPDX-License-Identifier: MIT */
/* explanations.c, explain.c: the table of errnos, results and verdicts. */
#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/names.h"
#include "report/explain.h"
#include "report/explanations.h"
#include "report/result.h"
#include "report/words.h"

static const int errnos[] = {
	EBADF,           ENOTSOCK,     EFAULT,       EINVAL,        EACCES,       EISCONN,
	ECONNREFUSED,    ETIMEDOUT,    ENETUNREACH,  EADDRINUSE,    EINPROGRESS,  EALREADY,
	EAGAIN,          EAFNOSUPPORT, EPERM,        EADDRNOTAVAIL, EHOSTUNREACH, EPROTONOSUPPORT,
	ESOCKTNOSUPPORT, ENOPROTOOPT,  ENOMEM,       ENOBUFS,       EMFILE,       ENFILE,
	EINTR,           ECONNRESET,   ECONNABORTED, EPIPE,         ENOTCONN,     ESHUTDOWN,
	EOPNOTSUPP,      ENOSYS,       ENODEV,       ENETDOWN,      EHOSTDOWN,    EMSGSIZE,
	EPROTO,          EIO,          EFBIG,        ENOSPC,        EDESTADDRREQ,
};

static const struct explanation *row_named(const char *name)
{
	const struct explanation *row;

	for (size_t i = 0; (row = explanation_at(i)); i++)
		if (!strcmp(row->name, name))
			return row;
	return NULL;
}

/* What explain_print() prints; the caller frees it. */
static char *printed(const char *name)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct message why;

	assert_non_null(out);
	assert_int_equal(explain_print(out, name, &why), STATUS_OK);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_every_errno_has_its_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errnos); i++) {
		const struct explanation *row = explanation_of_errno(errnos[i]);

		if (!row)
			fail_msg("no row for %d", errnos[i]);
		assert_int_equal(row->number, errnos[i]);
		assert_string_equal(row->name, strerrorname_np(errnos[i]));
		assert_string_equal(errno_name(errnos[i]), row->name);
	}
	assert_null(explanation_of_errno(0));
	assert_null(explanation_of_errno(-1));
	assert_null(explanation_of_errno(EXDEV));
}

static void test_every_errno_has_a_name(void **state)
{
	(void)state;
	for (int number = 1; number < 134; number++) {
		const char *name = strerrorname_np(number);

		if (name)
			assert_string_equal(errno_name(number), name);
	}
	assert_string_equal(errno_name(9999), "EUNKNOWN");
	assert_string_equal(errno_name(0), "EUNKNOWN");
	assert_string_equal(errno_name(INT32_MIN), "EUNKNOWN");
}

static void test_every_result_and_verdict_has_its_row(void **state)
{
	static const int statuses[] = {
		[RESULT_CONNECTED] = STATUS_OK,
		[RESULT_DEGRADED] = STATUS_DEGRADED,
		[RESULT_CLOSED] = STATUS_NOT_CONNECTED,
		[RESULT_REFUSED] = STATUS_NOT_CONNECTED,
		[RESULT_TIMEOUT] = STATUS_TIMEOUT,
		[RESULT_UNREACHABLE] = STATUS_NOT_CONNECTED,
		[RESULT_ABORTED] = STATUS_NOT_CONNECTED,
		[RESULT_UNRESOLVED] = STATUS_UNRESOLVED,
		[RESULT_UNSUPPORTED] = STATUS_HOST,
		[RESULT_FAILED] = STATUS_HOST,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		const struct explanation *row = row_named(result_name((enum result_word)i));

		if (!row)
			fail_msg("no row for %s", result_name((enum result_word)i));
		assert_int_equal(row->number, 0);
		assert_int_equal(row->status, statuses[i]);
	}
	for (int i = VERDICT_UNVERIFIED; i <= VERDICT_EXCLUDED; i++)
		if (!row_named(verdict_name((enum verdict)i)) &&
		    !words_named(verdict_name((enum verdict)i)))
			fail_msg("no row for %s", verdict_name((enum verdict)i));
}

static size_t lines_of(const char *text)
{
	size_t count = 1;

	for (; *text; text++) {
		assert_true(*text == '\n' || isprint((unsigned char)*text));
		if (*text == '\n') {
			count++;
			assert_true(text[1] && text[1] != '\n' && text[1] != ' ');
		}
	}
	return count;
}

static void test_rows_are_well_formed(void **state)
{
	const struct explanation *row;

	(void)state;
	for (size_t i = 0; (row = explanation_at(i)); i++) {
		size_t length = strlen(row->meaning);

		assert_ptr_equal(row, row_named(row->name)); /* no name twice */
		assert_true(length > 10 && row->meaning[length - 1] != '.');
		assert_null(strchr(row->meaning, '\n'));
		assert_true(row->codes[0] || (row->causes && row->check));
		assert_true(!row->causes || lines_of(row->causes) <= 6);
		assert_true(!row->check || lines_of(row->check) <= 5);
		assert_in_range(row->status + 1, 0, STATUS_HOST + 1);
		assert_int_not_equal(row->status, STATUS_USAGE);
	}
	assert_null(explanation_at(SIZE_MAX));
}

static void test_layout(void **state)
{
	char *text = printed("ECONNREFUSED");
	const char *head = "ECONNREFUSED (111), exit status 1\n"
			   "the peer host answered the INIT with ABORT: nothing listens on that "
			   "port, or its\naccept queue is full\n"
			   "\nUsual causes:\n  - no SCTP socket listens on that port (a TCP";

	(void)state;
	if (strncmp(text, head, strlen(head)) != 0)
		fail_msg("%s", text);
	assert_non_null(strstr(text, "\n    does not count)\n  - "));
	assert_non_null(strstr(text, "\n\nCheck:\n  - on the peer: ss -Slnp tells "));
	free(text);

	text = printed("connected");
	assert_int_equal(strncmp(text, "connected, exit status 0\n", 25), 0);
	free(text);
	text = printed("timeout");
	assert_int_equal(strncmp(text, "timeout, exit status 4\n", 23), 0);
	free(text);
	text = printed("unverified");
	assert_int_equal(strncmp(text, "unverified\n", 11), 0);
	free(text);
	text = printed("EINPROGRESS");
	assert_int_equal(strncmp(text, "EINPROGRESS (115)\n", 18), 0);
	free(text);
}

static void test_look_up(void **state)
{
	static const char *const same[] = { "econnrefused", "EConnRefused", "111" };
	char *text = printed("ECONNREFUSED");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		char *other = printed(same[i]);

		assert_string_equal(other, text);
		free(other);
	}
	free(text);
}

static void test_near_misses(void **state)
{
	static const struct {
		const char *written, *meant;
	} cases[] = {
		{ "no-endpoint", "one of no-endpoint-or-queue-full, no-endpoint-or-no-sctp?" },
		{ "queue-full", "one of queue-full-or-unwanted, no-endpoint-or-queue-full?" },
		{ "econrefused", "ECONNREFUSED?" },
		{ "refusd", "refused?" },
		{ "filter", "one of rp-filter, own-output-filter, own-input-filter, own-filter?" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct message why = { "" };
		char expected[160];

		assert_int_equal(explain_print(stdout, cases[i].written, &why), STATUS_USAGE);
		snprintf(expected, sizeof(expected), "unknown name '%s': did you mean %s",
			 cases[i].written, cases[i].meant);
		assert_string_equal(why.text, expected);
	}
	for (size_t i = 0; explain_name(i); i++)
		assert_true(strlen(explain_name(i)) + strlen(", ") < 40);
}

static void test_unknown(void **state)
{
	static const char *const unknown[] = { "EWHATEVER",
					       "0",
					       "9999",
					       "-111",
					       "+111",
					       " 111",
					       "",
					       "99999999999999999999",
					       "ECONNREFUSED or so" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		struct message why;
		char expected[128];

		assert_int_equal(explain_print(stdout, unknown[i], &why), STATUS_USAGE);
		snprintf(expected, sizeof(expected), "unknown name '%s': --list names", unknown[i]);
		assert_int_equal(strncmp(why.text, expected, strlen(expected)), 0);
	}
}

static void test_an_errno_has_the_words_of_its_findings(void **state)
{
	char *text = printed("EACCES");

	(void)state;
	assert_non_null(strstr(text, "\n\nUsual causes:\n  - a port in -b or -p below"));
	assert_non_null(strstr(text, "\n  - a security module"));
	assert_non_null(strstr(text, "\n  - ip route show type prohibit; ip rule\n"));
	assert_non_null(strstr(text, "\n\nSee also, with --explain:\n  - privileged-port\n"));
	free(text);
	text = printed("EINPROGRESS");
	assert_null(strstr(text, "See also"));
	free(text);
}

/* Also a code of a finding is explained, with what its row in words.c says. */
static void test_codes(void **state)
{
	char *text = printed("Own-Output-Filter");

	(void)state;
	assert_int_equal(strncmp(text, "own-output-filter, exit status 4\n", 33), 0);
	assert_non_null(strstr(text, "\n\nReported as:\n  - no CHUNK left this host\n"));
	assert_non_null(strstr(text, "\n\nUsual causes:\n  - an nftables"));
	assert_non_null(strstr(text, "\n\nAdvice:\n  - something on this host drops it"));
	assert_non_null(strstr(text, "\n\nCheck:\n  - nft list ruleset; bpftool cgroup tree\n"));
	free(text);
	text = printed("all-accept-alone");
	assert_null(strstr(text, "Reported as"));
	free(text);
}

static void test_every_name_is_explained(void **state)
{
	const char *name;
	size_t count = 0;

	(void)state;
	for (; (name = explain_name(count)); count++) {
		char *text = printed(name);

		assert_int_equal(strncmp(text, name, strlen(name)), 0);
		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
			if (strlen(line) > 80)
				fail_msg("%s: '%s'", name, line);
			if (!strncmp(line, "  - ", 4) && strstr(line + strlen(line) + 1, line))
				fail_msg("%s: twice: '%s'", name, line);
		}
		free(text);
	}
	assert_in_range(count, 60 + FINDING_COUNT - 10, 60 + FINDING_COUNT);
	assert_null(explain_name(SIZE_MAX / 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_errno_has_its_row),
		cmocka_unit_test(test_every_errno_has_a_name),
		cmocka_unit_test(test_every_result_and_verdict_has_its_row),
		cmocka_unit_test(test_rows_are_well_formed),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_look_up),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_near_misses),
		cmocka_unit_test(test_an_errno_has_the_words_of_its_findings),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_every_name_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
