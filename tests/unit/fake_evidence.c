/* SPDX-License-Identifier: MIT */
#include "fake_evidence.h"

#include <string.h>

#include "report/words.h"

#define VERDICTS 256
#define START_US (1000 * MSEC)

struct diagnosis diagnosis;

const char *diagnosis_reason(void)
{
	return words_result_reason(&diagnosis.result, &diagnosis.said);
}

const char *diagnosis_hint(void)
{
	return words_result_hint(&diagnosis.result, &diagnosis.said);
}

const char *diagnosis_note(size_t i)
{
	return words_note(&diagnosis.paths[i].cause, &diagnosis.said);
}

void assert_text(const char *text, const char *part)
{
	if (!part)
		assert_string_equal(text, "");
	else if (!strstr(text, part))
		fail_msg("'%s' is not in '%s'", part, text);
}

void assert_verdicts(const char *expected)
{
	const struct association *a = &diagnosis.result.association;
	char verdicts[VERDICTS] = "";

	for (size_t i = 0; i < a->path_count; i++) {
		strcat(verdicts, i ? " " : "");
		strcat(verdicts, verdict_name(a->paths[i].verdict));
	}
	assert_string_equal(verdicts, expected);
}

void assert_status_fits(enum phase phase)
{
	const struct result *result = &diagnosis.result;

	switch (result->word) {
	case RESULT_CONNECTED:
		assert_int_equal(result->status, STATUS_OK);
		break;
	case RESULT_REFUSED:
	case RESULT_UNREACHABLE:
	case RESULT_ABORTED:
		assert_int_equal(result->status, STATUS_NOT_CONNECTED);
		break;
	case RESULT_TIMEOUT:
		assert_int_equal(result->status, STATUS_TIMEOUT);
		break;
	case RESULT_UNSUPPORTED:
	case RESULT_FAILED:
		assert_int_equal(result->status, STATUS_HOST);
		assert_in_range(phase, PHASE_STACK, PHASE_CALL);
		break;
	default:
		fail_msg("%s is not the end of an attempt", result_name(result->word));
	}
}

/* --- A table of cases ------------------------------------------------------------------------- */

void diagnosis_prepare(const struct evidence_case *k)
{
	struct diagnosis *d = &diagnosis;

	finding_keep(&d->result.advice, &finding_none);
	memset(d, 0, sizeof(*d));
	d->evidence = k->evidence;
	d->evidence.order = d->order;
	d->evidence.timeout_us = DEADLINE_US;
	d->result.connect_us = k->evidence.elapsed_us;
	d->result.style = k->style;
	d->result.signal = k->signal;
	d->result.association.paths = d->paths;
	d->result.association.known = k->evidence.phase == PHASE_UP && !k->unknown;
	for (size_t i = 0; k->asked[i].host; i++) {
		struct path_result *path = &d->paths[i];

		assert_true(address_from_text(&path->path.address, k->asked[i].host));
		address_set_port(&path->path.address, PORT);
		path->requested = true;
		path->route_error = k->asked[i].route_error;
		path->link_down = k->asked[i].link_down;
		path->link_dummy = k->asked[i].link_dummy;
		path->route.loopback = k->asked[i].this_host;
		path->in_association = d->result.association.known && !k->asked[i].outside;
		path->verdict = path->in_association ? VERDICT_UNVERIFIED : VERDICT_UNTRIED;
		d->order[i] = i;
		d->evidence.order_count = i + 1;
		d->result.association.path_count = i + 1;
	}
}

void diagnosis_check(const struct evidence_case *cases, size_t count)
{
	const struct result *result = &diagnosis.result;

	for (size_t i = 0; i < count; i++) {
		const struct evidence_case *k = &cases[i];

		print_message("  %s\n", k->name);
		diagnosis_prepare(k);
		diagnose(&diagnosis.result, &diagnosis.evidence);
		assert_string_equal(finding_name(result->cause.code), finding_name(k->cause));
		assert_string_equal(result_name(result->word), result_name(k->word));
		assert_int_equal(result->error, k->error);
		assert_int_equal(result->status, k->status);
		assert_verdicts(k->verdicts);
		assert_text(diagnosis_reason(), k->reason);
		assert_text(diagnosis_hint(), k->hint);
		if (k->note)
			assert_text(diagnosis_note(result->association.path_count - 1), k->note);
	}
}

/* --- Packets ---------------------------------------------------------------------------------- */

void diagnosis_on_wire(size_t count)
{
	struct diagnosis *d = &diagnosis;
	const union address addresses[] = { wire_address("10.1.1.2"), wire_address("10.1.2.2"),
					    wire_address("10.1.3.2") };

	memset(d, 0, sizeof(*d));
	wire.now_us = START_US;
	ledger_init(&wire.ledger, addresses, count, wire.now_us);
	for (size_t i = 0; i < count; i++) {
		d->paths[i].path.address = addresses[i];
		address_set_port(&d->paths[i].path.address, PORT);
		d->paths[i].requested = true;
		d->paths[i].departure.ipsec = IPSEC_NONE;
		d->order[i] = i;
	}
	d->result.association.paths = d->paths;
	d->result.association.path_count = count;
	d->evidence = (struct evidence){ .phase = PHASE_PENDING,
					 .order = d->order,
					 .order_count = count,
					 .t1_us = T1_US,
					 .timeout_us = 1000 * MSEC,
					 .ledger = &wire.ledger };
}

void diagnosis_now(void)
{
	diagnosis.evidence.now_us = wire.now_us;
	diagnosis.evidence.elapsed_us = wire.now_us - START_US;
	diagnose(&diagnosis.result, &diagnosis.evidence);
}

void diagnosis_expect(enum finding_code code, const char *reason, const char *hint)
{
	diagnosis_now();
	assert_string_equal(finding_name(diagnosis.result.cause.code), finding_name(code));
	assert_text(diagnosis_reason(), reason);
	assert_text(diagnosis_hint(), hint);
}

int diagnosis_one(void **state)
{
	(void)state;
	diagnosis_on_wire(1);
	return 0;
}

int diagnosis_two(void **state)
{
	(void)state;
	diagnosis_on_wire(2);
	return 0;
}

int diagnosis_three(void **state)
{
	(void)state;
	diagnosis_on_wire(3);
	return 0;
}

int diagnosis_stop(void **state)
{
	(void)state;
	ledger_free(&wire.ledger);
	return 0;
}
