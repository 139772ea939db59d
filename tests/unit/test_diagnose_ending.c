/* SPDX-License-Identifier: MIT */
/* ending.c: who has ended an association that was up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/util.h"
#include "diagnose/ending.h"

/* What came from one address. */
struct from {
	unsigned packets, aborts;
	bool reflected;
};

static const struct {
	const char *name;
	int error;
	uint16_t cause;
	struct from first, second;
	uint16_t sent;    /* the cause in an ABORT of this end; 0: there was none */
	const char *text; /* that comes with it; NULL: "TSN 1" */
	enum finding_code code;
	bool unknown; /* FINDING_UNKNOWN */
	int said;
} cases[] = {
	{ .name = "the peer",
	  .error = ECONNRESET,
	  .first = { 5, 1, false },
	  .code = FINDING_ABORTED_BY_PEER,
	  .said = ECONNRESET },
	{ .name = "the peer, which has forgotten it",
	  .error = ECONNRESET,
	  .first = { 5, 1, true },
	  .code = FINDING_ABORTED_BY_PEER,
	  .unknown = true,
	  .said = ECONNRESET },
	{ .name = "another host",
	  .error = ECONNRESET,
	  .first = { 5, 0, false },
	  .second = { 1, 1, true },
	  .code = FINDING_ABORTED_BY_STRANGER,
	  .said = ECONNRESET },
	{ .name = "another host and the peer",
	  .error = ECONNRESET,
	  .first = { 5, 1, false },
	  .second = { 1, 1, true },
	  .code = FINDING_ABORTED_BY_PEER,
	  .said = ECONNRESET },
	{ .name = "this end",
	  .error = ECONNABORTED,
	  .cause = 9,
	  .sent = 9,
	  .code = FINDING_ABORTED_HERE,
	  .said = ECONNABORTED },
	{ .name = "this end, and the stack calls it silence",
	  .error = ETIMEDOUT,
	  .sent = 9,
	  .code = FINDING_ABORTED_HERE,
	  .said = ECONNABORTED },
	{ .name = "silence, which Linux tells the peer as its fault",
	  .error = ETIMEDOUT,
	  .sent = 13,
	  .text = "\"Association exceeded its max_retrans count\"",
	  .code = FINDING_PEER_SILENT,
	  .said = ETIMEDOUT },
	{ .name = "silence", .error = ETIMEDOUT, .code = FINDING_PEER_SILENT, .said = ETIMEDOUT },
};

static void fill(struct ledger_path *path, const char *address, const struct from *from)
{
	*path = (struct ledger_path){ .abort_reflected = from->reflected };
	path->received.count = from->packets;
	path->aborts.count = from->aborts;
	assert_true(address_from_text(&path->address, address));
}

static void who_has_aborted(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct cause cause = { .code = cases[i].cause };
		struct ledger_path paths[2];
		struct ledger ledger = { .paths = paths, .path_count = 2 };
		struct finding loss;

		print_message("  %s\n", cases[i].name);
		ledger.abort_sent_cause = (struct cause){ .code = cases[i].sent };
		strcpy(ledger.abort_sent_cause.text, cases[i].text ? cases[i].text : "TSN 1");
		fill(&paths[0], "10.1.1.2", &cases[i].first);
		fill(&paths[1], "10.1.2.2", &cases[i].second);
		loss = diagnose_loss(cases[i].error, &cause, &ledger);
		assert_string_equal(finding_name(loss.code), finding_name(cases[i].code));
		assert_int_equal(loss.error, cases[i].said);
		assert_int_equal(!!(loss.flags & FINDING_UNKNOWN), cases[i].unknown);
		if (loss.code == FINDING_ABORTED_BY_STRANGER)
			assert_true(address_equal(&loss.address, &paths[1].address));
		if (loss.code == FINDING_ABORTED_HERE)
			assert_string_equal(loss.cause.text, "TSN 1");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_has_aborted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
