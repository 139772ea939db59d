/* SPDX-License-Identifier: MIT */
#include "diagnose/diagnose.h"

#include <errno.h>

#include "diagnose/endpoint.h"
#include "diagnose/failed_call.h"
#include "diagnose/parts.h"

static void diagnose_interrupted(struct result *result, const struct evidence *evidence)
{
	const struct finding cause = { .code = FINDING_INTERRUPTED,
				       .basis = BASIS_CALL,
				       .signal = result->signal,
				       .flags = evidence->phase == PHASE_RESOLVE ? FINDING_RESOLVING
										 : 0,
				       .time_us = result->connect_us };

	diagnose_conclude(result, EINTR, &cause);
	result->status = STATUS_SIGNAL + result->signal;
	if (evidence->phase == PHASE_PENDING)
		diagnose_mark_unanswered(result, evidence);
}

static void diagnose_resolve(struct result *result, const struct evidence *evidence)
{
	struct finding cause = { .code = FINDING_NONE };

	if (evidence->status != STATUS_USAGE) {
		cause = finding_of_unresolved(evidence->unresolved);
		diagnose_conclude(result, cause.error, &cause);
		return;
	}
	result->usage = evidence->usage;
	result->word = RESULT_FAILED;
	result->status = STATUS_USAGE;
}

/* A failed call says nothing about the peer or the network. */
static void diagnose_fault(struct result *result, const struct evidence *evidence)
{
	const struct finding cause = diagnose_failed_call(evidence->fault.call, evidence->error);
	struct association *a = &result->association;
	size_t tried = diagnose_tried_surely(evidence);

	diagnose_conclude(result, evidence->error, &cause);
	for (size_t i = 0; i < evidence->order_count && !a->known; i++)
		diagnose_nth(result, evidence, i)->verdict = i < tried ? VERDICT_TRIED
								       : VERDICT_UNTRIED;
	for (size_t i = 0; i < a->path_count; i++)
		if (a->paths[i].answered)
			a->paths[i].verdict = VERDICT_VERIFIED;
}

void diagnose(struct result *result, const struct evidence *evidence)
{
	result->evidence = evidence->report;
	finding_clear(&result->cause);
	finding_keep(&result->advice, &finding_none);
	if (result->signal && evidence->phase != PHASE_UP) {
		diagnose_interrupted(result, evidence);
		return;
	}
	switch (evidence->phase) {
	case PHASE_STACK:
		diagnose_no_stack(result, evidence->error);
		break;
	case PHASE_RESOLVE:
		diagnose_resolve(result, evidence);
		break;
	case PHASE_OPEN:
		diagnose_open(result, evidence);
		break;
	case PHASE_CALL:
		diagnose_call(result, evidence);
		break;
	case PHASE_PENDING:
		if (evidence->ended && evidence->error != ETIMEDOUT)
			diagnose_refused(result, evidence, evidence->error);
		else
			diagnose_silence(result, evidence);
		break;
	case PHASE_UP:
		diagnose_up(result, evidence);
		break;
	case PHASE_FAULT:
		diagnose_fault(result, evidence);
		break;
	}
}
